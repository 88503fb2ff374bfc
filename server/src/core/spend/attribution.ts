import { type Part, partsOf, type TupleSpend } from './buckets.js';
import { type Decimal, toNumber } from './decimal.js';
import { type DimensionName, dimensionAt, type Tuple } from './dimensions.js';

/** Levels of the way from a team to what its money went for. */
export const levels = ['team', 'project', 'model', 'version', 'workload', 'category'] as const;
export type Level = (typeof levels)[number];
/** Tags that name a workload, the most telling first. */
export const workloadTags: readonly DimensionName[] = ['workflow', 'feature', 'agent', 'task', 'experiment_run'];

/** Money of one value, below the values above it. */
export interface AttributionNode extends Omit<Part, 'tuples'> {
  readonly level: Level;
  readonly children: readonly AttributionNode[];
}
/** Values that stand apart at one place. */
const most = 12;
/** What is less than this share of everything is not taken apart further. */
const least = 0.002;

const valueAt: Readonly<Record<Level, (tuple: Tuple) => string>> = {
  team: (tuple) => tuple[dimensionAt.team] ?? '',
  project: (tuple) => tuple[dimensionAt.project] ?? '',
  model: (tuple) => tuple[dimensionAt.model_id] ?? '',
  version: (tuple) => tuple[dimensionAt.model_version] ?? '',
  workload: (tuple) => {
    for (const name of workloadTags) {
      const value = tuple[dimensionAt[name]];
      if (value) return value;
    }
    return '';
  },
  category: (tuple) => tuple[dimensionAt.category] ?? '',
};

/** Where the money went: team, project, model, version, workload, category. A level that no charge below a place says anything of is left out there.
 * @param steps number of buckets */
export function attribution(tuples: readonly TupleSpend[], total: Decimal, steps: number): AttributionNode[] {
  const whole = Math.abs(toNumber(total));
  const below = (these: readonly TupleSpend[], at: number): AttributionNode[] => {
    const level = levels[at];
    if (level === undefined) return [];
    const of = valueAt[level];
    if (level !== 'team' && these.every(({ tuple }) => of(tuple) === '')) return below(these, at + 1);
    return partsOf(these, of, level === 'team' ? 4 * most : most, steps).map(({ tuples: own, ...part }) => ({
      ...part,
      level,
      children: Math.abs(toNumber(part.cost)) < least * whole ? [] : below(own, at + 1),
    }));
  };
  return below(tuples, 0);
}
