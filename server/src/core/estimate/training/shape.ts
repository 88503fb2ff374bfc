import type { Catalog } from '../../catalog/catalog.js';
import type { ModelShape } from '../../catalog/types.js';
import type { FactReader } from '../spec.js';
import { slidingShare } from '../windows.js';

/** A transformer's shape, complete: what was not stated follows from the rest, and `guessed` says so. */
export interface Shape {
  /** All weights that are resident. */
  readonly params: number;
  /** Weights that one token is multiplied with, without the input embedding and without the head. */
  readonly body: number;
  /** Width of one routed expert. */
  readonly expertFfn: number;
  /** Part of `body` that lies in routed experts. */
  readonly expertBody: number;
  /** Layers that one token of the sequence passes; of an encoder with a decoder, those that a token of the source and its share of the target pass. */
  readonly layers: number;
  /** Layers that the host launches for one pass. */
  readonly launched: number;
  readonly hidden: number;
  readonly ffn: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly vocab: number;
  /** Weights of input embedding and, if not tied, head. */
  readonly embedding: number;
  readonly experts: number | undefined;
  readonly expertsPerToken: number | undefined;
  readonly encoder: boolean;
  /** Attention with relative positions over a memory of earlier tokens, which no fused kernel does. */
  readonly relative: boolean;
  /** Share of positions whose logits are computed. */
  readonly headShare: number;
  /** Positions that attention looks back on at most: a chunk for linear and state-space layers. */
  readonly reach: number;
  /** Positions that windowed layers look back on, and which share of the layers they are. */
  readonly window: { readonly positions: number; readonly share: number } | undefined;
  /** Positions of every sample where the architecture sets them: half a minute of sound in 1500 frames. */
  readonly positions: number | undefined;
  /** Names of dimensions that nobody stated. */
  readonly guessed: readonly string[];
}

/** Size written in a model's name: `7b`, `1.5B`, `8x7B`, `30B-A3B`.
 * @unit params
 * @assumes of `n×m` names, attention and embeddings are shared as in Mixtral: 0.83·n·m resident, 0.92·k·m active (arXiv 2401.04088) */
export function sizeInName(name: string): { params: number; active?: number } | undefined {
  const unit = (text: string | undefined): number => (/b/i.test(text ?? '') ? 1e9 : /t/i.test(text ?? '') ? 1e12 : 1e6);
  const moe = /(?<![\d.])(\d+)x(\d+(?:\.\d+)?)\s*([bm])(?![a-z])/i.exec(name);
  if (moe) {
    const each = Number(moe[2]) * unit(moe[3]);
    return { params: 0.83 * Number(moe[1]) * each, active: 0.92 * 2 * each };
  }
  const plain = /(?<![\w.])(\d+(?:[._]\d+)?)\s*([bmt])(?![a-z])/i.exec(name.replace(/[-_/](?=\d)/g, ' '));
  if (!plain) return undefined;
  const params = Number(plain[1]?.replace('_', '.')) * unit(plain[2]);
  const active = /a(\d+(?:\.\d+)?)b(?![a-z])/i.exec(name);
  return active ? { params, active: Number(active[1]) * 1e9 } : { params };
}

/** The model's shape from facts, else from the catalog, else from the size in its name.
 * @unknown undefined when not even a size is known */
export function shapeOf(facts: FactReader, catalog: Catalog): { shape: Shape; source: 'facts' | 'catalog' | 'name' } | undefined {
  const name = facts.text('model') ?? facts.text('model_name');
  const listed = name === undefined ? undefined : (catalog.model(name) ?? catalog.model(plainName(name)));
  const named = name === undefined ? undefined : sizeInName(name);
  const stated = positive(facts.number('params'));
  const params = stated ?? listed?.params ?? paramsFromDims(facts, listed) ?? named?.params;
  if (params === undefined) return undefined;
  const fitting = listed?.params !== undefined && Math.abs(listed.params / params - 1) < 0.3 ? listed : undefined;
  const active = positive(facts.number('params_active')) ?? fitting?.paramsActive ?? (stated === undefined ? named?.active : undefined);
  return {
    shape: complete(facts, fitting, params, active, name ?? ''),
    source: stated !== undefined ? 'facts' : listed?.params !== undefined ? 'catalog' : 'name',
  };
}

/** A model's name without remarks: `Transformer-XL base (WikiText-103)` is `transformer-xl-base`. */
const plainName = (name: string): string =>
  name
    .replace(/\(.*?\)/g, '')
    .trim()
    .toLowerCase()
    .replace(/\s+/g, '-');

const positive = (value: number | undefined): number | undefined => (value !== undefined && value > 0 ? value : undefined);

function complete(facts: FactReader, listed: ModelShape | undefined, params: number, active: number | undefined, name: string): Shape {
  const guessed: string[] = [];
  const pick = (fact: string, fromCatalog: number | undefined, otherwise: () => number): number => {
    const value = positive(facts.number(fact)) ?? positive(fromCatalog);
    if (value !== undefined) return value;
    guessed.push(fact);
    return otherwise();
  };
  const perToken = active ?? params;
  const encoder = /\b(bert|roberta|deberta|electra|vit|modernbert)|encoder/i.test(name) || listed?.attention === 'encoder';
  // Width is about 128 times the depth over the published decoders from 100 M to 1 T parameters (Levine et al. 2020, arXiv 2006.12467).
  const depth = Math.cbrt(perToken / (12 * 128 ** 2));
  const statedHidden = positive(facts.number('n_embd')) ?? positive(listed?.hidden);
  const layers = pick('n_layer', listed?.layers, () => Math.max(1, Math.round(statedHidden === undefined ? depth : perToken / (12 * statedHidden ** 2))));
  const hidden = pick('n_embd', listed?.hidden, () => 64 * Math.max(1, Math.round(Math.sqrt(perToken / (12 * layers)) / 64)));
  const heads = pick('n_head', listed?.heads, () => Math.max(1, Math.round(hidden / 128)));
  const kvHeads = pick('n_kv_head', listed?.kvHeads, () => heads);
  const fullHead = positive(facts.number('head_dim')) ?? positive(listed?.headDim) ?? hidden / heads;
  // Latent attention rotates 64 values a head for its scores and has none of them in its values (arXiv 2405.04434 §2.1).
  const latent = positive(facts.number('kv_lora_rank')) ?? positive(listed?.kvLoraRank);
  const headDim = latent === undefined ? fullHead : Math.max(fullHead / 2, fullHead - 32);
  const positions = positive(facts.number('sliding_window')) ?? positive(listed?.slidingWindow);
  const share = slidingShare(`${listed?.id ?? ''} ${name}`);
  const ffn = pick(facts.has('n_ffn_expert') ? 'n_ffn_expert' : 'n_ffn', listed?.moeFfn ?? listed?.ffn, () => 4 * hidden);
  const vocab = pick('vocab_size', listed?.vocab, () => (perToken > 3e9 ? 64000 : 50257));
  const table = Math.min(vocab * hidden, 0.5 * params);
  const tied = facts.flag('tie_embeddings') ?? listed?.tiedEmbeddings ?? (encoder || params < 3e9);
  const embedding = (tied ? 1 : 2) * table;
  const moe = facts.flag('moe') !== false && active !== undefined && active < 0.95 * params;
  // Fine-grained routing as in the published models since DeepSeek-MoE, where nothing else is said.
  const experts = positive(facts.number('n_experts')) ?? positive(listed?.experts) ?? (moe ? 128 : undefined);
  const expertsPerToken = positive(facts.number('experts_per_token')) ?? positive(listed?.expertsPerToken) ?? (moe ? 8 : undefined);
  // A decoder beside the encoder is passed by the target alone, and computes keys and values of the source.
  const target = targetShare(`${listed?.family ?? ''} ${name}`);
  const work = target === undefined ? 1 : (12 + 2 + 14 * target) / 28;
  const body = work * Math.max(0.2 * perToken, perToken - embedding);
  // Of a routed model, all that is not read for every token lies in the experts: (total − active) spreads over the unused ones.
  const used = experts !== undefined && expertsPerToken !== undefined && experts > expertsPerToken ? expertsPerToken / (experts - expertsPerToken) : undefined;
  const expertBody = moe ? Math.min(0.9 * body, used === undefined ? 0.6 * body : (params - perToken) * used) : 0;
  const expertFfn = expertBody > 0 && expertsPerToken !== undefined ? Math.max(64, expertBody / (layers * expertsPerToken * 3 * hidden)) : ffn;
  const relative = listed?.attention === 'relative' || /transformer-?xl|xlnet/i.test(name);
  // Encoders are tuned with a small head of their own in the place of the vocabulary.
  const headShare = encoder && /tune/.test(facts.text('task') ?? '') ? 0 : encoder || relative ? 0.15 : (target ?? 1);
  return {
    params,
    body,
    expertFfn,
    expertBody,
    layers: layers * (target === undefined ? 1 : 1 + 1.5 * target),
    launched: layers * (target === undefined ? 1 : 2.5),
    hidden,
    ffn,
    heads,
    kvHeads,
    headDim,
    vocab,
    embedding,
    experts,
    expertsPerToken,
    encoder,
    relative,
    headShare,
    reach: /rwkv|retnet|hyena|linear attention/i.test(name) ? 256 : Number.POSITIVE_INFINITY,
    window: positions === undefined || share === 0 ? undefined : { positions, share },
    positions: /whisper/i.test(name) ? 1500 : undefined,
    guessed,
  };
}

/** Tokens of the target by those of the source of models with an encoder and a decoder.
 * @assumes a quarter: 114 of 512 in span corruption (Raffel et al. 2020 §3.1.4), 128 of 1024 to 1 of 1 in summaries and translations; a tenth of the
 * frames of speech (Radford et al. 2022, arXiv 2212.04356: at most 448 of 1500) */
function targetShare(name: string): number | undefined {
  if (/whisper/i.test(name)) return 0.1;
  return /(^|[\s/_-])(m|by|flan-|google-|long)?t5\b|\bm?bart\b|pegasus|m2m100|nllb|marian/i.test(name) ? 0.25 : undefined;
}

/** Positions that a token attends over on average over the layers, causal or not, of a sequence.
 * @unit positions */
export function attended(shape: Shape, length: number): number {
  const far = Math.min(length, shape.reach);
  const half = shape.encoder || shape.relative ? 1 : 0.5;
  if (shape.window === undefined || shape.window.positions >= far) return half * far;
  const { positions, share } = shape.window;
  // The first tokens of a sequence see fewer than the window.
  const near = shape.encoder || shape.relative ? positions : positions - positions ** 2 / (2 * far);
  return share * near + (1 - share) * half * far;
}

/** Parameters that one rank of tensor, pipeline and expert parallelism holds before data-parallel sharding.
 * @unit params
 * @source Fedus et al. 2021: routed experts are spread over the expert-parallel ranks, the rest is replicated there */
export function paramsPerRank(shape: Shape, ranks: number, expertRanks: number): number {
  if (shape.expertBody === 0 || expertRanks <= 1) return shape.params / ranks;
  const routed = Math.max(0, shape.params - (shape.body - shape.expertBody) - shape.embedding);
  return (shape.params - routed + routed / expertRanks) / ranks;
}

/** Parameters of a dense decoder from its dimensions.
 * @unit params
 * @source Vaswani et al. 2017; Shazeer 2020 (gated: three matrices of h × ffn); Ainslie et al. 2023 (fewer KV heads) */
export function denseParams(d: {
  layers: number;
  hidden: number;
  ffn: number;
  heads: number;
  kvHeads: number;
  headDim: number;
  vocab: number;
  gated: boolean;
  tied: boolean;
}): number {
  const attention = 2 * d.hidden * d.headDim * d.heads + 2 * d.hidden * d.headDim * d.kvHeads;
  const mlp = (d.gated ? 3 : 2) * d.hidden * d.ffn;
  return d.layers * (attention + mlp + 2 * d.hidden) + (d.tied ? 1 : 2) * d.vocab * d.hidden + d.hidden;
}

function paramsFromDims(facts: FactReader, listed: ModelShape | undefined): number | undefined {
  const layers = positive(facts.number('n_layer')) ?? listed?.layers;
  const hidden = positive(facts.number('n_embd')) ?? listed?.hidden;
  if (layers === undefined || hidden === undefined) return undefined;
  const heads = positive(facts.number('n_head')) ?? listed?.heads ?? Math.max(1, Math.round(hidden / 128));
  const kvHeads = positive(facts.number('n_kv_head')) ?? listed?.kvHeads ?? heads;
  const ffn = positive(facts.number('n_ffn')) ?? listed?.ffn ?? 4 * hidden;
  const vocab = positive(facts.number('vocab_size')) ?? listed?.vocab ?? 50257;
  const params = denseParams({
    layers,
    hidden,
    ffn,
    heads,
    kvHeads,
    headDim: hidden / heads,
    vocab,
    gated: ffn !== 4 * hidden,
    tied: layers * hidden < 80_000,
  });
  const experts = positive(facts.number('n_experts')) ?? listed?.experts;
  return experts === undefined ? params : params + layers * 3 * hidden * (listed?.moeFfn ?? ffn) * (experts - 1);
}
