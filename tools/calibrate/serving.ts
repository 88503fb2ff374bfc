import type { Catalog } from '../../server/src/core/catalog/catalog.js';
import { computeServing } from '../../server/src/core/estimate/serving/compute.js';
import { priorOf, thetaOf } from '../../server/src/core/estimate/serving/theta.js';
import { type ServingCase, servingCase } from '../../server/src/core/estimate/serving/workload.js';
import { FactReader } from '../../server/src/core/estimate/spec.js';
import type { FactValue } from '../../server/src/core/model/fact.js';
import { type FitPoint, robustFit } from './robust-fit.js';

/** One published measurement. */
export interface MeasuredRow {
  readonly id: string;
  readonly kind: string;
  readonly task: string;
  readonly facts: Readonly<Record<string, FactValue>>;
  readonly measured: Readonly<Record<string, number>>;
  readonly source_id: string;
  readonly source: string;
  readonly date?: string | null;
  readonly family: string;
  readonly flags?: readonly string[];
}

/** Quantities that are fitted and scored. */
export const scoredMetrics = ['output_tokens_per_s', 'total_tokens_per_s', 'decode_tokens_per_s', 'prefill_tokens_per_s', 'ttft_ms', 'tpot_ms', 'latency_ms', 'images_per_s', 'requests_per_s', 'peak_memory_gib'] as const;
type Metric = (typeof scoredMetrics)[number];

interface Prepared {
  readonly row: MeasuredRow;
  readonly each: ServingCase;
  readonly metrics: readonly Metric[];
}

const excluded = /^(suspect|estimated-not-measured|duplicate-measurement|precision-as-declared)/;
const pools = (row: MeasuredRow) => /^(vllm|sglang|tensorrt-llm|lmdeploy|deepspeed)/.test(String(row.facts['engine'] ?? '')) || (row.flags ?? []).some((flag) => /pre-?allocation/.test(flag));

/** Rows that count, each resolved once. */
export function prepare(rows: readonly MeasuredRow[], catalog: Catalog): readonly Prepared[] {
  return rows
    .filter((row) => row.kind !== 'training' && !(row.flags ?? []).some((flag) => excluded.test(flag)))
    .map((row) => {
      const each = servingCase(new FactReader({ kind: 'serving', facts: row.facts }), catalog);
      const metrics = scoredMetrics.filter((metric) => (row.measured[metric] ?? 0) > 0 && !(metric === 'peak_memory_gib' && pools(row)));
      return { row, each, metrics };
    })
    .filter((prepared) => prepared.metrics.length > 0);
}

const perFamily = 110;
const fullWeight = 25;

/** At most `perFamily` rows a family and metric pattern, evenly spread, so that near copies neither rule nor cost time. */
function thinned(prepared: readonly Prepared[]): readonly Prepared[] {
  const groups = new Map<string, Prepared[]>();
  for (const each of prepared) {
    const key = `${each.row.family}|${each.metrics.join(',')}`;
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups.values()].flatMap((group) => (group.length <= perFamily ? group : Array.from({ length: perFamily }, (_, at) => group[Math.floor((at * group.length) / perFamily)]!)));
}

/** Coefficients fitted to some rows. */
export function fitTheta(prepared: readonly Prepared[], start?: Readonly<Record<string, number>>, iterations = 12): Record<string, number> {
  const chosen = thinned(prepared);
  const counts = new Map<string, number>();
  for (const each of chosen) for (const metric of each.metrics) counts.set(`${each.row.family}|${metric}`, (counts.get(`${each.row.family}|${metric}`) ?? 0) + 1);
  const points: FitPoint[] = chosen.map(({ row, each, metrics }) => ({
    targets: metrics.map((metric) => Math.log(row.measured[metric] ?? 1)),
    weights: metrics.map((metric) => fullWeight / (fullWeight + (counts.get(`${row.family}|${metric}`) ?? 1)) / Math.sqrt(metrics.length)),
    predict(values, touched) {
      const theta = thetaOf(values);
      const reader = touched === undefined ? theta : { log: (name: string) => (touched.add(name), theta.log(name)) };
      const computed = computeServing(each, reader);
      return metrics.map((metric) => {
        const value = computed[metric]?.value;
        return value === undefined ? undefined : Math.log(value);
      });
    },
  }));
  return robustFit(points, { prior: (name) => priorOf(name) ?? { mean: 0, sd: 0.1 }, noise: 0.25, iterations, ...(start === undefined ? {} : { start }) });
}

/** A prediction of a row that its own family had no part in. */
export interface HeldOut {
  readonly row: MeasuredRow;
  readonly each: ServingCase;
  readonly metric: Metric;
  readonly ratio: number;
  readonly unseen: readonly string[];
}

export function heldOut(prepared: readonly Prepared[], full: Readonly<Record<string, number>>): readonly HeldOut[] {
  const families = [...new Set(prepared.map((each) => each.row.family))].sort();
  return families.flatMap((family) => {
    const train = prepared.filter((each) => each.row.family !== family);
    const test = prepared.filter((each) => each.row.family === family);
    const theta = thetaOf(fitTheta(train, restart(full, train), 5));
    const seen = new Set(train.flatMap((each) => traits(each.each)));
    return test.flatMap(({ row, each, metrics }) => {
      const computed = computeServing(each, theta);
      return metrics.flatMap((metric) => {
        const value = computed[metric]?.value;
        return value === undefined ? [] : [{ row, each, metric, ratio: value / (row.measured[metric] ?? 1), unseen: traits(each).filter((trait) => !seen.has(trait)) }];
      });
    });
  });
}

/** Starting values for a fold: effects that only the left-out family touched go back to their priors. */
function restart(full: Readonly<Record<string, number>>, train: readonly Prepared[]): Record<string, number> {
  const touched = new Set<string>();
  for (const each of thinned(train)) {
    const theta = thetaOf(full);
    computeServing(each.each, { log: (name) => (touched.add(name), theta.log(name)) });
  }
  return Object.fromEntries(Object.entries(full).filter(([name]) => touched.has(name)));
}

/** What a case has in common with others. */
export const traits = (each: ServingCase): readonly string[] => [`engine:${each.engine.id}`, `chip:${each.device?.class ?? 'none'}`, `format:${each.format.kernels}`, `task:${each.task}`];
