import type { FactValue } from '../../model/fact.js';
import type { Workload } from '../../model/workload.js';

/** A setting as a framework spells it. */
export interface Spelled {
  /** With `_`; flags are written with `-` where the framework does. */
  readonly key: string;
  /** `undefined`: the setting is taken away. `true` and `false` are written as the language does. */
  readonly value: FactValue;
}
/** How one framework says the facts that advice changes; a fact without a spelling is not written. */
export interface Vocabulary {
  /** Settings beside which a new one may stand. */
  readonly home: RegExp;
  readonly dashes?: true;
  spell(fact: string, value: FactValue): readonly Spelled[] | undefined;
}

const one =
  (key: string) =>
  (value: FactValue): readonly Spelled[] => [{ key, value }];
const vocabulary = (home: RegExp, table: Readonly<Record<string, (value: FactValue) => readonly Spelled[] | undefined>>, dashes?: true): Vocabulary => ({
  home,
  ...(dashes ? { dashes } : {}),
  spell: (fact, value) => table[fact]?.(value),
});

/** transformers.TrainingArguments and what derives from it.
 * @source transformers documentation, TrainingArguments; TRL documentation, SFTConfig */
const trainingArguments = {
  precision: (value: FactValue) => (value === 'bf16' || value === 'fp16' ? [{ key: value, value: true }] : undefined),
  grad_ckpt: one('gradient_checkpointing'),
  batch_size: one('per_device_train_batch_size'),
  grad_accum: one('gradient_accumulation_steps'),
  optimizer: one('optim'),
  compile: one('torch_compile'),
};
const transformersHome =
  /^(per_device_train_batch_size|gradient_accumulation_steps|num_train_epochs|max_steps|learning_rate|output_dir|bf16|fp16|optim|gradient_checkpointing)$/;
const transformers = vocabulary(transformersHome, trainingArguments);
const trl = vocabulary(transformersHome, { ...trainingArguments, packing: one('packing') });

/** @source axolotl documentation, configuration reference */
const axolotl = vocabulary(/^(micro_batch_size|gradient_accumulation_steps|num_epochs|sequence_len|optimizer|gradient_checkpointing|adapter)$/, {
  precision: (value) => (value === 'bf16' || value === 'fp16' ? [{ key: value, value: true }] : undefined),
  grad_ckpt: one('gradient_checkpointing'),
  batch_size: one('micro_batch_size'),
  grad_accum: one('gradient_accumulation_steps'),
  optimizer: one('optimizer'),
  packing: one('sample_packing'),
  flash_attention: one('flash_attention'),
  compile: one('torch_compile'),
  finetune_method: (value) => (value === 'lora' || value === 'qlora' ? [{ key: 'adapter', value }] : undefined),
  quantization: (value) => (value === 'nf4' ? [{ key: 'load_in_4bit', value: true }] : undefined),
  lora_rank: one('lora_r'),
});
/** @source LLaMA-Factory documentation, arguments */
const llamaFactory = vocabulary(/^(per_device_train_batch_size|gradient_accumulation_steps|num_train_epochs|cutoff_len|finetuning_type|stage|learning_rate)$/, {
  ...trainingArguments,
  grad_ckpt: (value) => (value === false ? [{ key: 'disable_gradient_checkpointing', value: true }] : undefined),
  packing: one('packing'),
  flash_attention: (value) => (value === true ? [{ key: 'flash_attn', value: 'fa2' }] : undefined),
  quantization: (value) => (value === 'nf4' ? [{ key: 'quantization_bit', value: 4 }] : undefined),
  finetune_method: (value) => (value === 'lora' ? [{ key: 'finetuning_type', value }] : value === 'qlora' ? [] : undefined),
  lora_rank: one('lora_rank'),
});

/** @source torchtune recipes, configuration files */
const torchtune = vocabulary(/^(batch_size|epochs|gradient_accumulation_steps|max_steps_per_epoch|dtype|enable_activation_checkpointing|compile)$/, {
  precision: (value) => (value === 'bf16' ? [{ key: 'dtype', value }] : undefined),
  grad_ckpt: one('enable_activation_checkpointing'),
  batch_size: one('batch_size'),
  grad_accum: one('gradient_accumulation_steps'),
  compile: one('compile'),
  packing: one('packed'),
});

/** @source vLLM documentation, engine arguments */
const vllm = vocabulary(
  /^(model|tensor[_-]parallel[_-]size|max[_-]model[_-]len|gpu[_-]memory[_-]utilization|max[_-]num[_-]seqs|dtype|quantization|kv[_-]cache[_-]dtype)$/,
  {
    quantization: one('quantization'),
    kv_cache_dtype: one('kv_cache_dtype'),
    tensor_parallel: one('tensor_parallel_size'),
    max_model_len: one('max_model_len'),
    gpu_mem_util: one('gpu_memory_utilization'),
    max_num_seqs: one('max_num_seqs'),
  },
  true,
);
/** @source SGLang documentation, server arguments */
const sglang = vocabulary(
  /^(model[_-]path|tp([_-]size)?|context[_-]length|mem[_-]fraction[_-]static|quantization|kv[_-]cache[_-]dtype)$/,
  {
    quantization: one('quantization'),
    kv_cache_dtype: one('kv_cache_dtype'),
    tensor_parallel: one('tp_size'),
    max_model_len: one('context_length'),
    gpu_mem_util: one('mem_fraction_static'),
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

const byFramework: Readonly<Record<string, Vocabulary>> = {
  transformers,
  trl,
  unsloth: trl,
  axolotl,
  'llama-factory': llamaFactory,
  llamafactory: llamaFactory,
  torchtune,
  vllm,
  sglang,
  tgi,
};
export const vocabularyOf = ({ framework }: Workload): Vocabulary | undefined => byFramework[framework];
