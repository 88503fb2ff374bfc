import { expect, test } from 'vitest';
import { type Decimal, decimal, toText, zero } from '../../../server/src/core/spend/decimal.js';
import { type UnitRule, unitCosts } from '../../../server/src/core/spend/units.js';
import { readUsageRecords } from '../../../server/src/core/spend/usage.js';
import { type Charge, ledger } from '../../support/months.js';

const of = (text: string): Decimal => decimal(text) ?? zero;
const rule = (more: Partial<UnitRule> = {}): UnitRule => ({ name: 'requests', per: of('1000'), owner: {}, counts: {}, measure: 'requests', ...more });
const charge = (day: string, cost: string, feature?: string): Charge => ({ day, cost, ...(feature === undefined ? {} : { tags: { feature } }) });
const rows = (rules: readonly UnitRule[], charges: readonly Charge[], usage: readonly Record<string, string>[] = []) =>
  unitCosts(rules, ledger(charges), readUsageRecords(usage, 'use.csv').records, 'billed', 'USD', []).map(
    ({ of: part, month, cost, count, price, days, until, need }) => ({
      ...(part ? { of: part.value } : {}),
      month,
      cost: cost && toText(cost),
      count: count && toText(count, 0),
      price: price && toText(price),
      ...(days === undefined ? {} : { days }),
      ...(until === undefined ? {} : { until }),
      ...(need === undefined ? {} : { need }),
    }),
  );

test('money over a month’s count; nothing counted has no price; a month that is not over says until when', () => {
  const charges = [charge('2026-10-31', '40', 'chat'), charge('2026-11-05', '10', 'chat'), charge('2026-11-06', '99', 'else')];
  expect(rows([rule({ owner: { feature: 'chat' }, counts: { '2026-10': of('80000'), '2026-11': zero } })], charges)).toEqual([
    { month: '2026-10', cost: '40.00', count: '80000', price: '0.50' },
    { month: '2026-11', cost: '10.00', count: '0', price: undefined, until: '2026-11-06', need: expect.stringContaining('nothing was counted') },
  ]);
});
test('a month without a count has money and no price, and says what would tell', () =>
  expect(rows([rule()], [charge('2026-11-05', '10')])).toEqual([
    { month: '2026-11', cost: '10.00', count: undefined, price: undefined, need: expect.stringMatching(/counts of 2026-11 .* column requests/) },
  ]));
test('counts of days: the money is of the same days, and of no others', () => {
  const charges = [charge('2026-11-01', '10'), charge('2026-11-02', '20'), charge('2026-11-03', '400')];
  const usage = [
    { day: '2026-11-01', requests: '1000' },
    { day: '2026-11-02', requests: '500' },
    { day: '2026-11-02', requests: '500' },
    // beyond the ledger: its money is not known
    { day: '2026-11-04', requests: '9999' },
  ];
  expect(rows([rule()], charges, usage)).toEqual([{ month: '2026-11', cost: '30.00', count: '2000', price: '15.00', days: 2 }]);
});
test('a price for each feature; one that nobody counted is unknown, not free', () => {
  const charges = [charge('2026-11-01', '6', 'chat'), charge('2026-11-01', '8', 'search'), charge('2026-11-01', '1')];
  const usage = [{ day: '2026-11-01', feature: 'chat', succeeded: '3' }];
  expect(rows([rule({ name: 'successful tasks', per: of('1'), by: 'feature', measure: 'succeeded' })], charges, usage)).toEqual([
    { of: null, month: '2026-11', cost: '1.00', count: undefined, price: undefined, need: expect.stringContaining('column succeeded') },
    { of: 'chat', month: '2026-11', cost: '6.00', count: '3', price: '2.00', days: 1 },
    { of: 'search', month: '2026-11', cost: '8.00', count: undefined, price: undefined, need: expect.stringContaining('with feature') },
  ]);
});
