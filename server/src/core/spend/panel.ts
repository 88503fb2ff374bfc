import { type Anomaly, anomalySteps } from './anomaly.js';
import { type AttributionNode, attribution } from './attribution.js';
import { type Buckets, bucketsOf, type Part, partsOf, type Spread, spread } from './buckets.js';
import type { Budget } from './budget.js';
import { type BudgetProblem, type BudgetSeries, budgetSeries } from './budget-series.js';
import { type Rate, UnknownRate } from './currency.js';
import { type Decimal, zero } from './decimal.js';
import { overLimit } from './dictionary.js';
import { type DimensionName, dimensionAt } from './dimensions.js';
import { dayIn, plusDays, type Span, spanOf, within } from './period.js';
import { type LedgerMonth, linesOf, monthsIn } from './report.js';
import { eachOf, type Steps, whole } from './steps.js';
import { type UnitCost, type UnitRule, unitCostSteps } from './units.js';
import type { UsageRecord } from './usage.js';

/** What a person wants to see of the spend. */
export interface PanelQuery {
  /** `now`: this month, or the last one that the ledger knows; `2026-09`: that month; `90d`, `12m`: that long until now; `2026-09-01/2026-09-15`: these days. */
  readonly period: string;
  /** Only this team's charges; '': those of no team; null: all. */
  readonly team: string | null;
  /** What the bars are divided by. */
  readonly by: DimensionName;
  readonly cost: 'billed' | 'effective';
}
export const firstQuery: PanelQuery = { period: 'now', team: null, by: 'category', cost: 'billed' };

export interface PanelInput {
  readonly months: readonly LedgerMonth[];
  readonly budgets: readonly Budget[];
  readonly units: readonly UnitRule[];
  /** Tables of use, which count what units are counted by. */
  readonly usage?: readonly UsageRecord[];
  readonly rates: readonly Rate[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}
/** Spend as a panel shows it: exact sums inside; texts come later. */
export interface SpendPanel extends Spread {
  readonly query: PanelQuery;
  readonly span: Span;
  readonly today: string;
  /** Day that budgets are looked at: today, the end of the chosen month, or the last known day of an old ledger. */
  readonly asOf: string;
  /** First and last day of the ledger; null: it has none. */
  readonly first: string | null;
  readonly through: string | null;
  readonly currency: string;
  /** Months with charges, the latest first. */
  readonly months: readonly string[];
  readonly teams: readonly string[];
  readonly budgets: readonly (BudgetSeries | BudgetProblem)[];
  readonly buckets: Buckets;
  readonly tree: readonly AttributionNode[];
  readonly bars: readonly Part[];
  /** Of no team. */
  readonly untagged: Decimal;
  /** Behind the limits of the ledger. */
  readonly overLimit: Decimal;
  readonly anomalies: readonly Anomaly[];
  readonly units: readonly UnitCost[];
  /** What could not be worked out, and what would make it so. */
  readonly problems: readonly string[];
}
/** Bars that stand apart. */
const mostBars = 7;
/** Days before a day that tell whether it stands out. */
const lookBack = 100;

/** All that a panel of spend shows at a moment. */
export const spendPanel = (input: PanelInput, query: PanelQuery): SpendPanel => whole(panelSteps(input, query));
export function* panelSteps({ months, budgets, units, usage = [], rates, now }: PanelInput, query: PanelQuery): Steps<SpendPanel> {
  const { first, last, currencies, teams } = yield* factsOf(months);
  const today = dayIn(now);
  const { span, asOf } = spanOfQuery(query.period, today, last);
  const currency = currencyOf(budgets, currencies, rates);
  const buckets = bucketsOf(span);
  const { cost } = query;
  const where = query.team === null ? {} : { team: query.team };
  const known = last === null ? span : { from: span.from, to: within(last, span) };
  const found = yield* spread(months, { span: known, currency, where, cost, rates }, buckets, first ?? '');
  const problems: string[] = [];
  const orSay = function* <T>(what: string, work: Steps<readonly T[]>): Steps<readonly T[]> {
    try {
      return yield* work;
    } catch (error) {
      if (!(error instanceof UnknownRate)) throw error;
      problems.push(`${what}: ${error.message}`);
      return [];
    }
  };
  const from = (day: string): LedgerMonth[] => monthsIn(months, { from: day, to: span.to });
  const steps = buckets.starts.length;
  const of = (tuple: readonly string[]): string => tuple[dimensionAt[query.by]] ?? '';
  const sumOf = (mine: (tuple: readonly string[]) => boolean): Decimal =>
    partsOf(
      found.tuples.filter(({ tuple }) => mine(tuple)),
      () => '',
      0,
      0,
    )[0]?.cost ?? zero;
  return {
    ...found,
    query,
    span,
    today,
    asOf,
    first,
    through: last,
    currency,
    months: months.map(({ month }) => month).reverse(),
    teams,
    budgets: yield* budgetSeries(budgets, months, asOf === today ? now : Date.parse(`${asOf}T12:00:00Z`), rates),
    buckets,
    tree: attribution(found.tuples, found.total, steps),
    bars: partsOf(found.tuples, of, mostBars, steps),
    untagged: sumOf((tuple) => (tuple[dimensionAt.team] ?? '') === ''),
    overLimit: sumOf((tuple) => tuple.includes(overLimit)),
    anomalies: (yield* orSay('Days that stand out', anomalySteps(from(plusDays(span.from, -lookBack)), { ...span, cost, currency, rates }))).filter(
      ({ causes }) => query.team === null || causes.some(({ key, value }) => key === 'team' && value === query.team),
    ),
    units: yield* orSay('What one costs', unitCostSteps(units, from(span.from), usage, cost, currency, rates)),
    problems,
  };
}

function spanOfQuery(period: string, today: string, last: string | null): { span: Span; asOf: string } {
  const month = (day: string): Span => spanOf({ kind: 'month' }, day);
  if (/^\d{4}-(0[1-9]|1[0-2])$/.test(period)) {
    const span = month(`${period}-01`);
    return { span, asOf: within(today, span) };
  }
  const [, from, to] = /^(\d{4}-\d\d-\d\d)\/(\d{4}-\d\d-\d\d)$/.exec(period) ?? [];
  if (from !== undefined && to !== undefined && from <= to) return { span: { from, to }, asOf: within(today, { from, to }) };
  // an old ledger is shown as it was when it ended
  const asOf = last !== null && last < month(today).from ? last : today;
  if (period === '90d') return { span: { from: plusDays(asOf, -89), to: asOf }, asOf };
  if (period === '12m') return { span: { from: month(plusDays(month(asOf).to, -364)).from, to: asOf }, asOf };
  return { span: month(asOf), asOf };
}

/** The budgets' currency where the ledger's money can be told in it, else the ledger's own. */
function currencyOf(budgets: readonly Budget[], currencies: readonly string[], rates: readonly Rate[]): string {
  const wanted = budgets.map(({ currency }) => currency);
  const told = wanted.find((one) => currencies.some((from) => from === one || rates.some((rate) => rate.from === from && rate.to === one)));
  return told ?? currencies[0] ?? wanted[0] ?? 'USD';
}

/** What a ledger has, in one look. */
function* factsOf(months: readonly LedgerMonth[]): Steps<{ first: string | null; last: string | null; currencies: string[]; teams: string[] }> {
  let [first, last]: [string | null, string | null] = [null, null];
  const currencies = new Map<string, number>();
  const teams = new Set<string>();
  yield* eachOf(linesOf(months, {}), ({ day, tuple, row }) => {
    if (first === null || day < first) first = day;
    if (last === null || day > last) last = day;
    const currency = tuple[dimensionAt.currency] ?? '';
    currencies.set(currency, (currencies.get(currency) ?? 0) + row.charges);
    const team = tuple[dimensionAt.team];
    if (team) teams.add(team);
  });
  return { first, last, currencies: [...currencies].sort((a, b) => b[1] - a[1]).map(([name]) => name), teams: [...teams].sort() };
}
