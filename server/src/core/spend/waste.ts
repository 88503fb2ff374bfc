import type { Metered } from './metering.js';

/** What of a metered run the ledger of waste looks at. */
export interface WastedRun {
  readonly id: string;
  readonly command: readonly string[];
  readonly commit?: string;
  readonly state: 'running' | 'ended' | 'lost';
  readonly status?: number;
  readonly seconds: number;
  readonly metered: Metered;
}
export interface Waste {
  readonly kind: 'crashed' | 'lost' | 'repeated' | 'idle';
  readonly run: string;
  readonly gpuHours: number;
  readonly gpuModel?: string;
  /** What would save it. */
  readonly fix: string;
}
/** A GPU that is busy for less than this share of the time stands idle for the rest. */
const busyEnough = 0.3;

/** GPU-hours of metered runs that brought nothing: crashed, lost, run again unchanged after they had succeeded, or spent waiting. Each hour counts once.
 * Runs without a measured GPU are left out: their hours are not known. */
export function wasteOf(runs: readonly WastedRun[]): Waste[] {
  const done = new Set<string>();
  return [...runs]
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .flatMap((run): Waste[] => {
      const { gpuHours, gpuModel, utilisation } = run.metered;
      if (gpuHours === undefined || run.state === 'running') return [];
      const base = { run: run.id, gpuHours, ...(gpuModel === undefined ? {} : { gpuModel }) };
      const same = run.commit === undefined ? undefined : JSON.stringify([run.commit, run.command]);
      if (run.state === 'lost') return [{ ...base, kind: 'lost', fix: 'write checkpoints, and start again from the last one' }];
      if (run.status !== 0) return [{ ...base, kind: 'crashed', fix: 'a short trial run before the long one; checkpoints to go on from' }];
      if (same !== undefined && done.has(same))
        return [{ ...base, kind: 'repeated', fix: 'the same command at the same commit had ended well: use its result' }];
      if (same !== undefined) done.add(same);
      if (utilisation !== undefined && utilisation < busyEnough)
        return [{ ...base, kind: 'idle', gpuHours: gpuHours * (1 - utilisation), fix: 'fewer or smaller GPUs, or more workers that load data' }];
      return [];
    });
}
