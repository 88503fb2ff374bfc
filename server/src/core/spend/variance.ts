import type { Interval } from '../model/estimate.js';
import type { BudgetState } from './budget.js';
import { converted, type Rate, UnknownRate } from './currency.js';
import { add, type Decimal, divide, multiply, subtract, toNumber, zero } from './decimal.js';
import { type DimensionName, dimensionAt } from './dimensions.js';
import { daysIn, type Span } from './period.js';
import { type LedgerMonth, linesOf } from './report.js';
import type { RollUpRow } from './roll-up.js';
import { eachOf, type Steps, whole } from './steps.js';

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
  /** Accelerator time of one run. @unit h */
  readonly gpuHours?: number;
  /** What was taken because no file says it, in words. */
  readonly supposed: readonly string[];
}
/** What was billed for one workload: a run that charges name, or the charges of some days. */
export interface BilledWork {
  /** The name that charges carry in `experiment_run`; null: those that carry none. */
  readonly run: string | null;
  /** What charges carry in `model_version`, several by comma; null: nothing. */
  readonly version: string | null;
  /** What charges carry in `model_id`. */
  readonly models: readonly string[];
  readonly cost: Decimal;
  readonly currency: string;
  /** Absent: no rate to dollars was given. @unit USD */
  readonly dollars?: Decimal;
  /** First and last day with a charge. */
  readonly span: Span;
  /** Days with a charge. */
  readonly days: number;
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
  /** What the difference comes from, as far as something tells, in words. */
  readonly because: readonly string[];
  /** What would make it known, where it is not. */
  readonly need?: string;
}
export interface ChargesOfWork {
  readonly from: string;
  readonly to: string;
  readonly cost: 'billed' | 'effective';
  readonly currency: string;
  readonly rates: readonly Rate[];
  /** Only charges with these values. */
  readonly where?: WorkloadCharges['owner'];
}
/** What was billed for charges with these values, apart by the runs that they name, and by model versions that follow each other; the earliest first.
 * @errors UnknownRate */
export const billedWork = (...all: Parameters<typeof billedWorkSteps>): BilledWork[] => whole(billedWorkSteps(...all));
export function* billedWorkSteps(months: readonly LedgerMonth[], owner: WorkloadCharges['owner'], query: ChargesOfWork): Steps<BilledWork[]> {
  const wanted = Object.entries(query.where ?? {}) as [DimensionName, string][];
  if (wanted.some(([key, value]) => owner[key] !== undefined && owner[key] !== value)) return [];
  const bill = new Bill(query);
  yield* eachOf(linesOf(months, { ...query, where: { ...query.where, ...owner } }), ({ day, tuple, row }) => bill.add(day, tuple, row));
  return bill.works();
}
interface Pile {
  readonly run: string;
  readonly versions: readonly string[];
  readonly models: ReadonlySet<string>;
  cost: Decimal;
  readonly days: ReadonlySet<string>;
}
/** Charges of one workload, put together as they come. */
export class Bill {
  private readonly query: Pick<ChargesOfWork, 'cost' | 'currency' | 'rates'>;
  private readonly piles = new Map<string, { run: string; versions: string[]; models: Set<string>; cost: Decimal; days: Set<string> }>();
  constructor(query: Pick<ChargesOfWork, 'cost' | 'currency' | 'rates'>) {
    this.query = query;
  }
  /** @errors UnknownRate */
  add(day: string, tuple: readonly string[], row: Pick<RollUpRow, 'billed' | 'effective'>): void {
    const { cost, currency, rates } = this.query;
    const [run, version] = [tuple[dimensionAt.experiment_run] ?? '', tuple[dimensionAt.model_version] ?? ''];
    const amount = converted(cost === 'billed' ? row.billed : row.effective, tuple[dimensionAt.currency] ?? '', currency, rates);
    const key = JSON.stringify([run, version]);
    let pile = this.piles.get(key);
    if (!pile) {
      pile = { run, versions: version === '' ? [] : [version], models: new Set(), cost: zero, days: new Set() };
      this.piles.set(key, pile);
    }
    pile.cost = add(pile.cost, amount);
    pile.days.add(day);
    const model = tuple[dimensionAt.model_id];
    if (model) pile.models.add(model);
  }
  works(): BilledWork[] {
    return apart([...this.piles.values()])
      .map((pile) => this.work(pile))
      .sort((a, b) => (a.span.from < b.span.from ? -1 : a.span.from > b.span.from ? 1 : (a.run ?? '\uffff') < (b.run ?? '\uffff') ? -1 : 1));
  }
  private work({ run, versions, models, cost, days }: Pile): BilledWork {
    const { currency, rates } = this.query;
    const dollars = inDollars(cost, currency, rates);
    return {
      run: run === '' ? null : run,
      version: versions.length === 0 ? null : [...versions].sort().join(', '),
      models: [...models].sort(),
      cost,
      currency,
      ...(dollars ? { dollars } : {}),
      span: spanOver(days),
      days: days.size,
    };
  }
}
const spanOver = (days: ReadonlySet<string>): Span => {
  const sorted = [...days].sort();
  return { from: sorted[0] ?? '', to: sorted.at(-1) ?? '' };
};
/** Versions that were charged on the same days are one: how the days were divided between them nobody says. */
function apart(piles: readonly Pile[]): Pile[] {
  const found: Pile[] = [];
  for (const pile of [...piles].sort((a, b) => (spanOver(a.days).from < spanOver(b.days).from ? -1 : 1))) {
    const { from } = spanOver(pile.days);
    const at = found.findIndex(({ run, days }) => run === pile.run && spanOver(days).to >= from);
    const same = found[at];
    if (!same) found.push(pile);
    else
      found[at] = {
        run: pile.run,
        versions: [...same.versions, ...pile.versions],
        models: new Set([...same.models, ...pile.models]),
        cost: add(same.cost, pile.cost),
        days: new Set([...same.days, ...pile.days]),
      };
  }
  return found;
}
function inDollars(cost: Decimal, currency: string, rates: readonly Rate[]): Decimal | undefined {
  try {
    return converted(cost, currency, 'USD', rates);
  } catch (error) {
    if (error instanceof UnknownRate) return undefined;
    throw error;
  }
}
/** Days of the month that costs a month are spread over.
 * @source 365 / 12 */
const daysPerMonth = 365 / 12;

/** What else is known of what was billed and of the code that it is held against. */
export interface VarianceContext {
  /** What the run's meter counted. @unit h of one accelerator */
  readonly gpuHours?: number;
  /** What the code may have been other than when it was billed, in words. */
  readonly otherCode?: readonly string[];
  /** What is said where nothing could be estimated. */
  readonly lack?: string;
}
/** Holds what was billed against what the code says. A run is held against one run; the charges of something that stays on against its days, from its first to its last with a charge.
 * @param estimate absent: nothing could be estimated
 * @limits estimates are in dollars: money in another currency is compared by a rate that the user gives, since none is looked up */
export function againstEstimate(
  place: Pick<EstimateVariance, 'file' | 'title' | 'commit'>,
  billed: BilledWork,
  estimate: CodeEstimate | undefined,
  context: VarianceContext = {},
): EstimateVariance {
  const base = { ...place, run: billed.run, billed, because: [] };
  if (!estimate) return { ...base, need: context.lack ?? 'what the code costs: mlcost estimate says what is missing' };
  if (estimate.per === 'run' && billed.run === null) return { ...base, need: 'how many runs these charges are for: tag what a run uses with experiment_run' };
  const factor = estimate.per === 'run' ? 1 : daysIn(billed.span) / daysPerMonth;
  const { low, likely, high } = estimate.cost;
  const known = { low: low * factor, likely: likely * factor, high: high * factor };
  if (!billed.dollars) return { ...base, estimate: known, need: `a rate from ${billed.currency} to USD under spend.rates` };
  const cost = toNumber(billed.dollars);
  const inside = cost >= known.low && cost <= known.high;
  return {
    ...base,
    estimate: known,
    ...(known.likely > 0 ? { difference: cost / known.likely - 1 } : {}),
    inside,
    because: reasonsOf(cost, known, billed, estimate, context, inside),
  };
}
/** Quantity and price apart, where both were measured: billed = hours × price of an hour, and so is the estimate. Else what the estimate rests on that nobody stated. */
function reasonsOf(cost: number, known: Interval, billed: BilledWork, estimate: CodeEstimate, context: VarianceContext, inside: boolean): string[] {
  const said: string[] = [];
  const { gpuHours: used } = context;
  const { gpuHours: expected } = estimate;
  if (estimate.per === 'run' && used !== undefined && expected !== undefined && used > 0 && expected > 0 && known.likely > 0) {
    const [price, listed] = [cost / used, known.likely / expected];
    said.push(`time: ${hours(used)} GPU-hours metered where ${hours(expected)} were estimated (${signed(used / expected - 1)})`);
    said.push(`price: $${price.toFixed(2)} billed for a GPU-hour where $${listed.toFixed(2)} was estimated (${signed(price / listed - 1)})`);
  }
  const days = daysIn(billed.span);
  if (estimate.per === 'month' && billed.days < days) said.push(`charges on ${billed.days} of ${days} days, held against all of them`);
  said.push(...(context.otherCode ?? []));
  if (!inside && estimate.supposed.length > 0) said.push(`the estimate supposes what no file says: ${estimate.supposed.slice(0, 4).join(', ')}`);
  return said;
}
const hours = (value: number): string => value.toLocaleString('en-US', { maximumSignificantDigits: 3 });
const signed = (share: number): string => `${share > 0 ? '+' : share < 0 ? '−' : '±'}${Math.abs(100 * share).toFixed(0)} %`;
/** Estimates of several workloads that one set of charges is for; undefined where one is missing, or where some run once and others stay on. */
export function togetherOf(estimates: readonly (CodeEstimate | undefined)[]): CodeEstimate | undefined {
  const [first] = estimates;
  if (!first || estimates.some((one) => one?.per !== first.per)) return undefined;
  const sum = (key: keyof Interval): number => estimates.reduce((total, one) => total + (one?.cost[key] ?? Number.NaN), 0);
  const hoursOfAll = estimates.map((one) => one?.gpuHours);
  const gpuHours = hoursOfAll.every((one) => one !== undefined) ? hoursOfAll.reduce((all, one) => all + one, 0) : undefined;
  return {
    per: first.per,
    cost: { low: sum('low'), likely: sum('likely'), high: sum('high') },
    ...(gpuHours === undefined ? {} : { gpuHours }),
    supposed: [...new Set(estimates.flatMap((one) => one?.supposed ?? []))],
  };
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
