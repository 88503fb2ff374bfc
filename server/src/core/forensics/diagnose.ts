import type { MemoryEvidence } from './read.js';

export type MemoryTerm =
  | 'weights'
  | 'gradients'
  | 'optimizer'
  | 'activations'
  | 'logits'
  | 'kv-cache'
  | 'fragmentation'
  | 'other-process'
  | 'sharding-buffers'
  | 'unknown';
export interface Diagnosis {
  readonly term: MemoryTerm;
  readonly why: string;
}

/** Where a traceback points, the innermost frames first: a function or file name, what was being made. */
const places: readonly (readonly [RegExp, MemoryTerm, string])[] = [
  [
    /(?:initialize|allocate|init)_?(?:new_)?(?:kv_?cache|gpu_?cache|cache_engine)|_allocate_kv|init_memory_pool/i,
    'kv-cache',
    'the KV cache was being allocated',
  ],
  [
    /flat_param|_unshard|partition_param|all_gather_(?:coalesced|params)|fetch_sub_module|stage3\.py/i,
    'sharding-buffers',
    'sharded weights were being gathered',
  ],
  [
    /(?:optim\/(?:adam|adamw|sgd|optimizer)\w*|bitsandbytes\/optim|adafactor|stage_1_and_2|fused_adam|cpu_adam)\S*|exp_avg|_init_group|initialize_optimizer_states|optimizer_step/i,
    'optimizer',
    'the optimizer was making or using its states',
  ],
  [/cross_entropy|lm_head|logits|loss_utils|compute_loss_func/i, 'logits', 'logits or the loss were being computed'],
  [
    /from_pretrained|load_state_dict|load_model|_load_|load_checkpoint|set_module_tensor_to_device|init_model|get_model|\bto_device\b|in convert\b|_apply\b|create_weights/i,
    'weights',
    'the weights were being loaded or moved',
  ],
  [/checkpoint(?:ing)?\.py|backward/i, 'activations', 'the backward pass was running'],
  [/scaled_dot_product|softmax|attention|sdpa|self_attn|mlp|forward|generate/i, 'activations', 'a forward pass was running'],
];

/** Which part of the memory ran out. Another process and fragmentation come first: what they take, the workload does not need. */
export function diagnose(evidence: MemoryEvidence): Diagnosis {
  const { others, total = 0, tried, unallocated, outcome, frames, free } = evidence;
  const gib = (value: number): string => `${value.toFixed(value < 10 ? 2 : 1)} GiB`;
  if (others !== undefined && others > Math.max(0.5, 0.05 * total)) return { term: 'other-process', why: `another process holds ${gib(others)} of this GPU` };
  if (unallocated !== undefined && tried !== undefined && unallocated + (free ?? 0) >= tried && unallocated >= Math.max(0.25, 0.03 * total))
    return {
      term: 'fragmentation',
      why: `${gib(unallocated)} are reserved and unused, more than the ${gib(tried)} that were asked for, in pieces that are too small`,
    };
  if (outcome !== 'out-of-memory')
    return {
      term: 'kv-cache',
      why:
        outcome === 'started' ? 'the server says how much is left for the KV cache' : 'what the weights and a trial pass leave is too little for the KV cache',
    };
  if (/is less than desired GPU memory utilization/.test(evidence.message))
    return { term: 'other-process', why: 'less of the GPU is free at the start than the engine is told to take' };
  if (/warming up sampler/.test(evidence.message)) return { term: 'logits', why: 'the sampler was tried with as many sequences as may run at once' };
  if (/prefill tokens/.test(evidence.message)) return { term: 'activations', why: 'the trial prefill did not fit' };
  if (/quantized model/.test(evidence.message)) return { term: 'weights', why: 'the quantized weights alone did not fit on the GPU' };
  for (const frame of [...frames].reverse().slice(0, 25)) {
    const text = `${frame.file} in ${frame.name}`;
    const found = places.find(([pattern]) => pattern.test(text));
    if (found) return { term: found[1], why: `${found[2]} (${frame.name}, ${frame.file.split(/[\\/]/).slice(-2).join('/')}:${frame.line})` };
  }
  return { term: 'unknown', why: 'the log has no traceback that says what was being computed' };
}
