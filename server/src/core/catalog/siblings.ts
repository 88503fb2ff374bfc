import type { ModelShape } from './types.js';

/** A size in a model's name: `70B`, `1.5b`. */
const size = /(?<![\d.])\d+(?:\.\d+)?[bm](?![a-z])/i;
const stem = (model: string): string => model.toLowerCase().replace(size, '#');

/** Models of the same name in other sizes, the largest first. */
export function siblingsOf(model: string, models: readonly ModelShape[]): (ModelShape & { readonly params: number })[] {
  if (!size.test(model)) return [];
  const own = stem(model);
  return models
    .filter(
      (one): one is ModelShape & { readonly params: number } =>
        one.params !== undefined && one.id.toLowerCase() !== model.toLowerCase() && stem(one.id) === own,
    )
    .sort((a, b) => b.params - a.params);
}
