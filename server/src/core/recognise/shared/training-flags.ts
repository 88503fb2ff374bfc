import type { Fact, FactValue, UnknownFact } from '../../model/fact.js';
import { flagNamed, type ReadFlag } from './command-line.js';
import { engineOfSamples } from './facts.js';
import {
  asCount,
  asCountOrWord,
  asNumber,
  asPositive,
  asPositiveNumber,
  asPrecision,
  asSwitch,
  asText,
  type FlagMeaning,
  type FlagTable,
  factsOfFlags,
  whenOn,
} from './flag-facts.js';

const meaning = (fact: string, change: (value: FactValue) => FactValue | undefined, implies?: Readonly<Record<string, FactValue>>): FlagMeaning => ({
  fact,
  change,
  ...(implies && { implies }),
});
/** The same meaning for each name; names are separated by blanks, the most specific first. */
const each = (names: string, ...meanings: readonly FlagMeaning[]): FlagTable =>
  Object.fromEntries(names.split(' ').map((name) => [name, meanings.length === 1 ? meanings[0]! : meanings]));

/** Number of devices out of a number, a list (`0,1`), `[0,1]` or a word. */
export const asDevices = (value: FactValue): FactValue | undefined => {
  if (value === -1) return 'all';
  if (typeof value === 'string' && /^\[?\s*\d+(\s*,\s*\d+)+\s*,?\s*\]?$/.test(value)) return value.split(',').filter((part) => /\d/.test(part)).length;
  if (typeof value === 'string' && /^\[\s*\d+\s*\]$/.test(value)) return 1;
  return asCountOrWord(value);
};
const stage = (value: FactValue): string | undefined => {
  const number = asCount(value);
  return number !== undefined && number >= 1 && number <= 3 ? `zero${number}` : undefined;
};
/** ZeRO stage or strategy that a configuration's name states: `ds_z3_config.json`, `zero2`, `fsdp_qlora.yaml`. */
export function strategyOfName(name: string): string | undefined {
  const base = name.slice(name.lastIndexOf('/') + 1).toLowerCase();
  const zero = /(?:zero|(?:^|[_-])z|stage)[_-]?([123])(?!\d)/.exec(base);
  if (zero) return `zero${zero[1]}`;
  if (/fsdp/.test(base)) return 'fsdp';
  return /(?:^|[_-])(ddp|multi[_-]?gpu)(?:[_.-]|$)/.test(base) ? 'ddp' : undefined;
}
const bits = (value: FactValue): string | undefined => {
  const number = asCount(typeof value === 'string' ? value.replace(/-?bit$/i, '') : value);
  return number && number < 16 ? `${number}bit` : undefined;
};
const lora = { finetune_method: 'lora' };
const method = (value: FactValue): string | undefined => {
  const text = String(value).toLowerCase();
  return /^(lora|qlora|dora|adalora|full|freeze|oft|longlora|rslora|lora_?plus)$/.test(text) ? text : undefined;
};
const attention = (value: FactValue): boolean | undefined =>
  typeof value === 'boolean'
    ? value
    : /flash|^fa[23]?$/i.test(String(value))
      ? true
      : /^(eager|sdpa|disabled|unfused)$/i.test(String(value))
        ? false
        : asSwitch(value);

/** A policy of JAX code: all is computed again, nothing, or what its name says. */
export const recomputation = (policy: FactValue): FactValue => (/^none$/i.test(String(policy)) ? false : /^full$/i.test(String(policy)) ? true : 'selective');
export const keptPolicy = (policy: FactValue): FactValue | undefined => (/^none$/i.test(String(policy)) ? undefined : asText(policy)?.toLowerCase());
/** Settings that say of each activation where it is kept: `context=device`, `query_proj=offload`. */
export const keptTensors = (settings: readonly { readonly name: string; readonly value: unknown }[]): string | undefined =>
  settings
    .filter(({ value }) => value === 'device' || value === 'offload' || value === 'remat')
    .map(({ name, value }) => `${name}=${String(value)}`)
    .join(' ') || undefined;

const length = meaning('seq_len', asPositive);
const perDevice = meaning('batch_size', asCountOrWord);
const global = meaning('global_batch_size', asCountOrWord);
const layers = meaning('n_layer', asPositive);
const width = meaning('n_embd', asPositive);
const heads = meaning('n_head', asPositive);
const checkpointing = meaning('grad_ckpt', (value) =>
  String(value).toLowerCase() === 'none'
    ? false
    : /^(unsloth|full|selective|true|offload)$/i.test(String(value))
      ? /offload/i.test(String(value))
        ? 'offload'
        : true
      : asSwitch(value),
);
const steps = meaning('max_steps', asPositive);
const epochs = meaning('epochs', asPositiveNumber);
const offload = meaning('offload', (value) =>
  /^(cpu|nvme)$/i.test(String(value)) ? String(value).toLowerCase() : asSwitch(value) === true ? true : undefined,
);

/** Flags of training scripts: Hugging Face Trainer and TRL, diffusers, Megatron, DeepSpeed-Chat, LLaMA-Factory, ms-swift, open-instruct, FastChat, timm, OpenRLHF,
 * verl, NeMo, torchtitan, litgpt, torchtune, MaxText; and the generic names. */
export const trainingFlags: FlagTable = {
  ...each(
    'model_name_or_path pretrained_model_name_or_path actor_model_name_or_path actor_rollout_ref.model.path model.partial_pretrain model_id_or_path base_model bert_model model model_name model_id model_path pretrained_model pretrained_model_cfg llm_path language_model_path pretrain actor.model_name_or_path model.restore_from_path model.model_name_or_path arch backbone',
    meaning('model', asText),
  ),
  ...each(
    'per_device_train_batch_size per_gpu_train_batch_size micro_train_batch_size train.micro_batch_size train_micro_batch_size_per_gpu actor_rollout_ref.actor.ppo_micro_batch_size_per_gpu actor_rollout_ref.actor.ppo_micro_batch_size data.micro_batch_size_per_gpu data.micro_batch_size model.micro_batch_size micro_batch_size device_train_microbatch_size training.local_batch_size device_batch_size per_device_batch_size per_device_train_batchsize train_batch_size_per_gpu batch_size_per_gpu batch_size_per_device train_batch_size batch_size bs batch batchsize data.batch_size dataloader.batch_size training.batch_size train_loader.batch_size',
    perDevice,
  ),
  ...each(
    'global_batch_size global_train_batch_size model.global_batch_size training.global_batch_size train.global_batch_size total_batch_size data.train_batch_size train.batch_size',
    global,
  ),
  ...each(
    'gradient_accumulation_steps train.gradient_accumulation_steps trainer.accumulate_grad_batches accumulate_grad_batches grad_accum_steps grad_accumulation_steps gradient_accumulation grad_accum accumulation_steps grad_acc_steps grad_accum_factor gradient_accumulate_step update_freq accum_iter accum_steps',
    meaning('grad_accum', asCountOrWord),
  ),
  ...each(
    'model_max_length max_seq_length max_seq_len max_sequence_length cutoff_len seq_length sequence_length seq_len sequence_len training.seq_len train.max_seq_length data.max_seq_length tokenizer.max_seq_len model.encoder_seq_length encoder_seq_length data.max_prompt_length data.max_length data.max_len block_size max_source_length max_target_length max_context_length max_context_width context_length context_len max_length max_len max_tokens_length',
    length,
  ),
  ...each(
    'num_train_epochs epochs num_epochs n_epochs max_epochs max_epoch total_epochs trainer.total_epochs trainer.max_epochs train.epochs train.max_epochs train.num_epochs num_epoch nepochs training.epochs train_epochs',
    epochs,
  ),
  ...each(
    'max_steps max_train_steps num_train_steps train_steps total_steps training.steps trainer.max_steps trainer.total_training_steps train.max_steps train_iters max_iters max_iter num_iterations num_iters iterations max_update total_training_steps training_steps num_steps num_training_steps gin.TRAIN_STEPS',
    steps,
  ),
  ...each('train_samples train_num_samples max_train_samples max_samples data.max_samples num_samples', meaning('dataset_size', asPositive)),
  ...each('train.max_tokens train_tokens total_tokens max_train_tokens', meaning('train_tokens', asPositive)),
  ...each(
    'dataset_name dataset data_set dataset_id_or_path dataset_repo_or_path dataset_id train_file train_data_file train_dataset data_path train_data train_data_path dataset_path data.train_files prompt_data data.prompt_dataset data.dataset dataset_mixer_list train_data_dir instance_data_dir data_dir datasets meta_path task_name',
    meaning('dataset', asText),
  ),
  ...each(
    'fp8_format fp8_recipe',
    meaning('precision', (value) => (/^(none|null|false)$/i.test(String(value)) ? undefined : 'fp8')),
  ),
  ...each('fp8', meaning('precision', whenOn('fp8'))),
  ...each('bf16 pure_bf16 use_bf16', meaning('precision', whenOn('bf16'))),
  ...each('fp16 use_fp16 fp16_run', meaning('precision', whenOn('fp16'))),
  ...each(
    'mixed_precision trainer.precision precision training.mixed_precision_param training.dtype amp_dtype dtype torch_dtype param_dtype ds.param_dtype data_type',
    meaning('precision', asPrecision),
  ),
  ...each('amp', meaning('precision', whenOn('fp16'))),
  ...each('optim optimizer opt optim.name model.optim.name optimizer_type optimizer_name opt_type', meaning('optimizer', asText)),
  ...each('use_8bit_adam use_8bit_optimizer', meaning('optimizer', whenOn('adamw8bit'))),
  ...each(
    'gradient_checkpointing grad_checkpointing use_gradient_checkpointing actor_gradient_checkpointing model.gradient_checkpointing_enable actor.gradient_checkpointing_enable activation_checkpointing enable_activation_checkpointing checkpoint_activations recompute_activations recompute_granularity actor_rollout_ref.model.enable_gradient_checkpointing model.enable_gradient_checkpointing activation_checkpoint.mode activations_checkpoint_granularity model.activations_checkpoint_granularity grad_ckpt grad_checkpoint',
    checkpointing,
  ),
  ...each('disable_gradient_checkpointing no_gradient_checkpointing', meaning('grad_ckpt', whenOn(false))),
  ...each('remat_policy', meaning('remat_policy', keptPolicy), meaning('grad_ckpt', recomputation)),
  ...each(
    'lora_r lora_rank lora_dim peft_lora_r lora.rank lora.r peft_config.r model.lora_rank actor_rollout_ref.model.lora_rank model.peft.lora_tuning.adapter_dim',
    meaning('lora_rank', asPositive, lora),
  ),
  // A rank, where 0 is no adapter (InternVL).
  ...each(
    'use_llm_lora',
    meaning('lora_rank', (value) => (typeof value === 'number' ? asPositive(value) : undefined), lora),
  ),
  ...each('q_lora qlora use_qlora', meaning('finetune_method', whenOn('qlora'), { quantization: '4bit' })),
  ...each(
    'finetuning_type train_type tuner_type sft_type finetune_method peft_method train_mode peft_type peft model.peft.peft_scheme tuning_mode training_type',
    meaning('finetune_method', method),
  ),
  ...each('use_peft use_lora use_peft_lora lora enable_lora lora_enable', meaning('finetune_method', whenOn('lora'))),
  ...each('full_finetuning full_finetune', meaning('finetune_method', whenOn('full'))),
  ...each('load_in_4bit use_4bit use_4bit_quantization', meaning('quantization', whenOn('4bit'))),
  ...each('load_in_8bit use_8bit use_8bit_quantization', meaning('quantization', whenOn('8bit'))),
  ...each('quantization_bit quant_bits bits', meaning('quantization', bits)),
  ...each(
    'num_generations actor_rollout_ref.rollout.n n_samples_per_prompt rollout.n_samples_per_prompt num_samples_per_prompt rollout.n rollout_n',
    meaning('num_generations', asPositive),
  ),
  ...each(
    'use_vllm',
    meaning('rollout_engine', (value) => engineOfSamples(asSwitch(value))),
  ),
  ...each('actor_rollout_ref.rollout.name', meaning('rollout_engine', asText)),
  ...each(
    'max_completion_length data.max_response_length rollout.max_new_tokens max_response_length generate_max_len response_length',
    meaning('max_tokens', asPositive),
  ),
  ...each(
    'actor_rollout_ref.actor.megatron.tensor_model_parallel_size tensor_model_parallel_size model.tensor_model_parallel_size parallelism.tensor_parallel_degree trainer.strategy.tensor_model_parallel_size tensor_parallel_size tensor_parallel_dim tp_size ici_tensor_parallelism model_parallel_size vllm.tensor_parallel_size vllm_tensor_parallel_size actor_rollout_ref.rollout.tensor_model_parallel_size',
    meaning('tensor_parallel', asPositive),
  ),
  ...each(
    'actor_rollout_ref.actor.megatron.pipeline_model_parallel_size pipeline_model_parallel_size model.pipeline_model_parallel_size parallelism.pipeline_parallel_degree pp_size pipeline_parallel_size',
    meaning('pipeline_parallel', asPositive),
  ),
  ...each(
    'actor_rollout_ref.actor.megatron.context_parallel_size context_parallel_size model.context_parallel_size parallelism.context_parallel_degree cp_size ring_attn_size ds.ring_attn_size sequence_parallel_size actor_rollout_ref.actor.ulysses_sequence_parallel_size',
    meaning('context_parallel', asPositive),
  ),
  ...each(
    'actor_rollout_ref.actor.megatron.expert_model_parallel_size expert_model_parallel_size model.expert_model_parallel_size parallelism.expert_parallel_degree expert_parallel_size ep_size',
    meaning('expert_parallel', asPositive),
  ),
  ...each(
    'actor_rollout_ref.rollout.gpu_memory_utilization vllm_gpu_memory_utilization vllm.gpu_memory_utilization',
    meaning('gpu_mem_util', asPositiveNumber),
  ),
  ...each('zero_stage ds.zero_stage', meaning('strategy', stage)),
  ...each(
    'deepspeed deepspeed_config',
    meaning('strategy', (value) =>
      typeof value === 'string' ? (strategyOfName(value) ?? (/^zero_?[123]$/.test(value) ? value.replace('_', '') : undefined)) : undefined,
    ),
  ),
  ...each(
    'fsdp',
    meaning('strategy', (value) => (value === '' || asSwitch(value) === false ? undefined : 'fsdp')),
  ),
  ...each(
    'enable_fsdp use_fsdp fsdp_config use_torch_fsdp2',
    meaning('strategy', (value) => (asSwitch(value) === false ? undefined : 'fsdp')),
  ),
  ...each(
    'sharding_strategy fsdp_sharding_strategy',
    meaning('strategy', (value) => (/full|hybrid|shard/i.test(String(value)) && !/no_shard/i.test(String(value)) ? 'fsdp' : undefined)),
  ),
  ...each(
    'actor_rollout_ref.actor.strategy trainer.strategy strategy',
    meaning('strategy', (value) =>
      /^(ddp|fsdp2?|megatron|deepspeed(_stage_[123])?(_offload)?|zero[123])/i.test(String(value))
        ? String(value)
            .toLowerCase()
            .replace(/^deepspeed_stage_([123])(_offload)?$/, 'zero$1')
            .replace('fsdp2', 'fsdp')
        : undefined,
    ),
  ),
  ...each(
    'offload cpu_offload optimizer_offload optimizer_cpu_offload adam_offload ds.adam_offload fsdp_cpu_offload offload_optimizer_device offload_param_device actor_rollout_ref.actor.megatron.optimizer_offload actor_rollout_ref.actor.fsdp_config.optimizer_offload',
    offload,
  ),
  ...each(
    'torch_compile torchcompile compile use_torch_compile actor_rollout_ref.actor.use_torch_compile compile.enable training.compile',
    meaning('compile', asSwitch),
  ),
  ...each(
    'use_flash_attn use_flash_attention use_flash_attention_2 use_flash_attn_2 flash_attn flash_attention attn_implementation ds.attn_implementation attn_impl attention_backend',
    meaning('flash_attention', attention),
  ),
  ...each('packing sample_packing neat_packing dataset.packed packing_samples ds.packing_samples enable_packing', meaning('packing', asSwitch)),
  ...each('output_dir', meaning('output_dir', asText)),
  ...each('save_steps checkpointing_steps', meaning('save_steps', asPositive)),
  ...each('save_total_limit checkpoints_total_limit', meaning('save_total_limit', asPositive)),
  ...each('eval_strategy evaluation_strategy', meaning('eval_strategy', asText)),
  ...each('eval_steps eval_interval', meaning('eval_steps', asPositive)),
  ...each('max_eval_samples', meaning('eval_size', asPositive)),
  ...each('eval_iters eval_subset_num_batches eval_batches', meaning('eval_batches', asPositive)),
  ...each('async_save enable_async_checkpointing', meaning('async_save', whenOn(true))),
  ...each(
    'checkpoint.async_mode',
    meaning('async_save', (value) => (/^async/.test(String(value)) ? true : undefined)),
  ),
  ...each('dataloader_num_workers', meaning('loader_workers', asCount)),
  ...each('channels_last', meaning('channels_last', whenOn(true))),
  ...each('cache_latents cache_latents_to_disk', meaning('latents_cached', whenOn(true))),
  ...each('resolution image_size img_size imgsz input_size image_resolution force_image_size', meaning('image_size', asPositive)),
  ...each('num_layers n_layer n_layers num_hidden_layers depth model.num_layers', layers),
  ...each('hidden_size n_embd d_model hidden_width hidden_dim model.hidden_size', width),
  ...each('num_attention_heads n_head n_heads num_heads model.num_attention_heads', heads),
  ...each('padded_vocab_size vocab_size', meaning('vocab_size', asPositive)),
  ...each(
    'exit_duration_in_mins',
    meaning('max_time', (value) => (asPositiveNumber(value) === undefined ? undefined : asNumber(value)! * 60)),
  ),
  ...each(
    'trainer.n_gpus_per_node n_gpus_per_node trainer.devices num_gpus_per_node gpus_per_node actor_num_gpus_per_node actor.num_gpus_per_node ray_num_workers num_gpus ngpus n_gpus gpus devices',
    meaning('gpu_count', asDevices),
  ),
  // A list of devices: a single number is one device, not a count.
  ...each(
    'gpu_ids gpu_id device_ids',
    meaning('gpu_count', (value) => (typeof value === 'number' ? (value >= 0 ? 1 : undefined) : asDevices(value))),
  ),
  ...each('trainer.nnodes trainer.num_nodes num_nodes nnodes actor_num_nodes actor.num_nodes num_machines', meaning('num_nodes', asPositive)),
};

/** Facts of a training program's flags, in the sense that the flags beside them give. */
export function factsOfTraining(uri: string, flags: readonly ReadFlag[]): (Fact | UnknownFact)[] {
  // A folder that is decided at run time is no question to anybody.
  const facts = factsOfFlags(uri, flags, tableFor(flags)).filter((fact) => 'value' in fact || fact.name !== 'output_dir');
  const policy = facts.find((fact) => fact.name === 'remat_policy');
  const tensors = policy && 'value' in policy && policy.value === 'custom' ? keptTensors(flags) : undefined;
  if (policy && 'value' in policy && tensors !== undefined) facts.push({ ...policy, name: 'remat_tensors', value: tensors });
  // A LoRA on a 4-bit base is a QLoRA; what a flag names itself stays as it is written.
  const fourBit = facts.some((fact) => fact.name === 'quantization' && 'value' in fact && fact.value === '4bit');
  return fourBit
    ? facts.map((fact) =>
        fact.name === 'finetune_method' && 'value' in fact && fact.origin === 'default' && fact.value === 'lora' ? { ...fact, value: 'qlora' } : fact,
      )
    : facts;
}

/** The table in the sense that the flags beside each other give it. */
function tableFor(flags: readonly ReadFlag[]): FlagTable {
  const own: Record<string, FlagTable[string]> = {};
  // `--batch_size` beside `--micro_batch_size` (alpaca-lora, litgpt) and `--train_batch_size` beside `--micro_train_batch_size` (OpenRLHF) count the whole step.
  const micro = flagNamed(
    flags,
    'micro_batch_size',
    'micro_train_batch_size',
    'train.micro_batch_size',
    'per_device_train_batch_size',
    'micro_batch_size_per_gpu',
  );
  if (micro) Object.assign(own, { batch_size: global, train_batch_size: global, 'train.batch_size': global });
  // The rank of a LoRA in the scripts of diffusers; elsewhere it is that of a process.
  if (flagNamed(flags, 'pretrained_model_name_or_path')) own['rank'] = meaning('lora_rank', asPositive, lora);
  // A short name of one's own beside the id of a hub: the id says what is trained.
  const id = flagNamed(flags, 'model_path', 'pretrained_model');
  const name = flagNamed(flags, 'model_name');
  if (id && name && /^[\w.-]+\/[\w.-]+$/.test(String(id.value)) && !/\//.test(String(name.value))) own['model_name'] = [];
  for (const { name } of flags) {
    const inner = trainingFlags[name] === undefined ? innerFlag(name) : undefined;
    const meanings = inner === undefined ? undefined : trainingFlags[inner];
    if (meanings) own[name] = meanings;
  }
  return Object.keys(own).length === 0 ? trainingFlags : { ...trainingFlags, ...own };
}
/** The option that a setting of a tree is, by its last names: `--train_dataset.json.seq_length`, `optimizer.type=adamw`. A batch may be that of a device or of all. */
function innerFlag(name: string): string | undefined {
  const parts = name.split('.');
  if (
    parts.length < 2 ||
    /(?:^|[._])(?:eval\w*|val\w*|test\w*|infer\w*|teacher|draft|critic|reward\w*|ref|rollout|generat\w*|tokenizer|vae|text_encoder)(?:[._]|$)/.test(name)
  )
    return undefined;
  const [group = '', last = ''] = parts.slice(-2);
  if (/^(?:type|name)$/.test(last)) return /^optim(?:izer)?$/.test(group) ? 'optimizer' : undefined;
  return nested.test(last) ? last : undefined;
}
const nested =
  /^(?:model_name_or_path|pretrained_model_name_or_path|per_device_train_batch_size|micro_batch_size|global_batch_size|gradient_accumulation_steps|accumulate_grad_batches|grad_accum_steps|model_max_length|max_seq_length|max_seq_len|seq_length|seq_len|sequence_length|num_train_epochs|num_epochs|epochs|max_epochs|max_steps|max_train_steps|total_steps|num_train_steps|train_steps|mixed_precision|gradient_checkpointing|activation_checkpointing|lora_rank|lora_r|load_in_4bit|num_generations)$/;

/** How many flags only a training has: the sign that a script without a telling name trains. */
export function trainingSigns(flags: readonly ReadFlag[]): number {
  const seen = new Set(flags.map((flag) => flag.name));
  return [...seen].filter((name) => signs.test(name)).length;
}
const signs =
  /^(per_device_train_batch_size|per_gpu_train_batch_size|train_batch_size|train_micro_batch_size_per_gpu|micro_batch_size|micro_train_batch_size|global_batch_size|gradient_accumulation_steps|num_train_epochs|train_epochs|epochs|num_epochs|max_epochs|n_epochs|is_training|max_train_steps|num_train_steps|train_iters|max_iters|learning_rate|lr|weight_decay|warmup_steps|warmup_ratio|lr_scheduler_type|lr_scheduler|optim|optimizer|lora_r|lora_rank|do_train|train_file|gradient_checkpointing|zero_stage|save_steps|save_total_limit|training\.steps|trainer\.max_epochs|trainer\.max_steps|trainer\.total_epochs|data\.train_batch_size|momentum|lr_decay_style|dropout)$/;
