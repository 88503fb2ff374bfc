import { add, compare, type Decimal, decimal, divide, toText, zero } from '../decimal.js';
import { type DimensionName, dimensionNames } from '../dimensions.js';
import { byText, isTime, type SpendKey, timeOf } from '../report.js';
import type { UsageRecord } from '../usage.js';

/** What sources measure beside money. */
export const usageMetrics = {
  gpu_hours: { unit: 'GPU-hours', meaning: 'GPUs that were there, hour by hour' },
  gpu_hours_busy: { unit: 'GPU-hours', meaning: 'the same, times how busy they were' },
  gpu_hours_idle: { unit: 'GPU-hours', meaning: 'GPUs that were there and did nothing' },
  gpu_hours_requested: { unit: 'GPU-hours', meaning: 'GPUs that pods had asked for and held' },
  requests: { unit: 'requests', meaning: 'answered' },
  failed_requests: { unit: 'requests', meaning: 'not answered' },
  input_tokens: { unit: 'tokens', meaning: 'prompt tokens, those out of a cache among them' },
  cached_input_tokens: { unit: 'tokens', meaning: 'prompt tokens that came out of a cache' },
  cache_write_tokens: { unit: 'tokens', meaning: 'prompt tokens that were put into a cache' },
  output_tokens: { unit: 'tokens', meaning: 'answer tokens' },
  metered_cost: { unit: 'money', meaning: 'money that the source works out and that counts elsewhere' },
} as const;
export type UsageMetric = keyof typeof usageMetrics;
export const isUsageMetric = (name: string): name is UsageMetric => name in usageMetrics;

/** What was used on a day, as a source measured it. */
export interface UsageRow {
  readonly day: string;
  readonly metric: UsageMetric;
  readonly quantity: Decimal;
  /** A currency for money. */
  readonly unit: string;
  /** As the source calls it: `NVIDIA H100 80GB HBM3`. */
  readonly accelerator?: string;
  readonly values: Readonly<Partial<Record<DimensionName, string>>>;
}
export const usageRow = (row: Omit<UsageRow, 'unit'>): UsageRow => ({ ...row, unit: usageMetrics[row.metric].unit });

type Line = [day: string, metric: UsageMetric, quantity: string, unit: string, accelerator: string | null, values: UsageRow['values']];
/** Adds up rows that say the same of the same day, and puts them in order: the same use gives the same text. */
export function usageText(rows: Iterable<UsageRow>): string {
  const sums = new Map<string, { line: Line; sum: Decimal }>();
  for (const { day, metric, quantity, unit, accelerator, values } of rows) {
    const ordered = Object.fromEntries(dimensionNames.flatMap((name) => (values[name] ? [[name, values[name]]] : [])));
    const key = JSON.stringify([day, metric, unit, accelerator ?? null, ordered]);
    const known = sums.get(key);
    if (known) known.sum = add(known.sum, quantity);
    else sums.set(key, { line: [day, metric, '', unit, accelerator ?? null, ordered], sum: quantity });
  }
  return [...sums]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { line, sum }]) => {
      line[2] = toText(sum, 0);
      return `${JSON.stringify(line)}\n`;
    })
    .join('');
}
export function* readUsageRows(text: string): Iterable<UsageRow> {
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const [day, metric, quantity, unit, accelerator, values] = JSON.parse(line) as Line;
    yield { day, metric, quantity: decimal(quantity) ?? zero, unit, values, ...(accelerator === null ? {} : { accelerator }) };
  }
}

/** The same rows as a table of use: a record a day and whose it is, with `utilisation` where hours of GPUs tell it. */
export function recordsOf(rows: Iterable<UsageRow>): UsageRecord[] {
  const groups = new Map<string, { readonly row: UsageRow; readonly amounts: Map<UsageMetric, Decimal>; currency?: string }>();
  for (const row of rows) {
    // money of two currencies is two records
    const key = JSON.stringify([row.day, row.accelerator, row.values, row.metric === 'metered_cost' ? row.unit : '']);
    const group = groups.get(key) ?? { row, amounts: new Map<UsageMetric, Decimal>() };
    group.amounts.set(row.metric, add(group.amounts.get(row.metric) ?? zero, row.quantity));
    if (row.metric === 'metered_cost') group.currency = row.unit;
    groups.set(key, group);
  }
  return [...groups.values()].map(({ row: { day, accelerator, values }, amounts, currency }): UsageRecord => {
    const { source = '', sub_account: resource = '', ...tags } = values;
    const [hours, busy] = [amounts.get('gpu_hours'), amounts.get('gpu_hours_busy')];
    // hours that nobody measured the use of were not idle: it is not known
    const share = hours && busy && divide(busy, hours, 6);
    const cost = amounts.get('metered_cost');
    return {
      day,
      resource,
      tags,
      source,
      amounts: {
        ...Object.fromEntries([...amounts].filter(([metric]) => metric !== 'metered_cost')),
        ...(share ? { utilisation: compare(share, one) > 0 ? one : share } : {}),
        ...(cost ? { cost } : {}),
      },
      ...(accelerator === undefined ? {} : { gpu: accelerator }),
      ...(currency === undefined ? {} : { currency }),
    };
  });
}
const one: Decimal = { digits: 1n, scale: 0 };

export type UsageKey = SpendKey | 'accelerator';
export interface UsageQuery {
  readonly by: readonly UsageKey[];
  readonly metric?: UsageMetric;
  readonly from?: string;
  readonly to?: string;
}
export interface UsageSum {
  readonly values: Readonly<Partial<Record<UsageKey, string | null>>>;
  readonly metric: UsageMetric;
  readonly unit: string;
  readonly quantity: Decimal;
}
/** Use of some days, by some keys: the metrics and units apart, the most first. */
export function usageReport(rows: Iterable<UsageRow>, { by, metric, from, to }: UsageQuery): UsageSum[] {
  const groups = new Map<string, { values: UsageSum['values']; metric: UsageMetric; unit: string; quantity: Decimal }>();
  for (const row of rows) {
    if ((metric !== undefined && row.metric !== metric) || (from !== undefined && row.day < from) || (to !== undefined && row.day > to)) continue;
    const list = by.map((key) => (key === 'accelerator' ? row.accelerator : isTime(key) ? timeOf(row.day, key) : row.values[key]) || null);
    const id = JSON.stringify([row.metric, row.unit, ...list]);
    const known = groups.get(id);
    if (known) known.quantity = add(known.quantity, row.quantity);
    else
      groups.set(id, { values: Object.fromEntries(by.map((key, at) => [key, list[at] ?? null])), metric: row.metric, unit: row.unit, quantity: row.quantity });
  }
  const place = (name: UsageMetric): number => Object.keys(usageMetrics).indexOf(name);
  const [first] = by;
  return [...groups.values()].sort(
    (a, b) =>
      place(a.metric) - place(b.metric) ||
      byText(a.unit, b.unit) ||
      (first !== undefined && first !== 'accelerator' && isTime(first) ? byText(a.values[first], b.values[first]) : 0) ||
      compare(b.quantity, a.quantity) ||
      by.reduce((found, key) => found || byText(a.values[key], b.values[key]), 0),
  );
}
