import type { FactValue } from '../../model/fact.js';
import type { ReadFlag } from '../../recognise/shared/command-line.js';
import { factsOfTraining } from '../../recognise/shared/training-flags.js';
import { normalValue } from '../../resolve/normalise.js';
import { type Plain, textOf } from './json.js';

/** Facts of the settings that a tracker kept with a run: the same names and meanings as on a command line.
 * @param settings nested ones count by their last key as well (`training.batch_size`, `args: {batch_size}`) */
export function factsOfSettings(settings: Plain): Record<string, FactValue> {
  const flags: ReadFlag[] = [];
  const add = (entries: Plain, prefix: string, depth: number): void => {
    for (const [key, value] of Object.entries(entries)) {
      if (flags.length > 2000) return;
      const name = prefix + key.replaceAll('-', '_').replaceAll('/', '.');
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
        if (depth < 3) add(value as Plain, `${name}.`, depth + 1);
      } else if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') flags.push(flagOf(name, value));
    }
  };
  add(settings, '', 0);
  const facts: Record<string, FactValue> = {};
  for (const fact of factsOfTraining('', flags)) {
    if (!('value' in fact) || fact.value === 'auto') continue;
    const value = normalValue(fact.name, fact.value, fact.param);
    if (value !== undefined) facts[fact.name] = value;
  }
  // A switch that is off by default says nothing of the method.
  const method = textOf(settings['peft_type']);
  if (method !== undefined && /lora/i.test(method)) facts['finetune_method'] ??= 'lora';
  return facts;
}

function flagOf(name: string, written: string | number | boolean): ReadFlag {
  const value = typeof written === 'string' && /^(?:True|False)$/.test(written) ? written === 'True' : numeric(written);
  return { name, value, open: false, start: 0, end: 0, valueStart: 0, valueEnd: 0, more: [], form: 'key' };
}
const numeric = (value: string | number | boolean): string | number | boolean =>
  typeof value === 'string' && /^-?\d+(?:\.\d+)?(?:e[-+]?\d+)?$/i.test(value) ? Number(value) : value;
