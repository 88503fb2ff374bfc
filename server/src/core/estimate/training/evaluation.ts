import type { AssumedFact } from '../../model/estimate.js';
import type { TrainingJob } from './job.js';
import type { JobWork } from './work.js';

/** Work on held-out samples by the work of the steps. */
export interface Evaluation {
  readonly share: number;
  readonly formula: string;
  readonly assumed: readonly AssumedFact[];
}

/** A few forward passes on a few per cent of the samples, where neither how often nor how much is stated. @assumes what published totals leave for it */
const usual = 0.02;
/** Held-out samples by those trained on, where only how often is stated. @assumes splits of 1 to 10 % in training guides */
const heldOut = 0.05;

/** Forward passes on held-out samples: a sample costs one of the passes that a trained one costs.
 * @unit share of the steps' time
 * @assumes a sample that is evaluated is as long as one that is trained on */
export function evaluationOf(job: TrainingJob, { steps, samples }: Pick<JobWork, 'steps' | 'samples'>): Evaluation {
  const { facts, layout } = job;
  const strategy = facts.text('eval_strategy')?.toLowerCase();
  if (strategy === 'no') return { share: 0, formula: 'off', assumed: [] };
  const trained = samples ?? (steps === undefined || layout.globalBatch === undefined ? undefined : steps * layout.globalBatch);
  const times = strategy === 'epoch' ? facts.number('epochs') : every(steps, facts.number('eval_steps'));
  if (times === undefined || trained === undefined || trained <= 0) return { share: usual, formula: '2 % of the steps: how often is not stated', assumed: [] };
  const batches = facts.number('eval_batches');
  const stated = facts.number('eval_size') ?? (batches === undefined ? undefined : batches * layout.micro * layout.data);
  const size = facts.number('dataset_size');
  const each = stated ?? (size === undefined ? undefined : heldOut * size);
  if (each === undefined) return { share: usual, formula: '2 % of the steps: how many samples is not stated', assumed: [] };
  const passes = (job.method === 'full' ? 3 : 2) + (job.checkpointing === 'full' ? 1 : 0);
  const assumed = stated === undefined ? [{ fact: 'eval_size', value: Math.round(each), why: 'held-out samples not stated: a twentieth of the data set' }] : [];
  return { share: (times * each) / passes / trained, formula: 'evaluations · samples · forward pass ÷ samples trained on · passes', assumed };
}

const every = (steps: number | undefined, between: number | undefined): number | undefined =>
  steps === undefined || between === undefined || between < 1 ? undefined : Math.floor(steps / between);
