import { describe, expect, test } from 'vitest';
import { readKeptSpend, readSpendMessage } from '../../../client/src/common/spend-messages.js';
import { spendUpdate } from '../../../server/src/core/render/spend-parts.js';
import type { BudgetView, SpendView, TreeLine } from '../../../server/src/core/render/spend-view.js';
import { below, squarified, toward } from '../../../webview/src/spend/areas.js';
import { barsCsv, budgetDaysCsv, treeCsv, varianceCsv } from '../../../webview/src/spend/export.js';
import { figuresOf } from '../../../webview/src/spend/figures.js';
import { band, line, scale, spaced, stacked, thinned, ticks } from '../../../webview/src/spend/geometry.js';
import { readSpendPageMessage } from '../../../webview/src/spend/messages.js';
import { type Parts, updated, viewOf } from '../../../webview/src/spend/parts.js';
import { chosen, firstView, nested, readView, visible } from '../../../webview/src/spend/view.js';

const budget = (name: string, change: Partial<BudgetView> = {}): BudgetView => ({
  name,
  owner: 'everything',
  currency: 'USD',
  state: 'ok',
  stateText: 'on track',
  from: '2026-11-01',
  to: '2026-11-04',
  periodText: 'Nov 1 – 4, 2026',
  allowed: 100,
  allowedText: '$100.00',
  spent: 30,
  spentText: '$30.00',
  remainingText: '$70.00 left',
  percent: 30,
  forecast: { low: 50, likely: 60, high: 70 },
  forecastText: '$60.00',
  exhaustion: null,
  exhaustionText: 'not in this period',
  planText: '',
  thresholds: [{ percent: 100, amount: 100, text: '100 %', reached: false }],
  days: [10, 30],
  planned: [25, 50, 75, 100],
  ahead: { low: [40, 50], likely: [45, 60], high: [50, 70] },
  notes: [],
  ...change,
});
const treeLine = (id: string, depth: number, hasChildren: boolean): TreeLine => ({
  id,
  depth,
  level: 'team',
  label: id,
  named: true,
  cost: 1,
  costText: '$1.00',
  share: 50,
  shareText: '50.0 %',
  steps: [1],
  hasChildren,
});
const view: SpendView = {
  head: {
    title: 'Spend',
    locale: 'en-US',
    currency: 'USD',
    period: 'November 2026',
    age: 'Data until 2026-11-02, today',
    stale: false,
    known: true,
    notes: [],
    sources: [],
    cards: [],
    periods: [],
    teams: [],
    dimensions: [],
    costs: [],
    query: { period: 'now', team: null, by: 'category', cost: 'billed' },
  },
  budgets: [budget('a'), budget('b')],
  tree: [treeLine('x', 0, true), treeLine('x/y', 1, true), treeLine('x/y/z', 2, false), treeLine('w', 0, false)],
  bars: { by: 'category', unit: 'day', starts: ['2026-11-01'], parts: [{ label: '=training', named: true, costs: [3], costText: '$3', shareText: '100 %' }] },
  anomalies: [],
  waste: { total: 'none known', lines: [], unseen: [] },
  units: [],
  variance: {
    lines: [
      {
        id: 'v',
        title: 'w',
        detail: 'run r1',
        state: 'above',
        billedText: '$138.00',
        estimateText: '$100.00 ($80.00–$130.00)',
        differenceText: '+38 %',
        drawn: { billed: 1.38, low: 0.8, high: 1.3 },
        why: ['more time', 'more money'],
      },
      { id: 'u', title: 'w', detail: '', state: 'unknown', billedText: '$1.00', estimateText: 'unknown', differenceText: '', why: [] },
    ],
    notes: [],
  },
};
const data = (known = {}) => ({ type: 'data', root: 'file:///w', roots: [{ uri: 'file:///w', label: 'w' }], update: spendUpdate(view, known) });

describe('what is sent', () => {
  test('is everything at first, and makes the same view', () => {
    expect(viewOf(updated(new Map(), spendUpdate(view, {})))).toEqual(view);
  });
  test('is then only what is new; everything else stays the same object', () => {
    const before: Parts = updated(new Map(), spendUpdate(view, {}));
    const { stamps } = spendUpdate(view, {});
    const next = { ...view, budgets: [budget('a', { days: [10, 30, 35] }), budget('c')] };
    const update = spendUpdate(next, stamps);
    expect(Object.keys(update.parts)).toEqual(['budget/a', 'budget/c']);
    const after = updated(before, update);
    expect(viewOf(after)).toEqual(next);
    expect(after.get('tree')).toBe(before.get('tree'));
  });
  test('is nothing where nothing changed', () => {
    expect(spendUpdate(view, spendUpdate(view, {}).stamps).parts).toEqual({});
  });
  test('makes no view while a piece is missing', () => {
    expect(viewOf(updated(new Map(), { keys: ['head'], parts: { head: view.head } }))).toBeUndefined();
  });
});

describe('what the page takes', () => {
  test.each([
    data(),
    { type: 'restore', view: { budget: 'a' } },
    { type: 'budget', name: 'a' },
    { type: 'trouble', text: 'no' },
    { type: 'status', text: 'saved' },
  ])('$type', (message) => expect(readSpendPageMessage(structuredClone(message))).toEqual(message));
  const spoilt = (key: string, part: unknown) => ({ ...data(), update: { ...data().update, parts: { [key]: part } } });
  test.each([
    undefined,
    null,
    'data',
    { type: 'data' },
    { type: 'budget' },
    { type: 'trouble', text: 1 },
    spoilt('budget/a', { ...budget('a'), days: ['10'] }),
    spoilt('budget/a', { ...budget('a'), state: 'fine' }),
    spoilt('head', { ...view.head, notes: [1] }),
    spoilt('tree', [{ ...treeLine('x', 0, false), steps: [Number.NaN] }]),
    spoilt('bars', { ...view.bars, parts: [{}] }),
    spoilt('variance', { notes: [], lines: [{ ...view.variance.lines[0], drawn: { billed: 1 } }] }),
    spoilt('variance', { notes: [], lines: [{ ...view.variance.lines[0], state: 'fine' }] }),
    spoilt('other', {}),
  ])('not %j', (message) => expect(readSpendPageMessage(message)).toBeUndefined());
});
describe('what the extension takes', () => {
  const query = { period: 'now', team: null, by: 'team', cost: 'billed' };
  test.each([
    { type: 'ready' },
    { type: 'refresh' },
    { type: 'openSettings' },
    { type: 'query', root: 'file:///w', query },
    { type: 'keep', view: { budget: 'a' } },
    { type: 'reveal', uri: 'file:///w/a.py', line: 3 },
    { type: 'save', name: 'budgets', format: 'csv', content: 'a' },
  ])('$type', (message) => expect(readSpendMessage(message)).toEqual(message));
  test.each([
    null,
    'ready',
    { type: 'query', root: 'file:///w', query: { ...query, team: 1 } },
    { type: 'query', query },
    { type: 'keep', view: 'x'.repeat(10) },
    { type: 'keep', view: { text: 'x'.repeat(200_000) } },
    { type: 'reveal', uri: 'file:///w/a.py', line: -1 },
    { type: 'reveal', uri: 1, line: 1 },
    { type: 'save', format: 'csv', content: 'a' },
    { type: 'save', name: 'a', format: 'exe', content: 'a' },
  ])('not %j', (message) => expect(readSpendMessage(message)).toBeUndefined());
  test.each([
    [undefined, {}],
    [{ root: 1, query: { period: 1 }, view: 'x' }, {}],
    [
      { root: 'r', query, view: { all: true } },
      { root: 'r', query, view: { all: true } },
    ],
  ])('of what was kept: %j', (kept, expected) => expect(readKeptSpend(kept)).toEqual(expected));
});

describe('how it is arranged', () => {
  test.each([
    [undefined, firstView],
    [{ budget: 1, open: ['a', 2], all: 'yes' }, firstView],
    [
      { budget: 'a', open: ['x'], all: true, area: 'x' },
      { budget: 'a', open: ['x'], all: true, area: 'x' },
    ],
  ])('as kept: %j', (kept, expected) => expect(readView(kept)).toEqual(expected));
  test('lines are seen where all above them are open', () => {
    const seen = (...open: string[]): string[] => visible(view.tree, new Set(open)).map(({ id }) => id);
    expect(seen()).toEqual(['x', 'w']);
    expect(seen('x')).toEqual(['x', 'x/y', 'w']);
    expect(seen('x/y')).toEqual(['x', 'w']);
    expect(seen('x', 'x/y')).toEqual(['x', 'x/y', 'x/y/z', 'w']);
  });
  test('budgets are followed by their parts, and parts of each other are not lost', () => {
    const order = (...all: BudgetView[]): string[] => nested(all).map(({ budget: one, depth }) => `${depth} ${one.name}`);
    expect(order(budget('part', { parent: 'whole' }), budget('other'), budget('whole'))).toEqual(['0 other', '0 whole', '1 part']);
    expect(order(budget('a', { parent: 'b' }), budget('b', { parent: 'a' }))).toEqual(['0 a', '0 b']);
    expect(order(budget('a', { parent: 'nobody' }))).toEqual(['0 a']);
  });
  test('a budget that is gone gives way to the first', () => {
    expect(chosen(view.budgets, 'b')?.name).toBe('b');
    expect(chosen(view.budgets, 'gone')?.name).toBe('a');
    expect(chosen([], 'a')).toBeUndefined();
  });
});

describe('drawing', () => {
  const plain = scale(0, 10, 0, 100);
  test.each([
    [0, 1000, 5, [0, 200, 400, 600, 800, 1000]],
    [0, 93, 4, [0, 50, 100]],
    [-20, 90, 5, [-50, 0, 50, 100]],
    [0, 0, 5, [0, 1]],
  ])('ticks from %d to %d', (low, high, parts, expected) => expect(ticks(low, high, parts)).toEqual(expected));
  test('a peak is never lost, however many points there are', () => {
    const values = Array.from({ length: 50_000 }, (_, at) => (at === 31_234 ? 900 : at === 777 ? -5 : at % 7));
    const kept = thinned(values, 400);
    expect(kept.length).toBeLessThanOrEqual(802);
    expect(kept).toContain(31_234);
    expect(kept).toContain(777);
    expect([kept[0], kept.at(-1)]).toEqual([0, 49_999]);
    expect([...kept].sort((a, b) => a - b)).toEqual(kept);
  });
  test('few points are all kept', () => expect(thinned([3, 1, 2], 400)).toEqual([0, 1, 2]));
  test('a line and the band around it', () => {
    expect(line([0, 5], 0, plain, plain)).toBe('M0 0L10 50');
    expect(line([], 0, plain, plain)).toBe('');
    expect(band([1, 2], [3, 4], 1, plain, plain)).toBe('M10 30L20 40L20 20L10 10Z');
  });
  test('parts stand on each other, credits hang below', () => {
    expect(stacked([3, -1, 2, -2])).toEqual([
      { from: 0, to: 3 },
      { from: 0, to: -1 },
      { from: 3, to: 5 },
      { from: -1, to: -3 },
    ]);
  });
  test.each([
    [30, 600, 60, 10],
    [5, 600, 60, 5],
    [1, 10, 60, 1],
  ])('%d labels on %d px', (count, width, apart, most) => expect(spaced(count, width, apart).length).toBeLessThanOrEqual(most));
  test('figures are those of the place and the currency, and a currency that nobody knows does no harm', () => {
    const { money, short, day } = figuresOf('en-US', 'USD');
    expect([money(12.345), money(12345.6), money(-5), short(25000), day('2026-11-02')]).toEqual(['$12.35', '$12,346', '−$5.00', '$25K', 'Nov 2']);
    expect(figuresOf('de-DE', 'EUR').money(1234567).replaceAll('\u00a0', ' ')).toBe('1.234.567 €');
    expect(figuresOf('en-US', '').money(3)).toBe('3.00');
  });
});

describe('areas', () => {
  const whole = { x: 10, y: 20, width: 300, height: 100 };
  test.each([[[6, 6, 4, 3, 2, 2, 1]], [[1]], [[1000, 1]], [Array.from({ length: 40 }, (_, at) => 40 - at)]])(
    'are as the values %j, fill the whole and do not overlap',
    (values) => {
      const found = squarified(values, whole);
      const all = values.reduce((sum, one) => sum + one, 0);
      for (const [at, { width, height }] of found.entries()) expect(width * height).toBeCloseTo(((values[at] as number) / all) * 30_000, 4);
      for (const { x, y, width, height } of found) {
        expect(x).toBeGreaterThanOrEqual(10 - 1e-6);
        expect(y).toBeGreaterThanOrEqual(20 - 1e-6);
        expect(x + width).toBeLessThanOrEqual(310 + 1e-6);
        expect(y + height).toBeLessThanOrEqual(120 + 1e-6);
      }
      for (const [at, a] of found.entries())
        for (const b of found.slice(at + 1)) {
          const wide = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
          const high = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
          expect(Math.min(wide, high)).toBeLessThanOrEqual(1e-6);
        }
    },
  );
  test('are as square as they come', () => {
    for (const { width, height } of squarified([1, 1, 1, 1, 1, 1], { x: 0, y: 0, width: 300, height: 200 })) expect([width, height]).toEqual([100, 100]);
  });
  test.each([[[]], [[0]]])('of nothing are none: %j', (values) => {
    for (const { width } of squarified(values, whole)) expect(width).toBe(0);
  });
  test.each([
    ['ArrowRight', 0, 1],
    ['ArrowDown', 0, 2],
    ['ArrowLeft', 1, 0],
    ['ArrowUp', 2, 0],
    ['ArrowUp', 0, 0],
    ['ArrowRight', 3, 3],
    ['Tab', 0, 0],
  ])('%s from %d leads to %d', (key, from, to) => {
    const at = (x: number, y: number) => ({ x, y, width: 10, height: 10 });
    expect(toward([at(0, 0), at(10, 0), at(0, 10), at(10, 10)], from, key)).toBe(to);
  });
  test('below a line stand its own parts, and the way to it', () => {
    const seen = (id: string) => {
      const { path, cells } = below(view.tree, id);
      return [path.map((one) => one.id), cells.map((one) => one.id)];
    };
    expect(seen('')).toEqual([[], ['x', 'w']]);
    expect(seen('x')).toEqual([['x'], ['x/y']]);
    expect(seen('x/y')).toEqual([['x', 'x/y'], ['x/y/z']]);
    // a line that is gone, or has no parts, is no place to be
    expect(seen('gone')).toEqual(seen(''));
    expect(seen('w')).toEqual(seen(''));
  });
});

describe('what is saved', () => {
  test('days of a budget: what is not known is empty', () => {
    expect(budgetDaysCsv(budget('a')).split('\r\n')).toEqual([
      'day,spent,planned,forecast_low,forecast_likely,forecast_high',
      '2026-11-01,10,25,,,',
      '2026-11-02,30,50,,,',
      '2026-11-03,,75,40,45,50',
      '2026-11-04,,100,50,60,70',
      '',
    ]);
  });
  test('bars and lines; a name is no formula', () => {
    expect(barsCsv(view.bars)).toBe("day,'=training\r\n2026-11-01,3\r\n");
    expect(varianceCsv(view.variance).split('\r\n').slice(1)).toEqual([
      'w,run r1,$138.00,$100.00 ($80.00–$130.00),138,80,130,above,more time; more money,',
      'w,,$1.00,unknown,,,,unknown,,',
      '',
    ]);
    expect(treeCsv([{ ...treeLine('x', 0, false), named: false }])).toBe('depth,level,value,label,cost,share_percent,code\r\n0,team,,x,1,50,\r\n');
  });
});
