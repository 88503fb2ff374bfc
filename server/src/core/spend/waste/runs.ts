import { durationText } from '../../text/duration.js';
import { type Decimal, divide, multiply, ofNumber, zero } from '../decimal.js';
import type { DimensionName } from '../dimensions.js';
import type { Metered } from '../metering.js';
import { memoryNotUsed } from './memory.js';
import { exactly, gpuHour, listed, moneyOr, type Prices } from './price.js';
import type { WasteLine } from './types.js';

/** What of a metered run the ledger of waste looks at. */
export interface WastedRun {
  readonly id: string;
  readonly command: readonly string[];
  readonly commit?: string;
  /** Files differed from the commit: the code is not known to be the same. */
  readonly dirty?: boolean;
  /** ISO 8601. */
  readonly started?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly state: 'running' | 'ended' | 'lost';
  readonly status?: number;
  readonly seconds: number;
  readonly metered: Metered;
}
/** What was billed for a run, where charges carry its name. */
export type BilledRuns = ReadonlyMap<string, { readonly cost: Decimal; readonly currency: string }>;
/** A GPU that is busy for less than this share of the time stands idle for the rest. */
export const busyEnough = 0.3;

/** Money for GPU-hours of metered runs that brought nothing: crashed, lost, run again unchanged, spent waiting, or on memory that stayed empty. Each hour counts once.
 * Runs without a measured GPU are left out: their hours are not known. */
export function wasteOfRuns(runs: readonly WastedRun[], prices: Prices, billed: BilledRuns = new Map()): WasteLine[] {
  const done = new Map<string, 'well' | 'badly'>();
  const sameTag = new Map<string, number>();
  for (const run of runs) for (const name of namesOf(run)) sameTag.set(name, (sameTag.get(name) ?? 0) + (run.metered.gpuHours ?? 0));
  return [...runs]
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .flatMap((run): WasteLine[] => {
      const { gpuHours, gpuModel, gpus = 1, utilisation, peakMemory } = run.metered;
      if (gpuHours === undefined || run.state === 'running') return [];
      const same = run.commit === undefined || run.dirty === true ? undefined : JSON.stringify([run.commit, run.command]);
      const before = same === undefined ? undefined : done.get(same);
      const well = run.state === 'ended' && run.status === 0;
      if (same !== undefined && before !== 'well') done.set(same, well ? 'well' : 'badly');
      const owner = ownerOf(run);
      const what = run.command.join(' ');
      const line = (kind: WasteLine['kind'], hours: number, evidence: string, fix: string): WasteLine => ({
        kind,
        what,
        owner,
        quantity: { value: hours, unit: 'GPU-hours' },
        ...moneyFor(hours),
        evidence: `${evidence}; run ${run.id}`,
        fix,
      });
      const moneyFor = (hours: number) => {
        const name = namesOf(run).find((one) => billed.has(one));
        const bill = name === undefined ? undefined : billed.get(name);
        const all = name === undefined ? undefined : sameTag.get(name);
        if (bill && all !== undefined && all > 0) {
          const part = divide(multiply(bill.cost, ofNumber(hours) ?? zero), ofNumber(all) ?? zero, 6);
          if (part) return { money: exactly(part, bill.currency, `billed for ${name}, by GPU-hours`) };
        }
        return moneyOr(gpuHour(prices, gpuModel, gpus), (price) => listed(price, hours));
      };
      const at = run.commit === undefined ? 'commit not known' : `commit ${run.commit.slice(0, 8)}${run.dirty === true ? ', changed since' : ''}`;
      if (run.state === 'lost')
        return [
          line(
            'lost run',
            gpuHours,
            `its meter or machine went down after ${durationText(run.seconds)}; ${at}`,
            'write checkpoints, and start again from the last one',
          ),
        ];
      if (!well)
        return before === undefined
          ? [
              line(
                'crashed run',
                gpuHours,
                `ended with status ${run.status ?? 'unknown'} after ${durationText(run.seconds)}; ${at}`,
                'a short trial run before the long one; checkpoints to go on from',
              ),
            ]
          : [
              line(
                'repeated run',
                gpuHours,
                `the same command at the same commit had ${before === 'well' ? 'ended well' : 'failed'} before, and failed; ${at}`,
                before === 'well' ? 'use the result that is there' : 'change something before it is started again',
              ),
            ];
      if (before === 'well')
        return [line('repeated run', gpuHours, `the same command at the same commit had ended well; ${at}`, 'use the result that is there')];
      if (utilisation !== undefined && utilisation < busyEnough)
        return [
          line(
            'idle GPU',
            gpuHours * (1 - utilisation),
            `busy for ${Math.round(100 * utilisation)} % of ${gpuHours.toFixed(1)} GPU-hours`,
            'fewer or smaller GPUs, or more workers that load data',
          ),
        ];
      const held =
        peakMemory === undefined || gpuModel === undefined
          ? undefined
          : memoryNotUsed(
              {
                what,
                owner,
                gpu: gpuModel,
                gpus,
                gpuHours,
                peakGib: peakMemory / 1024,
                ...(utilisation === undefined ? {} : { utilisation }),
                evidence: `run ${run.id}`,
              },
              prices,
            );
      return held ? [held] : [];
    });
}
/** Names that charges may carry for a run. */
export const namesOf = ({ id, tags }: Pick<WastedRun, 'id' | 'tags'>): string[] => [
  id,
  ...(tags?.['experiment_run'] === undefined ? [] : [tags['experiment_run']]),
];
const ownerOf = ({ tags = {} }: WastedRun): WasteLine['owner'] => tags as Partial<Record<DimensionName, string>>;
