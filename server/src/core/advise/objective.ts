import type { Estimate, Estimation } from '../model/estimate.js';

/** What is made smaller, the first that is known: money of what is done before money of what stands there, and GPU-hours where there is no price. */
const objectives = [
  'usd',
  'usd_per_1m_tokens',
  'usd_per_1k_requests',
  'usd_per_month',
  'usd_per_call',
  'usd_max',
  'usd_per_month_max',
  'usd_per_call_max',
  'gpu_hours',
  'usd_per_hour',
] as const;

export interface Objective {
  readonly name: string;
  readonly before: Estimate;
  readonly after: Estimate;
}

/** The first figure that both sides answer. A service that stands all month is compared by its month where the hardware changes: tokens that nobody asks for save nothing. */
export function objectiveOf(before: Estimation, after: Estimation): Objective | undefined {
  const monthly = pair(month(before), month(after), 'usd_per_month');
  if (monthly && Math.abs(monthly.after.likely / monthly.before.likely - 1) > 0.005) return monthly;
  for (const name of objectives) {
    const found = pair(before, after, name);
    if (found) return found;
  }
  return undefined;
}
/** A service that is down between requests is paid while it is up. */
const month = (one: Estimation): Estimation => {
  const up = one.estimates['usd_per_month_to_zero'];
  return up ? { ...one, estimates: { ...one.estimates, usd_per_month: up } } : one;
};
function pair(before: Estimation, after: Estimation, name: string): Objective | undefined {
  const [a, b] = [before.estimates[name], after.estimates[name]];
  return a && b && a.likely > 0 ? { name, before: a, after: b } : undefined;
}
