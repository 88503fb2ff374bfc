import { converted, type Rate } from './currency.js';
import { toNumber } from './decimal.js';
import { type DimensionName, dimensionAt } from './dimensions.js';
import { median } from './median.js';
import { eachDay, plusDays, spanOf } from './period.js';
import { type LedgerMonth, linesOf } from './report.js';
import { eachOf, type Steps, whole } from './steps.js';

/** A day on which far more or less was spent than the days before told, and what made it so. */
export interface Anomaly {
  readonly day: string;
  /** @unit of the currency asked for */
  readonly cost: number;
  readonly expected: number;
  /** How far from what was expected, in times of the usual scatter. */
  readonly score: number;
  /** Values of tags that explain most of the difference, the one that tells most first. */
  readonly causes: readonly Cause[];
}
/** What one value of a dimension did to a day. */
export interface Cause {
  readonly key: DimensionName;
  readonly value: string;
  readonly change: number;
  /** Of the whole difference. */
  readonly share: number;
  /** What it costs on such a day usually. */
  readonly usual: number;
  readonly kind: 'new' | 'more' | 'less' | 'gone';
}
/** Weeks that a day is held against. */
const weeks = 6;
/** Months that are asked whether they had the same on the same day. */
const monthsBack = 6;
/** A difference is told from this many times the usual scatter on, and from this share of what was expected on. */
const least = { score: 4, share: 0.25 } as const;
const explaining: readonly DimensionName[] = [
  'team',
  'project',
  'env',
  'model_id',
  'model_version',
  'experiment_run',
  'feature',
  'workflow',
  'agent',
  'service',
  'category',
  'region',
  'charge',
];

/** Days that stand out from the same weekdays of the weeks before, by median and median deviation: a single spike before does not hide the next one.
 * What came back on the same day of the months before (a fee on the first, invoices at the end) is usual too, and does not stand out.
 * @source Iglewicz and Hoaglin, How to Detect and Handle Outliers (1993): modified z-scores
 * @errors UnknownRate */
export const anomalies = (months: readonly LedgerMonth[], query: AnomalyQuery): Anomaly[] => whole(anomalySteps(months, query));
interface AnomalyQuery {
  readonly from: string;
  readonly to: string;
  readonly cost: 'billed' | 'effective';
  readonly currency: string;
  readonly rates: readonly Rate[];
}
export function* anomalySteps(months: readonly LedgerMonth[], query: AnomalyQuery): Steps<Anomaly[]> {
  const daily = new Map<string, number>();
  const parts = new Map<string, Map<string, number>>();
  let first: string | undefined;
  const names = new Map<readonly string[], readonly string[]>();
  yield* eachOf(linesOf(months, { to: query.to }), ({ day, tuple, row }) => {
    const cost = toNumber(converted(query.cost === 'billed' ? row.billed : row.effective, tuple[dimensionAt.currency] ?? '', query.currency, query.rates));
    if (first === undefined || day < first) first = day;
    daily.set(day, (daily.get(day) ?? 0) + cost);
    let part = parts.get(day);
    if (!part) {
      part = new Map();
      parts.set(day, part);
    }
    let own = names.get(tuple);
    if (!own) {
      own = explaining.map((key) => `${key}\n${tuple[dimensionAt[key]] ?? ''}`);
      names.set(tuple, own);
    }
    for (const name of own) part.set(name, (part.get(name) ?? 0) + cost);
  });
  if (first === undefined) return [];
  const past = new Past(daily, first);
  const found: Anomaly[] = [];
  for (const day of eachDay(query)) {
    yield;
    const seen = past.look(day);
    if (!seen || !past.standsOut(seen) || past.cameBack(day, seen)) continue;
    const { cost, expected, scatter, before } = seen;
    const score = scatter > 0 ? (cost - expected) / scatter : Number.POSITIVE_INFINITY;
    found.push({ day, cost, expected, score, causes: causesOf(parts, day, before, cost - expected) });
  }
  return found;
}
/** A day beside what the same weekdays before it tell. */
interface Look {
  readonly cost: number;
  readonly expected: number;
  readonly scatter: number;
  /** The weekdays that it is held against. */
  readonly before: readonly string[];
}
class Past {
  private readonly daily: ReadonlyMap<string, number>;
  private readonly first: string;
  constructor(daily: ReadonlyMap<string, number>, first: string) {
    this.daily = daily;
    this.first = first;
  }
  private at = (day: string): number => this.daily.get(day) ?? 0;

  /** Undefined where the day is not known, or fewer than three of the same weekday tell what is usual. */
  look(day: string): Look | undefined {
    const before = Array.from({ length: weeks }, (_, at) => plusDays(day, -7 * (at + 1))).filter((one) => one >= this.first);
    if (before.length < 3 || !this.daily.has(day)) return undefined;
    const costs = before.map(this.at);
    const expected = median(costs);
    // the scatter of the weekdays themselves and of all days near: a handful of values is too calm by chance
    const near = [...eachDay({ from: plusDays(day, -28), to: plusDays(day, -1) })]
      .filter((one) => one >= plusDays(this.first, 7))
      .map((one) => this.at(one) - this.at(plusDays(one, -7)));
    const scatter = Math.max(
      1.4826 * median(costs.map((one) => Math.abs(one - expected))),
      (1.4826 * median(near.map(Math.abs))) / Math.SQRT2,
      0.02 * Math.abs(expected),
    );
    return { cost: this.at(day), expected, scatter, before };
  }
  standsOut = ({ cost, expected, scatter }: Pick<Look, 'cost' | 'expected' | 'scatter'>): boolean =>
    cost !== expected && Math.abs(cost - expected) >= least.score * scatter && Math.abs(cost - expected) >= least.share * Math.abs(expected);

  /** Whether the months before had such a difference on the same day, counted from their beginning or from their end. The last one tells if it was nearly the same, several by their median. */
  cameBack(day: string, { cost, expected, scatter }: Look): boolean {
    const month = spanOf({ kind: 'month' }, day);
    return [Number(day.slice(8)) - 1, -(Number(month.to.slice(8)) - Number(day.slice(8)))].some((place, at) => {
      const usual: number[] = [];
      let { from } = month;
      for (let back = 0; back < monthsBack; back++) {
        const before = spanOf({ kind: 'month' }, plusDays(from, -1));
        from = before.from;
        const same = at === 0 ? plusDays(before.from, place) : plusDays(before.to, place);
        if (same < before.from || same > before.to) continue;
        const seen = this.look(same);
        if (seen) usual.push(seen.cost - seen.expected);
      }
      const [latest] = usual;
      if (latest === undefined) return false;
      const difference = cost - expected;
      if (Math.abs(difference - latest) <= least.share * Math.abs(latest)) return true;
      const middle = median(usual);
      if (usual.length === 1 || Math.abs(middle) < least.share * Math.abs(difference)) return false;
      const own = 1.4826 * median(usual.map((one) => Math.abs(one - middle)));
      return !this.standsOut({ cost, expected: expected + middle, scatter: Math.hypot(scatter, own) });
    });
  }
}
/** A cause explains this share of a difference, with at most so many values of one dimension; each of them has to do more than its usual part of the money. */
const explains = { share: 0.5, values: 3, each: 0.2, more: 0.2 } as const;
const mostCauses = 5;

/** The values that made a difference: for each dimension the fewest that explain half of it. First stands what was least to be expected: most of the change from least of the usual money.
 * @source ranking after Bhagwan et al., Adtributor (NSDI 2014): explanatory power and surprise */
function causesOf(parts: ReadonlyMap<string, ReadonlyMap<string, number>>, day: string, before: readonly string[], difference: number): Cause[] {
  const now = parts.get(day) ?? new Map<string, number>();
  const names = new Set([...now.keys(), ...before.flatMap((one) => [...(parts.get(one)?.keys() ?? [])])]);
  const changes = [...names].map((name) => {
    const usual = median(before.map((one) => parts.get(one)?.get(name) ?? 0));
    const cost = now.get(name) ?? 0;
    const [key = '', value = ''] = name.split('\n');
    return { key: key as DimensionName, value, change: cost - usual, share: (cost - usual) / difference, usual, cost };
  });
  const found = explaining.flatMap((key) => {
    const own = changes.filter((one) => one.key === key).sort((a, b) => b.share - a.share);
    const whole = own.reduce((sum, { usual }) => sum + Math.abs(usual), 0);
    const taken: typeof own = [];
    for (const one of own) {
      if (taken.reduce((sum, { share }) => sum + share, 0) >= explains.share || one.share < explains.each || taken.length === explains.values) break;
      taken.push(one);
    }
    const share = taken.reduce((sum, one) => sum + one.share, 0);
    const part = whole > 0 ? taken.reduce((sum, { usual }) => sum + Math.abs(usual), 0) / whole : 0;
    // what holds for everything explains nothing, and neither does what nobody tagged
    const surprise = Math.min(1, share) - part;
    if (share < explains.share || surprise < explains.more || taken.some(({ value }) => value === '')) return [];
    return taken.map((one) => ({ cause: one, surprise }));
  });
  return found
    .sort((a, b) => b.surprise - a.surprise || b.cause.share - a.cause.share)
    .slice(0, mostCauses)
    .map(({ cause: { key, value, change, share, usual, cost } }) => ({ key, value, change, share, usual, kind: kindOf(usual, cost) }));
}
const kindOf = (usual: number, cost: number): Cause['kind'] => (usual === 0 ? 'new' : cost === 0 ? 'gone' : cost > usual ? 'more' : 'less');
