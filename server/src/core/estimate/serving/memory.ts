import { heldLengths } from './lengths.js';
import { passWork } from './pass.js';
import { kvBytesPerSequence, kvCopies, type ServedModel, weightBytes } from './shape.js';
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
  const share = layout.tensor * (engine.layerSplit && each.device === undefined ? 1 : engine.layerSplit ? 1 : layout.stages);
  const python = engine.group === 'eager' || engine.group === 'fused';
  const weights = (weightBytes(model, format) * (python && each.device?.class === 'cpu' ? effect(theta, 'm.cpu') : 1)) / share / gib;
  const batch = (each.batch ?? each.concurrency ?? 1) * each.beams;
  const lengths = heldLengths(each);
  const { input } = lengths;
  const held = lengths.taken.length === 2 && each.maxModelLen !== undefined ? each.maxModelLen : Math.max(1, input + lengths.output);
  const cache = each.task === 'encoder' ? 0 : (batch * kvBytesPerSequence(model, held, each.kvElementBytes) * kvCopies(model, layout.tensor)) / share / gib;
  const activations = (effect(theta, 'm.act') * batch * Math.min(Math.max(input, 1), 1 << 17) * (4 * model.hidden + 2 * model.ffn) * 2) / share / gib;
  const logits = promptLogits(each, model, batch, input) / share / gib;
  const frame = frameOf(each, theta);
  const total = (weights + cache + Math.max(activations, logits)) * effect(theta, 'm.frag') + frame;
  if (!engine.pool || each.device?.memoryGib === undefined) return { total, weights, cache, activations, logits, frame, pool: false };
  const pool = each.device.memoryGib * each.memoryShare;
  const longest =
    each.task === 'encoder' ? 0 : (kvBytesPerSequence(model, each.maxModelLen ?? held, each.kvElementBytes) * kvCopies(model, layout.tensor)) / share / gib;
  return {
    total: Math.max(pool, weights + frame),
    weights,
    cache,
    activations,
    logits,
    frame,
    pool: true,
    bounds: poolBounds(pool, weights, frame, longest),
  };
}

/** An engine that takes its share of the device at start needs neither more nor less, as long as weights, its own frame and one sequence of full length
 * find room in it; it refuses to start where they do not.
 * @unit GiB
 * @source vLLM documentation, gpu_memory_utilization; the share is of the memory that the driver reports, within 2 % of the printed size
 * @limits the frame is taken at half and at twice its fitted size */
function poolBounds(pool: number, weights: number, frame: number, longest: number): NonNullable<ServingMemory['bounds']> {
  return {
    low: Math.max(pool * 0.98, weights * 0.95 + frame * 0.5),
    high: Math.max(pool * 1.02, weights * 1.05 + frame * 2 + longest * 1.1),
    basis: 'the share of the memory that the engine takes at start',
  };
}

const frameOf = ({ engine, device }: ServingCase, theta: Theta): number =>
  device?.class === 'cpu'
    ? effect(theta, engine.group === 'eager' || engine.group === 'fused' ? 'm.frame.cpu.eager' : 'm.frame.cpu.native')
    : effect(theta, `m.frame.${engine.group}`);

/** Logits of every prompt position in 16 bits and their 32-bit copy, where the library keeps them; an unknown version counts half. */
function promptLogits(each: ServingCase, model: ServedModel, batch: number, input: number): number {
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
