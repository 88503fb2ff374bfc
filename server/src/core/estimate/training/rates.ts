import type { Chip } from '../chip.js';
import { reachKnob, type SpeedKnob, type Values } from './coefficients.js';
import type { TrainingJob } from './job.js';

/** Seconds of one optimizer step by part, on the device that is busiest. */
export interface StepTime {
  readonly matrix: number;
  readonly attention: number;
  readonly elementwise: number;
  readonly launch: number;
  /** Waiting for samples that the host reads and prepares. */
  readonly loading: number;
  /** Waiting for the slowest device of a step. */
  readonly uneven: number;
  readonly dequantize: number;
  readonly tensorParallel: number;
  readonly expertParallel: number;
  readonly sharding: number;
  /** Activations that go to the host and come back. */
  readonly offloading: number;
  readonly bubble: number;
  readonly gradients: number;
  readonly optimizer: number;
  readonly fixed: number;
  readonly total: number;
  /** Computed tokens (or samples) of one step over all devices. */
  readonly units: number;
  /** Model FLOP of one step over all devices, without recomputation. */
  readonly modelFlop: number;
}

/** Smooth maximum of two overlapping times: the longer one, a little more where they are equal. */
export const overlap = (a: number, b: number): number => (a ** 3 + b ** 3) ** (1 / 3);

/** Share of its peak that a chip's generation reaches: tensor units held to half rate are easier to feed.
 * @source NVIDIA GA102 whitepaper v2 table 3 and Ada whitepaper v1.1 appendix A: GeForce accumulates in fp32 at half the rate of workstation cards */
export function chipReach(chip: Chip, k: Values<SpeedKnob>): number {
  const halved = (chip.generation === 'ampere-rtx' || chip.generation === 'ada' || chip.generation === 'blackwell-rtx') && chip.peak.bf16 < 3 * chip.peak.fp32;
  return Math.min(1, k[reachKnob(chip.generation)] * (halved ? k['halved.reach'] : 1));
}

/** Rate of large matrix products at the job's precision. @unit FLOP/s */
export function matrixRate(job: TrainingJob, chip: Chip, reach: number, k: Values<SpeedKnob>): number {
  const peak = chip.peak[job.precision] * job.clock;
  if (job.precision === 'fp8') return chip.peak.fp8 === chip.peak.bf16 ? peak * reach : peak * reach * k['reach.fp8'];
  if (job.precision === 'fp4') return peak * reach * k['reach.fp4'];
  if (job.precision === 'tf32') return peak * Math.min(1, reach * k['reach.tf32']);
  // Plain units are slow by the memory beside them: what holds tensor units back does not hold them.
  if (job.precision === 'fp32') return peak * (chip.generation === 'pascal' ? reach : k['reach.fp32']);
  return peak * reach;
}

/** Work of an optimizer step by that of Adam; `none` where only gradients are computed.
 * @source bytes a parameter: SGD with momentum reads and writes one state, Adam two; second-order ones multiply matrices (Vyas et al. 2024, SOAP) */
export function optimizerWork(name: string): number {
  if (name === 'none') return 0;
  if (/soap|shampoo/.test(name)) return 40;
  if (/muon/.test(name)) return 4;
  if (/8bit|lion|sgd|adafactor|paged/.test(name)) return 0.7;
  return 1;
}
