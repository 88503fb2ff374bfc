/** One held-out figure: what it is of, its log residual, and which kinds of distance it has from what was measured. */
export interface Residual {
  readonly family: string;
  readonly metric: string;
  readonly regime: string;
  readonly residual: number;
  readonly far: readonly string[];
}

/** Spread of residuals as a product: the quantity's own, a deviation for its regime, and a factor of at least 1 for each kind of distance. */
export interface SpreadModel {
  readonly scale: (metric: string, regime: string, far: readonly string[]) => number;
  readonly factors: Readonly<Record<string, number>>;
}

const ln = Math.log;
/** Nobody is further off than this for a reason that a spread can know. */
const largest = ln(20);
const smallest = 0.02;

/** Fits the logarithm of the spread: most likely under Laplace-distributed residuals, whose scale is linear in its logarithm (a convex problem, solved by Newton's method).
 * Factors are fitted together, so that kinds of distance which come together do not count twice; few publishers move one little.
 * Every publisher weighs as √rows. */
export function fitSpreads(points: readonly Residual[], kinds: readonly string[], expected: (kind: string) => number = () => 1.3): SpreadModel {
  const counts = new Map<string, number>();
  for (const point of points) counts.set(`${point.family}|${point.metric}`, (counts.get(`${point.family}|${point.metric}`) ?? 0) + 1);
  const metrics = [...new Set(points.map((point) => point.metric))].sort();
  const regimes = [...new Set(points.map((point) => point.regime))].sort();
  const names = ['all', ...metrics.map((metric) => `m:${metric}`), ...regimes.map((regime) => `r:${regime}`), ...kinds.map((kind) => `k:${kind}`)];
  const index = new Map(names.map((name, at) => [name, at]));
  // pull towards nothing: weakest for the whole, strongest for regimes; a kind of distance is expected to widen by 1.3
  const prior = names.map((name) =>
    name === 'all'
      ? { mean: ln(0.3), sd: 2 }
      : name.startsWith('m:')
        ? { mean: 0, sd: 0.7 }
        : name.startsWith('r:')
          ? { mean: 0, sd: 0.35 }
          : { mean: ln(expected(name.slice(2))), sd: 0.3 },
  );
  const columns = (metric: string, regime: string, far: readonly string[]): number[] =>
    ['all', `m:${metric}`, `r:${regime}`, ...far.map((kind) => `k:${kind}`)].flatMap((name) => index.get(name) ?? []);
  const data = points.map((point) => ({
    at: columns(point.metric, point.regime, point.far),
    size: Math.min(largest, Math.max(smallest, Math.abs(point.residual))),
    weight: 1 / Math.sqrt(counts.get(`${point.family}|${point.metric}`) ?? 1),
  }));
  const values = prior.map(({ mean }) => mean);
  const sum = (at: readonly number[]) => at.reduce((total, column) => total + (values[column] ?? 0), 0);
  for (let turn = 0; turn < 60; turn++) {
    // one coordinate after the other: each has a closed Newton step, and the order is fixed
    let moved = 0;
    for (let column = 0; column < names.length; column++) {
      const { mean, sd } = prior[column] ?? { mean: 0, sd: 1 };
      let gradient = ((values[column] ?? 0) - mean) / sd ** 2;
      let curvature = 1 / sd ** 2;
      for (const { at, size, weight } of data) {
        if (!at.includes(column)) continue;
        const relative = size / Math.exp(sum(at));
        gradient += weight * (1 - relative);
        curvature += weight * relative;
      }
      const step = Math.max(-0.5, Math.min(0.5, -gradient / curvature));
      const next = (values[column] ?? 0) + step;
      values[column] = names[column]?.startsWith('k:') === true ? Math.max(0, next) : next;
      moved = Math.max(moved, Math.abs(step));
    }
    if (moved < 1e-3) break;
  }
  return {
    scale: (metric, regime, far) => Math.exp(sum(columns(metric, regime, far))),
    factors: Object.fromEntries(kinds.map((kind) => [kind, Math.exp(values[index.get(`k:${kind}`) ?? -1] ?? 0)])),
  };
}
