import { onLikelyAccelerators } from '../estimate/alternatives.js';
import { assumedUtilisation } from '../estimate/compose.js';
import { inverse, product, scale } from '../estimate/interval.js';
import { hoursPerMonth } from '../estimate/money.js';
import { type EstimateContext, FactReader, type Spec } from '../estimate/spec.js';
import type { Estimation, Interval } from '../model/estimate.js';

/** What passes of a model cost on one kind of machine; a figure that is not known is absent. */
export interface PassCost {
  readonly accelerator: string;
  readonly latencyMs?: Interval;
  /** On a machine that is full while it runs. @unit USD a thousand passes */
  readonly usdPer1kFull?: Interval;
  /** At the stated traffic, on machines that are always on. */
  readonly traffic?: { readonly replicas: number; readonly busy: number; readonly usdPerMonth: Interval; readonly usdPer1k: Interval };
}

const secondsPerMonth = hoursPerMonth * 3600;

/** @unknown undefined where no traffic is stated */
export function passesPerMonth(spec: Spec): number | undefined {
  const facts = new FactReader(spec);
  const rate = facts.number('requests_per_s');
  return facts.number('calls_per_month') ?? (rate === undefined ? undefined : rate * secondsPerMonth);
}

/** Passes on some accelerators, or on the usual ones; the cheapest at the traffic first.
 * @param perMonth passes a month; absent: only what a full machine costs is told */
export function passCosts(spec: Spec, context: EstimateContext, perMonth: number | undefined, ids?: readonly string[]): PassCost[] {
  const costs = onLikelyAccelerators(spec, context, ids).map(({ accelerator, estimation }) => passCost(accelerator, estimation, perMonth));
  const rank = ({ traffic, usdPer1kFull }: PassCost): number => traffic?.usdPerMonth.likely ?? usdPer1kFull?.likely ?? Number.POSITIVE_INFINITY;
  return costs.sort((a, b) => rank(a) - rank(b));
}

/** @assumes one replica is one machine of the estimation; as many as the traffic needs at the usual share of time busy */
export function passCost(accelerator: string, { estimates }: Estimation, perMonth: number | undefined): PassCost {
  const { latency_ms: latency, requests_per_s: rate, usd_per_hour: hourly } = estimates;
  const base = { accelerator, ...(latency ? { latencyMs: latency } : {}) };
  if (!rate || !hourly || rate.likely <= 0) return base;
  const full = scale(product(hourly, inverse(rate)), 1000 / 3600);
  if (perMonth === undefined || perMonth <= 0) return { ...base, usdPer1kFull: full };
  const arrivals = perMonth / secondsPerMonth;
  const replicas = Math.max(1, Math.ceil(arrivals / (rate.likely * assumedUtilisation)));
  const usdPerMonth = scale(hourly, hoursPerMonth * replicas);
  const traffic = { replicas, busy: arrivals / (rate.likely * replicas), usdPerMonth, usdPer1k: scale(usdPerMonth, 1000 / perMonth) };
  return { ...base, usdPer1kFull: full, traffic };
}
