import { baseName, folderOf } from '../text/uri.js';
import { type Candidates, ranks } from './candidates.js';
import type { Joins, Placed } from './placed.js';

const keyOf = (uri: string, object: string): string => `${folderOf(uri)} ${object}`;

/** Scalers and what they scale: manifests of one application lie together. */
export function scaledOf(all: readonly Placed[]): ReturnType<Joins['scaled']> {
  const scalers = new Map<string, Placed>();
  const objects = new Map<string, Placed>();
  for (const one of all) {
    const { scales, object } = one.seen;
    if (scales !== undefined) scalers.set(keyOf(one.sighting.uri, scales), one);
    if (object !== undefined) objects.set(keyOf(one.sighting.uri, object), one);
  }
  return { scalers, objects };
}

/** Bounds of a scaler in another file of the folder that names the object. */
export function addScaler(candidates: Candidates, { seen, sighting }: Placed, { scaled }: Joins): void {
  const scaler = seen.object === undefined ? undefined : scaled().scalers.get(keyOf(sighting.uri, seen.object));
  if (!scaler || scaler.sighting === sighting) return;
  for (const fact of scaler.seen.facts) candidates.add({ ...fact, origin: 'other-file', note: `scaled by ${baseName(scaler.sighting.uri)}` }, ranks.file);
}
/** The object that a scaler scales counts its money. */
export const scaledBy = ({ seen, sighting }: Placed, { scaled }: Joins): string | undefined =>
  seen.scales === undefined ? undefined : scaled().objects.get(keyOf(sighting.uri, seen.scales))?.id;
