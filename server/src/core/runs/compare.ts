import { deviceCount } from '../estimate/devices.js';
import { estimate } from '../estimate/estimate.js';
import type { EstimateContext, Spec } from '../estimate/spec.js';
import type { Estimation } from '../model/estimate.js';
import type { FactValue } from '../model/fact.js';
import type { Measured, MeasuredRun } from '../model/run.js';
import { devicesOf } from './collect.js';

/** A measured figure over the estimate of the same thing. */
export interface Ratio {
  readonly log: number;
  /** The quantity that was compared. */
  readonly by: string;
  /** Standard deviation of the logarithm of the estimate's own interval. */
  readonly spread: number;
}
export interface Compared {
  readonly spec: Spec;
  readonly estimation: Estimation;
  readonly time?: Ratio;
  readonly memory?: Ratio;
  /** Why nothing could be compared. */
  readonly without?: string;
}

/** Ratios beyond these say that the run's facts are not what was estimated (another number of devices, a run that stood still), not that the code is so slow.
 * @assumes a factor of 8 either way */
const furthest = Math.log(8);

const timeOrder = ['step_time_s', 'tokens_per_s_per_gpu', 'samples_per_s', 'gpu_hours', 'wall_hours'] as const;
const servingOrder = ['output_tokens_per_s', 'decode_tokens_per_s', 'tpot_ms', 'requests_per_s', 'total_tokens_per_s', 'prefill_tokens_per_s'] as const;
const isRate = (name: string): boolean => /_per_s(?:_per_gpu)?$/.test(name);

/** The facts of a run: its own win; what the workload says fills in. */
export function specOfRun(run: MeasuredRun, workload: Spec | undefined): Spec {
  const base: Record<string, FactValue> = { ...workload?.facts };
  const drop = (...names: readonly string[]): void => {
    for (const name of names) delete base[name];
  };
  if (run.facts['gpus'] !== undefined || run.facts['gpu_count'] !== undefined) drop('gpus', 'gpu_count', 'nproc_per_node', 'num_nodes', 'instance_count');
  if (run.facts['gpu_type'] !== undefined) drop('gpu_type', 'instance_type');
  if (run.facts['max_steps'] !== undefined) drop('epochs', 'train_tokens', 'trials', 'max_time');
  if (run.facts['batch_size'] !== undefined || run.facts['global_batch_size'] !== undefined) drop('global_batch_size');
  const { observed: _observed, ...own } = run.facts;
  const facts: Record<string, FactValue> = { ...base, ...own };
  const devices = own['gpus'] === undefined && own['global_batch_size'] !== undefined ? devicesOf(facts) : undefined;
  if (devices !== undefined) {
    delete facts['gpu_count'];
    facts['gpus'] = devices;
  }
  return { kind: run.kind === 'serving' ? 'serving' : (workload?.kind ?? 'training'), facts };
}

/** Holds a run's figures against the estimate for its own facts, as it would be without any correction. */
export function compareRun(run: MeasuredRun, workload: Spec | undefined, context: EstimateContext): Compared {
  const spec = specOfRun(run, workload);
  const { correction: _correction, ...plain } = context;
  const estimation = estimate(spec, plain);
  const measured = figuresOf(run, spec, context);
  let tooFar = false;
  const ratio = (names: readonly string[]): Ratio | undefined => {
    for (const name of names) {
      const value = measured[name];
      const one = estimation.estimates[name];
      if (value === undefined || !one || one.likely <= 0) continue;
      const log = isRate(name) ? Math.log(one.likely / value) : Math.log(value / one.likely);
      if (Math.abs(log) > furthest) {
        tooFar = true;
        continue;
      }
      return { log, by: name, spread: one.low > 0 ? Math.log(one.high / one.low) / 2 / 1.645 : Math.log(4) };
    }
    return undefined;
  };
  const time = ratio(spec.kind === 'training' ? timeOrder : servingOrder);
  const memory = memoryRatio(ratio(['peak_memory_gib']), run, estimation);
  const open = estimation.unknown.find(({ blocks }) => blocks.length > 0)?.need;
  const without =
    time || memory
      ? undefined
      : tooFar
        ? 'more than 8 times off: its facts are not those of the figures'
        : `nothing to hold its figures against${open ? `: ${open}` : ''}`;
  return { spec, estimation, ...(time ? { time } : {}), ...(memory ? { memory } : {}), ...(without === undefined ? {} : { without }) };
}

/** A run that ran out of memory needed more than it had: that says something only where the estimate is lower. */
function memoryRatio(peak: Ratio | undefined, run: MeasuredRun, estimation: Estimation): Ratio | undefined {
  const needed = run.measured['needed_memory_gib'];
  const one = estimation.estimates['peak_memory_gib'];
  if (peak || needed === undefined || !one || one.low <= 0 || needed <= one.likely) return peak;
  return { log: Math.min(furthest, Math.log(needed / one.likely)), by: 'needed_memory_gib', spread: Math.log(one.high / one.low) / 2 / 1.645 };
}

/** The figures, with those that follow by the number of devices. */
export function figuresOf(run: MeasuredRun, spec: Spec, context: EstimateContext): Measured {
  const count = deviceCount(spec, context.catalog);
  const devices = count.known ? count.value.total.likely : undefined;
  const figures: Record<string, number> = { ...run.measured };
  const { tokens_per_s: tokens, wall_hours: wall, gpu_hours: hours } = figures;
  if (devices !== undefined) {
    if (tokens !== undefined) figures['tokens_per_s_per_gpu'] ??= tokens / devices;
    if (wall !== undefined) figures['gpu_hours'] ??= wall * devices;
    if (hours !== undefined) figures['wall_hours'] ??= hours / devices;
  }
  return figures;
}
