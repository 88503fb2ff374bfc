import type { Interval } from '../../model/estimate.js';
import type { Spread, TrainingCoefficients } from './coefficients.js';
import type { TrainingJob } from './job.js';

export type Quantity = 'speed' | 'hours' | 'memory';

/** Kinds of work whose residuals are kept apart. */
export function kindOf(job: TrainingJob): string {
  if (job.sample && job.sample.tokens === undefined) return 'sample';
  if (job.method !== 'full') return 'adapter';
  return job.shape?.encoder === true || job.shape?.relative === true ? 'encoder' : 'language';
}

/** Ways in which a job lies away from what was fitted: facts that were taken instead of stated, and kinds of job that few measured. */
const kinds = [
  'batch',
  'devices',
  'layout',
  'framework',
  'length',
  'precision',
  'recomputation',
  'dimensions',
  'work',
  'relative',
  'chip',
  'experts',
  'nodes',
  'long',
  'small',
  'own',
] as const;
type Kind = (typeof kinds)[number];
/** Factor on the width of an interval in the logarithm, by quantity and way. */
export type Distances = Readonly<Record<string, number>>;

/** What each way is expected to widen by, before residuals say more.
 * @assumes factors in the order of the errors that appear when a fact is taken away (batch 71 %, devices 31 to 52 %, layout 31 %, framework 21 %) */
const expected: Readonly<Record<Kind, { readonly speed: number; readonly memory: number }>> = {
  batch: { speed: 1.25, memory: 1.6 },
  devices: { speed: 1.1, memory: 1 },
  layout: { speed: 1.15, memory: 1.15 },
  framework: { speed: 1.3, memory: 1.3 },
  length: { speed: 1.15, memory: 1.3 },
  precision: { speed: 1.15, memory: 1.15 },
  recomputation: { speed: 1.1, memory: 1.5 },
  dimensions: { speed: 1.2, memory: 1.2 },
  work: { speed: 1.6, memory: 1.6 },
  relative: { speed: 1.5, memory: 1.5 },
  chip: { speed: 1.3, memory: 1.3 },
  experts: { speed: 1.15, memory: 1.15 },
  nodes: { speed: 1, memory: 1.15 },
  long: { speed: 1, memory: 1.3 },
  small: { speed: 1, memory: 1 },
  own: { speed: 1, memory: 1 },
};
const expectedOf = (kind: Kind, quantity: Quantity): number => expected[kind][quantity === 'memory' ? 'memory' : 'speed'];

/** Every way of every quantity, with the factor that is expected of it. */
export const expectedDistances: Distances = Object.fromEntries(
  (['speed', 'hours', 'memory'] as const).flatMap((quantity) => kinds.map((kind) => [`${quantity}:${kind}`, expectedOf(kind, quantity)])),
);

/** The ways in which a job lies away, as `quantity:way`. */
export function waysOf(job: TrainingJob, quantity: Quantity): readonly string[] {
  const { layout, shape, chip } = job;
  const rare = ['other', 'jetson', 'xe', 'neuron', 'apple', 'cdna', 'rdna', 'gaudi', 'pascal', 'turing', 'blackwell-rtx'];
  const memory = quantity === 'memory';
  const is: Readonly<Record<Kind, boolean>> = {
    batch: !layout.batchKnown,
    devices: !layout.gpusKnown && !memory,
    layout: !layout.modelParallelKnown,
    framework: !job.framework.stated,
    // The longest sample sets the memory, the mean one the speed.
    length: memory ? !job.lengthKnown : !job.facts.has('seq_len') && shape?.positions === undefined,
    precision: !job.facts.has('precision'),
    recomputation: job.facts.has('remat_policy') ? job.kept === undefined && job.checkpointing === 'selective' : !job.facts.has('grad_ckpt'),
    dimensions: shape?.guessed.includes('n_layer') === true,
    work: job.sample?.exact === false,
    relative: shape?.relative === true,
    chip: chip !== undefined && rare.includes(chip.generation),
    experts: shape !== undefined && shape.expertBody > 0,
    nodes: memory && layout.gpus > 8,
    // Longer than nearly all that was measured.
    long: memory && job.seqMax > 16384,
    small: shape !== undefined && !memory && shape.params < 1e9,
    own: !memory && job.framework.class === 'everyday',
  };
  return kinds.filter((kind) => is[kind]).map((kind) => `${quantity}:${kind}`);
}

/** How far a job lies from what was fitted, as a factor on the interval's width in the logarithm: one for a fully stated job of a usual kind. */
export const distance = (job: TrainingJob, quantity: Quantity, distances: Distances): number =>
  waysOf(job, quantity).reduce((far, way) => far * (distances[way] ?? expectedDistances[way] ?? 1), 1);

/** The spread that holds for a quantity and kind; the nearest wider class where that one was never measured. */
export function spreadOf(coefficients: TrainingCoefficients, quantity: Quantity, kind: string): Spread {
  const of = (name: Quantity): Spread =>
    coefficients.spread[`${name}/${kind}`] ?? coefficients.spread[`${name}/all`] ?? { half: Math.log(4), rows: 0, families: 0 };
  const own = of(quantity);
  // Hours are work over speed: they are not better known than the speed.
  return quantity === 'hours' ? { ...own, half: Math.max(own.half, of('speed').half) } : own;
}

/** An interval around a likely value. `extra` multiplies the high end's and the low end's distance: an open length can only shorten. */
export function intervalAround(likely: number, half: number): Interval {
  const factor = Math.exp(Math.min(half, 6));
  return { low: likely / factor, likely, high: likely * factor };
}

/** In words, on what an interval rests. */
export function basisOf(spread: Spread, far: number): string {
  const rest = spread.rows === 0 ? 'nothing similar was measured' : `${spread.rows} similar runs of ${spread.families} publishers`;
  return far > 1.5 ? `${rest}; widened: several facts are not stated` : rest;
}
