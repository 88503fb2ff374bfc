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

/** How far a job lies from what was fitted, as a factor on the interval's width in the logarithm: one for a fully stated job, more for each fact that was taken instead.
 * @assumes factors in the order of the errors that appear when a fact is taken away (batch 71 %, devices 31 to 52 %, layout 31 %, framework 21 %) */
export function distance(job: TrainingJob, quantity: Quantity): number {
  let far = 1;
  const { layout, shape, chip } = job;
  if (!layout.batchKnown) far *= quantity === 'memory' ? 1.6 : 1.25;
  if (!layout.gpusKnown && quantity !== 'memory') far *= 1.1;
  if (!layout.modelParallelKnown) far *= 1.15;
  if (!job.framework.stated) far *= 1.3;
  // The longest sample sets the memory, the mean one the speed.
  if (quantity === 'memory' ? !job.lengthKnown : !job.facts.has('seq_len') && job.shape?.positions === undefined) far *= quantity === 'memory' ? 1.3 : 1.15;
  if (!job.facts.has('precision')) far *= 1.15;
  if (!job.facts.has('grad_ckpt')) far *= quantity === 'memory' ? 1.5 : 1.1;
  if (shape?.guessed.includes('n_layer') === true) far *= 1.2;
  if (job.sample?.exact === false) far *= 1.6;
  if (shape?.relative === true) far *= 1.5;
  if (
    chip !== undefined &&
    ['other', 'jetson', 'xe', 'neuron', 'apple', 'cdna', 'rdna', 'gaudi', 'pascal', 'turing', 'blackwell-rtx'].includes(chip.generation)
  )
    far *= 1.3;
  if (shape !== undefined && shape.expertBody > 0) far *= 1.15;
  if (quantity === 'memory' && layout.gpus > 8) far *= 1.15;
  // Longer than nearly all that was measured.
  if (quantity === 'memory' && job.seqMax > 16384) far *= 1.3;
  return far;
}

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
