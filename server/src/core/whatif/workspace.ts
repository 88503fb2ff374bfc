import { exact, sum } from '../estimate/interval.js';
import { mainCost } from '../estimate/main-cost.js';
import type { Estimation, Interval, Unit } from '../model/estimate.js';
import type { Workload } from '../model/workload.js';
import type { Side } from './outcome.js';

/** What many workloads cost together. Runs and months are never added to each other, and what is unknown is counted, never added as nothing. */
export interface Sums {
  readonly parts: readonly { readonly name: string; readonly unit: Unit; readonly value: Interval; readonly of: number }[];
  /** Workloads whose cost is unknown. */
  readonly without: number;
}
const added = [
  'usd',
  'usd_per_month',
  'usd_at_most',
  'usd_per_month_at_most',
  'energy_kwh',
  'energy_kwh_per_month',
  'carbon_kg',
  'carbon_kg_per_month',
] as const;

/** Adds up money, energy and carbon. The ends of the intervals add up: estimates of one estimator may all be off the same way. */
export function sumsOf(all: readonly { readonly workload: Workload; readonly estimation: Estimation }[]): Sums {
  const found = new Map<string, { unit: Unit; value: Interval; of: number }>();
  const add = (name: string, unit: Unit, value: Interval): void => {
    const before = found.get(name);
    found.set(name, { unit, value: sum(before?.value ?? exact(0), value), of: (before?.of ?? 0) + 1 });
  };
  let without = 0;
  for (const { workload, estimation } of all) {
    const cost = mainCost(workload.kind, estimation);
    if (cost?.unit !== 'usd' && cost?.unit !== 'usd/month') without++;
    else add(`${cost.unit === 'usd' ? 'usd' : 'usd_per_month'}${cost.name.endsWith('_max') ? '_at_most' : ''}`, cost.unit, cost);
    for (const name of added.slice(4)) {
      const one = estimation.estimates[name];
      if (one) add(name, one.unit, one);
    }
  }
  return { parts: added.flatMap((name) => (found.has(name) ? [{ name, ...(found.get(name) as { unit: Unit; value: Interval; of: number }) }] : [])), without };
}

/** A scenario over several workloads: in how many it changes something, and what they cost then. */
export interface WorkspaceSide {
  readonly name: string;
  readonly changed: number;
  readonly sums: Sums;
}
/** Columns of many workloads, now first.
 * @param all of each workload its sides in one order; one that a scenario does not reach is as it is now */
export function workspaceSides(all: readonly { readonly workload: Workload; readonly sides: readonly Side[] }[]): WorkspaceSide[] {
  const names = all[0]?.sides.map(({ name }) => name) ?? [];
  return names.map((name, at) => ({
    name,
    changed: all.filter(({ sides }) => (sides[at]?.changes.length ?? 0) > 0).length,
    sums: sumsOf(all.flatMap(({ workload, sides }) => (sides[at] ? [{ workload, estimation: sides[at].estimation }] : []))),
  }));
}
