import { type BudgetState, type Decimal, exact } from '../core/index.js';
import { plainSection } from './sections.js';
import { shownMoney } from './spend.js';

/** The answer of `mlcost budget --format json`: fields may be added, never renamed. */
export const budgetsJson = (states: readonly BudgetState[]): object => ({
  version: 1,
  budgets: states.map(({ budget, period, allowed, carried, spent, remaining, percent, forecast, exhaustion, state, reached, planned, through, notes }) => ({
    name: budget.name,
    owner: budget.owner,
    amount: exact.toText(budget.amount),
    currency: budget.currency,
    period,
    allowed: exact.toText(allowed),
    carried: exact.toText(carried),
    spent: spent ? exact.toText(spent) : null,
    remaining: remaining ? exact.toText(remaining) : null,
    percent: percent ?? null,
    forecast: forecast
      ? {
          low: exact.toText(exact.round(forecast.low, 2)),
          likely: exact.toText(exact.round(forecast.likely, 2)),
          high: exact.toText(exact.round(forecast.high, 2)),
        }
      : null,
    exhaustion,
    state,
    reached,
    planned: planned ? exact.toText(planned) : null,
    dataThrough: through,
    ...(budget.parent === undefined ? {} : { partOf: budget.parent }),
    ...(budget.contacts.length === 0 ? {} : { contacts: budget.contacts }),
    notes,
  })),
});

/** The same for a person. */
export function budgetsTable(states: readonly BudgetState[]): string {
  const money = (amount: Decimal | undefined): string => (amount ? shownMoney(amount) : '?');
  return plainSection({
    title: 'Budgets',
    header: ['budget', 'period', 'spent', 'of', '', 'used', 'forecast (80 %)', 'used up', 'state'],
    rows: states.map(({ budget, period, allowed, spent, percent, forecast, exhaustion, state }) => [
      budget.parent === undefined ? budget.name : `  ${budget.name}`,
      `${period.from} to ${period.to}`,
      money(spent),
      money(allowed),
      budget.currency,
      percent === undefined ? '?' : `${percent} %`,
      forecast ? `${money(forecast.likely)} (${money(forecast.low)}–${money(forecast.high)})` : '?',
      exhaustion ?? '–',
      state,
    ]),
    right: [2, 3, 5],
    notes: states.flatMap(({ budget, notes }) => notes.map((note) => `${budget.name}: ${note}`)),
  });
}
