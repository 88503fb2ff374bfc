import type { Catalog } from '../../server/src/core/catalog/catalog.js';
import { cacheQuantities, computeServing } from '../../server/src/core/estimate/serving/compute.js';
import { distanceOf, regimeOf, type Spreads, supportKeys, traitsOf } from '../../server/src/core/estimate/serving/intervals.js';
import { priorOf, thetaOf } from '../../server/src/core/estimate/serving/theta.js';
import { type ServingCase, servingCase } from '../../server/src/core/estimate/serving/workload.js';
import { FactReader } from '../../server/src/core/estimate/spec.js';
import { type Spread, spreadOf, spreadsByRegime } from './conformal.js';
import { familyFolds } from './folds.js';
import { type FitPoint, robustFit } from './robust-fit.js';
import { isPool, type MeasuredRow, trusted } from './rows.js';
import { fitSpreads, type SpreadModel } from './spread-model.js';

/** Quantities that are fitted and scored. */
const scoredMetrics = [
  'output_tokens_per_s',
  'total_tokens_per_s',
  'decode_tokens_per_s',
  'prefill_tokens_per_s',
  'ttft_ms',
  'tpot_ms',
  'latency_ms',
  'images_per_s',
  'requests_per_s',
  'iterations_per_s',
  'peak_memory_gib',
  'kv_capacity_tokens',
  'kv_pool_gib',
] as const;
type Metric = (typeof scoredMetrics)[number];

interface Prepared {
  readonly row: MeasuredRow;
  readonly each: ServingCase;
  readonly metrics: readonly Metric[];
}

/** Rows that count, each resolved once. */
function prepare(rows: readonly MeasuredRow[], catalog: Catalog): readonly Prepared[] {
  return rows
    .filter((row) => row.kind !== 'training' && trusted(row))
    .map((row) => {
      const each = servingCase(new FactReader({ kind: 'serving', facts: row.facts }), catalog);
      const metrics = scoredMetrics.filter((metric) => (row.measured[metric] ?? 0) > 0 && !(metric === 'peak_memory_gib' && isPool(row)));
      return { row, each, metrics };
    })
    .filter((prepared) => prepared.metrics.length > 0);
}

const perFamily = 80;
const fullWeight = 25;

/** At most `perFamily` rows a family and metric pattern, evenly spread, so that near copies neither rule nor cost time. */
function thinned(prepared: readonly Prepared[]): readonly Prepared[] {
  const groups = new Map<string, Prepared[]>();
  for (const each of prepared) {
    const key = `${each.row.family}|${each.metrics.join(',')}`;
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups.values()].flatMap((group) =>
    group.length <= perFamily ? group : Array.from({ length: perFamily }, (_, at) => group[Math.floor((at * group.length) / perFamily)]!),
  );
}

/** Coefficients fitted to some rows: those of the cache on start-up logs first, then all others beside them. */
function fitTheta(prepared: readonly Prepared[], start?: Readonly<Record<string, number>>, iterations = 40): Record<string, number> {
  const caches = prepared.filter(ofCache);
  const cache = fitPart(caches, {}, start, iterations);
  return {
    ...cache,
    ...fitPart(
      prepared.filter((each) => !ofCache(each)),
      cache,
      start,
      iterations,
    ),
  };
}

/** True for a start-up log, which says what the cache holds and nothing else. */
const ofCache = ({ metrics }: Prepared): boolean => metrics.every((metric) => cacheQuantities.includes(metric));

function fitPart(
  prepared: readonly Prepared[],
  known: Readonly<Record<string, number>>,
  start: Readonly<Record<string, number>> | undefined,
  iterations: number,
): Record<string, number> {
  const chosen = thinned(prepared);
  const counts = new Map<string, number>();
  for (const each of chosen)
    for (const metric of each.metrics) counts.set(`${each.row.family}|${metric}`, (counts.get(`${each.row.family}|${metric}`) ?? 0) + 1);
  const wanted = chosen.map(({ metrics }) => new Set<string>(metrics));
  const points: FitPoint[] = chosen.map(({ row, each, metrics }, at) => ({
    targets: metrics.map((metric) => Math.log(row.measured[metric] ?? 1)),
    weights: metrics.map(
      (metric) =>
        fullWeight /
        (fullWeight + (counts.get(`${row.family}|${metric}`) ?? 1)) /
        Math.sqrt(metrics.length) /
        (each.task === 'seq2seq' ? 10 : 1) /
        (regimeOf(metric, each).endsWith('-tight') ? 10 : 1),
    ),
    predict(values, touched) {
      const fitted = thetaOf(values);
      const theta = { log: (name: string) => known[name] ?? fitted.log(name) };
      const reader = touched === undefined ? theta : { log: (name: string) => touched.add(name) && theta.log(name) };
      const computed = computeServing(each, reader, wanted[at]);
      return metrics.map((metric) => {
        const value = computed[metric]?.value;
        return value === undefined ? undefined : Math.log(value);
      });
    },
  }));
  return robustFit(points, {
    prior: (name) => priorOf(name) ?? { mean: 0, sd: 0.1 },
    noise: 0.25,
    iterations,
    frozen: new Set(Object.keys(known)),
    ...(start === undefined ? {} : { start }),
  });
}

/** A prediction of a row that its own publisher had no part in. */
interface HeldOutRow {
  readonly row: MeasuredRow;
  readonly each: ServingCase;
  readonly metric: Metric;
  readonly ratio: number;
  readonly far: readonly string[];
}

/** Coefficients for each fold of publishers, fitted on the others. */
interface ServingFold {
  readonly families: readonly string[];
  readonly theta: Readonly<Record<string, number>>;
  readonly seen: ReadonlySet<string>;
}

function foldsOf(prepared: readonly Prepared[], full: Readonly<Record<string, number>>, folds: readonly (readonly string[])[]): readonly ServingFold[] {
  return folds.map((families) => {
    const out = new Set(families);
    const train = prepared.filter((each) => !out.has(each.row.family));
    return { families, theta: fitTheta(train, restart(full, train), 15), seen: new Set(train.flatMap((each) => traitsOf(each.each))) };
  });
}

/** Publishers in ten groups: large ones by themselves, small ones together; no publisher is ever on both sides. */
const eachFamily = (prepared: readonly Prepared[]): string[][] => {
  const folds = (part: readonly Prepared[]) =>
    familyFolds(
      part.map((each) => each.row.family),
      10,
    );
  const runs = folds(prepared.filter((each) => !ofCache(each)));
  const logs = folds(prepared.filter(ofCache));
  return runs.map((families, at) => [...families, ...(logs[at] ?? [])]);
};

function heldOut(prepared: readonly Prepared[], folds: readonly ServingFold[]): readonly HeldOutRow[] {
  return folds.flatMap(({ families, theta, seen }) =>
    prepared
      .filter((each) => families.includes(each.row.family))
      .flatMap(({ row, each, metrics }) => {
        const computed = computeServing(each, thetaOf(theta));
        return metrics.flatMap((metric) => {
          const value = computed[metric]?.value;
          return value === undefined ? [] : [{ row, each, metric, ratio: value / (row.measured[metric] ?? 1), far: distanceOf(each, seen, metric) }];
        });
      }),
  );
}

/** Starting values for a fold: effects that only the left-out family touched go back to their priors. */
function restart(full: Readonly<Record<string, number>>, train: readonly Prepared[]): Record<string, number> {
  const touched = new Set<string>();
  for (const each of thinned(train)) {
    const theta = thetaOf(full);
    computeServing(each.each, { log: (name) => touched.add(name) && theta.log(name) });
  }
  return Object.fromEntries(Object.entries(full).filter(([name]) => touched.has(name)));
}

/** Numbers of the serving section: coefficients, spreads of what was held out, and what was measured at all. */
export function calibrateServing(rows: readonly MeasuredRow[], catalog: Catalog): { readonly coefficients: Record<string, unknown> } {
  const prepared = prepare(rows, catalog);
  const full = fitTheta(prepared);
  return { coefficients: sectionOf(prepared, full, heldOut(prepared, foldsOf(prepared, full, eachFamily(prepared)))) };
}

/** For scoring: sections whose coefficients know nothing of the families named beside them. Spreads come from all held-out rows but theirs. */
export function crossFitServing(
  rows: readonly MeasuredRow[],
  catalog: Catalog,
): readonly { readonly families: readonly string[]; readonly coefficients: Record<string, unknown> }[] {
  const prepared = prepare(rows, catalog);
  const full = fitTheta(prepared);
  const folds = foldsOf(prepared, full, eachFamily(prepared));
  const held = heldOut(prepared, folds);
  return folds.map(({ families, theta }) => {
    const others = prepared.filter((each) => !families.includes(each.row.family));
    return {
      families,
      coefficients: sectionOf(
        others,
        theta,
        held.filter((each) => !families.includes(each.row.family)),
      ),
    };
  });
}

function sectionOf(prepared: readonly Prepared[], theta: Readonly<Record<string, number>>, held: readonly HeldOutRow[]): Record<string, unknown> {
  const runs = held.filter(({ metric }) => !cacheQuantities.includes(metric));
  const model = fitSpreads(
    runs.map(({ row, each, metric, ratio, far }) => ({ family: row.family, metric, regime: regimeOf(metric, each), residual: Math.log(ratio), far })),
    distances,
  );
  const spread = {
    ...conformalSpreads(runs, model),
    ...cacheSpreads(
      held.filter(({ metric }) => cacheQuantities.includes(metric)),
      model,
    ),
  };
  const distance = Object.fromEntries(distances.map((kind) => [kind, rounded(model.factors[kind] ?? 1)]));
  const support = new Map<string, { rows: number; families: Set<string> }>();
  for (const { row, each, metrics } of prepared)
    for (const metric of metrics)
      for (const key of supportKeys(metric, each)) {
        const entry = support.get(key) ?? { rows: 0, families: new Set() };
        entry.rows++;
        entry.families.add(row.family);
        support.set(key, entry);
      }
  const section: Spreads = {
    spread: Object.fromEntries(Object.entries(spread).map(([key, { half, rows: n, families }]) => [key, { half: rounded(half), rows: n, families }])),
    distance,
    support: Object.fromEntries([...support].map(([key, { rows: n, families }]) => [key, [n, families.size]])),
    seen: [...new Set(prepared.flatMap(({ each }) => traitsOf(each)))].sort(),
  };
  const moved = Object.entries(theta).filter(([name, value]) => Math.abs(value - (priorOf(name)?.mean ?? 0)) > 5e-4);
  return { ...section, theta: Object.fromEntries(moved.map(([name, value]) => [name, rounded(value)])) };
}

const rounded = (value: number): number => Number(value.toFixed(4));

const distances = ['engine', 'chip', 'format', 'task', 'chip-data', 'shape', 'load'];

/** Half-widths by regime: the model's spread times what holds nine in ten of the quantity's held-out figures; a quantity of few publishers leans on all of them. */
function conformalSpreads(held: readonly HeldOutRow[], model: SpreadModel): Readonly<Record<string, Spread>> {
  const scaled = held.map(({ row, each, metric, ratio, far }) => ({
    family: row.family,
    metric,
    regime: regimeOf(metric, each),
    residual: Math.log(ratio),
    scale: model.scale(metric, regimeOf(metric, each), far),
  }));
  const overall = spreadOf(scaled, share);
  const result: Record<string, Spread> = {};
  for (const metric of [...new Set(scaled.map((one) => one.metric))].sort()) {
    const own = scaled.filter((one) => one.metric === metric);
    const spread = spreadOf(own, share);
    const trust = spread.families / (spread.families + borrow);
    const times = trust * spread.half + (1 - trust) * overall.half;
    result[`${metric}/all`] = { ...spread, half: times * model.scale(metric, '', []) };
    for (const regime of [...new Set(own.map((one) => one.regime))].sort()) {
      const part = own.filter((one) => one.regime === regime);
      result[regime] = { half: times * model.scale(metric, regime, []), rows: part.length, families: new Set(part.map((one) => one.family)).size };
    }
  }
  return result;
}

/** Half-widths of the cache's quantities, each regime by itself: whether weights leave room decides how well the rest is known, many times over. */
function cacheSpreads(held: readonly HeldOutRow[], model: SpreadModel): Readonly<Record<string, Spread>> {
  return spreadsByRegime(
    held.map(({ row, each, metric, ratio, far }) => ({
      family: row.family,
      regime: regimeOf(metric, each),
      residual: Math.log(ratio),
      scale: far.reduce((factor, kind) => factor * Math.max(1, model.factors[kind] ?? 1), 1),
    })),
    share,
  );
}

const share = 0.9;
const borrow = 3;
