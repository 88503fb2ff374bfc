import type { Unit } from '../../model/estimate.js';
import { cacheLimit, cachePool, cacheTokens, poolBytesPerToken } from './capacity.js';
import { heldLengths } from './lengths.js';
import { decodeStep, prefillTime, type Runner, type StepTime } from './llm.js';
import { servingMemory } from './memory.js';
import { fillingBatch, passTime, passWork } from './pass.js';
import { atRate, closedFirstToken, loadPoint, saturated, saturationBatch } from './serve.js';
import { kvBytesPerSequence } from './shape.js';
import { speculativeGain } from './speculative.js';
import { effect, share, type Theta } from './theta.js';
import type { ServingCase } from './workload.js';

/** A part of a quantity, for the explanation. */
export interface Part {
  readonly id: string;
  readonly label: string;
  readonly value: number;
  readonly unit: Unit;
  readonly formula?: string;
}

/** One computed quantity before its interval. */
export interface Computed {
  readonly value: number;
  readonly unit: Unit;
  readonly formula: string;
  readonly facts: readonly string[];
  readonly parts: readonly Part[];
  /** Set where the interval follows from what the engine does, and not from measured runs. */
  readonly bounds?: { readonly low: number; readonly high: number; readonly basis: string };
}

export type Metrics = Record<string, Computed>;

/** All quantities that the facts decide; what they leave open is absent. `only` leaves out costly ones that a caller does not read. */
export function computeServing(each: ServingCase, theta: Theta, only?: ReadonlySet<string>): Metrics {
  const metrics: Metrics = {};
  if (each.device !== undefined) {
    if (each.task === 'llm' || each.task === 'seq2seq') languageMetrics(each, theta, metrics, only);
    else if (each.task === 'speech') speechMetrics(each, theta, metrics);
    else passMetrics(each, theta, metrics);
  }
  if (only === undefined || only.has('peak_memory_gib')) memoryMetrics(each, theta, metrics);
  if (only === undefined || cacheQuantities.some((name) => only.has(name))) cacheMetrics(each, theta, metrics);
  for (const [name, computed] of Object.entries(metrics)) if (!(Number.isFinite(computed.value) && computed.value > 0)) delete metrics[name];
  return metrics;
}

/** Quantities of a server's cache, fitted on start-up logs by themselves. */
export const cacheQuantities: readonly string[] = ['kv_capacity_tokens', 'kv_pool_gib'];

const ms = 1000;
const runner = (each: ServingCase): Runner | undefined =>
  each.model === undefined || each.device === undefined
    ? undefined
    : { model: each.model, device: each.device, engine: each.engine, format: each.format, layout: each.layout, kvElementBytes: each.kvElementBytes };

const stepParts = (step: StepTime): readonly Part[] => [
  { id: 'weights', label: 'stream the weights', value: step.weights * ms, unit: 'ms', formula: 'bytes / (bandwidth · share reached)' },
  { id: 'compute', label: 'matrix products', value: step.compute * ms, unit: 'ms', formula: '2 · active parameters · tokens / (peak · share reached)' },
  { id: 'attention', label: 'attention', value: step.attention * ms, unit: 'ms', formula: 'KV bytes / bandwidth, or its FLOPs' },
  { id: 'communication', label: 'between devices', value: step.communication * ms, unit: 'ms', formula: '2 all-reduces a layer' },
  { id: 'host', label: 'host and scheduler', value: step.host * ms, unit: 'ms', formula: 'per layer and per step, beside the device' },
];

function languageMetrics(each: ServingCase, theta: Theta, metrics: Metrics, only: ReadonlySet<string> | undefined): void {
  const run = runner(each);
  if (run === undefined) return;
  const { copies } = each.layout;
  const facts = ['model', 'gpu_type', 'gpus', 'engine', 'weights', 'batch_size', 'input_tokens', 'output_tokens'];
  const put = (name: string, value: number, unit: Unit, formula: string, step: StepTime | undefined) => {
    metrics[name] = { value, unit, formula, facts, parts: step === undefined ? [] : stepParts(step) };
  };
  const input = each.inputTokens;
  const output = each.outputTokens;
  const generates = output === undefined || output > 0;
  const batch =
    each.batch ??
    each.concurrency ??
    (each.mode === 'latency' || (each.task === 'llm' && each.mode === undefined && each.requestRate === undefined && each.engine.layerSplit) ? 1 : undefined);

  if (each.requestRate !== undefined && input !== undefined && output !== undefined && output > 0) {
    const point = atRate(each, run, theta, each.requestRate, input, output);
    const step = decodeStep(run, theta, point.running, input + output / 2);
    put('tpot_ms', point.perToken * ms, 'ms', 'step time over the share left by prompts', step);
    put('ttft_ms', point.firstToken * ms, 'ms', 'prompt, wait for running work', step);
    put('latency_ms', (point.firstToken + output * point.perToken) * ms, 'ms', 'first token + output · time per token', step);
    put('output_tokens_per_s', point.outputRate, 'tokens/s', 'min(arrivals, capacity) · output length', step);
  } else if (batch !== undefined) {
    fixedBatch(each, run, theta, batch, put);
  } else if (input !== undefined && output !== undefined && output > 0 && each.mode !== undefined) {
    const point = saturated(each, run, theta, input, output);
    const step = decodeStep(run, theta, point.running, input + output / 2);
    put('output_tokens_per_s', point.outputRate, 'tokens/s', 'running · output / (prompts + output · step) · copies', step);
    put('tpot_ms', point.perToken * ms, 'ms', 'cycle / output', step);
    put('decode_tokens_per_s', (point.running / point.stepTime) * copies, 'tokens/s', 'running / step', step);
  }
  if (input !== undefined && input >= 1 && metrics['ttft_ms'] === undefined) {
    const one = prefillTime(run, theta, input * (1 - each.cachedShare), 1);
    put('ttft_ms', one.total * ms, 'ms', 'one prompt without queueing', one);
    put('prefill_tokens_per_s', (input / one.total) * copies, 'tokens/s', 'prompt tokens / prefill time', one);
  }
  if (only === undefined && input !== undefined && output !== undefined && output > 0 && generates) {
    const point = saturated({ ...each, mode: 'offline-max' }, run, theta, input, output, saturationBatch(each, run, theta, input, output));
    put(
      'saturation_output_tokens_per_s',
      point.outputRate,
      'tokens/s',
      'every copy full: running · output / (prompts + output · step)',
      decodeStep(run, theta, point.running, input + output / 2),
    );
    put('prompt_time_share', Math.min(0.99, point.promptShare), 'share', 'running · prompt / (prompts + output · step), every copy full', undefined);
  }
  const rate = metrics['output_tokens_per_s']?.value;
  if (rate !== undefined && output !== undefined && output > 0) {
    if (input !== undefined) put('total_tokens_per_s', (rate * (input + output)) / output, 'tokens/s', 'output rate · (prompt + output) / output', undefined);
    put('requests_per_s', rate / output / each.beams, 'requests/s', 'output rate / output length', undefined);
  }
}

type Put = (name: string, value: number, unit: Unit, formula: string, step: StepTime | undefined) => void;

/** Quantities at a stated batch or concurrency. */
function fixedBatch(each: ServingCase, run: Runner, theta: Theta, batch: number, put: Put): void {
  const { copies } = each.layout;
  const output = each.outputTokens;
  const input = each.inputTokens;
  const single = batch * each.beams <= 8;
  const closed = each.batch === undefined && each.concurrency !== undefined;
  const onCopy = closed ? Math.max(1, batch / copies) : batch;
  if (input === undefined && output === undefined && !single) return;
  const held = heldLengths(each);
  const context = held.input + held.output / 2;
  const limit = closed ? saturationBatch(each, run, theta, held.input, held.output) : Number.POSITIVE_INFINITY;
  const running = Math.min(onCopy, limit);
  if (output === undefined || output > 0) {
    const step = decodeStep(run, theta, running * each.beams, context);
    const perToken = step.total / speculativeGain(each, run, theta, running * each.beams, context);
    const many = closed || batch > 1;
    const interference =
      closed && input !== undefined && output !== undefined && output > 0 ? loadPoint(each, run, theta, running, input, output).perToken : perToken;
    put('tpot_ms', interference * ms, 'ms', 'one decode step', step);
    put('decode_tokens_per_s', ((running * each.beams) / perToken) * copies, 'tokens/s', 'running sequences / step', step);
    const prompt =
      input !== undefined && input >= 1 && output !== undefined
        ? prefillTime(run, theta, input * (1 - each.cachedShare), closed ? 1 : batch).total * (closed ? running : 1)
        : 0;
    const keeps = many ? share(theta, each.staticBatch ? 'sched.static' : 'sched.inflight', `sched.engine.${each.engine.id}`) : 1;
    const rate = output === undefined ? running / perToken : (running * output) / (prompt + output * perToken);
    put(
      'output_tokens_per_s',
      rate * (each.task === 'seq2seq' ? 1 : each.beams) * copies * keeps,
      'tokens/s',
      'sequences · output / (prompt + output · step)',
      step,
    );
    if (input !== undefined && output !== undefined && input >= 1) {
      const first = prefillTime(run, theta, input * (1 - each.cachedShare), closed ? 1 : batch);
      const alone = closed ? closedFirstToken(each, theta, first.total, running, output * perToken) : first.total;
      const queued = onCopy > running ? ((onCopy - running) / running) * output * interference : 0;
      put('ttft_ms', (alone + queued) * ms, 'ms', 'prompt, wait for other prompts', first);
      put('latency_ms', (alone + queued + output * interference) * ms, 'ms', 'first token + output · time per token', step);
    }
  }
  if (input !== undefined && input >= 1) {
    const first = prefillTime(run, theta, input * (1 - each.cachedShare), closed ? 1 : batch);
    put('prefill_tokens_per_s', ((input * (closed ? 1 : batch)) / first.total) * copies, 'tokens/s', 'prompt tokens / prefill time', first);
    if (!closed && (output === undefined || output === 0 || each.mode === 'latency' || each.mode === 'offline-max'))
      put('ttft_ms', first.total * ms, 'ms', 'prefill of the batch', first);
  }
}

function passMetrics(each: ServingCase, theta: Theta, metrics: Metrics): void {
  const work = passWork(each);
  if (work === undefined) return;
  const many = each.mode === 'offline-max' || each.mode === 'online';
  const batch = each.batch ?? (many ? fillingBatch(work) : 1);
  const time = passTime(each, work, theta, batch);
  if (time === undefined) return;
  const parts: readonly Part[] = [
    { id: 'compute', label: 'matrix products', value: time.compute * ms, unit: 'ms', formula: '2 · multiply-adds · batch / (peak · share reached)' },
    { id: 'memory', label: 'activations and weights', value: time.memory * ms, unit: 'ms', formula: 'bytes / (bandwidth · share reached)' },
    { id: 'host', label: 'host', value: time.host * ms, unit: 'ms', formula: 'per kernel and per call' },
  ];
  const copies = each.layout.copies;
  const scale = copies * share(theta, 'p.scale') ** Math.log2(Math.max(1, copies)) * (each.mode === 'online' ? share(theta, 'p.online') : 1);
  const rate = (batch / time.total) * scale;
  const facts = ['model', 'gpu_type', 'gpus', 'engine', 'weights', 'batch_size', 'image_size'];
  const encoder = work.kind === 'encoder';
  const images = work.kind === 'diffusion' || work.kind === 'depthwise' || work.kind === 'vision';
  if (!many || each.batch !== undefined || each.mode === 'online')
    metrics['latency_ms'] = { value: time.total * ms, unit: 'ms', formula: 'one call', facts, parts };
  if (images) metrics['images_per_s'] = { value: rate, unit: 'images/s', formula: 'batch / call · devices', facts, parts };
  metrics['requests_per_s'] = { value: rate, unit: 'requests/s', formula: 'batch / call · devices', facts, parts };
  if (work.kind === 'diffusion')
    metrics['iterations_per_s'] = { value: work.calls / time.total, unit: 'steps', formula: 'denoising steps a second of one device', facts, parts };
  const tokens = each.inputTokens ?? (each.itemsPerRequest > 1 ? 450 : undefined);
  if (encoder && tokens !== undefined)
    metrics['total_tokens_per_s'] = { value: rate * tokens * each.itemsPerRequest, unit: 'tokens/s', formula: 'requests/s · tokens', facts, parts };
}

/** Speech to text: 30 s windows through the encoder in batches, then about four tokens a second of audio through the decoder, beams as sequences (arXiv:2212.04356 §2). */
function speechMetrics(each: ServingCase, theta: Theta, metrics: Metrics): void {
  const run = runner(each);
  if (run === undefined || each.audioSeconds === undefined) return;
  const windows = Math.ceil(each.audioSeconds / 30);
  const batch = Math.min(windows, each.batch ?? 1);
  const name = each.modelName ?? '';
  const decoderLayers = /distil/i.test(name) ? 2 : /turbo/i.test(name) ? 4 : run.model.layers;
  const perLayer = 12 * run.model.hidden ** 2;
  const encoder = { ...run, model: { ...run.model, params: perLayer * run.model.layers, active: perLayer * run.model.layers, vocab: 0 } };
  const decoderParams = 16 * run.model.hidden ** 2 * decoderLayers + run.model.vocab * run.model.hidden;
  const decoder = { ...run, model: { ...run.model, params: decoderParams, active: decoderParams, layers: decoderLayers * 1.5 } };
  const encode = prefillTime(encoder, theta, 1500, batch);
  // beams of a window read one cache of its 1500 frames, unless the framework copies it for each
  const frames = each.engine.group === 'eager' ? 1500 : 1500 / each.beams;
  const step = decodeStep(decoder, theta, batch * each.beams, frames + 60);
  const repeats = batch > 1 ? 1 : effect(theta, 'p.speech.sequential');
  const total = ((windows / batch) * (encode.total + 120 * step.total * repeats) * effect(theta, 'p.speech')) / each.layout.copies;
  const facts = ['model', 'gpu_type', 'engine', 'weights', 'batch_size', 'beam_size', 'audio_s'];
  const parts: readonly Part[] = [
    { id: 'encoder', label: 'encoder windows', value: (windows / batch) * encode.total * ms, unit: 'ms' },
    { id: 'decoder', label: 'decoder steps', value: (windows / batch) * 120 * step.total * ms, unit: 'ms' },
  ];
  metrics['latency_ms'] = { value: total * ms, unit: 'ms', formula: 'windows · (encoder + tokens · step)', facts, parts };
}

function memoryMetrics(each: ServingCase, theta: Theta, metrics: Metrics): void {
  const memory = servingMemory(each, theta);
  if (memory === undefined) return;
  const facts = ['model', 'weights', 'batch_size', 'input_tokens', 'output_tokens', 'max_model_len', 'kv_cache_dtype', 'engine', 'gpu_mem_util'];
  const part = (id: string, label: string, value: number, formula: string): Part => ({ id, label, value, unit: 'GiB', formula });
  const parts = [
    part('weights', 'weights', memory.weights, 'parameters · bytes of the format / devices'),
    part('kv-cache', 'KV cache', memory.cache, 'sequences · tokens · 2 · layers · KV heads · head width · bytes'),
    part('activations', 'activations', memory.activations, 'prompt tokens · (4 hidden + 2 ffn) · 2 B'),
    part('logits', 'prompt logits', memory.logits, 'prompt tokens · vocabulary · 6 B, in versions that keep them'),
    part('frame', 'framework', memory.frame, 'fitted'),
  ];
  metrics['peak_memory_gib'] = {
    value: memory.total,
    unit: 'GiB',
    formula: memory.pool ? 'the pool that the engine takes: memory · share' : 'weights + cache + max(activations, logits) + framework',
    facts,
    parts,
    ...(memory.bounds ? { bounds: memory.bounds } : {}),
  };
  metrics['weights_gib'] = { value: memory.weights, unit: 'GiB', formula: 'parameters · bytes of the format / devices', facts, parts: [] };
  if (memory.cache > 0) metrics['kv_cache_gib'] = { value: memory.cache, unit: 'GiB', formula: 'sequences · tokens · bytes a token', facts, parts: [] };
}

/** What the cache of a server holds. */
function cacheMetrics(each: ServingCase, theta: Theta, metrics: Metrics): void {
  const facts = ['model', 'weights', 'gpu_type', 'tensor_parallel', 'gpu_mem_util', 'max_model_len', 'max_num_seqs', 'kv_cache_dtype', 'engine'];
  const run = runner(each);
  if (run === undefined || each.task !== 'llm') return;
  const pool = cachePool(each, run, theta);
  if (pool === undefined) return;
  const part = (id: string, label: string, value: number, formula: string): Part => ({ id, label, value, unit: 'GiB', formula });
  const parts = [
    part('budget', 'share of the device', pool.budget, 'memory that the driver reports · share'),
    part('weights', 'weights', pool.weights, 'parameters · bytes of the format / devices'),
    part('workspace', 'workspace', pool.workspace, 'largest of activations and logits in the start-up run, libraries'),
  ];
  const tokens = cacheTokens(each, run, theta);
  if (run.engine.group === 'server' && tokens !== undefined && tokens >= 1) {
    const perToken = Math.round(poolBytesPerToken(each, run));
    metrics['kv_capacity_tokens'] = {
      value: tokens,
      unit: 'tokens',
      formula: `(share of the device − weights − workspace) / ${perToken} B a token and device`,
      facts,
      parts,
    };
    metrics['kv_pool_gib'] = { value: pool.cache, unit: 'GiB', formula: 'share of the device − weights − workspace', facts, parts };
  }
  const length = each.inputTokens !== undefined && each.outputTokens !== undefined ? each.inputTokens + each.outputTokens : each.maxModelLen;
  if (length === undefined) return;
  const limit = cacheLimit(each, run, length, theta);
  if (limit !== undefined && limit >= 1)
    metrics['max_concurrency'] = {
      value: Math.min(limit, each.maxNumSeqs ?? limit) * each.layout.copies,
      unit: 'count',
      formula: `(share of the device − weights − workspace) / cache of ${Math.round(length)} tokens · copies`,
      facts,
      parts: [...parts, part('sequence', 'cache of a sequence', kvBytesPerSequence(run.model, length, run.kvElementBytes) / 2 ** 30, 'tokens · bytes a token')],
    };
}
