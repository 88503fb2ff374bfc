import type { Term } from '../../model/estimate.js';
import type { Checkpoints } from './checkpoints.js';
import type { SpeedKnob, Values } from './coefficients.js';
import type { Evaluation } from './evaluation.js';
import type { TrainingJob } from './job.js';

/** What a whole job takes beside its steps. Shares are of the hours of the steps. */
interface Overhead {
  readonly evaluation: Evaluation;
  /** Writing checkpoints, work lost since the last one, and starting again. */
  readonly failures: number;
  /** Runs thrown away and idle machines, fitted on published totals: none on eight devices, all of it from 512 on. */
  readonly rest: number;
  /** Hours of a device from its start to the first step. */
  readonly start: number;
}

/** Interruptions a device-hour.
 * @source Llama 3: 419 in 54 days on 16,384 devices (arXiv 2407.21783 §3.3.4); OPT-175B: about 100 in two months on 992 (arXiv 2205.01068 §2.5);
 * BLOOM: one to two a week on 384 (arXiv 2211.05100 §3.4): 2e-5 to 7e-5 */
const failureRate = 3e-5;
/** Hours until a failed job steps again. @source OPT-175B and BLOOM logs: minutes when automatic, hours when someone must come */
const restart = 0.5;
/** Bytes a second that a node writes, and all of them together. @assumes local NVMe or a parallel file system */
const writeRate = { node: 2e9, all: 40e9 };
/** Bytes a second that a device copies to host memory, after which it computes on while others write.
 * @source PyTorch 2.4 distributed checkpoint documentation, async_save: the copy to host memory is what the steps wait for; pinned PCIe 4 copies: 10 to 25 GB/s */
const copyRate = 10e9;
/** Doublings of eight devices from which all that large jobs throw away is thrown away. */
const wholeAt = 6;
/** Loading weights and data, compiling. @assumes a minute; large images and cold caches take longer */
const start = 1 / 60;

/** Positions at which an image model uses a weight, where nobody counted its weights: between image transformers (197) and early convolutions. */
const usesOfWeight = 256;

/** What the job takes beside its steps. Where nobody states how often checkpoints are written, they are written at the best interval.
 * @unknown undefined where neither weights nor work of the model are known: what a checkpoint holds is then unknown too
 * @unit shares of the steps' hours
 * @source checkpoints at the best interval cost √(2·write time ÷ time between failures), half for writing and half for lost work (Young 1974, doi:10.1145/361147.361115) */
export function overheadOf(
  job: TrainingJob,
  k: Values<SpeedKnob>,
  evaluation: Evaluation,
  stated?: { readonly checkpoints: Checkpoints; readonly stepHours: number },
): Overhead | undefined {
  const { layout, shape, sample } = job;
  const between = 1 / (failureRate * layout.gpus);
  const nodes = Math.max(1, layout.gpus / 8);
  // Weights, master weights and two moments; of frozen models the adapters alone.
  const trained = job.trainable ?? shape?.params ?? sample?.params ?? (sample === undefined ? undefined : sample.macs / usesOfWeight);
  if (trained === undefined) return undefined;
  // What a device holds of a checkpoint is copied by all of them at once.
  const waited = job.facts.flag('async_save') === true ? copyRate * layout.gpus : Math.min(writeRate.all, writeRate.node * nodes);
  const rate = waited * 3600;
  const wall = stated && stated.stepHours / layout.gpus;
  // Written once each, and half an interval is lost with every failure.
  const saving = wall
    ? (stated.checkpoints.written * stated.checkpoints.each) / rate / wall + wall / stated.checkpoints.written / 2 / between
    : Math.sqrt((2 * 14 * trained) / rate / between);
  return {
    evaluation,
    failures: saving + restart / between,
    rest: (k['hours.overhead'] - 1) * Math.min(1, Math.max(0, Math.log2(layout.gpus / 8)) / wholeAt),
    start,
  };
}

/** Device-hours of a job whose steps take so many. */
export const withOverhead = (stepHours: number, { evaluation, failures, rest, start: first }: Overhead, gpus: number): number =>
  stepHours * (1 + evaluation.share + failures) * (1 + rest) + first * gpus;

/** The hours as a tree. */
export function hoursTerm(hours: number, stepHours: number, over: Overhead, runs: number, gpus: number): Term {
  const part = (id: string, label: string, value: number, formula: string): Term => ({ id, label, value, unit: 'GPU-h', formula });
  return {
    id: 'gpu-hours',
    label: 'GPU-hours',
    value: hours,
    unit: 'GPU-h',
    formula: '(steps · (1 + evaluation + failures) · (1 + rest) + start) · trials',
    children: [
      part('compute-hours', 'steps alone', stepHours, 'work ÷ (rate per device)'),
      {
        ...part('evaluation', 'evaluation', stepHours * over.evaluation.share, over.evaluation.formula),
        facts: ['eval_strategy', 'eval_steps', 'eval_size', 'eval_batches'],
      },
      {
        ...part(
          'failures',
          'checkpoints, lost work and restarts',
          stepHours * over.failures,
          'stated: writing + half an interval a failure; else √(2 · write ÷ time between failures) (Young 1974); + restart ÷ that time',
        ),
        facts: ['gpus', 'params', 'save_steps', 'async_save'],
      },
      {
        ...part('rest', 'thrown away and idle, several nodes', stepHours * (1 + over.evaluation.share + over.failures) * over.rest, 'share of the above'),
        source: 'fitted on published totals',
      },
      part('start', 'from start to first step', over.start * gpus, 'a minute a device'),
      { id: 'runs', label: 'trials', value: runs, unit: 'count', facts: ['trials'] },
    ],
  };
}
