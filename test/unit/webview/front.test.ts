import { describe, expect, test } from 'vitest';
import { apart, pointsOf, stairs } from '../../../webview/src/compare/front.js';
import { scaleOfMultiples } from '../../../webview/src/shared/scale.js';
import { offer, unpriced } from '../../support/offers.js';

const range = (likely: number) => ({ low: likely / 2, likely, high: likely * 2 });
const made = (name: string, usd: number, hours: number, more = {}) => offer({ key: name, usd: range(usd), hours: range(hours), ...more });
const front = (...rows: ReturnType<typeof made>[]): string[] =>
  pointsOf(rows, 'hours')
    .points.filter(({ onFront }) => onFront)
    .map(({ row }) => row.key);

describe('what no other beats', () => {
  test.each<[string, ReturnType<typeof made>[], string[]]>([
    ['one alone', [made('a', 1, 1)], ['a']],
    ['cheaper or quicker', [made('a', 1, 2), made('b', 2, 1)], ['b', 'a']],
    ['not what is dearer and slower', [made('a', 1, 1), made('b', 2, 2)], ['a']],
    ['not what is dearer and as quick', [made('a', 1, 1), made('b', 2, 1)], ['a']],
    ['both of two that are the same', [made('a', 1, 1), made('b', 1, 1)], ['a', 'b']],
    ['not what does not fit, which beats none', [made('a', 1, 1, { fits: 'does-not-fit' }), made('b', 2, 2)], ['b']],
    ['not what would be stopped', [made('a', 1, 1, { stops: true }), made('b', 2, 2)], ['b']],
    ['not what may not fit, which beats none', [made('a', 1, 1, { fits: 'unknown' }), made('b', 2, 2)], ['b']],
    ['nothing of nothing', [], []],
  ])('%s', (_, rows, expected) => expect(front(...rows)).toEqual(expected));
  test('what is left out is counted', () => {
    const { hours: _hours, ...timeless } = made('c', 1, 1);
    const rows = [made('a', 1, 1), unpriced({ key: 'b' }), timeless, made('d', 1, 1, { stops: true })];
    expect(pointsOf(rows, 'hours')).toMatchObject({ points: [{ row: { key: 'a' } }], misfits: 1, unknown: 2 });
  });
  test('memory is a share of each one’s own, carbon and latency are unknown where they are', () => {
    const rows = [made('small', 1, 1, { memory: range(40), memorySize: 80 }), made('large', 2, 1, { memory: range(40), memorySize: 160 })];
    expect(pointsOf(rows, 'memory').points.map(({ row, measure }) => [row.key, measure.likely])).toEqual([
      ['large', 25],
      ['small', 50],
    ]);
    for (const measure of ['latency', 'carbon'] as const) expect(pointsOf(rows, measure)).toEqual({ points: [], misfits: 0, unknown: 2 });
  });
});

test('steps go along and down, from the quickest to the cheapest', () => {
  const { points } = pointsOf([made('a', 10, 3), made('b', 30, 1)], 'hours');
  expect(
    stairs(
      points,
      (value) => value,
      (value) => 100 - value,
    ),
  ).toBe('M1 70H3V90');
  expect(stairs([], Number, Number)).toBe('');
});
test('of texts that would lie over each other the first stays', () => {
  const at = (left: number, top: number) => ({ left, top, width: 50 });
  expect(apart([at(0, 0), at(40, 8), at(50, 8), at(0, 16)])).toEqual([at(0, 0), at(50, 8), at(0, 16)]);
});
describe('a scale of multiples', () => {
  test.each([
    [19, 260, 10, 500],
    [0.4, 9, 0.2, 10],
    [3, 3, 2, 5],
    [1, 1, 1, 2],
    [0.0004, 12_000, 0.0002, 20_000],
  ])('of %d to %d goes from %d to %d', (least, most, start, end) => {
    const scale = scaleOfMultiples(least, most, 0, 600);
    expect([scale.ticks[0], scale.ticks.at(-1), scale.end]).toEqual([start, end, end].map((one) => expect.closeTo(one, 10)));
    expect([scale.at(start), scale.at(end)]).toEqual([0, 600]);
    expect(scale.at(least)).toBeGreaterThanOrEqual(0);
    expect(scale.at(most)).toBeLessThanOrEqual(600);
    expect(scale.at(Math.sqrt(start * end))).toBeCloseTo(300, 6);
  });
  test('has few ticks where there is little room', () => {
    expect(scaleOfMultiples(0.001, 1000, 0, 300).ticks.length).toBeLessThan(scaleOfMultiples(0.001, 1000, 0, 3000).ticks.length);
  });
});
