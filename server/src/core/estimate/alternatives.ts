import type { Estimation } from '../model/estimate.js';
import { deviceCount } from './devices.js';
import { estimate } from './estimate.js';
import { fitsOf } from './fits.js';
import type { EstimateContext, Spec } from './spec.js';

/** Accelerators that are shown while nobody has said which: what clouds and shops rent most, from large to small. */
export const commonAccelerators: readonly string[] = ['h100-sxm-80gb', 'a100-sxm-80gb', 'l40s', 'l4', 'a10g', 'rtx-4090', 't4'];

export interface OnAccelerator {
  readonly accelerator: string;
  readonly estimation: Estimation;
  /** How many of them, where nobody says: the fewest on which it fits. */
  readonly count?: number;
}

/** The workload on an accelerator; with a number of them where nobody says one. */
export function specOn(spec: Spec, id: string, count?: number): Spec {
  const { instance_type: _machine, ...facts } = spec.facts;
  // Adapters are trained with a copy of the model on each GPU, unless a sharding is written.
  const copies = spec.kind === 'training' && facts['strategy'] === undefined && /lora/.test(String(facts['finetune_method'] ?? '')) ? { strategy: 'ddp' } : {};
  return { ...spec, facts: { ...facts, gpu_type: id, ...(count === undefined ? {} : { gpu_count: count, ...copies }) } };
}

/** The workload on each of some accelerators that compute in its precision: those that fit first, the cheapest first.
 * Where nobody says how many, each is taken in the smallest number on which the workload fits, up to a machine's eight. */
export function onLikelyAccelerators(spec: Spec, context: EstimateContext, ids: readonly string[] = commonAccelerators): OnAccelerator[] {
  const { instance_type: _machine, ...facts } = spec.facts;
  const counted = deviceCount({ ...spec, facts }, context.catalog).known || spec.kind === 'resource';
  const on = (id: string, count?: number): OnAccelerator => ({
    accelerator: id,
    estimation: estimate(specOn(spec, id, count), context),
    ...(count === undefined ? {} : { count }),
  });
  const all = ids
    .filter((id) => context.catalog.accelerators.some((chip) => chip.id === id && (facts['precision'] !== 'bf16' || chip.bf16Tflops !== undefined)))
    .map((id) => (counted ? on(id) : fewest((count) => on(id, count))));
  const rank = ({ estimation }: OnAccelerator) => ['fits', 'tight', 'unknown', 'does-not-fit'].indexOf(fitsOf(estimation));
  return all.sort((a, b) => rank(a) - rank(b) || costOf(a.estimation) - costOf(b.estimation));
}

/** The first of 1, 2, 4 and 8 on which it fits; else the first on which it may. */
function fewest(on: (count: number) => OnAccelerator): OnAccelerator {
  let tight: OnAccelerator | undefined;
  let last = on(1);
  for (const count of [1, 2, 4, 8]) {
    if (count > 1) last = on(count);
    const fits = fitsOf(last.estimation);
    if (fits === 'fits' || fits === 'unknown') return last;
    if (fits === 'tight') tight ??= last;
  }
  return tight ?? last;
}

const costOf = ({ estimates }: Estimation): number =>
  (estimates['usd'] ?? estimates['usd_per_month'] ?? estimates['usd_per_hour'])?.likely ?? Number.POSITIVE_INFINITY;
