import type { Catalog } from '../catalog/catalog.js';
import type { LayerMix, ModelShape } from '../catalog/types.js';
import { layerMixOf, missingState, recurrentParams } from './layer-mix.js';
import { encoderClass, namedSize, publishedModel, sizeInName } from './model-names.js';
import type { FactReader } from './spec.js';
import { slidingShare } from './windows.js';

/** A transformer's dimensions, complete: what was not stated follows from the rest, and `guessed` says so. */
export interface Dimensions {
  readonly params: number;
  /** Parameters that one token uses. */
  readonly active: number;
  readonly layers: number;
  readonly hidden: number;
  readonly ffn: number;
  readonly heads: number;
  readonly kvHeads: number;
  /** Width of a head's scores. */
  readonly headDim: number;
  readonly vocab: number;
  readonly tied: boolean;
  /** Rank of the compressed cache of latent attention (arXiv:2405.04434 §2.1). */
  readonly latent: number | undefined;
  /** Positions that windowed layers look back on, and which share of the layers they are. */
  readonly window: { readonly positions: number; readonly share: number } | undefined;
  /** Set where not every layer attends to all earlier positions. */
  readonly mix: LayerMix | undefined;
  readonly experts: number | undefined;
  readonly expertsPerToken: number | undefined;
  /** Inner width of one routed expert. */
  readonly expertFfn: number | undefined;
  readonly maxPosition: number | undefined;
  readonly modality: string;
  /** Attends to both sides. */
  readonly encoder: boolean;
  /** Attention with relative positions over a memory of earlier tokens, which no fused kernel does. */
  readonly relative: boolean;
  /** Everything that names it: id, family, architecture. */
  readonly names: string;
  readonly source: 'facts' | 'catalog' | 'name';
  /** Facts of dimensions that nobody stated. */
  readonly guessed: readonly string[];
}

const positive = (value: number | undefined): number | undefined => (value !== undefined && value > 0 ? value : undefined);

/** The model from facts (a local `config.json` among them), else from the table of models, else from the size in its name.
 * @source width about 128 times the depth over the published decoders from 100 M to 1 T parameters: Levine et al. 2020, arXiv 2006.12467; shared KV heads as a rule:
 * arXiv:2305.13245, but for the sizes of Llama 1 and 2: arXiv:2307.09288 table 1
 * @unknown undefined when not even a size is known */
export function dimensionsOf(facts: FactReader, catalog: Catalog): Dimensions | undefined {
  const names = [facts.text('model'), facts.text('model_name')].filter((name) => name !== undefined);
  const listed = names.map((name) => publishedModel(name, catalog)).find((found) => found !== undefined);
  const size = names.map(encoderClass).find((found) => found !== undefined);
  const stated = positive(facts.number('params'));
  const built = (stated ?? listed?.params ?? size?.params) ? undefined : parametersOf(facts, listed);
  const params = stated ?? listed?.params ?? size?.params ?? built?.params ?? names.map(namedSize).find((one) => one !== undefined);
  if (params === undefined) return undefined;
  // A published model of another size than stated lends nothing but its name.
  const row = listed?.params !== undefined && Math.abs(listed.params / params - 1) < 0.3 ? listed : undefined;
  const kin = row === undefined && (size === undefined || Math.abs(size.params / params - 1) < 0.3) ? size : undefined;
  const guessed: string[] = [];
  const pick = (fact: string, known: number | undefined, otherwise: () => number): number => {
    const value = positive(facts.number(fact)) ?? positive(known);
    if (value !== undefined) return value;
    guessed.push(fact);
    return otherwise();
  };
  const written = names.join(' ');
  const inName = names.map(sizeInName).find((one) => one?.active !== undefined && Math.abs(one.params / params - 1) < 0.3);
  const active = Math.min(params, positive(facts.number('params_active')) ?? row?.paramsActive ?? built?.active ?? inName?.active ?? params);
  const architecture = facts.text('architecture') ?? '';
  const encoder =
    listed?.attention === 'encoder' ||
    /\b(?:distil|al|mobile|modern|ro|de)?berta?\b|\b(?:distil|al|mobile|modern|ro|de)?berta?(?=for)|\b(?:electra|vit)|encoder/i.test(
      `${written} ${architecture}`,
    );
  // Routed models lie between the depth of their active weights and that of all.
  const depth = Math.cbrt(Math.sqrt(active * params) / (12 * 128 ** 2));
  const statedHidden = positive(facts.number('n_embd')) ?? row?.hidden ?? kin?.hidden;
  const layers = pick('n_layer', row?.layers ?? kin?.layers, () =>
    Math.max(1, Math.round(statedHidden === undefined ? depth : active / (12 * statedHidden ** 2))),
  );
  const hidden = pick('n_embd', row?.hidden ?? kin?.hidden, () => 64 * Math.max(1, Math.round(Math.sqrt(active / (12 * layers)) / 64)));
  const heads = pick('n_head', row?.heads ?? kin?.heads, () => Math.max(1, Math.round(hidden / 128)));
  const whole = (params > 6e9 && params <= 7.1e9) || (params > 12e9 && params <= 13.5e9);
  const kvHeads = pick('n_kv_head', row?.kvHeads, () =>
    row === undefined && !encoder && params > 3e9 && !whole && !facts.has('n_head') ? Math.min(heads, 8) : heads,
  );
  const vocab = pick('vocab_size', row?.vocab ?? kin?.vocab, () => (active > 3e9 ? 64000 : encoder ? 30522 : 50257));
  const moe = facts.flag('moe') !== false && active < 0.95 * params;
  const all = `${listed?.id ?? ''} ${listed?.family ?? ''} ${written} ${architecture}`;
  const positions = positive(facts.number('sliding_window')) ?? positive(row?.slidingWindow);
  const share = facts.number('sliding_share') ?? slidingShare(all);
  return {
    params,
    active,
    layers,
    hidden,
    ffn: pick('n_ffn', row?.ffn, () => 4 * hidden),
    heads,
    kvHeads,
    headDim: positive(facts.number('head_dim')) ?? row?.headDim ?? hidden / heads,
    vocab,
    tied: facts.flag('tie_embeddings') ?? row?.tiedEmbeddings ?? (encoder || params < 3e9),
    latent: positive(facts.number('kv_lora_rank')) ?? row?.kvLoraRank,
    window: positions === undefined || share === 0 ? undefined : { positions, share },
    mix: layerMixOf(facts, row?.kinds, layers),
    experts: positive(facts.number('n_experts')) ?? row?.experts ?? (moe ? 128 : undefined),
    expertsPerToken: positive(facts.number('experts_per_token')) ?? row?.expertsPerToken ?? (moe ? 8 : undefined),
    expertFfn: positive(facts.number('n_ffn_expert')) ?? row?.moeFfn,
    maxPosition: positive(facts.number('max_position')) ?? row?.maxPosition,
    modality: listed?.modality ?? 'text',
    encoder,
    relative: listed?.attention === 'relative' || /transformer-?xl|xlnet/i.test(all),
    names: all,
    source: stated !== undefined ? 'facts' : listed?.params !== undefined || size !== undefined ? 'catalog' : built === undefined ? 'name' : 'facts',
    guessed,
  };
}

/** True where the size alone decided depth or width. */
export const isSized = ({ guessed }: Dimensions): boolean => guessed.includes('n_layer') || guessed.includes('n_embd');

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
  latent?: { readonly keys: number; readonly queries: number | undefined } | undefined;
}): number {
  const attention = d.latent ? latentParams(d, d.latent) : 2 * d.hidden * d.headDim * d.heads + 2 * d.hidden * d.headDim * d.kvHeads;
  const mlp = (d.gated ? 3 : 2) * d.hidden * d.ffn;
  return d.layers * (attention + mlp + 2 * d.hidden) + (d.tied ? 1 : 2) * d.vocab * d.hidden + d.hidden;
}

/** Weights of a layer's latent attention: queries (through a rank of their own where one is stated), compressed keys and values, output.
 * @unit params
 * @source DeepSeek-AI 2024, arXiv 2405.04434 §2.1: 64 rotated values a head in the scores, none in the values */
function latentParams(
  { hidden, heads, headDim }: { hidden: number; heads: number; headDim: number },
  { keys, queries }: { readonly keys: number; readonly queries: number | undefined },
): number {
  const rotated = 64;
  const plain = Math.max(1, headDim - rotated);
  const ofQueries = queries === undefined ? hidden * heads * headDim : queries * (hidden + heads * headDim);
  return ofQueries + hidden * (keys + rotated) + 2 * keys * heads * plain + heads * plain * hidden;
}

/** Parameters of stated layers and width, all and those of one token.
 * @assumes routed experts are gated but for Nemotron's (squared ReLU: arXiv:2504.03624 §2), and every layer has them unless it is said which
 * @unknown undefined without layers or width, or the width of a hybrid's recurrent layers */
function parametersOf(facts: FactReader, listed: ModelShape | undefined): { readonly params: number; readonly active: number } | undefined {
  const layers = positive(facts.number('n_layer')) ?? listed?.layers;
  const hidden = positive(facts.number('n_embd')) ?? listed?.hidden;
  if (layers === undefined || hidden === undefined) return undefined;
  const heads = positive(facts.number('n_head')) ?? listed?.heads ?? Math.max(1, Math.round(hidden / 128));
  const ffn = positive(facts.number('n_ffn')) ?? listed?.ffn ?? 4 * hidden;
  const experts = positive(facts.number('n_experts')) ?? listed?.experts;
  const expertFfn = positive(facts.number('n_ffn_expert')) ?? listed?.moeFfn ?? ffn;
  const keys = positive(facts.number('kv_lora_rank')) ?? listed?.kvLoraRank;
  const mix = layerMixOf(facts, listed?.kinds, layers);
  const gated = ffn !== 4 * hidden;
  const dense = denseParams({
    layers: mix?.attention ?? layers,
    hidden,
    ffn: mix !== undefined || experts !== undefined ? 0 : ffn,
    heads,
    kvHeads: positive(facts.number('n_kv_head')) ?? listed?.kvHeads ?? heads,
    headDim: positive(facts.number('head_dim')) ?? listed?.headDim ?? hidden / heads,
    vocab: positive(facts.number('vocab_size')) ?? listed?.vocab ?? 50257,
    gated,
    tied: facts.flag('tie_embeddings') ?? listed?.tiedEmbeddings ?? layers * hidden < 80_000,
    latent: keys === undefined ? undefined : { keys, queries: positive(facts.number('q_lora_rank')) },
  });
  const ungated = /nemotron/i.test(facts.text('architecture') ?? '');
  const matrices = ungated ? 2 : 3;
  if (mix !== undefined && missingState({ mix }).length > 0) return undefined;
  const mixed = mix === undefined ? 0 : recurrentParams(mix, hidden) + mix.dense * (ungated || !gated ? 2 : 3) * hidden * ffn;
  if (experts === undefined || mix?.routed === 0) return { params: dense + mixed, active: dense + mixed };
  const chosen = positive(facts.number('experts_per_token')) ?? listed?.expertsPerToken ?? Math.min(2, experts);
  const one = (mix?.routed ?? layers) * matrices * hidden * expertFfn;
  const always = dense + mixed + one * (positive(facts.number('n_shared_experts')) ?? 0);
  return { params: always + one * experts, active: always + one * chosen };
}
