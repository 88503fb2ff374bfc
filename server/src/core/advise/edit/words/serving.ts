import { one, oneOf, type Vocabulary, vocabulary } from '../vocabulary.js';

/** @source vLLM documentation, engine arguments */
const vllmWords = {
  quantization: one('quantization'),
  kv_cache_dtype: one('kv_cache_dtype'),
  tensor_parallel: one('tensor_parallel_size'),
  max_model_len: one('max_model_len'),
  gpu_mem_util: one('gpu_memory_utilization'),
  max_num_seqs: one('max_num_seqs'),
  data_parallel: one('data_parallel_size'),
  prompt_cache: oneOf({ true: [{ key: 'enable_prefix_caching', value: true }] }),
  chunked_prefill: oneOf({ true: [{ key: 'enable_chunked_prefill', value: true }] }),
};
const vllm = vocabulary(
  /^(model|tensor[_-]parallel[_-]size|max[_-]model[_-]len|gpu[_-]memory[_-]utilization|max[_-]num[_-]seqs|dtype|quantization|kv[_-]cache[_-]dtype)$/,
  vllmWords,
  true,
);
/** @source SGLang documentation, server arguments */
const sglang = vocabulary(
  /^(model[_-]path|tp([_-]size)?|context[_-]length|mem[_-]fraction[_-]static|quantization|kv[_-]cache[_-]dtype)$/,
  {
    quantization: one('quantization'),
    kv_cache_dtype: one('kv_cache_dtype'),
    tensor_parallel: one('tp_size'),
    data_parallel: one('dp_size'),
    max_model_len: one('context_length'),
    gpu_mem_util: one('mem_fraction_static'),
    max_num_seqs: one('max_running_requests'),
  },
  true,
);
/** @source text-generation-inference documentation, launcher arguments */
const tgi = vocabulary(
  /^(model[_-]id|num[_-]shard|max[_-]total[_-]tokens|quantize|kv[_-]cache[_-]dtype)$/,
  {
    quantization: one('quantize'),
    kv_cache_dtype: one('kv_cache_dtype'),
    tensor_parallel: one('num_shard'),
    max_model_len: one('max_total_tokens'),
    gpu_mem_util: one('cuda_memory_fraction'),
  },
  true,
);

export const servingVocabularies: Readonly<Record<string, Vocabulary>> = { vllm, sglang, tgi };
