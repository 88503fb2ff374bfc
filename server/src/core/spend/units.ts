import { converted, type Rate } from './currency.js';
import { add, type Decimal, divide, isZero, multiply, zero } from './decimal.js';
import { type DimensionName, dimensionAt } from './dimensions.js';
import { spanOf } from './period.js';
import { type LedgerMonth, linesOf } from './report.js';
import { eachOf, type Steps, whole } from './steps.js';
import type { UsageRecord } from './usage.js';

/** Something that money buys: requests, users, successful tasks. */
export interface UnitRule {
  readonly name: string;
  /** The price is for this many. */
  readonly per: Decimal;
  /** Whose money; none: all of it. */
  readonly owner: Readonly<Partial<Record<DimensionName, string>>>;
  /** A price for each value of this dimension: `feature`. */
  readonly by?: DimensionName;
  /** How many there were, by month; of other months tables of use tell. */
  readonly counts: Readonly<Record<string, Decimal>>;
  /** Column of the tables of use that counts them. */
  readonly measure: string;
}
export interface UnitCost {
  readonly name: string;
  readonly per: Decimal;
  /** Of which feature, agent … the price is; null: of what names none. */
  readonly of?: { readonly key: DimensionName; readonly value: string | null };
  readonly month: string;
  /** Money of the days that were counted. Absent: the ledger does not know them. */
  readonly cost?: Decimal;
  readonly count?: Decimal;
  /** Absent where it is not known, and where nothing was counted: money for nothing has no price. */
  readonly price?: Decimal;
  /** Days of the month that were counted, where a count is told day by day: the money is of the same days. */
  readonly days?: number;
  /** Last day with data, where the month is not over: a month's count and the money may not be of the same days. */
  readonly until?: string;
  /** What would make the price known. */
  readonly need?: string;
}
/** Column that counts something, if it is not said: its name in small letters. */
export const measureOf = (name: string): string => name.trim().toLowerCase().replace(/[ -]+/g, '_');

/** What one of something costs, month by month. Money and count are of the same days; where either is not known the row says what is missing.
 * @errors UnknownRate */
export const unitCosts = (...all: Parameters<typeof unitCostSteps>): UnitCost[] => whole(unitCostSteps(...all));
export function* unitCostSteps(
  rules: readonly UnitRule[],
  months: readonly LedgerMonth[],
  usage: readonly UsageRecord[],
  cost: 'billed' | 'effective',
  currency: string,
  rates: readonly Rate[],
): Steps<UnitCost[]> {
  const found: UnitCost[] = [];
  for (const rule of rules) {
    const counted = usage.filter(({ amounts, tags }) => amounts[rule.measure] !== undefined && has(rule.owner, tags));
    for (const month of months) {
      const money = yield* dailyMoney(rule, month, cost, currency, rates);
      found.push(...money.groups.map((group) => priceOf(rule, month.month, group, counted, money.last)));
      yield;
    }
  }
  return found;
}
interface Group {
  readonly value: string;
  readonly daily: ReadonlyMap<string, Decimal>;
}
const has = (owner: UnitRule['owner'], tags: UsageRecord['tags']): boolean =>
  (Object.entries(owner) as [DimensionName, string][]).every(([name, value]) => (tags[name] ?? '') === value);

/** A month's money day by day, apart by the values of `by`; and the last day that the ledger knows of it. */
function* dailyMoney(
  rule: UnitRule,
  month: LedgerMonth,
  cost: 'billed' | 'effective',
  currency: string,
  rates: readonly Rate[],
): Steps<{ groups: Group[]; last: string }> {
  const groups = new Map<string, Map<string, Decimal>>();
  let last = '';
  yield* eachOf(linesOf([month], {}), ({ day }) => {
    if (day > last) last = day;
  });
  yield* eachOf(linesOf([month], { where: rule.owner }), ({ day, tuple, row }) => {
    const value = rule.by === undefined ? '' : (tuple[dimensionAt[rule.by]] ?? '');
    const daily = groups.get(value) ?? new Map<string, Decimal>();
    groups.set(value, daily);
    const amount = converted(cost === 'billed' ? row.billed : row.effective, tuple[dimensionAt.currency] ?? '', currency, rates);
    daily.set(day, add(daily.get(day) ?? zero, amount));
  });
  if (groups.size === 0) groups.set('', new Map());
  return { groups: [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([value, daily]) => ({ value, daily })), last };
}
function priceOf(rule: UnitRule, month: string, { value, daily }: Group, counted: readonly UsageRecord[], last: string): UnitCost {
  const base = { name: rule.name, per: rule.per, month, ...(rule.by === undefined ? {} : { of: { key: rule.by, value: value === '' ? null : value } }) };
  const whole = rule.by === undefined ? rule.counts[month] : undefined;
  if (whole) {
    const cost = [...daily.values()].reduce(add, zero);
    const ends = spanOf({ kind: 'month' }, `${month}-01`).to;
    return { ...base, cost, count: whole, ...priced(cost, whole, rule.per), ...(last < ends ? { until: last } : {}) };
  }
  const days = new Map<string, Decimal>();
  for (const { day, tags, amounts } of counted) {
    const amount = amounts[rule.measure];
    if (!amount || !day.startsWith(month) || day > last || (rule.by !== undefined && (tags[rule.by] ?? '') !== value)) continue;
    days.set(day, add(days.get(day) ?? zero, amount));
  }
  if (days.size === 0) {
    const cost = [...daily.values()].reduce(add, zero);
    const where = `a column ${rule.measure} in a table of spend.usage${rule.by === undefined ? '' : `, with ${rule.by}`}`;
    return { ...base, cost, need: `how many ${rule.name} there were: ${rule.by === undefined ? `counts of ${month} in spend.units, or ` : ''}${where}` };
  }
  const count = [...days.values()].reduce(add, zero);
  const cost = [...days.keys()].reduce((sum, day) => add(sum, daily.get(day) ?? zero), zero);
  return { ...base, cost, count, days: days.size, ...priced(cost, count, rule.per) };
}
function priced(cost: Decimal, count: Decimal, per: Decimal): { readonly price?: Decimal; readonly need?: string } {
  const price = isZero(count) ? undefined : divide(multiply(cost, per), count, 8);
  return price ? { price } : { need: 'nothing was counted' };
}
