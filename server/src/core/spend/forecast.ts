import { median } from './median.js';

/** What the days ahead will cost in all. The band holds the sum eight times in ten. */
export interface Forecast {
  readonly low: number;
  readonly likely: number;
  readonly high: number;
  /** The likely sum, day by day. */
  readonly days: readonly number[];
}

/** Days that are looked back on: what was before says little of a team's month. */
const memory = 120;
/** Ways to go on: the mean of the last days, or a line through them that fades out. How much each counts is told by how it would have done before; `first` is what it counts while nothing tells. */
const ways: readonly { readonly window: number; readonly line: boolean; readonly first: number }[] = [
  { window: 4, line: false, first: 0 },
  { window: 7, line: false, first: 0.6 },
  { window: 10, line: false, first: 0.1 },
  { window: 16, line: false, first: 0.14 },
  { window: 32, line: false, first: 0.12 },
  { window: 64, line: false, first: 0.04 },
  { window: 14, line: true, first: 0 },
  { window: 28, line: true, first: 0 },
  { window: 56, line: true, first: 0 },
];
/** Days that have to be told before the ways count as they did more than as they are taken at first. */
const habit = 12;
/** Growth rarely goes on as it began: a line loses this share of its slope a day. */
const fading = 0.97;
/** Sharpness of the choice between ways. */
const sharpness = 1;
/** What a week says of the weekdays counts this much less for each week that it is older. */
const weeklyFading = 0.93;
/** What a day says of the ways counts this much less for each day that it is older. */
const dailyFading = 0.95;
/** Standard deviations that hold eight of ten: less than the 1.28 of a normal error, for the tests on the known days overlap and see more of each miss. */
const z80 = 1.22;
/** Relative error of the coming days’ mean that is taken for granted before the history has shown one. */
const prior = { error: 0.07, weight: 1 } as const;
/** Days ahead by which ways are tested at most, and days that are looked back on for it. */
const tests = { ahead: 10, back: 70 } as const;
/** How a trend is told: by the means of so many weeks, whose scatter is no less than `noise` (of the logarithm, squared); how much of a certain trend goes into the forecast; what it loses of its slope a day. */
const trending = { least: 5, most: 9, noise: 1e-4, share: 0.5, fading: 0.99 } as const;

/** Forecasts the sum of the next days from daily costs.
 * Weekdays have their own shares; what is left goes on as a mean of several means and fading lines, each weighted by how well it would have told the days that are known.
 * As far as the weeks look like a trend, and not like a step or nothing, half of it is told by that trend.
 * The band comes from the errors of the mixture over the days that are known, the scatter of single days, how well the slope of a trend is known, and how far the trend is from the mixture.
 * Its constants were fitted on made-up series of other seeds and on two published regions apart from those of the test.
 * @param history cost of each day, oldest first, without gaps @unit money a day
 * @param weekday of the first day, 0 to 6
 * @param horizon days ahead
 * @unknown with fewer than two days of history
 * @source combination by inverse squared relative errors: Bates and Granger, The Combination of Forecasts (1969); fading trend: Gardner and McKenzie (1985); weights of trend, step and mean by their Bayesian information: Burnham and Anderson, Multimodel Inference (2004) */
export function forecast(history: readonly number[], weekday: number, horizon: number): Forecast | undefined {
  if (history.length < 2) return undefined;
  if (horizon <= 0) return { low: 0, likely: 0, high: 0, days: [] };
  const series = history.slice(-memory);
  const first = (weekday + history.length - series.length) % 7;
  const shares = weekdayShares(series, first);
  const weekly = (day: number): number => shares[(first + day) % 7] as number;
  const flat = series.map((value, day) => value / weekly(day));
  const calm = new Past(winsorised(flat));

  const { weights, error } = tested(calm, Math.min(horizon, tests.ahead));
  const trend = trendOf(calm);
  const share = trending.share * (trend?.certainty ?? 0);
  const length = series.length;
  const lines = ways.map((way) => calm.line(way, length));
  const bursts = flat.slice(-56).reduce((a, value, at, list) => a + value - calm.at(length - list.length + at), 0) / Math.min(56, length);
  // shares that are drawn towards 1 tell a little too little of the week: what they miss of the known days is made up for
  const since = Math.max(0, length - 56);
  let [real, known] = [0, 0];
  for (let day = since; day < length; day++) {
    real += series[day] as number;
    known += (calm.smooth(day) + bursts) * weekly(day);
  }
  const scale = known > 0 ? real / known : 1;
  // what the days ahead would cost more if the trend alone told them
  let apart = 0;
  const days = Array.from({ length: horizon }, (_, ahead) => {
    const mixed = lines.reduce((sum, line, at) => sum + (weights[at] as number) * line(ahead), 0);
    const onwards = trend ? trend.at(ahead) - mixed : 0;
    apart += onwards;
    return Math.max(0, (mixed + share * onwards + bursts) * weekly(length + ahead) * scale);
  });
  const likely = days.reduce((a, b) => a + b, 0);
  const level = likely / horizon;

  const scatter = Math.sqrt(
    flat.slice(-42).reduce((a, value, at, list) => a + (value - calm.smooth(length - list.length + at)) ** 2, 0) / Math.max(1, Math.min(42, length) - 1),
  );
  const told = Math.min(28, Math.max(0, length - 6));
  const drift = (level ** 2 * (prior.weight * prior.error ** 2 + told * error)) / (prior.weight + told);
  const slope = share * (likely * (trend ? trend.slopeError * (trend.since + horizon / 2) : 0)) ** 2 + share * (1 - share) * apart ** 2;
  const sd = Math.sqrt(slope + horizon ** 2 * drift * Math.max(1, horizon / 14) + horizon * scatter ** 2 * (1 + horizon / Math.min(length, 28)));
  const reach = z80 * sd;
  return { low: Math.max(0, likely - reach), likely, high: likely + reach, days };
}

/** Share of each weekday, 1 on average; drawn towards 1 where few weeks tell. */
function weekdayShares(series: readonly number[], first: number): number[] {
  const sums = Array.from({ length: 7 }, () => ({ ratio: 0, weight: 0 }));
  for (let day = 3; day < series.length - 3; day++) {
    // against the week around it, so that a trend does not look like a weekday
    let week = 0;
    for (let near = day - 3; near <= day + 3; near++) week += series[near] as number;
    if (week <= 0) continue;
    const slot = sums[(first + day) % 7] as (typeof sums)[number];
    const weight = weeklyFading ** ((series.length - day) / 7);
    slot.ratio += weight * Math.min(3, (7 * (series[day] as number)) / week);
    slot.weight += weight;
  }
  const raw = sums.map(({ ratio, weight }) => (ratio + 0.3) / (weight + 0.3));
  const mean = raw.reduce((a, b) => a + b, 0) / 7;
  return raw.map((one) => Math.max(0.02, one / mean));
}
/** The series without its single spikes: each is brought back to the range of the days around it. A step stays, for its neighbours share it. */
function winsorised(series: readonly number[]): number[] {
  return series.map((value, at) => {
    const near = series.slice(Math.max(0, at - 3), at + 4);
    if (near.length < 4) return value;
    const middle = median(near);
    const range = 3 * Math.max(1.4826 * median(near.map((one) => Math.abs(one - middle))), 0.05 * Math.abs(middle));
    return Math.min(middle + range, Math.max(middle - range, value));
  });
}
/** A series whose means and lines over any days are told at once. */
class Past {
  private readonly values: readonly number[];
  private readonly sums: number[] = [0];
  private readonly moments: number[] = [0];
  constructor(values: readonly number[]) {
    this.values = values;
    values.forEach((value, day) => {
      this.sums.push((this.sums[day] as number) + value);
      this.moments.push((this.moments[day] as number) + value * day);
    });
  }
  get length(): number {
    return this.values.length;
  }
  at = (day: number): number => this.values[day] as number;
  mean = (from: number, to: number): number => ((this.sums[to] as number) - (this.sums[from] as number)) / (to - from);
  /** The mean of the days around one. */
  smooth = (day: number): number => this.mean(Math.max(0, day - 3), Math.min(this.length, day + 4));
  /** How a way goes on after the days before `end`. */
  line({ window, line }: (typeof ways)[number], end: number): (ahead: number) => number {
    const from = Math.max(0, end - window);
    const count = end - from;
    const mean = this.mean(from, end);
    if (!line || count < 12) return () => mean;
    const middle = (from + end - 1) / 2;
    const slope = ((this.moments[end] as number) - (this.moments[from] as number) - middle * mean * count) / ((count * (count ** 2 - 1)) / 12);
    const now = mean + slope * ((count - 1) / 2);
    return (ahead) => now + (slope * fading * (1 - fading ** (ahead + 1))) / (1 - fading);
  }
}
interface Trend {
  /** Weight of a steady growth or decline, beside one step and no change: 0 to 1. */
  readonly certainty: number;
  /** The level so many days ahead, if it goes on, a little slower. */
  readonly at: (ahead: number) => number;
  /** Standard error of the slope. @unit 1/day */
  readonly slopeError: number;
  /** From the middle of the weeks that tell it to now. @unit day */
  readonly since: number;
}
/** A line through the logarithms of the last weeks’ means, weighed against one step and against nothing.
 * @unknown with fewer than five weeks, or where a week cost nothing */
function trendOf(past: Past): Trend | undefined {
  const weeks = Math.min(trending.most, Math.floor(past.length / 7));
  if (weeks < trending.least) return undefined;
  const means = Array.from({ length: weeks }, (_, at) => past.mean(past.length - 7 * (weeks - at), past.length - 7 * (weeks - at - 1)));
  if (means.some((one) => !(one > 0))) return undefined;
  const logs = means.map(Math.log);
  const average = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0) / list.length;
  const spread = (list: readonly number[]): number => {
    const middle = average(list);
    return list.reduce((a, b) => a + (b - middle) ** 2, 0);
  };
  const middle = (weeks - 1) / 2;
  const width = (weeks * (weeks ** 2 - 1)) / 12;
  const slope = logs.reduce((a, value, at) => a + (at - middle) * value, 0) / width;
  const noise = weeks * trending.noise;
  const line = noise + Math.max(0, spread(logs) - slope ** 2 * width);
  const step = noise + Math.min(...logs.slice(1).map((_, at) => spread(logs.slice(0, at + 1)) + spread(logs.slice(at + 1))));
  // likelihood times what each parameter costs: one for no change, two for a line and for a step
  const weight = (rest: number, parameters: number): number => (rest / weeks) ** (-weeks / 2) * weeks ** (-parameters / 2);
  const [still, steady, stepped] = [weight(noise + spread(logs), 1), weight(line, 2), weight(step, 2)];
  const level = average(logs);
  const since = (weeks * 7) / 2;
  const { fading } = trending;
  return {
    certainty: steady / (still + steady + stepped),
    at: (ahead) => Math.exp(level + (slope / 7) * (since + (1 - fading ** (ahead + 0.5)) / (1 - fading))),
    slopeError: Math.sqrt(line / (weeks - 2) / width) / 7,
    since,
  };
}
/** Relative error, the same in both directions and never beyond 2: a week that cost ten times as much is one week that was missed, not a hundred. */
function missed(told: number, real: number): number {
  const value = Math.max(0, told);
  return value === real ? 0 : (2 * (value - real)) / (value + real);
}
/** How much each way counts, and the squared relative error of the mixture's mean over the days ahead: from the days that are known, the newest most. */
function tested(past: Past, horizon: number): { weights: readonly number[]; error: number } {
  const origins: { readonly real: number; readonly told: readonly number[]; readonly weight: number }[] = [];
  for (let end = Math.max(3, past.length - tests.back); end <= past.length - 2; end++) {
    const ahead = Math.min(horizon, past.length - end);
    const told = ways.map((way) => {
      const line = past.line(way, end);
      let sum = 0;
      for (let day = 0; day < ahead; day++) sum += line(day);
      return sum / ahead;
    });
    origins.push({ real: past.mean(end, end + ahead), told, weight: (ahead / horizon) * dailyFading ** (past.length - end) });
  }
  if (origins.length === 0) return { weights: ways.map(({ first }) => first), error: 0 };
  const whole = origins.reduce((a, { weight }) => a + weight, 0);
  const meanSquare = (of: (told: readonly number[]) => number): number =>
    origins.reduce((a, { real, told, weight }) => a + weight * missed(of(told), real) ** 2, 0) / whole;
  const errors = ways.map((_, at) => meanSquare((told) => told[at] as number));
  const floor = 1e-12 + Math.max(...errors) * 1e-6;
  const raw = errors.map((one) => (one + floor) ** -sharpness);

  const all = raw.reduce((a, b) => a + b, 0);
  const known = origins.length / (origins.length + habit);
  const weights = raw.map((one, at) => (known * one) / all + (1 - known) * (ways[at] as (typeof ways)[number]).first);
  return { weights, error: meanSquare((told) => told.reduce((sum, one, at) => sum + one * (weights[at] as number), 0)) };
}
