import type { FactValue } from '../../model/fact.js';
import { at, entriesOf, itemsOf, scalarOf, type Value } from '../../syntax/value.js';
import { scalar } from '../shared/command-line.js';
import { type ConfigFacts, steps } from '../shared/config-facts.js';
import { type Engine, engineFlags } from '../shared/engine-flags.js';
import type { FlagMeaning } from '../shared/flag-facts.js';

/** Engine options that are keys of a map: `maxModelLen`, `max-model-len` and `max_model_len` are one. */
export function takeEngineKeys(facts: ConfigFacts, map: Value | undefined, engine: Engine): void {
  const table = engineFlags[engine];
  for (const entry of entriesOf(map)) {
    if (entry.value.kind !== 'scalar' || entry.key.length < 3) continue;
    const meanings = table[snake(entry.key)];
    for (const { fact, change } of meanings === undefined ? [] : Array.isArray(meanings) ? (meanings as readonly FlagMeaning[]) : [meanings as FlagMeaning])
      facts.take(fact, entry.value, (value) => read(value, change));
  }
}
function read(value: Value, change: FlagMeaning['change']): FactValue | undefined {
  const written = scalarOf(value);
  if (written === null || written === undefined) return undefined;
  const plain = typeof written === 'string' ? scalar(written) : written;
  return change ? change(plain) : plain;
}
const snake = (key: string): string =>
  key
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll('-', '_')
    .toLowerCase();

/** Takes over facts that a command of the file gave. */
export function takeAll(facts: ConfigFacts, found: readonly (ConfigFacts['facts'][number] | ConfigFacts['unknown'][number])[]): void {
  for (const one of found) {
    if (facts.has(one.name)) continue;
    if ('value' in one) facts.facts.push(one);
    else facts.unknown.push(one);
  }
}

/** First scalar among several paths. */
export function firstOf(root: Value | undefined, ...paths: readonly string[]): Value | undefined {
  for (const path of paths) {
    const value = at(root, ...steps(path));
    if (value?.kind === 'scalar' && value.value !== null) return value;
    const item = itemsOf(value)[0];
    if (item?.kind === 'scalar' && item.value !== null) return item;
  }
  return undefined;
}
