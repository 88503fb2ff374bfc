import { add, type Decimal, multiply, subtract, toNumber, zero } from '../decimal.js';
import type { UsageRecord } from '../usage.js';
import { memoryNotUsed } from './memory.js';
import { exactly, gpuHour, listed, moneyOr, type Prices } from './price.js';
import { busyEnough } from './runs.js';
import type { WasteLine } from './types.js';

const one: Decimal = { digits: 1n, scale: 0 };
/** Sums over the days of one resource. */
interface Sum {
  readonly first: UsageRecord;
  hours: number;
  days: number;
  /** What the rows cost, where all of them tell it. */
  cost: Decimal | undefined;
  lost: Decimal;
  wasted: number;
  busy: number;
  peak: number | undefined;
}

/** Accelerators that stood without work or without requests, by tables of use: rows with `gpu_hours`, and `utilisation` or `requests`.
 * A day on which no request came counts whole; a day on which it was busy for less than three tenths counts for its idle part. */
export function wasteOfUse(records: readonly UsageRecord[], prices: Prices): WasteLine[] {
  const groups = new Map<string, Sum>();
  for (const record of records) {
    const hours = record.amounts['gpu_hours'];
    if (!hours || hours.digits === 0n) continue;
    const { requests, utilisation, cost, peak_memory_gib: peak } = record.amounts;
    const quiet = requests !== undefined && requests.digits === 0n;
    const idle = quiet ? one : utilisation && subtract(one, utilisation);
    const kind = quiet ? 'no traffic' : utilisation && toNumber(utilisation) < busyEnough ? 'idle GPU' : 'busy';
    const key = JSON.stringify([kind, record.resource, record.gpu ?? '', record.tags, record.currency ?? '']);
    const group = groups.get(key) ?? { first: record, hours: 0, days: 0, cost: zero, lost: zero, wasted: 0, busy: 0, peak: undefined };
    const spent = toNumber(hours);
    group.hours += spent;
    group.days++;
    group.wasted += spent * (idle ? toNumber(idle) : 0);
    group.busy += spent * (utilisation ? toNumber(utilisation) : 1);
    group.cost = group.cost && cost && add(group.cost, cost);
    if (cost && idle) group.lost = add(group.lost, multiply(cost, idle));
    if (peak) group.peak = Math.max(group.peak ?? 0, toNumber(peak));
    groups.set(key, group);
  }
  return [...groups].flatMap(([key, sum]): WasteLine[] => {
    const [kind] = JSON.parse(key) as [string];
    const { first, hours, days, wasted } = sum;
    const what = first.resource || first.gpu || 'accelerators';
    const span = `${hours.toFixed(1)} GPU-hours on ${days} ${days === 1 ? 'day' : 'days'}`;
    if (kind === 'busy') {
      if (sum.peak === undefined || first.gpu === undefined) return [];
      const held = memoryNotUsed(
        {
          what,
          owner: first.tags,
          gpu: first.gpu,
          gpus: 1,
          gpuHours: hours,
          peakGib: sum.peak,
          utilisation: sum.busy / hours,
          evidence: `${span}, ${first.source}`,
        },
        prices,
      );
      return held ? [held] : [];
    }
    const money = sum.cost
      ? { money: exactly(sum.lost, first.currency ?? 'USD', `cost as ${first.source} states it`) }
      : moneyOr(gpuHour(prices, first.gpu), (price) => listed(price, wasted));
    const quiet = kind === 'no traffic';
    return [
      {
        kind: quiet ? 'no traffic' : 'idle GPU',
        what,
        owner: first.tags,
        quantity: { value: wasted, unit: 'GPU-hours' },
        ...money,
        evidence: quiet
          ? `no request came in ${span}; from ${first.source} on`
          : `busy for ${Math.round((100 * sum.busy) / hours)} % of ${span}; from ${first.source} on`,
        fix: quiet
          ? 'scale to zero, or to fewer replicas: mlcost autoscale writes how'
          : 'fewer or smaller GPUs, several jobs on one, or more workers that load data',
      },
    ];
  });
}
