import type { Interval } from '../../model/estimate.js';
import type { Coefficients } from '../coefficients.js';
import { isSized } from '../dimensions.js';
import { deviceWeightBytes } from './shape.js';
import type { ServingCase } from './workload.js';

/** What an interval rests on, as `coefficients.json` keeps it. */
export interface Spreads {
  /** Half-widths in the logarithm by `metric/task-group`, with the rows and publishers behind each. */
  readonly spread: Readonly<Record<string, { readonly half: number; readonly rows: number; readonly families: number }>>;
  /** Factor on the half-width for each kind of distance from what was measured. */
  readonly distance: Readonly<Record<string, number>>;
  /** Rows and publishers by `metric|task|engine|chip class`, by `metric|task|engine` and by `metric|task`. */
  readonly support: Readonly<Record<string, readonly [number, number]>>;
  /** Traits that were measured at all. */
  readonly seen: readonly string[];
}

export function storedSpreads(coefficients: Coefficients): Spreads | undefined {
  const serving = coefficients.serving as Partial<Spreads>;
  return serving.spread !== undefined && serving.distance !== undefined && serving.support !== undefined && serving.seen !== undefined
    ? (serving as Spreads)
    : undefined;
}

/** What a case has in common with others. */
export const traitsOf = (each: ServingCase): readonly string[] => [
  `engine:${each.engine.id}`,
  `chip:${each.device?.class ?? 'none'}`,
  `format:${each.format.kernels}`,
  `task:${each.task}`,
];

/** Regime of an interval: the quantity, the task, how the engine drives the chip, and whether requests share it as they come. */
export const regimeOf = (metric: string, each: ServingCase): string =>
  `${metric}/${each.task}-${each.engine.group}${metric.startsWith('kv_') ? (isTight(each) ? '-tight' : '') : each.task === 'llm' && (each.concurrency ?? each.requestRate) !== undefined ? '-shared' : ''}`;

/** True where weights take most of a device: what is left for the cache then is a small difference of large numbers. */
const isTight = ({ model, device, format, layout, memoryShare }: ServingCase): boolean =>
  model !== undefined && device?.reportedGib !== undefined && deviceWeightBytes(model, format, layout) > 0.65 * memoryShare * device.reportedGib * 2 ** 30;

/** Kinds of distance between a case and what was measured. */
export function distanceOf(each: ServingCase, seen: ReadonlySet<string>, metric?: string): readonly string[] {
  const far: string[] = [];
  for (const trait of traitsOf(each)) if (!seen.has(trait) || trait === 'engine:unknown') far.push(trait.slice(0, trait.indexOf(':')));
  if (each.device?.guessed === true) far.push('chip-data');
  if (each.pass === undefined ? each.model !== undefined && isSized(each.model) : each.passGuessed) far.push('shape');
  // what a cache holds does not depend on the load
  if (metric?.startsWith('kv_') !== true && each.batch === undefined && each.concurrency === undefined && each.requestRate === undefined) far.push('load');
  return far;
}

/** Keys under which similar runs are counted, nearest first. */
export const supportKeys = (metric: string, each: ServingCase): readonly string[] => [
  `${metric}|${each.task}|${each.engine.id}|${each.device?.class ?? 'none'}`,
  `${metric}|${each.task}|${each.engine.id}`,
  `${metric}|${each.task}`,
];

/** Used where nothing was fitted: the spread of rule-of-thumb predictions. @assumes a factor of 4 either way */
const unmeasured = Math.log(4);

/** Quantities that follow from arithmetic on stated facts: their interval is that of the fitted quantity beside them, or narrow. */
const alike: Readonly<Record<string, string>> = {
  saturation_output_tokens_per_s: 'output_tokens_per_s',
  total_tokens_per_s: 'output_tokens_per_s',
  requests_per_s: 'output_tokens_per_s',
  decode_tokens_per_s: 'tpot_ms',
  max_concurrency: 'kv_capacity_tokens',
};
const arithmetic: Readonly<Record<string, number>> = { weights_gib: 1.05, kv_cache_gib: 1.1, prompt_time_share: 1.5 };

/** The quantity whose spread an interval takes: its own, or the one that it follows from. Tokens of an encoder are its requests times a length. */
function measuredAs(metric: string, each: ServingCase, spreads: Spreads): string {
  if (metric === 'total_tokens_per_s' && each.task === 'encoder') return 'requests_per_s';
  return spreads.spread[regimeOf(metric, each)] === undefined ? (alike[metric] ?? metric) : metric;
}

/** Puts an interval about a value: split-conformal half-width of the regime, widened by each distance from what was measured. */
export function intervalOf(metric: string, value: number, each: ServingCase, spreads: Spreads | undefined): Interval & { readonly basis: string } {
  const fixed = arithmetic[metric];
  if (fixed !== undefined) {
    const factor = each.model !== undefined && isSized(each.model) && metric !== 'weights_gib' ? fixed * 1.5 : fixed;
    const most = metric === 'prompt_time_share' ? 1 : Number.POSITIVE_INFINITY;
    return { low: value / factor, likely: value, high: Math.min(most, value * factor), basis: 'arithmetic on the model’s shape' };
  }
  if (spreads === undefined)
    return { low: value * Math.exp(-unmeasured), likely: value, high: value * Math.exp(unmeasured), basis: 'nothing similar was measured' };
  const measured = measuredAs(metric, each, spreads);
  const spread = spreads.spread[regimeOf(measured, each)] ?? spreads.spread[`${measured}/all`];
  const far = distanceOf(each, new Set(spreads.seen), measured);
  const wider = far.reduce((factor, kind) => factor * Math.max(1, spreads.distance[kind] ?? 1), 1);
  const half = Math.min(Math.log(100), (spread?.half ?? unmeasured) * wider);
  return { low: value * Math.exp(-half), likely: value, high: value * Math.exp(half), basis: basisOf(measured, each, spreads, far) };
}

function basisOf(metric: string, each: ServingCase, spreads: Spreads, far: readonly string[]): string {
  const [near, engine, task] = supportKeys(metric, each).map((key) => spreads.support[key]);
  const count = ([rows, families]: readonly [number, number]) =>
    `${rows} ${rows === 1 ? 'run' : 'runs'} of ${families} ${families === 1 ? 'publisher' : 'publishers'}`;
  const apart = far.filter((kind) => kind !== 'load');
  const note = apart.length === 0 ? '' : `; widened: ${apart.join(', ')} not measured or not known`;
  if (near !== undefined) return `${count(near)} on this engine and kind of chip${note}`;
  if (engine !== undefined) return `${count(engine)} on this engine, other chips${note}`;
  if (task !== undefined) return `${count(task)} on other engines${note}`;
  return `nothing similar was measured${note}`;
}
