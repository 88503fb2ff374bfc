import { describe, expect, test } from 'vitest';
import { compare, type Decimal, decimal, sum, toText, zero } from '../../../server/src/core/spend/decimal.js';
import { perOwner, readUsage, type ShareRule, type StatementQuery, statement } from '../../../server/src/core/spend/shares.js';
import { type Charge, ledger } from '../../support/months.js';

const of = (text: string): Decimal => decimal(text) ?? zero;
const query = (rules: readonly ShareRule[], more: Partial<StatementQuery> = {}): StatementQuery => ({ by: 'team', cost: 'billed', rates: [], rules, ...more });
const lines = (charges: readonly Charge[], rules: readonly ShareRule[]) => {
  const found = statement(ledger(charges), query(rules));
  expect(compare(sum(found.lines.map(({ cost }) => cost)), found.total), 'lines add up to the bill').toBe(0);
  return found.lines.map(({ owner, rule, cost }) => [owner, rule ?? null, toText(cost)]);
};
const cluster: ShareRule = { name: 'cluster', match: { service: 'EKS' }, weights: { a: of('1'), b: of('2') } };
const shared = (day: string, cost: string): Charge => ({ day, cost, tags: { service: 'EKS' } });

describe('whose the money is', () => {
  test('an owner’s own, what is shared by weight, and what is nobody’s', () => {
    const charges: Charge[] = [shared('2026-11-01', '100'), { day: '2026-11-01', cost: '7', tags: { team: 'a' } }, { day: '2026-11-02', cost: '5' }];
    expect(lines(charges, [cluster])).toEqual([
      ['a', null, '7.00'],
      ['a', 'cluster', '33.3333333333'],
      ['b', 'cluster', '66.6666666667'],
      [null, null, '5.00'],
    ]);
    const found = statement(ledger(charges), query([cluster]));
    expect(toText(found.untagged)).toBe('5.00');
    expect(perOwner(found).map(({ owner, cost }) => [owner, toText(cost)])).toEqual([
      ['b', '66.6666666667'],
      ['a', '40.3333333333'],
      [null, '5.00'],
    ]);
  });
  test('by the use of each day; a day without a measured use stays nobody’s, and is named', () => {
    const usage = readUsage(
      [
        { day: '2026-11-01', team: 'a', gpu_hours: '30' },
        { day: '2026-11-01', team: 'b', gpu_hours: '10' },
        { day: '2026-11-02', team: 'b', gpu_hours: '1' },
      ],
      'team',
    );
    const rule: ShareRule = { name: 'gpu', match: { service: 'EKS' }, usage: usage.rows };
    const charges = [shared('2026-11-01', '100'), shared('2026-11-02', '50'), shared('2026-11-03', '9')];
    expect(lines(charges, [rule])).toEqual([
      ['a', 'gpu', '75.00'],
      ['b', 'gpu', '75.00'],
      [null, 'gpu', '9.00'],
    ]);
    expect(statement(ledger(charges), query([rule])).undivided.map(({ rule: name, cost, days }) => [name, toText(cost), days])).toEqual([['gpu', '9.00', 1]]);
  });
  test('a rule holds for its days only, and the first that matches divides', () => {
    const until: ShareRule = { ...cluster, name: 'old', to: '2026-11-01', weights: { c: of('1') } };
    expect(lines([shared('2026-11-01', '3'), shared('2026-11-02', '3')], [until, cluster])).toEqual([
      ['a', 'cluster', '1.00'],
      ['b', 'cluster', '2.00'],
      ['c', 'old', '3.00'],
    ]);
  });
  test('credits are shared as what they are for', () =>
    expect(lines([shared('2026-11-01', '-0.03')], [cluster])).toEqual([
      ['a', 'cluster', '-0.01'],
      ['b', 'cluster', '-0.02'],
    ]));
  test.each([
    [[], 'columns day, team and an amount are expected'],
    [[{ day: '2026-11-01', owner: 'a', hours: '1' }], 'columns day, team and an amount are expected'],
    [[{ day: '2026-11-01', team: 'a', hours: '-1' }], 'row 2: no day or no amount'],
    [[{ day: 'Monday', team: 'a', hours: '1' }], 'row 2: no day or no amount'],
  ])('a file of use that is none: %j', (rows, problem) => expect(readUsage(rows as Record<string, string>[], 'team').problem).toBe(problem));
});
