import type { Interval } from '../model/estimate.js';
import type { BudgetState } from './budget.js';
import { converted, type Rate } from './currency.js';
import { add, type Decimal, divide, multiply, subtract, toNumber, zero } from './decimal.js';
import { type DimensionName, dimensionAt } from './dimensions.js';
import { daysIn, type Span } from './period.js';
import { type LedgerMonth, linesOf } from './report.js';

/** Which charges are those of which workload, as `.mlcost.yaml` says. */
export interface WorkloadCharges {
  /** Workloads in files that match this glob. */
  readonly files: string;
  /** Only the workload with this id. */
  readonly workload?: string;
  readonly owner: Readonly<Partial<Record<DimensionName, string>>>;
}
/** What code says that something costs: one run of it, or a month. @unit USD */
export interface CodeEstimate {
  readonly per: 'run' | 'month';
  readonly cost: Interval;
}
/** What was billed for one workload: a run that charges name, or the charges of some days. */
export interface BilledWork {
  /** The name that charges carry in `experiment_run`; null: those that carry none. */
  readonly run: string | null;
  readonly cost: Decimal;
  readonly currency: string;
  /** First and last day with a charge. */
  readonly span: Span;
}
/** Estimated against billed. */
export interface EstimateVariance {
  /** Path of the file, and the workloads in it. */
  readonly file: string;
  readonly title: string;
  /** The commit that the estimate is of; null: the files as they stand. */
  readonly commit: string | null;
  readonly run: string | null;
  readonly billed?: BilledWork;
  /** For the same run, or for the same days. @unit USD */
  readonly estimate?: Interval;
  /** Billed over likely, less one: 0.11 is 11 % more than was estimated. */
  readonly difference?: number;
  /** Whether what was billed lies in the interval of the estimate. */
  readonly inside?: boolean;
  /** What would make it known, where it is not. */
  readonly need?: string;
}
export interface ChargesOfWork {
  readonly from: string;
  readonly to: string;
  readonly cost: 'billed' | 'effective';
  readonly currency: string;
  readonly rates: readonly Rate[];
}
/** What was billed for charges with these values, apart by the runs that they name, the earliest first.
 * @errors UnknownRate */
export function billedWork(months: readonly LedgerMonth[], owner: WorkloadCharges['owner'], query: ChargesOfWork): BilledWork[] {
  const found = new Map<string, { cost: Decimal; from: string; to: string }>();
  for (const { day, tuple, row } of linesOf(months, { ...query, where: owner })) {
    const run = tuple[dimensionAt.experiment_run] ?? '';
    const cost = converted(query.cost === 'billed' ? row.billed : row.effective, tuple[dimensionAt.currency] ?? '', query.currency, query.rates);
    const before = found.get(run);
    found.set(run, {
      cost: add(before?.cost ?? zero, cost),
      from: before && before.from < day ? before.from : day,
      to: before && before.to > day ? before.to : day,
    });
  }
  return [...found]
    .map(([run, { cost, from, to }]) => ({ run: run === '' ? null : run, cost, currency: query.currency, span: { from, to } }))
    .sort((a, b) => (a.span.from < b.span.from ? -1 : a.span.from > b.span.from ? 1 : (a.run ?? '\uffff') < (b.run ?? '\uffff') ? -1 : 1));
}
/** Days of the month that costs a month are spread over.
 * @source 365 / 12 */
const daysPerMonth = 365 / 12;

/** Holds what was billed against what the code says. A run is held against one run; the charges of something that stays on against its days, from its first to its last with a charge.
 * @param estimate absent: nothing could be estimated, with the reason in `lack`
 * @limits estimates are in dollars: money in another currency is not compared, since no rate is looked up */
export function againstEstimate(
  place: Pick<EstimateVariance, 'file' | 'title' | 'commit'>,
  billed: BilledWork,
  estimate: CodeEstimate | undefined,
  lack = 'what the code costs: mlcost estimate says what is missing',
): EstimateVariance {
  const base = { ...place, run: billed.run, billed };
  if (!estimate) return { ...base, need: lack };
  if (estimate.per === 'run' && billed.run === null) return { ...base, need: 'how many runs these charges are for: tag what a run uses with experiment_run' };
  const factor = estimate.per === 'run' ? 1 : daysIn(billed.span) / daysPerMonth;
  const { low, likely, high } = estimate.cost;
  const known = { low: low * factor, likely: likely * factor, high: high * factor };
  if (billed.currency !== 'USD') return { ...base, estimate: known, need: `a rate from ${billed.currency} to USD: --currency USD converts by spend.rates` };
  const cost = toNumber(billed.cost);
  return {
    ...base,
    estimate: known,
    ...(known.likely > 0 ? { difference: cost / known.likely - 1 } : {}),
    inside: cost >= known.low && cost <= known.high,
  };
}
/** Estimates of several workloads that one set of charges is for; undefined where one is missing, or where some run once and others stay on. */
export function togetherOf(estimates: readonly (CodeEstimate | undefined)[]): CodeEstimate | undefined {
  const [first] = estimates;
  if (!first || estimates.some((one) => one?.per !== first.per)) return undefined;
  const sum = (key: keyof Interval): number => estimates.reduce((total, one) => total + (one?.cost[key] ?? Number.NaN), 0);
  return { per: first.per, cost: { low: sum('low'), likely: sum('likely'), high: sum('high') } };
}

/** A budget against its amount and its plan. */
export interface BudgetVariance {
  readonly state: BudgetState;
  /** Spent less allowed: negative is what is left. */
  readonly toBudget?: Decimal;
  /** Spent less planned until the last known day. */
  readonly toPlan?: Decimal;
  /** In percent of the plan. */
  readonly percentOfPlan?: number;
}
export const budgetVariances = (states: readonly BudgetState[]): BudgetVariance[] =>
  states.map((state) => {
    const { spent, allowed, planned } = state;
    const toPlan = spent && planned && subtract(spent, planned);
    const percent = toPlan && planned && divide(multiply(toPlan, { digits: 100n, scale: 0 }), planned, 1);
    return {
      state,
      ...(spent ? { toBudget: subtract(spent, allowed) } : {}),
      ...(toPlan ? { toPlan } : {}),
      ...(percent ? { percentOfPlan: toNumber(percent) } : {}),
    };
  });
