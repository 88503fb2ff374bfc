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
    const mean = positive('sample_tokens');
    const length = lengthOf(job, mean, packed);
    const perSample = realPerSample === undefined ? undefined : (length ?? realPerSample);
    const tokens = perSample === undefined ? undefined : samples * perSample;
    const steps2 =
      samplesPerStep === undefined
        ? undefined
        : packed && tokens !== undefined && tokensPerStep !== undefined
          ? tokens / tokensPerStep
          : samples / samplesPerStep;
    const open = seq !== undefined && mean === undefined;
    const assumed = open
      ? [
          facts.flag('packing') === false && job.facts.has('seq_len')
            ? {
                fact: 'sample_tokens',
                value: Math.min(usualSample, job.seq),
                why: 'mean length of a sample not stated: that of published instructions and conversations',
              }
            : { fact: 'sample_tokens', value: Math.round(perSample ?? job.seq), why: 'mean length of a sample not stated: up to the length limit' },
        ]
      : [];
    return done({ samples, tokens, steps: steps2, lengthOpen: open, assumed });
  }
  const missing: MissingFact =
    epochs !== undefined
      ? { fact: 'dataset_size', need: 'state the number of samples, or open the data set locally', blocks: ['gpu_hours', 'wall_hours'] }
      : { fact: 'max_steps', need: 'set max_steps, num_train_epochs with the data set, or a token budget', blocks: ['gpu_hours', 'wall_hours'] };
  return done({ missing: [missing] });
}

/** Tokens of a sample of instructions or conversation, where nobody says.
 * @assumes a middle of published sets: means of 70 to 430 tokens a turn pair (Wang et al. 2023, arXiv 2306.04751 table 1), conversations of several turns beyond */
const usualSample = 300;

/** Tokens that are computed for one sample of a set, on average: packed ones fill the sequence, others are padded to the longest of their micro-batch.
 * @assumes lengths scatter as a lognormal of σ 0.7, whose largest of b is about 1 + 0.45·log2 b times the mean (order statistics, b to 32)
 * @unknown undefined where neither their mean nor that they are not packed is known: they may be padded to the limit */
function lengthOf(job: TrainingJob, mean: number | undefined, packed: boolean): number | undefined {
  if (packed) return Math.min(job.seq * job.realShare, mean ?? 0.5 * job.seqMax);
  if (!job.facts.has('seq_len') || (mean === undefined && job.facts.flag('packing') !== false) || job.shape?.encoder === true) return undefined;
  return Math.min(job.seq, (mean ?? usualSample) * (1 + 0.45 * Math.log2(Math.max(1, job.layout.micro))));
}
