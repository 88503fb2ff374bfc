import { at, entriesOf, hasKey, type Value } from '../../syntax/value.js';
import { ConfigFacts, countKeys, type Field, flag, flagOf, integer, lower, number, text } from '../shared/config-facts.js';
import type { SeenWorkload } from '../types.js';
import { isClassic } from './llama-factory.js';
import { takeAttention, takeQuantization, takeTrainerSetup, trainingArgumentFields } from './transformers-fields.js';

/** A file of trainer arguments as HfArgumentParser and TrlParser read it; undefined for one that trains nothing. */
export function trainerArguments(uri: string, root: Value): SeenWorkload | undefined {
  if (!isTrainerArguments(root)) return undefined;
  const facts = new ConfigFacts(uri, root).fields(fields).fields(trainingArgumentFields);
  takeTrainerSetup(facts, root);
  takeQuantization(facts, root);
  takeAttention(facts, root);
  takeMethod(facts, root);
  takeMixture(facts, root);
  return facts.workload('training', isTrl(root) ? 'trl' : 'transformers', titleOf(root));
}

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
  ['dataset', 'train_file', text],
  ['dataset', 'dataset', text],
  ['dataset', 'dataset.0', text],
  ['seq_len', 'max_seq_length', integer],
  ['seq_len', 'max_length', integer],
  ['seq_len', 'block_size', integer],
  ['seq_len', 'model_max_length', integer],
  ['seq_len', 'max_source_length', integer],
  ['seq_len', 'max_prompt_length', integer],
  ['epochs', 'num_epochs', number],
  ['packing', 'packing', flag],
  ['lora_rank', 'lora_r', integer],
  ['lora_rank', 'lora_rank', integer],
  ['num_generations', 'num_generations', integer],
  ['max_tokens', 'max_completion_length', integer],
  ['dataset_size', 'max_train_samples', integer],
  ...['peft_type', 'train_type', 'tuner_type', 'sft_type'].map((key): Field => ['finetune_method', key, lower]),
  ['gpu_mem_util', 'vllm_gpu_memory_utilization', number],
];

/** `dataset_mixer: {id: fraction}`: the first of the data sets is named by its key. */
function takeMixture(facts: ConfigFacts, root: Value): void {
  const [first] = entriesOf(at(root, 'dataset_mixer'));
  if (first) facts.put('dataset', first.key, { start: first.keyStart, end: first.keyEnd });
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
  const quantized = at(root, 'use_qlora');
  if (quantized && flagOf(quantized) === true) facts.put('quantization', '4bit', quantized, 'default', 'qlora loads the base model in 4 bits');
}

function titleOf(root: Value): string {
  if (hasKey(root, 'num_generations') || hasKey(root, 'reward_funcs')) return 'GRPO';
  return hasKey(root, 'beta') || hasKey(root, 'ref_model') ? 'Preference tuning' : 'Fine-tune';
}
