import type { Fact, UnknownFact } from '../model/fact.js';
import type { Reference, SeenWorkload, Sighting } from '../recognise/types.js';
import { baseName } from '../text/uri.js';
import { type Candidates, type Rank, ranks } from './candidates.js';
import { configuredFact, type Flags } from './configured.js';
import type { Files } from './files.js';
import { givenInFolder, namedFacts, ofFolder } from './module-folder.js';
import { normalised } from './normalise.js';
import type { Joins, Placed } from './placed.js';

const maxImports = 6;
const maxConfigs = 12;

/** Where a fact of a file goes among the candidates; undefined: nowhere. */
export type Place = (fact: Fact) => readonly [Fact, Rank] | undefined;

/** What a workload's own file says, with its imports and the configuration files that it names or loads, and those that they name; `flags` is what a command
 * gives to the program. */
export function addOwn(
  candidates: Candidates,
  one: Placed,
  joins: Joins,
  place: Place,
  { unknownRank, flags = [] }: { readonly unknownRank?: Rank | undefined; readonly flags?: Flags } = {},
): void {
  const { seen, sighting } = one;
  const add = (fact: Fact): void => {
    const normal = normalised(fact);
    const placed = normal && place(normal);
    if (placed) candidates.add(...placed);
  };
  const addConfigured = (fact: Fact | UnknownFact): boolean => {
    const found = configuredFact(fact, sighting.uri, flags, joins.files);
    if (found && 'fact' in found) candidates.add(found.fact, found.rank);
    else if (found) candidates.addUnknown(found.unknown, unknownRank);
    return found !== undefined;
  };
  for (const fact of seen.facts) {
    add(fact);
    addConfigured(fact);
    const given = fact.param?.startsWith('var.') ? givenInFolder(sighting.uri, fact.param, joins.files) : undefined;
    for (const one of given ? namedFacts(fact.name, given) : []) candidates.add(normalised(one) ?? one, ranks.file);
  }
  for (const unknown of seen.unknown) {
    if (addConfigured(unknown)) continue;
    if (unknown.imported?.module === '.') {
      const given = ofFolder(sighting.uri, [unknown.imported.name, ...(unknown.imported.path ?? [])], joins.files);
      if (!given) candidates.addUnknown(unknown, unknownRank);
      for (const one of given ? namedFacts(unknown.name, given) : []) add(one);
      continue;
    }
    const found = imported(unknown, sighting.uri, joins.files);
    if (found && 'value' in found) add(found);
    else candidates.addUnknown(found ?? unknown, unknownRank);
  }
  for (const { from, config, inherited } of configsOf(one, joins)) {
    for (const fact of config.seen.facts) {
      const normal = normalised(fact);
      if (normal && !(inherited && candidates.has(fact.name)))
        candidates.add({ ...normal, origin: 'other-file', note: fact.note ?? `of ${baseName(from.uri)}` }, ranks.file);
    }
    for (const unknown of config.seen.unknown) candidates.addUnknown(unknown);
  }
}

/** Configurations that a workload names, and those that these name, nearest first. */
function configsOf({ seen, sighting }: Placed, { files, placed }: Joins): { from: Sighting; config: Placed; inherited: boolean }[] {
  const found: { from: Sighting; config: Placed; inherited: boolean }[] = [];
  const visited = new Set([sighting.uri]);
  let open: { uri: string; refs: readonly Reference[] }[] = [{ uri: sighting.uri, refs: seen.refs }];
  while (open.length > 0 && visited.size <= maxConfigs) {
    const next: typeof open = [];
    for (const { uri, refs } of open) {
      for (const ref of refs) {
        const used = ref.role === 'config' ? files.path(uri, ref.target) : undefined;
        if (!used || visited.has(used.uri)) continue;
        visited.add(used.uri);
        for (const config of placed(used)) {
          if (!config.seen.fragment && config.seen.kind !== seen.kind) continue;
          found.push({ from: used, config, inherited: ref.inherited === true });
          next.push({ uri: used.uri, refs: config.seen.refs });
        }
      }
    }
    open = next;
  }
  return found;
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

/** The workload of a script that a command of some kind runs: the first that stands for a run of its own. */
export const mainOf = (all: readonly Placed[], kind: SeenWorkload['kind']): Placed | undefined => all.find(({ seen }) => seen.kind === kind && !seen.fragment);
