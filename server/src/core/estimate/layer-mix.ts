import type { LayerMix } from '../catalog/types.js';
import type { FactReader } from './spec.js';

/** From facts (a local `config.json` among them), else from the table; undefined where every layer attends.
 * @assumes 4 bytes a state element and a convolution over 4 positions where neither is stated (github:state-spaces/mamba: both are its defaults) */
export function layerMixOf(facts: FactReader, row: LayerMix | undefined, layers: number): LayerMix | undefined {
  const recurrent = facts.number('state_layers') ?? row?.recurrent ?? 0;
  if (recurrent <= 0) return undefined;
  const attention = facts.number('attention_layers') ?? row?.attention ?? Math.max(0, layers - recurrent);
  const routed = facts.number('expert_layers') ?? row?.routed ?? 0;
  return {
    attention,
    recurrent,
    routed,
    dense: facts.number('dense_layers') ?? row?.dense ?? Math.max(0, layers - routed),
    width: facts.number('state_width') ?? row?.width,
    depth: facts.number('state_dim') ?? row?.depth,
    elementBytes: facts.number('state_bytes') ?? row?.elementBytes ?? 4,
    convolution: facts.number('conv_kernel') ?? row?.convolution ?? 4,
  };
}

interface Layered {
  readonly layers: number;
  readonly mix: LayerMix | undefined;
}

/** Facts without which the size of a hybrid's state is not known. */
export const missingState = ({ mix }: Pick<Layered, 'mix'>): readonly string[] =>
  mix === undefined ? [] : [...(mix.width === undefined ? ['state_width'] : []), ...(mix.depth === undefined ? ['state_dim'] : [])];

/** Layers that hold a cache of all positions. */
export const attentionLayers = ({ layers, mix }: Layered): number => mix?.attention ?? layers;

/** Blocks of a mixer and a feed-forward part, to which the time that each takes at least is counted: some hybrids number mixers and feed-forward parts as layers of their own. */
export const blocksOf = ({ layers, mix }: Layered): number => (mix === undefined ? layers : (mix.attention + mix.recurrent + mix.dense + mix.routed) / 2);

/** State of one sequence over all recurrent layers, convolution inputs in 16 bits beside it.
 * @unit bytes
 * @unknown not a number where the size of the state is not stated: what needs it is then left out
 * @source arXiv:2405.21060 §7 (state of Mamba-2: heads · head width · state size), arXiv:2412.06464 §2 (of gated linear attention: key width · value width a head) */
export const stateBytes = ({ mix }: Layered): number =>
  mix === undefined ? 0 : mix.recurrent * known(mix.width) * (known(mix.depth) * mix.elementBytes + Math.max(0, mix.convolution - 1) * 2);

/** Work of the recurrence for one token over all layers beside the projections, which are parameters: update, decay and read-out of the state, and about as much again inside a chunk.
 * @unit FLOP
 * @unknown as the state
 * @source arXiv:2405.21060 §6 (chunks as long as the state is wide) */
export const scanFlops = ({ mix }: Layered): number => (mix === undefined ? 0 : 2 * 6 * mix.recurrent * known(mix.width) * known(mix.depth));

const known = (size: number | undefined): number => size ?? Number.NaN;

/** Projections of the recurrent layers: what goes in (values and their gate), what comes out, and the inputs of the state, of eight heads as a rule.
 * @unit params
 * @unknown as the state
 * @source arXiv:2405.21060 §7 (Mamba-2: x, z, B, C and Δ in one projection); a short convolution has three inputs and one output
 * @limits within a tenth of published hybrids */
export const recurrentParams = ({ recurrent, width, depth }: LayerMix, hidden: number): number =>
  recurrent * hidden * (depth === 0 ? 4 * known(width) : 3 * known(width) + 2 * 8 * known(depth));
