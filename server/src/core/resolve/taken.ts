import type { Include, SeenWorkload, Sighting } from '../recognise/types.js';
import { folderOf, joinUri } from '../text/uri.js';
import type { Files } from './files.js';
import type { Joins, Placed } from './placed.js';

interface Taken {
  /** What each file was when it was taken in. */
  readonly from: ReadonlyMap<string, Sighting | undefined>;
  readonly workloads: readonly SeenWorkload[] | undefined;
}
/** Files that one document takes in, at most. */
const maxFiles = 200;
const known = new WeakMap<Sighting, Taken>();

/** What a document says together with the files that it takes in; read again only after one of them changed. */
export function withTaken(sighting: Sighting, files: Files): readonly SeenWorkload[] {
  const { joined, workloads, uri } = sighting;
  if (!joined) return workloads;
  const before = known.get(sighting);
  if (before && [...before.from].every(([target, file]) => files.exact(target) === file)) return before.workloads ?? workloads;
  const from = new Map<string, Sighting | undefined>();
  const include: Include = (target) => {
    if (from.size > maxFiles) return undefined;
    const wanted = joinUri(folderOf(uri), target);
    const file = files.exact(wanted);
    from.set(wanted, file);
    return file?.settings && { uri: wanted, settings: file.settings() };
  };
  let found: readonly SeenWorkload[] | undefined;
  try {
    found = joined(include);
  } catch {
    // What another file breaks leaves what this one says by itself.
  }
  known.set(sighting, { from, workloads: found });
  return found ?? workloads;
}

/** The files that a document takes in. */
export const takenBy = (sighting: Sighting): readonly Sighting[] =>
  sighting.joined ? [...(known.get(sighting)?.from.values() ?? [])].filter((file) => file !== undefined) : [];
/** Workloads that take files in, by the files. */
export function takersOf(all: readonly Placed[]): ReadonlyMap<string, readonly Placed[]> {
  const takers = new Map<string, Placed[]>();
  for (const one of all) {
    const taken = one.sighting.joined && known.get(one.sighting);
    if (!taken?.workloads?.includes(one.seen) || one.seen.fragment) continue;
    for (const [uri, file] of taken.from) if (file && file !== one.sighting) takers.set(uri, [...(takers.get(uri) ?? []), one]);
  }
  return takers;
}
/** Of a workload whose file others take in: the first that shows its facts, and so has its money. */
export const takenInto = ({ sighting, seen }: Placed, { takers }: Joins): string | undefined =>
  takers()
    .get(sighting.uri)
    ?.find((user) => seen.kind === user.seen.kind || seen.kind === 'resource')?.id;
