import { at, itemsOf, textOf, type Value } from '../../syntax/value.js';
import { type ConfigFacts, integer } from '../shared/config-facts.js';

/** What a layer of a hybrid does, as its `config.json` numbers layers: mixers and feed-forward parts are layers of their own in some. */
type Kind = 'attention' | 'state' | 'both' | 'dense' | 'routed';
interface Listed {
  readonly kinds: readonly Kind[];
  /** Where it is written. */
  readonly place: Value;
  /** Each layer is one part: a mixer or a feed-forward part. */
  readonly apart: boolean;
}

/** Takes which layers attend and which keep a state, and the size of that state, as transformers and the model's own code name them.
 * @source github:huggingface/transformers v5.18.0 models/{nemotron_h,jamba,bamba,granitemoehybrid,zamba2,falcon_h1,qwen3_next,kimi_linear,minimax,lfm2}/configuration_*.py */
export function takeLayerKinds(facts: ConfigFacts, body: Value): void {
  const count = (key: string): number | undefined => {
    const value = at(body, ...key.split('.'));
    const read = value && integer(value);
    return typeof read === 'number' ? read : undefined;
  };
  const first = (...keys: readonly string[]): number | undefined => keys.map(count).find((value) => value !== undefined);
  const listed = listedKinds(body, count);
  if (listed === undefined) return;
  const { kinds, place, apart } = listed;
  const of = (...wanted: readonly Kind[]) => kinds.filter((kind) => wanted.includes(kind)).length;
  const recurrent = of('state', 'both');
  if (recurrent === 0) return;
  const put = (name: string, value: number | undefined, where: Value = place) => {
    if (value !== undefined && Number.isFinite(value)) facts.put(name, value, where);
  };
  put('n_layer', kinds.length);
  put('attention_layers', of('attention', 'both'));
  put('state_layers', recurrent);
  const routed = apart ? of('routed') : routedLayers(kinds.length, count, body);
  // a hybrid of shared blocks has a feed-forward part where it attends (Zamba2)
  const fed = apart ? of('dense') : of('state') > 0 && of('both') > 0 ? of('both') : kinds.length - routed;
  put('expert_layers', routed);
  put('dense_layers', fed);
  const hidden = first('hidden_size', 'd_model');
  const product = (a: number | undefined, b: number | undefined) => (a === undefined || b === undefined ? undefined : a * b);
  const heads = first('mamba_num_heads', 'mamba_n_heads', 'n_mamba_heads');
  put(
    'state_width',
    product(heads, first('mamba_head_dim', 'mamba_d_head', 'mamba_headdim')) ??
      first('mamba_d_ssm') ??
      product(first('linear_num_value_heads', 'linear_num_heads'), first('linear_value_head_dim', 'linear_head_dim')) ??
      product(count('linear_attn_config.num_heads'), count('linear_attn_config.head_dim')) ??
      product(first('mamba_expand', 'expand'), hidden) ??
      (first('conv_L_cache') === undefined ? product(first('num_attention_heads'), first('head_dim')) : hidden),
  );
  put(
    'state_dim',
    first('ssm_state_size', 'mamba_d_state', 'mamba_state_dim', 'linear_key_head_dim', 'linear_attn_config.head_dim', 'linear_head_dim') ??
      (first('conv_L_cache') === undefined ? first('head_dim') : 0),
  );
  put('conv_kernel', first('conv_kernel', 'mamba_d_conv', 'linear_conv_kernel_dim', 'linear_attn_config.short_conv_kernel_size', 'conv_L_cache'));
  const stored = at(body, 'mamba_ssm_cache_dtype') ?? at(body, 'mamba_ssm_dtype');
  const type = stored && textOf(stored);
  if (stored && type !== undefined) put('state_bytes', /32/.test(type) ? 4 : 2, stored);
}

function listedKinds(body: Value, count: (key: string) => number | undefined): Listed | undefined {
  const pattern = at(body, 'hybrid_override_pattern');
  const written = pattern && textOf(pattern);
  if (pattern && written !== undefined && /^[M*\-E|]+$/.test(written))
    return { kinds: [...written.replaceAll('|', '')].map((letter) => letters[letter] ?? 'dense'), place: pattern, apart: true };
  for (const key of ['layers_block_type', 'layer_types']) {
    const value = at(body, key);
    const kinds = itemsOf(value).map((item) => kindNamed(textOf(item) ?? ''));
    if (value && kinds.length > 0 && kinds.every((kind) => kind !== undefined))
      return { kinds, place: value, apart: kinds.some((kind) => kind === 'dense' || kind === 'routed') };
  }
  // MiniMax: 0 is linear attention, 1 attends
  const types = at(body, 'attn_type_list');
  if (types && itemsOf(types).length > 0)
    return { kinds: itemsOf(types).map((item) => (textOf(item) === '1' ? 'attention' : 'state')), place: types, apart: false };
  const layers = count('num_hidden_layers');
  if (layers === undefined || layers < 1 || layers > 1e4) return undefined;
  const by = (place: Value, attends: (layer: number) => boolean, other: Kind = 'state', where: Kind = 'attention'): Listed => ({
    kinds: Array.from({ length: layers }, (_, layer) => (attends(layer) ? where : other)),
    place,
    apart: false,
  });
  const numbers = (value: Value | undefined) => new Set(itemsOf(value).map((item) => Number(textOf(item))));
  const shared = at(body, 'hybrid_layer_ids');
  if (shared) return by(shared, (layer) => numbers(shared).has(layer), 'state', 'both');
  const indices = at(body, 'attn_layer_indices') ?? at(body, 'full_attn_idxs');
  if (indices && itemsOf(indices).length > 0) return by(indices, (layer) => numbers(indices).has(layer));
  const kimi = at(body, 'linear_attn_config', 'full_attn_layers');
  if (kimi) return by(kimi, (layer) => numbers(kimi).has(layer + 1));
  const every = at(body, 'full_attention_interval');
  const interval = count('full_attention_interval');
  if (every && interval !== undefined && interval > 1) return by(every, (layer) => (layer + 1) % interval === 0);
  const period = at(body, 'attn_layer_period');
  const length = count('attn_layer_period');
  if (period && length !== undefined && length > 1) return by(period, (layer) => layer % length === (count('attn_layer_offset') ?? 0));
  // Falcon-H1: each layer has both, side by side
  const both = at(body, 'mamba_d_ssm');
  return both && /falcon_?h1/i.test(textOf(at(body, 'model_type')) ?? '') ? by(both, () => true, 'both', 'both') : undefined;
}

const letters: Readonly<Record<string, Kind>> = { M: 'state', '*': 'attention', '-': 'dense', E: 'routed' };

function kindNamed(name: string): Kind | undefined {
  if (/^(?:full_|sliding_|chunked_)?attention$/.test(name)) return 'attention';
  if (/^(?:mamba2?|linear_attention|recurrent|conv)$/.test(name)) return 'state';
  if (name === 'hybrid') return 'both';
  if (name === 'moe') return 'routed';
  return name === 'mlp' ? 'dense' : undefined;
}

/** Layers whose feed-forward part is routed, where layers are whole blocks. */
function routedLayers(layers: number, count: (key: string) => number | undefined, body: Value): number {
  const experts = ['num_local_experts', 'num_experts', 'n_routed_experts'].map(count).find((value) => value !== undefined) ?? 0;
  if (experts < 2) return 0;
  const period = count('expert_layer_period') ?? count('decoder_sparse_step') ?? 1;
  const dense = count('first_k_dense_replace') ?? count('num_dense_layers') ?? itemsOf(at(body, 'mlp_only_layers')).length;
  return Math.max(0, Math.floor(layers / Math.max(1, period)) - dense);
}
