import { type Budget, type BudgetState, ownersOf } from './budget.js';
import { converted } from './currency.js';
import { add, type Decimal, divide, isZero, sum, toNumber, zero } from './decimal.js';
import { type DimensionName, dimensionAt } from './dimensions.js';
import { type LedgerMonth, linesOf } from './report.js';
import type { UnitCost } from './units.js';
import type { ChargesOfWork, EstimateVariance } from './variance.js';
import type { WasteLedger } from './waste/types.js';

/** One figure by which spend is steered. Without a value: not known, with what would make it known. */
export interface Kpi {
  readonly name: string;
  readonly value?: { readonly kind: 'share'; readonly share: number } | { readonly kind: 'money'; readonly amount: Decimal; readonly currency: string };
  /** What it was worked out from. */
  readonly basis: string;
  readonly need?: string;
}
export interface KpiInput {
  readonly months: readonly LedgerMonth[];
  readonly query: ChargesOfWork;
  readonly budgets: readonly Budget[];
  readonly states: readonly BudgetState[];
  /** Tags that rules of the policy require. */
  readonly required: readonly DimensionName[];
  readonly waste: Pick<WasteLedger, 'totals'>;
  readonly units: readonly UnitCost[];
  readonly estimates: readonly EstimateVariance[];
}

/** Figures of some days: how much of the money is under a budget and under the policy, how far it is from plan and estimate, what a job and an inference cost, how much brought nothing.
 * @errors UnknownRate */
export function kpis({ months, query, budgets, states, required, waste, units, estimates }: KpiInput): Kpi[] {
  const ownersIn = ownersOf(budgets);
  let [total, budgeted, tagged, jobs] = [zero, zero, zero, zero];
  const runs = new Set<string>();
  for (const { tuple, row } of linesOf(months, query)) {
    const cost = converted(query.cost === 'billed' ? row.billed : row.effective, tuple[dimensionAt.currency] ?? '', query.currency, query.rates);
    total = add(total, cost);
    if (ownersIn(tuple).length > 0) budgeted = add(budgeted, cost);
    if (required.every((name) => (tuple[dimensionAt[name]] ?? '') !== '')) tagged = add(tagged, cost);
    const run = tuple[dimensionAt.experiment_run] ?? '';
    if (run === '' || tuple[dimensionAt.category] === 'inference') continue;
    runs.add(run);
    jobs = add(jobs, cost);
  }
  const shareOf = (part: Decimal): number | undefined => (isZero(total) ? undefined : toNumber(divide(part, total, 6) ?? zero));
  const share = (name: string, value: number | undefined, basis: string, need: string): Kpi =>
    value === undefined ? { name, basis, need } : { name, value: { kind: 'share', share: value }, basis };
  const money = (name: string, amount: Decimal | undefined, basis: string, need: string): Kpi =>
    amount === undefined ? { name, basis, need } : { name, value: { kind: 'money', amount, currency: query.currency }, basis };
  const nothing = 'charges in these days';
  const known = estimates.filter(({ inside }) => inside !== undefined);
  const lost = waste.totals[query.currency]?.likely;
  const request = units.find(({ name, price }) => price !== undefined && /^(requests?|inferences?|calls?)$/i.test(name));
  return [
    share(
      'spend under a budget',
      budgets.length === 0 ? undefined : shareOf(budgeted),
      'charges that are some budget’s',
      budgets.length === 0 ? 'budgets in .mlcost.yaml' : nothing,
    ),
    share(
      'spend under policy',
      required.length === 0 ? undefined : shareOf(tagged),
      required.length === 0 ? 'charges with the tags that the policy requires' : `charges with ${required.join(', ')}, which the policy requires`,
      required.length === 0 ? 'a rule required_tags in the policy' : nothing,
    ),
    share(
      'variance from plan',
      planned(states),
      'spent over planned so far, of the budgets that are no one’s part',
      'budgets in one currency with a known spend',
    ),
    share(
      'billed within the estimate',
      known.length === 0 ? undefined : known.filter(({ inside }) => inside).length / known.length,
      `${known.length} runs and workloads`,
      'charges that are a workload’s (spend.workloads), or that name a metered run',
    ),
    money(
      'cost of a job',
      runs.size === 0 ? undefined : divide(jobs, { digits: BigInt(runs.size), scale: 0 }, 8),
      `${runs.size} runs that charges name`,
      'charges with the tag experiment_run',
    ),
    request?.price && request.cost && request.count
      ? money('cost of an inference', divide(request.price, request.per, 10), `${request.name} of ${request.month}`, '')
      : { name: 'cost of an inference', basis: 'a unit called requests', need: 'a unit called requests under spend.units, with a count' },
    share(
      'waste of the spend, at least',
      lost && shareOf(lost),
      'what mlcost spend waste finds and knows a price of',
      isZero(total) ? nothing : 'waste with a known price',
    ),
  ];
}
/** Spent over planned, less one, over all budgets that are part of none. */
function planned(states: readonly BudgetState[]): number | undefined {
  const whole = states.filter(({ budget, spent, planned: plan }) => budget.parent === undefined && spent && plan && !isZero(plan));
  if (whole.length === 0 || new Set(whole.map(({ budget }) => budget.currency)).size > 1) return undefined;
  const spent = sum(whole.map((one) => one.spent ?? zero));
  const plan = sum(whole.map((one) => one.planned ?? zero));
  return toNumber(divide(spent, plan, 6) ?? zero) - 1;
}
