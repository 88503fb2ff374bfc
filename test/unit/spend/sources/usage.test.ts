import { expect, test } from 'vitest';
import { ofNumber, toText, zero } from '../../../../server/src/core/spend/decimal.js';
import {
  readUsageRows,
  recordsOf,
  type UsageMetric,
  type UsageRow,
  usageReport,
  usageRow,
  usageText,
} from '../../../../server/src/core/spend/sources/usage.js';

const row = (day: string, metric: UsageMetric, quantity: number, values: UsageRow['values'] = {}, accelerator?: string): UsageRow =>
  usageRow({ day, metric, quantity: ofNumber(quantity) ?? zero, values, ...(accelerator === undefined ? {} : { accelerator }) });

test('the same use gives the same text, in whatever order and parts it comes; it reads back', () => {
  const rows = [
    row('2026-11-02', 'requests', 5, { team: 'a' }),
    row('2026-11-01', 'requests', 1, { team: 'a', model_id: 'm' }),
    row('2026-11-02', 'requests', 2, { team: 'a' }),
  ];
  const text = usageText(rows);
  expect(usageText([...rows].reverse())).toBe(text);
  expect([...readUsageRows(text)].map(({ day, quantity }) => [day, toText(quantity, 0)])).toEqual([
    ['2026-11-01', '1'],
    ['2026-11-02', '7'],
  ]);
});
test('metrics, units and days are never one sum; the most comes first', () => {
  const money = { ...row('2026-11-01', 'metered_cost', 3), unit: 'USD' };
  const found = usageReport(
    [row('2026-11-01', 'requests', 1, { team: 'a' }), row('2026-11-03', 'requests', 4, { team: 'b' }), money, { ...money, unit: 'EUR' }],
    { by: ['team'] },
  );
  expect(found.map(({ metric, unit, values, quantity }) => [metric, unit, values.team, toText(quantity, 0)])).toEqual([
    ['requests', 'requests', 'b', '4'],
    ['requests', 'requests', 'a', '1'],
    ['metered_cost', 'EUR', null, '3'],
    ['metered_cost', 'USD', null, '3'],
  ]);
});
test('as a table of use, hours of GPUs tell how busy they were; money of two currencies is two records', () => {
  const values = { source: 'cluster', team: 'a', sub_account: 'key' };
  const [gpu, ...money] = recordsOf([
    row('2026-11-01', 'gpu_hours', 24, values, 'NVIDIA L4'),
    row('2026-11-01', 'gpu_hours_busy', 6, values, 'NVIDIA L4'),
    row('2026-11-01', 'gpu_hours_idle', 12, values, 'NVIDIA L4'),
    { ...row('2026-11-01', 'metered_cost', 3, values), unit: 'USD' },
    { ...row('2026-11-01', 'metered_cost', 2, values), unit: 'EUR' },
  ]);
  expect(gpu).toMatchObject({ day: '2026-11-01', resource: 'key', gpu: 'NVIDIA L4', source: 'cluster', tags: { team: 'a' } });
  expect(Object.fromEntries(Object.entries(gpu?.amounts ?? {}).map(([name, amount]) => [name, toText(amount, 0)]))).toEqual({
    gpu_hours: '24',
    gpu_hours_busy: '6',
    gpu_hours_idle: '12',
    utilisation: '0.25',
  });
  expect(money.map(({ currency, amounts }) => [currency, toText(amounts['cost'] ?? zero, 0)])).toEqual([
    ['USD', '3'],
    ['EUR', '2'],
  ]);
});
test('hours whose use nobody measured have no utilisation: they were not idle for that', () => {
  const [record] = recordsOf([row('2026-11-01', 'gpu_hours', 24, {}, 'NVIDIA L4')]);
  expect(Object.keys(record?.amounts ?? {})).toEqual(['gpu_hours']);
});
