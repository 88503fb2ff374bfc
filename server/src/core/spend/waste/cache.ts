import type { Catalog } from '../../catalog/catalog.js';
import { known, type Maybe, unknown } from '../../model/maybe.js';
import { toNumber } from '../decimal.js';
import type { UsageRecord } from '../usage.js';
import { moneyBetween } from './price.js';
import type { WasteLine } from './types.js';

/** Days that must be told before some of them show what is within reach. */
const fewest = 5;
/** Best share that counts as within reach: that of this quantile of the days. */
const reach = 0.8;

/** Input tokens that were paid in full although days of the same key or model show that they need not be, by tables of use: rows with `input_tokens` (all of them)
 * and `cached_input_tokens`, the part that was read from the provider's cache. A day is held against a good day of its own, never against a hope.
 * high: the best day; low: the middle one. */
export function cacheMisses(records: readonly UsageRecord[], catalog: Catalog): WasteLine[] {
  const groups = new Map<string, UsageRecord[]>();
  for (const record of records) {
    if (!record.amounts['input_tokens'] || !record.amounts['cached_input_tokens']) continue;
    const key = JSON.stringify([record.resource, record.tags]);
    groups.set(key, [...(groups.get(key) ?? []), record]);
  }
  return [...groups.values()].flatMap((group): WasteLine[] => {
    const days = group.flatMap(({ amounts }) => {
      const input = toNumber(amounts['input_tokens'] as NonNullable<(typeof amounts)[string]>);
      const cached = toNumber(amounts['cached_input_tokens'] as NonNullable<(typeof amounts)[string]>);
      return input > 0 && cached <= input ? [{ input, cached, share: cached / input }] : [];
    });
    const [first] = group;
    if (!first || days.length === 0) return [];
    const shares = days.map(({ share }) => share).sort((a, b) => a - b);
    const at = (quantile: number): number => shares[Math.min(shares.length - 1, Math.floor(quantile * shares.length))] as number;
    const missed = (share: number): number => days.reduce((sum, day) => sum + Math.max(0, share - day.share) * day.input, 0);
    const input = days.reduce((sum, day) => sum + day.input, 0);
    const cached = days.reduce((sum, day) => sum + day.cached, 0);
    const price = perToken(catalog, first.tags.model_id ?? first.resource, first.tags.provider);
    const what = first.tags.model_id || first.resource || 'hosted model';
    const read = `${percent(cached / input)} of ${(input / 1e6).toPrecision(3)}M input tokens were read from the cache on ${days.length} days; from ${first.source} on`;
    const line = { kind: 'cache miss' as const, what, owner: first.tags };
    const fix = 'let requests begin with the same text: instructions, tools and documents first, what changes last; renew the entry before it expires';
    if (cached === 0) {
      const most = price.known ? ` (at most $${(price.value.usd * input).toFixed(2)}, if all of it were the same text)` : '';
      return [
        { ...line, quantity: { value: input, unit: 'input tokens' }, need: `how much of the prompts is the same text each time${most}`, evidence: read, fix },
      ];
    }
    const likely = missed(at(reach));
    if (days.length < fewest || likely < 0.01 * input) return [];
    const money = price.known
      ? { money: moneyBetween(missed(at(0.5)) * price.value.usd, likely * price.value.usd, missed(at(1)) * price.value.usd, price.value.basis) }
      : { need: price.need };
    return [{ ...line, quantity: { value: likely, unit: 'input tokens' }, ...money, evidence: `${read}; ${percent(at(reach))} on good days`, fix }];
  });
}
const percent = (share: number): string => `${Math.round(100 * share)} %`;

/** What an input token costs more than one from the cache.
 * @unit USD/token
 * @unknown if the model is none of the price list, or it lists no price from the cache */
function perToken(catalog: Catalog, model: string, provider: string | undefined): Maybe<{ usd: number; basis: string }> {
  const found = catalog.hostedBook.find(model, provider);
  const price = found.found ? found.prices[0] : undefined;
  if (!price) return unknown(['model'], `a price of '${model}': add your own rate under prices`);
  if (price.cachedInputUsd === undefined) return unknown(['model'], `${price.model} has no listed price of cached input: add your own rate under prices`);
  return known({ usd: (price.inputUsd - price.cachedInputUsd) / 1e6, basis: `${price.provider} ${price.model}, ${price.asOf}` });
}
