import { mainCost } from '../estimate/main-cost.js';
import type { EstimateContext } from '../estimate/spec.js';
import type { Fact } from '../model/fact.js';
import type { Span } from '../model/span.js';
import type { Workload } from '../model/workload.js';
import { deltaOf, isSpeed, type QuantityDelta, type State, type WorkloadDelta } from './delta.js';
import type { ChangeNoise } from './noise.js';

/** The facts of a workload that stand in one line of a file. */
export interface FactLine {
  readonly line: number;
  readonly facts: readonly Fact[];
}
/** What a line does to a workload: from the workload as it would be without the line to the workload as it is.
 * One line at a time is left out and the others stay, so effects of lines that work together overlap and are never added up. */
export interface LineEffect extends FactLine {
  readonly workload: Workload;
  readonly delta: WorkloadDelta;
  /** `decides`: without it there is no figure of the cost. `none`: the cost does not depend on it. */
  readonly effect: 'costs' | 'saves' | 'decides' | 'none';
  /** False where the workload's cost is unknown as it is. */
  readonly costKnown: boolean;
  /** What changes: the cost, or what stands for it where the cost is unknown. */
  readonly quantity?: QuantityDelta;
}

/** Lines of a file with the facts of a workload that somebody wrote there.
 * @param lineOf 1-based line of a place in the file */
export function factLines({ facts }: Workload, uri: string, lineOf: (span: Span) => number): FactLine[] {
  const lines = new Map<number, Fact[]>();
  for (const fact of facts) {
    if (fact.span?.uri !== uri) continue;
    const line = lineOf(fact.span);
    lines.set(line, [...(lines.get(line) ?? []), fact]);
  }
  return [...lines].sort(([a], [b]) => a - b).map(([line, facts]) => ({ line, facts }));
}

/** @param without the workload as it would be without the line; absent: it would be none */
export function lineEffect(line: FactLine, as: State, without: State | undefined, context: EstimateContext, noise: ChangeNoise): LineEffect {
  const delta = deltaOf({ after: as, ...(without ? { before: without } : {}) }, context, noise);
  const cost = costOf(as);
  const about = { ...line, workload: as.workload, delta, costKnown: cost !== undefined };
  if (!without || (cost && !without.estimation.estimates[cost.name])) return { ...about, effect: 'decides' };
  const quantity = delta.quantities.find(({ name }) => (cost ? name === cost.name : name !== 'usd_per_hour'));
  if (!quantity) return { ...about, effect: 'none' };
  return { ...about, quantity, effect: quantity.after.likely > quantity.before.likely !== isSpeed(quantity.name) ? 'costs' : 'saves' };
}
/** What a workload costs; the price of an hour is none of a run. */
export function costOf({ workload: { kind }, estimation }: Pick<State, 'workload' | 'estimation'>): ReturnType<typeof mainCost> {
  const cost = mainCost(kind, estimation);
  return cost?.name === 'usd_per_hour' && (kind === 'training' || kind === 'batch-inference') ? undefined : cost;
}
