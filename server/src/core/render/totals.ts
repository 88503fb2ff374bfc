import type { Estimation } from '../model/estimate.js';
import type { Workload } from '../model/workload.js';
import { mainCost } from './lens.js';
import { type NumberStyle, plain, withUnit } from './number.js';

export interface Counted {
  readonly workload: Workload;
  readonly estimation: Estimation;
}
/** Sums by unit, with how many workloads could not be counted: an unknown is never added as nothing. */
export interface Totals {
  readonly once: number;
  readonly monthly: number;
  readonly unknown: number;
  readonly counted: number;
}

/** Adds what runs once and what stays on, apart. A workload that another one of these counts is left out. */
export function totalsOf(all: readonly Counted[]): Totals {
  let [once, monthly, unknown, counted] = [0, 0, 0, 0];
  const ids = new Set(all.map(({ workload }) => workload.id));
  for (const { workload, estimation } of all) {
    if (workload.fragment || (workload.countedIn !== undefined && ids.has(workload.countedIn))) continue;
    const cost = mainCost(workload.kind, estimation);
    if (cost?.unit === 'usd') once += cost.likely;
    else if (cost?.unit === 'usd/month') monthly += cost.likely;
    else {
      unknown++;
      continue;
    }
    counted++;
  }
  return { once, monthly, unknown, counted };
}

/** `$61 + $9,600/mo + 2 unknown`. */
export function totalText({ once, monthly, unknown }: Totals, style: NumberStyle = plain): string {
  const parts = [
    ...(once > 0 ? [withUnit(once, 'usd', style)] : []),
    ...(monthly > 0 ? [withUnit(monthly, 'usd/month', style)] : []),
    ...(unknown > 0 ? [`${unknown} without a total`] : []),
  ];
  return parts.length > 0 ? parts.join(' + ') : 'nothing to count';
}
