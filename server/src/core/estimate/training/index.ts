import type { AssumedFact, Estimate, Estimation, Interval, MissingFact, Term, Unit } from '../../model/estimate.js';
import type { EstimateContext, Spec } from '../spec.js';
import { checkpointsOf, storedGib, storedTerm } from './checkpoints.js';
import { type TrainingCoefficients, trainingCoefficients } from './coefficients.js';
import { evaluationOf } from './evaluation.js';
import { basisOf, distance, intervalAround, kindOf, type Quantity, spreadOf } from './intervals.js';
import type { TrainingJob } from './job.js';
import { memoryParts } from './memory.js';
import { hoursTerm, overheadOf, withOverhead } from './overhead.js';
import type { StepTime } from './rates.js';
import { trainingJob } from './read-job.js';
import { predictSpeed } from './speed.js';
import { memoryTerm, stepTerm } from './terms.js';
import { jobWork } from './work.js';

/** Estimates a training or fine-tuning job: speed, time, GPU-hours and memory of one device.
 * @unknown the chip, the model and the amount of work are never invented; a quantity that needs them is named in `unknown` */
export function estimateTraining(spec: Spec, context: EstimateContext): Estimation {
  const job = trainingJob(spec, context);
  const coefficients = trainingCoefficients(context.coefficients);
  const estimates: Record<string, Estimate> = {};
  const notes: string[] = [];
  const assumed: AssumedFact[] = [];
  const put = (name: string, unit: Unit, quantity: Quantity, likely: number | undefined, term?: Term, extra = 0) => {
    if (likely === undefined || !Number.isFinite(likely) || likely <= 0) return;
    const span = faster(spanOf(job, coefficients, quantity, likely, extra), quantity, unit, unwaited);
    estimates[name] = { ...span, unit, basis: basis(job, coefficients, quantity), ...(term && { term }) };
  };

  const work = jobWork(job);
  const checkpoints = checkpointsOf(job, work.steps, work.runs);
  const speed = predictSpeed(job, coefficients);
  const unwaited = speed ? unwaitedShare(job, speed.step) : 1;
  if (speed && job.chip) {
    const { layout } = job;
    const { step } = speed;
    const perSecond = step.units / step.total;
    const term = stepTerm(job, speed);
    const isSample = job.sample !== undefined && job.sample.tokens === undefined;
    if (!isSample) put('tokens_per_s_per_gpu', 'tokens/s/GPU', 'speed', (perSecond * job.realShare) / layout.gpus, term);
    const samplesPerSecond = isSample ? perSecond : perSecond / job.seq;
    if (isSample || job.lengthKnown) put('samples_per_s', 'samples/s', 'speed', layout.gpusKnown ? samplesPerSecond : undefined, term);
    if (layout.globalBatch !== undefined && (isSample || job.lengthKnown)) put('step_time_s', 's', 'speed', layout.globalBatch / samplesPerSecond, term);
    const flops = step.modelFlop / step.total / layout.gpus;
    put('tflops_per_gpu', 'TFLOP/s', 'speed', flops / 1e12);
    put('mfu', 'share', 'speed', flops / job.chip.peak[job.precision === 'fp4' || job.precision === 'fp8' ? 'bf16' : job.precision]);

    const tokenRate = (perSecond * job.realShare) / layout.gpus;
    const seconds =
      work.tokens !== undefined && !isSample
        ? work.tokens / tokenRate
        : work.samples !== undefined
          ? (work.samples / samplesPerSecond) * layout.gpus
          : undefined;
    const stepHours = seconds === undefined ? undefined : seconds / 3600;
    const evaluation = evaluationOf(job, work);
    const over = overheadOf(job, coefficients.speed, evaluation, checkpoints && stepHours !== undefined ? { checkpoints, stepHours } : undefined);
    const hours = stepHours === undefined || over === undefined ? undefined : withOverhead(stepHours, over, layout.gpus) * work.runs;
    const extra = work.lengthOpen ? (job.facts.flag('packing') === false ? 1.1 : job.lengthKnown ? 0.4 : 0.9) : 0;
    put(
      'gpu_hours',
      'GPU-h',
      'hours',
      hours,
      hours === undefined || stepHours === undefined || over === undefined ? undefined : hoursTerm(hours, stepHours, over, work.runs, layout.gpus),
      extra,
    );
    if (layout.gpusKnown) put('wall_hours', 'h', 'hours', hours === undefined ? undefined : hours / layout.gpus, undefined, extra);
    if (hours !== undefined) assumed.push(...evaluation.assumed);
    endEarly(job, estimates, notes);
  }
  exact(estimates, 'tokens_per_step', 'tokens', work.tokensPerStep);
  exact(estimates, 'steps', 'steps', work.steps);
  exact(estimates, 'train_tokens', 'tokens', work.tokens);

  if (checkpoints)
    estimates['checkpoint_gib'] = {
      ...storedGib(checkpoints),
      unit: 'GiB',
      basis: 'follows from the steps; the low end is of weights alone',
      term: storedTerm(checkpoints),
    };

  const memory = memoryParts(job, coefficients.memory);
  if (memory) {
    const total = Object.values(memory).reduce((sum, part) => sum + part, 0) / 2 ** 30;
    put('peak_memory_gib', 'GiB', 'memory', total, memoryTerm(memory, job));
  }
  limitToTime(job, estimates, notes);
  const missing = job.shape || job.sample ? [...work.missing, ...missingOf(job)] : [];
  return { estimates, unknown: [...job.unknown, ...missing], assumed: [...job.assumed, ...work.assumed, ...assumed], notes };
}

/** Facts without which some quantity has no answer, the one that decides most first. */
function missingOf(job: TrainingJob): MissingFact[] {
  const missing: MissingFact[] = [];
  const { layout } = job;
  if (!layout.gpusKnown)
    missing.push({ fact: 'gpus', need: 'state the number of devices: launch file, cluster manifest or gpu_count', blocks: ['wall_hours', 'samples_per_s'] });
  if (layout.globalBatch === undefined)
    missing.push({
      fact: 'global_batch_size',
      need: 'state the batch size a device with its accumulation, or the global one',
      blocks: ['step_time_s', 'steps'],
    });
  for (const fact of job.shape?.missing ?? [])
    missing.push({ fact, need: 'state the size of what the recurrent layers keep (config.json has it)', blocks: ['tokens_per_s_per_gpu', 'step_time_s'] });
  if (job.sample === undefined && !job.lengthKnown)
    missing.push({ fact: 'seq_len', need: 'state the sequence length', blocks: ['samples_per_s', 'step_time_s'] });
  return missing;
}

function spanOf(job: TrainingJob, coefficients: TrainingCoefficients, quantity: Quantity, likely: number, extra: number): Interval {
  const spread = spreadOf(coefficients, quantity, kindOf(job));
  return intervalAround(likely, spread.half * distance(job, quantity, coefficients.distances) + extra);
}

/** How much faster the steps would be without waiting for samples, where nobody says how they are loaded: a loader that decodes on the device, or made-up samples,
 * are not waited for. */
const unwaitedShare = (job: TrainingJob, { total, loading, uneven }: StepTime): number =>
  job.facts.has('loader_workers') || job.framework.class !== 'everyday' ? 1 : total / Math.max(0.1 * total, total - loading - uneven);
/** An interval whose fast end is some times faster. Hours keep theirs: what is unknown of a whole job is wider than that. */
const faster = ({ low, likely, high }: Interval, quantity: Quantity, unit: Unit, times: number): Interval =>
  quantity !== 'speed' ? { low, likely, high } : unit === 's' ? { low: low / times, likely, high } : { low, likely, high: high * times };

function basis(job: TrainingJob, coefficients: TrainingCoefficients, quantity: Quantity): string {
  return basisOf(spreadOf(coefficients, quantity, kindOf(job)), distance(job, quantity, coefficients.distances));
}

/** A job that may stop early takes at most what all of its work takes, and at least one pass over the data.
 * @assumes a fifth of the work where the passes are not stated */
function endEarly(job: TrainingJob, estimates: Record<string, Estimate>, notes: string[]): void {
  if (job.facts.flag('early_stopping') !== true || estimates['gpu_hours'] === undefined) return;
  const epochs = job.facts.number('epochs');
  const least = epochs !== undefined && epochs > 1 ? 1 / epochs : 0.2;
  for (const name of ['gpu_hours', 'wall_hours']) {
    const estimate = estimates[name];
    if (estimate) estimates[name] = { ...estimate, low: estimate.low * least };
  }
  notes.push('early stopping may end it before: the figures are for all of the work, the low ends for the shortest');
}

/** A wall-clock limit ends the job, done or not: hours beyond it are never paid. */
function limitToTime(job: TrainingJob, estimates: Record<string, Estimate>, notes: string[]): void {
  const seconds = job.facts.number('max_time');
  if (seconds === undefined || seconds <= 0) return;
  const hours = seconds / 3600;
  const limits: readonly [string, number][] = [
    ['wall_hours', hours],
    ['gpu_hours', job.layout.gpusKnown ? hours * job.layout.gpus : Number.POSITIVE_INFINITY],
  ];
  for (const [name, limit] of limits) {
    const estimate = estimates[name];
    if (estimate === undefined || estimate.high <= limit) continue;
    const { low, likely } = estimate;
    const { term, ...rest } = estimate;
    estimates[name] = { ...rest, low: Math.min(low, limit), likely: Math.min(likely, limit), high: limit, ...(term && likely <= limit && { term }) };
  }
  notes.push(`a time limit of ${Number(hours.toPrecision(3))} h ends the job, done or not`);
}

/** A quantity that follows from facts alone: its interval is a point. */
function exact(estimates: Record<string, Estimate>, name: string, unit: Unit, value: number | undefined): void {
  if (value !== undefined && Number.isFinite(value) && value > 0)
    estimates[name] = { low: value, likely: value, high: value, unit, basis: 'follows from the stated facts' };
}
