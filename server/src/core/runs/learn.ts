import { type Correction, type Learned, ninetyPercent } from '../estimate/correction.js';
import { estimate } from '../estimate/estimate.js';
import type { EstimateContext, Spec } from '../estimate/spec.js';
import type { Estimate } from '../model/estimate.js';
import type { MeasuredRun } from '../model/run.js';
import type { Workload } from '../model/workload.js';
import { type Compared, compareRun, figuresOf, type Ratio } from './compare.js';
import { type Match, matchesOf } from './match.js';

/** How runs of one code on one kind of machine differ: library versions, data, neighbours.
 * @source published runs of equal facts spread 1.06 × in the median and 1.4 × at the 90th percentile over releases of one stack: ln 1.4 ÷ 1.645 */
const runToRun = Math.log(1.4) / ninetyPercent;
/** How much another workload of the same team on the same chip may differ on top.
 * @assumes half of what publishers differ by */
const codeToCode = 0.3;
/** Older runs than these say nothing new. */
const mostRuns = 60;
/** Recent runs that drift is looked for in, and how many of them must leave the interval. */
const recent = { runs: 3, outside: 2 };

/** A run of the workload beside the estimate. */
export interface TeamRun extends Match {
  readonly compared: Compared;
  /** Duration, devices' hours and money at the workload's price an hour, where the run is the same job. */
  readonly hours?: number;
  readonly gpuHours?: number;
  readonly usd?: number;
}
export interface Drift {
  readonly quantity: string;
  readonly outside: number;
  readonly of: number;
  readonly measured: number;
  readonly estimate: Estimate;
}
/** What the measured runs of a workspace say of one workload. */
export interface TeamRuns {
  /** Runs of this workload, newest first. */
  readonly runs: readonly TeamRun[];
  readonly correction?: Correction;
  /** Estimates as they would be without the runs. */
  readonly before: Readonly<Record<string, Estimate>>;
  readonly drift?: Drift;
}

/** What the runs of a workspace say of one workload: those of this code count in full, those of other code of the team on the same chip for less.
 * The factor is the mean of the logarithms, shrunk by the interval's own variance (normal prior, normal noise; Gelman et al., Bayesian Data Analysis §5.4). */
export function learnFrom(
  workload: Workload,
  spec: Spec,
  runs: readonly MeasuredRun[],
  roots: readonly string[],
  context: EstimateContext,
): TeamRuns | undefined {
  if (runs.length === 0 || workload.fragment) return undefined;
  const { correction: _correction, ...plain } = context;
  const base = estimate(spec, plain);
  const matches = matchesOf(runs, workload, roots, context.catalog).slice(0, mostRuns);
  const own = matches.map((match): TeamRun => {
    const compared = compareRun(match.run, spec, plain);
    return { ...match, compared, ...totals(match, compared, base.estimates['usd_per_hour'], plain) };
  });
  const others = othersOf(runs, matches, spec, plain);
  if (own.length === 0 && others.length === 0) return undefined;
  const correction = correctionOf(own, others, base.estimates);
  const drift = driftOf(own, others, spec, plain);
  return { runs: own, before: base.estimates, ...(correction ? { correction } : {}), ...(drift ? { drift } : {}) };
}

/** Runs of other code of this team that are told by their own facts alone, on the same chip, by program or model. */
function othersOf(runs: readonly MeasuredRun[], matches: readonly Match[], spec: Spec, context: EstimateContext): { group: string; compared: Compared }[] {
  const mine = new Set(matches.map(({ run }) => run));
  const chip = chipOf(spec, context);
  const kind = spec.kind === 'training' ? 'training' : 'serving';
  if (chip === undefined) return [];
  return runs.slice(0, mostRuns).flatMap((run) => {
    const named = run.facts['gpu_type'];
    if (mine.has(run) || run.kind !== kind || typeof named !== 'string' || context.catalog.accelerator(named)?.id !== chip) return [];
    // Its own framework is not in its facts: code of one team is taken to be of one kind.
    const framework = spec.facts['framework'];
    const compared = compareRun(run, framework === undefined ? undefined : { kind: spec.kind, facts: { framework } }, context);
    return [{ group: String(run.workload ?? run.program ?? run.facts['model'] ?? run.id), compared }];
  });
}
function chipOf(spec: Spec, context: EstimateContext): string | undefined {
  const name = spec.facts['gpu_type'];
  return typeof name === 'string' ? context.catalog.accelerator(name)?.id : undefined;
}

function correctionOf(
  own: readonly TeamRun[],
  others: readonly { group: string; compared: Compared }[],
  estimates: Readonly<Record<string, Estimate>>,
): Correction | undefined {
  const learn = (which: 'time' | 'memory', names: readonly string[]): Learned | undefined => {
    const groups = new Map<string, Ratio[]>();
    const add = (group: string, ratio: Ratio | undefined): void => {
      if (ratio) groups.set(group, [...(groups.get(group) ?? []), ratio]);
    };
    for (const { compared } of own) add('', compared[which]);
    for (const { group, compared } of others) add(group, compared[which]);
    if (groups.size === 0) return undefined;
    const prior = names.map((name) => estimates[name]).find((one) => one !== undefined && one.low > 0 && one.high > one.low);
    const mine = groups.get('') ?? [];
    const spread = mine[0]?.spread ?? [...groups.values()][0]?.[0]?.spread ?? Math.log(4);
    const before = prior ? Math.log(prior.high / prior.low) / 2 / ninetyPercent : spread;
    return shrunk(groups, before);
  };
  const time = learn('time', ['tokens_per_s_per_gpu', 'samples_per_s', 'step_time_s', 'output_tokens_per_s', 'tpot_ms']);
  const memory = learn('memory', ['peak_memory_gib']);
  return time || memory ? { ...(time ? { time } : {}), ...(memory ? { memory } : {}) } : undefined;
}

/** The factor of some groups of runs; the group '' is the workload's own.
 * @source precision-weighted mean with a normal prior around no correction */
export function shrunk(groups: ReadonlyMap<string, readonly Pick<Ratio, 'log'>[]>, before: number): Learned {
  let precision = 1 / before ** 2;
  let weighted = 0;
  let noise = runToRun;
  for (const [group, ratios] of groups) {
    const mean = ratios.reduce((sum, { log }) => sum + log, 0) / ratios.length;
    const scatter = ratios.length > 1 ? ratios.reduce((sum, { log }) => sum + (log - mean) ** 2, 0) / (ratios.length - 1) : 0;
    const within = Math.max(runToRun ** 2, scatter);
    if (group === '') noise = Math.sqrt(within);
    const weight = 1 / ((group === '' ? 0 : codeToCode ** 2) + within / ratios.length);
    precision += weight;
    weighted += weight * mean;
  }
  const own = groups.get('')?.length ?? 0;
  const all = [...groups.values()].reduce((sum, ratios) => sum + ratios.length, 0);
  const count = (number: number): string => `${number} ${number === 1 ? 'run' : 'runs'}`;
  const basis =
    own === all
      ? `${count(own)} of this code`
      : own === 0
        ? `${count(all)} of other code of this team`
        : `${count(own)} of this code and ${all - own} of other code of this team`;
  // What runs of one code differ by is in the spread before already: it is not counted twice.
  const open = 1 / Math.max(before ** 2 - runToRun ** 2, 1e-4) + precision - 1 / before ** 2;
  return { factor: Math.exp(weighted / precision), before, after: Math.sqrt(1 / open + noise ** 2), runs: all, basis };
}

function totals(match: Match, { spec }: Compared, hourly: Estimate | undefined, context: EstimateContext): { hours?: number; gpuHours?: number; usd?: number } {
  const { wall_hours: hours, gpu_hours: gpuHours } = figuresOf(match.run, spec, context);
  // Where the run had other machines, the workload's price is not its.
  const priced = hours !== undefined && hourly && !match.differs.some((name) => /^gpu/.test(name)) ? hours * hourly.likely : undefined;
  return { ...(hours === undefined ? {} : { hours }), ...(gpuHours === undefined ? {} : { gpuHours }), ...(priced === undefined ? {} : { usd: priced }) };
}

/** Recent runs that lie outside the interval which the older runs left. */
function driftOf(own: readonly TeamRun[], others: readonly { group: string; compared: Compared }[], spec: Spec, context: EstimateContext): Drift | undefined {
  const newest = own.filter(({ compared, run }) => compared.time && run.at !== undefined).slice(0, recent.runs);
  if (newest.length < recent.outside) return undefined;
  const older = own.filter((one) => !newest.includes(one));
  const plain = estimate(spec, context);
  const correction = correctionOf(older, others, plain.estimates);
  const outside = newest.flatMap((one) => {
    const by = one.compared.time?.by ?? '';
    const { estimates } = estimate(one.compared.spec, { ...context, ...(correction ? { correction } : {}) });
    const expected = estimates[by];
    const measured = figuresOf(one.run, one.compared.spec, context)[by];
    return expected && measured !== undefined && (measured < expected.low || measured > expected.high) ? [{ by, measured, expected }] : [];
  });
  const first = outside[0];
  if (!first || outside.length < recent.outside) return undefined;
  return { quantity: first.by, outside: outside.length, of: newest.length, measured: first.measured, estimate: first.expected };
}

/** Facts that a run tells and the code does not: on what, and how many, the same code ran last. */
export function factsFromRuns(workload: Workload, runs: readonly MeasuredRun[], roots: readonly string[], context: EstimateContext): Workload {
  if (workload.fragment) return workload;
  const missing = (name: string): boolean => !workload.facts.some((fact) => fact.name === name);
  if (!missing('gpu_type') || !missing('instance_type')) return workload;
  const last = matchesOf(runs, workload, roots, context.catalog).find(({ run }) => typeof run.facts['gpu_type'] === 'string');
  const chip = last && context.catalog.accelerator(String(last.run.facts['gpu_type']));
  if (!last || !chip) return workload;
  const note = `measured: the run ${last.run.id} had it (${last.why})`;
  const found = [{ name: 'gpu_type', value: chip.id, origin: 'measured' as const, note }];
  const counted = ['gpus', 'gpu_count', 'nproc_per_node'].some((name) => !missing(name));
  const name = last.run.facts['gpus'] === undefined ? 'gpu_count' : 'gpus';
  const count = last.run.facts[name];
  const facts = [...workload.facts, ...found, ...(counted || typeof count !== 'number' ? [] : [{ name, value: count, origin: 'measured' as const, note }])];
  const names = new Set(facts.map((fact) => fact.name));
  return { ...workload, facts, unknown: workload.unknown.filter((one) => !names.has(one.name)) };
}
