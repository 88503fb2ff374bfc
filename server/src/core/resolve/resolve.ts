import type { Fact, UnknownFact } from '../model/fact.js';
import type { Workload } from '../model/workload.js';
import type { SeenWorkload, Sighting } from '../recognise/types.js';
import { baseName, matchesGlob, relativeTo } from '../text/uri.js';
import { Candidates, type Rank, rankOf, ranks } from './candidates.js';
import { libraryDefaults } from './defaults.js';
import { Files } from './files.js';
import { titleOf } from './title.js';
import type { ResolveInput, ResolveOutput } from './types.js';

/** A workload where it stands. */
interface Placed {
  readonly sighting: Sighting;
  readonly seen: SeenWorkload;
  readonly id: string;
}

const maxImports = 6;

/** Joins what the files say into workloads with the facts that are in force: launchers and the scripts they run, configuration files, imported
 * constants, library defaults, a person's assumptions; precedence is that of `ranks`. */
export function resolve(input: ResolveInput): ResolveOutput {
  const files = new Files(input);
  const placed = (sighting: Sighting): Placed[] => {
    const path = relativeTo(sighting.uri, input.roots);
    const counts = new Map<string, number>();
    return sighting.workloads.map((seen) => {
      const at = (counts.get(seen.kind) ?? 0) + 1;
      counts.set(seen.kind, at);
      return { sighting, seen, id: `${path}#${seen.kind}-${at}` };
    });
  };
  const all = [...input.files.values()].filter((sighting) => sighting !== null && sighting.workloads.length > 0) as Sighting[];
  const launches = all.filter(({ workloads }) => workloads.some((seen) => seen.launch)).flatMap((one) => placed(one).filter(({ seen }) => seen.launch));
  const runs = (launch: Placed): Sighting | undefined => launch.seen.launch && files.target(launch.sighting.uri, launch.seen.launch.target);
  let known: ReadonlyMap<string, string> | undefined;
  // Only a fragment's owner is asked for: an edit of a program does not look through the references of the whole workspace.
  const users = (): ReadonlyMap<string, string> => {
    known ??= usersOf(all.flatMap(placed), files);
    return known;
  };
  const workloads: Workload[] = [];
  for (const uri of input.focus ?? input.files.keys()) {
    const sighting = input.files.get(uri);
    if (!sighting) continue;
    const launchers =
      sighting.workloads.length > 0 ? launches.filter((launch) => launch.sighting.uri !== uri && couldRun(launch.seen, uri) && runs(launch)?.uri === uri) : [];
    for (const one of placed(sighting)) workloads.push(join(one, { input, files, runs, launchers, users, placed }));
  }
  return { workloads, wants: [...files.wants], problems: [] };
}

/** Cheap test before paths are tried: the names agree. */
function couldRun(seen: SeenWorkload, uri: string): boolean {
  const target = seen.launch?.target;
  if (!target) return false;
  const name = baseName(uri);
  const last = target.kind === 'module' ? (target.name.split('.').at(-1) ?? '') : (target.name.split('/').at(-1) ?? '');
  return target.kind === 'module' ? name === `${last}.py` || name === '__main__.py' : name === last;
}

/** Ids of the workloads that use a configuration file, by its URI. */
function usersOf(all: readonly Placed[], files: Files): Map<string, string> {
  const users = new Map<string, string>();
  for (const { sighting, seen, id } of all) {
    for (const ref of seen.refs) {
      const used = ref.role === 'config' ? files.path(sighting.uri, ref.target) : undefined;
      if (used && used.uri !== sighting.uri && !users.has(used.uri)) users.set(used.uri, id);
    }
  }
  return users;
}

interface Around {
  readonly input: ResolveInput;
  readonly files: Files;
  readonly runs: (launch: Placed) => Sighting | undefined;
  readonly launchers: readonly Placed[];
  readonly users: () => ReadonlyMap<string, string>;
  readonly placed: (sighting: Sighting) => Placed[];
}

function join(one: Placed, around: Around): Workload {
  const { seen, sighting, id } = one;
  const { input } = around;
  const candidates = new Candidates();
  addOwn(candidates, one, around, (fact) => [fact, rankOf(fact)]);
  // A command that runs a script of this workspace: the script says the rest, its options overridden by the flags.
  const script = around.runs(one);
  let countedIn: string | undefined;
  if (script) {
    const flags = new Map(seen.launch?.flags.map((flag) => [flag.name, flag]));
    for (const inner of around.placed(script).filter((placed) => placed.seen.kind === seen.kind && !placed.seen.fragment)) {
      addOwn(candidates, inner, around, (fact) => {
        const flag = fact.param === undefined ? undefined : flags.get(fact.param);
        if (flag) return [{ name: fact.name, value: flag.value, origin: 'literal', span: flag.span, note: `flag --${flag.name}` }, ranks.commandLine];
        return [{ ...fact, origin: 'other-file', note: fact.note ?? `of ${baseName(script.uri)}` }, Math.min(rankOf(fact), ranks.file) as Rank];
      });
    }
  }
  // A script that commands of this workspace run: one command decides; several that disagree decide nothing.
  if (around.launchers.length > 0) {
    addLaunchers(candidates, seen, around);
    countedIn = around.launchers[0]?.id;
  }
  if (seen.fragment) countedIn ??= around.users().get(sighting.uri);
  if (seen.kind === 'resource') countedIn ??= jobOf(one, around);
  addAssumptions(candidates, sighting.uri, input);
  if (!seen.fragment) addDefaults(candidates, seen);
  const { facts, unknown, conflicts } = candidates.settle();
  return {
    id,
    kind: seen.kind,
    framework: seen.framework,
    title: titleOf(seen, facts),
    span: seen.span,
    facts,
    unknown,
    conflicts,
    ...(seen.fragment ? { fragment: true as const } : {}),
    ...(countedIn === undefined || countedIn === id ? {} : { countedIn }),
  };
}

/** A request for machines and the job that runs on them stand in one file: the job has the money. */
function jobOf({ sighting }: Placed, { placed }: Around): string | undefined {
  return placed(sighting).find(({ seen }) => !seen.fragment && (seen.kind === 'training' || seen.kind === 'serving' || seen.kind === 'batch-inference'))?.id;
}

/** What a workload's own file says, with its imports and the configuration files that it names. */
function addOwn(candidates: Candidates, { seen, sighting }: Placed, { files, placed }: Around, place: (fact: Fact) => readonly [Fact, Rank]): void {
  for (const fact of seen.facts) candidates.add(...place(fact));
  for (const one of seen.unknown) {
    const found = imported(one, sighting.uri, files);
    if (found && 'value' in found) candidates.add(...place(found));
    else candidates.addUnknown(found ?? one);
  }
  for (const ref of seen.refs) {
    if (ref.role !== 'config') continue;
    const used = files.path(sighting.uri, ref.target);
    if (!used || used.uri === sighting.uri) continue;
    for (const inner of placed(used)) {
      for (const fact of inner.seen.facts) candidates.add({ ...fact, origin: 'other-file', note: fact.note ?? `of ${baseName(used.uri)}` }, ranks.file);
    }
  }
}

/** Follows a name through imports to the module that defines it. */
function imported(unknown: UnknownFact, from: string, files: Files): Fact | UnknownFact | undefined {
  let here: UnknownFact = unknown;
  let uri = from;
  for (let step = 0; here.imported && step < maxImports; step++) {
    const module = files.module(uri, here.imported.module);
    const found = module?.exported?.([here.imported.name, ...(here.imported.path ?? [])]);
    if (!module || !found) return undefined;
    if ('value' in found) return { ...found, name: unknown.name, origin: 'other-file', note: `${here.imported.name} of ${baseName(module.uri)}` };
    here = { ...found, name: unknown.name };
    uri = module.uri;
  }
  return here;
}

function addLaunchers(candidates: Candidates, seen: SeenWorkload, { launchers }: Around): void {
  const same = launchers.filter((launch) => launch.seen.kind === seen.kind);
  const given = new Map<string, Fact[]>();
  for (const launch of same) {
    const flags = new Map(launch.seen.launch?.flags.map((flag) => [flag.name, flag]));
    const facts = new Map(launch.seen.facts.map((fact) => [fact.name, fact]));
    for (const own of [...seen.facts, ...seen.unknown]) {
      const flag = own.param === undefined ? undefined : flags.get(own.param);
      if (flag) facts.set(own.name, { name: own.name, value: flag.value, origin: 'command-line', span: flag.span });
    }
    for (const fact of facts.values()) {
      const note = `command line in ${baseName(launch.sighting.uri)}`;
      given.set(fact.name, [...(given.get(fact.name) ?? []), { ...fact, origin: 'command-line', note }]);
    }
  }
  for (const [name, facts] of given) {
    const first = facts[0]!;
    const agree = facts.length === same.length && facts.every((fact) => fact.value === first.value);
    if (agree || same.length === 1) candidates.add(first, ranks.commandLine);
    else if (!candidates.has(name)) {
      const values = [...new Set(facts.map((fact) => `${fact.value} (${fact.note ?? ''})`))].slice(0, 4).join(', ');
      candidates.addUnknown({
        name,
        reason: `several commands run this file: ${values}`,
        need: 'look at the command that is meant',
        ...(first.span ? { span: first.span } : {}),
      });
    }
  }
}

function addAssumptions(candidates: Candidates, uri: string, { assumptions, roots }: ResolveInput): void {
  const path = relativeTo(uri, roots);
  for (const { fact, value, files, span, override } of assumptions) {
    if (files !== undefined && !matchesGlob(files, path)) continue;
    candidates.add(
      { name: fact, value, origin: 'assumption', ...(span ? { span } : {}), note: override ? 'corrected in .mlcost.yaml' : 'assumed for this workspace' },
      override ? ranks.corrected : ranks.assumed,
    );
  }
}

/** Library defaults fill what no file says; what the code decides at run time stays unknown. */
function addDefaults(candidates: Candidates, seen: SeenWorkload): void {
  for (const { frameworks, kinds, of, facts } of libraryDefaults) {
    if (!frameworks.includes(seen.framework) || !kinds.includes(seen.kind)) continue;
    for (const [name, value] of Object.entries(facts)) {
      if (candidates.has(name) || candidates.hasUnknown(name)) continue;
      if (name === 'epochs' && candidates.has('max_steps')) continue;
      if (name === 'batch_size' && candidates.has('global_batch_size')) continue;
      candidates.add({ name, value, origin: 'default', note: `default of ${of}` }, ranks.library);
    }
  }
}
