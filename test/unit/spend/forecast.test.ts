import { describe, expect, test } from 'vitest';
import { forecast } from '../../../server/src/core/spend/forecast.js';
import { type DailySeries, dailySeries } from '../../support/daily-series.js';
import { publishedSeries } from '../../support/published-series.js';

const sum = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0);
const mean = (list: readonly number[]): number => sum(list) / list.length;

const told = (series: readonly Omit<DailySeries, 'kind'>[]) =>
  series.map((one) => {
    const found = forecast(one.history, one.weekday, one.rest.length);
    if (!found) throw new Error('no forecast');
    const real = sum(one.rest);
    const soFar = sum(one.history.slice(-one.inMonth));
    const week = one.history.slice(-7);
    const error = (total: number): number => Math.abs(total - real) / (real + soFar);
    return {
      isHeld: real >= found.low && real <= found.high,
      ours: error(found.likely),
      line: error((soFar / one.inMonth) * one.rest.length),
      naive: error(sum(one.rest.map((_, day) => week[day % week.length] ?? Number.NaN))),
    };
  });

// what the forecast was made with: other seeds (1 to 999), the first two of the four published regions
describe.each([
  ['600 made-up series', () => dailySeries(600, 20_261_126), 600],
  ['503 months of published demand for machines', publishedSeries, 503],
])('at the middle of the month, on %s that were not looked at', (_, read, count) => {
  const series = told(read());
  test('all of them are told', () => expect(series).toHaveLength(count));
  test('the band of 80 % holds between 75 and 85 %', () => {
    const held = series.filter(({ isHeld }) => isHeld).length / series.length;
    expect(held).toBeGreaterThanOrEqual(0.75);
    expect(held).toBeLessThanOrEqual(0.85);
  });
  test('the month’s total is told closer than by a straight line, and than by last week again', () => {
    const [ours, line, naive] = (['ours', 'line', 'naive'] as const).map((name) => mean(series.map((one) => one[name]))) as [number, number, number];
    expect(ours).toBeLessThan(line);
    expect(ours).toBeLessThan(naive);
  });
});

test('spend that grows is held by the band as often as any other', () => {
  const series = told(dailySeries(600, 20_261_126).filter(({ kind }) => kind === 'growing' || kind === 'weekly and growing'));
  const held = series.filter(({ isHeld }) => isHeld).length / series.length;
  expect(series).toHaveLength(120);
  expect(held).toBeGreaterThanOrEqual(0.75);
  expect(held).toBeLessThanOrEqual(0.85);
  expect(mean(series.map(({ ours }) => ours))).toBeLessThan(mean(series.map(({ line }) => line)));
});

test.each([
  ['nothing', [], undefined],
  ['one day', [5], undefined],
  ['no day ahead', [5, 5], 0],
])('%s', (_, history, likely) => expect(forecast(history, 1, likely === 0 ? 0 : 5)?.likely).toBe(likely));
test('what is the same each day goes on, nearly', () => {
  const found = forecast(Array(30).fill(100), 1, 10);
  expect(found?.likely).toBeCloseTo(1000, 6);
  expect(found?.low).toBeGreaterThan(800);
  expect(found?.high).toBeLessThan(1200);
});
test('weekends are told apart from working days', () => {
  const week = [100, 100, 100, 100, 100, 10, 10];
  const found = forecast(
    Array.from({ length: 42 }, (_, day) => week[day % 7] as number),
    1,
    7,
  );
  expect(found?.days.map((day) => (day > 50 ? 'work' : 'rest'))).toEqual(['work', 'work', 'work', 'work', 'work', 'rest', 'rest']);
  expect(found?.likely).toBeGreaterThan(490);
  expect(found?.likely).toBeLessThan(550);
});
test('no forecast is below nothing, whatever fell', () => {
  const found = forecast(
    Array.from({ length: 20 }, (_, day) => Math.max(0, 100 - 10 * day)),
    1,
    20,
  );
  expect(found?.low).toBe(0);
  expect(Math.min(...(found?.days ?? []))).toBeGreaterThanOrEqual(0);
});
describe('what goes up or down all along', () => {
  const week = [1, 1, 1.1, 1, 0.9, 0.4, 0.4];
  const at = (day: number, growth: number): number => 100 * (1 + growth) ** day * (week[day % 7] as number);
  const days = (from: number, to: number, growth: number): number[] => Array.from({ length: to - from }, (_, day) => at(from + day, growth));
  test.each([0.01, 0.015, -0.01])('goes on so, a little slower: %d a day', (growth) => {
    const found = forecast(days(0, 84, growth), 1, 15);
    const real = sum(days(84, 99, growth));
    expect(found && Math.abs(found.likely / real - 1)).toBeLessThan(0.05);
    expect(found && found.low <= real && found.high >= real).toBe(true);
  });
  test('a step is no trend: what came after it goes on', () => {
    const found = forecast([...days(0, 42, 0), ...days(42, 84, 0).map((cost) => 2 * cost)], 1, 14);
    expect(found?.likely).toBeCloseTo(2 * sum(days(84, 98, 0)), -2);
  });
});
