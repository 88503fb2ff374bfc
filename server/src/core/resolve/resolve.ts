import type { Fact } from '../model/fact.js';
import type { Workload } from '../model/workload.js';
import type { SeenWorkload, Sighting } from '../recognise/types.js';
import { baseName, matchesGlob, relativeTo } from '../text/uri.js';
import { Candidates, type Rank, rankOf, ranks } from './candidates.js';
import { addDataSize } from './data-size.js';
import { Files } from './files.js';
import { addLaunchers, addScript, misreadFlags } from './launchers.js';
import { addDefaults, addReplication } from './library.js';
import { addModelShape } from './model-files.js';
import { holdsAccelerators } from './module-folder.js';
import { addOwn } from './own.js';
import type { Joins, Placed } from './placed.js';
import { addScaler, scaledBy, scaledOf } from './scalers.js';
import { addSubmission, replacedBy, submittedBy } from './submissions.js';
import { takenBy, takenInto, takersOf, withTaken } from './taken.js';
import { titleOf } from './title.js';
import type { ResolveInput, ResolveOutput } from './types.js';

/** Joins what the files say into workloads with the facts that are in force: launchers and the scripts they run, configuration files, imported
 * constants, a model's own configuration, library defaults, a person's assumptions; precedence is that of `ranks`. */
export function resolve(input: ResolveInput): ResolveOutput {
  const files = new Files(input);
  const known = new Map<Sighting, Placed[]>();
  const placed = (sighting: Sighting): Placed[] => {
    let found = known.get(sighting);
    if (!found) {
      const path = relativeTo(sighting.uri, input.roots);
      const counts = new Map<string, number>();
      found = withTaken(sighting, files).map((seen) => {
        const at = (counts.get(seen.kind) ?? 0) + 1;
        counts.set(seen.kind, at);
        return { sighting, seen, id: `${path}#${seen.kind}-${at}` };
      });
      known.set(sighting, found);
    }
    return found;
  };
  const all = [...input.files.values()].flatMap((sighting) => (sighting ? placed(sighting) : []));
  const launches = all.filter(({ seen }) => seen.launch);
  const targets = new Map<Placed, Sighting | undefined>();
  const runs = (launch: Placed): Sighting | undefined => {
    if (!targets.has(launch)) targets.set(launch, launch.seen.launch && worker(files.target(launch.sighting.uri, launch.seen.launch.target), files));
    return targets.get(launch);
  };
  let handing: readonly Sighting[] | undefined;
  /** Programs that may hand their work to a file: the names agree. */
  const handers = ({ uri }: Sighting): readonly string[] => {
    handing ??= [...input.files.values()].filter((one): one is Sighting => one?.handsOnTo !== undefined);
    const name = baseName(uri).replace(/\.py$/, '');
    return handing.filter(({ handsOnTo }) => handsOnTo?.split('.').at(-1) === name).map((one) => one.uri);
  };
  const configured = (launch: Placed, { uri }: Sighting): boolean =>
    launch.seen.refs.some((ref) => ref.role === 'config' && baseOf(ref.target) === baseName(uri) && files.path(launch.sighting.uri, ref.target)?.uri === uri);
  const launchers = new Map<Sighting, Placed[]>();
  const launchersOf = (sighting: Sighting): Placed[] => {
    let found = launchers.get(sighting);
    if (!found) {
      const names = [sighting.uri, ...handers(sighting)];
      found = launches.filter(
        (launch) =>
          launch.sighting !== sighting &&
          takenInto(launch, joins) === undefined &&
          ((names.some((uri) => couldRun(launch.seen, uri)) && runs(launch) === sighting) || configured(launch, sighting)),
      );
      launchers.set(sighting, found);
    }
    return found;
  };
  const done = new Map<Placed, Workload | undefined>();
  const joined = (one: Placed): Workload | undefined => {
    if (!done.has(one)) {
      // While it is being joined, others that ask for it get nothing: no circles.
      done.set(one, undefined);
      done.set(one, join(one, joins));
    }
    return done.get(one);
  };
  let submitted: ReturnType<Joins['submitted']> | undefined;
  let scaled: ReturnType<Joins['scaled']> | undefined;
  let takers: ReadonlyMap<string, readonly Placed[]> | undefined;
  let users: ReadonlyMap<string, string> | undefined;
  const joins: Joins = {
    input,
    files,
    placed,
    runs,
    launchersOf,
    joined,
    submitted: () => {
      submitted ??= submittedBy(input.files);
      return submitted;
    },
    scaled: () => {
      scaled ??= scaledOf(all);
      return scaled;
    },
    takers: () => {
      takers ??= takersOf(all);
      return takers;
    },
    // Only a fragment's owner is asked for: an edit of a program does not look through the references of the whole workspace.
    users: () => {
      users ??= usersOf(all, files);
      return users;
    },
  };
  const workloads: Workload[] = [];
  for (const uri of input.focus ?? input.files.keys()) {
    const sighting = input.files.get(uri);
    for (const one of sighting ? placed(sighting) : []) {
      const workload = joined(one) ?? join(one, joins);
      if (holdsAccelerators(one.seen, workload.facts)) workloads.push(workload);
    }
  }
  return { workloads, wants: [...files.wants], problems: [] };
}

/** The program that does the work of one: it may be called by it alone. */
function worker(program: Sighting | undefined, files: Files): Sighting | undefined {
  let at = program;
  for (let steps = 0; steps < 3 && at?.handsOnTo !== undefined; steps++) at = files.module(at.uri, at.handsOnTo) ?? at;
  return at;
}
/** Cheap test before paths are tried: the names agree. */
function couldRun(seen: SeenWorkload, uri: string): boolean {
  const target = seen.launch?.target;
  if (!target) return false;
  const name = baseName(uri);
  const last = target.kind === 'module' ? (target.name.split('.').at(-1) ?? '') : baseOf(target.name);
  return target.kind === 'module' ? name === `${last}.py` || name === '__main__.py' : name === last;
}
const baseOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** Ids of the workloads that use a configuration file, by its URI: a run before another configuration. */
function usersOf(all: readonly Placed[], files: Files): Map<string, string> {
  const users = new Map<string, string>();
  const through = new Map<string, string>();
  for (const { sighting, seen, id } of all) {
    for (const ref of seen.refs) {
      const used = ref.role === 'config' ? files.path(sighting.uri, ref.target) : undefined;
      if (!used || used.uri === sighting.uri) continue;
      const into = seen.fragment ? through : users;
      if (!into.has(used.uri)) into.set(used.uri, seen.fragment ? sighting.uri : id);
    }
  }
  // A file that only another settings file names counts where that one does.
  for (const [uri, via] of through) {
    const user = users.get(via);
    if (user !== undefined && !users.has(uri)) users.set(uri, user);
  }
  return users;
}

function join(one: Placed, joins: Joins): Workload {
  const { seen, sighting, id } = one;
  const candidates = new Candidates(joins.input.leftOut);
  const launchers = joins.launchersOf(sighting);
  let countedIn: string | undefined;
  if (launchers.length > 0 && !seen.fragment) countedIn = addLaunchers(candidates, one, launchers, joins)?.id;
  // What a command says is said on a command line: a value that its program writes down holds against it.
  const rank = (fact: Fact): Rank => (seen.launch && rankOf(fact) > ranks.commandLine ? ranks.commandLine : rankOf(fact));
  const script = joins.runs(one);
  const isMisread = script && script !== sighting ? misreadFlags(one, script, joins) : undefined;
  const replacement = replacedBy(one, joins);
  addOwn(
    candidates,
    one,
    joins,
    (fact) => {
      const other = replacement(fact);
      return isMisread?.(fact) ? undefined : other ? [other, ranks.commandLine] : [fact, rank(fact)];
    },
    {
      unknownRank: seen.launch && ranks.commandLine,
    },
  );
  const inner = script && script !== sighting ? addScript(candidates, one, script, joins) : undefined;
  // What the program is, its own text says better than the command.
  const title = inner?.title ?? seen.title;
  const framework = inner && isGeneric.test(seen.framework) ? inner.framework : seen.framework;
  if (seen.kind !== 'resource') addMachines(candidates, one, joins);
  if (seen.fragment) countedIn ??= joins.users().get(sighting.uri);
  countedIn ??= scaledBy(one, joins) ?? takenInto(one, joins);
  addScaler(candidates, one, joins);
  addSubmission(candidates, one, joins);
  if (seen.kind === 'resource' && !seen.fragment) countedIn ??= jobOf(one, joins);
  addAssumptions(candidates, sighting.uri, joins.input);
  if (!seen.fragment) {
    addDataSize(candidates, seen.kind, framework, sighting.uri, joins);
    addModelShape(candidates, seen.kind, sighting.uri, seen.refs, joins);
    addDefaults(
      candidates,
      { kind: seen.kind, framework, ...(title === undefined ? {} : { title }), plain: inner ? inner.plain : seen.plain },
      [sighting, ...(script && script !== sighting ? [script] : []), ...takenBy(sighting)],
      joins,
    );
    const starts = seen.launch ? [one] : launchers.filter((launch) => launch.seen.kind === seen.kind);
    if (starts.length > 0 && starts.every((launch) => launch.seen.launch?.replicates)) addReplication(candidates, { kind: seen.kind, framework });
  }
  const settled = candidates.settle();
  const facts = perMachine(settled.facts);
  const others = launchers.filter((launch) => launch.seen.kind === seen.kind).length;
  return {
    id,
    kind: seen.kind,
    framework,
    title: titleOf({ ...seen, framework }, facts),
    span: seen.span,
    facts,
    unknown: settled.unknown,
    // A file that a command runs shows what the command makes of it: that is no conflict.
    conflicts: countedIn === undefined || seen.fragment ? settled.conflicts : [],
    ...(script && script !== sighting ? { program: script.uri } : {}),
    ...(seen.fragment ? { fragment: true as const } : {}),
    ...(countedIn === undefined || countedIn === id ? {} : { countedIn, ...(others > 1 ? { runs: others } : {}) }),
  };
}

/** Names under which a command runs whatever program. */
const isGeneric = /^(?:pytorch|deepspeed|accelerate)$/;

/** A job's request for machines, in the file of the job that runs on them, says what the job does not. The time limit is for all of a file's jobs together. */
function addMachines(candidates: Candidates, { seen, sighting }: Placed, { placed, joined }: Joins): void {
  const all = placed(sighting);
  const alone = all.filter(({ seen }) => seen.kind !== 'resource' && !seen.fragment).length === 1;
  if (seen.fragment) return;
  for (const request of all.filter((one) => one.seen.kind === 'resource' && !one.seen.fragment && isScheduler.test(one.seen.framework))) {
    for (const fact of joined(request)?.facts ?? request.seen.facts) {
      if (fact.origin === 'assumption' || fact.origin === 'default') continue;
      if (!(fact.name === 'max_time' ? alone : machine.test(fact.name)) || candidates.has(fact.name) || candidates.hasUnknown(fact.name)) continue;
      candidates.add({ ...fact, note: 'asked for by the job' }, ranks.declared);
    }
  }
}
const isScheduler = /^(?:slurm|pbs|lsf|beaker)$/;
const machine = /^(?:gpu_type|gpu_count|instance_type|provider|region|spot)$/;

/** accelerate counts its processes over all machines; a number that was read without the machines is shared out here.
 * @source huggingface/accelerate docs, `num_processes`: in total over all machines */
function perMachine(facts: readonly Fact[]): readonly Fact[] {
  const total = facts.find((fact) => fact.name === 'gpu_count' && fact.param === 'num_processes');
  const machines = facts.find((fact) => fact.name === 'num_nodes');
  if (typeof total?.value !== 'number' || typeof machines?.value !== 'number' || machines.value <= 1) return facts;
  const { value } = total;
  const share = value / machines.value;
  if (!Number.isInteger(share)) return facts;
  return facts.map((fact) => (fact === total ? { ...fact, value: share, note: `${value} processes on ${machines.value} machines` } : fact));
}

/** A request for machines and the job that runs on them stand in one file: the job has the money. */
function jobOf({ sighting }: Placed, { placed }: Joins): string | undefined {
  return placed(sighting).find(({ seen }) => !seen.fragment && (seen.kind === 'training' || seen.kind === 'serving' || seen.kind === 'batch-inference'))?.id;
}

function addAssumptions(candidates: Candidates, uri: string, { assumptions, roots }: ResolveInput): void {
  const path = relativeTo(uri, roots);
  for (const { fact, value, files, span, note, override } of assumptions) {
    if (files !== undefined && !matchesGlob(files, path)) continue;
    // one without a place was said for this run, on a command line
    const whose = !override ? 'assumed for this workspace' : span ? 'corrected in .mlcost.yaml' : 'set for this run';
    candidates.add(
      { name: fact, value, origin: 'assumption', ...(span ? { span } : {}), note: note === undefined ? whose : `${whose}: ${note}` },
      override ? ranks.corrected : ranks.assumed,
    );
  }
}
