import type { AssumedFact, Estimate, Estimation, MissingFact, Term } from '../../model/estimate.js';
import { isSound } from '../interval.js';
import { missingState } from '../layer-mix.js';
import { type EstimateContext, FactReader, type Spec } from '../spec.js';
import { cachePool } from './capacity.js';
import { type Computed, computeServing } from './compute.js';
import { intervalOf, storedSpreads } from './intervals.js';
import { heldLengths } from './lengths.js';
import { encoderTokens } from './pass.js';
import { storedTheta, type Theta, thetaOf } from './theta.js';
import { type ServingCase, servingCase } from './workload.js';

/** Estimates what a deployment or an offline inference job does on its devices: rates, latencies and memory.
 * Rates are of the whole deployment, memory is of one device.
 * @unknown a quantity whose facts are missing is left out; `unknown` names them, the one that decides most first */
export function estimateServing(spec: Spec, context: EstimateContext): Estimation {
  const facts = new FactReader(spec);
  const each = servingCase(facts, context.catalog);
  const theta = thetaOf(storedTheta(context.coefficients));
  const metrics = computeServing(each, theta);
  const spreads = storedSpreads(context.coefficients);
  const estimates: Record<string, Estimate> = {};
  for (const [name, computed] of Object.entries(metrics)) {
    if (labels[name] === undefined) continue; // fitted beside the others, not shown
    if (each.offloadGib !== undefined && !kept.test(name)) continue;
    const { basis, ...interval } = computed.bounds ? { ...computed.bounds, likely: computed.value } : intervalOf(name, computed.value, each, spreads);
    if (!isSound(interval)) continue;
    estimates[name] = { ...interval, unit: computed.unit, basis, term: termOf(name, computed, facts) };
  }
  return { estimates, unknown: missingFacts(each, metrics), assumed: assumptions(each, facts, metrics), notes: notes(each, theta) };
}

/** What is known where weights are read from main memory: how fast that goes is not. */
const kept = /_gib$|^kv_capacity_tokens$|^max_concurrency$/;

const labels: Readonly<Record<string, string>> = {
  output_tokens_per_s: 'output rate',
  saturation_output_tokens_per_s: 'output rate when full',
  prompt_time_share: 'share of the time that prompts take',
  total_tokens_per_s: 'prompt and output rate',
  requests_per_s: 'requests',
  images_per_s: 'images',
  ttft_ms: 'time to first token',
  tpot_ms: 'time per output token',
  latency_ms: 'latency',
  prefill_tokens_per_s: 'prompt rate',
  decode_tokens_per_s: 'decode rate',
  peak_memory_gib: 'memory of one device',
  weights_gib: 'weights on one device',
  kv_cache_gib: 'KV cache on one device',
  kv_capacity_tokens: 'tokens that the cache of one copy holds',
  kv_pool_gib: 'memory for the KV cache on one device',
  max_concurrency: 'sequences that fit',
};

function termOf(name: string, computed: Computed, facts: FactReader): Term {
  return {
    id: name,
    label: labels[name] ?? name,
    value: computed.value,
    unit: computed.unit,
    formula: computed.formula,
    facts: computed.facts.filter((fact) => facts.has(fact)),
    ...(computed.parts.length === 0
      ? {}
      : {
          children: computed.parts.map((part) => ({
            ...part,
            source: part.id === 'host' || part.id === 'frame' ? 'fitted' : 'first principles, fitted efficiency',
          })),
        }),
  };
}

/** Facts without which something stays unanswered: the model and the chip first, then the traffic. */
function missingFacts(each: ServingCase, metrics: Readonly<Record<string, Computed>>): readonly MissingFact[] {
  const missing = [...each.missing];
  const lacks = (...names: readonly string[]) => names.filter((name) => metrics[name] === undefined);
  const ask = (fact: string, need: string, blocks: readonly string[]) => {
    if (blocks.length > 0 && !missing.some((each) => each.fact === fact)) missing.push({ fact, need, blocks });
  };
  if (each.offloadGib !== undefined)
    ask('offload', 'weights stay in main memory: how fast they come from there is not estimated', ['output_tokens_per_s', 'ttft_ms', 'tpot_ms', 'latency_ms']);
  if (each.task === 'llm' && each.model !== undefined) {
    if (each.inputTokens === undefined)
      ask(
        'input_tokens',
        'state the usual prompt length (traces, a load test, or input_tokens)',
        lacks('ttft_ms', 'prefill_tokens_per_s', 'saturation_output_tokens_per_s', 'latency_ms'),
      );
    if (each.outputTokens === undefined)
      ask(
        'output_tokens',
        'state the usual answer length (traces, a load test, or output_tokens)',
        lacks('saturation_output_tokens_per_s', 'requests_per_s', 'latency_ms'),
      );
    if (each.batch === undefined && each.concurrency === undefined && each.requestRate === undefined)
      ask('concurrency', 'state how many requests run at once, or requests_per_s', lacks('output_tokens_per_s', 'tpot_ms', 'latency_ms'));
    if (each.maxModelLen === undefined && each.inputTokens === undefined) ask('max_model_len', 'state max_model_len', lacks('max_concurrency'));
  }
  if (each.model !== undefined)
    for (const fact of missingState(each.model))
      ask(fact, 'state the size of what the recurrent layers keep (config.json has it)', [
        'kv_capacity_tokens',
        'max_concurrency',
        'peak_memory_gib',
        'output_tokens_per_s',
      ]);
  if (each.task === 'speech' && each.audioSeconds === undefined) ask('audio_s', 'state the length of the audio in seconds', lacks('latency_ms'));
  if (each.task === 'pass' && each.pass === undefined && each.model === undefined)
    ask(
      'forward_gmacs',
      'this model is not in the table; name a published one, or state what a pass takes (mlcost onnx counts it)',
      lacks('images_per_s', 'latency_ms'),
    );
  return missing;
}

function assumptions(each: ServingCase, facts: FactReader, metrics: Readonly<Record<string, Computed>>): readonly AssumedFact[] {
  const assumed = [...each.assumed];
  const generating = metrics['tpot_ms'] !== undefined || metrics['decode_tokens_per_s'] !== undefined;
  if (each.device?.ambiguous === true) assumed.push({ fact: 'gpu_type', value: each.device.id, why: `${facts.text('gpu_type')} has several forms` });
  if (each.device?.guessed === true)
    assumed.push({
      fact: 'gpu_peak',
      value: Math.round(each.device.peak.fp16 / 1e12),
      why: 'no 16-bit rate is published for this chip; taken from its architecture (TFLOP/s)',
    });
  if (!each.engine.known && facts.text('gpu_type') !== undefined)
    assumed.push({ fact: 'engine', value: each.task === 'llm' ? 'a graph-capturing server' : 'a compiled engine', why: 'no known engine is named' });
  const kept = metrics['kv_cache_gib'] !== undefined && !each.engine.pool;
  if (each.task === 'llm' && (generating || kept)) {
    const held = heldLengths(each);
    for (const fact of held.taken)
      assumed.push({
        fact,
        value: fact === 'input_tokens' ? held.input : held.output,
        why: `${fact === 'input_tokens' ? 'prompt' : 'answer'} that the cache holds, not stated; a step hardly depends on it while few sequences run`,
      });
  }
  if (
    each.task === 'llm' &&
    generating &&
    each.batch === undefined &&
    each.concurrency === undefined &&
    each.requestRate === undefined &&
    each.mode !== 'offline-max' &&
    each.mode !== 'online'
  )
    assumed.push({
      fact: 'batch_size',
      value: 1,
      why: each.mode === 'latency' ? 'a latency run answers one request at a time' : 'this engine answers one request at a time',
    });
  if (!facts.has('gpu_mem_util') && each.engine.pool) assumed.push({ fact: 'gpu_mem_util', value: each.memoryShare, why: 'library default' });
  if (each.task === 'encoder' && each.inputTokens === undefined && metrics['requests_per_s'] !== undefined)
    assumed.push({ fact: 'input_tokens', value: encoderTokens(each), why: 'the longest input that the model takes' });
  if (each.task === 'pass' && each.batch === undefined && metrics['images_per_s'] !== undefined && each.mode !== 'offline-max' && each.mode !== 'online')
    assumed.push({ fact: 'batch_size', value: 1, why: 'nothing says more than one at a time' });
  return assumed;
}

function notes(each: ServingCase, theta: Theta): readonly string[] {
  const list: string[] = [];
  if (each.model !== undefined && each.device?.memoryGib !== undefined && each.task === 'llm') {
    const run = { model: each.model, device: each.device, engine: each.engine, format: each.format, layout: each.layout, kvElementBytes: each.kvElementBytes };
    if ((cachePool(each, run, theta)?.cache ?? 1) <= 0)
      list.push(`The weights do not fit ${each.layout.tensor * each.layout.stages} × ${each.device.id} at ${each.memoryShare} of the memory.`);
  }
  if (each.format.kernels === 'bnb8') list.push('bitsandbytes int8 saves memory; it is slower than 16 bits in every published comparison.');
  if (/^(w4|gptq4|bnb4)$/.test(each.format.kernels) && (each.batch ?? each.concurrency ?? 1) > 16)
    list.push('4-bit weights are unpacked for every product: at large batches 16- or 8-bit weights are as fast or faster.');
  if (each.format.kernels === 'fp8' && each.device !== undefined && each.device.peak.fp8 <= each.device.peak.fp16)
    list.push(`${each.device.id} has no FP8 units: weights are stored in 8 bits and computed in 16.`);
  if (each.engine.layerSplit && each.layout.stages > 1)
    list.push('This engine splits layers over devices, which take turns: decode does not get faster with more of them.');
  return list;
}
