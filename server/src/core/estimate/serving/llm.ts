import type { Dimensions } from '../dimensions.js';
import { attentionLayers, blocksOf, scanFlops, stateBytes } from '../layer-mix.js';
import type { Device } from './device.js';
import type { Engine } from './engine.js';
import { unpacksForPrompts, unpackTokens, type WeightFormat } from './formats.js';
import { kvBytesPerSequence, kvCopies, streamedBytes } from './shape.js';
import { effect, share, type Theta } from './theta.js';
import type { Layout } from './workload.js';

/** One engine running one model on one chip. */
export interface Runner {
  readonly model: Dimensions;
  readonly device: Device;
  readonly engine: Engine;
  readonly format: WeightFormat;
  readonly layout: Layout;
  readonly kvElementBytes: number;
}

/** Parts of one forward pass. @unit s */
export interface StepTime {
  readonly total: number;
  readonly weights: number;
  readonly compute: number;
  readonly attention: number;
  readonly communication: number;
  readonly host: number;
}

/** Two limits of one resource pair: close to the larger one, a little above where both bind. */
export const either = (a: number, b: number, sharpness: number): number => (a ** sharpness + b ** sharpness) ** (1 / sharpness);

/** Time of one decode step for a batch: stream the weights or compute, read the cache, exchange, and the host beside it.
 * Roofline: weights/bandwidth against 2·active·batch/peak (arXiv:2402.16363 §3); efficiencies are fitted. */
export function decodeStep(run: Runner, theta: Theta, batch: number, context: number): StepTime {
  const { model, device, engine, format, layout } = run;
  const tensor = layout.tensor;
  const weights = (readings(run, batch) * streamedBytes(model, format, batch, expertGroups(run))) / tensor / (device.bandwidth * memoryShare(run, theta));
  const compute = (2 * model.active * batch) / tensor / (device.peak[format.compute] * computeShare(run, theta));
  const perSequence = kvBytesPerSequence(model, context, run.kvElementBytes);
  const copies = engine.id === 'transformers' || engine.id === 'pytorch' ? 1 + effect(theta, 'kvcopy') * Math.max(1, model.heads / model.kvHeads / 4) : 1;
  // a state is read and written, a cache is read
  const read = (perSequence - stateBytes(model)) * copies * kvCopies(model, tensor) + 2 * stateBytes(model);
  const attention = (batch * read) / tensor / (device.bandwidth * share(theta, 'attn', `attn.engine.${engine.id}`));
  const floor = blocksOf(model) * kernelTime(run, theta);
  const communication = exchange(run, theta, batch) + routing(run, theta, batch);
  const host =
    (blocksOf(model) * hostTime(run, theta) + effect(theta, `step.${engine.group}`, `step.engine.${engine.id}`) * 1e-3) * hostShare(device) +
    batch * effect(theta, 'seq') * 1e-6;
  const busy = either(weights, compute, 3) + attention + floor + communication;
  return { total: engine.group === 'server' ? busy + host : either(busy, host, 4), weights, compute, attention, communication, host };
}

/** Time until `sequences` prompts of `tokens` have their first token, without queueing. */
export function prefillTime(run: Runner, theta: Theta, tokens: number, sequences: number): StepTime {
  const { model, device, engine, format, layout } = run;
  const all = tokens * sequences;
  const split = layout.stages > 1 ? pipelineGain(layout.stages, Math.ceil(all / 512), engine.id === 'llamacpp' ? effect(theta, 'pipe') : 0) : 1;
  const ways = layout.tensor * split;
  const unpacks = unpacksForPrompts(format) && device.class !== 'cpu' && all >= unpackTokens;
  const efficiency = computeShare(unpacks ? { ...run, format: { ...format, kernels: 'dense' } } : run, theta);
  const unpack = unpacks ? (model.active * 4) / ways / (device.bandwidth * 0.7) : 0; // written and read again in 16 bits
  const peak = promptPeak(run);
  const weights = (readings(run, all) * streamedBytes(model, format, all, expertGroups(run))) / layout.tensor / (device.bandwidth * memoryShare(run, theta));
  const lookup = model.vocab * model.hidden * (model.tied ? 1 : 2);
  const body = Math.max(model.active - lookup, model.active * 0.5);
  const compute = (2 * body * all) / ways / (peak * efficiency);
  const { positions, share: windowed } = model.window ?? { positions: tokens, share: 0 };
  const square = tokens * (windowed * Math.min(tokens, 2 * positions) + (1 - windowed) * tokens);
  const attention =
    ((2 * attentionLayers(model) * model.heads * model.headDim * square + scanFlops(model) * tokens) * sequences) /
    ways /
    (device.peak.fp16 * Math.min(1, efficiency * effect(theta, 'attn.comp')));
  const scores =
    engine.id === 'llamacpp'
      ? (attentionLayers(model) * model.heads * tokens * tokens * sequences * 0.5 * 4 * effect(theta, 'attn.scores')) / ways / device.bandwidth
      : 0;
  const floor = blocksOf(model) * kernelTime(run, theta);
  const communication = (exchange(run, theta, all) + routing(run, theta, all)) / split;
  const host = blocksOf(model) * hostTime(run, theta) * hostShare(device);
  const busy = either(weights, compute, 3) + unpack + attention + scores + floor + communication;
  const fixed = effect(theta, `prefill.${engine.group}`, `prefill.engine.${engine.id}`) * 1e-3;
  return { total: either(busy, host, 4) + fixed, weights, compute, attention, communication, host: host + fixed };
}

/** Peak of the products of a prompt. llama.cpp and exllama sum in 16 bits, for which GeForce chips have twice the rate, and use the warp-wide instructions that reach 0.63 of a Hopper's peak.
 * @source NVIDIA Ada and GA102 white papers (FP16 accumulate rates); arXiv:2402.13499 table 8 (mma.sync against wgmma) */
function promptPeak(run: Runner): number {
  const { device, engine, format } = run;
  const peak = device.peak[format.compute];
  if (engine.id !== 'llamacpp' && engine.id !== 'exllama') return peak;
  if (/^rtx-(20|30|40|50)\d\d/.test(device.id)) return peak * 2;
  return device.class === 'hopper' || device.class === 'blackwell' ? peak * 0.63 : peak;
}

/** How often a product of so many tokens reads the weights. */
const readings = ({ format }: Runner, tokens: number): number => (format.rows === undefined ? 1 : Math.max(1, tokens / format.rows));

const memoryShare = (run: Runner, theta: Theta) =>
  share(theta, 'mem', `mem.engine.${run.engine.id}`, `mem.format.${run.format.kernels}`, `mem.chip.${run.device.class}`);
const computeShare = (run: Runner, theta: Theta) =>
  share(
    theta,
    ...(run.model.active < run.model.params ? ['comp.moe'] : []),
    'comp',
    `comp.engine.${run.engine.id}`,
    `comp.format.${run.format.kernels}`,
    `comp.chip.${run.device.class}`,
  );
const kernelTime = (run: Runner, theta: Theta) =>
  effect(theta, 'kernel', `kernel.engine.${run.engine.id}`, `kernel.chip.${run.device.class}`, `kernel.format.${run.format.kernels}`) * 1e-6;
const hostTime = (run: Runner, theta: Theta) =>
  effect(theta, `host.${run.engine.group}`, `host.engine.${run.engine.id}`, `host.format.${run.format.kernels}`) * 1e-6;
/** Single-board hosts launch slower; a processor that is itself the device launches nothing. @assumes 2.5 times on Jetson */
const hostShare = (device: Device) => (device.class === 'jetson' ? 2.5 : device.class === 'cpu' ? 0.3 : 1);

/** Two all-reduces a layer: latency and 2(t−1)/t of the activations over the link (arXiv:1909.08053 §3). */
function exchange(run: Runner, theta: Theta, tokens: number): number {
  const { model, device, layout } = run;
  const tensor = layout.tensor;
  const handover = ((layout.stages - 1) * (tokens * model.hidden * 2)) / (device.link * 0.5) + (layout.stages - 1) * 20e-6;
  if (tensor <= 1) return handover;
  const latency = effect(theta, device.fastLink ? 'comm.latency.link' : 'comm.latency.pcie') * 1e-6 * Math.max(1, Math.log2(tensor) * 0.7);
  const bytes = ((2 * (tensor - 1)) / tensor) * tokens * model.hidden * 2;
  return 2 * blocksOf(model) * (latency + bytes / (device.link * effect(theta, 'comm.rate'))) + handover;
}

/** Attention groups that share one set of experts. */
const expertGroups = ({ layout }: Runner): number => Math.max(1, layout.experts / layout.tensor);

/** Tokens sent to the devices of their experts and back, twice a layer, where several attention groups share the experts (all-to-all: arXiv:2006.16668 §3.2). */
function routing(run: Runner, theta: Theta, tokens: number): number {
  const { model, device, layout } = run;
  if (expertGroups(run) <= 1 || model.expertsPerToken === undefined) return 0;
  const latency = effect(theta, device.fastLink ? 'comm.latency.link' : 'comm.latency.pcie') * 1e-6;
  const chosen = Math.min(model.expertsPerToken, layout.experts);
  const bytes = (tokens * chosen * model.hidden * 2 * (layout.experts - 1)) / layout.experts / layout.tensor;
  return 2 * blocksOf(model) * (latency + bytes / (device.link * effect(theta, 'comm.rate')));
}

/** Layer-split devices overlap only as far as a prompt is cut into chunks: stages·chunks/(stages+chunks−1) (arXiv:1811.06965 §2.2). */
function pipelineGain(stages: number, chunks: number, overlap: number): number {
  if (overlap === 0) return 1;
  const ideal = (stages * chunks) / (stages + chunks - 1);
  return Math.max(1, ideal * Math.min(1, overlap));
}
