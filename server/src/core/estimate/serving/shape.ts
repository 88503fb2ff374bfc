import type { Dimensions } from '../dimensions.js';
import { attentionLayers, stateBytes } from '../layer-mix.js';

/** Cache bytes that one token holds over all layers that attend: 2 · layers · KV heads · head width · bytes (arXiv:1911.02150), or the compressed row of latent attention (arXiv:2405.04434 §2.1).
 * @unit bytes */
export function kvBytesPerToken(model: Dimensions, elementBytes: number): number {
  if (model.latent !== undefined) return attentionLayers(model) * (model.latent + 64) * elementBytes;
  return 2 * attentionLayers(model) * model.kvHeads * model.headDim * elementBytes;
}

/** Ranks of a tensor-parallel group that hold the same part of the cache: one row of latent attention cannot be cut, nor a KV head (arXiv:2405.04434 §2.1, arXiv:1911.02150). */
export const kvCopies = (model: Dimensions, tensor: number): number => tensor / Math.min(tensor, model.latent === undefined ? Math.max(1, model.kvHeads) : 1);

/** Cache bytes of a sequence of some length; windowed layers stop growing at the window (arXiv:2310.06825 §2), recurrent ones keep a state of one size. @unit bytes */
export function kvBytesPerSequence(model: Dimensions, tokens: number, elementBytes: number): number {
  const perToken = kvBytesPerToken(model, elementBytes);
  const windowed = Math.min(tokens, model.window?.positions ?? tokens);
  const cut = model.window?.share ?? 0;
  return perToken * (cut * windowed + (1 - cut) * tokens) + stateBytes(model);
}

/** Cache bytes of a sequence over the ranks of a tensor-parallel group: what cannot be cut is held by several, a state is cut by its heads. @unit bytes */
export const heldBytesPerSequence = (model: Dimensions, tokens: number, elementBytes: number, tensor: number): number =>
  (kvBytesPerSequence(model, tokens, elementBytes) - stateBytes(model)) * kvCopies(model, tensor) + stateBytes(model);

/** Stored weights: quantised formats keep embeddings and head in 16 bits where their tools do, and some quantise the experts of a routed model alone (openai/gpt-oss: arXiv:2508.10925 §2.1).
 * @unit bytes */
export function weightBytes(model: Dimensions, format: StoredAs): number {
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
export function deviceWeightBytes(model: Dimensions, format: StoredAs, { tensor, stages, experts }: Split): number {
  const all = weightBytes(model, format);
  const routed = experts === tensor ? 0 : Math.min(all, routedParams(model) * format.bytes);
  return (all - routed) / (tensor * stages) + routed / (experts * stages);
}

/** Parameters of the routed experts; none in a dense model. */
const routedParams = (model: Dimensions): number => (model.active < model.params ? expertParams(model) : 0);

interface StoredAs {
  readonly bytes: number;
  readonly wholeHead: boolean;
  readonly expertsOnly?: boolean;
}

/** Parameters of all routed experts, from those that a token does not use; all parameters of a dense model. The input embedding is looked up, and is not among the active ones. */
function expertParams(model: Dimensions): number {
  const { experts, expertsPerToken, active, params } = model;
  if (active >= params || experts === undefined || expertsPerToken === undefined || expertsPerToken >= experts) return params;
  return Math.min(params, Math.max(0, params - active - model.vocab * model.hidden) / (1 - expertsPerToken / experts));
}

/** Weights that one step streams for a batch: dense layers once, each expert that some token chose, and no input embedding.
 * Experts are taken to be chosen evenly: a share 1 − (1 − k/E)^batch is touched.
 * @assumes even routing @unit bytes */
export function streamedBytes(model: Dimensions, format: StoredAs, batch: number, groups = 1): number {
  const { dense, routed } = streamedParts(model, format, batch * groups);
  return dense + routed / groups;
}

/** Streamed weights by part: what every step reads, and the experts that some token of all groups chose. @unit bytes */
function streamedParts(model: Dimensions, format: StoredAs, batch: number): { readonly dense: number; readonly routed: number } {
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
