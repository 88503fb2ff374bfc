import type { Accelerator } from '../../catalog/types.js';
import { gpuHour, moneyBetween, type Prices } from './price.js';
import type { WasteLine } from './types.js';

/** Memory beyond the measured peak that has to stay free: allocators fragment by a tenth.
 * @source highwaterlabs/torch-preflight, README: 6 to 12.5 % of what PyTorch reserved on a T4 */
const headroom = 1.125;
/** A saving below this share of the money is not worth a change. */
const worthwhile = 0.1;

/** What was measured of something that holds accelerators. */
export interface HeldMemory {
  readonly what: string;
  readonly owner: WasteLine['owner'];
  readonly gpu: string;
  readonly gpus: number;
  /** @unit h of one accelerator */
  readonly gpuHours: number;
  /** Of one accelerator @unit GiB */
  readonly peakGib: number;
  /** Share of the time that it was busy; absent: taken as always. */
  readonly utilisation?: number;
  readonly evidence: string;
}

/** A smaller accelerator that would have held it for less, in the worst case of its speed too.
 * While it is busy the smaller one is slower by no more than the larger of the ratios of arithmetic and of memory bandwidth; idle time stays as long.
 * low: as slow as that; high: not slower.
 * @returns undefined where none would, or none is sure to cost less */
export function memoryNotUsed(held: HeldMemory, prices: Prices): WasteLine | undefined {
  const chip = prices.catalog.accelerator(held.gpu);
  const price = gpuHour(prices, held.gpu, held.gpus);
  if (!chip?.memoryGib || !price.known || held.peakGib * headroom > chip.memoryGib) return undefined;
  const now = price.value.likely;
  const busy = held.utilisation ?? 1;
  const best = prices.catalog.accelerators
    .flatMap((other) => {
      const slower = slowdown(chip, other);
      if (slower === undefined || other.memoryGib === undefined || other.memoryGib >= (chip.memoryGib ?? 0) || other.memoryGib < held.peakGib * headroom)
        return [];
      const its = gpuHour(prices, other.id, held.gpus);
      if (!its.known) return [];
      const worst = its.value.likely * (busy * slower + 1 - busy);
      return now - worst >= worthwhile * now ? [{ other, slower, hourly: its.value.likely, sure: now - worst, basis: its.value.basis }] : [];
    })
    .sort((a, b) => b.sure - a.sure)[0];
  if (!best) return undefined;
  const { other, slower, hourly, sure } = best;
  const most = now - hourly;
  return {
    kind: 'memory not used',
    what: held.what,
    owner: held.owner,
    quantity: { value: held.gpuHours, unit: 'GPU-hours' },
    money: moneyBetween(
      sure * held.gpuHours,
      ((sure + most) / 2) * held.gpuHours,
      most * held.gpuHours,
      `$${now.toFixed(2)}/h against $${hourly.toFixed(2)}/h; ${best.basis}`,
    ),
    evidence: `peak of ${held.peakGib.toFixed(1)} GiB of ${chip.memoryGib} GiB; ${held.evidence}`,
    fix: `${other.name} (${other.memoryGib} GiB) holds it and costs less even if it is ${slower.toFixed(1)} times slower while busy: try it there`,
  };
}
/** How many times slower another chip of the same maker may be; undefined where it lacks a precision that the first has, or figures are missing.
 * @source peaks and bandwidths of the accelerator table */
function slowdown(chip: Accelerator, other: Accelerator): number | undefined {
  if (other.vendor !== chip.vendor || other.id === chip.id) return undefined;
  const ratios: number[] = [];
  for (const name of ['bf16Tflops', 'fp16Tflops', 'memoryBandwidthGbps'] as const) {
    const [has, would] = [chip[name], other[name]];
    if (has === undefined) continue;
    if (would === undefined || !(would > 0)) return undefined;
    ratios.push(has / would);
  }
  return ratios.length < 2 ? undefined : Math.max(1, ...ratios);
}
