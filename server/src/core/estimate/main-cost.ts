import type { Estimate, Estimation } from '../model/estimate.js';
import type { Workload } from '../model/workload.js';

/** The figure that a person decides on: the run's cost, else the month's, else the hour's. */
export function mainCost(kind: Workload['kind'], { estimates }: Estimation): (Estimate & { readonly name: string }) | undefined {
  const names =
    kind === 'training' || kind === 'batch-inference'
      ? ['usd', 'usd_max', 'usd_per_1m_tokens_full', 'usd_per_hour']
      : kind === 'api-call'
        ? ['usd_per_month', 'usd_per_month_max', 'usd', 'usd_per_call', 'usd_per_call_max']
        : ['usd_per_month', 'usd_max', 'usd_per_hour'];
  for (const name of names) {
    const found = estimates[name];
    if (found) return { ...found, name };
  }
  return undefined;
}
