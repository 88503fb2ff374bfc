import type { Generation } from '../chip.js';
import type { Coefficients } from '../coefficients.js';
import type { StackClass } from './framework.js';

/** Every number that is fitted: name → start value, how far it may move, and what it is.
 * Values are positive and fitted in the logarithm, pulled towards the start value by `ease`. */
export interface Knob {
  readonly start: number;
  /** Standard deviation of the prior on the logarithm. */
  readonly ease: number;
  readonly low: number;
  readonly high: number;
  readonly note: string;
}

const knob = (start: number, ease: number, low: number, high: number, note: string): Knob => ({ start, ease, low, high, note });
const reach = (start: number, chip: string): Knob =>
  knob(start, 0.25, 0.08, 0.95, `share of the dense 16-bit peak that large matrix products reach on ${chip}`);

/** Fitted numbers of the speed model. */
export const speedKnobs = {
  'reach.pascal': reach(0.6, 'Pascal'),
  'reach.volta': reach(0.62, 'Volta'),
  'reach.turing': reach(0.5, 'Turing'),
  'reach.ampere': reach(0.75, 'A100-class Ampere'),
  'reach.ampere-rtx': reach(0.65, 'GeForce and workstation Ampere'),
  'reach.ada': reach(0.6, 'Ada'),
  'reach.hopper': reach(0.68, 'Hopper'),
  'reach.blackwell': reach(0.68, 'Blackwell'),
  'reach.blackwell-rtx': reach(0.65, 'GeForce and workstation Blackwell'),
  'reach.tpu': reach(0.65, 'TPU'),
  'reach.cdna': reach(0.45, 'AMD CDNA'),
  'reach.gaudi': reach(0.6, 'Gaudi'),
  'reach.other': reach(0.4, 'other accelerators'),
  'halved.reach': knob(1.35, 0.15, 1, 2, 'share of the peak reached by tensor units that are held to half rate, by that of full-rate ones'),
  'stack.vendor': knob(1.1, 0.15, 0.7, 1.5, 'matrix efficiency of tuned vendor recipes'),
  'stack.stack': knob(0.97, 0.15, 0.5, 1.2, 'matrix efficiency of training stacks, by vendor recipes'),
  'stack.everyday': knob(0.99, 0.1, 0.4, 1, 'matrix efficiency of everyday code, by training stacks'),
  'relative.slow': knob(1.5, 0.5, 1, 8, 'time of models with relative attention and adaptive softmax in example code, by the estimate'),
  'encoder.reach': knob(0.75, 0.2, 0.3, 1.1, 'matrix efficiency of encoders in example code, by vendor recipes'),
  'reach.fp8': knob(0.8, 0.2, 0.4, 1.1, 'share of the fp8 peak, by the share of the 16-bit peak'),
  'reach.fp4': knob(0.5, 0.25, 0.2, 1.1, 'share of the fp4 peak, by the share of the 16-bit peak'),
  'reach.tf32': knob(0.8, 0.2, 0.3, 1.2, 'share of the tf32 peak, by the share of the 16-bit peak'),
  'reach.fp32': knob(0.8, 0.15, 0.4, 1, 'share of the fp32 peak that plain units beside tensor units reach'),
  'width.half': knob(1.5, 0.4, 0.2, 8, 'matrix width per tensor-parallel rank at which half of the efficiency is reached, by FLOP a byte of the chip'),
  'tokens.half': knob(2.5, 0.5, 0.1, 25, 'tokens per matrix product at which half of the efficiency is reached, by FLOP a byte of the chip'),
  'attention.half': knob(500, 0.4, 50, 4000, 'positions at which fused attention reaches half of its efficiency'),
  'attention.ampere': knob(0.95, 0.2, 0.2, 1.3, 'efficiency of fused attention, by that of matrix products, on Ampere and Ada'),
  'attention.later': knob(0.5, 0.2, 0.15, 1.1, 'the same on later chips, in kernels written for Ampere'),
  'attention.vendor': knob(0.6, 0.2, 0.15, 1.1, 'the same on later chips, in vendor kernels'),
  'scan.reach': knob(0.25, 0.4, 0.05, 1, 'efficiency of chunked recurrences, by that of matrix products'),
  'attention.scores': knob(14, 0.35, 3, 60, 'bytes moved a score element and pass without fused attention'),
  'elementwise.vendor': knob(12, 0.35, 2, 80, 'reads and writes of the hidden state a layer and pass, fused'),
  'elementwise.stack': knob(18, 0.35, 2, 100, 'the same in training stacks'),
  'elementwise.everyday': knob(55, 0.35, 4, 150, 'the same in everyday code'),
  'logits.fused': knob(5, 0.4, 1, 30, 'bytes moved a logit and pass where the loss is fused'),
  'logits.eager': knob(12, 0.4, 2, 60, 'the same in everyday code, which makes fp32 copies'),
  'launch.vendor': knob(0.0002, 0.5, 1e-5, 0.003, 'seconds of host work a layer and pass in vendor recipes'),
  'launch.stack': knob(0.0003, 0.5, 1e-5, 0.003, 'the same in training stacks'),
  'launch.everyday': knob(0.0009, 0.5, 1e-4, 0.005, 'the same in everyday code'),
  'adapter.launch': knob(1.3, 0.2, 1, 2.5, 'host work with adapters, by that without'),
  'adapter.elementwise': knob(1.2, 0.2, 0.8, 2.5, 'elementwise work with adapters, by that without'),
  'dequantize.bytes': knob(20, 0.5, 3, 120, 'bytes moved a weight and pass to turn 4-bit weights into 16-bit ones'),
  'dequantize.packed': knob(80, 0.4, 10, 300, 'the same for weights in GPTQ or AWQ packing'),
  'int8.slow': knob(2.5, 0.3, 1, 6, 'time of products with 8-bit weights and outliers apart, by 16-bit ones'),
  'tensor.exposed': knob(0.8, 0.35, 0.1, 3, 'share of tensor-parallel transfers that computing does not hide'),
  'tensor.vendor': knob(0.4, 0.35, 0.05, 3, 'the same in vendor recipes, which hide transfers behind the products that need them'),
  'shard.volume': knob(1, 0.3, 0.2, 4, 'volume of fully sharded gathers and scatters, by the ideal'),
  'data.exposed': knob(0.5, 0.4, 0.05, 2, 'share of the gradient exchange that computing does not hide'),
  'network.reach': knob(0.7, 0.25, 0.2, 1, 'share of the network rate that collectives reach'),
  'expert.exposed': knob(1, 0.4, 0.1, 5, 'share of expert-parallel transfers that computing does not hide'),
  'expert.network': knob(0.5, 0.3, 0.05, 2, 'share of expert-parallel transfers over the network that computing does not hide'),
  'expert.reach': knob(0.65, 0.2, 0.15, 0.95, 'efficiency of grouped expert products, by that of dense ones'),
  'expert.launch': knob(2.5, 0.3, 1, 8, 'host work of a layer with routed experts, by that of a dense one'),
  'expert.elementwise': knob(4, 0.4, 0.5, 12, 'routing and permutation traffic, in reads and writes of the hidden state'),
  'accumulate.bytes': knob(8, 0.5, 1, 60, 'bytes moved a trained parameter and micro-batch to add up gradients'),
  'optimizer.bytes': knob(40, 0.3, 10, 200, 'bytes moved a trained parameter in the optimizer step'),
  'scale.nodes': knob(0.01, 0.6, 1e-4, 0.08, 'loss a doubling of devices beyond eight: stragglers and collectives'),
  'step.vendor': knob(0.004, 0.5, 1e-4, 0.1, 'fixed seconds an optimizer step in vendor recipes'),
  'step.stack': knob(0.008, 0.5, 1e-4, 0.3, 'the same in training stacks'),
  'step.everyday': knob(0.03, 0.5, 1e-3, 0.5, 'the same in everyday code'),
  'image.tuned': knob(1.3, 0.2, 1, 2.5, 'speed of image models in tuned recipes and vendor examples, by that in everyday code'),
  'load.core': knob(0.008, 0.25, 0.002, 0.03, 'seconds of a core to read, decode and augment one photograph for an image of 224 pixels, in everyday code'),
  'load.tuned': knob(2e-4, 0.4, 2e-5, 2e-3, 'seconds a device waits for one image of 224 pixels in tuned recipes and vendor examples'),
  'uneven.photographs': knob(0.2, 0.4, 0.02, 0.6, 'scatter of the step time over devices that load photographs, by its mean'),
  'step.image': knob(0.004, 0.5, 1e-4, 0.1, 'the same in loops over images'),
  'convolution.reach': knob(0.7, 0.3, 0.1, 1.3, 'efficiency of convolutions, by that of matrix products'),
  'convolution.bytes': knob(36, 0.12, 20, 60, 'bytes moved an activation element in a training step'),
  'convolution.fused': knob(
    0.6,
    0.25,
    0.2,
    1,
    'bytes moved an activation element in compiled code, which fuses normalisation and activation, by those without',
  ),
  'layout.bytes': knob(
    1.4,
    0.25,
    1,
    3,
    'bytes moved on tensor units where channels do not come last and each convolution is transposed, by those where they do',
  ),
  'winograd.gain': knob(2, 0.25, 1, 4, 'multiplications of a convolution of three by three, by those that plain units make in the transformed domain'),
  'depthwise.bytes': knob(70, 0.15, 30, 150, 'the same of networks of depthwise convolutions, which normalise, gate and squeeze each of them'),
  'depthwise.reach': knob(0.25, 0.3, 0.03, 1, 'efficiency of depthwise convolutions, by that of matrix products'),
  'grouped.reach': knob(0.4, 0.3, 0.05, 1, 'efficiency of grouped convolutions, by that of matrix products'),
  'launch.kernel': knob(4e-5, 0.4, 5e-6, 4e-4, 'seconds of host work a weighted layer and pass of image models in everyday code'),
  'diffusion.reach': knob(0.6, 0.3, 0.1, 1.3, 'efficiency of diffusion U-Nets, by that of matrix products'),
  'patches.reach': knob(0.75, 0.25, 0.2, 1.1, 'efficiency of transformers over patches, by that of matrix products'),
  'aged.slow': knob(1.2, 0.15, 1, 1.7, 'time of convolutions in releases that bring a cuDNN before 8, by later ones'),
  'gan.reach': knob(0.5, 0.3, 0.1, 1.3, 'efficiency of generator and discriminator, by that of matrix products'),
  'hours.overhead': knob(1.08, 0.1, 1, 1.6, 'hours of a job over several nodes by what its steps, evaluation and failures take: thrown away and idle'),
} as const satisfies Record<string, Knob>;

/** Fitted numbers of the memory model. */
export const memoryKnobs = {
  'activation.hidden.fused': knob(9, 0.25, 3, 30, 'kept 16-bit values a token, layer and unit of width with fused kernels'),
  'activation.hidden.eager': knob(14, 0.25, 4, 40, 'the same in everyday code'),
  'activation.ffn.fused': knob(3, 0.25, 1, 8, 'kept 16-bit values a token, layer and unit of feed-forward width with fused kernels'),
  'activation.ffn.eager': knob(4, 0.25, 1, 10, 'the same in everyday code'),
  'activation.frozen': knob(0.8, 0.25, 0.3, 1.2, 'activations kept when weights are frozen, by those of full training'),
  'activation.selective': knob(0.55, 0.25, 0.2, 1, 'activations kept with selective recomputation, by those without'),
  'activation.scores': knob(5, 0.3, 2, 12, 'bytes kept a score element without fused attention'),
  'logits.eager': knob(12, 0.2, 3, 24, 'bytes kept a logit in everyday code, which makes fp32 copies'),
  'logits.fused': knob(8, 0.3, 2, 24, 'the same where kernels are fused'),
  'logits.chunked': knob(1.5, 0.4, 0.2, 6, 'bytes kept a logit where the loss is chunked'),
  'state.mixed': knob(16, 0.12, 12, 22, 'bytes a parameter in mixed precision with fp32 master weights'),
  'state.half': knob(8.5, 0.15, 6, 16, 'bytes a parameter trained in 16 bit only'),
  'context.gib': knob(0.8, 0.4, 0.1, 3, 'device context, workspaces and communication buffers in GiB'),
  fragmentation: knob(1.06, 0.04, 1, 1.15, 'allocated by needed bytes'),
  'quantized.bytes': knob(0.58, 0.1, 0.5, 0.8, 'bytes a 4-bit weight with its scales'),
  'convolution.checkpointed': knob(0.15, 0.3, 0.03, 0.6, 'activations kept by image models with recomputation, by those without'),
  'convolution.kept': knob(4, 0.35, 1, 16, 'bytes kept an activation element of image models'),
} as const satisfies Record<string, Knob>;

export type SpeedKnob = keyof typeof speedKnobs;
export type MemoryKnob = keyof typeof memoryKnobs;
export type Values<K extends string> = Readonly<Record<K, number>>;

/** How wide intervals are: log residuals of runs whose publisher was left out of the fit. */
export interface Spread {
  /** Half-width in the logarithm that held 9 of 10. */
  readonly half: number;
  readonly rows: number;
  readonly families: number;
}

/** The training section of `coefficients.json`. */
export interface TrainingCoefficients {
  readonly speed: Values<SpeedKnob>;
  readonly memory: Values<MemoryKnob>;
  /** Deviation of a named stack from its class, in the logarithm of the time. */
  readonly frameworks: Readonly<Record<string, number>>;
  /** By `quantity/kind`. */
  readonly spread: Readonly<Record<string, Spread>>;
  /** Factors on the width by `quantity:way` in which a job lies away from what was fitted. */
  readonly distances: Readonly<Record<string, number>>;
}

const numbers = (value: unknown): Readonly<Record<string, number>> => (typeof value === 'object' && value !== null ? (value as Record<string, number>) : {});

/** Start values of a set of knobs. */
export const starts = <K extends string>(knobs: Readonly<Record<K, Knob>>): Record<K, number> =>
  Object.fromEntries(Object.entries<Knob>(knobs).map(([name, one]) => [name, one.start])) as Record<K, number>;

/** The training section as it stands in the file; what the file lacks stands at its start value. */
export function trainingCoefficients(all: Coefficients): TrainingCoefficients {
  const section = all.training;
  const filled = <K extends string>(knobs: Readonly<Record<K, Knob>>, value: unknown): Values<K> => {
    const given = numbers(value);
    return Object.fromEntries(Object.entries<Knob>(knobs).map(([name, one]) => [name, Number.isFinite(given[name]) ? given[name] : one.start])) as Record<
      K,
      number
    >;
  };
  return {
    speed: filled(speedKnobs, section['speed']),
    memory: filled(memoryKnobs, section['memory']),
    frameworks: numbers(section['frameworks']),
    spread: (section['spread'] ?? {}) as Readonly<Record<string, Spread>>,
    distances: numbers(section['distances']),
  };
}

/** Generations that few train on share a number. */
export const reachKnob = (kind: Generation): SpeedKnob =>
  `reach.${kind === 'rdna' ? 'cdna' : /^(?:jetson|xe|neuron|apple)$/.test(kind) ? 'other' : (kind as MeasuredGeneration)}`;
type MeasuredGeneration = Exclude<Generation, 'rdna' | 'jetson' | 'xe' | 'neuron' | 'apple'>;
export const stackKnob = (part: 'stack' | 'elementwise' | 'launch' | 'step', kind: StackClass): SpeedKnob => `${part}.${kind}`;
