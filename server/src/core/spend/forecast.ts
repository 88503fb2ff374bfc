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
const weeklyFading = 0.9;
/** What a day says of the ways counts this much less for each day that it is older. */
const dailyFading = 0.95;
const z80 = 1.2816;
/** Relative error of the coming days’ mean that is taken for granted before the history has shown one. */
const prior = { error: 0.1, weight: 2 } as const;

/** Forecasts the sum of the next days from daily costs.
 * Weekdays have their own shares; what is left goes on as a mean of several means and fading lines, each weighted by how well it would have told the days that are known.
 * Where the weeks went up or down all along, what the mixture missed for that in the known days is made up for.
 * The band comes from the errors of that same mixture over the days that are known, and from the scatter of single days.
 * @param history cost of each day, oldest first, without gaps @unit money a day
 * @param weekday of the first day, 0 to 6
 * @param horizon days ahead
 * @unknown with fewer than two days of history
 * @source combination by inverse squared relative errors: Bates and Granger, The Combination of Forecasts (1969); fading trend: Gardner and McKenzie (1985) */
export function forecast(history: readonly number[], weekday: number, horizon: number): Forecast | undefined {
  if (history.length < 2) return undefined;
  if (horizon <= 0) return { low: 0, likely: 0, high: 0, days: [] };
  const series = history.slice(-memory);
  const first = (weekday + history.length - series.length) % 7;
  const shares = weekdayShares(series, first);
  const share = (day: number): number => shares[(first + day) % 7] as number;
  const flat = series.map((value, day) => value / share(day));
  const calm = new Past(winsorised(flat));

  const { weights, error, bias } = tested(calm, Math.min(horizon, 14), isSteadyTrend(calm));
  const length = series.length;
  const lines = ways.map((way) => calm.line(way, length));
  const bursts = flat.slice(-56).reduce((a, value, at, list) => a + value - calm.at(length - list.length + at), 0) / Math.min(56, length);
  // shares that are drawn towards 1 tell a little too little of the week: what they miss of the known days is made up for
  const since = Math.max(0, length - 56);
  let [real, told] = [0, 0];
  for (let day = since; day < length; day++) {
    real += series[day] as number;
    told += (calm.smooth(day) + bursts) * share(day);
  }
  const scale = told > 0 ? real / told : 1;
  const days = Array.from({ length: horizon }, (_, ahead) => {
    const level = lines.reduce((sum, line, at) => sum + (weights[at] as number) * line(ahead), 0);
    return Math.max(0, (level * (1 - bias) + bursts) * share(length + ahead) * scale);
  });
  const likely = days.reduce((a, b) => a + b, 0);
  const level = likely / horizon;

  const scatter = Math.sqrt(
    flat.slice(-42).reduce((a, value, at, list) => a + (value - calm.smooth(length - list.length + at)) ** 2, 0) / Math.max(1, Math.min(42, length) - 1),
  );
  const tests = Math.max(0, length - 6);
  const drift = (level ** 2 * (prior.weight * prior.error ** 2 + Math.min(tests, 28) * error)) / (prior.weight + Math.min(tests, 28));
  const sd = Math.sqrt(horizon ** 2 * drift * Math.max(1, horizon / 14) + horizon * scatter ** 2 * (1 + horizon / Math.min(length, 28)));
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
  const raw = sums.map(({ ratio, weight }) => (ratio + 0.5) / (weight + 0.5));
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
/** Weeks that a trend is told by. */
const trendWeeks = { least: 5, most: 12 } as const;
/** Whether the weeks go up or down all along: a line through the logarithms of their means fits far better than one step does, and than nothing does. */
function isSteadyTrend(past: Past): boolean {
  const weeks = Math.min(trendWeeks.most, Math.floor(past.length / 7));
  if (weeks < trendWeeks.least) return false;
  const means = Array.from({ length: weeks }, (_, at) => past.mean(past.length - 7 * (weeks - at), past.length - 7 * (weeks - at - 1)));
  if (means.some((one) => !(one > 0))) return false;
  const logs = means.map(Math.log);
  const spread = (list: readonly number[]): number => {
    const middle = list.reduce((a, b) => a + b, 0) / list.length;
    return list.reduce((a, b) => a + (b - middle) ** 2, 0);
  };
  const whole = spread(logs);
  const middle = (weeks - 1) / 2;
  const slope = logs.reduce((a, value, at) => a + (at - middle) * value, 0) / ((weeks * (weeks ** 2 - 1)) / 12);
  const line = Math.max(0, whole - (slope ** 2 * weeks * (weeks ** 2 - 1)) / 12);
  const step = Math.min(...logs.slice(1).map((_, at) => spread(logs.slice(0, at + 1)) + spread(logs.slice(at + 1))));
  return line < 0.6 * step && line < 0.35 * whole;
}
/** Relative error, the same in both directions and never beyond 2: a week that cost ten times as much is one week that was missed, not a hundred. */
function missed(told: number, real: number): number {
  const value = Math.max(0, told);
  return value === real ? 0 : (2 * (value - real)) / (value + real);
}
/** How much each way counts, the squared relative error of the mixture's mean over the days ahead, and how far it is off in one direction: all from the days that are known, the newest most.
 * @param steady the weeks have a trend: only then a miss in one direction is taken to go on */
function tested(past: Past, horizon: number, steady: boolean): { weights: readonly number[]; error: number; bias: number } {
  const origins: { readonly real: number; readonly told: readonly number[]; readonly weight: number }[] = [];
  for (let end = Math.max(3, past.length - 56); end <= past.length - 2; end++) {
    const ahead = Math.min(horizon, past.length - end);
    const told = ways.map((way) => {
      const line = past.line(way, end);
      let sum = 0;
      for (let day = 0; day < ahead; day++) sum += line(day);
      return sum / ahead;
    });
    origins.push({ real: past.mean(end, end + ahead), told, weight: (ahead / horizon) * dailyFading ** (past.length - end) });
  }
  if (origins.length === 0) return { weights: ways.map(({ first }) => first), error: 0, bias: 0 };
  const whole = origins.reduce((a, { weight }) => a + weight, 0);
  const meanSquare = (of: (told: readonly number[]) => number): number =>
    origins.reduce((a, { real, told, weight }) => a + weight * missed(of(told), real) ** 2, 0) / whole;
  const errors = ways.map((_, at) => meanSquare((told) => told[at] as number));
  const floor = 1e-12 + Math.max(...errors) * 1e-6;
  const raw = errors.map((one) => (one + floor) ** -sharpness);

  const all = raw.reduce((a, b) => a + b, 0);
  const known = origins.length / (origins.length + habit);
  const weights = raw.map((one, at) => (known * one) / all + (1 - known) * (ways[at] as (typeof ways)[number]).first);
  const mixed = origins.map(({ real, told, weight }) => ({
    weight,
    off: missed(
      told.reduce((sum, one, at) => sum + one * (weights[at] as number), 0),
      real,
    ),
  }));
  const mean = mixed.reduce((a, { weight, off }) => a + weight * off, 0) / whole;
  const scatter = mixed.reduce((a, { weight, off }) => a + weight * (off - mean) ** 2, 0) / whole;
  // tests of days that follow each other overlap: they count as fewer
  const independent = Math.max(1, origins.length / horizon);
  const sure = mean === 0 ? 0 : mean ** 2 / (mean ** 2 + scatter / independent);
  const bias = steady ? sure * mean : 0;
  const error = mixed.reduce((a, { weight, off }) => a + weight * off ** 2, 0) / whole;
  return { weights, error, bias };
}
