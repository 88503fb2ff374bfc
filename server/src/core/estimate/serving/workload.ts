import type { Catalog } from '../../catalog/catalog.js';
import type { InferenceModel, RequestShape } from '../../catalog/types.js';
import type { AssumedFact, MissingFact } from '../../model/estimate.js';
import { deviceCount } from '../devices.js';
import { type Dimensions, dimensionsOf } from '../dimensions.js';
import { namedSize, publishedModel } from '../model-names.js';
import type { FactReader } from '../spec.js';
import { type Device, deviceOf } from './device.js';
import { type Engine, engineOf } from './engine.js';
import { kvBytes, type WeightFormat, weightFormat } from './formats.js';
import { kernelsFor } from './kernels.js';
import { usualShare } from './memory-share.js';
import { passModelOf } from './pass-model.js';
import { weightBytes } from './shape.js';
import { before, type Release, releaseOf } from './version.js';

/** What is stated of speculative decoding. */
export interface Draft {
  /** Tokens that the draft proposes a step. */
  readonly tokens: number;
  /** Share of the proposed tokens that the model accepts, each by itself. */
  readonly acceptance: number;
  /** Work of one draft token, as a share of the model's own. */
  readonly cost: number;
}

/** What kind of work one request is. */
export type Task = 'llm' | 'seq2seq' | 'encoder' | 'speech' | 'pass';

/** How the devices of a deployment share the work. */
export interface Layout {
  readonly gpus: number;
  /** Devices that compute each layer together. */
  readonly tensor: number;
  /** Devices that hold different layers: they work in turn for one sequence. */
  readonly stages: number;
  /** Independent copies, or groups that each attend to sequences of their own. */
  readonly copies: number;
  /** Devices that share the routed experts: as many as share a layer, or those of all copies. */
  readonly experts: number;
}

/** A serving workload in the estimator's terms: what is known, and what had to be taken. */
export interface ServingCase {
  readonly task: Task;
  readonly modelName: string | undefined;
  readonly model: Dimensions | undefined;
  readonly pass: InferenceModel | undefined;
  /** Work of the pass that no table of inference measures lists. */
  readonly passGuessed: boolean;
  readonly device: Device | undefined;
  readonly engine: Engine;
  readonly format: WeightFormat;
  readonly kvElementBytes: number;
  readonly layout: Layout;
  readonly mode: 'latency' | 'offline-max' | 'online' | undefined;
  /** Sequences, images or requests in one batch, where stated. */
  readonly batch: number | undefined;
  readonly beams: number;
  readonly concurrency: number | undefined;
  readonly requestRate: number | undefined;
  readonly requests: number | undefined;
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
  readonly cachedShare: number;
  readonly maxModelLen: number | undefined;
  readonly maxNumSeqs: number | undefined;
  /** Weights of each device that stay in main memory, and are read from there for each step. @unit GiB */
  readonly offloadGib: number | undefined;
  readonly memoryShare: number;
  /** Tokens that one step computes at most, where stated. */
  readonly maxBatchedTokens: number | undefined;
  /** Steps that the scheduler starts together; a request that comes meanwhile waits for them. */
  readonly schedulerSteps: number;
  readonly release: Release | undefined;
  /** Which of its two engines vLLM runs, where stated. */
  readonly engineGeneration: number | undefined;
  readonly speculative: boolean;
  /** Where tokens and acceptance of the draft are stated. */
  readonly draft: Draft | undefined;
  readonly imageScale: number;
  readonly steps: number | undefined;
  readonly audioSeconds: number | undefined;
  /** Sentences that one counted request holds. */
  readonly itemsPerRequest: number;
  readonly keepsPromptLogits: boolean | undefined;
  readonly staticBatch: boolean;
  readonly sparsity: number;
  readonly assumed: readonly AssumedFact[];
  readonly missing: readonly MissingFact[];
}

/** Joins the facts of one serving workload; pure, and total over any facts. */
export function servingCase(facts: FactReader, catalog: Catalog): ServingCase {
  const assumed: AssumedFact[] = [];
  const missing: MissingFact[] = [];
  const modelName = facts.text('model') ?? facts.text('model_name');
  const listed = passModelOf(facts, catalog);
  const pass = listed?.model;
  const stated = dimensionsOf(facts, catalog);
  const task = taskOf(facts, modelName, pass, stated);
  const model = task === 'seq2seq' && stated !== undefined ? translationShape(stated, facts) : stated;
  const device = deviceOf(facts, catalog);
  const engine = engineOf(facts.text('engine') ?? facts.text('framework'), task === 'llm');
  const stored = formatOf(facts, catalog, engine, task, assumed);
  // 32-bit weights that the compiler casts down: as told (`compute_cast: Matmult-BF16`), and by default of the first Neuron compiler (neuron-cc --fp32-cast matmult)
  const castDown = stored.compute === 'fp32' && (/bf16|fp16/i.test(facts.text('compute_cast') ?? '') || device?.id === 'inferentia1');
  const release = releaseOf(facts.text('engine_version') ?? facts.text('library_version'));
  const routed = model !== undefined && model.active < model.params;
  const format: WeightFormat = castDown
    ? { ...stored, compute: 'fp16', bytes: 2 }
    : kernelsFor(stored, engine, device, release, routed, facts.text('kernel')?.toLowerCase());
  const shape = requestShape(facts, catalog.requestShapes);
  const mode = modeOf(facts.text('mode'), facts.text('scenario'));
  const scenarioBatch = facts.text('scenario') === 'MultiStream' ? 8 : facts.text('scenario') === 'SingleStream' ? 1 : undefined;
  const sentence = task === 'seq2seq' ? sentenceTokens : undefined;
  const inputTokens = facts.number('input_tokens') ?? facts.number('prompt_tokens') ?? shape?.inputTokens ?? facts.number('seq_len') ?? sentence;
  const outputTokens = facts.number('output_tokens') ?? facts.number('output_len_avg') ?? shape?.outputTokens ?? facts.number('max_tokens') ?? sentence;
  const written = facts.number('batch_size') || scenarioBatch || (task === 'seq2seq' && facts.text('mode') !== 'latency' ? sentenceBatch : undefined);
  if (task === 'seq2seq') {
    if (shape === undefined && !facts.has('input_tokens')) assumed.push({ fact: 'input_tokens', value: sentenceTokens, why: 'translation works on sentences' });
    if (!facts.has('num_beams') && !facts.has('beam_size')) assumed.push({ fact: 'num_beams', value: translationBeams, why: 'usual for translation' });
    if (!facts.has('batch_size') && written !== undefined) assumed.push({ fact: 'batch_size', value: written, why: 'usual batch of sentences' });
  }
  const batch =
    written !== undefined && facts.text('batch_unit') === 'tokens' && inputTokens !== undefined ? Math.max(1, written / Math.max(1, inputTokens)) : written;
  const shared = sharedLayout(facts, catalog, engine, model, format, device, mode, task, assumed);
  const layout: Layout = { ...shared, experts: expertsOf(facts, engine, model, shared) };
  // TensorRT-LLM's quantisation tool writes an FP8 cache beside FP8 weights (its examples pass kv_cache_dtype fp8)
  const draft = draftOf(facts, catalog, model);
  const speculative = facts.flag('speculative') === true || facts.text('speculative_model') !== undefined || draft !== undefined;
  const maxBatchedTokens = facts.number('max_num_batched_tokens') || undefined;
  const attentionGroups = facts.flag('dp_attention') === true;
  const share = usualShare({ engine, device, release, ...shared, chunk: maxBatchedTokens, attentionGroups, speculative });
  const kvFallback = engine.id === 'trtllm' && format.kernels === 'fp8' ? 1 : format.compute === 'fp32' && task !== 'llm' ? 4 : 2;
  need(missing, 'model', modelName === undefined && model === undefined && pass === undefined, 'name the model (a repository id or its size)', [
    'output_tokens_per_s',
    'peak_memory_gib',
    'latency_ms',
  ]);
  if (modelName !== undefined && model === undefined && pass === undefined)
    missing.push({
      fact: 'params',
      need: `the size of ${modelName} is not known here; state params`,
      blocks: ['output_tokens_per_s', 'peak_memory_gib', 'latency_ms'],
    });
  const chip = facts.text('gpu_type');
  need(missing, 'gpu_type', device === undefined, chip === undefined ? 'name the accelerator' : `${chip} is not in the table of accelerators`, [
    'output_tokens_per_s',
    'ttft_ms',
    'tpot_ms',
    'latency_ms',
    'images_per_s',
    'requests_per_s',
  ]);
  return {
    task,
    modelName,
    model,
    pass,
    passGuessed: listed?.guessed === true,
    device,
    engine,
    format,
    offloadGib: Number(/^([\d.]+) GiB$/.exec(facts.text('offload') ?? '')?.[1]) || undefined,
    kvElementBytes: kvBytes(facts.text('kv_cache_dtype'), kvFallback),
    layout,
    mode,
    batch,
    beams: Math.max(1, facts.number('num_beams') ?? facts.number('beam_size') ?? (task === 'seq2seq' ? translationBeams : 1)),
    concurrency: facts.number('concurrency') || undefined,
    requestRate: facts.number('request_rate') || facts.number('requests_per_s') || undefined,
    requests: facts.number('num_prompts') || facts.number('num_requests') || undefined,
    inputTokens,
    outputTokens,
    cachedShare: Math.min(0.99, facts.number('prefix_hit_rate') ?? 0),
    maxModelLen: facts.number('max_model_len') || undefined,
    maxNumSeqs: facts.number('max_num_seqs') || undefined,
    memoryShare: Math.min(1, facts.number('gpu_mem_util') || facts.number('gpu_memory_utilization') || share),
    maxBatchedTokens,
    schedulerSteps: Math.max(1, facts.number('scheduler_steps') ?? 1),
    release,
    engineGeneration: facts.number('engine_generation'),
    speculative,
    draft,
    imageScale: imageScale(facts.raw('image_size'), pass?.imageSize),
    steps: facts.number('inference_steps') || shape?.steps,
    audioSeconds: facts.number('audio_s') || undefined,
    itemsPerRequest: facts.number('sentences_per_request') || 1,
    keepsPromptLogits: keepsPromptLogits(engine, release),
    staticBatch: !engine.inflight || (written !== undefined && mode === 'offline-max'),
    sparsity: sparsityIn(modelName),
    assumed,
    missing,
  };
}

/** Length and batch of a translation where nobody states them. @assumes news sentences in subwords (WMT14 newstest2014: 27 in the mean), 32 at a time as toolkits' defaults have it */
const sentenceTokens = 27;
const sentenceBatch = 32;
const translationBeams = 4; // arXiv:1706.03762 §6.1

const need = (missing: MissingFact[], fact: string, lacks: boolean, text: string, blocks: readonly string[]) => {
  if (lacks) missing.push({ fact, need: text, blocks });
};

function taskOf(facts: FactReader, name: string | undefined, pass: InferenceModel | undefined, model: Dimensions | undefined): Task {
  const task = facts.text('task')?.toLowerCase();
  if (task === 'llm') return 'llm';
  if (name !== undefined && /transformer-(base|big)|opus-mt|marian|nllb|m2m100|^t5|flan-t5|bart/i.test(name) && task !== 'embedding') return 'seq2seq';
  if (pass !== undefined && task !== 'embedding') return 'pass';
  if (task === 'speech' || (task === undefined && model?.modality === 'audio')) return 'speech';
  if (
    task === 'embedding' ||
    (task === undefined && (model?.modality === 'embedding' || (name !== undefined && /bert|roberta|electra|bge-|e5-|gte-|minilm|mpnet/i.test(name))))
  )
    return 'encoder';
  if (task === 'vision' || task === 'diffusion' || model?.modality === 'diffusion') return 'pass';
  return 'llm';
}

function formatOf(facts: FactReader, catalog: Catalog, engine: Engine, task: Task, assumed: AssumedFact[]): WeightFormat {
  const model = facts.text('model') ?? '';
  const eager = task === 'llm' && (engine.group === 'eager' || engine.group === 'fused');
  const inName = /(awq|gptq|gguf|fp8|nvfp4|mxfp4|w4a16|w8a8|bnb-4bit|q\d_k_[sml]|q\d_\d|bf16|fp16)/i.exec(model);
  const fromName = inName === null ? undefined : weightFormat(inName[1] === 'gguf' ? 'q4_k_m' : (inName[1] ?? ''), eager);
  const own = fromName === undefined && engine.id !== 'llamacpp' ? ownFormat(model, catalog, eager) : undefined;
  for (const name of ['weights', 'quantization', 'precision', 'dtype']) {
    const written = facts.text(name);
    const format = written === undefined ? undefined : weightFormat(written, eager);
    if (format === undefined) continue;
    // A 16-bit type is what activations are computed in: a checkpoint in fewer bits is loaded as it is.
    if ((name === 'precision' || name === 'dtype') && format.bytes === 2 && own !== undefined) break;
    // C++ and graph engines store 8-bit weights and compute in 16 bits unless a w8a8 scheme is named
    if (format.kernels === 'w8a8' && /^int8$/.test(format.id) && task === 'llm' && /compiled|neuronx|vllm|tgi|exllama|unknown/.test(engine.id))
      return { ...format, compute: 'fp16', kernels: 'w8' };
    return format;
  }
  if (fromName !== undefined) {
    assumed.push({ fact: 'weights', value: fromName.id, why: 'the model name says so' });
    return fromName;
  }
  if (own !== undefined) {
    assumed.push({ fact: 'weights', value: own.id, why: 'its published checkpoint is stored so' });
    return own;
  }
  const fallback = weightFormat(engine.id === 'llamacpp' ? 'q4_k_m' : task === 'llm' ? 'bf16' : 'fp16', eager);
  assumed.push({
    fact: 'weights',
    value: fallback?.id ?? 'bf16',
    why: engine.id === 'llamacpp' ? 'the usual file of this engine' : 'engines load published weights in 16 bits',
  });
  return fallback ?? { id: 'bf16', bytes: 2, compute: 'fp16', kernels: 'dense', wholeHead: false };
}

/** How a published model's own checkpoint keeps its weights, where that is not in 16 bits. */
function ownFormat(model: string, catalog: Catalog, eager: boolean): WeightFormat | undefined {
  const stored = publishedModel(model, catalog)?.stored;
  const format = stored && weightFormat(stored.weights, eager);
  return format && (stored.expertsOnly ? { ...format, expertsOnly: true } : format);
}

function modeOf(mode: string | undefined, scenario: string | undefined): ServingCase['mode'] {
  if (mode === 'latency' || mode === 'offline-max' || mode === 'online') return mode;
  if (scenario === 'Offline') return 'offline-max';
  if (scenario === 'Server' || scenario === 'Interactive') return 'online';
  if (scenario === 'SingleStream' || scenario === 'MultiStream') return 'latency';
  return undefined;
}

/** Published request mixes are recognised by the data set's or the accuracy target's name. */
function requestShape(facts: FactReader, shapes: readonly RequestShape[]): RequestShape | undefined {
  const text = [facts.text('dataset'), facts.text('accuracy_target')].join(' ').toLowerCase();
  return shapes.find((shape) => text.includes(shape.match));
}

/** Devices that share the routed experts. vLLM spreads them over tensor × data parallel ranks of one deployment, with or without expert parallelism; SGLang does where attention is data parallel.
 * @source github:vllm-project/vllm docs/serving/data_parallel_deployment; github:sgl-project/sglang docs enable_dp_attention */
function expertsOf(facts: FactReader, engine: Engine, model: Dimensions | undefined, layout: Omit<Layout, 'experts'>): number {
  const routed = model !== undefined && model.active < model.params;
  if (!routed) return layout.tensor;
  const all = layout.tensor * layout.copies;
  const stated = facts.number('expert_parallel');
  if (facts.flag('dp_attention') === true || (facts.number('data_parallel') !== undefined && engine.id === 'vllm')) return all;
  return stated !== undefined && stated >= 1 ? Math.min(all, Math.max(layout.tensor, Math.round(stated))) : layout.tensor;
}

function sharedLayout(
  facts: FactReader,
  catalog: Catalog,
  engine: Engine,
  model: Dimensions | undefined,
  format: WeightFormat,
  device: Device | undefined,
  mode: ServingCase['mode'],
  task: Task,
  assumed: AssumedFact[],
): Omit<Layout, 'experts'> {
  const whole = (name: string) => {
    const value = facts.number(name);
    return value === undefined || value < 1 ? undefined : Math.round(value);
  };
  const tensor = whole('tensor_parallel') ?? (whole('tp_cores') === undefined ? undefined : whole('gpus'));
  const stages = whole('pipeline_parallel');
  const copiesStated = whole('data_parallel');
  const sockets = /(\d)S(?:[-_ ]|$)/.exec(facts.text('system') ?? '');
  const counted = deviceCount(facts.spec, catalog);
  let gpus = whole('gpus') ?? (counted.known && counted.value.perReplica >= 1 ? Math.round(counted.value.perReplica) : undefined);
  if (gpus === undefined) {
    gpus = device?.class === 'cpu' && /MLPerf/i.test(facts.text('dataset') ?? '') ? Number(sockets?.[1] ?? 2) : 1;
    assumed.push({ fact: 'gpus', value: gpus, why: 'nothing says more than one device' });
  }
  gpus = Math.min(gpus, 1e6);
  if (task !== 'llm') return { gpus, tensor: 1, stages: 1, copies: gpus * (device?.cores ?? 1) };
  if (device?.class === 'cpu' && tensor === undefined) return { gpus, tensor: 1, stages: 1, copies: gpus };
  if (engine.layerSplit && tensor === undefined) {
    const one = model === undefined || device?.memoryGib === undefined ? gpus : Math.ceil(weightBytes(model, format) / (device.memoryGib * 0.85 * 2 ** 30));
    return { gpus, tensor: 1, stages: copiesStated === undefined ? gpus : Math.max(1, Math.min(gpus, one)), copies: copiesStated ?? 1 };
  }
  // attention groups inside the devices of one tensor-parallel group
  if (facts.flag('dp_attention') === true && tensor !== undefined && copiesStated !== undefined && tensor % copiesStated === 0 && gpus <= tensor)
    return { gpus, tensor: tensor / copiesStated, stages: stages ?? 1, copies: copiesStated };
  if (tensor !== undefined) return { gpus, tensor, stages: stages ?? 1, copies: Math.max(1, Math.floor(gpus / (tensor * (stages ?? 1)))) };
  if (stages !== undefined) return { gpus, tensor: Math.max(1, Math.floor(gpus / stages)), stages, copies: 1 };
  if (gpus === 1 || mode === 'latency' || mode === undefined || model === undefined || device?.memoryGib === undefined)
    return { gpus, tensor: gpus, stages: 1, copies: 1 };
  let fit = 1;
  while (fit < gpus && weightBytes(model, format) > 0.62 * fit * device.memoryGib * 2 ** 30) fit *= 2;
  fit = Math.min(fit, gpus);
  assumed.push({ fact: 'tensor_parallel', value: fit, why: 'the fewest devices that hold the weights and a useful cache' });
  return { gpus, tensor: fit, stages: 1, copies: Math.max(1, Math.floor(gpus / fit)) };
}

/** A draft whose tokens and acceptance are stated; its cost is that of its own model, else of one layer and the head (arXiv:2401.15077 §4). */
function draftOf(facts: FactReader, catalog: Catalog, model: Dimensions | undefined): Draft | undefined {
  const tokens = facts.number('speculative_tokens');
  const acceptance = facts.number('acceptance_rate');
  if (tokens === undefined || tokens < 1 || acceptance === undefined || acceptance > 1 || model === undefined) return undefined;
  const named = facts.text('speculative_model');
  const params = named === undefined ? undefined : (catalog.model(named)?.params ?? namedSize(named));
  const cost = params === undefined ? 1 / model.layers + (model.vocab * model.hidden) / model.active : params / model.active;
  return { tokens, acceptance, cost: Math.min(1, cost) };
}

function imageScale(raw: unknown, reference: number | undefined): number {
  if (reference === undefined) return 1;
  const sides =
    typeof raw === 'number'
      ? [raw, raw]
      : typeof raw === 'string'
        ? raw
            .split(/[x×,* ]+/)
            .map(Number)
            .filter((side) => side > 0)
        : [];
  const last = sides.slice(-2);
  const [first, second] = last.length === 1 ? [last[0], last[0]] : last;
  if (first === undefined || second === undefined || !(first * second > 0)) return 1;
  return Math.min(1e4, Math.max(1e-4, (first * second) / reference ** 2));
}

/** transformers computed the head for every prompt position before 4.45 (num_logits_to_keep); unknown versions are unknown.
 * @source github:huggingface/transformers release notes v4.45 */
function keepsPromptLogits(engine: Engine, release: Release | undefined): boolean | undefined {
  if (engine.id !== 'transformers') return engine.group === 'eager' ? undefined : false;
  return release === undefined ? undefined : before(release, [4, 45]);
}

function sparsityIn(name: string | undefined): number {
  const pruned = /pruned[-_]?(\d\d)/i.exec(name ?? '');
  return pruned === null ? 0 : Number(pruned[1]) / 100;
}

/** Vaswani's encoder-decoder sizes, where a translation model's name is all that is known. @source arXiv:1706.03762 table 3 */
function translationShape(model: Dimensions, facts: FactReader): Dimensions {
  const big = /big|large/i.test(`${facts.text('model')} ${facts.text('model_name')}`) || (facts.number('params') ?? 0) > 15e7;
  const params = facts.number('params') ?? (big ? 210e6 : 65e6);
  return {
    ...model,
    params,
    active: params,
    layers: 12,
    hidden: big ? 1024 : 512,
    heads: big ? 16 : 8,
    kvHeads: big ? 16 : 8,
    headDim: 64,
    vocab: 32000,
    tied: true,
    guessed: ['n_layer', 'n_embd'],
  };
}
