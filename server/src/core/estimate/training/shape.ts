import type { Catalog } from '../../catalog/catalog.js';
import { type Dimensions, dimensionsOf } from '../dimensions.js';
import { attentionLayers, blocksOf, missingState, scanFlops } from '../layer-mix.js';
import type { FactReader } from '../spec.js';

/** A transformer as training passes it. */
export interface Shape
  extends Pick<
    Dimensions,
    | 'params'
    | 'hidden'
    | 'ffn'
    | 'heads'
    | 'kvHeads'
    | 'headDim'
    | 'vocab'
    | 'experts'
    | 'expertsPerToken'
    | 'encoder'
    | 'relative'
    | 'window'
    | 'maxPosition'
    | 'guessed'
  > {
  /** Weights that one token is multiplied with, without the input embedding and without the head. */
  readonly body: number;
  /** Width of one routed expert. */
  readonly expertFfn: number;
  /** Part of `body` that lies in routed experts. */
  readonly expertBody: number;
  /** Layers that one token of the sequence passes; of an encoder with a decoder, those that a token of the source and its share of the target pass. */
  readonly layers: number;
  /** Layers of these that attend; the others keep a state (4.9). */
  readonly attending: number;
  /** Work of the recurrent layers for one token beside their projections. @unit FLOP */
  readonly scan: number;
  /** Facts without which that work is not known. */
  readonly missing: readonly string[];
  /** Layers that the host launches for one pass. */
  readonly launched: number;
  /** Weights of input embedding and, if not tied, head. */
  readonly embedding: number;
  /** Adds a learnt bias to its scores by relative position, which everyday code does outside fused kernels. */
  readonly biased: boolean;
  /** Share of positions whose logits are computed. */
  readonly headShare: number;
  /** Positions that attention looks back on at most: a chunk for linear and state-space layers. */
  readonly reach: number;
  /** Positions of every sample where the architecture sets them: half a minute of sound in 1500 frames. */
  readonly positions: number | undefined;
}

/** The model as training passes it.
 * @unknown undefined when not even a size is known */
export function shapeOf(facts: FactReader, catalog: Catalog): { shape: Shape; source: Dimensions['source'] } | undefined {
  const dimensions = dimensionsOf(facts, catalog);
  return dimensions && { shape: passed(dimensions, /tune/.test(facts.text('task') ?? '')), source: dimensions.source };
}

function passed(d: Dimensions, tuned: boolean): Shape {
  const { params, active, hidden, vocab, experts, expertsPerToken, encoder, relative, names } = d;
  const table = Math.min(vocab * hidden, 0.5 * params);
  const embedding = (d.tied ? 1 : 2) * table;
  // A decoder beside the encoder is passed by the target alone, and computes keys and values of the source.
  const target = targetShare(names);
  const work = target === undefined ? 1 : (12 + 2 + 14 * target) / 28;
  const body = work * Math.max(0.2 * active, active - embedding);
  const routed = active < 0.95 * params;
  // Of a routed model, all that is not read for every token lies in the experts: (total − active) spreads over the unused ones.
  const used = experts !== undefined && expertsPerToken !== undefined && experts > expertsPerToken ? expertsPerToken / (experts - expertsPerToken) : undefined;
  const expertBody = routed ? Math.min(0.9 * body, used === undefined ? 0.6 * body : (params - active) * used) : 0;
  // Hybrids that number mixers and feed-forward parts apart have half as many layers of both.
  const layers = blocksOf(d);
  const ffn = d.guessed.includes('n_ffn') || expertBody > 0 ? (d.expertFfn ?? d.ffn) : d.ffn;
  return {
    params,
    body,
    expertFfn: expertBody > 0 && expertsPerToken !== undefined ? Math.max(64, expertBody / ((d.mix?.routed ?? layers) * expertsPerToken * 3 * hidden)) : ffn,
    expertBody,
    layers: layers * (target === undefined ? 1 : 1 + 1.5 * target),
    attending: d.mix === undefined ? layers * (target === undefined ? 1 : 1 + 1.5 * target) : attentionLayers(d),
    scan: scanFlops(d),
    missing: missingState(d),
    launched: layers * (target === undefined ? 1 : 2.5),
    hidden,
    ffn,
    heads: d.heads,
    kvHeads: d.kvHeads,
    // Latent attention rotates 64 values a head for its scores and has none of them in its values (arXiv 2405.04434 §2.1).
    headDim: d.latent === undefined ? d.headDim : Math.max(d.headDim / 2, d.headDim - 32),
    vocab,
    embedding,
    experts,
    expertsPerToken,
    encoder,
    relative,
    // Encoders are tuned with a small head of their own in the place of the vocabulary.
    biased: /(^|[\s/_-])(m|by|flan-|google-|long|u)?t5\b|\bul2\b|deberta|xlnet|mpnet/i.test(names),
    headShare: encoder && tuned ? 0 : encoder || relative ? 0.15 : (target ?? 1),
    reach: /rwkv|retnet|hyena|linear attention/i.test(names) ? 256 : Number.POSITIVE_INFINITY,
    window: d.window,
    maxPosition: d.maxPosition,
    positions: /whisper/i.test(names) ? 1500 : undefined,
    guessed: d.guessed,
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
