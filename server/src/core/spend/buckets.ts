import { converted, type Rate, UnknownRate } from './currency.js';
import { add, type Decimal, toNumber, zero } from './decimal.js';
import { dimensionAt, type Tuple } from './dimensions.js';
import { daysIn, eachDay, plusDays, type Span, spanOf } from './period.js';
import { type LedgerMonth, linesOf, type SpendQuery } from './report.js';
import { eachOf, type Steps } from './steps.js';

/** Steps of time that a drawing has. */
export interface Buckets {
  readonly unit: 'day' | 'week' | 'month';
  /** First day of each. */
  readonly starts: readonly string[];
  /** Bucket of a day of the span. */
  readonly of: ReadonlyMap<string, number>;
}
/** Days, weeks or months: as fine as a drawing can show. */
export function bucketsOf(span: Span): Buckets {
  const days = daysIn(span);
  const unit = days <= 62 ? 'day' : days <= 210 ? 'week' : 'month';
  const starts: string[] = [];
  const of = new Map<string, number>();
  let until = '';
  for (const day of eachDay(span)) {
    if (day > until) {
      starts.push(day);
      until = spanOf({ kind: unit }, day).to;
    }
    of.set(day, starts.length - 1);
  }
  return { unit, starts, of };
}

/** The money of one combination of values. */
export interface TupleSpend {
  readonly tuple: Tuple;
  cost: Decimal;
  /** In each bucket: for drawing. */
  readonly steps: Float64Array;
}
export interface Spread {
  readonly tuples: readonly TupleSpend[];
  readonly total: Decimal;
  /** Of as many days right before; absent where the ledger does not know the first of them. */
  readonly before?: Decimal;
  /** In currencies without a rate to the one asked for: it is in no sum. */
  readonly left: Readonly<Record<string, Decimal>>;
  readonly charges: number;
  /** Charges whose effective cost the export does not tell, where that was asked for. */
  readonly unknown: number;
}
export interface SpreadQuery extends Pick<SpendQuery, 'cost'> {
  readonly span: Span;
  readonly currency: string;
  readonly where: NonNullable<SpendQuery['where']>;
  readonly rates: readonly Rate[];
}

/** What was spent in a span, by combination of values, in one look at the ledger: everything else that is shown is added up from it.
 * @param first day of the ledger */
export function* spread(months: readonly LedgerMonth[], query: SpreadQuery, buckets: Buckets, first: string): Steps<Spread> {
  const { span, currency, rates, cost: kind } = query;
  const filters = Object.entries(query.where) as [keyof typeof dimensionAt, string][];
  const past = { from: plusDays(span.from, -daysIn(span)), to: plusDays(span.from, -1) };
  const found = new Map<string, TupleSpend>();
  const near = new Map<Tuple, TupleSpend | null>();
  const left: Record<string, Decimal> = {};
  let [total, before, charges, unknown] = [zero, zero, 0, 0];
  yield* eachOf(linesOf(months, { from: past.from, to: span.to }), ({ day, tuple, row }) => {
    let one = near.get(tuple);
    if (one === undefined) {
      one = filters.every(([name, value]) => (tuple[dimensionAt[name]] ?? '') === value) ? sameAs(found, tuple, buckets.starts.length) : null;
      near.set(tuple, one);
    }
    if (one === null) return;
    const billedIn = tuple[dimensionAt.currency] ?? '';
    const amount = kind === 'billed' ? row.billed : row.effective;
    const cost = inCurrency(amount, billedIn, currency, rates);
    if (!cost) {
      if (day >= span.from) left[billedIn] = add(left[billedIn] ?? zero, amount);
      return;
    }
    if (day < span.from) {
      before = add(before, cost);
      return;
    }
    one.cost = add(one.cost, cost);
    const at = buckets.of.get(day) ?? 0;
    one.steps[at] = (one.steps[at] as number) + toNumber(cost);
    total = add(total, cost);
    charges += row.charges;
    if (kind === 'effective') unknown += row.withoutEffective;
  });
  return {
    tuples: [...found.values()].filter(({ cost, steps }) => cost.digits !== 0n || steps.some((one) => one !== 0)),
    total,
    ...(first <= past.from ? { before } : {}),
    left,
    charges,
    unknown,
  };
}
function inCurrency(amount: Decimal, from: string, to: string, rates: readonly Rate[]): Decimal | undefined {
  try {
    return converted(amount, from, to, rates);
  } catch (error) {
    if (error instanceof UnknownRate) return undefined;
    throw error;
  }
}
/** Each month numbers its tuples for itself. */
function sameAs(found: Map<string, TupleSpend>, tuple: Tuple, steps: number): TupleSpend {
  const key = tuple.join('\n');
  let one = found.get(key);
  if (!one) {
    one = { tuple, cost: zero, steps: new Float64Array(steps) };
    found.set(key, one);
  }
  return one;
}

/** Money that goes together. */
export interface Part {
  /** Null: the charges do not say. */
  readonly value: string | null;
  /** More than one: values that are too small to stand for themselves. */
  readonly values: number;
  readonly cost: Decimal;
  readonly steps: Float64Array;
  readonly tuples: readonly TupleSpend[];
}
/** Tuples by a value of theirs, the largest first. What is beyond `most` values is one part; what has no value is the last.
 * @param steps number of buckets */
export function partsOf(tuples: readonly TupleSpend[], of: (tuple: Tuple) => string, most: number, steps: number): Part[] {
  const groups = new Map<string, TupleSpend[]>();
  for (const one of tuples) {
    const value = of(one.tuple);
    const group = groups.get(value);
    if (group) group.push(one);
    else groups.set(value, [one]);
  }
  const nobody = groups.get('');
  groups.delete('');
  const named = [...groups].map(([value, members]) => partOf(value, 1, members, steps));
  const size = ({ cost }: Part): number => Math.abs(toNumber(cost));
  named.sort((a, b) => size(b) - size(a) || ((a.value ?? '') < (b.value ?? '') ? -1 : 1));
  // one alone takes no more room by its name
  const first = named.length > most + 1 ? named.slice(0, most) : named;
  const rest = named.slice(first.length);
  return [
    ...first,
    ...(rest.length > 0
      ? [
          partOf(
            null,
            rest.length,
            rest.flatMap((one) => one.tuples),
            steps,
          ),
        ]
      : []),
    ...(nobody ? [partOf(null, 1, nobody, steps)] : []),
  ];
}
function partOf(value: string | null, values: number, tuples: readonly TupleSpend[], steps: number): Part {
  const sum = new Float64Array(steps);
  for (const one of tuples) for (let at = 0; at < steps; at++) sum[at] = (sum[at] as number) + (one.steps[at] as number);
  return { value, values, cost: tuples.reduce((all, { cost }) => add(all, cost), zero), steps: sum, tuples };
}
