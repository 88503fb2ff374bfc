import { readFileSync } from 'node:fs';
import { readCsv } from '../../server/src/core/catalog/csv.js';
import { eachDay, plusDays, spanOf, weekdayOf } from '../../server/src/core/spend/period.js';
import type { DailySeries } from './daily-series.js';

/** Months in which less than this share of the busiest month ran are left out: percentages of next to nothing say nothing. */
const least = 0.05;
const sum = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0);

/** Every month of the published series of machines in use, cut after its fifteenth day: each type of machine, and each region as a whole. */
export function publishedSeries(): Omit<DailySeries, 'kind'>[] {
  const text = readFileSync(new URL('../fixtures/spend/vm-demand.csv', import.meta.url), 'utf8');
  const series = new Map<string, Map<string, number>>();
  for (const { series: name = '', from = '', vm_hours = '' } of readCsv(text))
    for (const [at, hours] of vm_hours.split(' ').entries())
      for (const key of [name, name.slice(0, 'region 1'.length)]) {
        const days = series.get(key) ?? new Map<string, number>();
        series.set(key, days);
        const day = plusDays(from, at);
        days.set(day, (days.get(day) ?? 0) + Number(hours));
      }
  return [...series.values()].flatMap(monthsOf);
}
function monthsOf(days: ReadonlyMap<string, number>): Omit<DailySeries, 'kind'>[] {
  const known = [...days.keys()].sort();
  const [first = '', last = ''] = [known[0], known.at(-1)];
  const values = (from: string, to: string): number[] => [...eachDay({ from, to })].map((day) => days.get(day) ?? 0);
  const months = [...new Set(known.map((day) => day.slice(0, 7)))].map((month) => spanOf({ kind: 'month' }, `${month}-01`));
  const busiest = Math.max(...months.map(({ from, to }) => sum(values(from, to))));
  return months
    .filter(({ from, to }) => from >= first && from <= last && sum(values(from, to)) >= least * busiest)
    .map(({ from, to }) => ({
      weekday: weekdayOf(first),
      history: values(first, plusDays(from, 14)),
      inMonth: 15,
      rest: values(plusDays(from, 15), to),
    }));
}
