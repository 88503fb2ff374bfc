import type { MeasuredRun } from '../model/run.js';

/** The same run gives the same name on every machine, without the path that it was found under (FNV-1a). */
export function runHash({ id, at }: Pick<MeasuredRun, 'id' | 'at'>): string {
  let hash = 0x811c9dc5;
  for (const character of id + (at ?? '')) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193) >>> 0;
  return `run-${hash.toString(16).padStart(8, '0')}`;
}
