import { type FedInput, type Model, openSession, type Runtime } from './runtime.js';
import { sampleFeeds } from './sample.js';

/** How long one run takes on this machine. */
export interface Latency {
  /** @unit ms */
  readonly median: number;
  /** A tenth of the runs were faster, a tenth slower. @unit ms */
  readonly low: number;
  readonly high: number;
  /** Until the model could be run first. @unit ms */
  readonly load: number;
  readonly runs: number;
  readonly threads: number;
}
export interface MeasureOptions {
  readonly threads: number;
  /** Milliseconds of a clock that only grows. */
  readonly now: () => number;
  readonly runs?: number;
  /** No further run begins after this long. @unit ms */
  readonly limit?: number;
}

/** Runs a model on made-up inputs again and again: first without counting, then with.
 * @errors with the runtime's own words for a model that it does not take */
export async function measureLatency(runtime: Runtime, model: Model, inputs: readonly FedInput[], options: MeasureOptions): Promise<Latency> {
  const { now, runs = 30, limit = 20_000, threads } = options;
  const begin = now();
  const session = await openSession(runtime, model);
  try {
    const feeds = sampleFeeds(runtime, inputs, 1);
    const load = now() - begin;
    const times: number[] = [];
    // Two runs that do not count: memory is laid out and code is compiled in them.
    for (let run = -2; run < runs && (times.length < 3 || now() - begin < limit); run++) {
      const from = now();
      await session.run(feeds);
      if (run >= 0) times.push(now() - from);
    }
    times.sort((a, b) => a - b);
    const at = (share: number): number => times[Math.round(share * (times.length - 1))] ?? 0;
    return { median: at(0.5), low: at(0.1), high: at(0.9), load, runs: times.length, threads };
  } finally {
    await session.release?.();
  }
}
