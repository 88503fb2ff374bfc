import type { Chip } from '../chip.js';
import { type SpeedKnob, stackKnob, type Values } from './coefficients.js';
import type { TrainingJob } from './job.js';
import { dataRate } from './links.js';
import { chipReach, matrixRate, optimizerWork, overlap, type StepTime } from './rates.js';
import type { SampleWork } from './sample-work.js';

/** Efficiency of a kind of layers by that of matrix products. Plain fp32 units, an eighth as fast as tensor units, are kept busy by any convolution. */
function sampleReach({ kind, squares }: SampleWork, plain: boolean, k: Values<SpeedKnob>): number {
  if (kind === 'depthwise') return k['depthwise.reach'];
  if (kind === 'grouped') return k['grouped.reach'];
  // Diffusion transformers are matrix products throughout.
  if (kind === 'diffusion' && squares > 0) return k['diffusion.reach'];
  if (kind === 'gan') return k['gan.reach'];
  return plain ? Math.max(1, k['convolution.reach']) : k['convolution.reach'];
}

/** Kinds that are trained on photographs, which the host decodes and augments anew for every sample. */
const photographs: ReadonlySet<SampleWork['kind']> = new Set(['convolution', 'depthwise', 'grouped', 'detection']);

/** Time of one step of a model whose unit is the sample: arithmetic beside the traffic of its activations.
 * @unit s
 * @source Williams et al. 2009 (roofline); activations as in Radosavovic et al. 2020 (arXiv 2003.13678); transformed convolutions: Lavin and Gray 2015
 * (arXiv 1509.09308) */
export function sampleStep(job: TrainingJob, chip: Chip, k: Values<SpeedKnob>): StepTime | undefined {
  const { sample, layout } = job;
  if (!sample) return undefined;
  const stack = job.framework.class;
  const reach = chipReach(chip, k);
  const plain = job.precision === 'fp32' || chip.generation === 'pascal';
  const kind = sampleReach(sample, plain, k) * (stack === 'everyday' ? 1 : k['image.tuned']);
  const narrowBytes = job.precision === 'fp32' || job.precision === 'tf32' ? 2 : 1;
  const frozen = job.method !== 'full';
  const passes = (frozen ? 2 : 3) + (job.checkpointing === 'full' ? 1 : 0);
  // Convolutions of three by three in the transformed domain take fewer multiplications; tensor units do them directly.
  const multiplied = plain ? 1 - sample.squares * (1 - 1 / k['winograd.gain']) : 1;
  const encoders = job.latentsCached ? 0 : sample.frozen;
  const matrix = (2 * (sample.macs * multiplied * passes + encoders) * layout.micro) / (matrixRate(job, chip, reach, k) * kind);
  const moved =
    k[sample.kind === 'depthwise' ? 'depthwise.bytes' : 'convolution.bytes'] *
    (job.compile || chip.generation === 'tpu' || job.framework.name === 'easylm' ? k['convolution.fused'] : 1) *
    (plain || job.channelsLast || stack !== 'everyday' || !photographs.has(sample.kind) ? 1 : k['layout.bytes']);
  const elementwise =
    (sample.activations * layout.micro * (passes / 3) * moved * narrowBytes) / (chip.bandwidth * (stack === 'everyday' ? 1 : k['image.tuned']));
  const launch = k['launch.kernel'] * (k[stackKnob('launch', stack)] / k['launch.everyday']) * sample.kernels * passes;
  const computed = overlap(matrix + elementwise, launch);
  const loading =
    photographs.has(sample.kind) && !job.synthetic
      ? k[stack === 'everyday' ? 'load.everyday' : 'load.tuned'] * (sample.imageSize / 224) ** 2 * layout.micro
      : 0;
  const busy = overlap(computed, loading);
  const params = job.trainable ?? sample.params ?? 0.02 * sample.macs ** 0.8;
  const shared = layout.data > 1 ? (layout.data - 1) / layout.data : 0;
  const gradients = (k['data.exposed'] * 2 * params * 2 * shared) / dataRate(chip, layout, k['network.reach']);
  const optimizer = (params * k['optimizer.bytes'] * optimizerWork(job.optimizer)) / chip.bandwidth;
  const fixed = k['step.image'];
  const scale = 1 + k['scale.nodes'] * Math.log2(Math.max(1, layout.gpus / 8));
  const factor = layout.accumulation * scale;
  const units = layout.micro * layout.accumulation * layout.data;
  const total = factor * busy + gradients + optimizer + fixed;
  return {
    matrix: factor * matrix,
    attention: 0,
    elementwise: factor * elementwise,
    launch: factor * (computed - matrix - elementwise),
    loading: factor * (busy - computed),
    dequantize: 0,
    tensorParallel: 0,
    expertParallel: 0,
    sharding: 0,
    bubble: 0,
    gradients,
    optimizer,
    fixed,
    total,
    units,
    modelFlop: (frozen ? 4 : 6) * sample.macs * units,
  };
}
