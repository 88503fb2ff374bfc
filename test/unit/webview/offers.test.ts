import { describe, expect, test } from 'vitest';
import { csvOf } from '../../../webview/src/compare/export.js';
import { firstView, nameOf, readView, shown, sortKeys } from '../../../webview/src/compare/offers.js';
import { offer, unpriced } from '../../support/offers.js';

const range = (likely: number) => ({ low: likely / 2, likely, high: likely * 2 });
const rows = [
  offer({ usd: range(30), accelerator: 'l40s', acceleratorName: 'L40S', fits: 'tight', fitsText: 'tight', hours: range(9) }),
  offer({ usd: range(52), hours: range(2) }),
  offer({ usd: range(20), hours: range(2.5), market: 'spot', provider: 'gcp', region: 'us-central1' }),
  offer({ usd: range(5), accelerator: 't4', acceleratorName: 'T4', fits: 'does-not-fit', fitsText: '✗ does not fit', hours: range(40) }),
  unpriced({ accelerator: 'b300', acceleratorName: 'B300', hours: range(1) }),
];
const names = (change: Partial<typeof firstView>) => shown(rows, { ...firstView, ...change }).map((row) => `${row.acceleratorName} ${row.market}`);

describe('rows', () => {
  test.each([
    ['cheapest first, unknown after known, misfits last', {}, ['H100 spot', 'L40S on-demand', 'H100 on-demand', 'B300 on-demand', 'T4 on-demand']],
    ['dearest first, the same at the end', { descending: true }, ['H100 on-demand', 'L40S on-demand', 'H100 spot', 'B300 on-demand', 'T4 on-demand']],
    ['by duration', { sort: 'hours' }, ['B300 on-demand', 'H100 on-demand', 'H100 spot', 'L40S on-demand', 'T4 on-demand']],
    ['without a market', { hiddenMarkets: ['on-demand'] }, ['H100 spot']],
    ['of one provider', { provider: 'gcp' }, ['H100 spot']],
    ['only what surely fits', { onlyFits: true }, ['H100 spot', 'H100 on-demand', 'B300 on-demand']],
    ['that hold all words', { search: 'h100 CENTRAL1' }, ['H100 spot']],
    ['none', { search: 'no such chip' }, []],
  ] as const)('%s', (_title, change, expected) => {
    expect(names(change as Partial<typeof firstView>)).toEqual(expected);
  });
  test.each(sortKeys)('sorted by %s keep every row', (sort) => {
    for (const descending of [false, true]) expect(names({ sort, descending })).toHaveLength(rows.length);
  });
});

test('a view that was kept is taken as far as it is understood', () => {
  const view = { ...firstView, provider: 'aws', sort: 'hours', hiddenMarkets: ['spot'], all: true } as const;
  expect(readView(JSON.parse(JSON.stringify(view)))).toEqual(view);
  for (const bad of [undefined, null, 7, 'x', [], { sort: 'nothing', provider: 3, hiddenMarkets: [1], onlyFits: 'yes' }])
    expect(readView(bad)).toEqual(firstView);
});

describe('CSV', () => {
  const lines = (text: string) => text.split('\r\n');
  test('has the numbers as they are, and nothing where nothing is known', () => {
    const [head, first, end] = lines(csvOf([unpriced()], { per: 'run' }));
    expect(head?.split(',')).toHaveLength(first?.split(',').length ?? 0);
    const cell = (name: string) => first?.split(',')[head?.split(',').indexOf(name) ?? -1];
    expect([cell('accelerator'), cell('count'), cell('usd_per_run_likely'), cell('hours_high'), cell('price_date')]).toEqual([
      'h100-sxm-80gb',
      '8',
      '',
      '3',
      '2026-01-01',
    ]);
    expect(end).toBe('');
  });
  test('quotes what must be quoted, and lets no formula in', () => {
    const [, first] = lines(csvOf([offer({ instance: '=HYPERLINK("x","y")', region: 'a,b' })], { per: 'month' }));
    expect(first).toContain(`"'=HYPERLINK(""x"",""y"")"`);
    expect(first).toContain('"a,b"');
  });
});

test('a row is named by its count and chip', () => expect(nameOf(offer())).toBe('8×H100'));
