import type { Catalog } from '../../catalog/catalog.js';
import type { ModelShape } from '../../catalog/types.js';
import type { FactReader } from '../spec.js';
import { sizeInName } from '../training/shape.js';
import { slidingShare } from '../windows.js';

/** Dimensions of a transformer, as far as facts, the catalog or its size tell. */
export interface ServedModel {
  readonly params: number;
  /** Parameters that one token uses. */
  readonly active: number;
  readonly layers: number;
  readonly hidden: number;
  readonly ffn: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly vocab: number;
  readonly tied: boolean;
  /** Compressed cache of multi-head latent attention: rank and rotary part. */
  readonly kvLora: number | undefined;
  readonly slidingWindow: number | undefined;
  /** Share of the layers whose cache is cut at the window. */
  readonly slidingShare: number;
  readonly experts: number | undefined;
  readonly expertsPerToken: number | undefined;
  /** Inner width of one expert. */
  readonly expertFfn: number | undefined;
  readonly maxPosition: number | undefined;
  readonly modality: string;
  /** Which of the dimensions nobody stated and the size alone decided. */
  readonly guessed: boolean;
}

/** Reads the model from the facts, then from the catalog, then from the size in its name; undefined where not even the size is known. */
export function servedModel(facts: FactReader, catalog: Catalog): ServedModel | undefined {
  const names = [facts.text('model'), facts.text('model_name')].filter((name) => name !== undefined);
  const row = names.map((name) => findModel(name, catalog)).find((found) => found !== undefined);
  const encoder = row === undefined ? names.map(encoderClass).find((found) => found !== undefined) : undefined;
  const params = facts.number('params') ?? row?.params ?? encoder?.params ?? names.map(namedSize).find((size) => size !== undefined);
  if (params === undefined || params <= 0) return undefined;
  const statedLayers = facts.number('n_layer') ?? row?.layers ?? encoder?.layers;
  const statedHidden = facts.number('n_embd') ?? row?.hidden ?? encoder?.hidden;
  const layers = statedLayers || Math.max(1, Math.round(32 * (params / 7e9) ** 0.36));
  const hidden = statedHidden || Math.max(64, 128 * Math.round((4096 * (params / 7e9) ** 0.32) / 128));
  const heads = facts.number('n_head') || row?.heads || encoder?.heads || Math.max(1, Math.round(hidden / 128));
  const headDim = row?.headDim ?? hidden / heads;
  // models that no table lists share KV heads as a rule (arXiv:2305.13245), but for the sizes of Llama 1 and 2 (arXiv:2307.09288 table 1)
  const whole = (params > 6e9 && params <= 7.1e9) || (params > 12e9 && params <= 13.5e9);
  const guessedKv = row === undefined && params > 3e9 && !whole && !facts.has('n_head') ? Math.min(heads, 8) : heads;
  const kvHeads = facts.number('n_kv_head') || row?.kvHeads || guessedKv;
  const vocab = facts.number('vocab_size') || row?.vocab || encoder?.vocab || (params < 1e9 ? 30000 : 50000);
  const activeFact = facts.number('params_active') ?? row?.paramsActive;
  const experts = facts.number('n_experts') || row?.experts;
  const active = Math.min(params, activeFact || activeInName(names) || params);
  return {
    params,
    active,
    layers,
    hidden,
    ffn: facts.number('n_ffn') || row?.ffn || hidden * 4,
    heads,
    kvHeads,
    headDim,
    vocab,
    tied: row?.tiedEmbeddings ?? params < 2e9,
    kvLora: row?.kvLoraRank,
    slidingWindow: row?.slidingWindow,
    slidingShare: row === undefined ? 1 : slidingShare(row.id),
    experts,
    expertsPerToken: facts.number('experts_per_token') || row?.expertsPerToken,
    expertFfn: row?.moeFfn,
    maxPosition: row?.maxPosition,
    modality: row?.modality ?? 'text',
    guessed: statedLayers === undefined || statedHidden === undefined,
  };
}

/** A catalog row by id, then by the bare name without a quantisation or file suffix, then in the spellings of one release (base and instruction-tuned checkpoints have one shape). */
function findModel(name: string, catalog: Catalog): ModelShape | undefined {
  const bare = name.replace(/\.(gguf|bin|safetensors)$/i, '').replace(/[-_](awq|gptq|gguf|fp8|int4|int8|w4a16|w8a8|nvfp4|bnb-4bit|q\d\w*)([-_].*)?$/i, '');
  const short = bare.split('/').at(-1) ?? bare;
  const core = short.replace(/^meta-/i, '').replace(/[-_](hf|instruct|chat|it|base)$/i, '');
  const owner = bare.includes('/') ? `${bare.split('/')[0]}/` : '';
  const spellings = [core, `Meta-${core}`, `${core}-hf`, `${core}-Instruct`, `Meta-${core}-Instruct`];
  for (const id of [name, bare, short, ...spellings.map((each) => owner + each), ...spellings]) {
    const found = catalog.model(id);
    if (found !== undefined) return found;
  }
  return undefined;
}

interface EncoderClass {
  readonly layers: number;
  readonly hidden: number;
  readonly heads: number;
  readonly vocab: number;
  readonly params: number;
}

/** Shape that a size class means for BERT and its kin (`BERT-base`, `deberta-v3-xsmall`), whatever stands before and behind it.
 * @source arXiv:1810.04805 §3 (base, large), arXiv:1908.08962 table 1 (tiny to medium), arXiv:2111.09543 table 7 (DeBERTaV3), arXiv:1911.02116 §4 (vocabulary of XLM-R) */
function encoderClass(name: string): EncoderClass | undefined {
  const text = name.replace(/[ _]/g, '-').toLowerCase();
  const found = /(bert|roberta|electra|deberta|mpnet)(?:-v\d)?-(?:[a-z]+-)?(tiny|xsmall|mini|small|medium|base|large)\b/.exec(text);
  if (found === null || /mobilebert|distil|albert|tinybert/.test(text)) return undefined;
  const deberta = found[1] === 'deberta' || /deberta/.test(text);
  const shapes: Readonly<Record<string, readonly [number, number]>> = {
    tiny: [2, 128],
    xsmall: [12, 384],
    mini: [4, 256],
    small: deberta ? [6, 768] : [4, 512],
    medium: [8, 512],
    base: [12, 768],
    large: [24, 1024],
  };
  const [layers, hidden] = shapes[found[2] ?? ''] ?? [12, 768];
  const vocab = /deberta-v[23]/.test(text) ? 128100 : /xlm|multilingual|m?deberta/.test(text) ? 250002 : /roberta|deberta/.test(text) ? 50265 : 30522;
  return { layers, hidden, heads: hidden / 64, vocab, params: 12 * layers * hidden ** 2 + (vocab + 512) * hidden };
}

/** Parameters that a name states (`Llama-2-7b`, `Qwen1.5-0.5B`), or that an encoder's size class means (`bert-base`).
 * @source arXiv:1810.04805 §3, arXiv:2006.03654 table 2 for the size classes */
export function namedSize(name: string): number | undefined {
  const stated = sizeInName(name)?.params;
  if (stated !== undefined) return stated;
  const encoder = /(bert|roberta|electra|deberta|mpnet|bge|e5|gte|transformer)\S*?[-_](tiny|xsmall|small|base|big|large|xl)/i.exec(name.replace(/ /g, '-'));
  const sizes: Readonly<Record<string, number>> = { tiny: 15e6, xsmall: 22e6, small: 44e6, base: 110e6, big: 210e6, large: 336e6, xl: 700e6 };
  if (encoder !== null) return sizes[(encoder[2] ?? '').toLowerCase()];
  return /bert|electra|mpnet/i.test(name) ? sizes['base'] : undefined;
}

const activeInName = (names: readonly string[]): number | undefined => names.map((name) => sizeInName(name)?.active).find((active) => active !== undefined);

/** Cache bytes that one token holds over all layers: 2 · layers · KV heads · head width · bytes (arXiv:1911.02150), or the compressed row of latent attention (arXiv:2405.04434 §2.1).
 * @unit bytes */
export function kvBytesPerToken(model: ServedModel, elementBytes: number): number {
  if (model.kvLora !== undefined) return model.layers * (model.kvLora + 64) * elementBytes;
  return 2 * model.layers * model.kvHeads * model.headDim * elementBytes;
}

/** Ranks of a tensor-parallel group that hold the same part of the cache: one row of latent attention cannot be cut, nor a KV head (arXiv:2405.04434 §2.1, arXiv:1911.02150). */
export const kvCopies = (model: ServedModel, tensor: number): number => tensor / Math.min(tensor, model.kvLora === undefined ? Math.max(1, model.kvHeads) : 1);

/** Cache bytes of a sequence of some length; windowed layers stop growing at the window (arXiv:2310.06825 §2). @unit bytes */
export function kvBytesPerSequence(model: ServedModel, tokens: number, elementBytes: number): number {
  const perToken = kvBytesPerToken(model, elementBytes);
  const windowed = model.slidingWindow === undefined ? tokens : Math.min(tokens, model.slidingWindow);
  const cut = model.slidingWindow === undefined ? 0 : model.slidingShare;
  return perToken * (cut * windowed + (1 - cut) * tokens);
}

/** Stored weights: quantised formats keep embeddings and head in 16 bits where their tools do, and some quantise the experts of a routed model alone (openai/gpt-oss: arXiv:2508.10925 §2.1).
 * @unit bytes */
export function weightBytes(model: ServedModel, format: StoredAs): number {
  const table = model.vocab * model.hidden * (model.tied ? 1 : 2);
  const whole = format.expertsOnly === true ? model.params - expertParams(model) : format.wholeHead ? Math.min(table, model.params * 0.5) : 0;
  // kernels of experts in 4-bit blocks pad rows to 256 (github:vllm-project/vllm quantization/mxfp4)
  const padded = format.expertsOnly === true && model.active < model.params ? (Math.ceil(model.hidden / 256) * 256) / model.hidden : 1;
  return (model.params - whole) * format.bytes * padded + whole * 2;
}

/** How the devices of a deployment share the weights. */
interface Split {
  /** Devices that share attention and dense layers. */
  readonly tensor: number;
  readonly stages: number;
  /** Devices that share the routed experts: those of all copies where attention is data parallel (arXiv:2412.19437 §3.4). */
  readonly experts: number;
}

/** Stored weights of one device. @unit bytes */
export function deviceWeightBytes(model: ServedModel, format: StoredAs, { tensor, stages, experts }: Split): number {
  const all = weightBytes(model, format);
  const routed = experts === tensor ? 0 : Math.min(all, routedParams(model) * format.bytes);
  return (all - routed) / (tensor * stages) + routed / (experts * stages);
}

/** Parameters of the routed experts; none in a dense model. */
const routedParams = (model: ServedModel): number => (model.active < model.params ? expertParams(model) : 0);

interface StoredAs {
  readonly bytes: number;
  readonly wholeHead: boolean;
  readonly expertsOnly?: boolean;
}

/** Parameters of all routed experts, from those that a token does not use; all parameters of a dense model. The input embedding is looked up, and is not among the active ones. */
function expertParams(model: ServedModel): number {
  const { experts, expertsPerToken, active, params } = model;
  if (active >= params || experts === undefined || expertsPerToken === undefined || expertsPerToken >= experts) return params;
  return Math.min(params, Math.max(0, params - active - model.vocab * model.hidden) / (1 - expertsPerToken / experts));
}

/** Weights that one step streams for a batch: dense layers once, each expert that some token chose, and no input embedding.
 * Experts are taken to be chosen evenly: a share 1 − (1 − k/E)^batch is touched.
 * @assumes even routing @unit bytes */
export function streamedBytes(model: ServedModel, format: StoredAs, batch: number, groups = 1): number {
  const { dense, routed } = streamedParts(model, format, batch * groups);
  return dense + routed / groups;
}

/** Streamed weights by part: what every step reads, and the experts that some token of all groups chose. @unit bytes */
function streamedParts(model: ServedModel, format: StoredAs, batch: number): { readonly dense: number; readonly routed: number } {
  const lookup = model.tied ? 0 : model.vocab * model.hidden * (format.wholeHead ? 2 : format.bytes);
  const whole = Math.max(weightBytes(model, format) - lookup, weightBytes(model, format) * 0.3);
  if (model.active >= model.params) return { dense: whole, routed: 0 };
  const chosen =
    model.experts !== undefined && model.expertsPerToken !== undefined && model.experts > 0
      ? model.expertsPerToken / model.experts
      : (model.active / model.params) * 0.8;
  const expertShare = Math.min(1, (1 - model.active / model.params) / Math.max(1e-6, 1 - Math.min(0.99, chosen)));
  const touched = 1 - (1 - Math.min(1, chosen)) ** Math.max(1, batch);
  return { dense: whole * (1 - expertShare), routed: whole * expertShare * touched };
}
