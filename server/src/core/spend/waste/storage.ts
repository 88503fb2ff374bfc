import type { Catalog } from '../../catalog/catalog.js';
import { known, type Maybe, unknown } from '../../model/maybe.js';
import { toNumber } from '../decimal.js';
import { daysIn, laterOf, plusDays, type Span } from '../period.js';
import type { UsageRecord } from '../usage.js';
import { exactly, moneyBetween } from './price.js';
import type { WasteLine } from './types.js';

/** Files that nobody read or wrote for this many days are stale. */
export const staleAfter = 30;
/** Days of the month that storage is priced by. */
const daysPerMonth = 365 / 12;

/** Checkpoints and other files that nobody used for a month, by tables of use: rows with `stored_gb` and `last_used`; of several days the last one counts.
 * What is stored was there since it was last used: its days in the span count. A stated `cost` is of one day. */
export function staleFiles(records: readonly UsageRecord[], span: Span, catalog: Catalog): WasteLine[] {
  const latest = new Map<string, UsageRecord>();
  for (const record of records) {
    if (!record.amounts['stored_gb'] || record.lastUsed === undefined) continue;
    const key = JSON.stringify([record.resource, record.tags]);
    const before = latest.get(key);
    if (!before || before.day < record.day) latest.set(key, record);
  }
  return [...latest.values()].flatMap((record): WasteLine[] => {
    const { day, lastUsed = day, amounts, tags, source, currency } = record;
    const since = plusDays(lastUsed, staleAfter);
    const stored = toNumber(amounts['stored_gb'] as NonNullable<(typeof amounts)[string]>);
    if (day < since || stored === 0) return [];
    const days = daysIn({ from: laterOf(since, span.from), to: day });
    const { cost } = amounts;
    const price = gigabyteMonth(catalog, tags.provider, tags.service);
    return [
      {
        kind: 'stale checkpoints',
        what: record.resource || tags.service || 'storage',
        owner: tags,
        quantity: { value: stored, unit: 'GB' },
        ...(cost
          ? { money: exactly({ digits: cost.digits * BigInt(days), scale: cost.scale }, currency ?? 'USD', `${days} days at the cost that ${source} states`) }
          : price.known
            ? {
                money: moneyBetween(
                  ...three((price.value.usd * stored * days) / daysPerMonth),
                  `${days} days at $${price.value.usd}/GB-month, ${price.value.basis}`,
                ),
              }
            : { need: price.need }),
        evidence: `${stored} GB, last used on ${lastUsed}; ${source}`,
        fix: 'keep the last few (save_total_limit) and the best; let a lifecycle rule delete or freeze the rest',
      },
    ];
  });
}
const three = (value: number): [number, number, number] => [value, value, value];

/** @unknown if provider or class of storage is not named as the price list names it */
function gigabyteMonth(catalog: Catalog, provider: string | undefined, service: string | undefined): Maybe<{ usd: number; basis: string }> {
  const same = (a: string, b: string | undefined): boolean => b !== undefined && a.toLowerCase() === b.toLowerCase();
  const rows = catalog.storage.filter(({ unit }) => unit === 'usd_per_gb_month');
  const found = rows.find((row) => same(row.service, service) && (provider === undefined || same(row.provider, provider)));
  if (found) return known({ usd: found.usd, basis: `${found.provider} ${found.service}, ${found.asOf}` });
  return unknown(['service'], `its price: a column cost, or a column service that names it as the price list does (${rows[0]?.service ?? 'S3 Standard'} …)`);
}
