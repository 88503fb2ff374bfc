import type { MemoryKnob, Values } from './coefficients.js';
import type { TrainingJob } from './job.js';
import { type Kept, keptSizes } from './kept.js';
import { paramsPerRank, type Shape } from './shape.js';

/** Bytes on the fullest device by part. */
export interface MemoryParts {
  readonly weights: number;
  readonly gradients: number;
  readonly optimizer: number;
  readonly adapters: number;
  readonly activations: number;
  readonly logits: number;
  readonly buffers: number;
  readonly context: number;
  readonly fragmentation: number;
}

/** Peak bytes of one device; never a sum over devices.
 * @unit B
 * @source states: Rajbhandari et al. 2020 (ZeRO) §3; activations: Korthikanti et al. 2022 (arXiv 2205.05198) §4; adapters: Hu et al. 2021; 4-bit weights: Dettmers et al. 2023
 * @unknown undefined without the model's size, or where the chip cannot run it */
export function memoryParts(job: TrainingJob, k: Values<MemoryKnob>): MemoryParts | undefined {
  if (!job.starts) return undefined;
  const states = job.shape
    ? transformerStates(job, job.shape.params, k)
    : job.sample?.params === undefined
      ? undefined
      : plainStates(job, job.sample.params, k);
  if (!states) return undefined;
  const activations = job.shape ? transformerActivations(job, k) : sampleActivations(job, k);
  if (!activations) return undefined;
  const context = k['context.gib'] * 2 ** 30;
  const used = Object.values(states).reduce((sum, part) => sum + part, 0) + activations.activations + activations.logits;
  return { ...states, ...activations, context, fragmentation: used * (k['fragmentation'] - 1) };
}

type States = Pick<MemoryParts, 'weights' | 'gradients' | 'optimizer' | 'adapters' | 'buffers'>;

/** Bytes of optimizer states a trained parameter.
 * @source Adam: two fp32 moments; paged ones lie in host memory when the device is short of it (Dettmers et al. 2023, arXiv 2305.14314 §3); 8-bit: Dettmers et al. 2022; Adafactor: Shazeer and Stern 2018; Lion: Chen et al. 2023; Muon: one moment (Jordan et al. 2024) */
export function optimizerBytes(name: string, half: boolean): number {
  const wide = half ? 2 : 4;
  if (/paged/.test(name)) return 0;
  if (/8bit|8-bit/.test(name)) return 2.1;
  if (/adafactor/.test(name)) return 0.1;
  if (/lion|muon|momentum/.test(name)) return wide;
  if (/^sgd/.test(name)) return wide;
  return 2 * wide;
}

function transformerStates(job: TrainingJob, params: number, k: Values<MemoryKnob>): States {
  const { layout, framework, method } = job;
  const ranks = layout.tensor * layout.pipeline;
  const here = job.shape ? paramsPerRank(job.shape, ranks, layout.expert) : params / ranks;
  const members = Math.max(1, layout.shards / (job.shape !== undefined && job.shape.expertBody > 0 ? layout.expert : 1));
  const shard = (on: boolean) => (on ? members : 1);
  const all = layout.sharding === 'full';
  if (method !== 'full') {
    const shape = job.shape;
    const embedding = shape === undefined ? 0 : Math.min(shape.embedding, 0.5 * params);
    const bytes =
      method === 'qlora'
        ? (here - embedding / ranks) * (job.weightBits === 8 ? 1.05 : k['quantized.bytes']) + (embedding / ranks) * 2
        : here * (job.precision === 'fp32' ? 4 : 2);
    const trainable = job.trainable ?? 0.01 * params;
    return {
      weights: bytes / shard(all),
      gradients: 0,
      optimizer: 0,
      adapters: (trainable * (8 + optimizerBytes(job.optimizer, false))) / ranks / shard(all),
      buffers: all ? gathered(job, here) : 0,
    };
  }
  const half = framework.pureHalf && job.precision !== 'fp32';
  const optimizer = optimizerBytes(job.optimizer, half);
  const flat = framework.flatBuffers !== undefined || layout.sharding === 'optimizer' || layout.sharding === 'gradients';
  const wide = job.precision === 'fp32' || job.precision === 'tf32';
  // DeepSpeed in bf16 keeps 16-bit gradients and adds them up in fp32; Megatron has the fp32 ones alone; others train fp32 weights under autocast.
  const deepspeed = framework.flatBuffers === 'deepspeed' && job.precision === 'bf16';
  const weights = half || (flat && !wide) ? 2 : 4;
  const gradients = half ? 2 : deepspeed ? 6 : flat && framework.flatBuffers !== 'megatron' ? 2 : 4;
  const master = weights === 2 && !half ? 4 : half ? k['state.half'] - 8 : k['state.mixed'] - 16;
  const offloaded = job.offload ? 0 : 1;
  // Freed layer by layer, the gradients of two layers are there at once.
  const present = job.optimizerInBackward ? Math.min(1, 2 / Math.max(1, job.shape?.layers ?? 2)) : 1;
  return {
    weights: (here * weights) / shard(all),
    gradients: (present * here * gradients) / shard(all || layout.sharding === 'gradients'),
    optimizer: (offloaded * here * Math.max(0, optimizer + master)) / shard(all || layout.sharding === 'optimizer' || layout.sharding === 'gradients'),
    adapters: 0,
    buffers: all ? gathered(job, here) : layout.data > 1 ? Math.min(1e9, here * 2) : 0,
  };
}

/** Fully sharded jobs hold two gathered layers and the embedding at once. */
function gathered(job: TrainingJob, here: number): number {
  // With a pipeline, weights stay gathered and gradients unsharded until the last micro-batch.
  if (job.layout.pipeline > 1) return here * (job.method === 'full' ? 6 : 2);
  const layers = job.shape?.layers ?? 1;

  return 2 * (2 * (here / layers) + (job.shape?.embedding ?? 0) / 2);
}

function plainStates(job: TrainingJob, params: number, k: Values<MemoryKnob>): States {
  // Encoders whose outputs were not stored before lie beside the model.
  const beside = job.latentsCached ? 0 : (job.sample?.frozenParams ?? 0) * (job.precision === 'fp32' || job.precision === 'tf32' ? 4 : 2);
  if (job.method !== 'full') {
    const bytes = job.method === 'qlora' ? (job.weightBits === 8 ? 1.05 : k['quantized.bytes']) : job.precision === 'fp32' ? 4 : 2;
    const adapters = (job.trainable ?? 0.01 * params) * (8 + optimizerBytes(job.optimizer, false));
    return { weights: bytes * params + beside, gradients: 0, optimizer: 0, adapters, buffers: 0 };
  }
  return {
    weights: 4 * params + beside,
    gradients: 4 * params,
    optimizer: optimizerBytes(job.optimizer, false) * params,
    adapters: 0,
    buffers: job.layout.data > 1 ? 4 * params : 0,
  };
}

function transformerActivations(job: TrainingJob, k: Values<MemoryKnob>): Pick<MemoryParts, 'activations' | 'logits'> | undefined {
  const { shape, layout } = job;
  if (!shape) return undefined;
  const tokens = (layout.micro * job.seqMax) / layout.context;
  const bytes = job.precision === 'fp32' || job.precision === 'tf32' ? 4 : 2;
  const fused = job.framework.class !== 'everyday' || job.compile;
  const kept = (unit: 'hidden' | 'ffn') => k[`activation.${unit}.${fused ? 'fused' : 'eager'}`];
  const ffn = shape.experts !== undefined && shape.expertBody > 0 ? shape.ffn * (shape.expertsPerToken ?? 2) : shape.ffn;
  const scores = job.flash ? 0 : k['activation.scores'] * layout.micro * (shape.heads / layout.tensor) * job.seqMax ** 2 * (shape.attending / shape.layers);
  const layer = ((kept('hidden') * shape.hidden + kept('ffn') * ffn) * tokens * bytes) / layout.tensor + scores;
  // The first pipeline stage holds as many micro-batches as there are stages: together again all layers.
  const held = layout.pipeline > 1 ? Math.min(layout.pipeline, Math.max(1, layout.accumulation)) : 1;
  const layers = (shape.layers / layout.pipeline) * held * (layout.virtual > 1 ? 1 + (layout.pipeline - 1) / (layout.pipeline * layout.virtual) : 1);
  // Sequence parallelism splits what checkpointing keeps over the tensor-parallel ranks (Korthikanti et al. 2022 §4.2.2).
  const split = job.framework.name === 'megatron-deepspeed' ? 1 : layout.tensor;
  const saved = (tokens * shape.hidden * bytes) / split;
  const frozen = job.method === 'full' ? 1 : k['activation.frozen'];
  const activations =
    frozen *
    (job.kept
      ? layers * named(job.kept, shape, tokens * bytes, layout.tensor, split) + layer
      : job.checkpointing === 'full'
        ? layers * saved + layer
        : job.checkpointing === 'selective'
          ? layers * layer * k['activation.selective']
          : layers * layer);
  const logit = job.framework.chunkedLoss ? k['logits.chunked'] : k[fused ? 'logits.fused' : 'logits.eager'];
  return { activations, logits: (tokens * shape.vocab * logit * shape.headShare) / layout.tensor };
}

/** What a policy keeps of a layer on the device. @unit B */
function named(kept: Kept, shape: Shape, tokenBytes: number, tensor: number, split: number): number {
  const sizes = keptSizes(kept, shape);
  return tokenBytes * (sizes.split / tensor + sizes.wide / split);
}

function sampleActivations(job: TrainingJob, k: Values<MemoryKnob>): Pick<MemoryParts, 'activations' | 'logits'> | undefined {
  if (!job.sample) return undefined;
  const bytes = job.precision === 'fp32' || job.precision === 'tf32' ? 2 : 1;
  const share = (job.sample.kind === 'gan' ? 0.5 : 1) * (job.checkpointing === 'full' ? k['convolution.checkpointed'] : 1);
  return { activations: job.sample.kept * share * job.layout.micro * k['convolution.kept'] * bytes, logits: 0 };
}
