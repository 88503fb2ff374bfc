import { converted, type Rate, UnknownRate } from './currency.js';
import { add, compare, type Decimal, divide, multiply, ofNumber, round, subtract, toNumber, toText, zero } from './decimal.js';
import { type DimensionName, dimensionAt } from './dimensions.js';
import { forecast } from './forecast.js';
import { dayIn, daysIn, eachDay, type Period, plusDays, type Span, spanBefore, spanOf, weekdayOf } from './period.js';
import { type LedgerMonth, linesOf } from './report.js';
import { eachOf, type Steps, whole } from './steps.js';

/** What a team, project or model may spend, as `.mlcost.yaml` says. */
export interface Budget {
  readonly name: string;
  /** Charges with all of these values are its own; none: every charge. */
  readonly owner: Readonly<Partial<Record<DimensionName, string>>>;
  readonly amount: Decimal;
  readonly currency: string;
  readonly period: Period;
  readonly timeZone: string;
  /** Percent, ascending. */
  readonly thresholds: readonly number[];
  /** What is planned for each month, where that is not the amount spread evenly over the days. */
  readonly plan: Readonly<Record<string, Decimal>>;
  /** What of a period is taken into the next: what was left, or what was overspent as well. */
  readonly rollOver: 'none' | 'unspent' | 'both';
  readonly cost: 'billed' | 'effective';
  /** Name of the budget that this one is part of: its charges are the other's too. */
  readonly parent?: string;
  readonly contacts: readonly string[];
}
export interface BudgetState {
  readonly budget: Budget;
  readonly period: Span;
  /** What may be spent: the amount, with what was taken over. */
  readonly allowed: Decimal;
  readonly carried: Decimal;
  /** Absent where the ledger has no day of the period: not known is not 0. */
  readonly spent?: Decimal;
  readonly remaining?: Decimal;
  /** Spent in percent of what is allowed. */
  readonly percent?: number;
  /** For the whole period, of which a part is spent already. */
  readonly forecast?: { readonly low: Decimal; readonly likely: Decimal; readonly high: Decimal };
  /** What each day after the last known one will cost, until the period ends. */
  readonly ahead: readonly number[];
  /** Day on which the whole is spent, if that is in the period. */
  readonly exhaustion: string | null;
  readonly state: 'ok' | 'warn' | 'over' | 'unknown';
  /** Thresholds that are reached, in percent. */
  readonly reached: readonly number[];
  /** What was planned until the last day with data. */
  readonly planned?: Decimal;
  /** Last day of the ledger in or before the period. */
  readonly through: string | null;
  readonly notes: readonly string[];
}

/** How budgets stand at a moment.
 * @param now milliseconds since the epoch
 * @errors UnknownRate where charges are in another currency and no rate was given */
export const budgetStates = (budgets: readonly Budget[], months: readonly LedgerMonth[], now: number, rates: readonly Rate[]): BudgetState[] =>
  whole(budgetStateSteps(budgets, months, now, rates));
export function* budgetStateSteps(budgets: readonly Budget[], months: readonly LedgerMonth[], now: number, rates: readonly Rate[]): Steps<BudgetState[]> {
  const found = yield* standings(budgets, months, now, rates);
  return found.map((one) => {
    if (one instanceof UnknownRate) throw one;
    return one.state;
  });
}
/** How one budget stands, with the days that tell it. */
export interface Standing {
  readonly state: BudgetState;
  /** What was spent on each day of the ledger. */
  readonly daily: ReadonlyMap<string, Decimal>;
  /** First day of the ledger. */
  readonly firstDay: string | null;
}
/** How budgets stand, each for itself: one whose charges are in a currency without a rate does not hide the others. */
export function* standings(budgets: readonly Budget[], months: readonly LedgerMonth[], now: number, rates: readonly Rate[]): Steps<(Standing | UnknownRate)[]> {
  const { daily, first, last } = yield* dailyOf(budgets, months, rates);
  const found: (Standing | UnknownRate)[] = [];
  for (const [at, budget] of budgets.entries()) {
    const own = daily[at] as Map<string, Decimal> | UnknownRate;
    if (own instanceof UnknownRate) found.push(own);
    else found.push({ state: stateOf(budget, budgets, own, dayIn(now, budget.timeZone), first, last), daily: own, firstDay: first });
    yield;
  }
  return found;
}
/** The last day with a charge. */
export function lastDay(months: readonly LedgerMonth[]): string | null {
  let last: string | null = null;
  for (const { day } of linesOf(months, {})) if (last === null || day > last) last = day;
  return last;
}

/** At equality nothing is left. */
export const hasMoneyLeft = ({ remaining }: BudgetState): boolean => remaining !== undefined && compare(remaining, zero) > 0;

/** The budgets that somebody's new spend goes to, the tightest first: those whose owner is told by the tags, or the only one there is.
 * @param tags of the workspace or the run, by dimension */
export function budgetsFor<T extends { readonly budget: Budget }>(states: readonly T[], tags: Readonly<Record<string, string>>): T[] {
  if (states.length === 1) return [...states];
  return states.filter(({ budget }) => {
    const named = Object.entries(budget.owner);
    return named.length > 0 && named.every(([name, value]) => (tags[name] ?? tags[name === 'model_id' ? 'model' : name]) === value);
  });
}

/** Days of a month as costs a month are spread over them.
 * @source 365 / 12 */
const daysPerMonth = 365 / 12;

/** The day on which a budget would be spent if a change took effect after the last day that is known; null where that is not in the period.
 * @param change in the budget's currency: what runs once more, and what stands a month more
 * @returns undefined where the spend or its forecast is not known */
export function exhaustionAfter(
  { spent, allowed, ahead, exhaustion, through }: BudgetState,
  change: { readonly once: number; readonly monthly: number },
): string | null | undefined {
  if (!spent || through === null || (ahead.length === 0 && exhaustion === null)) return undefined;
  if (exhaustion !== null && exhaustion <= through) return exhaustion;
  const limit = toNumber(allowed);
  let sum = toNumber(spent) + change.once;
  for (const [at, cost] of ahead.entries()) {
    sum += cost + change.monthly / daysPerMonth;
    if (sum >= limit) return plusDays(through, at + 1);
  }
  return null;
}

/** Tells which budgets a charge is the own of, by their places: it has the owner's values, or those of a budget within it. It counts once.
 * One that names no owner is everything, or where it has parts, their sum. */
export function ownersOf(budgets: readonly Budget[]): (tuple: readonly string[]) => readonly number[] {
  const named = budgets.map(({ owner }) => (Object.entries(owner) as [DimensionName, string][]).map(([name, value]) => [dimensionAt[name], value] as const));
  const parents = budgets.map(({ parent }) => (parent === undefined ? [] : budgets.flatMap(({ name }, at) => (name === parent ? [at] : []))));
  const hasParts = budgets.map(({ name }) => budgets.some(({ parent }) => parent === name));
  return (tuple) => {
    const own = new Set<number>();
    const add = (at: number): void => {
      if (own.has(at)) return;
      own.add(at);
      for (const above of parents[at] as readonly number[]) add(above);
    };
    for (const [at, values] of named.entries())
      if (values.length === 0 ? !hasParts[at] : values.every(([dimension, value]) => (tuple[dimension] ?? '') === value)) add(at);
    return [...own].sort((a, b) => a - b);
  };
}
/** What was spent on each day, of all budgets in one look at the ledger. */
function* dailyOf(
  budgets: readonly Budget[],
  months: readonly LedgerMonth[],
  rates: readonly Rate[],
): Steps<{ daily: (Map<string, Decimal> | UnknownRate)[]; first: string | null; last: string | null }> {
  const daily: (Map<string, Decimal> | UnknownRate)[] = budgets.map(() => new Map());
  const ownersIn = ownersOf(budgets);
  const owners = new Map<readonly string[], readonly number[]>();
  let [first, last]: [string | null, string | null] = [null, null];
  yield* eachOf(linesOf(months, {}), ({ day, tuple, row }) => {
    if (first === null || day < first) first = day;
    if (last === null || day > last) last = day;
    let own = owners.get(tuple);
    if (!own) {
      own = ownersIn(tuple);
      owners.set(tuple, own);
    }
    for (const at of own) {
      const [into, budget] = [daily[at] as Map<string, Decimal> | UnknownRate, budgets[at] as Budget];
      if (into instanceof UnknownRate) continue;
      try {
        const cost = converted(budget.cost === 'billed' ? row.billed : row.effective, tuple[dimensionAt.currency] ?? '', budget.currency, rates);
        into.set(day, add(into.get(day) ?? zero, cost));
      } catch (error) {
        if (!(error instanceof UnknownRate)) throw error;
        daily[at] = error;
      }
    }
  });
  return { daily, first, last };
}

function stateOf(
  budget: Budget,
  all: readonly Budget[],
  daily: ReadonlyMap<string, Decimal>,
  today: string,
  firstDay: string | null,
  through: string | null,
): BudgetState {
  const period = spanOf(budget.period, today);
  const carried = carriedInto(budget, period, daily, firstDay);
  const allowed = add(budget.amount, carried);
  const notes = notesOf(budget, all);
  const base = { budget, period, allowed, carried, ahead: [], exhaustion: null, reached: [], notes };
  const last = through === null ? null : through < period.to ? through : period.to;
  if (last === null || last < period.from || firstDay === null)
    return {
      ...base,
      through,
      state: 'unknown',
      notes: [...notes, through === null ? 'no spend is imported' : `the ledger ends on ${through}, before this period`],
    };

  const known = { from: period.from, to: last };
  const spent = sumOf(daily, known);
  const ahead = predicted(daily, firstDay < period.from ? firstDay : period.from, last, period.to);
  const likely = ahead && add(spent, ahead.likely);
  const reached = budget.thresholds.filter(
    (threshold) => compare(multiply(spent, { digits: 100n, scale: 0 }), multiply(ofNumber(threshold) ?? zero, allowed)) >= 0,
  );
  // at equality nothing is left: it is over
  const over = compare(spent, allowed) >= 0;
  const warn = reached.length > 0 || (likely !== undefined && compare(likely, allowed) >= 0);
  const percent = divide(multiply(spent, { digits: 100n, scale: 0 }), allowed, 1);
  const planned = plannedUntil(budget, period, last);
  return {
    ...base,
    spent,
    remaining: subtract(allowed, spent),
    ...(percent ? { percent: toNumber(percent) } : {}),
    ...(ahead && likely ? { forecast: { low: add(spent, ahead.low), likely, high: add(spent, ahead.high) } } : {}),
    ahead: ahead?.days ?? [],
    exhaustion: exhausted(daily, known, allowed, ahead?.days ?? []),
    state: over ? 'over' : warn ? 'warn' : 'ok',
    reached,
    ...(planned ? { planned } : {}),
    through,
    notes: last < plusDays(today, -1) && last < period.to ? [...notes, `the ledger ends on ${last}: later spend is forecast, not known`] : notes,
  };
}
const sumOf = (daily: ReadonlyMap<string, Decimal>, span: Span): Decimal => {
  let sum = zero;
  for (const day of eachDay(span)) sum = add(sum, daily.get(day) ?? zero);
  return sum;
};
/** What the days after the last known one will cost. Absent where too few are known to tell. */
function predicted(
  daily: ReadonlyMap<string, Decimal>,
  first: string,
  last: string,
  end: string,
): { low: Decimal; likely: Decimal; high: Decimal; days: readonly number[] } | undefined {
  const horizon = Math.max(0, daysIn({ from: plusDays(last, 1), to: end }));
  if (horizon === 0) return { low: zero, likely: zero, high: zero, days: [] };
  const { history, weekday } = historyOf(daily, first, last);
  const found = forecast(history, weekday, horizon);
  if (!found) return undefined;
  const cents = (value: number): Decimal => round(ofNumber(value) ?? zero, 2);
  return { low: cents(found.low), likely: cents(found.likely), high: cents(found.high), days: found.days };
}
/** What a forecast looks at: an owner's days from the first with spend on; before it there was nothing to learn from. */
export function historyOf(daily: ReadonlyMap<string, Decimal>, first: string, last: string): { readonly history: number[]; readonly weekday: number } {
  let begin = first;
  for (const day of eachDay({ from: first, to: last })) {
    begin = day;
    if (daily.has(day)) break;
  }
  return { history: [...eachDay({ from: begin, to: last })].map((day) => toNumber(daily.get(day) ?? zero)), weekday: weekdayOf(begin) };
}
function exhausted(daily: ReadonlyMap<string, Decimal>, known: Span, allowed: Decimal, ahead: readonly number[]): string | null {
  let sum = zero;
  for (const day of eachDay(known)) {
    sum = add(sum, daily.get(day) ?? zero);
    if (compare(sum, allowed) >= 0) return day;
  }
  for (const [at, cost] of ahead.entries()) {
    sum = add(sum, ofNumber(cost) ?? zero);
    if (compare(sum, allowed) >= 0) return plusDays(known.to, at + 1);
  }
  return null;
}
/** What the periods before leave, as far back as the ledger knows them whole. */
function carriedInto(budget: Budget, period: Span, daily: ReadonlyMap<string, Decimal>, firstDay: string | null): Decimal {
  if (budget.rollOver === 'none' || firstDay === null) return zero;
  const before: Span[] = [];
  for (let span = spanBefore(budget.period, period); span && span.from >= firstDay && before.length < 120; span = spanBefore(budget.period, span))
    before.unshift(span);
  return before.reduce((carried, span) => {
    const left = subtract(add(budget.amount, carried), sumOf(daily, span));
    return budget.rollOver === 'unspent' && compare(left, zero) < 0 ? zero : left;
  }, zero);
}
/** The plan until a day, that day counted: months as planned, else the amount spread evenly. */
export function plannedUntil(budget: Budget, period: Span, last: string): Decimal | undefined {
  const days = daysIn({ from: period.from, to: last });
  if (Object.keys(budget.plan).length === 0)
    return divide(multiply(budget.amount, { digits: BigInt(days), scale: 0 }), { digits: BigInt(daysIn(period)), scale: 0 }, 2);
  let sum = zero;
  for (let day = period.from; day <= last; ) {
    const month = spanOf({ kind: 'month' }, day);
    const planned = budget.plan[day.slice(0, 7)];
    if (!planned) return undefined;
    const end = month.to < last ? month.to : last;
    const part = divide(multiply(planned, { digits: BigInt(daysIn({ from: day, to: end })), scale: 0 }), { digits: BigInt(daysIn(month)), scale: 0 }, 2);
    if (part) sum = add(sum, part);
    day = plusDays(month.to, 1);
  }
  return sum;
}
function notesOf(budget: Budget, all: readonly Budget[]): string[] {
  const children = all.filter(({ parent, currency, period }) => parent === budget.name && currency === budget.currency && period.kind === budget.period.kind);
  const sum = children.reduce((total, { amount }) => add(total, amount), zero);
  return [
    ...(children.length > 0 && compare(sum, budget.amount) > 0
      ? [`its parts add up to ${toText(sum)} ${budget.currency}, more than its ${toText(budget.amount)}`]
      : []),
    ...(budget.parent !== undefined && !all.some(({ name }) => name === budget.parent) ? [`no budget is called '${budget.parent}'`] : []),
  ];
}
