import { mainCost } from '../estimate/main-cost.js';
import type { Estimation } from '../model/estimate.js';
import type { Workload } from '../model/workload.js';
import { type NumberStyle, plain, withUnit } from './number.js';

export interface Counted {
  readonly workload: Workload;
  readonly estimation: Estimation;
}
/** Sums by unit, with how many workloads could not be counted: an unknown is never added as nothing. */
export interface Totals {
  readonly once: number;
  readonly monthly: number;
  /** What runs at most cost that have a limit and no estimate; never part of `once` and `monthly`. */
  readonly onceAtMost: number;
  readonly monthlyAtMost: number;
  readonly unknown: number;
  readonly counted: number;
}

/** Adds what runs once and what stays on, apart. A workload that another one of these counts is left out. */
export function totalsOf(all: readonly Counted[]): Totals {
  let [once, monthly, onceAtMost, monthlyAtMost, unknown, counted] = [0, 0, 0, 0, 0, 0];
  const ids = new Set(all.map(({ workload }) => workload.id));
  for (const { workload, estimation } of all) {
    if (workload.fragment || (workload.countedIn !== undefined && ids.has(workload.countedIn))) continue;
    const cost = mainCost(workload.kind, estimation);
    const limit = cost?.name.endsWith('_max') === true;
    if (cost?.unit === 'usd' && limit) onceAtMost += cost.likely;
    else if (cost?.unit === 'usd') once += cost.likely;
    else if (cost?.unit === 'usd/month' && limit) monthlyAtMost += cost.likely;
    else if (cost?.unit === 'usd/month') monthly += cost.likely;
    else {
      unknown++;
      continue;
    }
    counted++;
  }
  return { once, monthly, onceAtMost, monthlyAtMost, unknown, counted };
}

/** `$61 + $9,600/mo + at most $440 + 2 without a total`. */
export function totalText({ once, monthly, onceAtMost, monthlyAtMost, unknown }: Totals, style: NumberStyle = plain): string {
  const parts = [
    ...(once > 0 ? [withUnit(once, 'usd', style)] : []),
    ...(monthly > 0 ? [withUnit(monthly, 'usd/month', style)] : []),
    ...(onceAtMost > 0 ? [`at most ${withUnit(onceAtMost, 'usd', style)}`] : []),
    ...(monthlyAtMost > 0 ? [`at most ${withUnit(monthlyAtMost, 'usd/month', style)}`] : []),
    ...(unknown > 0 ? [`${unknown} without a total`] : []),
  ];
  return parts.length > 0 ? parts.join(' + ') : 'nothing to count';
}
