import { converted, type Rate } from './currency.js';
import { add, type Decimal, divide, isZero, multiply, zero } from './decimal.js';
import { type DimensionName, dimensionAt } from './dimensions.js';
import { type LedgerMonth, linesOf } from './report.js';

/** Something that money buys: requests, users, successful tasks. */
export interface UnitRule {
  readonly name: string;
  /** The price is for this many. */
  readonly per: Decimal;
  /** Whose money; none: all of it. */
  readonly owner: Readonly<Partial<Record<DimensionName, string>>>;
  /** How many there were, by month. */
  readonly counts: Readonly<Record<string, Decimal>>;
}
export interface UnitCost {
  readonly name: string;
  readonly per: Decimal;
  readonly month: string;
  readonly cost: Decimal;
  readonly count: Decimal;
  /** Absent where nothing was counted: money for nothing has no price. */
  readonly price?: Decimal;
  /** Last day with data, where the month is not over: the count and the money may not be of the same days. */
  readonly until?: string;
}

/** What one of something costs, in months that have both money and a count.
 * @errors UnknownRate */
export function unitCosts(
  rules: readonly UnitRule[],
  months: readonly LedgerMonth[],
  cost: 'billed' | 'effective',
  currency: string,
  rates: readonly Rate[],
): UnitCost[] {
  return rules.flatMap((rule) =>
    months.flatMap((one): UnitCost[] => {
      const count = rule.counts[one.month];
      if (!count) return [];
      let sum = zero;
      for (const { tuple, row } of linesOf([one], { where: rule.owner }))
        sum = add(sum, converted(cost === 'billed' ? row.billed : row.effective, tuple[dimensionAt.currency] ?? '', currency, rates));
      let last = '';
      for (const { day } of linesOf([one], {})) if (day > last) last = day;
      const price = isZero(count) ? undefined : divide(multiply(sum, rule.per), count, 8);
      const ends = new Date(Date.UTC(Number(one.month.slice(0, 4)), Number(one.month.slice(5)), 0)).toISOString().slice(0, 10);
      return [{ name: rule.name, per: rule.per, month: one.month, cost: sum, count, ...(price ? { price } : {}), ...(last < ends ? { until: last } : {}) }];
    }),
  );
}
