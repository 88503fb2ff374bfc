/** Middle and 95th percentile of samples, in the samples' unit. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
export const median = (samples: readonly number[]): number => percentile(samples, 0.5);

/** Times two things in turn, so that a machine whose speed drifts treats both alike; milliseconds. */
export function inTurn(runs: number, a: () => void, b: () => void): { a: number[]; b: number[] } {
  const times = { a: [] as number[], b: [] as number[] };
  for (let run = -2; run < runs; run++) {
    for (const [name, work] of [
      ['a', a],
      ['b', b],
    ] as const) {
      const start = performance.now();
      work();
      if (run >= 0) times[name].push(performance.now() - start);
    }
  }
  return times;
}

export interface Row {
  readonly what: string;
  readonly measured: string;
  readonly bound: string;
  readonly ok: boolean;
}
/** A row of the report: a figure, held against a bound that is itself measured in the same run where it is a ratio. */
export const row = (what: string, figure: number, unit: string, bound: number, detail = ''): Row => ({
  what,
  measured: `${Number(figure.toPrecision(3))}${unit}${detail === '' ? '' : ` (${detail})`}`,
  bound: Number.isFinite(bound) ? `≤ ${bound}${unit}` : 'told only',
  ok: figure <= bound,
});
