import { at, hasKey, scalarOf, type Value } from '../../syntax/value.js';
import { ConfigFacts, countKeys, type Field, flag, flagOf, integer, lower, number, positive, text } from '../shared/config-facts.js';
import type { SeenWorkload } from '../types.js';
import { takeDeepspeedOption, takeFsdp } from './deepspeed.js';
import { takeAttention, takePrecision, trainingArgumentFields } from './transformers-fields.js';

/** A LLaMA-Factory configuration, in either of its layouts; undefined for one that trains nothing. */
export function llamaFactory(uri: string, root: Value): SeenWorkload | undefined {
  if (isClassic(root)) return classic(uri, root);
  return isNested(root) ? nested(uri, root) : undefined;
}

const trainingKeys = ['do_train', 'per_device_train_batch_size', 'num_train_epochs', 'max_steps', 'learning_rate', 'gradient_accumulation_steps'];
/** Its own words beside a trainer's; configurations for chat, export and evaluation lack the latter. */
export const isClassic = (root: Value): boolean =>
  hasKey(root, 'model_name_or_path') &&
  countKeys(root, ['finetuning_type', 'cutoff_len', 'template', 'stage', 'dataset_dir', 'lora_target', 'quantization_bit']) >= 2 &&
  countKeys(root, trainingKeys) >= 2 &&
  flagOf(at(root, 'do_train')) !== false;
const isNested = (root: Value): boolean =>
  hasKey(root, 'model') &&
  hasKey(root, 'train_dataset') &&
  countKeys(root, ['cutoff_len', 'micro_batch_size', 'dist_config', 'peft_config', 'model_class', 'kernel_config']) >= 2;

function classic(uri: string, root: Value): SeenWorkload {
  const facts = new ConfigFacts(uri, root).fields(classicFields).fields(trainingArgumentFields);
  takePrecision(facts, root);
  const bits = at(root, 'quantization_bit');
  const number = bits && integer(bits);
  if (bits && number !== undefined) facts.put('quantization', `${number}bit`, bits);
  for (const key of ['use_muon', 'use_galore', 'use_badam', 'use_apollo', 'use_adam_mini']) {
    const value = at(root, key);
    if (value && flagOf(value) === true) facts.put('optimizer', key.slice(4), value);
  }
  const off = at(root, 'disable_gradient_checkpointing');
  if (off && flagOf(off) !== undefined) facts.put('grad_ckpt', flagOf(off) === false, off);
  const recompute = at(root, 'recompute_granularity');
  if (recompute && scalarOf(recompute) !== null) facts.put('grad_ckpt', true, recompute);
  const attention = at(root, 'flash_attn');
  if (/^fa[23]$/.test(String(scalarOf(attention))) && attention) facts.put('flash_attention', true, attention);
  takeAttention(facts, root);
  takeDeepspeedOption(facts, at(root, 'deepspeed'));
  takeFsdp(facts, root);
  const stage = scalarOf(at(root, 'stage'));
  return facts.workload(
    'training',
    'llama-factory',
    stage === 'pt' ? 'Pretrain' : stage === undefined || stage === 'sft' ? 'Fine-tune' : String(stage).toUpperCase(),
  );
}
const classicFields: readonly Field[] = [
  ['model', 'model_name_or_path', text],
  ['finetune_method', 'finetuning_type', lower],
  ['lora_rank', 'lora_rank', integer],
  ['dataset', 'dataset', text],
  ['seq_len', 'cutoff_len', integer],
  ['dataset_size', 'max_samples', integer],
  ['global_batch_size', 'global_batch_size', integer],
  ['packing', 'packing', flag],
  ['gpu_count', 'ray_num_workers', integer],
  ['tensor_parallel', 'tensor_model_parallel_size', integer],
  ['pipeline_parallel', 'pipeline_model_parallel_size', integer],
  ['expert_parallel', 'expert_model_parallel_size', integer],
  ['context_parallel', 'context_parallel_size', integer],
];

function nested(uri: string, root: Value): SeenWorkload {
  const facts = new ConfigFacts(uri, root).fields(nestedFields);
  takePrecision(facts, root);
  const dist = at(root, 'dist_config', 'name');
  const name = dist && lower(dist);
  if (dist && typeof name === 'string') facts.put('strategy', name.startsWith('fsdp') ? 'fsdp' : name, dist);
  facts.refer(at(root, 'dist_config', 'config_file'));
  return facts.workload('training', 'llama-factory', 'Fine-tune');
}
const nestedFields: readonly Field[] = [
  ['model', 'model', text],
  ['finetune_method', 'peft_config.name', lower],
  ['lora_rank', 'peft_config.r', integer],
  ['quantization', 'quant_config.quantization_bit', (value) => (integer(value) === undefined ? undefined : `${integer(value)}bit`)],
  ['dataset', 'train_dataset', text],
  ['batch_size', 'micro_batch_size', integer],
  ['global_batch_size', 'global_batch_size', integer],
  ['seq_len', 'cutoff_len', integer],
  ['max_steps', 'max_steps', positive],
  ['epochs', 'num_train_epochs', number],
  ['grad_ckpt', 'enable_activation_checkpointing', flag],
];
