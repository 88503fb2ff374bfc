import type { Chip } from '../chip.js';
import { type SpeedKnob, stackKnob, type Values } from './coefficients.js';
import type { TrainingJob } from './job.js';
import { dataRate } from './links.js';
import { chipReach, matrixRate, optimizerWork, overlap, type StepTime } from './rates.js';
import { activationsPerMac, isImage, type SampleWork } from './sample-work.js';

/** Efficiency of a kind of layers by that of matrix products. Plain fp32 units, an eighth as fast as tensor units, are kept busy by any convolution. */
function sampleReach({ kind, patches }: SampleWork, plain: boolean, k: Values<SpeedKnob>): number {
  if (kind === 'depthwise') return k['depthwise.reach'];
  if (kind === 'grouped') return k['grouped.reach'];
  if (kind === 'gan') return k['gan.reach'];
  if (patches) return k['patches.reach'];
  if (kind === 'diffusion') return k['diffusion.reach'];
  return plain ? Math.max(1, k['convolution.reach']) : k['convolution.reach'];
}

/** Loading processes a device where nobody states them. @source published recipes: 8 (Swin), 10 (MAE, ConvNeXt, DeiT), 8 (YOLOv5), 4 (Detectron2, timm) */
export const usualWorkers = 8;
/** Host work of a photograph by that of one of 224 pixels: half of it is decoding, which the source's size sets, half grows with the area that is made of it. */
const photographArea = (edge: number): number => {
  const area = (edge / 224) ** 2;
  return area < 1 ? area : (1 + area) / 2;
};

/** Time of a micro-batch with the reading of its photographs: beside the computing where other processes do it, between the steps where none does.
 * @unit s
 * @source cores that a device needs for decoding: Mohan et al. 2021 (arXiv 2007.06775) §3 */
function withLoading(
  { photographs, framework, workers = usualWorkers, layout }: TrainingJob,
  sample: SampleWork,
  computed: number,
  k: Values<SpeedKnob>,
): number {
  if (!photographs) return computed;
  const area = photographArea(sample.imageSize) * layout.micro;
  if (framework.class !== 'everyday') return overlap(computed, k['load.tuned'] * area);
  return workers < 1 ? computed + k['load.core'] * area : overlap(computed, (k['load.core'] * area) / workers);
}

/** Time of one step of a model whose unit is the sample: arithmetic beside the traffic of its activations, then waiting for the slowest device: the largest
 * of n scattered times lies about √(2 ln n) of their spread above the mean.
 * @unit s
 * @source Williams et al. 2009 (roofline); activations as in Radosavovic et al. 2020 (arXiv 2003.13678); transformed convolutions: Lavin and Gray 2015
 * (arXiv 1509.09308); waiting: Chen et al. 2016 (arXiv 1604.00981) §2 */
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
  const aged = job.framework.aged ? k['aged.slow'] : 1;
  const matrix = (aged * 2 * (sample.macs * multiplied * passes + encoders) * layout.micro) / (matrixRate(job, chip, reach, k) * kind);
  const moved =
    k[sample.kind === 'depthwise' ? 'depthwise.bytes' : 'convolution.bytes'] *
    (job.compile || chip.generation === 'tpu' || job.framework.name === 'easylm' ? k['convolution.fused'] : 1) *
    (plain || job.channelsLast || stack === 'vendor' || chip.generation === 'tpu' || !isImage.has(sample.kind) ? 1 : k['layout.bytes']);
  const elementwise =
    ((sample.activations * passes + encoders * activationsPerMac) * layout.micro * moved * narrowBytes) /
    3 /
    (chip.bandwidth * (stack === 'everyday' ? 1 : k['image.tuned']));
  const launch = k['launch.kernel'] * (k[stackKnob('launch', stack)] / k['launch.everyday']) * sample.kernels * passes;
  const computed = overlap(matrix + elementwise, launch);
  const loaded = withLoading(job, sample, computed, k);
  const everydayLoop = job.photographs && stack === 'everyday';
  const busy = loaded * (1 + (everydayLoop ? k['uneven.photographs'] * Math.sqrt(2 * Math.log(layout.data)) : 0));
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
    loading: factor * (loaded - computed),
    uneven: factor * (busy - loaded),
    dequantize: 0,
    tensorParallel: 0,
    expertParallel: 0,
    sharding: 0,
    offloading: 0,
    bubble: 0,
    gradients,
    optimizer,
    fixed,
    total,
    units,
    modelFlop: (frozen ? 4 : 6) * sample.macs * units,
  };
}
