import { one, oneOf, type Vocabulary, vocabulary } from '../vocabulary.js';

/** Switches that are called as the precision is. */
const switches = oneOf({ bf16: [{ key: 'bf16', value: true }], fp16: [{ key: 'fp16', value: true }] });

/** transformers.TrainingArguments and what derives from it.
 * @source transformers documentation, TrainingArguments; TRL documentation, SFTConfig */
const trainingArguments = {
  precision: switches,
  grad_ckpt: one('gradient_checkpointing'),
  batch_size: one('per_device_train_batch_size'),
  grad_accum: one('gradient_accumulation_steps'),
  optimizer: one('optim'),
  compile: one('torch_compile'),
  loader_workers: one('dataloader_num_workers'),
  eval_steps: one('eval_steps'),
  save_steps: one('save_steps'),
};
const transformersHome =
  /^(per_device_train_batch_size|gradient_accumulation_steps|num_train_epochs|max_steps|learning_rate|output_dir|bf16|fp16|optim|gradient_checkpointing)$/;
const transformers = vocabulary(transformersHome, trainingArguments);
/** Files and commands that name the model are read by TrlParser with its ModelConfig, which has the adapters.
 * @source TRL documentation, ModelConfig and SFTConfig */
const modelConfig = /^(model_revision|torch_dtype|attn_implementation|use_peft|load_in_4bit|lora_\w+)$/;
const trl = vocabulary(transformersHome, {
  ...trainingArguments,
  // On by default from 0.22 on (TRL, trl/trainer/sft_config.py).
  grad_ckpt: (value) => [{ key: 'gradient_checkpointing', value, said: true }],
  packing: one('packing'),
  finetune_method: oneOf({ lora: [{ key: 'use_peft', value: true, beside: modelConfig }], qlora: [] }),
  lora_rank: one('lora_r', modelConfig),
  quantization: oneOf({ nf4: [{ key: 'load_in_4bit', value: true, beside: modelConfig }] }),
  flash_attention: oneOf({ true: [{ key: 'attn_implementation', value: 'flash_attention_2', beside: modelConfig }] }),
});

/** @source axolotl documentation, configuration reference */
const axolotl = vocabulary(/^(micro_batch_size|gradient_accumulation_steps|num_epochs|sequence_len|optimizer|gradient_checkpointing|adapter)$/, {
  precision: switches,
  grad_ckpt: one('gradient_checkpointing'),
  batch_size: one('micro_batch_size'),
  grad_accum: one('gradient_accumulation_steps'),
  optimizer: one('optimizer'),
  packing: one('sample_packing'),
  flash_attention: one('flash_attention'),
  compile: one('torch_compile'),
  finetune_method: oneOf({ lora: [{ key: 'adapter', value: 'lora' }], qlora: [{ key: 'adapter', value: 'qlora' }] }),
  quantization: oneOf({ nf4: [{ key: 'load_in_4bit', value: true }] }),
  lora_rank: one('lora_r'),
  resume: oneOf({ true: [{ key: 'auto_resume_from_checkpoints', value: true }] }),
  loader_workers: one('dataloader_num_workers'),
  eval_steps: one('eval_steps'),
  save_steps: one('save_steps'),
});
/** @source LLaMA-Factory documentation, arguments */
const llamaFactory = vocabulary(/^(per_device_train_batch_size|gradient_accumulation_steps|num_train_epochs|cutoff_len|finetuning_type|stage|learning_rate)$/, {
  ...trainingArguments,
  grad_ckpt: oneOf({ false: [{ key: 'disable_gradient_checkpointing', value: true }] }),
  packing: one('packing'),
  flash_attention: oneOf({ true: [{ key: 'flash_attn', value: 'fa2' }] }),
  quantization: oneOf({ nf4: [{ key: 'quantization_bit', value: 4 }] }),
  finetune_method: oneOf({ lora: [{ key: 'finetuning_type', value: 'lora' }], qlora: [] }),
  lora_rank: one('lora_rank'),
});

/** @source torchtune recipes, configuration files */
const torchtune = vocabulary(/^(batch_size|epochs|gradient_accumulation_steps|max_steps_per_epoch|dtype|enable_activation_checkpointing|compile)$/, {
  optimizer: oneOf({
    adamw_8bit: [{ key: '_component_', value: 'bitsandbytes.optim.AdamW8bit' }],
    paged_adamw_8bit: [{ key: '_component_', value: 'bitsandbytes.optim.PagedAdamW8bit' }],
  }),
  precision: oneOf({ bf16: [{ key: 'dtype', value: 'bf16' }] }),
  grad_ckpt: one('enable_activation_checkpointing'),
  batch_size: one('batch_size'),
  grad_accum: one('gradient_accumulation_steps'),
  compile: one('compile'),
  packing: one('packed'),
});
/** @source llm-foundry and Composer documentation: `fsdp_config`, `precision` */
const composer = vocabulary(/^(device_train_microbatch_size|global_train_batch_size|max_duration|precision|seed)$/, {
  precision: oneOf({ bf16: [{ key: 'precision', value: 'amp_bf16' }], fp16: [{ key: 'precision', value: 'amp_fp16' }] }),
  batch_size: one('device_train_microbatch_size'),
  grad_ckpt: one('activation_checkpointing', /^(sharding_strategy|mixed_precision)$/),
});
/** @source MaxText, configs/base.yml */
const maxtext = vocabulary(/^(per_device_batch_size|max_target_length|steps|gradient_accumulation_steps|dtype)$/, {
  batch_size: one('per_device_batch_size'),
  grad_accum: one('gradient_accumulation_steps'),
  precision: oneOf({ bf16: [{ key: 'dtype', value: 'bfloat16' }] }),
  grad_ckpt: oneOf({ true: [{ key: 'remat_policy', value: 'full' }], false: [{ key: 'remat_policy', value: 'none' }] }),
});
/** @source LitGPT documentation, configuration files */
const litgpt = vocabulary(/^(micro_batch_size|global_batch_size|precision)$/, {
  precision: oneOf({ bf16: [{ key: 'precision', value: 'bf16-true' }], fp16: [{ key: 'precision', value: '16-mixed' }] }),
  batch_size: one('micro_batch_size'),
  quantization: oneOf({ nf4: [{ key: 'quantize', value: 'bnb.nf4', beside: /^precision$/ }] }),
});
/** @source Megatron-LM, megatron/training/arguments.py */
const megatron = vocabulary(
  /^(micro[_-]batch[_-]size|global[_-]batch[_-]size|seq[_-]length|lr|train[_-]iters|num[_-]layers)$/,
  {
    precision: oneOf({ bf16: [{ key: 'bf16', value: true }], fp16: [{ key: 'fp16', value: true }], fp8: [{ key: 'fp8_format', value: 'hybrid', also: true }] }),
    batch_size: one('micro_batch_size'),
    grad_ckpt: oneOf({
      true: [
        { key: 'recompute_granularity', value: 'full' },
        { key: 'recompute_method', value: 'uniform' },
        { key: 'recompute_num_layers', value: 1 },
      ],
    }),
  },
  true,
);
/** @source NeMo documentation, activation recomputation */
const nemoModel = /^(micro_batch_size|global_batch_size|tensor_model_parallel_size)$/;
const nemo = vocabulary(/^(micro_batch_size|global_batch_size|tensor_model_parallel_size|precision)$/, {
  precision: oneOf({ bf16: [{ key: 'precision', value: 'bf16' }] }),
  batch_size: one('micro_batch_size'),
  grad_ckpt: oneOf({
    true: [
      { key: 'activations_checkpoint_granularity', value: 'full', beside: nemoModel },
      { key: 'activations_checkpoint_method', value: 'uniform', beside: nemoModel },
      { key: 'activations_checkpoint_num_layers', value: 1, beside: nemoModel },
    ],
  }),
});
/** @source Lightning documentation, Trainer */
const lightning = vocabulary(/^(max_epochs|max_steps|devices|precision|accumulate_grad_batches|num_nodes)$/, {
  precision: oneOf({ bf16: [{ key: 'precision', value: 'bf16-mixed' }], fp16: [{ key: 'precision', value: '16-mixed' }] }),
  grad_accum: one('accumulate_grad_batches'),
});
/** @source verl documentation, configuration */
const verl = vocabulary(/^actor_rollout_ref\./, {
  lora_rank: one('actor_rollout_ref.model.lora_rank'),
  finetune_method: oneOf({ lora: [] }),
  grad_ckpt: one('actor_rollout_ref.model.enable_gradient_checkpointing'),
});

/** @source pytorch/torchtitan, torchtitan/config/job_config.py at v0.2.0: TrainingConfig, ActivationCheckpoint, Compile, Checkpoint; docs/float8.md; converters are a list from e0d2de68 on, a text before */
const torchtitan = vocabulary(/^(local_batch_size|batch_size|seq_len|steps|mixed_precision_param)$/, {
  precision: oneOf({
    bf16: [{ key: 'mixed_precision_param', value: 'bfloat16' }],
    fp8: [{ key: 'converters', value: 'float8', table: 'model', also: true, listed: true, shows: /^[ \t]*#?[ \t]*(?:converters|filter_fqns)[ \t]*=[ \t]*\[/m }],
  }),
  batch_size: one('local_batch_size'),
  grad_ckpt: (value) => [{ key: 'mode', value: value === true ? 'full' : value === false ? 'none' : value, table: 'activation_checkpoint' }],
  compile: oneOf({ true: [{ key: 'enable', value: true, table: 'compile' }] }),
  save_steps: one('interval', /^interval$/),
});

export const trainingVocabularies: Readonly<Record<string, Vocabulary>> = {
  transformers,
  trl,
  unsloth: trl,
  axolotl,
  'llama-factory': llamaFactory,
  llamafactory: llamaFactory,
  torchtune,
  composer,
  maxtext,
  litgpt,
  megatron,
  nemo,
  torchtitan,
  lightning,
  verl,
};
