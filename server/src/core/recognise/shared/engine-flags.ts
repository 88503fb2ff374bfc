import type { FactValue } from '../../model/fact.js';
import { asCount, asPositive, asPositiveNumber, asPrecision, asSwitch, asText, type FlagTable, whenOn } from './flag-facts.js';

/** Serving engines whose flags are known. */
export type Engine = 'vllm' | 'sglang' | 'tgi' | 'tei' | 'llama.cpp' | 'trtllm' | 'lmdeploy' | 'swift' | 'trl' | 'fastchat' | 'triton' | 'infinity';

const text = (fact: string) => ({ fact, change: asText });
const positive = (fact: string) => ({ fact, change: asPositive });
const share = (fact: string) => ({ fact, change: asPositiveNumber });
const on = (fact: string) => ({ fact, change: asSwitch });
const off = (fact: string) => ({ fact, change: whenOn(false) });
const notAuto = (value: FactValue): FactValue | undefined =>
  value === 'auto' || value === 'none' || value === 'None' || value === '' ? undefined : asText(value);
const quantization = { fact: 'quantization', change: notAuto };
const precision = { fact: 'precision', change: asPrecision };
/** -1 and `auto` let the engine choose: nothing is said. */
const length = { fact: 'max_model_len', change: asPositive };

const vllm: FlagTable = {
  model: text('model'),
  m: text('model'),
  tensor_parallel_size: positive('tensor_parallel'),
  tp: positive('tensor_parallel'),
  pipeline_parallel_size: positive('pipeline_parallel'),
  pp: positive('pipeline_parallel'),
  data_parallel_size: positive('data_parallel'),
  dp: positive('data_parallel'),
  decode_context_parallel_size: positive('context_parallel'),
  dcp: positive('context_parallel'),
  max_model_len: length,
  max_num_seqs: positive('max_num_seqs'),
  max_num_batched_tokens: positive('max_num_batched_tokens'),
  num_scheduler_steps: positive('scheduler_steps'),
  gpu_memory_utilization: share('gpu_mem_util'),
  quantization,
  q: quantization,
  kv_cache_dtype: text('kv_cache_dtype'),
  dtype: precision,
  enable_prefix_caching: on('prompt_cache'),
  no_enable_prefix_caching: off('prompt_cache'),
  enable_chunked_prefill: on('chunked_prefill'),
  no_enable_chunked_prefill: off('chunked_prefill'),
  cpu_offload_gb: { fact: 'offload', change: (value) => (asPositiveNumber(value) === undefined ? undefined : `${asPositiveNumber(value)} GiB`) },
  enforce_eager: off('compile'),
};
const sglang: FlagTable = {
  model_path: text('model'),
  model: text('model'),
  tp_size: positive('tensor_parallel'),
  tp: positive('tensor_parallel'),
  tensor_parallel_size: positive('tensor_parallel'),
  pp_size: positive('pipeline_parallel'),
  pp: positive('pipeline_parallel'),
  pipeline_parallel_size: positive('pipeline_parallel'),
  dp_size: positive('data_parallel'),
  dp: positive('data_parallel'),
  data_parallel_size: positive('data_parallel'),
  ep_size: positive('expert_parallel'),
  ep: positive('expert_parallel'),
  expert_parallel_size: positive('expert_parallel'),
  nnodes: positive('num_nodes'),
  context_length: length,
  max_running_requests: positive('max_num_seqs'),
  chunked_prefill_size: positive('max_num_batched_tokens'),
  mem_fraction_static: share('gpu_mem_util'),
  quantization,
  kv_cache_dtype: text('kv_cache_dtype'),
  dtype: precision,
  disable_radix_cache: off('prompt_cache'),
  enable_dp_attention: on('dp_attention'),
};
const tgi: FlagTable = {
  model_id: text('model'),
  num_shard: positive('tensor_parallel'),
  quantize: quantization,
  dtype: precision,
  max_total_tokens: length,
  max_concurrent_requests: positive('concurrency'),
  max_batch_size: positive('max_num_seqs'),
  max_batch_prefill_tokens: positive('max_num_batched_tokens'),
  cuda_memory_fraction: share('gpu_mem_util'),
  kv_cache_dtype: text('kv_cache_dtype'),
};
const tei: FlagTable = {
  model_id: text('model'),
  dtype: precision,
  max_concurrent_requests: positive('concurrency'),
  max_client_batch_size: positive('batch_size'),
};
const llamaCpp: FlagTable = {
  model: text('model'),
  m: text('model'),
  hf_repo: text('model'),
  hf: text('model'),
  hfr: text('model'),
  model_url: text('model'),
  ctx_size: length,
  c: length,
  n_ctx: length,
  parallel: positive('max_num_seqs'),
  np: positive('max_num_seqs'),
  batch_size: positive('batch_size'),
  cache_type_k: text('kv_cache_dtype'),
  ctk: text('kv_cache_dtype'),
  flash_attn: { fact: 'flash_attention', change: asSwitch },
  fa: { fact: 'flash_attention', change: asSwitch },
};
const trtllm: FlagTable = {
  model: text('model'),
  tp_size: positive('tensor_parallel'),
  pp_size: positive('pipeline_parallel'),
  cp_size: positive('context_parallel'),
  ep_size: positive('expert_parallel'),
  max_seq_len: length,
  max_batch_size: positive('max_num_seqs'),
  max_num_tokens: positive('max_num_batched_tokens'),
  kv_cache_free_gpu_memory_fraction: share('gpu_mem_util'),
  free_gpu_memory_fraction: share('gpu_mem_util'),
  gpus_per_node: positive('gpu_count'),
};
const lmdeploy: FlagTable = {
  tp: positive('tensor_parallel'),
  dp: positive('data_parallel'),
  session_len: length,
  max_batch_size: positive('max_num_seqs'),
  cache_max_entry_count: share('gpu_mem_util'),
  dtype: precision,
  quant_policy: { fact: 'kv_cache_dtype', change: (value) => (value === 8 ? 'int8' : value === 4 ? 'int4' : undefined) },
  enable_prefix_caching: on('prompt_cache'),
  model_format: { fact: 'quantization', change: (value) => (/awq|gptq|fp8|mxfp4/i.test(String(value)) ? asText(value) : undefined) },
};
/** ms-swift names engine options after the engine: `--vllm_max_model_len`. */
const prefixed = (prefix: string, table: FlagTable): FlagTable =>
  Object.fromEntries(Object.entries(table).flatMap(([name, meaning]) => (name.length > 3 && name !== 'model' ? [[`${prefix}_${name}`, meaning]] : [])));
const swift: FlagTable = {
  model: text('model'),
  model_id_or_path: text('model'),
  ckpt_dir: text('model'),
  ...prefixed('vllm', vllm),
  ...prefixed('sglang', sglang),
  ...prefixed('lmdeploy', lmdeploy),
  gpu_memory_utilization: share('gpu_mem_util'),
  tensor_parallel_size: positive('tensor_parallel'),
  max_model_len: length,
  max_new_tokens: positive('max_tokens'),
  torch_dtype: precision,
  quant_bits: { fact: 'quantization', change: (value) => (asCount(value) ? `${value}bit` : undefined) },
};
const fastchat: FlagTable = {
  model_path: text('model'),
  model: text('model'),
  num_gpus: positive('gpu_count'),
  load_8bit: { fact: 'quantization', change: whenOn('8bit') },
  dtype: precision,
  tensor_parallel_size: positive('tensor_parallel'),
  gpu_memory_utilization: share('gpu_mem_util'),
};
/** @source github.com/michaelfeil/infinity: the options of `infinity_emb v2`, and those of its first command line */
const infinity: FlagTable = {
  model_id: text('model'),
  model_name_or_path: text('model'),
  batch_size: positive('batch_size'),
  dtype: precision,
};
const triton: FlagTable = { model_repository: text('model'), model_store: text('model') };

/** Flags (and configuration keys, with `_` for `-`) of each engine. */
export const engineFlags: Readonly<Record<Engine, FlagTable>> = {
  vllm,
  sglang,
  tgi,
  tei,
  'llama.cpp': llamaCpp,
  trtllm,
  lmdeploy,
  swift,
  trl: vllm,
  fastchat,
  triton,
  infinity,
};

const switchNames =
  'trust_remote_code enforce_eager enable_prefix_caching no_enable_prefix_caching enable_chunked_prefill no_enable_chunked_prefill enable_lora disable_log_requests disable_log_stats enable_auto_tool_choice enable_expert_parallel enable_reasoning async_scheduling disable_radix_cache disable_cuda_graph enable_torch_compile enable_metrics skip_tokenizer_init is_embedding enable_p2p_check trust_request_chat_template multi_modal enable_mixed_chunk disable_custom_all_reduce use_v2_block_manager disable_sliding_window headless enable_sleep_mode language_model_only load_8bit cont_batching cb embedding embeddings jinja no_mmap mlock metrics no_webui reranking data_parallel_hybrid_lb data_parallel_external_lb';
/** Engine flags that take no value, so that a model name after them is a positional. */
export const engineSwitches: ReadonlySet<string> = new Set(switchNames.split(' '));

/** Engine of a container image's name, for containers whose arguments are the engine's flags. */
export function engineOfImage(image: string): Engine | undefined {
  if (/(^|\/)vllm(-openai|-cpu|-rocm)?([:@/-]|$)|vllm-(openai|tpu|cpu)|\/vllm\b/i.test(image)) return 'vllm';
  if (/sglang/i.test(image)) return 'sglang';
  // LoRAX is made of TGI and takes its flags.
  if (/text-generation-inference|(^|\/)tgi[:-]|(^|\/)lorax(?:[:@]|$)/i.test(image)) return 'tgi';
  if (/text-embeddings-inference/i.test(image)) return 'tei';
  if (/llama\.cpp|llama-cpp|(^|\/)llamacpp/i.test(image)) return 'llama.cpp';
  if (/tensorrt-llm|trtllm/i.test(image)) return 'trtllm';
  if (/lmdeploy/i.test(image)) return 'lmdeploy';
  if (/(^|\/)infinity(?:-emb)?[:@]|michaelf34\/infinity/i.test(image)) return 'infinity';
  return /tritonserver/i.test(image) ? 'triton' : undefined;
}
/** The model that an image of NVIDIA's inference microservices holds: `nvcr.io/nim/meta/llama-3.1-8b-instruct:1.3.3`. */
export const nimOfImage = (image: string): string | undefined => /(?:^|\/)nim\/([\w.-]+\/[\w.-]+?)(?::|$)/.exec(image)?.[1];
/** Environment variables that stand for engine flags, as flag names: TGI reads every flag from its upper-case name. */
export const environmentFlags: Readonly<Record<string, string>> = {
  MODEL_ID: 'model_id',
  HF_MODEL_ID: 'model_id',
  NUM_SHARD: 'num_shard',
  SM_NUM_GPUS: 'num_shard',
  QUANTIZE: 'quantize',
  HF_MODEL_QUANTIZE: 'quantize',
  DTYPE: 'dtype',
  MAX_TOTAL_TOKENS: 'max_total_tokens',
  MAX_CONCURRENT_REQUESTS: 'max_concurrent_requests',
  MAX_BATCH_SIZE: 'max_batch_size',
  CUDA_MEMORY_FRACTION: 'cuda_memory_fraction',
  KV_CACHE_DTYPE: 'kv_cache_dtype',
};

/** Names for lenses. */
const titles: Readonly<Record<string, string>> = {
  vllm: 'vLLM',
  sglang: 'SGLang',
  tgi: 'TGI',
  tei: 'TEI',
  trtllm: 'TensorRT-LLM',
  'tensorrt-llm': 'TensorRT-LLM',
  lmdeploy: 'LMDeploy',
  triton: 'Triton',
  infinity: 'Infinity',
  fastchat: 'FastChat',
};
export const titleOfEngine = (engine: string): string => titles[engine] ?? engine;
