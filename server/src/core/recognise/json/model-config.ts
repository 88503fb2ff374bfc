import type { Fact } from '../../model/fact.js';
import { at, entriesOf, hasKey, textOf, type Value } from '../../syntax/value.js';
import { ConfigFacts, countKeys, type Field, flag, integer, precisionOf, type Read, text } from '../shared/config-facts.js';
import { takeLayerKinds } from './layer-kinds.js';

/** A cheap test of the text: a model's own `config.json` has its width and says what it is. */
export const modelConfigMarker = /"(?:hidden_size|n_embd|d_model|text_config)"\s*:/;

/** The shape in a model's `config.json`, as transformers writes it; undefined for any other JSON.
 * Names are those of workload facts, and beside them `head_dim`, `max_position`, `tie_embeddings`, `sliding_window`, `sliding_share`, `kv_lora_rank`, `q_lora_rank`, `n_ffn_expert`, `n_shared_experts`, `dtype`, `architecture`, and of hybrids `attention_layers`, `state_layers`, `dense_layers`, `expert_layers`, `state_width`, `state_dim`, `state_bytes`, `conv_kernel`. */
export function modelShapeOf(uri: string, root: Value | undefined): readonly Fact[] | undefined {
  if (root?.kind !== 'map' || countKeys(root, ['model_type', 'architectures']) === 0) return undefined;
  // A model of several parts keeps its language model apart.
  const part = ['text_config', 'llm_config', 'language_config'].find((key) => at(root, key)?.kind === 'map');
  const body = part === undefined ? root : at(root, part);
  if (!body || (countKeys(body, widths) === 0 && countKeys(root, widths) === 0)) return undefined;
  const facts = new ConfigFacts(uri, body).fields(fields);
  const outer = new ConfigFacts(uri, root).fields(part === undefined ? whole : [...whole, ...fields]);
  const quantization = at(root, 'quantization_config');
  if (quantization) outer.take('quantization', at(quantization, 'quant_method'), quantizationName(quantization));
  const names = new Set(facts.facts.map((fact) => fact.name));
  takeWindow(facts, body);
  takeLatentHeads(facts, body);
  takeLayerKinds(facts, body);
  return [...facts.facts, ...outer.facts.filter((fact) => !names.has(fact.name))].map(({ param: _param, ...fact }) => fact);
}

/** Which share of the layers stops at the window: as listed by layer, else all but each n-th; none where the window is switched off. */
function takeWindow(facts: ConfigFacts, body: Value): void {
  const off = at(body, 'use_sliding_window');
  if (off && flag(off) === false) {
    facts.put('sliding_share', 0, off);
    return;
  }
  const kinds = at(body, 'layer_types');
  if (kinds?.kind === 'seq' && kinds.items.length > 0) {
    const windowed = kinds.items.filter((kind) => /sliding|local|chunked/.test(String(textOf(kind)))).length;
    facts.put('sliding_share', Number((windowed / kinds.items.length).toPrecision(4)), kinds);
    return;
  }
  const every = at(body, 'sliding_window_pattern');
  const count = every && integer(every);
  if (every && typeof count === 'number' && count > 1) facts.put('sliding_share', Number((1 - 1 / count).toPrecision(4)), every);
}

/** Latent attention writes the width of a head's scores in two parts: without positions, and rotated (arXiv 2405.04434 §2.1). */
function takeLatentHeads(facts: ConfigFacts, body: Value): void {
  const parts = ['qk_nope_head_dim', 'qk_rope_head_dim'].map((key) => at(body, key));
  const [plain, rotated] = parts.map((part) => part && integer(part));
  if (parts[0] && typeof plain === 'number' && typeof rotated === 'number') facts.put('head_dim', plain + rotated, parts[0]);
}

const widths = ['hidden_size', 'n_embd', 'd_model'];
const either = (name: string, ...keys: readonly string[]): Field[] => keys.map((key): Field => [name, key, integer]);
const dtype: Read = (value) => precisionOf(textOf(value));
const fields: readonly Field[] = [
  ...either('n_layer', 'num_hidden_layers', 'n_layer', 'num_layers', 'n_layers'),
  ...either('n_embd', ...widths),
  ...either('n_head', 'num_attention_heads', 'n_head', 'num_heads', 'n_heads'),
  ...either('n_kv_head', 'num_key_value_heads', 'num_kv_heads', 'n_head_kv', 'multi_query_group_num'),
  ...either('n_ffn', 'intermediate_size', 'ffn_dim', 'n_inner', 'd_ff', 'ffn_hidden_size'),
  ...either('n_ffn_expert', 'moe_intermediate_size'),
  ...either('head_dim', 'head_dim', 'kv_channels'),
  ...either('vocab_size', 'vocab_size', 'padded_vocab_size'),
  ...either('max_position', 'max_position_embeddings', 'n_positions', 'seq_length', 'max_seq_len'),
  ...either('n_experts', 'num_local_experts', 'num_experts', 'n_routed_experts', 'moe_num_experts'),
  ...either('experts_per_token', 'num_experts_per_tok', 'num_experts_per_token', 'moe_topk', 'experts_per_token'),
  ...either('n_shared_experts', 'n_shared_experts'),
  ...either('kv_lora_rank', 'kv_lora_rank'),
  ...either('q_lora_rank', 'q_lora_rank'),
  ...either('sliding_window', 'sliding_window'),
  ['tie_embeddings', 'tie_word_embeddings', flag],
  ['dtype', 'torch_dtype', dtype],
  ['dtype', 'dtype', dtype],
];
const whole: readonly Field[] = [
  ['architecture', 'architectures.0', text],
  ['architecture', 'model_type', text],
  ['tie_embeddings', 'tie_word_embeddings', flag],
  ['dtype', 'torch_dtype', dtype],
  ['dtype', 'dtype', dtype],
];

/** `{"quant_method": "awq", "bits": 4}` is 4-bit; methods without bits keep their name. */
function quantizationName(config: Value): Read {
  return (value) => {
    const bits = entriesOf(config).find((entry) => entry.key === 'bits' || entry.key === 'w_bit')?.value;
    const count = bits && integer(bits);
    if (typeof count === 'number') return `${count}bit`;
    if (flag(at(config, 'load_in_4bit') ?? value) === true) return '4bit';
    if (flag(at(config, 'load_in_8bit') ?? value) === true) return '8bit';
    return hasKey(config, 'quant_method') ? (textOf(value)?.toLowerCase() ?? undefined) : undefined;
  };
}
