import type { Estimation } from '../model/estimate.js';
import { estimate } from './estimate.js';
import { fitsOf } from './fits.js';
import type { EstimateContext, Spec } from './spec.js';

/** Accelerators that are shown while nobody has said which: what clouds and shops rent most, from large to small. */
export const commonAccelerators: readonly string[] = ['h100-sxm-80gb', 'a100-sxm-80gb', 'l40s', 'l4', 'a10g', 'rtx-4090', 't4'];

export interface OnAccelerator {
  readonly accelerator: string;
  readonly estimation: Estimation;
}

/** The workload on each of some accelerators that compute in its precision: those that fit first, the cheapest first. */
export function onLikelyAccelerators(spec: Spec, context: EstimateContext, ids: readonly string[] = commonAccelerators): OnAccelerator[] {
  const { instance_type: _machine, ...facts } = spec.facts;
  const all = ids
    .filter((id) => context.catalog.accelerators.some((chip) => chip.id === id && (facts['precision'] !== 'bf16' || chip.bf16Tflops !== undefined)))
    .map((id) => ({ accelerator: id, estimation: estimate({ ...spec, facts: { ...facts, gpu_type: id } }, context) }));
  const rank = ({ estimation }: OnAccelerator) => ['fits', 'tight', 'unknown', 'does-not-fit'].indexOf(fitsOf(estimation));
  return all.sort((a, b) => rank(a) - rank(b) || costOf(a.estimation) - costOf(b.estimation));
}

const costOf = ({ estimates }: Estimation): number =>
  (estimates['usd'] ?? estimates['usd_per_month'] ?? estimates['usd_per_hour'])?.likely ?? Number.POSITIVE_INFINITY;
