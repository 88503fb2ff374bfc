import type { Dimensions } from '../dimensions.js';
import { attentionLayers } from '../layer-mix.js';
import { cachePool, poolBytesPerToken } from './capacity.js';
import { unpacksForPrompts, type WeightFormat } from './formats.js';
import { heldLengths, speechFrames } from './lengths.js';
import { passWork } from './pass.js';
import { deviceWeightBytes, heldBytesPerSequence, kvBytesPerSequence } from './shape.js';
import { effect, type Theta } from './theta.js';
import type { ServingCase } from './workload.js';

/** Memory of one device, by part. @unit GiB */
export interface ServingMemory {
  readonly total: number;
  readonly weights: number;
  readonly cache: number;
  readonly activations: number;
  readonly logits: number;
  readonly frame: number;
  /** The engine takes this much at start, whatever the model needs. */
  readonly pool: boolean;
  /** Of the total, where a pool decides it. */
  readonly bounds?: { readonly low: number; readonly high: number; readonly basis: string };
}

const gib = 2 ** 30;

/** Peak memory of one device of the deployment: weights, cache, live activations, logits of the prompt, and the framework's own. */
export function servingMemory(each: ServingCase, theta: Theta): ServingMemory | undefined {
  const { model, engine, layout, format } = each;
  if (model === undefined) return passMemory(each, theta);
  const python = engine.group === 'eager' || engine.group === 'fused';
  const stages = engine.layerSplit ? 1 : layout.stages;
  const share = layout.tensor * stages;
  const whole = (deviceWeightBytes(model, format, { ...layout, stages }) * (python && each.device?.class === 'cpu' ? effect(theta, 'm.cpu') : 1)) / gib;
  const weights = Math.max(0, whole - (each.offloadGib ?? 0));
  const batch = (each.batch ?? each.concurrency ?? 1) * each.beams;
  const lengths = heldLengths(each);
  const { input } = lengths;
  const held = lengths.taken.length === 2 && each.maxModelLen !== undefined ? each.maxModelLen : Math.max(1, input + lengths.output);
  const cache = each.task === 'encoder' ? 0 : heldBytes(each, model, batch, held) / share / gib;
  const activations =
    (effect(theta, 'm.act') *
      (each.task === 'speech' ? batch / each.beams : batch) *
      Math.min(Math.max(input, 1), 1 << 17) *
      (4 * model.hidden + 2 * model.ffn) *
      2) /
    share /
    gib;
  const logits = promptLogits(each, model, batch, input) / share / gib;
  const unpacked = unpackedBytes(each, model) / layout.tensor / gib;
  const frame = frameOf(each, theta);
  const total = (weights + cache + Math.max(activations + unpacked, logits)) * effect(theta, 'm.frag') + frame;
  const taken = engine.pool ? poolOf(each, theta, lengths) : undefined;
  if (taken === undefined) return { total, weights, cache, activations, logits, frame, pool: false };
  return { total: taken.total, weights, cache, activations, logits, frame: taken.workspace, pool: true, bounds: taken.bounds };
}

/** Cache of all sequences. Beams of one window of speech read one cache of its frames, unless an eager framework copies it for each (arXiv:2212.04356 §2.3; github:OpenNMT/CTranslate2 decoding). @unit bytes */
function heldBytes(each: ServingCase, model: Dimensions, sequences: number, tokens: number): number {
  const all = sequences * heldBytesPerSequence(model, tokens, each.kvElementBytes, each.layout.tensor);
  if (each.task !== 'speech' || each.engine.group === 'eager') return all;
  const frames = Math.min(tokens, speechFrames);
  return all - (sequences - sequences / each.beams) * kvBytesPerSequence(model, frames, each.kvElementBytes);
}

/** What an engine takes at start: its share of the device, whatever the model needs, as long as weights, workspace and one sequence of full length find room in it.
 * It refuses to start where they do not, however much of the device lies outside of its share: what is needed is then told on the scale of that share.
 * @unit GiB
 * @source vLLM documentation, gpu_memory_utilization
 * @limits the workspace is taken at a third and at three times its fitted size, which held nine of ten start-up logs; quantised checkpoints may keep their attention in 16 bits;
 * TGI leaves a twentieth of what was free for peaks beyond its warm-up */
function poolOf(
  each: ServingCase,
  theta: Theta,
  lengths: { readonly input: number; readonly output: number },
): { readonly total: number; readonly workspace: number; readonly bounds: NonNullable<ServingMemory['bounds']> } | undefined {
  const { model, device, engine, format, layout, kvElementBytes } = each;
  if (model === undefined || device?.reportedGib === undefined) return undefined;
  const run = { model, device, engine, format, layout, kvElementBytes };
  const pool = cachePool(each, run, theta);
  if (pool === undefined) return undefined;
  const { budget, weights, workspace } = pool;
  // vLLM takes the model's own length where none is stated; others cut it to what fits
  const length = each.maxModelLen ?? (engine.id === 'vllm' ? model.maxPosition : undefined) ?? lengths.input + lengths.output;
  const longest = each.task === 'encoder' ? 0 : (length * poolBytesPerToken(each, run)) / gib;
  const outside = engine.id === 'vllm' || engine.id === 'sglang' ? device.reportedGib / budget : 1;
  const onShare = (needed: number, taken: number) => (needed > budget ? needed * outside : taken);
  const attention = attentionBytesKept(model, format) / (layout.tensor * layout.stages) / gib;
  const basis = 'the share of the memory that the engine takes at start';
  return {
    total: onShare(weights + workspace + longest, budget),
    workspace,
    bounds: {
      low: onShare(weights * 0.95 + workspace / 3 + longest * 0.9, budget * 0.98),
      high: onShare((weights + attention) * 1.05 + workspace * 3 + longest * 1.1, budget * (engine.id === 'tgi' ? 1.06 : 1.02)),
      basis,
    },
  };
}

/** Bytes that a quantised checkpoint takes on top where its tool left the attention in 16 bits, as many do (github:vllm-project/llm-compressor, ignore lists of published recipes). */
const attentionBytesKept = (model: Dimensions, format: WeightFormat): number =>
  Math.max(0, 2 - format.bytes) * 2 * attentionLayers(model) * model.hidden * model.headDim * (model.heads + model.kvHeads);

/** The largest product's weights in 16 bits, where kernels unpack them for a product of their own.
 * @unit bytes
 * @source arXiv:2208.07339 §3 (LLM.int8() converts a layer's outlier part), bitsandbytes and AutoAWQ: dequantize, then a 16-bit product */
const unpackedBytes = ({ format }: ServingCase, model: Dimensions): number =>
  unpacksForPrompts(format) || format.kernels === 'bnb8' ? 2 * model.hidden * Math.max(model.ffn, model.hidden) : 0;

const frameOf = ({ engine, device }: ServingCase, theta: Theta): number =>
  device?.class === 'cpu'
    ? effect(theta, engine.group === 'eager' || engine.group === 'fused' ? 'm.frame.cpu.eager' : 'm.frame.cpu.native')
    : effect(theta, `m.frame.${engine.group}`);

/** Logits of every prompt position in 16 bits and their 32-bit copy, where the library keeps them; an unknown version counts half. */
function promptLogits(each: ServingCase, model: Dimensions, batch: number, input: number): number {
  if (each.task !== 'llm' || each.keepsPromptLogits === false) return 0;
  const all = batch * input * model.vocab * 6;
  return each.keepsPromptLogits === undefined ? all * 0.5 : all;
}

function passMemory(each: ServingCase, theta: Theta): ServingMemory | undefined {
  const work = passWork(each);
  if (work === undefined || work.guessed) return undefined;
  const weights = (work.params * each.format.bytes) / gib;
  const activations = ((each.batch ?? 1) * (work.activations / Math.max(1, work.passes)) * 4 * 0.3) / gib;
  const frame = frameOf(each, theta);
  return { total: (weights + activations) * effect(theta, 'm.frag') + frame, weights, cache: 0, activations, logits: 0, frame, pool: false };
}
