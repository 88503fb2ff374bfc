import { converted, type Rate } from './currency.js';
import { add, type Decimal, decimal, isZero, split, subtract, zero } from './decimal.js';
import { type DimensionName, dimensionAt } from './dimensions.js';
import { type LedgerMonth, linesOf } from './report.js';

/** How charges that several share are divided, as `.mlcost.yaml` says. */
export interface ShareRule {
  readonly name: string;
  /** Charges with these values are divided; '' stands for none. */
  readonly match: Readonly<Partial<Record<DimensionName, string>>>;
  /** Days that it holds for; without: all. */
  readonly from?: string;
  readonly to?: string;
  /** Fixed weights by owner. */
  readonly weights?: Readonly<Record<string, Decimal>>;
  /** Use of each day by owner: GPU-hours, bytes, requests. */
  readonly usage?: readonly UsageRow[];
}
export interface UsageRow {
  readonly day: string;
  readonly owner: string;
  readonly amount: Decimal;
}
/** A line of a statement: money of one owner, and by what rule it is theirs. */
export interface ShareLine {
  /** Null: nobody's. */
  readonly owner: string | null;
  /** The rule that gave it; absent: the owner stands on the charge itself. */
  readonly rule?: string;
  readonly cost: Decimal;
}
export interface Statement {
  readonly by: DimensionName;
  readonly currency: string;
  readonly lines: readonly ShareLine[];
  readonly total: Decimal;
  /** First and last day with a charge. */
  readonly from: string | null;
  readonly to: string | null;
  /** Of charges without owner that no rule divides. */
  readonly untagged: Decimal;
  /** Of charges that a rule would divide, on days for which it knows no use. */
  readonly undivided: readonly { readonly rule: string; readonly cost: Decimal; readonly days: number }[];
}
export interface StatementQuery {
  readonly by: DimensionName;
  readonly from?: string;
  readonly to?: string;
  readonly cost: 'billed' | 'effective';
  readonly currency?: string;
  readonly rates: readonly Rate[];
  readonly rules: readonly ShareRule[];
}
/** Digits that shares are rounded to; what rounding leaves goes to the largest remainders, so that the parts are the whole. */
const digits = 10;

/** Whose the money of some days is. The first rule that matches a charge divides it; lines add up to the bill, to the last digit.
 * @errors UnknownRate; RangeError where there are several currencies and none was asked for */
export function statement(months: Iterable<LedgerMonth>, query: StatementQuery): Statement {
  const lines = new Map<string, { owner: string | null; rule: string | undefined; cost: Decimal }>();
  const missing = new Map<string, { cost: Decimal; days: Set<string> }>();
  // charges that are divided, by rule and day: a day is divided once, not charge by charge
  const shared = new Map<string, { rule: ShareRule; day: string; cost: Decimal }>();
  let total = zero;
  let [first, last]: [string | null, string | null] = [null, null];
  let currency = query.currency;
  const give = (owner: string | null, rule: string | undefined, cost: Decimal): void => {
    const key = JSON.stringify([owner, rule]);
    const line = lines.get(key);
    lines.set(key, { owner, rule, cost: add(line?.cost ?? zero, cost) });
  };
  for (const { day, tuple, row } of linesOf(months, query)) {
    const billedIn = tuple[dimensionAt.currency] ?? '';
    currency ??= billedIn;
    if (first === null || day < first) first = day;
    if (last === null || day > last) last = day;
    if (query.currency === undefined && billedIn !== currency)
      throw new RangeError(`charges in ${currency} and ${billedIn}: choose one with --currency, and give a rate`);
    const cost = converted(query.cost === 'billed' ? row.billed : row.effective, billedIn, currency, query.rates);
    total = add(total, cost);
    const rule = query.rules.find((one) => matches(one, tuple, day));
    if (!rule) {
      give(tuple[dimensionAt[query.by]] || null, undefined, cost);
      continue;
    }
    const key = `${rule.name}\n${day}`;
    shared.set(key, { rule, day, cost: add(shared.get(key)?.cost ?? zero, cost) });
  }
  for (const { rule, day, cost } of shared.values()) {
    const weights = weightsOn(rule, day);
    const parts = split(
      cost,
      weights.map(([, weight]) => weight),
      digits,
    );
    if (!parts) {
      const found = missing.get(rule.name) ?? { cost: zero, days: new Set<string>() };
      found.days.add(day);
      missing.set(rule.name, { cost: add(found.cost, cost), days: found.days });
      give(null, rule.name, cost);
    } else for (const [at, part] of parts.entries()) if (!isZero(part)) give(weights[at]?.[0] ?? null, rule.name, part);
  }
  const found = [...lines.values()].map(({ owner, rule, cost }): ShareLine => ({ owner, cost, ...(rule === undefined ? {} : { rule }) })).sort(order);
  return {
    by: query.by,
    currency: currency ?? '',
    lines: found,
    total,
    from: first,
    to: last,
    untagged: found.filter(({ owner, rule }) => owner === null && rule === undefined).reduce((sum, { cost }) => add(sum, cost), zero),
    undivided: [...missing].map(([rule, { cost, days }]) => ({ rule, cost, days: days.size })),
  };
}
function matches({ match, from, to }: ShareRule, tuple: readonly string[], day: string): boolean {
  if ((from !== undefined && day < from) || (to !== undefined && day > to)) return false;
  return (Object.entries(match) as [DimensionName, string][]).every(([name, value]) => (tuple[dimensionAt[name]] ?? '') === value);
}
/** Owners with their weights, in the order of their names. */
function weightsOn({ weights, usage }: ShareRule, day: string): (readonly [string, Decimal])[] {
  const all = new Map<string, Decimal>();
  for (const [owner, weight] of Object.entries(weights ?? {})) all.set(owner, weight);
  for (const one of usage ?? []) if (one.day === day) all.set(one.owner, add(all.get(one.owner) ?? zero, one.amount));
  return [...all].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}
/** By owner, nobody last; what is their own before what they share. */
function order(a: ShareLine, b: ShareLine): number {
  const [x, y] = [a.owner ?? '\uffff', b.owner ?? '\uffff'];
  if (x !== y) return x < y ? -1 : 1;
  return (a.rule ?? '') < (b.rule ?? '') ? -1 : 1;
}
/** Owners with all that is theirs, the dearest first. */
export function perOwner({ lines }: Statement): { readonly owner: string | null; readonly own: Decimal; readonly shared: Decimal; readonly cost: Decimal }[] {
  const owners = new Map<string | null, { own: Decimal; shared: Decimal }>();
  for (const { owner, rule, cost } of lines) {
    const found = owners.get(owner) ?? { own: zero, shared: zero };
    owners.set(owner, rule === undefined ? { ...found, own: add(found.own, cost) } : { ...found, shared: add(found.shared, cost) });
  }
  return [...owners]
    .map(([owner, { own, shared }]) => ({ owner, own, shared, cost: add(own, shared) }))
    .sort((a, b) =>
      a.owner === null
        ? 1
        : b.owner === null
          ? -1
          : subtract(b.cost, a.cost).digits < 0n
            ? -1
            : subtract(b.cost, a.cost).digits > 0n
              ? 1
              : a.owner < b.owner
                ? -1
                : 1,
    );
}

/** Use by day and owner, from a CSV text with the columns `day`, the owner's key, and one more with the amount.
 * @returns rows, and what is wrong with the text */
export function readUsage(rows: readonly Readonly<Record<string, string>>[], by: string): { readonly rows: UsageRow[]; readonly problem?: string } {
  const [first] = rows;
  const amountName = Object.keys(first ?? {}).find((name) => name !== 'day' && name !== by);
  if (!first || amountName === undefined || first['day'] === undefined || first[by] === undefined)
    return { rows: [], problem: `columns day, ${by} and an amount are expected` };
  const found: UsageRow[] = [];
  for (const [at, row] of rows.entries()) {
    const amount = decimal(row[amountName] ?? '');
    if (!amount || amount.digits < 0n || !/^\d{4}-\d{2}-\d{2}$/.test(row['day'] ?? '')) return { rows: [], problem: `row ${at + 2}: no day or no amount` };
    found.push({ day: row['day'] ?? '', owner: row[by] ?? '', amount });
  }
  return { rows: found };
}
