import type { Fact, FactValue } from '../model/fact.js';
import type { Workload } from '../model/workload.js';
import type { Flag, SeenWorkload, Sighting } from '../recognise/types.js';
import { baseName } from '../text/uri.js';
import { type Candidates, ranks } from './candidates.js';
import { composedFor } from './configured.js';
import { normalValue } from './normalise.js';
import { addOwn, mainOf } from './own.js';
import type { Joins, Placed } from './placed.js';

/** A command that runs a script of this workspace: the script says the rest, its options overridden by the flags.
 * Returns the script's workload. */
export function addScript(candidates: Candidates, one: Placed, script: Sighting, joins: Joins): SeenWorkload | undefined {
  const { seen } = one;
  const inner = mainOf(joins.placed(script), seen.kind);
  if (!inner) return undefined;
  // What a sweep tries by turns is no value of the program's.
  const flags = new Map(seen.launch?.flags.flatMap((flag) => (flag.swept ? [] : [[flag.name, flag]])));
  const variable = (param: string | undefined): Flag | undefined => (param?.startsWith('env:') ? seen.launch?.variable?.(param.slice(4)) : undefined);
  const said = new Map(seen.facts.map((fact) => [fact.name, fact]));
  addOwn(
    candidates,
    inner,
    joins,
    (fact) => {
      const set = variable(fact.param);
      const value = set && normalValue(fact.name, set.value);
      if (set && value !== undefined) return [fromEnvironment(fact.name, set, value), ranks.environment];
      const flag = fact.param === undefined ? undefined : flags.get(fact.param);
      const own = flag && said.get(fact.name);
      if (flag && !(own && own.span?.start === flag.span.start)) {
        const value = flagValue(fact.name, flag, flags);
        if (value !== undefined) return [{ name: fact.name, value, origin: 'literal', span: flag.span, note: `flag --${flag.name}` }, ranks.commandLine];
      }
      const given = fact.param === undefined || flag ? undefined : ofProgramConfig(one, fact.param, joins);
      if (given) return [{ ...given, name: fact.name, ...(fact.param === undefined ? {} : { param: fact.param }) }, ranks.file];
      // A value that the script writes down, and no option decides, holds whatever the command says; where it runs, the command decides.
      const written = (fact.origin === 'literal' || fact.origin === 'variable') && fact.param === undefined && fact.value !== 'auto';
      if (written && said.has(fact.name) && !launched.test(fact.name))
        return [{ ...fact, origin: 'other-file', note: `written in ${baseName(script.uri)}` }, ranks.fixed];
      const rank = declaredBy(fact) ? ranks.declared : ranks.file;
      // What the command itself says needs no second opinion from the script's text.
      return said.has(fact.name) && rank === ranks.file
        ? undefined
        : [{ ...fact, origin: 'other-file', note: fact.note ?? `of ${baseName(script.uri)}` }, rank];
    },
    { flags: seen.launch?.flags ?? [] },
  );
  for (const unknown of inner.seen.unknown) {
    const set = variable(unknown.param);
    const exported = set && normalValue(unknown.name, set.value);
    if (set && exported !== undefined) candidates.add(fromEnvironment(unknown.name, set, exported), ranks.environment);
    const flag = unknown.param === undefined ? undefined : flags.get(unknown.param);
    const value = flag && flagValue(unknown.name, flag, flags);
    if (flag && value !== undefined)
      candidates.add({ name: unknown.name, value, origin: 'literal', span: flag.span, note: `flag --${flag.name}` }, ranks.commandLine);
  }
  return inner.seen;
}
/** Flags that the command's reader took for something else than what the program makes of them: a config group that is named like a fact, an option of another
 * meaning. */
export function misreadFlags({ seen }: Placed, script: Sighting, joins: Joins): ((fact: Fact) => boolean) | undefined {
  const inner = mainOf(joins.placed(script), seen.kind)?.seen;
  const flags = seen.launch?.flags ?? [];
  if (!inner || flags.length === 0) return undefined;
  const taken = [...inner.facts, ...inner.unknown];
  const configured = taken.find((one) => one.configured?.composed)?.configured;
  const groups = configured && composedFor(configured, script.uri, flags, joins.files)?.groups;
  const byStart = new Map(flags.map((flag) => [flag.span.start, flag]));
  return (fact) => {
    const flag = fact.span && byStart.get(fact.span.start);
    if (!flag) return false;
    const meant = taken.filter((one) => one.param === flag.name);
    return groups?.has(flag.name) === true || (meant.length > 0 && !meant.some((one) => one.name === fact.name));
  };
}
/** What a configuration that is a program itself gives for a variable of the script: `train.py config/large.py` runs it over the script's own settings. */
function ofProgramConfig({ seen, sighting }: Placed, name: string, { files }: Joins): Fact | undefined {
  for (const ref of seen.refs) {
    if (ref.role !== 'config' || !/\.py$/.test(ref.target)) continue;
    const config = files.path(sighting.uri, ref.target);
    const found = config?.exported?.([name]);
    if (config && found && 'value' in found) return { ...found, origin: 'other-file', note: `${name} of ${baseName(config.uri)}` };
  }
  return undefined;
}
const fromEnvironment = (name: string, set: Flag, value: FactValue): Fact => ({
  name,
  value,
  origin: 'variable',
  span: set.span,
  note: `${set.name} in the environment of the command`,
});
/** What a flag gives for a fact. Of a pair of limits, for the source and the target, a sample has both. */
function flagValue(name: string, flag: Flag, flags: ReadonlyMap<string, Flag>): FactValue | undefined {
  const value = normalValue(name, flag.value, flag.name);
  if (name !== 'seq_len' || !/source/.test(flag.name)) return value;
  const target = flags.get(flag.name.replace('source', 'target'));
  return typeof value === 'number' && typeof target?.value === 'number' ? value + target.value : value;
}
const declaredBy = (fact: Fact): boolean => fact.origin === 'default' || (fact.param !== undefined && fact.origin !== 'literal');

/** A script, or a configuration, that commands of this workspace run: what all of them agree on is in force, where they disagree nobody decides.
 * Returns the command that counts the money. */
export function addLaunchers(candidates: Candidates, one: Placed, launchers: readonly Placed[], joins: Joins): Placed | undefined {
  const same = launchers.filter((launch) => launch.seen.kind === one.seen.kind);
  const runs = same.flatMap((launch) => joins.joined(launch) ?? []);
  if (runs.length === 0) return same[0];
  const main = mainOf(joins.placed(one.sighting), one.seen.kind)?.id === one.id;
  const names = new Set(runs.flatMap((run) => run.facts.map((fact) => fact.name)));
  for (const name of names) {
    // Of a second workload in the file, a command says where it runs, and nothing about what it does.
    if (!main && !placement.test(name)) continue;
    const given = runs.map((run) => run.facts.find((fact) => fact.name === name));
    const first = given.find((fact) => fact !== undefined)!;
    if (given.every((fact) => fact?.value === first.value)) {
      if (first.span?.uri !== one.sighting.uri && first.origin !== 'default' && first.origin !== 'assumption')
        candidates.add(relabelled(first, same[0]!.sighting.uri), ranks.fixed);
      continue;
    }
    // The script's own value stands where one command gives another; without one, nobody knows.
    if (candidates.has(name) || statesIt(one.seen, name)) continue;
    const values = given.flatMap((fact, at) => (fact ? [`${fact.value} (${fileOf(runs[at]!)})`] : []));
    candidates.addUnknown({
      name,
      reason: `several commands run this file: ${[...new Set(values)].slice(0, 4).join(', ')}`,
      need: 'look at the command that is meant',
      ...(first.span ? { span: first.span } : {}),
    });
  }
  return main ? same[0] : undefined;
}
const placement = /^(?:gpus|gpu_type|gpu_count|num_nodes|nproc_per_node|instance_type|instance_count|provider|region|spot|interconnect)$/;
/** What a launcher decides of a program. */
const launched = new RegExp(`${placement.source}|^(?:strategy|precision|offload|model|dataset)$`);
const statesIt = (seen: SeenWorkload, name: string): boolean => seen.facts.some((fact) => fact.name === name);
const fileOf = (run: Workload): string => `command line in ${baseName(run.span.uri)}`;
const relabelled = (fact: Fact, launch: string): Fact =>
  fact.span?.uri === launch
    ? { ...fact, origin: 'command-line', note: `command line in ${baseName(launch)}` }
    : { ...fact, origin: fact.span ? 'other-file' : fact.origin };
