import { describe, expect, test } from 'vitest';
import { spendView } from '../../../server/src/core/render/spend-panel.js';
import { type KnownNames, namedPlaces } from '../../../server/src/core/render/spend-places.js';
import type { SpendView } from '../../../server/src/core/render/spend-view.js';
import { readMlcostFile } from '../../../server/src/core/settings/mlcost-file.js';
import { bucketsOf } from '../../../server/src/core/spend/buckets.js';
import { toText } from '../../../server/src/core/spend/decimal.js';
import { ledgerInMemory } from '../../../server/src/core/spend/in-memory.js';
import { firstQuery, type PanelQuery, type SpendPanel, spendPanel } from '../../../server/src/core/spend/panel.js';
import { spendReport } from '../../../server/src/core/spend/report.js';
import { type Charge, ledger } from '../../support/months.js';

const noon = '2026-11-16T12:00:00Z';
const days = (from: string, count: number, cost: string | ((at: number) => string), tags?: Charge['tags']): Charge[] =>
  Array.from({ length: count }, (_, at) => ({
    day: new Date(Date.parse(from) + at * 86_400_000).toISOString().slice(0, 10),
    cost: typeof cost === 'string' ? cost : cost(at),
    ...(tags ? { tags } : {}),
  }));
interface Case {
  readonly yaml?: string;
  readonly charges: readonly Charge[];
  readonly query?: Partial<PanelQuery>;
  readonly now?: string;
}
function panelOf({ yaml = '', charges, query = {}, now = noon }: Case): SpendPanel {
  const { settings, problems } = readMlcostFile('file:///w/.mlcost.yaml', yaml);
  expect(problems).toEqual([]);
  const { budgets, spend } = settings;
  return spendPanel({ months: ledger(charges), budgets, units: spend.units, rates: spend.rates, now: Date.parse(now) }, { ...firstQuery, ...query });
}
const viewOf = (one: Case): SpendView =>
  spendView(panelOf(one), {
    style: { locale: 'en-US' },
    title: 'Spend',
    sources: [],
    notes: [],
    noSpend: one.charges.length === 0,
    placeOf: (level, value) => (level === 'model' && value === 'llama' ? { uri: 'file:///w/train.py', line: 3, label: 'train.py:4' } : undefined),
  });
const monthly = 'budgets:\n  - name: all\n    amount: 1000\n';

describe('the days of a budget', () => {
  test('are sums from the first day on: known ones, planned ones, and a band until the end', () => {
    const [one] = viewOf({ yaml: monthly, charges: days('2026-11-01', 15, '30') }).budgets;
    expect(one?.days).toHaveLength(15);
    expect(one?.days.slice(0, 3)).toEqual([30, 60, 90]);
    expect(one?.days.at(-1)).toBe(450);
    expect(one?.planned).toHaveLength(30);
    expect(one?.planned.at(-1)).toBe(1000);
    const { low, likely, high } = one?.ahead ?? { low: [], likely: [], high: [] };
    expect(likely).toHaveLength(15);
    expect(likely[0]).toBeCloseTo(480, 0);
    for (const at of likely.keys()) {
      expect(low[at]).toBeLessThanOrEqual(likely[at] as number);
      expect(high[at]).toBeGreaterThanOrEqual(likely[at] as number);
      if (at > 0) expect((high[at] as number) - (low[at] as number)).toBeGreaterThanOrEqual((high[at - 1] as number) - (low[at - 1] as number) - 1e-6);
    }
    // the end of the band is the forecast that everything else tells
    expect(likely.at(-1)).toBeCloseTo(one?.forecast?.likely ?? 0, 1);
    expect(low.at(-1)).toBeCloseTo(one?.forecast?.low ?? 0, 1);
    expect(high.at(-1)).toBeCloseTo(one?.forecast?.high ?? 0, 1);
  });
  test.each<[string, Case, Partial<SpendView['budgets'][number]>]>([
    ['as planned', { yaml: monthly, charges: days('2026-11-01', 15, '33.34') }, { planText: '$0.10 above plan', state: 'warn', stateText: 'at risk' }],
    [
      'below plan',
      { yaml: monthly, charges: days('2026-11-01', 15, '10') },
      { planText: '$350.00 below plan', state: 'ok', exhaustionText: 'not in this period' },
    ],
    [
      'used up',
      { yaml: monthly, charges: days('2026-11-01', 15, '100') },
      { state: 'over', remainingText: '$500.00 over', exhaustion: '2026-11-10', exhaustionText: 'Nov 10, 2026' },
    ],
    ['to be used up', { yaml: monthly, charges: days('2026-11-01', 15, '40') }, { exhaustionText: 'Nov 25, 2026 (forecast)', percent: 60 }],
    ['without any spend', { yaml: monthly, charges: [] }, { state: 'unknown', spentText: 'unknown', days: [], remainingText: '', planText: 'unknown' }],
    ['with one day', { yaml: monthly, charges: days('2026-11-01', 1, '40') }, { forecastText: 'too few days to tell' }],
    [
      'in a currency that nobody gave a rate for',
      { yaml: `${monthly}    currency: EUR\n`, charges: days('2026-11-01', 2, '1') },
      { state: 'unknown', spentText: 'unknown', notes: [expect.stringMatching(/no rate from USD to EUR/) as unknown as string] },
    ],
  ])('%s', (_, one, expected) => {
    expect(viewOf(one).budgets[0]).toMatchObject(expected);
  });
  test('thresholds are those of the budget, reached ones marked', () => {
    const [one] = viewOf({ yaml: `${monthly}    thresholds: [50, 80]\n`, charges: days('2026-11-01', 15, '40') }).budgets;
    expect(one?.thresholds).toEqual([
      { percent: 50, amount: 500, text: '50 %', reached: true },
      { percent: 80, amount: 800, text: '80 %', reached: false },
    ]);
  });
  test('a plan that lacks a month draws no line', () => {
    const yaml = `${monthly}    period: quarter\n    plan: { 2026-10: 100, 2026-11: 300 }\n`;
    expect(viewOf({ yaml, charges: days('2026-11-01', 15, '1') }).budgets[0]?.planned).toEqual([]);
  });
  test('one budget whose money cannot be told does not hide the others, and the worst comes first', () => {
    const yaml = `budgets:\n  - { name: calm, amount: 1000, owner: { team: a } }\n  - { name: euro, amount: 5, currency: EUR, owner: { team: b } }\n  - { name: full, amount: 10, owner: { team: b } }\n`;
    const charges = [...days('2026-11-01', 15, '1', { team: 'a' }), ...days('2026-11-01', 15, '1', { team: 'b' })];
    expect(viewOf({ yaml, charges }).budgets.map(({ name, state }) => `${name} ${state}`)).toEqual(['full over', 'euro unknown', 'calm ok']);
  });
});

describe('the days that are looked at', () => {
  const charges = days('2026-08-20', 60, '10'); // until 2026-10-18
  test.each<[string, Partial<PanelQuery>, string, { asOf: string; total: string; period: string; stale: boolean }]>([
    ['this month', {}, '2026-10-20T12:00:00Z', { asOf: '2026-10-20', total: '180.00', period: 'October 2026', stale: false }],
    ['the last month that is known, where the ledger is old', {}, noon, { asOf: '2026-10-18', total: '180.00', period: 'October 2026', stale: true }],
    ['a month of before', { period: '2026-09' }, noon, { asOf: '2026-09-30', total: '300.00', period: 'September 2026', stale: true }],
    ['90 days', { period: '90d' }, noon, { asOf: '2026-10-18', total: '600.00', period: 'Jul 21 – Oct 18, 2026', stale: true }],
    ['12 months', { period: '12m' }, noon, { asOf: '2026-10-18', total: '600.00', period: 'Nov 1, 2025 – Oct 18, 2026', stale: true }],
  ])('%s', (_, query, now, expected) => {
    const panel = panelOf({ charges, query, now });
    const { head } = viewOf({ charges, query, now });
    expect({ asOf: panel.asOf, total: toText(panel.total), period: head.period.replaceAll('\u2009', ' '), stale: head.stale }).toEqual(expected);
  });
  test('an old ledger says how old it is, and that budgets are as they stood', () => {
    const { head, budgets } = viewOf({ yaml: monthly, charges });
    expect(head.age).toBe('Data until 2026-10-18, 29 days ago');
    expect(head.notes).toEqual(['Budgets are shown as they stood on 2026-10-18, the last day that is known.']);
    expect(budgets[0]).toMatchObject({ spent: 180, from: '2026-10-01', to: '2026-10-31' });
    expect(budgets[0]?.ahead.likely).toHaveLength(13);
  });
  test('what was spent is held against as many days before, where they are known', () => {
    const [spent] = viewOf({ charges: [...days('2026-10-01', 31, '10'), ...days('2026-11-01', 15, '12')] }).head.cards;
    expect(spent).toMatchObject({ value: '$180.00', detail: '+20 % against as many days before' });
    const [alone] = viewOf({ charges: days('2026-11-01', 15, '12') }).head.cards;
    expect(alone?.detail).toBe('nothing before to compare with');
  });
  test.each([
    ['days', '2026-11-01', '2026-11-30', 'day', 30, '2026-11-02'],
    ['weeks, the first cut', '2026-08-19', '2026-11-16', 'week', 14, '2026-08-24'],
    ['months', '2025-12-10', '2026-11-16', 'month', 12, '2026-01-01'],
  ])('are drawn as %s', (_, from, to, unit, count, second) => {
    const buckets = bucketsOf({ from, to });
    expect([buckets.unit, buckets.starts.length, buckets.starts[0], buckets.starts[1]]).toEqual([unit, count, from, second]);
    expect(buckets.of.get(to)).toBe(count - 1);
  });
});

describe('where the money went', () => {
  const charges = [
    ...days('2026-11-01', 10, '30', { team: 'vision', project: 'cars', model_id: 'llama', model_version: 'v2', workflow: 'nightly', category: 'training' }),
    ...days('2026-11-01', 10, '10', { team: 'vision', category: 'storage' }),
    ...days('2026-11-01', 10, '5', { team: 'search', model_id: 'bge', feature: 'rank', category: 'inference' }),
    ...days('2026-11-01', 10, '5', { category: 'transfer' }),
  ];
  const { tree, bars, head } = viewOf({ charges });
  test('goes from the team to the category, without the levels that nobody filled in', () => {
    expect(tree.map(({ depth, level, label, costText, shareText }) => `${'  '.repeat(depth)}${level} ${label} ${costText} ${shareText}`)).toEqual([
      'team vision $400.00 80.0 %',
      '  project cars $300.00 60.0 %',
      '    model llama $300.00 60.0 %',
      '      version v2 $300.00 60.0 %',
      '        workload nightly $300.00 60.0 %',
      '          category training $300.00 60.0 %',
      '  project (no project) $100.00 20.0 %',
      '    category storage $100.00 20.0 %',
      'team search $50.00 10.0 %',
      '  model bge $50.00 10.0 %',
      '    workload rank $50.00 10.0 %',
      '      category inference $50.00 10.0 %',
      'team (no team) $50.00 10.0 %',
      '  category transfer $50.00 10.0 %',
    ]);
  });
  test('has a line of its days, and the place in the code that names it', () => {
    // days that the ledger does not know are not days without spend
    expect(tree[0]?.steps).toEqual(Array.from({ length: 10 }, () => 40));
    expect(bars.parts[0]?.costs).toHaveLength(10);
    expect(bars.starts).toHaveLength(30);
    expect(tree.filter(({ place }) => place).map(({ label }) => label)).toEqual(['llama']);
    expect(new Set(tree.map(({ id }) => id)).size).toBe(tree.length);
  });
  test('what has no team is told as such', () => {
    expect(head.cards.find(({ label }) => label === 'Without team')).toMatchObject({ value: '10 %', detail: '$50.00 that nobody answers for' });
  });
  test('bars are divided by what one asks for, in the order of their size', () => {
    expect(bars.parts.map(({ label, costText }) => `${label} ${costText}`)).toEqual([
      'training $300.00',
      'storage $100.00',
      'inference $50.00',
      'transfer $50.00',
    ]);
    const byTeam = viewOf({ charges, query: { by: 'team' } }).bars;
    expect(byTeam.parts.map(({ label, named }) => `${label} ${named}`)).toEqual(['vision true', 'search true', '(no team) false']);
    expect(byTeam.parts[0]?.costs.at(-1)).toBe(40);
  });
  test.each([
    ['a team', 'search', ['search'], '50.00'],
    ['those without one', '', ['(no team)'], '50.00'],
  ])('only %s', (_, team, labels, total) => {
    expect(
      viewOf({ charges, query: { team } })
        .tree.filter(({ depth }) => depth === 0)
        .map(({ label }) => label),
    ).toEqual(labels);
    expect(toText(panelOf({ charges, query: { team } }).total)).toBe(total);
  });
  test('many small values stand together, with their number, and nothing is lost', () => {
    const many = Array.from({ length: 80 }, (_, at) => ({ day: '2026-11-02', cost: String(at + 1), tags: { team: `t${at}` } }));
    const { tree: lines } = viewOf({ charges: many });
    const top = lines.filter(({ depth }) => depth === 0);
    expect(top).toHaveLength(49);
    expect(top.at(-1)).toMatchObject({ label: '32 others', named: false });
    expect(top.reduce((sum, { cost }) => sum + cost, 0)).toBe((80 * 81) / 2);
  });
  test('sums are exact, whatever binary fractions would make of them', () => {
    expect(toText(panelOf({ charges: days('2026-11-01', 10, '0.1') }).total)).toBe('1.00');
  });
  test('money in a currency without a rate is in no sum, and is named', () => {
    const { notes } = viewOf({ charges: [...days('2026-11-01', 3, '1'), { day: '2026-11-02', cost: '7.5', tags: { currency: 'EUR' } }] }).head;
    expect(notes).toEqual([
      expect.stringMatching(/^7\.50 EUR is in no sum here: give a rate/),
      expect.stringMatching(/^Days that stand out: no rate from EUR/),
    ]);
  });
  test('a credit is money with its sign', () => {
    const { tree: lines } = viewOf({ charges: [...days('2026-11-01', 2, '10', { team: 'a' }), { day: '2026-11-02', cost: '-5', tags: { team: 'b' } }] });
    expect(lines.filter(({ depth }) => depth === 0).map(({ label, costText }) => `${label} ${costText}`)).toEqual(['a $20.00', 'b −$5.00']);
  });
});

test('days that stand out are told with what made them so', () => {
  const charges = [...days('2026-09-01', 77, '100', { team: 'a' }), { day: '2026-11-10', cost: '900', tags: { team: 'b' } }];
  const { anomalies } = viewOf({ charges });
  expect(anomalies.map(({ title, amount, detail }) => [title, amount, detail])).toEqual([
    ['Nov 10, 2026', '+$900.00', '$1,000 where $100.00 is usual; team b (new): all of it'],
  ]);
});
test('what one costs is told with what it rests on', () => {
  const yaml = 'spend:\n  units:\n    - { name: requests, per: 1000, counts: { 2026-11: 50000 } }\n    - { name: users, counts: { 2026-11: 0 } }\n';
  const { units } = viewOf({ yaml, charges: days('2026-11-01', 10, '10') });
  expect(units.map(({ what, price, detail }) => [what, price, detail])).toEqual([
    ['1000 requests', '$2', '$100.00 for 50,000, money until 2026-11-10'],
    ['one of users', 'unknown', '$100.00, not known: nothing was counted'],
  ]);
});
test('where nothing is known and nothing planned, the panel says what to do', () => {
  const { head } = viewOf({ charges: [] });
  expect(head.empty?.steps.join()).toMatch(/mlcost spend import/);
  expect(head.age).toBe('No spend was brought in');
  expect(head.cards[0]).toMatchObject({ value: 'unknown' });
  expect(viewOf({ yaml: monthly, charges: [] }).head.empty).toBeUndefined();
});

describe('exports that lie in the workspace', () => {
  const header = 'BilledCost,BillingCurrency,ChargePeriodStart,ChargePeriodEnd,ChargeCategory,ServiceName,ResourceId,Tags\n';
  const line = (day: string, cost: string, resource: string): string =>
    `${cost},USD,${day}T00:00:00Z,${day}T01:00:00Z,Usage,Compute,${resource},"{""team"":""vision""}"\n`;
  const file = (name: string, text: string) => ({ name, bytes: new TextEncoder().encode(text) });
  const total = (files: ReturnType<typeof file>[]): string => {
    const { months } = ledgerInMemory(files);
    return Object.values(spendReport(months, { by: [], cost: 'billed' }).totals)
      .map((sum) => toText(sum))
      .join();
  };
  test('are read like an import of them: a later one corrects an earlier one, charge by charge', () => {
    const early = file('a.csv', header + line('2026-11-01', '10', 'vm-1') + line('2026-11-02', '20', 'vm-1'));
    const late = file('b.csv', header + line('2026-11-02', '25', 'vm-1') + line('2026-12-01', '1', 'vm-1'));
    expect(total([early, late])).toBe('36.00');
    expect(total([late, early])).toBe('31.00');
    expect(ledgerInMemory([early, late]).months.map(({ month }) => month)).toEqual(['2026-11', '2026-12']);
  });
  test('parts of one export add up', () => {
    const part = (number: string, cost: string) => file(`x-${number}.csv`, header + line('2026-11-01', cost, 'vm-1'));
    expect(total([part('00001', '10'), part('00002', '5')])).toBe('15.00');
  });
  test('what is no export is named, and the others are read', () => {
    const { read, problems } = ledgerInMemory([file('odd.csv', 'a,b\n1,2\n'), file('a.csv', header + line('2026-11-01', '10', 'vm-1'))]);
    expect(problems).toEqual([{ name: 'odd.csv', reason: expect.stringMatching(/columns are a, b/) as unknown as string }]);
    expect(read.map(({ files, totals }) => [files, totals.rows, totals.from])).toEqual([[['a.csv'], 1, '2026-11-01']]);
  });
});

describe('the place in the code that a bill means', () => {
  const workload = (file: string, model: string, more: object = {}): KnownNames => ({
    workload: {
      id: `${file}#1`,
      span: { uri: `file:///w/${file}`, start: 0, end: 1 },
      facts: [{ name: 'model', value: model }],
      ...more,
    } as unknown as KnownNames['workload'],
    estimation: { estimates: {}, unknown: [], assumed: [], notes: [] },
    root: 'file:///w',
    uri: `file:///w/${file}`,
    line: 4,
  });
  const find = namedPlaces([
    workload('train/finetune.py', 'meta-llama/Llama-3.1-8B', { countedIn: 'run.sh#1' }),
    workload('train/run.sh', 'meta-llama/Llama-3.1-8B', { program: 'file:///w/train/finetune.py' }),
    workload('agent/triage.py', 'gpt-4o-mini'),
  ]);
  test.each([
    ['model', 'llama-3.1-8b', 'train/run.sh:5, 1 more'],
    ['model', 'meta-llama/Llama-3.1-8B', 'train/run.sh:5, 1 more'],
    ['model', 'GPT 4o mini', 'agent/triage.py:5'],
    ['model', 'llama', undefined],
    ['model', 'Llama-3.1-8B-Instruct', undefined],
    ['workload', 'triage', 'agent/triage.py:5'],
    ['workload', 'finetune', 'train/run.sh:5, 1 more'],
    ['team', 'triage', undefined],
    ['model', '—', undefined],
  ] as const)('%s %s', (level, value, label) => expect(find(level, value)?.label).toBe(label));
});
