import type { Interval } from '../../server/src/core/model/estimate.js';
import { isPool, type MeasuredRow, trusted, workStated } from './rows.js';

/** Quantities that are scored, as `score-predictions` scores them, by the names that people read. */
export const metricNames: Readonly<Record<string, string>> = {
  tokens_per_s_per_gpu: 'tokens/s per GPU',
  samples_per_s: 'samples/s',
  images_per_s: 'images/s',
  step_time_s: 'step time',
  gpu_hours: 'GPU-hours, work stated',
  peak_memory_gib: 'peak memory',
  kv_capacity_tokens: 'KV capacity in tokens',
  kv_pool_gib: 'memory for the KV cache',
  output_tokens_per_s: 'output tokens/s',
  total_tokens_per_s: 'total tokens/s',
  requests_per_s: 'requests/s',
  prefill_tokens_per_s: 'prefill tokens/s',
  decode_tokens_per_s: 'decode tokens/s',
  ttft_ms: 'time to first token',
  tpot_ms: 'time per output token',
  latency_ms: 'latency',
};
const scoredMetrics = Object.keys(metricNames);

export type Answers = ReadonlyMap<string, Readonly<Record<string, Interval>>>;

export interface Point {
  readonly id: string;
  readonly family: string;
  readonly task: string;
  readonly chip: string;
  readonly model: string;
  readonly flags: readonly string[];
  readonly measured: number;
  readonly likely: number;
  readonly metric: string;
  readonly answered: boolean;
  readonly ratio: number;
  readonly error: number;
  readonly covered: boolean;
  readonly width: number;
}

/** One figure a point: a measured quantity against its estimate. */
export function pointsOf(rows: readonly MeasuredRow[], answers: Answers): Point[] {
  return rows.filter(trusted).flatMap((row) =>
    scoredMetrics.flatMap((metric) => {
      const measured = row.measured[metric];
      if (measured === undefined || !(measured > 0) || (metric === 'peak_memory_gib' && isPool(row)) || (metric === 'gpu_hours' && !workStated(row.facts)))
        return [];
      const guess = answers.get(row.id)?.[metric];
      const answered = guess !== undefined && guess.likely > 0;
      const ratio = answered ? guess.likely / measured : Number.NaN;
      return [
        {
          id: row.id,
          family: row.family,
          task: row.task,
          chip: String(row.facts['gpu_type'] ?? 'not stated'),
          model: String(row.facts['model'] ?? row.facts['model_name'] ?? 'not stated'),
          flags: row.flags ?? [],
          measured,
          likely: answered ? guess.likely : Number.NaN,
          metric,
          answered,
          ratio,
          error: Math.exp(Math.abs(Math.log(ratio))) - 1,
          covered: answered && guess.low <= measured && measured <= guess.high,
          width: answered ? guess.high / guess.low : Number.NaN,
        },
      ];
    }),
  );
}

const ascending = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);
const quantile = (sorted: readonly number[], q: number): number => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
const middle = (sorted: readonly number[]): number =>
  ((sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN) + (sorted[Math.ceil((sorted.length - 1) / 2)] ?? Number.NaN)) / 2;
const percent = (x: number): string => (Number.isFinite(x) ? `${(100 * x).toFixed(0)} %` : '–');

/** What a group of figures shows. Shares and errors are shares of one. */
export interface Summary {
  readonly figures: number;
  readonly families: number;
  readonly answered: number;
  readonly median: number;
  /** Median over publishers of each one's median. */
  readonly overFamilies: number;
  readonly ninth: number;
  readonly bias: number;
  readonly covered: number;
  readonly width: number;
}

export function summaryOf(group: readonly Point[]): Summary {
  const answered = group.filter((point) => point.answered);
  const errors = ascending(answered.map((point) => point.error));
  const byFamily = new Map<string, number[]>();
  for (const point of answered) byFamily.set(point.family, [...(byFamily.get(point.family) ?? []), point.error]);
  return {
    figures: group.length,
    families: new Set(group.map((point) => point.family)).size,
    answered: answered.length / group.length,
    median: quantile(errors, 0.5),
    overFamilies: middle(ascending([...byFamily.values()].map((list) => quantile(ascending(list), 0.5)))),
    ninth: quantile(errors, 0.9),
    bias: quantile(ascending(answered.map((point) => point.ratio)), 0.5),
    covered: answered.filter((point) => point.covered).length / answered.length,
    width: quantile(ascending(answered.map((point) => point.width)), 0.5),
  };
}

function line(name: string, group: readonly Point[]): string {
  const { figures, families, answered, median, overFamilies, ninth, bias, covered, width } = summaryOf(group);
  return [
    name,
    figures,
    families,
    percent(answered),
    percent(median),
    percent(overFamilies),
    percent(ninth),
    bias.toFixed(2),
    percent(covered),
    width.toFixed(2),
  ].join(' | ');
}

/** The table of errors: a line a metric, and one for each task with at least eight figures. */
export function table(points: readonly Point[], title: string): string[] {
  const lines = [title, 'metric | rows | families | answered | median error | over families | p90 | bias | covered | high/low'];
  for (const metric of scoredMetrics) {
    const group = points.filter((point) => point.metric === metric);
    if (group.length === 0) continue;
    lines.push(line(metric, group));
    for (const task of new Set(group.map((point) => point.task))) {
      const part = group.filter((point) => point.task === task);
      if (part.length >= 8 && part.length < group.length) lines.push(line(`${metric} · ${task}`, part));
    }
  }
  return lines;
}

/** Each family's median error and bias, by metric: where the model is wrong. */
export function familyLines(points: readonly Point[]): string[] {
  return scoredMetrics.flatMap((metric) => {
    const group = points.filter((point) => point.metric === metric && point.answered);
    return [...new Set(group.map((point) => point.family))].sort().map((family) => {
      const own = group.filter((point) => point.family === family);
      const errors = ascending(own.map((point) => point.error));
      return `${metric} | ${family} | ${own.length} | ${percent(quantile(errors, 0.5))} | bias ${quantile(ascending(own.map((point) => point.ratio)), 0.5).toFixed(2)} | covered ${percent(own.filter((point) => point.covered).length / own.length)}`;
    });
  });
}
