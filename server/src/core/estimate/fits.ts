import type { Accelerator } from '../catalog/types.js';
import type { Estimation, Interval } from '../model/estimate.js';

/** Share of the printed memory that a process can use.
 * @source data README: usable memory is 0.5 to 3 % less than printed */
export const usableMemory = 0.97;

export type Fits = 'fits' | 'tight' | 'does-not-fit' | 'unknown';

/** Share of one accelerator's usable memory that is needed at the peak. */
export function memoryShare(peakGib: Interval, accelerator: Accelerator): Interval | undefined {
  if (accelerator.memoryGib === undefined) return undefined;
  const usable = accelerator.memoryGib * usableMemory;
  return { low: peakGib.low / usable, likely: peakGib.likely / usable, high: peakGib.high / usable };
}

/** Whether it fits: only when the high end fits, not when even the low end does not; between them it is tight. */
export function fitsOf(estimation: Estimation): Fits {
  const share = estimation.estimates['memory_share'];
  if (!share) return 'unknown';
  if (share.high <= 1) return 'fits';
  return share.low > 1 ? 'does-not-fit' : 'tight';
}
