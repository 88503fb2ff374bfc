import { type BudgetVariance, chargesText, differenceText, type EstimateVariance, exact, heldText, type Interval } from '../core/index.js';
import { type Cell, documentOf, type ReportFormat, type Section } from './sections.js';
import { moneyCell, shownMoney } from './spend.js';

export interface Variances {
  readonly from: string;
  readonly to: string;
  readonly budgets: readonly BudgetVariance[];
  readonly estimates: readonly EstimateVariance[];
  readonly notes: readonly string[];
}
/** The answer of `mlcost spend variance --format json`: fields may be added, never renamed. */
export const varianceJson = ({ from, to, budgets, estimates, notes }: Variances): object => ({
  version: 1,
  from,
  to,
  budgets: budgets.map(({ state: { budget, period, spent, allowed, planned, through }, toBudget, toPlan, percentOfPlan }) => ({
    name: budget.name,
    currency: budget.currency,
    period,
    spent: spent ? exact.toText(spent) : null,
    allowed: exact.toText(allowed),
    toBudget: toBudget ? exact.toText(toBudget) : null,
    planned: planned ? exact.toText(planned) : null,
    toPlan: toPlan ? exact.toText(toPlan) : null,
    percentOfPlan: percentOfPlan ?? null,
    dataThrough: through,
  })),
  estimates: estimates.map(({ file, title, commit, run, billed, estimate, difference, inside, because, need }) => ({
    file,
    title,
    commit,
    run,
    version: billed?.version ?? null,
    billed: billed ? { cost: exact.toText(billed.cost), currency: billed.currency, ...billed.span, days: billed.days } : null,
    estimate: estimate ? { ...estimate, unit: 'usd' } : null,
    difference: difference ?? null,
    inside: inside ?? null,
    because,
    ...(need === undefined ? {} : { need }),
  })),
  notes,
});
const unknown: Cell = { shown: 'unknown', exact: '' };
const signedMoney = (amount: Parameters<typeof moneyCell>[0]): Cell => ({
  shown: `${amount.digits > 0n ? '+' : ''}${shownMoney(amount)}`,
  exact: exact.toText(amount),
});
const dollars = (value: number): string => shownMoney(exact.round(exact.ofNumber(value) ?? exact.zero, 2));
const range = ({ low, likely, high }: Interval): Cell => ({
  shown: low === high ? dollars(likely) : `${dollars(likely)} (${dollars(low)}–${dollars(high)})`,
  exact: String(likely),
});

export const budgetVarianceSection = (budgets: readonly BudgetVariance[]): Section => ({
  title: 'Against budget and plan',
  header: ['budget', 'period', 'spent', 'against budget', 'planned so far', 'against plan', 'of plan', 'currency'],
  rows: budgets.map(({ state: { budget, period, spent, planned }, toBudget, toPlan, percentOfPlan }) => [
    budget.name,
    `${period.from} to ${period.to}`,
    spent ? moneyCell(spent) : unknown,
    toBudget ? signedMoney(toBudget) : unknown,
    planned ? moneyCell(planned) : unknown,
    toPlan ? signedMoney(toPlan) : unknown,
    percentOfPlan === undefined ? unknown : { shown: differenceText(percentOfPlan / 100), exact: String(percentOfPlan) },
    budget.currency,
  ]),
  right: [2, 3, 4, 5, 6],
  notes: [...new Set(budgets.flatMap(({ state: { budget, notes } }) => notes.map((note) => `${budget.name}: ${note}`)))],
});

/** What the code said that it costs against what it did cost. */
export function estimateVarianceSection(estimates: readonly EstimateVariance[], notes: readonly string[] = []): Section {
  return {
    title: 'Estimated against billed',
    header: ['workload', 'commit', 'run, days, version', 'billed', 'currency', 'estimate, USD', 'difference', 'in the interval', 'because'],
    rows: estimates.map(({ file, title, commit, run, billed, estimate, difference, inside, because, need }) => [
      `${file} · ${title}`,
      commit === null ? 'as it stands' : commit.slice(0, 8),
      chargesText({ run, ...(billed ? { billed } : {}) }),
      billed ? moneyCell(billed.cost) : unknown,
      billed?.currency ?? '',
      estimate ? range(estimate) : unknown,
      difference === undefined ? unknown : { shown: differenceText(difference), exact: String(difference) },
      inside === undefined ? `unknown: ${need ?? ''}` : inside ? 'yes' : 'no',
      because.join('; '),
    ]),
    right: [3, 5, 6],
    notes: [...heldText(estimates), ...notes],
  };
}

export function varianceText(found: Variances, format: string): string {
  if (format === 'json') return `${JSON.stringify(varianceJson(found), null, 1)}\n`;
  const sections = [budgetVarianceSection(found.budgets), estimateVarianceSection(found.estimates, found.notes)].filter(
    ({ rows, notes = [] }) => rows.length + notes.length > 0,
  );
  if (sections.length === 0) return 'There is neither a budget nor charges that are a workload’s: see spend.workloads in docs/spend.md.\n';
  return documentOf(`Variance from ${found.from} to ${found.to}`, sections, format as ReportFormat);
}
