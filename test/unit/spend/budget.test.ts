import { describe, expect, test } from 'vitest';
import { budgetFindings } from '../../../server/src/cli/check.js';
import { spentText, takesText } from '../../../server/src/core/render/budget.js';
import { readMlcostFile } from '../../../server/src/core/settings/mlcost-file.js';
import { type BudgetState, budgetStates, budgetsFor, exhaustionAfter } from '../../../server/src/core/spend/budget.js';
import { toText, zero } from '../../../server/src/core/spend/decimal.js';
import { type Charge, ledger } from '../../support/months.js';

const days = (month: string, count: number, cost: string, tags?: Charge['tags']): Charge[] =>
  Array.from({ length: count }, (_, at) => ({ day: `${month}-${String(at + 1).padStart(2, '0')}`, cost, ...(tags ? { tags } : {}) }));
function states(yaml: string, charges: readonly Charge[], now: string): BudgetState[] {
  const { settings, problems } = readMlcostFile('file:///w/.mlcost.yaml', yaml);
  expect(problems).toEqual([]);
  return budgetStates(settings.budgets, ledger(charges), Date.parse(now), settings.spend.rates);
}
const brief = (all: readonly BudgetState[]): unknown[] =>
  all.map(({ budget, spent, remaining, state }) => [budget.name, spent && toText(spent), remaining && toText(remaining), state]);
const noon = '2026-11-16T12:00:00Z';
const monthly = 'budgets:\n  - name: all\n    amount: 1000\n';

describe('what a change does to a budget', () => {
  const [found] = states(monthly, days('2026-11', 15, '30'), noon);
  test.each<[string, { once: number; monthly: number }, string | null]>([
    ['nothing', { once: 0, monthly: 0 }, null],
    ['a service that stands from now on', { once: 0, monthly: 900 }, '2026-11-25'],
    ['a run', { once: 200, monthly: 0 }, '2026-11-27'],
    ['both', { once: 200, monthly: 900 }, '2026-11-21'],
    ['a run that takes all', { once: 5000, monthly: 0 }, '2026-11-16'],
    ['something cheaper', { once: -100, monthly: -300 }, null],
  ])('%s', (_, change, day) => {
    expect(exhaustionAfter(found as BudgetState, change)).toBe(day);
  });
  test('what is spent stays spent, and what is not known stays unknown', () => {
    const [over] = states(monthly, days('2026-11', 15, '100'), noon);
    expect(exhaustionAfter(over as BudgetState, { once: -900, monthly: -900 })).toBe('2026-11-10');
    const [unknown] = states(monthly, [], noon);
    expect(exhaustionAfter(unknown as BudgetState, { once: 1, monthly: 1 })).toBeUndefined();
  });
});
describe('what the check says of budgets', () => {
  const settings = { uri: 'file:///w/.mlcost.yaml', text: `tags: {}\n${monthly}` };
  const said = (daily: string): unknown =>
    budgetFindings(states(monthly, days('2026-11', 10, daily), noon), settings).map(({ level, message, span }) => [level, message, span.start]);
  test.each<[string, string, unknown[]]>([
    ['nothing, where it lasts', '10', []],
    ['a warning, where the forecast is beyond it', '50', [['warn', 'all: 1500.00 USD of 1000.00 USD until 2026-11-30 forecast, exhausted on 2026-11-20', 9]]],
    ['that nothing is left, at equality too', '100', [['block', 'all: nothing is left, 1000.00 USD of 1000.00 USD until 2026-11-30 spent', 9]]],
  ])('%s', (_, daily, expected) => {
    expect(said(daily)).toEqual(expected);
  });
});

describe('what was spent of a budget', () => {
  test.each([
    ['little', '10', 'ok', []],
    ['past a threshold', '47', 'warn', [70]],
    ['up to the last cent: nothing is left', '66.6666666666666666666666666666667', 'over', [70, 90, 100]],
    ['all but a little', '66.66', 'warn', [70, 90]],
    ['more', '70', 'over', [70, 90, 100]],
  ])('%s', (_, daily, state, reached) => {
    const [found] = states(monthly, days('2026-11', 15, daily), noon);
    expect(found).toMatchObject({ state, reached });
  });
  test('exactly the amount is over: nothing is left', () => {
    const [found] = states(monthly, days('2026-11', 10, '100'), noon);
    expect(brief([found as BudgetState])).toEqual([['all', '1000.00', '0.00', 'over']]);
    expect(found?.exhaustion).toBe('2026-11-10');
  });
  test('a forecast beyond the amount warns, with the day on which it is used up', () => {
    const [found] = states(monthly, days('2026-11', 15, '40'), noon);
    expect(found?.state).toBe('warn');
    expect(found?.reached).toEqual([]);
    expect(Number(toText(found?.forecast?.likely ?? zero))).toBeCloseTo(1200, 0);
    expect(found?.exhaustion).toBe('2026-11-25');
    expect(spentText(found as BudgetState)).toBe('all 60 % · forecast 120 %');
  });
  test('without data in the period it is not known, and not 0', () => {
    expect(brief(states(monthly, [], noon))).toEqual([['all', undefined, undefined, 'unknown']]);
    const [found] = states(monthly, days('2026-10', 20, '5'), noon);
    expect(found).toMatchObject({ state: 'unknown', through: '2026-10-20', notes: ['the ledger ends on 2026-10-20, before this period'] });
    expect(spentText(found as BudgetState)).toBeUndefined();
  });
  test('only the owner’s charges count, all values of the owner together', () => {
    const charges = [
      ...days('2026-11', 15, '1', { team: 'a', env: 'prod' }),
      ...days('2026-11', 15, '2', { team: 'a', env: 'dev' }),
      ...days('2026-11', 15, '4', { team: 'b' }),
    ];
    const yaml = 'budgets:\n  - {team: a, amount: 1000}\n  - {name: dev, owner: {team: a, env: dev}, amount: 1000}\n  - {owner: {team: c}, amount: 5}\n';
    expect(brief(states(yaml, charges, noon))).toEqual([
      ['a', '45.00', '955.00', 'ok'],
      ['dev', '30.00', '970.00', 'ok'],
      ['c', '0.00', '5.00', 'ok'],
    ]);
  });
  test('a department has what its teams have, each charge once; teams that add up to more are named', () => {
    const yaml = 'budgets:\n  - {name: dep, amount: 100}\n  - {team: a, amount: 60, part_of: dep}\n  - {team: b, amount: 50, part_of: dep}\n';
    const charges = [...days('2026-11', 10, '1', { team: 'a' }), ...days('2026-11', 10, '2', { team: 'b' }), ...days('2026-11', 10, '9', { team: 'else' })];
    const found = states(yaml, charges, noon);
    expect(brief(found).map((one) => (one as string[]).slice(0, 2))).toEqual([
      ['dep', '30.00'],
      ['a', '10.00'],
      ['b', '20.00'],
    ]);
    expect(found[0]?.notes).toContain('its parts add up to 110.00 USD, more than its 100.00');
  });
  test('a quota is a limit within a budget', () => {
    const yaml = 'budgets:\n  - {team: a, amount: 100, quotas: [{name: sandbox, owner: {env: dev}, amount: 10}]}\n';
    expect(brief(states(yaml, [...days('2026-11', 10, '1', { team: 'a', env: 'dev' }), ...days('2026-11', 10, '1', { team: 'a' })], noon))).toEqual([
      ['a', '20.00', '80.00', 'ok'],
      ['a/sandbox', '10.00', '0.00', 'over'],
    ]);
  });
  test.each([
    ['none', '1000.00'],
    ['unspent', '1790.00'],
    ['both', '1790.00'],
  ])('what is left rolls over: %s', (rule, allowed) => {
    const [found] = states(`${monthly}    roll_over: ${rule}\n`, [...days('2026-10', 21, '10'), ...days('2026-11', 5, '1')], noon);
    expect(toText(found?.allowed ?? zero)).toBe(allowed);
  });
  test.each([
    ['unspent', '1000.00'],
    ['both', '500.00'],
  ])('what was overspent rolls over only where it is said: %s', (rule, allowed) => {
    const [found] = states(`${monthly}    roll_over: ${rule}\n`, [...days('2026-10', 30, '50'), ...days('2026-11', 5, '1')], noon);
    expect(toText(found?.allowed ?? zero)).toBe(allowed);
  });
  test('the period is the one of the budget’s own zone', () => {
    const yaml = `${monthly}    time_zone: America/Los_Angeles\n`;
    expect(states(yaml, days('2026-11', 30, '1'), '2026-12-01T07:00:00Z')[0]?.period).toEqual({ from: '2026-11-01', to: '2026-11-30' });
    expect(states(yaml, days('2026-11', 30, '1'), '2026-12-01T09:00:00Z')[0]?.period).toEqual({ from: '2026-12-01', to: '2026-12-31' });
  });
  test('sprints and fixed dates', () => {
    const yaml =
      'budgets:\n  - {name: s, amount: 100, period: sprint, sprint: {start: 2026-10-05, days: 14}}\n  - {name: f, amount: 100, period: fixed, from: 2026-11-10, to: 2026-11-12}\n';
    expect(brief(states(yaml, days('2026-11', 15, '1'), noon)).map((one) => (one as string[]).slice(0, 2))).toEqual([
      ['s', undefined],
      ['f', '3.00'],
    ]);
  });
  test('a plan by month, else evenly', () => {
    const planned = (yaml: string): string | undefined => {
      const [found] = states(yaml, days('2026-11', 15, '1'), noon);
      return found?.planned && toText(found.planned);
    };
    expect(planned(monthly)).toBe('500.00');
    expect(planned(`${monthly}    plan: {2026-11: 600}\n`)).toBe('300.00');
    expect(planned(`${monthly}    plan: {2026-12: 600}\n`)).toBeUndefined();
  });
  test('another currency counts by a rate that was given, else not at all', () => {
    const charges = days('2026-11', 10, '1', { currency: 'EUR' });
    expect(() => states(monthly, charges, noon)).toThrow('no rate from EUR to USD');
    expect(brief(states(`${monthly}spend:\n  rates: [{from: EUR, to: USD, rate: 1.1}]\n`, charges, noon))).toEqual([['all', '11.00', '989.00', 'ok']]);
  });
});

describe('mistakes in budgets are named', () => {
  test.each([
    ['{amount: 5, owner: {tam: x}}', 'an owner is one or more of model, provider'],
    ['{amount: 5, period: sprint}', '`period: sprint` and `sprint: {start, days}` go together'],
    ['{amount: 5, period: fixed, from: 2026-11-01}', '`period: fixed` goes with `from` and `to`'],
    ['{amount: 5, time_zone: Berlin}', 'a time zone is written as Europe/Berlin'],
    ['{amount: 5, plan: {November: 5}}', ''],
  ])('%s', (row, message) => {
    const { settings, problems } = readMlcostFile('file:///w/.mlcost.yaml', `budgets:\n  - ${row}\n  - {amount: 7}\n`);
    expect(problems.map((one) => one.message).join()).toContain(message);
    expect(problems).toHaveLength(1);
    expect(settings.budgets.map(({ amount }) => toText(amount))).toEqual(['7.00']);
  });
});

describe('what a run takes', () => {
  const [state] = states(monthly, days('2026-11', 10, '90'), noon);
  test.each([
    [52, '$52 of $100 left this month · all', false],
    [99.99, '$100 of $100 left this month · all', false],
    [100, '$100 of $100 left this month, too much · all', true],
  ])('%d', (usd, text, blocked) => expect(takesText(usd, state as BudgetState)).toEqual({ text, blocked }));
  test('of nothing', () =>
    expect(takesText(1, states(monthly, days('2026-11', 10, '100'), noon)[0] as BudgetState)).toEqual({
      text: 'nothing left this month · all',
      blocked: true,
    }));
  test('whose it is, the tags say; of several budgets none is guessed', () => {
    const all = states('budgets:\n  - {team: a, amount: 1}\n  - {owner: {team: b, model: m}, amount: 1}\n', [], noon);
    const names = (tags: Record<string, string>) => budgetsFor(all, tags).map(({ budget }) => budget.name);
    expect([names({}), names({ team: 'a' }), names({ team: 'b' }), names({ team: 'b', model: 'm' })]).toEqual([[], ['a'], [], ['b']]);
  });
});
