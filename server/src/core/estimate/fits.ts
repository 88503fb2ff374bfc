import type { Accelerator } from '../catalog/types.js';
import type { Estimation, Interval, Term } from '../model/estimate.js';
import { reportedGib } from './reported-memory.js';

/** Memory of an accelerator that a process can use: what the driver reports, and at most 97 % of what is printed.
 * @unit GiB
 * @source data README: usable memory is 0.5 to 3 % less than printed; boards with error correction in line have a sixteenth less */
export function usableGib(accelerator: Accelerator): number | undefined {
  const reported = reportedGib(accelerator);
  return reported === undefined || accelerator.memoryGib === undefined ? undefined : Math.min(reported, accelerator.memoryGib * 0.97);
}

export type Fits = 'fits' | 'tight' | 'does-not-fit' | 'unknown';

/** Share of one accelerator's usable memory that is needed at the peak. */
export function memoryShare(peakGib: Interval, accelerator: Accelerator): Interval | undefined {
  const usable = usableGib(accelerator);
  if (usable === undefined) return undefined;
  return { low: peakGib.low / usable, likely: peakGib.likely / usable, high: peakGib.high / usable };
}

/** Whether it fits: only when the high end fits, not when even the low end does not; between them it is tight.
 * What was taken so that it fits never makes it fit. Where nobody states how much is computed at once, what grows with it is a guess: it then fits with room to spare,
 * and does not fit where what does not grow is already too much. */
export function fitsOf(estimation: Estimation): Fits {
  const share = estimation.estimates['memory_share'];
  if (!share) return 'unknown';
  const guessed = isGuessed(estimation);
  if (share.high <= (guessed ? 0.7 : 1) && !estimation.assumed.some(({ toFit }) => toFit === true)) return 'fits';
  return share.low * (guessed ? fixedShare(estimation) : 1) > 1 ? 'does-not-fit' : 'tight';
}
/** Share of the peak that is there whatever is computed at once. @assumes half, where the parts are not known */
function fixedShare({ estimates }: Estimation): number {
  const parts = estimates['peak_memory_gib']?.term?.children;
  if (!parts) return 0.5;
  const sum = (terms: readonly Term[]) => terms.reduce((all, { value }) => all + value, 0);
  const grows = ({ id }: Term) => ['activations', 'logits', 'fragmentation', 'kv-cache'].includes(id);
  return sum(parts.filter((part) => !grows(part))) / sum(parts);
}

/** True where the memory rests on a batch or a length that nobody stated. */
export const isGuessed = ({ assumed, estimates }: Estimation): boolean =>
  estimates['kv_cache_gib'] === undefined && assumed.some(({ fact }) => fact === 'seq_len' || fact === 'batch_size');
