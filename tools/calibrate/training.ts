import type { Catalog } from '../../server/src/core/catalog/catalog.js';
import { memoryKnobs, type SpeedKnob, speedKnobs, starts, type TrainingCoefficients } from '../../server/src/core/estimate/training/coefficients.js';
import { evaluationOf } from '../../server/src/core/estimate/training/evaluation.js';
import { distance, expectedDistances, kindOf, type Quantity, waysOf } from '../../server/src/core/estimate/training/intervals.js';
import type { TrainingJob } from '../../server/src/core/estimate/training/job.js';
import { memoryParts } from '../../server/src/core/estimate/training/memory.js';
import { overheadOf, withOverhead } from '../../server/src/core/estimate/training/overhead.js';
import { trainingJob } from '../../server/src/core/estimate/training/read-job.js';
import { predictSpeed } from '../../server/src/core/estimate/training/speed.js';
import { jobWork } from '../../server/src/core/estimate/training/work.js';
import { spreadsByRegime } from './conformal.js';
import { familyWeights, fitValues, type Searched, type Target } from './fit.js';
import { familyFolds } from './folds.js';
import { type MeasuredRow, trusted, workStated } from './rows.js';
import { fitSpreads } from './spread-model.js';

interface Figure {
  readonly family: string;
  readonly job: TrainingJob;
  readonly quantity: Quantity;
  residual(fitted: Fitted): number;
}

/** A held-out figure: whose it is, of what regime, its log residual, and the ways in which its job lies away from what was fitted. */
interface Held {
  readonly family: string;
  readonly regime: string;
  readonly residual: number;
  readonly ways: readonly string[];
}

/** How wide intervals are: what each way widens by, then the half-width that holds nine in ten by regime. */
function widthsOf(held: readonly Held[]): Pick<TrainingCoefficients, 'spread' | 'distances'> {
  const residuals = held.map(({ family, regime, residual, ways }) => ({ family, metric: regime.split('/')[0] ?? '', regime, residual, far: ways }));
  // That something fits is a promise: its ways stay as wide as they are expected to be.
  const met = Object.keys(expectedDistances).filter((way) => !way.startsWith('memory:') && held.some(({ ways }) => ways.includes(way)));
  const { factors: distances } = fitSpreads(residuals, met, (way) => expectedDistances[way] ?? 1);
  const scaled = held.map((one) => ({ ...one, scale: one.ways.reduce((far, way) => far * (distances[way] ?? expectedDistances[way] ?? 1), 1) }));
  return { spread: spreadsByRegime(scaled), distances };
}

export type Fitted = Pick<TrainingCoefficients, 'speed' | 'memory' | 'frameworks'>;

const folds = 8;

/** Fits the training model to measured runs, and its intervals to runs whose publisher was left out. Deterministic. */
export function calibrateTraining(rows: readonly MeasuredRow[], catalog: Catalog): { coefficients: Record<string, unknown> } {
  const figures = figuresOf(rows, catalog);
  const families = familyFolds(
    rows.map((row) => row.family),
    folds,
  );
  const heldOut = families.flatMap((names) => leftOut(figures, names).heldOut);
  return { coefficients: rounded({ ...fitTraining(figures), ...widthsOf(heldOut) }) };
}

/** For each fold, numbers that know nothing of its families: neither the fit nor the width of the intervals. */
export function crossFitTraining(
  rows: readonly MeasuredRow[],
  catalog: Catalog,
  split: readonly (readonly string[])[],
): { families: readonly string[]; coefficients: Record<string, unknown> }[] {
  const figures = figuresOf(rows, catalog);
  const parts = split.map((names) => ({ names, ...leftOut(figures, names) }));
  return parts.map(({ names, fitted }) => {
    const out = new Set(names);
    const others = parts.flatMap((part) => part.heldOut).filter((point) => !out.has(point.family));
    return { families: names, coefficients: { ...fitted, ...widthsOf(others) } };
  });
}

function leftOut(figures: readonly Figure[], names: readonly string[]): { fitted: Fitted; heldOut: Held[] } {
  const out = new Set(names);
  const fitted = fitTraining(figures.filter((figure) => !out.has(figure.family)));
  return {
    fitted,
    heldOut: residualsOf(
      figures.filter((figure) => out.has(figure.family)),
      fitted,
    ),
  };
}

/** Figures that count: those of trusted rows, one speed a row. */
function figuresOf(rows: readonly MeasuredRow[], catalog: Catalog): Figure[] {
  const context = { catalog, coefficients: { training: {}, serving: {} } };
  return rows
    .filter((row) => row.kind === 'training' && trusted(row))
    .flatMap((row) => {
      const job = trainingJob({ kind: 'training', facts: row.facts }, context);
      const figures: Figure[] = [];
      const { tokens_per_s_per_gpu: rate, samples_per_s: samples, step_time_s: step, gpu_hours: hours, peak_memory_gib: memory } = row.measured;
      const isSample = job.sample !== undefined && job.sample.tokens === undefined;
      const { layout } = job;
      const perSample = isSample ? 1 : job.seq;
      // One speed a row, as units (tokens or samples) a second over all devices.
      const measured =
        rate !== undefined && !isSample
          ? (rate / job.realShare) * layout.gpus
          : samples !== undefined
            ? samples * perSample
            : step !== undefined && layout.globalBatch !== undefined
              ? (layout.globalBatch * perSample) / step
              : undefined;
      if (measured !== undefined && measured > 0)
        figures.push({ family: row.family, job, quantity: 'speed', residual: (c) => speedResidual(job, c, measured) });
      const work = jobWork(job);
      if (hours !== undefined && hours > 0 && workStated(row.facts) && work.tokens !== undefined) {
        const { tokens } = work;
        figures.push({
          family: row.family,
          job,
          quantity: 'hours',
          residual: (c) => {
            const speed = predictSpeed(job, c);
            if (!speed) return Number.NaN;
            const perDevice = (speed.step.units / speed.step.total / layout.gpus) * job.realShare;
            const over = overheadOf(job, c.speed, evaluationOf(job, work));
            return over === undefined ? Number.NaN : Math.log(withOverhead(tokens / perDevice / 3600, over, layout.gpus) / hours);
          },
        });
      }
      if (memory !== undefined && memory > 0) figures.push({ family: row.family, job, quantity: 'memory', residual: (c) => memoryResidual(job, c, memory) });
      return figures;
    });
}

function speedResidual(job: TrainingJob, fitted: Fitted, measured: number): number {
  const speed = predictSpeed(job, fitted);
  return speed ? Math.log(measured / (speed.step.units / speed.step.total)) : Number.NaN;
}

function memoryResidual(job: TrainingJob, fitted: Fitted, measured: number): number {
  const parts = memoryParts(job, fitted.memory);
  return parts ? Math.log(Object.values(parts).reduce((sum, part) => sum + part, 0) / 2 ** 30 / measured) : Number.NaN;
}

/** Fits all numbers to the figures. */
function fitTraining(figures: readonly Figure[]): Fitted {
  const speed = figures.filter((figure) => figure.quantity === 'speed');
  const hours = figures.filter((figure) => figure.quantity === 'hours' && kindOf(figure.job) === 'language');
  const memory = figures.filter((figure) => figure.quantity === 'memory');
  const memoryStart = starts(memoryKnobs);
  const speedStart = starts(speedKnobs);
  const speedWeights = familyWeights(speed.map((figure) => figure.family));
  const speedOwn = ownLevels(speed);
  const fittedRates = fitValues(
    { ...speedKnobs, ...speedOwn.knobs },
    speed.map((figure, at): Target<Record<string, number>> => {
      const level = speedOwn.names[at] ?? '';
      return {
        weight: (speedWeights[at] ?? 0) * clarity(figure),
        residual: (values) =>
          figure.residual({ speed: values as Record<SpeedKnob, number>, memory: memoryStart, frameworks: {} }) + Math.log(values[level] ?? 1),
      };
    }),
  );
  const rates = only(speedKnobs, fittedRates);
  // What a job takes beyond its steps shows only in whole jobs, and they say nothing else that the steps do not say better.
  const hourWeights = familyWeights(hours.map((figure) => figure.family));
  const { overhead } = fitValues(
    { overhead: speedKnobs['hours.overhead'] },
    hours.map((figure, at) => ({
      weight: hourWeights[at] ?? 0,
      residual: (value) => figure.residual({ speed: { ...rates, 'hours.overhead': value.overhead }, memory: memoryStart, frameworks: {} }),
    })),
  );
  const speedValues = { ...rates, 'hours.overhead': overhead };
  const memoryWeights = familyWeights(memory.map((figure) => figure.family));
  const memoryValues = fitValues(
    memoryKnobs,
    memory.map((figure, at) => ({
      weight: (memoryWeights[at] ?? 0) * clarity(figure),
      residual: (values) => figure.residual({ speed: speedStart, memory: values, frameworks: {} }),
    })),
  );
  const plain: Fitted = { speed: speedValues, memory: memoryValues, frameworks: {} };
  return { ...plain, frameworks: deviations(speed, plain) };
}

/** A publisher's own level by kind of work: what its machines, versions and habits add to every run of it. It is fitted beside the numbers, so that these are
 * learnt from what differs inside a publisher, and dropped afterwards, because the next publisher's is unknown (a random intercept: Laird and Ware 1982). */
function ownLevels(figures: readonly Figure[]): { knobs: Record<string, Searched>; names: readonly string[] } {
  const names = figures.map((figure) => (/sample|encoder/.test(kindOf(figure.job)) ? `level/${figure.family}/${kindOf(figure.job)}` : ''));
  const knob: Searched = { start: 1, ease: 0.4, low: 0.1, high: 10 };
  return { knobs: Object.fromEntries(names.filter((n) => n !== '').map((name) => [name, knob])), names };
}

const only = <K extends string>(knobs: Readonly<Record<K, unknown>>, values: Readonly<Record<string, number>>): Record<K, number> =>
  Object.fromEntries(Object.keys(knobs).map((name) => [name, values[name]])) as Record<K, number>;

/** Rows with facts missing are noisier: they weigh by the inverse square of the width of their interval. */
const clarity = (figure: Figure): number => distance(figure.job, figure.quantity, expectedDistances) ** -2;

/** How named stacks deviate from their class: the shrunken median of their publishers' log residuals. */
function deviations(figures: readonly Figure[], fitted: Fitted): Record<string, number> {
  const byStack = new Map<string, Map<string, number[]>>();
  for (const figure of figures) {
    if (figure.quantity !== 'speed' || !figure.job.framework.stated || figure.job.framework.name === 'pytorch') continue;
    const residual = figure.residual(fitted);
    if (!Number.isFinite(residual)) continue;
    const stack = byStack.get(figure.job.framework.name) ?? new Map<string, number[]>();
    stack.set(figure.family, [...(stack.get(figure.family) ?? []), residual]);
    byStack.set(figure.job.framework.name, stack);
  }
  const result: Record<string, number> = {};
  for (const [name, families] of [...byStack].sort((a, b) => (a[0] < b[0] ? -1 : 1))) {
    const medians = [...families.values()].filter((list) => list.length >= 3).map((list) => median(list));
    if (medians.length === 0) continue;
    const mean = medians.reduce((sum, one) => sum + one, 0) / medians.length;
    // Residuals here are log(predicted time ÷ measured time); a stack that is slower than predicted needs a longer time.
    result[name] = (-mean * medians.length) / (medians.length + 1);
  }
  return result;
}

/** Held-out residuals with the width that the model of distance gives them. */
function residualsOf(figures: readonly Figure[], fitted: Fitted): Held[] {
  return figures
    .map((figure) => ({
      family: figure.family,
      regime: `${figure.quantity}/${kindOf(figure.job)}`,
      residual: figure.residual(fitted),
      ways: waysOf(figure.job, figure.quantity),
    }))
    .filter((point) => Number.isFinite(point.residual));
}

const median = (list: readonly number[]): number => {
  const sorted = [...list].sort((a, b) => a - b);
  return ((sorted[Math.floor((sorted.length - 1) / 2)] ?? 0) + (sorted[Math.ceil((sorted.length - 1) / 2)] ?? 0)) / 2;
};

/** Four significant digits: more would claim what the data cannot say. */
function rounded<T>(value: T): T extends object ? Record<string, unknown> : T {
  const round = (one: unknown): unknown =>
    typeof one === 'number'
      ? Number(one.toPrecision(4))
      : typeof one === 'object' && one !== null
        ? Object.fromEntries(Object.entries(one).map(([key, inner]) => [key, round(inner)]))
        : one;
  return round(value) as never;
}
