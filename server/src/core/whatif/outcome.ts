import { type FactDelta, factDeltas } from '../diff/causes.js';
import { type ChangeNoise, noiseOf } from '../diff/noise.js';
import { estimate } from '../estimate/estimate.js';
import { type Fits, fitsOf } from '../estimate/fits.js';
import { mainCost } from '../estimate/main-cost.js';
import type { EstimateContext, Spec } from '../estimate/spec.js';
import type { Estimate, Estimation, Unit } from '../model/estimate.js';
import type { Supposed } from '../model/scenario.js';
import type { WorkloadKind } from '../model/workload.js';
import { suppose, type Unused } from './apply.js';

/** A workload as it stands, or as it is supposed to be. */
export interface Side {
  readonly name: string;
  readonly set: Supposed;
  readonly spec: Spec;
  readonly estimation: Estimation;
  readonly fits: Fits;
  /** Facts that differ from those in force now; the market counts as one. */
  readonly changes: readonly FactDelta[];
  readonly unused: readonly Unused[];
}
/** A quantity on one side. */
export interface Figure {
  readonly estimate?: Estimate;
  /** The most that it can be: what it will be is unknown. */
  readonly atMost?: true;
  /** Why it is unknown, and what would make it known. */
  readonly need?: string;
  /** Against now: 1 is as much. Absent where either is unknown. */
  readonly ratio?: number;
  /** The change is smaller than what the estimator can tell. */
  readonly withinNoise?: boolean;
}
export interface FigureRow {
  readonly name: string;
  readonly unit: Unit;
  /** One a side, in their order. */
  readonly figures: readonly Figure[];
}
/** A workload now (first) and under suppositions, side by side. */
export interface Outcome {
  readonly sides: readonly Side[];
  readonly rows: readonly FigureRow[];
}
export interface NamedSet {
  readonly name: string;
  readonly set: Supposed;
}
/** A workload as it is estimated now. */
export interface Now {
  readonly spec: Spec;
  readonly estimation: Estimation;
  readonly context: EstimateContext;
}
export const nowName = 'now';

/** Estimates a workload under each set of suppositions, against what is written now. */
export function outcomeOf(now: Now, sets: readonly NamedSet[], noise: ChangeNoise): Outcome {
  const first: Side = { name: nowName, set: {}, spec: now.spec, estimation: now.estimation, fits: fitsOf(now.estimation), changes: [], unused: [] };
  const sides = [first, ...sets.map((one) => sideOf(now, one))];
  return { sides, rows: rowsOf(sides, now.spec.kind, noise) };
}

/** One set of suppositions, estimated. */
export function sideOf({ spec, context, estimation }: Now, { name, set }: NamedSet): Side {
  const { spec: other, context: there, unused } = suppose(spec, context, set);
  const changes = [...factDeltas(spec, other), ...marketDelta(context, there)];
  const same = changes.length === 0 && there === context;
  const supposed = same ? estimation : estimate(other, there);
  return { name, set, spec: other, estimation: supposed, fits: fitsOf(supposed), changes, unused };
}
/** The market is the workspace's choice, not a fact of the code: nobody says it, and the list price holds. */
function marketDelta(before: EstimateContext, after: EstimateContext): FactDelta[] {
  if (before.market === after.market) return [];
  return [{ fact: 'market', from: before.market ?? 'on-demand', ...(after.market === undefined ? {} : { to: after.market }) }];
}

/** What is asked of each kind of work; the others are shown where some side tells them. */
const asked: Readonly<Record<WorkloadKind, readonly string[]>> = {
  training: ['usd', 'wall_hours', 'gpu_hours', 'peak_memory_gib', 'energy_kwh', 'carbon_kg'],
  'batch-inference': ['usd', 'wall_hours', 'gpu_hours', 'peak_memory_gib', 'energy_kwh', 'carbon_kg'],
  serving: [
    'usd_per_month',
    'usd_per_1m_tokens',
    'peak_memory_gib',
    'ttft_ms',
    'tpot_ms',
    'saturation_output_tokens_per_s',
    'energy_kwh_per_month',
    'carbon_kg_per_month',
  ],
  'api-call': ['usd_per_month', 'usd_per_call'],
  resource: ['usd_per_month', 'usd_max', 'usd_per_hour', 'energy_kwh_per_month', 'carbon_kg_per_month'],
};
/** In the order in which they are read. */
const shown = [
  'usd',
  'usd_per_month',
  'usd_max',
  'usd_per_month_busy',
  'usd_per_month_idle',
  'usd_per_month_scaled',
  'usd_per_month_to_zero',
  'usd_per_call',
  'usd_per_1m_tokens',
  'usd_per_1k_requests',
  'usd_per_1m_input_tokens',
  'usd_per_1m_output_tokens',
  'usd_per_hour',
  'wall_hours',
  'gpu_hours',
  'peak_memory_gib',
  'replicas_needed',
  'ttft_ms',
  'tpot_ms',
  'latency_ms',
  'saturation_output_tokens_per_s',
  'images_per_s',
  'requests_per_s',
  'tokens_per_s_per_gpu',
  'samples_per_s',
  'energy_kwh',
  'energy_kwh_per_month',
  'carbon_kg',
  'carbon_kg_per_month',
] as const;

function rowsOf(sides: readonly Side[], kind: WorkloadKind, noise: ChangeNoise): FigureRow[] {
  return shown.flatMap((name): FigureRow[] => {
    const figures = sides.map((side) => figureOf(side, name));
    const [now] = figures;
    const unit = figures.find(({ estimate: one }) => one)?.estimate?.unit;
    // What nobody can ask of this workload is no gap: a vision model has no first token.
    const open = asked[kind].includes(name) && sides.some(({ estimation }) => blockedBy(estimation, name) !== undefined);
    if (unit === undefined && !open) return [];
    return [
      {
        name,
        unit: unit ?? unitOf(name),
        figures: figures.map((one, at) => (at === 0 ? one : { ...one, ...against(now, one, name, sides[at], kind, noise) })),
      },
    ];
  });
}

function figureOf({ estimation }: Side, name: string): Figure {
  const known = estimation.estimates[name];
  if (known) return { estimate: known };
  const most = estimation.estimates[`${name}_max`];
  const need = needOf(estimation, name);
  if (most && name !== 'usd') return { estimate: most, atMost: true, ...(need === undefined ? {} : { need }) };
  return need === undefined ? {} : { need };
}
const blockedBy = ({ unknown }: Estimation, name: string) => unknown.find(({ blocks }) => blocks.includes(name));
const needOf = (estimation: Estimation, name: string): string | undefined =>
  (blockedBy(estimation, name) ?? estimation.unknown.find(({ blocks }) => blocks.length > 0))?.need;
const unitOf = (name: string): Unit =>
  name.startsWith('usd')
    ? name.includes('month')
      ? 'usd/month'
      : 'usd'
    : name.includes('kwh')
      ? 'kWh'
      : name.includes('carbon')
        ? 'kgCO2e'
        : name.includes('gib')
          ? 'GiB'
          : 'count';

/** Price lists and rated power: arithmetic, whatever hardware it is. */
const arithmetic = /^(?:usd_per_hour|usd_per_month|usd_max|energy_kwh_per_month|carbon_kg_per_month)$/;
/** Measured pairs say how well a change of speed is told, and nothing of memory. */
const unmeasured = /_gib$|^replicas_needed$/;

function against(now: Figure | undefined, figure: Figure, name: string, side: Side | undefined, kind: WorkloadKind, noise: ChangeNoise): Partial<Figure> {
  const [before, after] = [now?.estimate?.likely, figure.estimate?.likely];
  if (before === undefined || after === undefined || !side || now?.atMost !== figure.atMost || !(before > 0)) return {};
  const ratio = after / before;
  if (arithmetic.test(name) || unmeasured.test(name) || !(after > 0)) return { ratio, withinNoise: false };
  const limit = noiseOf(
    kind,
    side.changes.map(({ fact }) => fact),
    name,
    noise,
  );
  return { ratio, withinNoise: Math.abs(ratio - 1) > 1e-6 && Math.abs(Math.log(ratio)) < Math.log(limit) };
}

/** The row that a person decides on. */
export const mainRow = ({ rows, sides: [now] }: Outcome): FigureRow | undefined => {
  const name = now && mainCost(now.spec.kind, now.estimation)?.name.replace(/_max$/, '');
  return rows.find((row) => row.name === name) ?? rows[0];
};
