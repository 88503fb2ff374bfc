import { estimate } from '../estimate/estimate.js';
import type { EstimateContext, Spec } from '../estimate/spec.js';
import type { FactValue } from '../model/fact.js';

export interface FactDelta {
  readonly fact: string;
  readonly from?: FactValue;
  readonly to?: FactValue;
}
/** A changed fact with its share of a change. */
export interface Cause extends FactDelta {
  /** In the unit of the quantity; all causes of a change add up to it. */
  readonly by: number;
}

/** Facts in which two specifications differ, in the order of their names. */
export function factDeltas(before: Spec, after: Spec): FactDelta[] {
  const names = [...new Set([...Object.keys(before.facts), ...Object.keys(after.facts)])].sort();
  return names.flatMap((fact) => {
    const [from, to] = [before.facts[fact], after.facts[fact]];
    if (from === to) return [];
    return [{ fact, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }];
  });
}

/** Up to here each order of changes is tried: 2⁶ estimates at under a millisecond. */
const mostExact = 6;

/** What each changed fact did to a quantity: its Shapley value, the mean of what it adds over all orders of the changes, so that the parts add up and no order decides.
 * With more than six changes they go one by one, in the order of what each does alone.
 * @returns undefined where a state between has no such quantity: a part cannot be told then
 * @source Shapley 1953, A value for n-person games */
export function causesOf(before: Spec, after: Spec, changes: readonly FactDelta[], quantity: string, context: EstimateContext): Cause[] | undefined {
  const seen = new Map<number, number | undefined>();
  const valueAt = (mask: number): number | undefined => {
    if (!seen.has(mask)) {
      const spec = withChanges(before, after, changes, mask);
      seen.set(mask, estimate(spec, context).estimates[quantity]?.likely);
    }
    return seen.get(mask);
  };
  return changes.length <= mostExact ? shapley(changes, valueAt) : oneByOne(changes, valueAt);
}

function shapley(changes: readonly FactDelta[], valueAt: (mask: number) => number | undefined): Cause[] | undefined {
  const n = changes.length;
  const causes: Cause[] = [];
  for (const [at, change] of changes.entries()) {
    let by = 0;
    for (let mask = 0; mask < 2 ** n; mask++) {
      if (mask & (1 << at)) continue;
      const [without, withIt] = [valueAt(mask), valueAt(mask | (1 << at))];
      if (without === undefined || withIt === undefined) return undefined;
      const others = popCount(mask);
      by += ((factorial(others) * factorial(n - others - 1)) / factorial(n)) * (withIt - without);
    }
    causes.push({ ...change, by });
  }
  return causes;
}
function oneByOne(changes: readonly FactDelta[], valueAt: (mask: number) => number | undefined): Cause[] | undefined {
  const start = valueAt(0);
  if (start === undefined || changes.length > 30) return undefined;
  const alone = changes.map((change, at) => ({ change, at, effect: Math.abs((valueAt(1 << at) ?? Number.NaN) - start) }));
  if (alone.some(({ effect }) => Number.isNaN(effect))) return undefined;
  alone.sort((a, b) => b.effect - a.effect);
  const causes: Cause[] = [];
  let [mask, last] = [0, start];
  for (const { change, at } of alone) {
    mask |= 1 << at;
    const next = valueAt(mask);
    if (next === undefined) return undefined;
    causes.push({ ...change, by: next - last });
    last = next;
  }
  return causes;
}
function withChanges(before: Spec, after: Spec, changes: readonly FactDelta[], mask: number): Spec {
  const facts = { ...before.facts };
  for (const [at, { fact, to }] of changes.entries()) {
    if (!(mask & (1 << at))) continue;
    if (to === undefined) delete facts[fact];
    else facts[fact] = to;
  }
  return { kind: after.kind, facts };
}
const popCount = (mask: number): number => (mask === 0 ? 0 : (mask & 1) + popCount(mask >> 1));
const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));
