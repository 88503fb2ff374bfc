import { describe, expect, test } from 'vitest';
import { readMlcostFile } from '../../../server/src/core/settings/mlcost-file.js';
import { budgetStates } from '../../../server/src/core/spend/budget.js';
import { type Decimal, decimal, toText, zero } from '../../../server/src/core/spend/decimal.js';
import { type KpiInput, kpis } from '../../../server/src/core/spend/kpi.js';
import { againstEstimate, billedWork, budgetVariances, type CodeEstimate, togetherOf } from '../../../server/src/core/spend/variance.js';
import { type Charge, ledger } from '../../support/months.js';

const of = (text: string): Decimal => decimal(text) ?? zero;
const query = { from: '2026-11-01', to: '2026-11-30', cost: 'billed', currency: 'USD', rates: [] } as const;
const charge = (day: string, cost: string, tags?: Charge['tags']): Charge => ({ day, cost, ...(tags ? { tags } : {}) });
const place = { file: 'train.py', title: 'w', commit: 'c1' };
const run: CodeEstimate = { per: 'run', cost: { low: 80, likely: 100, high: 130 }, gpuHours: 50, supposed: ['epochs 3'] };
const month: CodeEstimate = { per: 'month', cost: { low: 300, likely: 365, high: 400 }, supposed: [] };
const billed = (cost: string, more: object = {}) => ({
  run: 'r1',
  version: null,
  models: [],
  cost: of(cost),
  currency: 'USD',
  dollars: of(cost),
  span: { from: '2026-11-01', to: '2026-11-10' },
  days: 10,
  ...more,
});

test('charges of a workload, apart by the runs that they name, the earliest first', () => {
  const charges = [
    charge('2026-11-03', '5', { model_id: 'm', experiment_run: 'b' }),
    charge('2026-11-05', '6', { model_id: 'm', experiment_run: 'b' }),
    charge('2026-11-01', '7', { model_id: 'm', experiment_run: 'a' }),
    charge('2026-11-02', '1', { model_id: 'm' }),
    charge('2026-11-02', '99', { model_id: 'other' }),
    charge('2026-10-31', '99', { model_id: 'm', experiment_run: 'a' }),
  ];
  expect(billedWork(ledger(charges), { model_id: 'm' }, query).map(({ run: name, cost, span }) => [name, toText(cost), span.from, span.to])).toEqual([
    ['a', '7.00', '2026-11-01', '2026-11-01'],
    [null, '1.00', '2026-11-02', '2026-11-02'],
    ['b', '11.00', '2026-11-03', '2026-11-05'],
  ]);
});

describe('billed against estimated', () => {
  test.each<[string, ReturnType<typeof billed>, CodeEstimate | undefined, object]>([
    ['a run within its interval', billed('111'), run, { difference: expect.closeTo(0.11, 6), inside: true, estimate: run.cost }],
    ['at the edge', billed('130'), run, { inside: true }],
    ['beyond it', billed('130.01'), run, { inside: false }],
    ['below it', billed('79'), run, { inside: false, difference: expect.closeTo(-0.21, 6) }],
    // ten days of a month of 365/12 days
    ['ten days of what stays on', billed('120', { run: null }), month, { difference: expect.closeTo(0, 6), inside: true }],
    ['charges of an unknown number of runs', billed('120', { run: null }), run, { need: expect.stringContaining('experiment_run') }],
    ['nothing could be estimated', billed('1'), undefined, { need: expect.stringContaining('mlcost estimate') }],
    ['another currency', billed('100', { currency: 'EUR', dollars: undefined }), run, { need: expect.stringContaining('EUR') }],
  ])('%s', (_, bill, estimate, expected) => {
    const found = againstEstimate(place, bill, estimate);
    expect(found).toMatchObject({ ...place, billed: bill, ...expected });
    // what is not known is not 0
    if ('need' in expected) expect(found).not.toHaveProperty('inside');
  });
  test.each<[string, (CodeEstimate | undefined)[], unknown]>([
    ['two of a kind add up', [run, run], { per: 'run', cost: { low: 160, likely: 200, high: 260 }, gpuHours: 100, supposed: ['epochs 3'] }],
    ['one whose time is not known', [run, { per: 'run', cost: run.cost, supposed: [] }], expect.not.objectContaining({ gpuHours: expect.anything() })],
    ['one that is not known', [run, undefined], undefined],
    ['one that runs and one that stays on', [run, month], undefined],
    ['none', [], undefined],
  ])('%s', (_, list, expected) => expect(togetherOf(list)).toEqual(expected));
});

test('model versions that follow each other are apart, those of the same days are one', () => {
  const charges = [
    charge('2026-11-01', '5', { feature: 'chat', model_version: 'v1' }),
    charge('2026-11-02', '5', { feature: 'chat', model_version: 'v1' }),
    charge('2026-11-03', '6', { feature: 'chat', model_version: 'v2' }),
    charge('2026-11-05', '6', { feature: 'chat', model_version: 'v2' }),
    charge('2026-11-04', '1', { feature: 'chat', model_version: 'v3' }),
  ];
  expect(
    billedWork(ledger(charges), { feature: 'chat' }, query).map(({ version, cost, span, days: count }) => [version, toText(cost), span.from, span.to, count]),
  ).toEqual([
    ['v1', '10.00', '2026-11-01', '2026-11-02', 2],
    ['v2, v3', '13.00', '2026-11-03', '2026-11-05', 3],
  ]);
});
test('only the charges that are asked for, and a rule of others has none of them', () => {
  const months = ledger([charge('2026-11-01', '5', { model_id: 'm', team: 'a' }), charge('2026-11-01', '7', { model_id: 'm', team: 'b' })]);
  const sums = (owner: Parameters<typeof billedWork>[1]): string[] =>
    billedWork(months, owner, { ...query, where: { team: 'a' } }).map(({ cost }) => toText(cost));
  expect(sums({ model_id: 'm' })).toEqual(['5.00']);
  expect(sums({ model_id: 'm', team: 'b' })).toEqual([]);
});
test('another currency is compared in dollars where a rate is given', () => {
  const months = ledger([charge('2026-11-01', '100', { model_id: 'm', experiment_run: 'r', currency: 'EUR' })]);
  const euros = { ...query, currency: 'EUR' };
  expect(billedWork(months, { model_id: 'm' }, euros)[0]).not.toHaveProperty('dollars');
  const [one] = billedWork(months, { model_id: 'm' }, { ...euros, rates: [{ from: 'EUR', to: 'USD', rate: of('1.1') }] });
  expect(one && againstEstimate(place, one, run)).toMatchObject({ difference: expect.closeTo(0.1, 6), inside: true });
});

describe('what a difference comes from', () => {
  const because = (...args: Parameters<typeof againstEstimate> extends [unknown, ...infer Rest] ? Rest : never): string =>
    againstEstimate(place, ...args).because.join('\n');
  test('time and price, where a meter counted the time: both together are the whole of it', () => {
    const said = because(billed('180'), run, { gpuHours: 60 });
    expect(said).toContain('time: 60 GPU-hours metered where 50 were estimated (+20 %)');
    expect(said).toContain('price: $3.00 billed for a GPU-hour where $2.00 was estimated (+50 %)');
    expect(1.2 * 1.5).toBeCloseTo(1.8, 9);
  });
  test.each<[string, string, RegExp]>([
    ['what the estimate supposes, outside of its interval', because(billed('200'), run), /supposes what no file says: epochs 3/],
    ['days without a charge', because(billed('10', { run: null, days: 4 }), month), /charges on 4 of 10 days/],
    ['other code than ran', because(billed('100'), run, { otherCode: ['the code as it stands'] }), /^the code as it stands$/],
  ])('%s', (_, said, expected) => expect(said).toMatch(expected));
  test('nothing, where it is as estimated', () => expect(because(billed('100'), run)).toBe(''));
});

const { settings } = readMlcostFile(
  'file:///w/.mlcost.yaml',
  'budgets:\n  - { name: all, amount: 3000 }\n  - { name: a, team: a, amount: 600, plan: { 2026-11: 900 }, part_of: all }\n',
);
const days = Array.from({ length: 10 }, (_, at) =>
  charge(`2026-11-${String(at + 1).padStart(2, '0')}`, '50', { team: 'a', ...(at < 4 ? { experiment_run: `r${at % 2}` } : {}) }),
);
const states = budgetStates(settings.budgets, ledger(days), Date.parse('2026-11-10T12:00:00Z'), []);

test('budgets against their amount, and against their plan until the last known day', () => {
  expect(
    budgetVariances(states).map(({ state, toBudget, toPlan, percentOfPlan }) => [
      state.budget.name,
      toBudget && toText(toBudget),
      toPlan && toText(toPlan),
      percentOfPlan,
    ]),
  ).toEqual([
    ['all', '-2500.00', '-500.00', -50],
    ['a', '-100.00', '200.00', 66.7],
  ]);
  const unknown = budgetStates(settings.budgets, [], Date.parse('2026-11-10T12:00:00Z'), []);
  for (const one of budgetVariances(unknown)) expect(Object.keys(one)).toEqual(['state']);
});

describe('key figures', () => {
  const input = (more: Partial<KpiInput> = {}): KpiInput => ({
    months: ledger([...days, charge('2026-11-02', '500', { team: 'b' })]),
    query,
    budgets: settings.budgets.slice(1),
    states,
    required: ['team', 'experiment_run'],
    waste: { totals: { USD: { low: of('1'), likely: of('50'), high: of('90') } } },
    units: [{ name: 'requests', per: of('1000'), month: '2026-11', cost: of('10'), count: of('5000'), price: of('2') }],
    estimates: [againstEstimate(place, billed('100'), run), againstEstimate(place, billed('500'), run), againstEstimate(place, billed('1'), undefined)],
    ...more,
  });
  const values = (more: Partial<KpiInput> = {}) =>
    Object.fromEntries(kpis(input(more)).map(({ name, value }) => [name, value && (value.kind === 'share' ? value.share : toText(value.amount))]));
  test('all of them', () =>
    expect(values()).toEqual({
      'spend under a budget': 0.5,
      'spend under policy': 0.2,
      'variance from plan': -0.5,
      'billed within the estimate': 0.5,
      'cost of a job': '100.00',
      'cost of an inference': '0.002',
      'waste of the spend, at least': 0.05,
    }));
  test('what is not known has no value, and says what it takes', () => {
    const found = kpis(input({ months: [], budgets: [], states: [], required: [], waste: { totals: {} }, units: [], estimates: [] }));
    expect(found).toHaveLength(7);
    for (const one of found) {
      expect(one).not.toHaveProperty('value');
      expect(one.need).toMatch(/./);
    }
  });
});
