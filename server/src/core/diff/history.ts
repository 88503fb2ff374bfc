import type { Estimation, Unit } from '../model/estimate.js';
import type { FactValue } from '../model/fact.js';
import type { Workload, WorkloadKind } from '../model/workload.js';
import { comparedQuantities, type State } from './delta.js';
import { matchWorkloads } from './match.js';

/** A figure of one state: the cost, or the cost on a likely accelerator where the code names none. */
export interface Figure {
  readonly name: string;
  readonly unit: Unit;
  readonly low: number;
  readonly likely: number;
  readonly high: number;
  readonly accelerator?: string;
  readonly count?: number;
}
/** A workload as a state of the project had it: all that its history needs, as plain data that can be kept. */
export interface PastWorkload {
  readonly kind: WorkloadKind;
  readonly framework: string;
  readonly title: string;
  readonly file: string;
  readonly facts: Readonly<Record<string, FactValue>>;
  readonly figures: readonly Figure[];
  /** Facts that a figure waits for, the one that decides most first. */
  readonly unknown: readonly string[];
}
/** The workloads of a project at a commit. */
export interface Moment {
  readonly workloads: readonly PastWorkload[];
  /** Where files were moved to since the moment before, by their former paths. */
  readonly renamed: ReadonlyMap<string, string>;
}

export function pastWorkload({ workload, estimation, spec, alternatives }: State, file: string): PastWorkload {
  const { kind, framework, title } = workload;
  const own = figuresOf(estimation);
  const others = (alternatives ?? []).flatMap(({ accelerator, count, estimation }) =>
    figuresOf(estimation).map((figure) => ({ ...figure, accelerator, ...(count === undefined ? {} : { count }) })),
  );
  const { framework: _said, ...facts } = spec.facts;
  return {
    kind,
    framework,
    title,
    file,
    facts,
    figures: own.some(({ name }) => name !== 'peak_memory_gib') ? own : others,
    unknown: estimation.unknown.map(({ fact }) => fact).slice(0, 3),
  };
}

const figuresOf = ({ estimates }: Estimation): Figure[] =>
  comparedQuantities.flatMap((name) => {
    const found = estimates[name];
    return found ? [{ name, unit: found.unit, low: found.low, likely: found.likely, high: found.high }] : [];
  });

/** One workload through the moments: what it was at each, undefined before it was there.
 * @param at its place among the workloads of the last moment */
export function traced(moments: readonly Moment[], at: number): (PastWorkload | undefined)[] {
  const trace: (PastWorkload | undefined)[] = moments.map(() => undefined);
  for (let index = moments.length - 1; index >= 0 && at >= 0; index--) {
    const [now, before] = [moments[index], moments[index - 1]];
    trace[index] = now?.workloads[at];
    at = now && before ? earlier(at, now, before) : -1;
  }
  return trace;
}

/** Where a workload was among those of the moment before; −1 where it was not there. One that is there unchanged is itself. */
function earlier(at: number, now: Moment, before: Moment): number {
  if (now.workloads === before.workloads) return at;
  const one = now.workloads[at];
  const alone = ({ workloads }: Moment): boolean => workloads.filter((other) => other === one).length === 1;
  if (one && alone(now) && alone(before)) return before.workloads.indexOf(one);
  const [a, b] = [before, now].map(({ workloads }) => workloads.map((past) => ({ workload: asWorkload(past) })));
  const former = matchWorkloads(a ?? [], b ?? [], now.renamed).find(({ after }) => after === b?.[at])?.before;
  return former ? (a?.indexOf(former) ?? -1) : -1;
}
const asWorkload = ({ kind, framework, title, file, facts }: PastWorkload): Workload => ({
  id: file,
  kind,
  framework,
  title,
  span: { uri: file, start: 0, end: 0 },
  facts: Object.entries(facts).map(([name, value]) => ({ name, value, origin: 'literal' })),
  unknown: [],
  conflicts: [],
});

/** The figure that is followed: what a person decides on in the last state, on its first likely accelerator where the code names none; of earlier states the same one, else their own. */
export function followed(trace: readonly (PastWorkload | undefined)[]): (Figure | undefined)[] {
  const last = trace.findLast((one) => one !== undefined);
  const wanted = last && first(last);
  return trace.map(
    (one) => one?.figures.find(({ name, accelerator }) => wanted && name === wanted.name && accelerator === wanted.accelerator) ?? (one && first(one)),
  );
}
/** The price of an hour says little of a run: what it does in an hour says more. */
const first = ({ kind, figures }: PastWorkload): Figure | undefined =>
  figures.find(({ name }) => name !== 'usd_per_hour' || kind === 'resource' || kind === 'serving') ?? figures[0];
