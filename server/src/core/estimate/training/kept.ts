import type { FactReader } from '../spec.js';
import type { Shape } from './shape.js';

/** Where a named output of a layer is when the backward pass needs it; one that is not listed is computed again. */
type Place = 'device' | 'host';
/** Outputs of a layer by the names that MaxText gives them. */
export type Kept = ReadonlyMap<string, Place>;

const attentionInputs = ['query_proj', 'key_proj', 'value_proj'];
const feedForward = ['mlpwi_0', 'mlpwi_1', 'mlpwo'];
const projections = [...attentionInputs, 'out_proj'];
const on = (place: Place, names: readonly string[]): readonly (readonly [string, Place])[] => names.map((name) => [name, place] as const);
const input = on('device', ['decoder_layer_input']);

/** What each policy keeps beside the layer's input.
 * @source AI-Hypercomputer/maxtext e591f30c, src/maxtext/layers/decoders.py (get_remat_policy, minimal_policy), src/maxtext/utils/maxtext_utils.py
 * (get_save_and_offload_names), src/maxtext/configs/base.yml (decoder_layer_input: device) */
const policies: Readonly<Record<string, readonly (readonly [string, Place])[]>> = {
  full: input,
  minimal: [...input, ...on('device', [...projections, ...feedForward])],
  minimal_with_quantization: [...input, ...on('device', [...projections, ...feedForward])],
  minimal_with_context: [...input, ...on('device', [...projections, ...feedForward, 'context'])],
  minimal_with_context_and_quantization: [...input, ...on('device', [...projections, ...feedForward, 'context'])],
  minimal_flash: [...input, ...on('device', [...projections, ...feedForward, 'context'])],
  minimal_offloaded: [...input, ...on('host', [...projections, ...feedForward])],
  save_dot_with_context_except_mlp: [...input, ...on('device', [...projections, 'context'])],
  save_dot_except_mlpwi: [...input, ...on('device', [...projections, 'mlpwo'])],
  save_dot_except_mlp: [...input, ...on('device', projections)],
  save_qkv_proj: [...input, ...on('device', attentionInputs)],
  qkv_proj_offloaded: [...input, ...on('host', attentionInputs)],
  save_out_proj: [...input, ...on('device', ['out_proj'])],
};

/** One name may stand for several outputs, and experts have names of their own. */
const meant: Readonly<Record<string, readonly string[]>> = {
  qkv_proj: attentionInputs,
  kv_proj: ['key_proj', 'value_proj'],
  mlpwi: ['mlpwi_0', 'mlpwi_1'],
  moe_mlpwi_0: ['mlpwi_0'],
  moe_mlpwi_1: ['mlpwi_1'],
  moe_mlpwo: ['mlpwo'],
};

/** What is kept of each layer, where the policy of recomputation says so.
 * @unknown undefined for a policy that nobody knows, and for `custom` without its list */
export function keptOf(facts: FactReader): Kept | undefined {
  const policy = facts.text('remat_policy')?.toLowerCase();
  if (policy === undefined) return undefined;
  const named = policies[policy];
  if (named) return new Map(named);
  const listed = facts.text('remat_tensors');
  if (policy !== 'custom' || listed === undefined) return undefined;
  const kept = new Map(input);
  for (const one of listed.split(/[\s,]+/)) {
    const [name, where] = one.toLowerCase().split('=');
    if (name === undefined) continue;
    for (const each of meant[name] ?? [name])
      if (where === 'device' || where === 'offload') kept.set(each, where === 'device' ? 'device' : 'host');
      else kept.delete(each);
  }
  return kept;
}

/** What a policy costs a token and layer. */
interface KeptSizes {
  /** Values on the device that tensor-parallel ranks share out, and those of the layer's width. @unit values */
  readonly split: number;
  readonly wide: number;
  /** Values that go to the host and come back. @unit values */
  readonly host: number;
  /** Share of the forward products that are computed again. */
  readonly again: number;
  /** Attention itself is computed again. */
  readonly attention: boolean;
}

/** Widths and work of what is kept and of what is not.
 * @unit values a token and layer
 * @assumes gated feed-forward parts where the inner width is not four times the outer; of a routed layer the chosen experts count
 * @source shapes: Vaswani et al. 2017; which products come before which name: MaxText's layers/{attentions,linears,moe}.py */
export function keptSizes(kept: Kept, shape: Shape): KeptSizes {
  const { hidden, heads, kvHeads, headDim } = shape;
  const routed = shape.expertBody > 0;
  const chosen = routed ? (shape.expertsPerToken ?? 2) : 1;
  const inner = (routed ? shape.expertFfn : shape.ffn) * chosen;
  const gated = shape.ffn !== 4 * hidden;
  const outputs: readonly { readonly name: string; readonly values: number; readonly wide?: boolean; readonly work: number }[] = [
    { name: 'decoder_layer_input', values: hidden, wide: true, work: 0 },
    { name: 'query_proj', values: heads * headDim, work: hidden * heads * headDim },
    { name: 'key_proj', values: kvHeads * headDim, work: hidden * kvHeads * headDim },
    { name: 'value_proj', values: kvHeads * headDim, work: hidden * kvHeads * headDim },
    { name: 'context', values: heads * headDim, work: 0 },
    { name: 'out_proj', values: hidden, wide: true, work: hidden * heads * headDim },
    { name: 'mlpwi_0', values: inner, work: hidden * inner },
    { name: 'mlpwi_1', values: gated ? inner : 0, work: gated ? hidden * inner : 0 },
    { name: 'mlpwo', values: routed ? chosen * hidden : hidden, wide: true, work: hidden * inner },
  ];
  const sum = (wanted: (output: (typeof outputs)[number]) => boolean, of: 'values' | 'work') =>
    outputs.filter(wanted).reduce((total, output) => total + output[of], 0);
  return {
    split: sum(({ name, wide }) => kept.get(name) === 'device' && wide !== true, 'values'),
    wide: sum(({ name, wide }) => kept.get(name) === 'device' && wide === true, 'values'),
    host: sum(({ name }) => kept.get(name) === 'host', 'values'),
    again: sum(({ name }) => !kept.has(name), 'work') / sum(() => true, 'work'),
    attention: !kept.has('context'),
  };
}
