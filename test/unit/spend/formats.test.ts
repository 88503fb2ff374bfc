import { describe, expect, test } from 'vitest';
import { ledgerInMemory } from '../../../server/src/core/spend/in-memory.js';
import { Workspace } from '../../support/ledger.js';

/** The groups of a small file. */
async function read(csv: string, by: Parameters<Workspace['report']>[0], cost: 'billed' | 'effective' = 'billed'): Promise<string[][]> {
  using workspace = new Workspace();
  await workspace.import(workspace.write('export.csv', csv));
  return await workspace.report(by, { cost });
}
const table = (rows: readonly (readonly string[])[]): string =>
  rows.map((row) => `${row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')}\n`).join('');

describe('FOCUS', () => {
  const header = [
    'BilledCost',
    'EffectiveCost',
    'BillingCurrency',
    'ChargeCategory',
    'ChargeClass',
    'ChargePeriodStart',
    'ResourceId',
    'ServiceName',
    'ServiceCategory',
    'ChargeDescription',
    'Tags',
  ];
  const row = (
    billed: string,
    effective: string,
    category: string,
    kind: string,
    day: string,
    resource: string,
    tags: string,
    service = 'EC2',
    serviceCategory = 'Compute',
    text = '',
  ): string[] => [billed, effective, 'USD', category, kind, `${day}T00:00:00Z`, resource, service, serviceCategory, text, tags];
  test('an upfront purchase is billed once and amortised over its usage; credits, refunds and tax count with their sign', async () => {
    const csv = table([
      header,
      row('3600.00', '0', 'Purchase', '', '2026-11-01', 'ri-1', '{}'),
      row('0', '120.00', 'Usage', '', '2026-11-01', 'i-1', '{"team":"a"}'),
      row('0', '120.00', 'Usage', '', '2026-11-02', 'i-1', '{"team":"a"}'),
      row('-25.50', '-25.50', 'Credit', '', '2026-11-02', '', '{}'),
      row('-10', '-10', 'Usage', 'Correction', '2026-11-02', 'i-1', '{"team":"a"}'),
      row('7.13', '7.13', 'Tax', '', '2026-11-02', '', '{}'),
    ]);
    expect(await read(csv, ['charge'])).toEqual([
      ['Purchase', '3600.00'],
      ['Tax', '7.13'],
      ['Usage', '-10.00'],
      ['Credit', '-25.50'],
    ]);
    expect(await read(csv, ['charge'], 'effective')).toEqual([
      ['Usage', '230.00'],
      ['Tax', '7.13'],
      ['Purchase', '0.00'],
      ['Credit', '-25.50'],
    ]);
    expect(await read(csv, ['class'])).toEqual([
      ['–', '3581.63'],
      ['Correction', '-10.00'],
    ]);
  });
  test('tags by their usual spellings, as JSON or as columns of their own; what has none is shown as none', async () => {
    const csv = table([
      [...header, 'x_Team'],
      [...row('1', '1', 'Usage', '', '2026-11-01', 'a', '{"user:Team":"core","Model-Id":"llama","environment":"prod"}'), ''],
      [...row('2', '2', 'Usage', '', '2026-11-01', 'b', ''), 'search'],
      [...row('4', '4', 'Usage', '', '2026-11-01', 'c', 'no json'), ''],
    ]);
    expect(await read(csv, ['team', 'model_id', 'env'])).toEqual([
      ['–', '–', '–', '4.00'],
      ['search', '–', '–', '2.00'],
      ['core', 'llama', 'prod', '1.00'],
    ]);
  });
  test.each([
    ['a tag states it', '{"cost_category":"inference"}', 'EC2', 'Compute', '', 'inference'],
    ['the task states it', '{"task":"training"}', 'EC2', 'Compute', '', 'training'],
    ['a training job', '{}', 'Amazon SageMaker', 'AI and Machine Learning', 'USE1-Train:ml.p4d.24xlarge', 'training'],
    ['an endpoint', '{}', 'Amazon SageMaker', 'AI and Machine Learning', 'USE1-Host:ml.g5.xlarge', 'inference'],
    ['tokens', '{}', 'Amazon Bedrock', 'AI and Machine Learning', 'Output tokens', 'api-tokens'],
    ['a bucket', '{}', 'Amazon Simple Storage Service', 'Storage', 'TimedStorage-ByteHrs', 'storage'],
    ['traffic', '{}', 'EC2', 'Compute', 'DataTransfer-Regional-Bytes', 'transfer'],
    ['logs', '{}', 'AmazonCloudWatch', 'Management and Governance', '', 'observability'],
    ['a machine, and nobody says what for', '{}', 'EC2', 'Compute', 'p5 per hour', 'hosting'],
    ['nothing is told', '{}', 'Support', 'Other', '', 'uncategorised'],
  ])('category: %s', async (_, tags, service, serviceCategory, text, expected) => {
    expect(await read(table([header, row('1', '1', 'Usage', '', '2026-11-01', 'a', tags, service, serviceCategory, text)]), ['category'])).toEqual([
      [expected, '1.00'],
    ]);
  });
  test('days are those of UTC, whatever the offset', async () => {
    const start = (text: string): string[] => row('1', '1', 'Usage', '', '2026-11-01', text, '{}').map((cell, at) => (at === 5 ? text : cell));
    const csv = table([
      header,
      start('2026-11-01T00:30:00+02:00'),
      start('2026-11-01 23:59:59'),
      start('2024-02-29'),
      start('11/05/2026'),
      start('2026-11-01T23:00:00-05:00'),
    ]);
    expect(await read(csv, ['day'])).toEqual([
      ['2024-02-29', '1.00'],
      ['2026-10-31', '1.00'],
      ['2026-11-01', '1.00'],
      ['2026-11-02', '1.00'],
      ['2026-11-05', '1.00'],
    ]);
  });
  test('a row without a cost or a day is not counted as 0: it is named', async () => {
    using workspace = new Workspace();
    const bad = [
      row('', '1', 'Usage', '', '2026-11-01', 'a', ''),
      row('12,5', '1', 'Usage', '', '2026-11-01', 'b', ''),
      row('1', '1', 'Usage', '', '2026-02-30', 'c', ''),
    ];
    const [outcome] = await workspace.import(workspace.write('a.csv', table([header, row('1', '1', 'Usage', '', '2026-11-01', 'z', ''), ...bad])));
    expect(outcome?.record).toMatchObject({ rows: 1, rejected: 3, billed: { USD: '1.00' } });
    expect(outcome?.rejected).toEqual([
      { line: 3, reason: "no cost: ''" },
      { line: 4, reason: "no cost: '12,5'" },
      { line: 5, reason: "no day: '2026-02-30T00:00:00Z'" },
    ]);
  });
  test('amounts of any length are exact', async () => {
    const csv = table([
      header,
      row('12345678901234567890.123456789012345678', '0', 'Usage', '', '2026-11-01', 'a', ''),
      row('-0.000000000000000000000001', '0', 'Usage', '', '2026-11-01', 'b', ''),
    ]);
    expect(await read(csv, ['month'])).toEqual([['2026-11', '12345678901234567890.123456789012345677999999']]);
  });
  test('a file that is no export says what it has', async () => {
    using workspace = new Workspace();
    await expect(workspace.import(workspace.write('a.csv', 'name,value\na,1\n'))).rejects.toThrow(
      'a.csv: no export of spend that is known: its columns are name, value',
    );
  });
});

test('AWS CUR 2.0: the unblended cost is billed; reservations and savings plans are spread', async () => {
  const header = [
    'line_item_usage_start_date',
    'line_item_line_item_type',
    'line_item_unblended_cost',
    'line_item_currency_code',
    'line_item_resource_id',
    'line_item_usage_type',
    'line_item_product_code',
    'reservation_effective_cost',
    'reservation_reservation_a_r_n',
    'reservation_unused_amortized_upfront_fee_for_billing_period',
    'reservation_unused_recurring_fee',
    'savings_plan_savings_plan_effective_cost',
    'savings_plan_total_commitment_to_date',
    'savings_plan_used_commitment',
    'resource_tags',
  ];
  const row = (type: string, cost: string, more: Record<string, string> = {}): string[] =>
    header.map(
      (name) =>
        ({
          line_item_usage_start_date: '2026-11-01 00:00:00.000',
          line_item_line_item_type: type,
          line_item_unblended_cost: cost,
          line_item_currency_code: 'USD',
          line_item_resource_id: type,
          resource_tags: '{"user_team":"a"}',
          ...more,
        })[name] ?? '',
    );
  const csv = table([
    header,
    row('Usage', '10'),
    row('SavingsPlanCoveredUsage', '20', { savings_plan_savings_plan_effective_cost: '12.5' }),
    row('SavingsPlanNegation', '-20'),
    row('SavingsPlanRecurringFee', '15', { savings_plan_total_commitment_to_date: '15', savings_plan_used_commitment: '12.5' }),
    row('DiscountedUsage', '0', { reservation_effective_cost: '3' }),
    row('RIFee', '5', { reservation_unused_amortized_upfront_fee_for_billing_period: '0.5', reservation_unused_recurring_fee: '1.5' }),
    row('Fee', '100', { reservation_reservation_a_r_n: 'arn:x' }),
    row('Tax', '2.5'),
    row('Refund', '-1'),
    row('EdpDiscount', '-4'),
  ]);
  expect(await read(csv, ['charge'])).toEqual([
    ['Purchase', '120.00'],
    ['Usage', '10.00'],
    ['Tax', '2.50'],
    ['Adjustment', '-1.00'],
    ['Credit', '-4.00'],
  ]);
  expect(await read(csv, ['charge'], 'effective')).toEqual([
    ['Usage', '25.50'],
    ['Purchase', '4.50'],
    ['Tax', '2.50'],
    ['Adjustment', '-1.00'],
    ['Credit', '-4.00'],
  ]);
  expect(await read(csv, ['team', 'provider'])).toEqual([['a', 'AWS', '127.50']]);
  const older = csv
    .replace('line_item_usage_start_date', 'lineItem/UsageStartDate')
    .replace('line_item_unblended_cost', 'lineItem/UnblendedCost')
    .replace('line_item_line_item_type', 'lineItem/LineItemType');
  expect(await read(older, [])).toEqual([['127.50']]);
});

test('GCP: credits are taken off the cost, read digit by digit', async () => {
  const csv = table([
    [
      'billing_account_id',
      'service.description',
      'sku.description',
      'usage_start_time',
      'usage_end_time',
      'project.id',
      'labels',
      'cost',
      'currency',
      'cost_type',
      'credits',
    ],
    [
      'A',
      'Compute Engine',
      'A3 instance core',
      '2026-11-01 05:00:00 UTC',
      '2026-11-01 06:00:00 UTC',
      'p',
      '[{"key":"team","value":"a"}]',
      '1.1',
      'EUR',
      'regular',
      '[{"name":"x","amount":-0.1},{"amount":"-0.0000000000001"}]',
    ],
    ['A', 'Compute Engine', 'tax', '2026-11-01 05:00:00 UTC', '2026-11-01 06:00:00 UTC', 'p', '[]', '0.2', 'EUR', 'tax', '[]'],
  ]);
  expect(await read(csv, ['team', 'charge', 'currency'])).toEqual([
    ['a', 'Usage', 'EUR', '0.9999999999999'],
    ['–', 'Tax', 'EUR', '0.20'],
  ]);
});

test('Azure: both spellings of the columns; what is amortised is not known', async () => {
  const csv = table([
    ['SubscriptionName', 'Date', 'MeterCategory', 'MeterName', 'ResourceId', 'costInBillingCurrency', 'billingCurrency', 'ChargeType', 'Tags'],
    ['sub', '11/02/2026', 'Virtual Machines', 'ND96', '/r/1', '40.5', 'USD', 'Usage', '"team": "a","env": "prod"'],
    ['sub', '2026-11-03', 'Virtual Machines', 'ND96', '/r/1', '-0.5', 'USD', 'Refund', '{"team": "a"}'],
  ]);
  expect(await read(csv, ['day', 'team', 'class'])).toEqual([
    ['2026-11-02', 'a', '–', '40.50'],
    ['2026-11-03', 'a', 'Correction', '-0.50'],
  ]);
  using workspace = new Workspace();
  const [outcome] = await workspace.import(workspace.write('a.csv', csv));
  expect(outcome?.record?.format).toBe('azure-cost-details');
});

describe('Azure: actual and amortised cost', () => {
  const header = [
    'SubscriptionName',
    'Date',
    'MeterCategory',
    'MeterName',
    'ResourceId',
    'costInBillingCurrency',
    'billingCurrency',
    'ChargeType',
    'PricingModel',
    'Quantity',
    'ReservationId',
  ];
  const row = (day: string, cost: string, type: string, model: string, id = '/r/1'): string[] => [
    'sub',
    day,
    'Virtual Machines',
    'ND96',
    id,
    cost,
    'USD',
    type,
    model,
    '24',
    model === 'OnDemand' ? '' : 'res-1',
  ];
  const actual = table([
    header,
    row('2026-11-01', '720', 'Purchase', 'Reservation', ''),
    row('2026-11-02', '0', 'Usage', 'Reservation'),
    row('2026-11-02', '5', 'Usage', 'OnDemand', '/r/2'),
  ]);
  const amortised = table([
    header,
    row('2026-11-02', '20', 'Usage', 'Reservation'),
    row('2026-11-02', '4', 'UnusedReservation', 'Reservation', ''),
    row('2026-11-02', '5', 'Usage', 'OnDemand', '/r/2'),
  ]);
  const demand = table([header, row('2026-11-02', '5', 'Usage', 'OnDemand', '/r/2')]);
  const formatOf = async (name: string, csv: string): Promise<string | undefined> => {
    using workspace = new Workspace();
    return (await workspace.import(workspace.write(name, csv)))[0]?.record?.format;
  };
  test.each<[string, string, string, string]>([
    ['a purchase, and what it covers for nothing', 'a.csv', actual, 'azure-actual-cost-details'],
    ['a share of the purchase, and what was not used', 'a.csv', amortised, 'azure-amortised-cost-details'],
    [
      'savings plans',
      'a.csv',
      amortised.replaceAll('UnusedReservation', 'UnusedSavingsPlan').replaceAll('"Reservation"', '"SavingsPlan"'),
      'azure-amortised-cost-details',
    ],
    ['without commitments, by the name', 'export_AmortizedCost_202611.csv', demand, 'azure-amortised-cost-details'],
    ['without commitments, by the other name', 'daily-actual-cost.csv', demand, 'azure-actual-cost-details'],
    ['rows are surer than names', 'daily-actual-cost.csv', amortised, 'azure-amortised-cost-details'],
    ['without either', 'a.csv', demand, 'azure-cost-details'],
  ])('%s', async (_, name, csv, expected) => expect(await formatOf(name, csv)).toBe(expected));
  test('effective is what is the same in both, and what an amortised file says; the rest is not known', async () => {
    using workspace = new Workspace();
    await workspace.import(workspace.write('a.csv', actual));
    expect(await workspace.report(['day'], { cost: 'effective' })).toEqual([
      ['2026-11-01', '0.00'],
      ['2026-11-02', '5.00'],
    ]);
    using other = new Workspace();
    await other.import(other.write('a.csv', amortised));
    expect(await other.report(['day'], { cost: 'effective' })).toEqual([['2026-11-02', '29.00']]);
  });
  test('both of the same days are refused, whichever comes first, and nothing is changed', async () => {
    for (const [first, second] of [
      [actual, amortised],
      [amortised, actual],
    ] as const) {
      using workspace = new Workspace();
      await workspace.import(workspace.write('first.csv', first));
      const before = await workspace.report(['day']);
      await expect(workspace.import(workspace.write('second.csv', second))).rejects.toThrow(
        /second\.csv: \w+ cost, and first\.csv has told the \w+ cost of the same days: the same money twice/,
      );
      expect(await workspace.report(['day'])).toEqual(before);
      const found = ledgerInMemory([
        { name: 'first.csv', bytes: new TextEncoder().encode(first) },
        { name: 'second.csv', bytes: new TextEncoder().encode(second) },
      ]);
      expect(found.problems).toEqual([{ name: 'second.csv', reason: expect.stringMatching(/the same money twice/) as unknown as string }]);
      expect(found.read).toHaveLength(1);
    }
  });
  test('the same view again corrects, and other days may be told in the other view', async () => {
    using workspace = new Workspace();
    await workspace.import(workspace.write('first.csv', amortised));
    await workspace.import(workspace.write('again.csv', amortised.replace('"20"', '"21"')));
    await workspace.import(workspace.write('later.csv', actual.replaceAll('2026-11', '2026-12')));
    expect((await workspace.report(['month'])).map(([month, cost]) => `${month} ${cost}`)).toEqual(['2026-11 30.00', '2026-12 725.00']);
  });
  test('a file that is both is none', async () => {
    using workspace = new Workspace();
    const both = actual + amortised.slice(amortised.indexOf('\n') + 1);
    await expect(workspace.import(workspace.write('a.csv', both))).rejects.toThrow(/a\.csv: has rows of actual and of amortised cost/);
  });
});
