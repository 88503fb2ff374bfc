import { Random } from './focus-export.js';

/** A daily series of spend with what came after: how teams spend, made up. */
export interface DailySeries {
  readonly kind: (typeof seriesKinds)[number];
  /** Weekday of the first day. */
  readonly weekday: number;
  /** Days until the middle of a month. */
  readonly history: readonly number[];
  /** Days of the history that are in this month. */
  readonly inMonth: number;
  /** The rest of the month. */
  readonly rest: readonly number[];
}
export const seriesKinds = [
  'steady',
  'weekly',
  'growing',
  'shrinking',
  'step up',
  'step down',
  'few days',
  'bursts',
  'wandering',
  'weekly and growing',
] as const;

/** @param seed other series for another one; the same for the same */
export function dailySeries(count: number, seed: number): DailySeries[] {
  const random = new Random(seed);
  return Array.from({ length: count }, (_, at) => one(seriesKinds[at % seriesKinds.length] as DailySeries['kind'], random));
}
function one(kind: DailySeries['kind'], random: Random): DailySeries {
  const inMonth = 13 + random.below(4);
  const before = kind === 'few days' ? 0 : 14 + random.below(90);
  const inHistory = kind === 'few days' ? 4 + random.below(9) : inMonth;
  const ahead = 30 - inMonth;
  const length = before + inHistory + ahead;
  const base = 10 ** (1 + 3 * random.next());
  const noise = 0.05 + 0.25 * random.next();
  const weekday = random.below(7);
  const weekly = kind.startsWith('weekly') || random.next() < 0.3;
  const weekend = weekly ? 0.1 + 0.6 * random.next() : 1;
  const growth = kind === 'growing' || kind === 'weekly and growing' ? 0.004 + 0.012 * random.next() : kind === 'shrinking' ? -0.004 - 0.01 * random.next() : 0;
  // a step is somewhere in the last six weeks, seldom after the middle of the month: nobody could know that one
  const stepAt = Math.floor(before + inHistory - 42 * random.next() + (random.next() < 0.1 ? 12 : 0));
  const step = kind === 'step up' ? 1.3 + random.next() : kind === 'step down' ? 0.3 + 0.4 * random.next() : 1;
  let drift = 0;
  let kept = 0;
  const all = Array.from({ length }, (_, day) => {
    drift += kind === 'wandering' ? 0.05 * random.normal() : 0;
    kept = 0.3 * kept + noise * random.normal();
    const isWeekend = (weekday + day) % 7 >= 5;
    const burst = kind === 'bursts' && random.next() < 0.08 ? 1 + 5 * random.next() : 0;
    const level = base * (1 + growth) ** day * Math.exp(drift) * (day >= stepAt ? step : 1);
    return Math.max(0, level * ((isWeekend ? weekend : 1) * (1 + kept) + burst));
  });
  const now = before + inHistory;
  return { kind, weekday, history: all.slice(0, now), inMonth: inHistory, rest: all.slice(now) };
}
