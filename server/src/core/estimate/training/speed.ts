import type { TrainingCoefficients } from './coefficients.js';
import type { TrainingJob } from './job.js';
import type { StepTime } from './rates.js';
import { sampleStep } from './sample-step.js';
import { transformerStep } from './step-time.js';

export interface Speed {
  readonly step: StepTime;
  /** Factor on the time that this named stack showed against its class. */
  readonly deviation: number;
}

/** Time of one optimizer step with the fitted numbers.
 * @unknown undefined without chip or model, or where the chip cannot run it */
export function predictSpeed(job: TrainingJob, coefficients: Pick<TrainingCoefficients, 'speed' | 'frameworks'>): Speed | undefined {
  const { chip } = job;
  if (!chip || !job.starts) return undefined;
  const isSample = job.sample !== undefined && job.sample.tokens === undefined;
  const raw = isSample ? sampleStep(job, chip, coefficients.speed) : job.shape ? transformerStep(job, job.shape, chip, coefficients.speed) : undefined;
  if (!raw) return undefined;
  const deviation = Math.exp(coefficients.frameworks[job.framework.name] ?? 0);
  return { step: deviation === 1 ? raw : scaled(raw, deviation), deviation };
}

function scaled(step: StepTime, factor: number): StepTime {
  const { units, modelFlop, ...times } = step;
  return { ...(Object.fromEntries(Object.entries(times).map(([name, value]) => [name, value * factor])) as typeof times), units, modelFlop };
}
