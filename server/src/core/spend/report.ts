import { converted, type Rate } from './currency.js';
import { add, compare, type Decimal, zero } from './decimal.js';
import type { Dictionary } from './dictionary.js';
import { type DimensionName, dimensionAt, dimensionNames } from './dimensions.js';
import { spanOf } from './period.js';
import type { RollUpRow } from './roll-up.js';

export { UnknownRate } from './currency.js';

/** One month of the ledger, as its files say. */
export interface LedgerMonth {
  /** `2026-11`. */
  readonly month: string;
  readonly dictionary: Dictionary;
  readonly rows: Iterable<RollUpRow>;
}
const times = ['day', 'week', 'month', 'quarter', 'year'] as const;
type TimeKey = (typeof times)[number];
export type SpendKey = TimeKey | DimensionName;
export const spendKeys: readonly SpendKey[] = [...times, ...dimensionNames];
export const isSpendKey = (key: string): key is SpendKey => (spendKeys as readonly string[]).includes(key);

export interface SpendQuery {
  readonly by: readonly SpendKey[];
  /** First and last day, `2026-11-01`, both counted. */
  readonly from?: string;
  readonly to?: string;
  readonly cost: 'billed' | 'effective';
  /** Only charges with these values; '' stands for none. */
  readonly where?: Readonly<Partial<Record<DimensionName, string>>>;
  /** Currency to convert to, by the rates. */
  readonly currency?: string;
  readonly rates?: readonly Rate[];
}
export interface SpendRow {
  /** By key; null where the charges do not say. */
  readonly values: Readonly<Partial<Record<SpendKey, string | null>>>;
  readonly currency: string;
  readonly cost: Decimal;
  readonly charges: number;
  /** Charges whose effective cost the export did not tell: they are not in `cost` of an effective report. */
  readonly unknown: number;
}
export interface SpendReport {
  /** Null where there are several currencies and none was asked for. */
  readonly currency: string | null;
  readonly cost: SpendQuery['cost'];
  readonly by: readonly SpendKey[];
  readonly rows: readonly SpendRow[];
  readonly totals: Readonly<Record<string, Decimal>>;
  readonly charges: number;
  readonly unknown: number;
  /** First and last day with a charge. */
  readonly from: string | null;
  readonly to: string | null;
}

/** The spend of some days, by some keys. Days are those of the bill, in UTC; a charge counts on the day that it starts.
 * @errors UnknownRate */
export function spendReport(months: Iterable<LedgerMonth>, query: SpendQuery): SpendReport {
  const groups = new Map<string, { values: SpendRow['values']; currency: string; cost: Decimal; charges: number; unknown: number }>();
  const totals = new Map<string, Decimal>();
  let [charges, unknown] = [0, 0];
  let [first, last]: [string | null, string | null] = [null, null];
  for (const { day, tuple, row } of linesOf(months, query)) {
    if (first === null || day < first) first = day;
    if (last === null || day > last) last = day;
    const billedIn = tuple[dimensionAt.currency] ?? '';
    const currency = query.currency ?? billedIn;
    const cost = converted(query.cost === 'billed' ? row.billed : row.effective, billedIn, currency, query.rates ?? []);
    const missing = query.cost === 'billed' ? 0 : row.withoutEffective;
    const list = query.by.map((key) => (isTime(key) ? timeOf(day, key) : tuple[dimensionAt[key]] || null));
    const id = JSON.stringify([currency, ...list]);
    let group = groups.get(id);
    if (!group) {
      group = { values: Object.fromEntries(query.by.map((key, at) => [key, list[at] ?? null])), currency, cost: zero, charges: 0, unknown: 0 };
      groups.set(id, group);
    }
    group.cost = add(group.cost, cost);
    group.charges += row.charges;
    group.unknown += missing;
    totals.set(currency, add(totals.get(currency) ?? zero, cost));
    charges += row.charges;
    unknown += missing;
  }
  const rows = [...groups.values()].sort((a, b) => order(a, b, query.by));
  const names = [...totals.keys()].sort();
  return {
    currency: query.currency ?? (names.length === 1 ? (names[0] as string) : null),
    cost: query.cost,
    by: query.by,
    rows,
    totals: Object.fromEntries(names.map((name) => [name, totals.get(name) ?? zero])),
    charges,
    unknown,
    from: first,
    to: last,
  };
}
/** The lines of the ledger that a question is about. */
export function* linesOf(
  months: Iterable<LedgerMonth>,
  { from, to, where }: Pick<SpendQuery, 'from' | 'to' | 'where'>,
): Iterable<{ readonly day: string; readonly tuple: readonly string[]; readonly row: RollUpRow }> {
  const filters = Object.entries(where ?? {}) as [DimensionName, string][];
  for (const { month, dictionary, rows } of months) {
    if ((from !== undefined && month < from.slice(0, 7)) || (to !== undefined && month > to.slice(0, 7))) continue;
    const tuples = new Map<number, readonly string[] | null>();
    for (const row of rows) {
      const day = `${month}-${String(row.day).padStart(2, '0')}`;
      if ((from !== undefined && day < from) || (to !== undefined && day > to)) continue;
      let tuple = tuples.get(row.tuple);
      if (tuple === undefined) {
        const found = dictionary.tuple(row.tuple);
        tuple = filters.every(([name, value]) => (found[dimensionAt[name]] ?? '') === value) ? found : null;
        tuples.set(row.tuple, tuple);
      }
      if (tuple !== null) yield { day, tuple, row };
    }
  }
}
export const isTime = (key: SpendKey): key is TimeKey => (times as readonly string[]).includes(key);
/** The time that a day belongs to: a week is named by its Monday. */
export function timeOf(day: string, key: TimeKey): string {
  if (key === 'day') return day;
  if (key === 'month') return day.slice(0, 7);
  if (key === 'year') return day.slice(0, 4);
  if (key === 'quarter') return `${day.slice(0, 4)}-Q${Math.ceil(Number(day.slice(5, 7)) / 3)}`;
  return spanOf({ kind: 'week' }, day).from;
}
/** The months that some days fall into. */
export const monthsIn = (months: readonly LedgerMonth[], { from, to }: { readonly from: string; readonly to: string }): LedgerMonth[] =>
  months.filter(({ month }) => month >= from.slice(0, 7) && month <= to.slice(0, 7));
/** By time where time comes first, else the dearest first; what is not said comes after what is. */
function order(a: SpendRow, b: SpendRow, by: readonly SpendKey[]): number {
  const [first] = by;
  const timed = first !== undefined && isTime(first) ? byText(a.values[first], b.values[first]) : 0;
  if (timed !== 0) return timed;
  if (a.currency !== b.currency) return a.currency < b.currency ? -1 : 1;
  return compare(b.cost, a.cost) || by.reduce((found, key) => found || byText(a.values[key], b.values[key]), 0);
}
/** What is not said comes last. */
export const byText = (a: string | null | undefined, b: string | null | undefined): number => {
  const [x, y] = [a ?? '\uffff', b ?? '\uffff'];
  return x < y ? -1 : x > y ? 1 : 0;
};
