import { describe, expect, test } from 'vitest';
import { dayIn, daysIn, isZone, type Period, plusDays, spanBefore, spanOf } from '../../../server/src/core/spend/period.js';

describe('the span that a day is in', () => {
  test.each<[string, Period, string, string, string]>([
    ['a month', { kind: 'month' }, '2026-11-26', '2026-11-01', '2026-11-30'],
    ['February of a leap year', { kind: 'month' }, '2028-02-29', '2028-02-01', '2028-02-29'],
    ['February of another', { kind: 'month' }, '2026-02-28', '2026-02-01', '2026-02-28'],
    ['February of a century that is none', { kind: 'month' }, '2100-02-01', '2100-02-01', '2100-02-28'],
    ['the last day of a year', { kind: 'month' }, '2026-12-31', '2026-12-01', '2026-12-31'],
    ['a quarter', { kind: 'quarter' }, '2026-11-26', '2026-10-01', '2026-12-31'],
    ['the first of a quarter', { kind: 'quarter' }, '2026-04-01', '2026-04-01', '2026-06-30'],
    ['a year', { kind: 'year' }, '2028-07-04', '2028-01-01', '2028-12-31'],
    ['a week begins on Monday', { kind: 'week' }, '2026-11-29', '2026-11-23', '2026-11-29'],
    ['a week over the end of a year', { kind: 'week' }, '2027-01-01', '2026-12-28', '2027-01-03'],
    ['a day', { kind: 'day' }, '2026-11-26', '2026-11-26', '2026-11-26'],
    ['a sprint, its first day', { kind: 'sprint', start: '2026-11-02', days: 14 }, '2026-11-02', '2026-11-02', '2026-11-15'],
    ['a sprint, its last day', { kind: 'sprint', start: '2026-11-02', days: 14 }, '2026-11-15', '2026-11-02', '2026-11-15'],
    ['a sprint over a change of clocks', { kind: 'sprint', start: '2026-03-23', days: 10 }, '2026-04-02', '2026-04-02', '2026-04-11'],
    ['a sprint before the first', { kind: 'sprint', start: '2026-11-02', days: 14 }, '2026-11-01', '2026-10-19', '2026-11-01'],
    ['a fixed span', { kind: 'fixed', from: '2026-01-15', to: '2026-03-15' }, '2027-01-01', '2026-01-15', '2026-03-15'],
  ])('%s', (_, period, day, from, to) => expect(spanOf(period, day)).toEqual({ from, to }));
  test.each<[Period, string, string]>([
    [{ kind: 'month' }, '2026-03-05', '2026-02-01'],
    [{ kind: 'quarter' }, '2026-01-05', '2025-10-01'],
    [{ kind: 'sprint', start: '2026-11-02', days: 14 }, '2026-11-02', '2026-10-19'],
  ])('the one before %j', (period, day, from) => expect(spanBefore(period, spanOf(period, day))?.from).toBe(from));
  test('nothing is before a fixed one', () =>
    expect(spanBefore({ kind: 'fixed', from: '2026-01-01', to: '2026-01-02' }, { from: '2026-01-01', to: '2026-01-02' })).toBeUndefined());
});
test.each([
  ['2026-11-30T23:30:00Z', 'UTC', '2026-11-30'],
  ['2026-11-30T23:30:00Z', 'Europe/Berlin', '2026-12-01'],
  ['2026-12-01T07:30:00Z', 'America/Los_Angeles', '2026-11-30'],
  ['2026-12-01T08:00:00Z', 'America/Los_Angeles', '2026-12-01'],
  // clocks go forward at 1:00 UTC, and back
  ['2026-03-29T21:59:00Z', 'Europe/Berlin', '2026-03-29'],
  ['2026-03-29T22:00:00Z', 'Europe/Berlin', '2026-03-30'],
  ['2026-10-25T22:59:00Z', 'Europe/Berlin', '2026-10-25'],
  ['2026-10-25T23:00:00Z', 'Europe/Berlin', '2026-10-26'],
  ['2028-02-28T12:00:00Z', 'Pacific/Kiritimati', '2028-02-29'],
])('%s in %s is %s', (now, zone, day) => expect(dayIn(Date.parse(now), zone)).toBe(day));
test('days are counted whole', () => {
  expect(daysIn({ from: '2028-02-01', to: '2028-03-01' })).toBe(30);
  expect(plusDays('2028-02-28', 1)).toBe('2028-02-29');
  expect(plusDays('2026-01-01', -1)).toBe('2025-12-31');
  expect([isZone('Europe/Berlin'), isZone('Berlin')]).toEqual([true, false]);
});
