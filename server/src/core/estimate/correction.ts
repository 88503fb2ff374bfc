import type { Estimate, Estimation, Term } from '../model/estimate.js';

/** What a team's measured runs say of the estimates of one workload: a factor, shrunk towards one by how few they are. */
export interface Learned {
  /** Measured over estimated, shrunk. */
  readonly factor: number;
  /** Standard deviation of the logarithm before the runs: that of the published measurements behind the interval. */
  readonly before: number;
  /** Standard deviation of the logarithm for a further run. */
  readonly after: number;
  readonly runs: number;
  /** In words: `3 runs of this code`. */
  readonly basis: string;
}
/** Corrections of one workload: of time, and of memory. */
export interface Correction {
  readonly time?: Learned;
  readonly memory?: Learned;
}

/** Standard deviations between the middle and an end of an interval that holds nine of ten. */
export const ninetyPercent = 1.645;

/** Quantities that are a time, and those that are a rate. */
const times = ['gpu_hours', 'wall_hours', 'step_time_s', 'ttft_ms', 'tpot_ms', 'latency_ms'];
const rates = [
  'tokens_per_s_per_gpu',
  'samples_per_s',
  'tflops_per_gpu',
  'mfu',
  'output_tokens_per_s',
  'saturation_output_tokens_per_s',
  'total_tokens_per_s',
  'requests_per_s',
  'images_per_s',
  'decode_tokens_per_s',
];
const memories = ['peak_memory_gib'];

/** Applies a team's factor as a term of its own: the likely value moves, and the interval narrows to what runs of one team differ by.
 * Money, energy and the share of memory are made of the corrected quantities. */
export function corrected(base: Estimation, correction: Correction | undefined): Estimation {
  if (!correction) return base;
  const estimates: Record<string, Estimate> = { ...base.estimates };
  const apply = (names: readonly string[], learned: Learned | undefined, factor: number): void => {
    if (!learned) return;
    for (const name of names) {
      const estimate = estimates[name];
      if (estimate) estimates[name] = withFactor(estimate, learned, factor);
    }
  };
  apply(times, correction.time, correction.time?.factor ?? 1);
  apply(rates, correction.time, 1 / (correction.time?.factor ?? 1));
  apply(memories, correction.memory, correction.memory?.factor ?? 1);
  return { ...base, estimates };
}

function withFactor(estimate: Estimate, { before, after, runs, basis }: Learned, factor: number): Estimate {
  const likely = estimate.likely * factor;
  const half = (end: number): number => {
    const old = Math.abs(Math.log(end / estimate.likely)) / ninetyPercent;
    // What the runs tell nothing of (an open length, evaluations) stays in the interval.
    return Math.min(old, Math.sqrt(Math.max(0, old ** 2 - before ** 2) + after ** 2)) * ninetyPercent;
  };
  const own: Term = {
    id: 'team-runs',
    label: 'this team’s runs',
    value: factor,
    unit: 'share',
    formula: `measured ÷ estimated over ${basis}, shrunk towards 1`,
  };
  const term: Term | undefined = estimate.term && {
    id: `${estimate.term.id}-corrected`,
    label: `${estimate.term.label}, corrected`,
    value: likely,
    unit: estimate.term.unit,
    formula: 'estimate × factor of this team’s runs',
    children: [estimate.term, own],
  };
  return {
    ...estimate,
    low: estimate.low > 0 ? likely * Math.exp(-half(estimate.low)) : 0,
    likely,
    high: likely * Math.exp(half(estimate.high)),
    basis: `${basis}; before ${runs === 1 ? 'it' : 'them'}: ${estimate.basis}`,
    ...(term ? { term } : {}),
  };
}
