import { type Budget, type BudgetState, historyOf, plannedUntil, type Standing, standings } from './budget.js';
import { type Rate, UnknownRate } from './currency.js';
import { add, type Decimal, toNumber, zero } from './decimal.js';
import { forecast } from './forecast.js';
import { daysIn, eachDay, within } from './period.js';
import type { LedgerMonth } from './report.js';
import type { Steps } from './steps.js';

/** A budget's period day by day: what a chart of it shows. All sums run from the first day of the period. */
export interface BudgetSeries {
  readonly state: BudgetState;
  /** With each known day. */
  readonly spent: readonly Decimal[];
  /** With each day of the period; empty where a month has no plan. */
  readonly planned: readonly Decimal[];
  /** With each day after the last known one. The band holds the sum of its day eight times in ten. */
  readonly ahead: readonly { readonly low: number; readonly likely: number; readonly high: number }[];
}
export interface BudgetProblem {
  readonly budget: Budget;
  readonly problem: string;
}
/** Days ahead that a band is worked out for; between them it is drawn straight. */
const knots = [1, 2, 3, 5, 8, 12, 18, 28, 45, 75, 120, 200];

/** How budgets stand, with the days that made it so.
 * @param now milliseconds since the epoch */
export function* budgetSeries(
  budgets: readonly Budget[],
  months: readonly LedgerMonth[],
  now: number,
  rates: readonly Rate[],
): Steps<(BudgetSeries | BudgetProblem)[]> {
  const found: (BudgetSeries | BudgetProblem)[] = [];
  for (const [at, one] of (yield* standings(budgets, months, now, rates)).entries()) {
    found.push(one instanceof UnknownRate ? { budget: budgets[at] as Budget, problem: one.message } : seriesOf(one));
    yield;
  }
  return found;
}

function seriesOf({ state, daily, firstDay }: Standing): BudgetSeries {
  const { budget, period, through } = state;
  const planned = [...eachDay(period)].flatMap((day) => plannedUntil(budget, period, day) ?? []);
  const plan = planned.length === daysIn(period) ? planned : [];
  if (!state.spent || through === null || firstDay === null) return { state, spent: [], planned: plan, ahead: [] };
  const last = within(through, period);
  let sum = zero;
  const spent = [...eachDay({ from: period.from, to: last })].map((day) => {
    sum = add(sum, daily.get(day) ?? zero);
    return sum;
  });
  return { state, spent, planned: plan, ahead: ahead(state, historyOf(daily, firstDay < period.from ? firstDay : period.from, last)) };
}

/** The likely days of the state's forecast, and a band for each of them: the state's own at the end. */
function ahead({ spent, forecast: end, ahead: days }: BudgetState, { history, weekday }: ReturnType<typeof historyOf>): BudgetSeries['ahead'] {
  if (!spent || !end || days.length === 0) return [];
  const around = (day: number): { below: number; above: number } => {
    const found = forecast(history, weekday, day);
    return { below: found ? found.likely - found.low : 0, above: found ? found.high - found.likely : 0 };
  };
  const likely = toNumber(end.likely);
  const known = [
    { day: 0, below: 0, above: 0 },
    ...knots.filter((day) => day < days.length).map((day) => ({ day, ...around(day) })),
    { day: days.length, below: likely - toNumber(end.low), above: toNumber(end.high) - likely },
  ];
  let sum = toNumber(spent);
  let next = 1;
  return days.map((cost, at) => {
    sum += cost;
    while ((known[next]?.day ?? days.length) < at + 1) next++;
    const [a, b] = [known[next - 1], known[next]] as [(typeof known)[number], (typeof known)[number]];
    const share = (at + 1 - a.day) / (b.day - a.day);
    const between = (side: 'below' | 'above'): number => a[side] + share * (b[side] - a[side]);
    return { low: sum - between('below'), likely: sum, high: sum + between('above') };
  });
}
