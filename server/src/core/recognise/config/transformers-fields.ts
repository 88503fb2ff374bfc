import { at, type Value } from '../../syntax/value.js';
import { type ConfigFacts, type Field, flag, flagOf, integer, integerOrAuto, number, positive, text } from '../shared/config-facts.js';
import { takeDeepspeedOption, takeFsdp } from './deepspeed.js';

/** Fields of transformers' TrainingArguments in a file, under their own names. */
export const trainingArgumentFields: readonly Field[] = [
  ['batch_size', 'per_device_train_batch_size', integerOrAuto],
  ['batch_size', 'per_gpu_train_batch_size', integer],
  ['grad_accum', 'gradient_accumulation_steps', integerOrAuto],
  ['max_steps', 'max_steps', positive],
  ['epochs', 'num_train_epochs', number],
  ['optimizer', 'optim', text],
  ['grad_ckpt', 'gradient_checkpointing', flag],
  ['compile', 'torch_compile', flag],
  ['output_dir', 'output_dir', text],
  ['save_steps', 'save_steps', positive],
  ['save_total_limit', 'save_total_limit', positive],
  ['eval_strategy', 'eval_strategy', text],
  ['eval_strategy', 'evaluation_strategy', text],
  ['eval_steps', 'eval_steps', positive],
  ['loader_workers', 'dataloader_num_workers', integer],
];

/** The sharding and the compute type of a trainer's configuration. */
export function takeTrainerSetup(facts: ConfigFacts, root: Value): void {
  takePrecision(facts, root);
  takeDeepspeedOption(facts, at(root, 'deepspeed'));
  takeFsdp(facts, root);
}

/** `bf16`, `fp16`, `fp8` as switches (`auto` as well); both off at once is fp32. */
export function takePrecision(facts: ConfigFacts, root: Value, asAuto = 'auto'): void {
  for (const [key, name] of [
    ['fp8', 'fp8'],
    ['bf16', 'bf16'],
    ['bfloat16', 'bf16'],
    ['pure_bf16', 'bf16'],
    ['fp16', 'fp16'],
    ['float16', 'fp16'],
  ] as const) {
    const value = at(root, key);
    if (!value) continue;
    if (flagOf(value) === true) facts.put('precision', name, value);
    else if (text(value) === 'auto') facts.put('precision', asAuto === 'auto' ? 'auto' : name, value);
  }
}

/** `attn_implementation`, or older switches, as flash attention on or off. */
export function takeAttention(facts: ConfigFacts, root: Value): void {
  for (const key of ['attn_implementation', '_attn_implementation']) {
    const value = at(root, key);
    const name = value && text(value);
    if (!value || typeof name !== 'string') continue;
    if (/flash/i.test(name)) facts.put('flash_attention', true, value);
    else if (/^eager$/i.test(name)) facts.put('flash_attention', false, value);
  }
  for (const key of ['flash_attention', 'use_flash_attn', 'use_flash_attention_2', 'use_flash_attention']) facts.take('flash_attention', at(root, key), flag);
}

/** `load_in_4bit`, `load_in_8bit` and their kin. */
export function takeQuantization(facts: ConfigFacts, root: Value): void {
  for (const [key, name] of [
    ['load_in_4bit', '4bit'],
    ['load_in_8bit', '8bit'],
  ] as const) {
    const value = at(root, key);
    if (value && flagOf(value) === true) facts.put('quantization', name, value);
  }
}
