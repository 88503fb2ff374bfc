import type { Interval, Term } from '../../model/estimate.js';
import type { TrainingJob } from './job.js';
import { optimizerBytes } from './memory.js';

/** The checkpoints of a run. */
export interface Checkpoints {
  /** Bytes of one with its optimizer states. */
  readonly each: number;
  /** Bytes of one that holds 16-bit weights alone. */
  readonly weightsAlone: number;
  readonly written: number;
  /** Those of all trials that are still there in the end. */
  readonly kept: number;
}

/** Checkpoints that the steps between them, and the limit of those kept, say.
 * @unit B
 * @source weights, and optimizer states with master weights where the weights are 16-bit: Rajbhandari et al. 2020 §3.1 (12 to 14 B a trained parameter under Adam)
 * @unknown undefined without the steps, the steps between checkpoints or the model's size */
export function checkpointsOf(job: TrainingJob, steps: number | undefined, runs: number): Checkpoints | undefined {
  const between = job.facts.number('save_steps');
  const limit = job.facts.number('save_total_limit');
  const trained = job.trainable ?? job.shape?.params ?? job.sample?.params;
  if (steps === undefined || between === undefined || between < 1 || trained === undefined) return undefined;
  // One is written in the end in any case.
  const written = Math.max(1, Math.ceil(steps / between));
  const half = job.framework.pureHalf && job.precision !== 'fp32' && job.method === 'full';
  const weights = half ? 2 : job.framework.flatBuffers === undefined ? 4 : 2 + 4;
  return {
    each: trained * (weights + optimizerBytes(job.optimizer, half)),
    weightsAlone: trained * 2,
    written,
    kept: runs * (limit === undefined || limit < 1 ? written : Math.min(limit, written)),
  };
}

/** What is stored in the end; the low end holds weights alone. @unit GiB */
export const storedGib = ({ each, weightsAlone, kept }: Checkpoints): Interval => {
  const gib = (bytes: number): number => (kept * bytes) / 2 ** 30;
  return { low: gib(Math.min(each, weightsAlone)), likely: gib(each), high: 1.05 * gib(each) };
};

export const storedTerm = (stored: Checkpoints): Term => ({
  id: 'checkpoints',
  label: 'checkpoints kept',
  value: storedGib(stored).likely,
  unit: 'GiB',
  formula: 'checkpoints · bytes of weights and optimizer states',
  source: 'Rajbhandari et al. 2020 §3.1',
  facts: ['save_steps', 'save_total_limit', 'optimizer'],
  children: [
    { id: 'kept', label: 'checkpoints that stay', value: stored.kept, unit: 'count', formula: 'steps ÷ steps between them, at most the limit, × trials' },
    { id: 'each', label: 'one checkpoint', value: stored.each / 2 ** 30, unit: 'GiB' },
  ],
});
