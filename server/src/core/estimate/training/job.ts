import type { AssumedFact, MissingFact } from '../../model/estimate.js';
import type { Chip, NumberType } from '../chip.js';
import type { FactReader } from '../spec.js';
import type { Framework } from './framework.js';
import type { Kept } from './kept.js';
import type { Layout } from './layout.js';
import type { SampleWork } from './sample-work.js';
import type { Shape } from './shape.js';

export type Method = 'full' | 'lora' | 'qlora';
/** Types that training computes in. */
export type ComputePrecision = Exclude<NumberType, 'int8' | 'int4'>;
export type Checkpointing = 'none' | 'selective' | 'full';

/** A training workload with everything the step model needs; what nobody stated is in `assumed`. */
export interface TrainingJob {
  readonly facts: FactReader;
  readonly chip: Chip | undefined;
  /** False: the chip cannot run this at all. */
  readonly starts: boolean;
  readonly shape: Shape | undefined;
  /** Work of one sample where a token is not the unit (images, audio, recommendations). */
  readonly sample: SampleWork | undefined;
  readonly framework: Framework;
  readonly method: Method;
  /** Trained share of the weights' count. @unit params */
  readonly trainable: number | undefined;
  readonly loraRank: number | undefined;
  readonly precision: ComputePrecision;
  /** Clock by the usual one, where a power limit holds it down. */
  readonly clock: number;
  readonly weightBits: number;
  /** Quantized weights lie in GPTQ or AWQ packing. */
  readonly packed: boolean;
  readonly checkpointing: Checkpointing;
  /** What is kept of each layer, where a policy names it. */
  readonly kept: Kept | undefined;
  readonly flash: boolean;
  readonly compile: boolean;
  /** Compilation is stated to be off. */
  readonly uncompiled: boolean;
  /** Image tensors have their channels last. */
  readonly channelsLast: boolean;
  /** Processes that load samples for one device. */
  readonly workers: number | undefined;
  /** Samples are photographs that the host reads, decodes and augments anew each time. */
  readonly photographs: boolean;
  /** Outputs of frozen encoders were computed before. */
  readonly latentsCached: boolean;
  readonly optimizer: string;
  /** Each gradient is used and freed as soon as it is there. */
  readonly optimizerInBackward: boolean;
  readonly offload: boolean;
  /** Positions of one sample that are computed. @unit tokens */
  readonly seq: number;
  /** Longest sample, which sets the memory. @unit tokens */
  readonly seqMax: number;
  /** A length is stated, or set by the architecture. */
  readonly lengthKnown: boolean;
  /** Real tokens by computed ones, where padded. */
  readonly realShare: number;
  readonly layout: Layout;
  readonly assumed: readonly AssumedFact[];
  readonly unknown: readonly MissingFact[];
}
