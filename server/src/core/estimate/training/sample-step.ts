import type { Chip } from './chip.js';
import { type SpeedKnob, stackKnob, type Values } from './coefficients.js';
import type { TrainingJob } from './job.js';
import { dataRate } from './links.js';
import { chipReach, matrixRate, overlap, type StepTime } from './rates.js';
import type { SampleWork } from './sample-work.js';

/** Efficiency of a kind of layers by that of matrix products. Plain fp32 units, an eighth as fast as tensor units, are kept busy by any convolution. */
function sampleReach(kind: SampleWork['kind'], plain: boolean, k: Values<SpeedKnob>): number {
  if (kind === 'depthwise') return k['depthwise.reach'];
  if (kind === 'grouped') return k['grouped.reach'];
  if (kind === 'diffusion') return k['diffusion.reach'];
  if (kind === 'gan') return k['gan.reach'];
  return plain ? Math.max(1, k['convolution.reach']) : k['convolution.reach'];
}

/** Time of one step of a model whose unit is the sample: arithmetic beside the traffic of its activations.
 * @unit s
 * @source Williams et al. 2009 (roofline); activations as in Radosavovic et al. 2020 (arXiv 2003.13678) */
export function sampleStep(job: TrainingJob, chip: Chip, k: Values<SpeedKnob>): StepTime | undefined {
  const { sample, layout } = job;
  if (!sample) return undefined;
  const stack = job.framework.class;
  const reach = chipReach(chip, k);
  const wide = job.precision === 'fp32';
  const kind = sampleReach(sample.kind, wide, k);
  const narrowBytes = job.precision === 'fp32' || job.precision === 'tf32' ? 2 : 1;
  const passes = job.checkpointing === 'full' ? 4 : 3;
  const matrix = (2 * sample.macs * passes * layout.micro) / (matrixRate(job, chip, reach, k) * kind);
  const elementwise =
    (sample.activations * layout.micro * k[sample.kind === 'depthwise' ? 'depthwise.bytes' : 'convolution.bytes'] * narrowBytes) / chip.bandwidth;
  const launch = k['launch.kernel'] * (k[stackKnob('launch', stack)] / k['launch.everyday']) * sample.kernels * passes;
  const busy = overlap(matrix + elementwise, launch);
  const params = sample.params ?? 0.02 * sample.macs ** 0.8;
  const shared = layout.data > 1 ? (layout.data - 1) / layout.data : 0;
  const gradients = (k['data.exposed'] * 2 * params * 2 * shared) / dataRate(chip, layout, k['network.reach']);
  const optimizer = (params * k['optimizer.bytes']) / chip.bandwidth;
  const fixed = k[stackKnob('step', stack)];
  const scale = 1 + k['scale.nodes'] * Math.log2(Math.max(1, layout.gpus / 8));
  const factor = layout.accumulation * scale;
  const units = layout.micro * layout.accumulation * layout.data;
  const total = factor * busy + gradients + optimizer + fixed;
  return {
    matrix: factor * matrix,
    attention: 0,
    elementwise: factor * elementwise,
    launch: factor * (busy - matrix - elementwise),
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
    modelFlop: 6 * sample.macs * units,
  };
}
