import type { Fact, FactValue, UnknownFact } from '../../model/fact.js';
import { flagFact, type ReadFlag } from './command-line.js';

/** What one flag or configuration key says: a fact's name, and how its value is changed into the fact's (undefined: it says nothing). */
export interface FlagMeaning {
  readonly fact: string;
  readonly change?: (value: FactValue) => FactValue | undefined;
  /** Facts that follow from the flag besides: `--lora_rank` means a LoRA. */
  readonly implies?: Readonly<Record<string, FactValue>>;
}
/** By flag name without dashes, `_` for `-`. Where two flags give one fact, the one that stands first in the table wins. */
export type FlagTable = Readonly<Record<string, FlagMeaning | readonly FlagMeaning[]>>;

/** Facts of the flags that a table knows. */
export function factsOfFlags(uri: string, flags: readonly ReadFlag[], table: FlagTable): (Fact | UnknownFact)[] {
  const order = new Map(Object.keys(table).map((name, index) => [name, index]));
  const last = new Map<string, ReadFlag>();
  for (const flag of flags) if (order.has(flag.name)) last.set(flag.name, flag);
  const found = new Map<string, Fact | UnknownFact>();
  const implied = new Map<string, Fact>();
  for (const flag of [...last.values()].sort((a, b) => order.get(a.name)! - order.get(b.name)!)) {
    const meanings = table[flag.name]!;
    for (const { fact, change, implies } of Array.isArray(meanings) ? (meanings as readonly FlagMeaning[]) : [meanings as FlagMeaning]) {
      const seen = flagFact(uri, fact, flag, change);
      if (!seen) continue;
      const before = found.get(fact);
      if (!before || (!('value' in before) && 'value' in seen)) found.set(fact, seen);
      for (const [name, value] of Object.entries(implies ?? {})) {
        if (!implied.has(name) && 'value' in seen && seen.value !== false && seen.value !== 0)
          implied.set(name, { name, value, origin: 'default', span: seen.span!, note: `follows from --${flag.name}` });
      }
    }
  }
  for (const [name, fact] of implied) if (!found.has(name)) found.set(name, fact);
  return [...found.values()];
}

export const asNumber = (value: FactValue): number | undefined => {
  const number = typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? number : undefined;
};
/** A whole number ≥ 0; a suffix k or m multiplies (`32k` as vLLM reads it: 32 000, `32K`: 32 768). */
export const asCount = (value: FactValue): number | undefined => {
  const suffixed = typeof value === 'string' ? /^(\d+(?:\.\d+)?)([kKmM])$/.exec(value.trim()) : null;
  if (suffixed) return Number(suffixed[1]) * { k: 1e3, K: 1024, m: 1e6, M: 1024 ** 2 }[suffixed[2] as 'k']!;
  const number = asNumber(value);
  return number !== undefined && Number.isInteger(number) && number >= 0 ? number : undefined;
};
/** A whole number > 0: 0 and -1 mean "not set" for most trainers' limits. */
export const asPositive = (value: FactValue): number | undefined => {
  const number = asCount(value);
  return number !== undefined && number > 0 ? number : undefined;
};
export const asPositiveNumber = (value: FactValue): number | undefined => {
  const number = asNumber(value);
  return number !== undefined && number > 0 ? number : undefined;
};
/** A count, or the word that stands for one: `auto`, `all`. */
export const asCountOrWord = (value: FactValue): FactValue | undefined =>
  typeof value === 'string' && /^(auto|all|gpu)$/i.test(value) ? value.toLowerCase() : asCount(value);
export const asText = (value: FactValue): string | undefined => (typeof value === 'boolean' || value === '' ? undefined : String(value));
/** true or false of a switch: bare, `True`, `1`, `yes`. */
export const asSwitch = (value: FactValue): boolean | undefined => {
  if (typeof value === 'boolean') return value;
  if (value === 1 || /^(true|yes|on|y|t)$/i.test(String(value))) return true;
  return value === 0 || /^(false|no|off|n|f|none)$/i.test(String(value)) ? false : undefined;
};
/** Only a switch that is on says something. */
export const whenOn =
  (value: FactValue): ((given: FactValue) => FactValue | undefined) =>
  (given) =>
    asSwitch(given) === true ? value : undefined;
/** Normal form of a number type: bf16, fp16, fp32, fp8, auto. */
export const asPrecision = (value: FactValue): string | undefined => {
  const text = String(value)
    .toLowerCase()
    .replace(/^(torch|jnp|tf)\./, '')
    .replace(/^amp_/, '')
    .replace(/-(true|mixed)$/, '');
  if (/^(bf16|bfloat16)$/.test(text)) return 'bf16';
  if (/^(fp16|float16|half|16)$/.test(text)) return 'fp16';
  if (/^(fp32|float32|float|32|no)$/.test(text)) return 'fp32';
  if (/^(tf32|auto|fp8|fp4|nvfp4|mxfp4)$/.test(text)) return text;
  return /^(fp8|float8)/.test(text) ? 'fp8' : undefined;
};
