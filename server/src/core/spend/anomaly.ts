import { converted, type Rate } from './currency.js';
import { add, toText, zero } from './decimal.js';
import { type DimensionName, dimensionAt } from './dimensions.js';
import { median } from './median.js';
import { eachDay, plusDays } from './period.js';
import { type LedgerMonth, linesOf } from './report.js';

/** A day on which far more or less was spent than the days before told, and what made it so. */
export interface Anomaly {
  readonly day: string;
  /** @unit of the currency asked for */
  readonly cost: number;
  readonly expected: number;
  /** How far from what was expected, in times of the usual scatter. */
  readonly score: number;
  /** Values of tags that changed most, the largest first; `share` of the whole difference. */
  readonly causes: readonly { readonly key: DimensionName; readonly value: string | null; readonly change: number; readonly share: number }[];
}
/** Weeks that a day is held against. */
const weeks = 6;
/** A difference is told from this many times the usual scatter on, and from this share of what was expected on. */
const least = { score: 4, share: 0.25 } as const;
const explaining: readonly DimensionName[] = [
  'team',
  'project',
  'model_id',
  'model_version',
  'experiment_run',
  'workflow',
  'agent',
  'service',
  'category',
  'region',
  'charge',
];

/** Days that stand out from the same weekdays of the weeks before, by median and median deviation: a single spike before does not hide the next one.
 * @source Iglewicz and Hoaglin, How to Detect and Handle Outliers (1993): modified z-scores
 * @errors UnknownRate */
export function anomalies(
  months: readonly LedgerMonth[],
  query: { readonly from: string; readonly to: string; readonly cost: 'billed' | 'effective'; readonly currency: string; readonly rates: readonly Rate[] },
): Anomaly[] {
  const daily = new Map<string, number>();
  const parts = new Map<string, Map<string, number>>();
  let first: string | undefined;
  for (const { day, tuple, row } of linesOf(months, { to: query.to })) {
    const cost = Number(
      toText(add(zero, converted(query.cost === 'billed' ? row.billed : row.effective, tuple[dimensionAt.currency] ?? '', query.currency, query.rates)), 0),
    );
    if (first === undefined || day < first) first = day;
    daily.set(day, (daily.get(day) ?? 0) + cost);
    let part = parts.get(day);
    if (!part) {
      part = new Map();
      parts.set(day, part);
    }
    for (const key of explaining) {
      const name = `${key}\n${tuple[dimensionAt[key]] ?? ''}`;
      part.set(name, (part.get(name) ?? 0) + cost);
    }
  }
  if (first === undefined) return [];
  const found: Anomaly[] = [];
  for (const day of eachDay(query)) {
    const before = Array.from({ length: weeks }, (_, at) => plusDays(day, -7 * (at + 1))).filter((one) => one >= (first as string));
    // three of the same weekday tell what is usual; fewer do not
    if (before.length < 3 || !daily.has(day)) continue;
    const costs = before.map((one) => daily.get(one) ?? 0);
    const expected = median(costs);
    // the scatter of the weekdays themselves and of all days near: a handful of values is too calm by chance
    const near = [...eachDay({ from: plusDays(day, -28), to: plusDays(day, -1) })]
      .filter((one) => one >= plusDays(first as string, 7))
      .map((one) => (daily.get(one) ?? 0) - (daily.get(plusDays(one, -7)) ?? 0));
    const scatter = Math.max(
      1.4826 * median(costs.map((one) => Math.abs(one - expected))),
      (1.4826 * median(near.map(Math.abs))) / Math.SQRT2,
      0.02 * Math.abs(expected),
    );
    const cost = daily.get(day) ?? 0;
    const score = scatter > 0 ? (cost - expected) / scatter : cost === expected ? 0 : Number.POSITIVE_INFINITY;
    if (Math.abs(score) < least.score || Math.abs(cost - expected) < least.share * Math.abs(expected)) continue;
    found.push({ day, cost, expected, score, causes: causesOf(parts, day, before, cost - expected) });
  }
  return found;
}
function causesOf(parts: ReadonlyMap<string, ReadonlyMap<string, number>>, day: string, before: readonly string[], difference: number): Anomaly['causes'] {
  const now = parts.get(day) ?? new Map<string, number>();
  const names = new Set([...now.keys(), ...before.flatMap((one) => [...(parts.get(one)?.keys() ?? [])])]);
  const changes = [...names].map((name) => {
    const usual = median(before.map((one) => parts.get(one)?.get(name) ?? 0));
    const change = (now.get(name) ?? 0) - usual;
    const [key = '', value = ''] = name.split('\n');
    return { key: key as DimensionName, value: value === '' ? null : value, change, share: change / difference };
  });
  // a value that explains most of it, of each key; what holds for everything explains nothing
  const best = explaining.flatMap((key) => {
    const own = changes.filter((one) => one.key === key);
    const top = own.sort((a, b) => b.share - a.share)[0];
    return top && top.share >= 0.5 && own.length > 1 && top.value !== null ? [top] : [];
  });
  return best.sort((a, b) => b.share - a.share).slice(0, 4);
}
