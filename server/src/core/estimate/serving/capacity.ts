import type { Dimensions } from '../dimensions.js';
import { blocksOf } from '../layer-mix.js';
import type { Runner } from './llm.js';
import { deviceWeightBytes, heldBytesPerSequence, kvBytesPerToken, kvCopies } from './shape.js';
import { effect, type Theta } from './theta.js';
import { before } from './version.js';
import type { ServingCase } from './workload.js';

/** What one device of a copy has for the cache, by part. @unit GiB */
export interface CachePool {
  /** The share of the device that weights, workspace and cache have together. */
  readonly budget: number;
  readonly weights: number;
  /** Largest live activations of the start-up run, and what lies outside of the allocator. */
  readonly workspace: number;
  /** What is left for the cache; below zero where the engine does not start. */
  readonly cache: number;
}

const gib = 2 ** 30;

/** Sizes the cache as engines do at start: share of the device − weights − workspace.
 * Undefined where the device's memory is unknown.
 * @unit GiB
 * @source github:vllm-project/vllm worker.determine_available_memory; github:sgl-project/sglang model_runner.profile_max_num_token (the share covers weights and cache, the workspace is outside of it);
 * github:InternLM/lmdeploy cache_max_entry_count and github:NVIDIA/TensorRT-LLM free_gpu_memory_fraction (share of what is free after loading); github:huggingface/text-generation-inference flash_causal_lm.warmup (0.95 of what is free)
 * @limits start-up images of multimodal models are one fitted size; adapters held beside the weights are not counted */
export function cachePool(each: ServingCase, run: Runner, theta: Theta): CachePool | undefined {
  if (run.device.reportedGib === undefined) return undefined;
  const weights = Math.max(0, deviceWeightBytes(run.model, run.format, run.layout) / gib - (each.offloadGib ?? 0));
  const workspace = run.engine.group === 'server' ? serverWorkspace(each, run, theta) : effect(theta, `m.frame.${run.engine.group}`);
  const free = run.device.reportedGib - weights - workspace;
  if (run.engine.id === 'tgi') {
    const room = (free - run.device.reportedGib * (1 - each.memoryShare)) * 0.95;
    return { budget: room + weights + workspace, weights, workspace, cache: room };
  }
  if (run.engine.id === 'lmdeploy' || run.engine.id === 'trtllm') {
    const room = free > 0 ? free * each.memoryShare : free;
    return { budget: room + weights + workspace, weights, workspace, cache: room };
  }
  const budget = run.device.reportedGib * each.memoryShare;
  const within = run.engine.id === 'sglang' ? libraries(run, theta) : workspace;
  return { budget, weights, workspace: within, cache: budget - weights - within };
}

/** Cache bytes of a token on one device of a copy, over a whole sequence of the server's length.
 * @source github:vllm-project/vllm v1/core/kv_cache_utils: since 0.10 windowed layers give back what lies before their window, earlier ones keep every token; a state counts once a sequence
 * @unit bytes */
export function poolBytesPerToken(each: ServingCase, run: Runner): number {
  const { model, layout } = run;
  const length = each.maxModelLen ?? model.maxPosition;
  const keeps = run.engine.id === 'vllm' && before(each.release, [0, 10]);
  const hybrid = model.mix !== undefined || (model.window !== undefined && model.window.share < 1 && !keeps);
  const bytes =
    hybrid && length !== undefined
      ? heldBytesPerSequence(model, length, run.kvElementBytes, layout.tensor) / length
      : kvBytesPerToken(model, run.kvElementBytes) * kvCopies(model, layout.tensor);
  return bytes / (layout.tensor * layout.stages);
}

/** Tokens that the cache of one copy holds, or undefined where the memory is unknown; zero where the engine does not start. */
export function cacheTokens(each: ServingCase, run: Runner, theta: Theta): number | undefined {
  const pool = cachePool(each, run, theta);
  const bytes = poolBytesPerToken(each, run);
  if (pool === undefined || bytes <= 0) return undefined;
  return Math.max(0, (pool.cache * gib) / bytes);
}

/** Sequences of some length whose cache fits beside the weights on one copy, or undefined where memory is unknown. */
export function cacheLimit(each: ServingCase, run: Runner, tokens: number, theta: Theta): number | undefined {
  const pool = cachePool(each, run, theta);
  const { tensor, stages } = run.layout;
  const per = heldBytesPerSequence(run.model, tokens, run.kvElementBytes, tensor) / (tensor * stages);
  return pool === undefined || per <= 0 ? undefined : Math.max(0, Math.floor((pool.cache * gib) / per));
}

/** Workspace of a server on one device: the larger of the widest layer's activations and the sampler's logits in the start-up run, beside what libraries hold.
 * @unit GiB */
function serverWorkspace(each: ServingCase, run: Runner, theta: Theta): number {
  const { model, layout, engine } = run;
  const old = engine.id === 'vllm' && generationOf(each, run) === 0;
  // up to 0.6.2 what the allocator had reserved was counted, not what was live (github:vllm-project/vllm#9352)
  const reserved = engine.id === 'vllm' && before(each.release, [0, 6, 3]) ? effect(theta, 'cap.reserved') : 1;
  const tokens = startTokens(each, run);
  const activations = tokens * rowWidth(model, layout.tensor) * 2 * effect(theta, 'cap.act') * reserved;
  const sampled = Math.min(tokens, startSequences(each, run));
  // TGI warms up with the log-probabilities of the whole prompt: 16-bit logits and their 32-bit copy (router client warmup, prefill_logprobs)
  const logits = engine.id === 'tgi' ? tokens * model.vocab * 6 : sampled * model.vocab * effect(theta, old ? 'cap.logits.v0' : 'cap.logits.v1');
  // before 0.2.6 the input of each all-reduce was kept until the device had caught up (github:vllm-project/vllm worker.init_model, TORCH_NCCL_AVOID_RECORD_STREAMS)
  const held = engine.id === 'vllm' && layout.tensor > 1 && before(each.release, [0, 2, 6]) ? 2 * blocksOf(model) * tokens * model.hidden * 2 : 0;
  const images = /vision|multimodal|image/.test(model.modality) ? effect(theta, 'cap.images') : 0;
  // since 0.21 graphs are part of the share (github:vllm-project/vllm release notes v0.21)
  const graphs = engine.id === 'vllm' && !before(each.release ?? [0], [0, 21]) ? effect(theta, 'cap.graphs') : 0;
  return (Math.max(activations, logits) + held) / gib + libraries(run, theta) + images + graphs;
}

/** What libraries hold outside of the allocator, with communication buffers where devices exchange. @unit GiB */
const libraries = (run: Runner, theta: Theta): number => effect(theta, 'cap.base') + (run.layout.tensor > 1 ? effect(theta, 'cap.tp') : 0);

/** Elements that are live at once for a token in the widest place of a layer: gate and up products and what they are multiplied to, beside three rows of the hidden width; for experts, those of each chosen one. */
function rowWidth(model: Dimensions, tensor: number): number {
  const { expertsPerToken: chosen, expertFfn } = model;
  if (chosen === undefined || model.active >= model.params) return (3 * model.ffn) / tensor + 3 * model.hidden;
  // without a stated width, that of experts as large as the active parameters need
  const inner = expertFfn ?? Math.max(1, (0.7 * model.active) / (3 * model.layers * model.hidden * chosen));
  return chosen * (Math.max((2 * inner) / tensor, model.hidden) + inner / tensor) + 3 * model.hidden;
}

/** vLLM's engine: 0, or 1 from 0.8 on where the chip computes in bf16.
 * @source github:vllm-project/vllm release notes v0.8.0 (V1 by default), docs/usage/v1_guide (compute capability 8.0), v0.11.0 (V0 removed) */
function generationOf(each: ServingCase, run: Runner): 0 | 1 {
  if (each.engineGeneration !== undefined) return each.engineGeneration === 0 ? 0 : 1;
  if (before(each.release, [0, 8])) return 0;
  return /^(turing|volta|pascal)$/.test(run.device.class) && before(each.release, [0, 10]) ? 0 : 1;
}

/** Boards for which vLLM 1 takes its larger defaults.
 * @source github:vllm-project/vllm engine/arg_utils (70 GiB or more, and not an A100) */
const large = (run: Runner): boolean => run.device.memoryGib !== undefined && run.device.memoryGib >= 70 && run.device.class !== 'ampere';

/** Tokens of the run with which an engine measures its workspace at start.
 * @source github:vllm-project/vllm engine/arg_utils: V0 takes the longest sequence, or chunks of 512 (2048 from 0.6.4) beyond 32,768; V1 2048, or 8192 on large boards;
 * github:huggingface/text-generation-inference max_batch_prefill_tokens (4096) */
function startTokens(each: ServingCase, run: Runner): number {
  if (each.maxBatchedTokens !== undefined) return each.maxBatchedTokens;
  const length = each.maxModelLen ?? run.model.maxPosition ?? 4096;
  if (run.engine.id === 'tgi') return Math.min(4096, length);
  if (run.engine.id === 'vllm' && generationOf(each, run) === 0) {
    if (length > 32768 && !before(each.release, [0, 5])) return before(each.release, [0, 6, 4]) ? 512 : 2048;
    return Math.max(2048, length);
  }
  return large(run) ? 8192 : 2048;
}

function startSequences(each: ServingCase, run: Runner): number {
  if (each.maxNumSeqs !== undefined) return each.maxNumSeqs;
  return run.engine.id === 'vllm' && generationOf(each, run) === 1 && large(run) ? 1024 : 256;
}
