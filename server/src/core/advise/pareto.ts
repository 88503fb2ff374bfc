import type { Unit } from '../model/estimate.js';
import type { Advice } from './types.js';

/** One choice among the alternatives: what it costs, what is known of its quality, how long it takes. */
export interface FrontPoint {
  /** The advice; absent: the workload as it stands. */
  readonly id?: string;
  readonly title: string;
  readonly cost: number;
  /** Share of the score that is kept, in percent; absent where nobody measured it. */
  readonly quality?: number;
  /** Hours of a run, or milliseconds of a request or a token. */
  readonly wait?: number;
  /** True where no other choice is at least as good in all three and better in one. */
  readonly onFront: boolean;
}
export interface Front {
  readonly unit: Unit;
  /** Of what is waited for. */
  readonly waitUnit?: Unit;
  readonly points: readonly FrontPoint[];
}

/** The alternatives of a workload by cost, quality and waiting, the cheapest first. Only what is compared in one unit stands on one front;
 * what is unmeasured is beaten by nothing and beats nothing, so it is not on the front. */
export function paretoFront(advice: readonly Advice[]): Front | undefined {
  const told = advice.filter(({ cost, saving }) => cost !== undefined && saving.percent !== undefined && saving.percent < 100);
  const units = new Map<Unit, Advice[]>();
  for (const one of told) units.set(one.saving.unit, [...(units.get(one.saving.unit) ?? []), one]);
  const [most] = [...units].sort(([, a], [, b]) => b.length - a.length);
  const first = most?.[1][0];
  if (!most || !first) return undefined;
  const [unit, own] = most;
  const before = (first.cost ?? Number.NaN) / (1 - (first.saving.percent ?? Number.NaN) / 100);
  const stands = own.find(({ wait }) => wait)?.wait;
  const points: Omit<FrontPoint, 'onFront'>[] = [
    { title: 'as it stands', cost: Number(before.toPrecision(4)), quality: 100, ...(stands ? { wait: stands.before } : {}) },
    ...own.map(({ id, title, cost = Number.NaN, risk, wait }) => ({
      id,
      title,
      cost,
      ...(risk.level === 'none' ? { quality: 100 } : risk.recovery ? { quality: risk.recovery.median } : {}),
      ...(wait && wait.name === stands?.name ? { wait: wait.after } : {}),
    })),
  ];
  return {
    unit,
    ...(stands ? { waitUnit: waitUnits[stands.name] } : {}),
    points: points
      .map((point) => ({ ...point, onFront: point.quality !== undefined && !points.some((other) => beats(other, point)) }))
      .sort((a, b) => a.cost - b.cost),
  };
}

const waitUnits = { wall_hours: 'h', latency_ms: 'ms', tpot_ms: 'ms' } as const;

function beats(a: Omit<FrontPoint, 'onFront'>, b: Omit<FrontPoint, 'onFront'>): boolean {
  if (a.quality === undefined || b.quality === undefined) return false;
  const waits = a.wait !== undefined && b.wait !== undefined ? [a.wait, b.wait] : undefined;
  const asGood = a.cost <= b.cost && a.quality >= b.quality && (!waits || (waits[0] ?? 0) <= (waits[1] ?? 0));
  return asGood && (a.cost < b.cost || a.quality > b.quality || (waits !== undefined && (waits[0] ?? 0) < (waits[1] ?? 0)));
}
