import { at, entriesOf, hasKey, type Value } from '../../syntax/value.js';
import { ConfigFacts, countKeys, type Field, flag, flagOf, integer, lower, number, text } from '../shared/config-facts.js';
import { engineOfSamples } from '../shared/facts.js';
import type { SeenWorkload } from '../types.js';
import { isClassic } from './llama-factory.js';
import { takeAttention, takeQuantization, takeTrainerSetup, trainingArgumentFields } from './transformers-fields.js';

/** A file of trainer arguments as HfArgumentParser and TrlParser read it; undefined for one that trains nothing. */
export function trainerArguments(uri: string, file: Value): SeenWorkload | undefined {
  const root = withSections(file);
  if (!isTrainerArguments(root)) return undefined;
  const facts = new ConfigFacts(uri, root).fields(fields).fields(trainingArgumentFields);
  takeTrainerSetup(facts, root);
  takeQuantization(facts, root);
  takeAttention(facts, root);
  takeMethod(facts, root);
  takeMixture(facts, root);
  return facts.workload('training', isTrl(root) ? 'trl' : 'transformers', titleOf(root));
}

/** Arguments in sections (`training_args:`, `data:`, `lora:`) as if they stood beside each other; what stands at the top wins. */
function withSections(root: Value): Value {
  if (root.kind !== 'map') return root;
  const sections = root.entries.filter((entry) => section.test(entry.key) && entry.value.kind === 'map');
  if (!sections.some((entry) => countKeys(entry.value, trainingKeys) >= 2)) return root;
  const own = root.entries.filter((entry) => !sections.includes(entry) || !modelKeys.includes(entry.key));
  const named = sections.flatMap((entry) => (entry.key === 'model' ? entriesOf(entry.value).filter((one) => modelNames.test(one.key)) : []));
  return { ...root, entries: [...named.map((entry) => ({ ...entry, key: 'model' })), ...sections.flatMap((entry) => entriesOf(entry.value)), ...own] };
}
const section = /^(?:train(?:ing|er)?(?:_args|_arguments|_config)?|(?:model|data|dataset|lora|peft|sft)(?:_args|_config)?|args)$/;
const modelNames = /^(?:name|path|id|name_or_path|pretrained_model_name_or_path)$/;

const trainingKeys = [
  'per_device_train_batch_size',
  'per_gpu_train_batch_size',
  'num_train_epochs',
  'learning_rate',
  'max_steps',
  'gradient_accumulation_steps',
];
const modelKeys = ['model_name_or_path', 'model', 'model_id_or_path', 'model_name', 'model_path'];
const isTrainerArguments = (root: Value): boolean =>
  countKeys(root, modelKeys) > 0 &&
  countKeys(root, trainingKeys) >= 2 &&
  countKeys(root, ['per_device_train_batch_size', 'num_train_epochs', 'gradient_accumulation_steps', 'gradient_checkpointing', 'output_dir']) >= 2 &&
  !isClassic(root) &&
  flagOf(at(root, 'do_train')) !== false;

const trlKeys = [
  'dataset_mixture',
  'dataset_mixer',
  'max_completion_length',
  'num_generations',
  'use_peft',
  'beta',
  'max_prompt_length',
  'max_seq_length',
  'max_length',
  'dataset_name',
  'chat_template',
];
const isTrl = (root: Value): boolean => countKeys(root, trlKeys) > 0 && !hasKey(root, 'block_size');

const fields: readonly Field[] = [
  ...modelKeys.map((key): Field => ['model', key, text]),
  ['dataset', 'dataset_name', text],
  ['dataset', 'dataset_mixture.datasets.0.id', text],
  ['dataset', 'datasets.0.path', text],
  ['dataset', 'dataset.train_dataset.repo_id', text],
  ['dataset', 'dataset_id_or_path', text],
  ['dataset', 'train_file', text],
  ['dataset', 'dataset', text],
  ['dataset', 'dataset.0', text],
  ['seq_len', 'max_seq_length', integer],
  ['seq_len', 'max_length', integer],
  ['seq_len', 'block_size', integer],
  ['seq_len', 'sequence_length', integer],
  ['seq_len', 'model_max_length', integer],
  ['seq_len', 'max_source_length', integer],
  ['seq_len', 'max_prompt_length', integer],
  ['epochs', 'num_epochs', number],
  ['packing', 'packing', flag],
  ['lora_rank', 'lora_r', integer],
  ...['lora', 'lora_config', 'peft', 'peft_config'].map((key): Field => ['lora_rank', `${key}.r`, integer]),
  ['lora_rank', 'lora_rank', integer],
  ['num_generations', 'num_generations', integer],
  ['max_tokens', 'max_completion_length', integer],
  ['rollout_engine', 'use_vllm', (value) => engineOfSamples(flag(value))],
  ['dataset_size', 'max_train_samples', integer],
  ...['peft_type', 'train_type', 'tuner_type', 'sft_type'].map((key): Field => ['finetune_method', key, lower]),
  ['finetune_method', 'train_mode', (value) => (/^(?:full|lora|qlora)$/i.test(String(lower(value))) ? lower(value) : undefined)],
  ['gpu_mem_util', 'vllm_gpu_memory_utilization', number],
];

/** `dataset_mixer: {id: fraction}`: the first of the data sets is named by its key. */
function takeMixture(facts: ConfigFacts, root: Value): void {
  const [first] = entriesOf(at(root, 'dataset_mixer'));
  if (first) facts.put('dataset', first.key, { start: first.keyStart, end: first.keyEnd });
  facts.mixed(at(root, 'dataset_mixer'));
  facts.mixed(at(root, 'dataset_mixture', 'datasets'));
  facts.mixed(at(root, 'datasets'));
}

function takeMethod(facts: ConfigFacts, root: Value): void {
  for (const [key, method] of [
    ['use_qlora', 'qlora'],
    ['use_peft', 'lora'],
    ['use_lora', 'lora'],
  ] as const) {
    const value = at(root, key);
    if (value && flagOf(value) === true) facts.put('finetune_method', method, value);
  }
  const quantized = [at(root, 'use_qlora'), at(root, 'train_mode')].find((value) => value && (flagOf(value) === true || lower(value) === 'qlora'));
  if (quantized) facts.put('quantization', '4bit', quantized, 'default', 'qlora loads the base model in 4 bits');
}

function titleOf(root: Value): string {
  if (hasKey(root, 'num_generations') || hasKey(root, 'reward_funcs')) return 'GRPO';
  return hasKey(root, 'beta') || hasKey(root, 'ref_model') ? 'Preference tuning' : 'Fine-tune';
}
