import { type OnAccelerator, specOn } from '../estimate/alternatives.js';
import type { EstimateContext, Spec } from '../estimate/spec.js';
import type { Estimate, Estimation } from '../model/estimate.js';
import type { Workload } from '../model/workload.js';
import { type Cause, causesOf, type FactDelta, factDeltas } from './causes.js';
import type { Pair } from './match.js';
import { type ChangeNoise, noiseOf } from './noise.js';

/** A workload of one state, estimated. */
export interface State {
  readonly workload: Workload;
  readonly estimation: Estimation;
  readonly spec: Spec;
  /** On likely accelerators, where its own is unknown. */
  readonly alternatives?: readonly OnAccelerator[];
}
/** A quantity of both states. */
export interface QuantityDelta {
  readonly name: string;
  readonly before: Estimate;
  readonly after: Estimate;
  /** The accelerator that both were estimated on, where the code names none. */
  readonly on?: { readonly accelerator: string; readonly count?: number };
}
export interface WorkloadDelta extends Pair<State> {
  /** `unclear`: facts changed and no quantity is known on both sides. */
  readonly state: 'new' | 'removed' | 'changed' | 'unclear' | 'same';
  /** What a person decides on first, then the others that changed. */
  readonly quantities: readonly QuantityDelta[];
  /** What changed, with its part of the first quantity where it can be told. */
  readonly causes: readonly (FactDelta & Partial<Cause>)[];
  /** The first quantity's change is smaller than what the estimator can tell. */
  readonly withinNoise: boolean;
}

/** Money of what is done, of what stands there, of one unit; then work, where there is no price; then speed, where the work is unknown. A step's time is none of these: with another batch it is another step. */
export const comparedQuantities = [
  'usd',
  'usd_per_month',
  'usd_max',
  'usd_per_month_max',
  'usd_per_call',
  'usd_per_call_max',
  'usd_per_1k_requests',
  'usd_per_1m_tokens',
  'usd_per_1m_tokens_full',
  'gpu_hours',
  'gpu_hours_max',
  'usd_per_hour',
  'tokens_per_s_per_gpu',
  'samples_per_s',
  'saturation_output_tokens_per_s',
  'output_tokens_per_s',
  'peak_memory_gib',
] as const;
/** True for a figure of which more is cheaper. */
export const isSpeed = (quantity: string): boolean => /_per_s(_per_gpu)?$/.test(quantity);
/** Rounding of sums is no change. */
const even = 1e-6;

/** What changed between two states of a workload. A place or a title that changed is nothing. */
export function deltaOf(pair: Pair<State>, context: EstimateContext, noise: ChangeNoise): WorkloadDelta {
  const { before, after } = pair;
  if (!before || !after) return { ...pair, state: after ? 'new' : 'removed', quantities: [], causes: [], withinNoise: false };
  const changes = factDeltas(before.spec, after.spec);
  const all = quantitiesOfBoth(before, after);
  const quantities = all.filter(
    (one) => Math.abs(one.after.likely - one.before.likely) > even * Math.max(Math.abs(one.before.likely), Math.abs(one.after.likely)),
  );
  const [first] = quantities;
  if (!first) {
    const told = all.length > 0 && all.some(({ name }) => name !== 'peak_memory_gib');
    const appeared = knownOnOneSide(before.estimation, after.estimation);
    return { ...pair, state: changes.length > 0 && (!told || appeared) ? 'unclear' : 'same', quantities: [], causes: changes, withinNoise: false };
  }
  const on = (spec: Spec): Spec => (first.on === undefined ? spec : specOn(spec, first.on.accelerator, first.on.count));
  const causes = causesOf(on(before.spec), on(after.spec), changes, first.name, context);
  const effects = causes?.filter(({ by }) => Math.abs(by) > even * Math.abs(first.before.likely));
  const limit = noiseOf(
    after.workload.kind,
    (effects ?? changes).map(({ fact }) => fact),
    first.name,
    noise,
  );
  return {
    ...pair,
    state: 'changed',
    quantities,
    causes: effects ? effects.toSorted((a, b) => Math.abs(b.by) - Math.abs(a.by)) : changes,
    withinNoise: first.before.likely > 0 && first.after.likely > 0 && Math.abs(Math.log(first.after.likely / first.before.likely)) < Math.log(limit),
  };
}

function quantitiesOfBoth(before: State, after: State): QuantityDelta[] {
  const both = (a: Estimation, b: Estimation, on?: QuantityDelta['on']): QuantityDelta[] =>
    comparedQuantities.flatMap((name) => {
      const [x, y] = [a.estimates[name], b.estimates[name]];
      return x && y ? [{ name, before: x, after: y, ...(on === undefined ? {} : { on }) }] : [];
    });
  const own = both(before.estimation, after.estimation);
  if (own.some(({ name }) => name !== 'peak_memory_gib')) return own;
  for (const { accelerator, count, estimation } of after.alternatives ?? []) {
    const other = before.alternatives?.find((one) => one.accelerator === accelerator && one.count === count);
    const found = other ? both(other.estimation, estimation, { accelerator, ...(count === undefined ? {} : { count }) }) : [];
    if (found.some(({ name }) => name !== 'peak_memory_gib')) return found;
  }
  return own;
}
const knownOnOneSide = (a: Estimation, b: Estimation): boolean =>
  comparedQuantities.some((name) => (a.estimates[name] === undefined) !== (b.estimates[name] === undefined));
