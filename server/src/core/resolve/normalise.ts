import type { Fact, FactValue } from '../model/fact.js';
import { factNames } from '../model/fact-names.js';
import { precisionOf } from '../recognise/shared/precision.js';
import { strategyOfName } from '../recognise/shared/training-flags.js';

/** A value as the facts' vocabulary writes it, for what came in through another file or a bare flag: `torch.bfloat16` and `--bf16 True` are `bf16`.
 * @unknown undefined where the value says nothing about the fact (`--bf16 False`, `--max_steps -1`) */
export function normalValue(name: string, value: FactValue, param?: string): FactValue | undefined {
  if (name === 'precision') return precision(value, param);
  if (name === 'quantization' && typeof value === 'boolean') return value ? (/8/.test(param ?? '') ? '8bit' : '4bit') : undefined;
  if (name === 'strategy') return typeof value === 'string' && /[./]/.test(value) ? (strategyOfName(value) ?? 'deepspeed') : value;
  if (name === 'finetune_method' && typeof value === 'boolean') return value ? 'lora' : undefined;
  if (name === 'grad_ckpt' && typeof value === 'boolean' && /^(?:disable|no)_/.test(param ?? '')) return !value;
  if (name === 'spot' && typeof value === 'string' && /^(?:on[_-]?demand|regular|standard|spot|low_?priority)$/i.test(value))
    return /^(?:spot|low)/i.test(value);
  const type = factNames[name]?.type;
  if (type === 'boolean') return asFlag(value);
  if (type !== 'number') return value;
  const number = asNumber(value);
  if (number === undefined) return value;
  return number <= 0 && unsetBelowOne.test(name) ? undefined : number;
}

/** A fact in normal form, or undefined where it says nothing. */
export function normalised(fact: Fact): Fact | undefined {
  const value = normalValue(fact.name, fact.value, fact.param);
  return value === undefined ? undefined : value === fact.value ? fact : { ...fact, value };
}

/** 0 and -1 mean "not set" for these. */
const unsetBelowOne = /^(?:max_steps|epochs|batch_size|global_batch_size|grad_accum|seq_len|dataset_size|train_tokens|max_time)$/;

function precision(value: FactValue, param = ''): FactValue | undefined {
  if (typeof value !== 'boolean' && !/^(?:true|false|0|1)$/i.test(String(value))) return precisionOf(value) ?? value;
  const name = /bf16|bfloat16/.test(param) ? 'bf16' : /fp16|float16|amp|half/.test(param) ? 'fp16' : /fp8/.test(param) ? 'fp8' : undefined;
  return asFlag(value) === true ? name : undefined;
}
function asFlag(value: FactValue): FactValue {
  if (value === 1 || /^(?:true|yes|on)$/i.test(String(value))) return true;
  return value === 0 || /^(?:false|no|off|none)$/i.test(String(value)) ? false : value;
}
function asNumber(value: FactValue): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || !/^[-+]?[\d_]+(?:\.[\d_]+)?(?:e[-+]?\d+)?$/i.test(value.trim())) return undefined;
  return Number(value.replaceAll('_', ''));
}
