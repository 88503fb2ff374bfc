import { memoryKnobs, starts } from './coefficients.js';
import type { Checkpointing, TrainingJob } from './job.js';
import { memoryParts } from './memory.js';

/** Share of the printed memory that a run which works takes at most: beyond it the allocator fails. */
const fullest = 0.95;

/** A job that ran did fit: where nobody says how much is computed at once or kept, the micro-batch is halved down to one sample, then activations are
 * recomputed, until it does. What is stated stays as it is, fitting or not.
 * @source order as in training guides: smaller micro-batches cost accumulation only, recomputation a forward pass (Chen et al. 2016) */
export function fitting(job: TrainingJob): TrainingJob {
  const gib = job.chip?.memoryGib;
  // Vendor recipes have a layout of their own that nobody printed.
  if (gib === undefined || job.shape === undefined || job.framework.class === 'vendor') return job;
  const open = {
    micro: !job.facts.has('batch_size') && !job.facts.has('grad_accum'),
    checkpointing: !job.facts.has('grad_ckpt') && !job.facts.has('remat_policy'),
  };
  let now = job;
  while (open.micro && !fits(now, gib) && now.layout.micro >= 2) now = halved(now);
  if (open.checkpointing && job.checkpointing !== 'full' && !fits(now, gib)) now = recomputed(now, 'full');
  return now;
}

// Start values, so that what is taken for the layout does not move with the fit.
const rule = starts(memoryKnobs);

function fits(job: TrainingJob, gib: number): boolean {
  const parts = memoryParts(job, rule);
  return parts === undefined || Object.values(parts).reduce((sum, part) => sum + part, 0) <= fullest * gib * 2 ** 30;
}

const halved = (job: TrainingJob): TrainingJob => {
  const micro = Math.max(1, Math.floor(job.layout.micro / 2));
  const layout = { ...job.layout, micro, accumulation: (job.layout.accumulation * job.layout.micro) / micro };
  return { ...job, layout, assumed: restated(job, 'batch_size', micro, 'not stated: the largest batch that fits') };
};

const recomputed = (job: TrainingJob, checkpointing: Checkpointing): TrainingJob => ({
  ...job,
  checkpointing,
  assumed: restated(job, 'grad_ckpt', checkpointing, 'it does not fit otherwise'),
});

const restated = ({ assumed }: TrainingJob, fact: string, value: string | number, why: string) => [
  ...assumed.filter((one) => one.fact !== fact),
  { fact, value, why, toFit: true as const },
];
