import type { MeasuredRun } from '../model/run.js';
import { fnv1a } from '../text/fnv.js';

/** The same run gives the same name on every machine, without the path that it was found under. */
export function runHash({ id, at }: Pick<MeasuredRun, 'id' | 'at'>): string {
  return `run-${fnv1a(id + (at ?? ''))}`;
}
