import type { AssumedFact, MissingFact } from '../../model/estimate.js';
import type { TrainingJob } from './job.js';

/** How much a whole job computes; a part that nobody stated is undefined. */
export interface JobWork {
  readonly tokensPerStep: number | undefined;
  readonly samplesPerStep: number | undefined;
  readonly steps: number | undefined;
  readonly tokens: number | undefined;
  readonly samples: number | undefined;
  readonly runs: number;
  /** Sample lengths are below the stated limit by an unknown factor. */
  readonly lengthOpen: boolean;
  readonly missing: readonly MissingFact[];
  readonly assumed: readonly AssumedFact[];
}

/** The work that the facts state: a token budget, steps, or epochs of a data set.
 * @unknown the amount of work is never invented: without one of these the hours are unknown */
export function jobWork(job: TrainingJob): JobWork {
  const { facts, layout, sample } = job;
  const trials = facts.number('trials');
  const runs = trials !== undefined && trials > 0 ? trials : 1;
  const seq = sample ? undefined : job.seq;
  const realPerSample = seq === undefined ? undefined : job.seq * job.realShare;
  const samplesPerStep = layout.globalBatch;
  const tokensPerStep = samplesPerStep === undefined || realPerSample === undefined || !job.lengthKnown ? undefined : samplesPerStep * realPerSample;
  const positive = (name: string) => {
    const value = facts.number(name);
    return value !== undefined && value > 0 ? value : undefined;
  };
  const done = (part: Partial<JobWork>): JobWork => ({
    tokensPerStep,
    samplesPerStep,
    steps: undefined,
    tokens: undefined,
    samples: undefined,
    runs,
    lengthOpen: false,
    missing: [],
    assumed: [],
    ...part,
  });
  const budget = positive('train_tokens');
  if (budget !== undefined) return done({ tokens: budget, steps: tokensPerStep === undefined ? undefined : budget / tokensPerStep });
  const steps = positive('max_steps');
  const epochs = positive('epochs');
  const size = positive('dataset_size');
  if (steps !== undefined) {
    const tokens = tokensPerStep === undefined ? undefined : steps * tokensPerStep;
    const samples = samplesPerStep === undefined ? undefined : steps * samplesPerStep;
    const missing =
      samples === undefined
        ? [{ fact: 'gpus', need: 'state the devices and the batch: steps times the global batch is the work', blocks: ['gpu_hours', 'wall_hours'] }]
        : [];
    return done({ steps, tokens, samples, missing });
  }
  if (epochs !== undefined && size !== undefined) {
    const samples = epochs * size;
    const packed = facts.flag('packing') === true;
    const perSample = realPerSample === undefined ? undefined : packed ? Math.min(realPerSample, 0.5 * job.seqMax) : realPerSample;
    const tokens = perSample === undefined ? undefined : samples * perSample;
    const steps2 =
      samplesPerStep === undefined
        ? undefined
        : packed && tokens !== undefined && tokensPerStep !== undefined
          ? tokens / tokensPerStep
          : samples / samplesPerStep;
    const open = seq !== undefined;
    const assumed = open
      ? [{ fact: 'sample_tokens', value: Math.round(perSample ?? job.seq), why: 'mean length of a sample not stated: up to the length limit' }]
      : [];
    return done({ samples, tokens, steps: steps2, lengthOpen: open, assumed });
  }
  const missing: MissingFact =
    epochs !== undefined
      ? { fact: 'dataset_size', need: 'state the number of samples, or open the data set locally', blocks: ['gpu_hours', 'wall_hours'] }
      : { fact: 'max_steps', need: 'set max_steps, num_train_epochs with the data set, or a token budget', blocks: ['gpu_hours', 'wall_hours'] };
  return done({ missing: [missing] });
}
