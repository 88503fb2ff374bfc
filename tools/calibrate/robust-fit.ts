/** Fits log-linear effects to log ratios: Gauss–Newton with priors as ridge and Huber weights against outliers. Deterministic. */
export interface FitPoint {
  /** Predicted logarithms under the given values, one for each target; `undefined` drops that target. */
  predict(values: Readonly<Record<string, number>>, touched?: Set<string>): readonly (number | undefined)[];
  readonly targets: readonly number[];
  readonly weights: readonly number[];
}

export interface FitOptions {
  readonly prior: (name: string) => { readonly mean: number; readonly sd: number };
  /** Spread of a measurement about its prediction; weighs data against priors. */
  readonly noise: number;
  readonly iterations: number;
  readonly start?: Readonly<Record<string, number>>;
  /** Names that may not move. */
  readonly frozen?: ReadonlySet<string>;
}

const huber = 1.2;
/** Short, because limits bend the predictions: a long one looks past them. */
const step = 1e-3;

export function robustFit(points: readonly FitPoint[], options: FitOptions): Record<string, number> {
  const keysOf = points.map((point) => {
    const touched = new Set<string>();
    point.predict(options.start ?? {}, touched);
    return [...touched].filter((key) => options.frozen?.has(key) !== true);
  });
  const names = [...new Set(keysOf.flat())].sort();
  const index = new Map(names.map((name, at) => [name, at]));
  const values: Record<string, number> = {};
  for (const name of names) values[name] = options.start?.[name] ?? options.prior(name).mean;
  const size = names.length;
  let damping = 1e-3;
  let still = 0;
  let best = loss(points, values, options);
  for (let turn = 0; turn < options.iterations; turn++) {
    const matrix = new Float64Array(size * size);
    const vector = new Float64Array(size);
    points.forEach((point, at) => {
      const base = point.predict(values);
      const keys = keysOf[at] ?? [];
      const moved = keys.map((key) => {
        const now = values[key] ?? 0;
        values[key] = now + step;
        const nudged = point.predict(values);
        values[key] = now;
        return nudged;
      });
      point.targets.forEach((target, metric) => {
        const now = base[metric];
        if (now === undefined) return;
        const residual = (now - target) / options.noise;
        const weight = (point.weights[metric] ?? 1) * Math.min(1, huber / Math.max(1e-9, Math.abs(residual)));
        const slopes = moved.map((each) => ((each[metric] ?? now) - now) / step / options.noise);
        keys.forEach((key, a) => {
          const slope = slopes[a] ?? 0;
          if (slope === 0) return;
          const row = index.get(key) ?? 0;
          vector[row] = (vector[row] ?? 0) - weight * slope * residual;
          keys.forEach((other, b) => {
            const column = row * size + (index.get(other) ?? 0);
            matrix[column] = (matrix[column] ?? 0) + weight * slope * (slopes[b] ?? 0);
          });
        });
      });
    });
    names.forEach((name, at) => {
      const { mean, sd } = options.prior(name);
      matrix[at * size + at] = (matrix[at * size + at] ?? 0) + 1 / sd ** 2;
      vector[at] = (vector[at] ?? 0) - ((values[name] ?? 0) - mean) / sd ** 2;
    });
    let accepted = false;
    for (let tries = 0; tries < 5 && !accepted; tries++) {
      const delta = solve(matrix, vector, size, damping);
      const next: Record<string, number> = {};
      names.forEach((name, at) => {
        next[name] = (values[name] ?? 0) + Math.max(-0.5, Math.min(0.5, delta[at] ?? 0));
      });
      const now = loss(points, next, options);
      if (now < best) {
        Object.assign(values, next);
        accepted = true;
        damping = Math.max(1e-6, damping / 4);
        // a damped step may gain little where the next one gains much
        still = best - now < 1e-4 * best ? still + 1 : 0;
        if (still === 3) turn = options.iterations;
        best = now;
      } else damping *= 10;
    }
    if (!accepted) break;
  }
  return values;
}

function loss(points: readonly FitPoint[], values: Readonly<Record<string, number>>, options: FitOptions): number {
  let sum = 0;
  for (const point of points)
    point.predict(values).forEach((now, metric) => {
      if (now === undefined) return;
      const size = Math.abs(now - (point.targets[metric] ?? now)) / options.noise;
      sum += (point.weights[metric] ?? 1) * (size < huber ? size ** 2 / 2 : huber * (size - huber / 2));
    });
  for (const [name, value] of Object.entries(values)) {
    const { mean, sd } = options.prior(name);
    sum += ((value - mean) / sd) ** 2 / 2;
  }
  return sum;
}

/** Cholesky of the damped normal matrix. */
function solve(matrix: Float64Array, vector: Float64Array, size: number, damping: number): Float64Array {
  const lower = Float64Array.from(matrix);
  for (let at = 0; at < size; at++) lower[at * size + at] = (lower[at * size + at] ?? 0) * (1 + damping) + 1e-9;
  for (let column = 0; column < size; column++) {
    for (let row = column; row < size; row++) {
      let sum = lower[row * size + column] ?? 0;
      for (let k = 0; k < column; k++) sum -= (lower[row * size + k] ?? 0) * (lower[column * size + k] ?? 0);
      lower[row * size + column] = row === column ? Math.sqrt(Math.max(1e-12, sum)) : sum / (lower[column * size + column] ?? 1);
    }
  }
  const half = new Float64Array(size);
  for (let row = 0; row < size; row++) {
    let sum = vector[row] ?? 0;
    for (let k = 0; k < row; k++) sum -= (lower[row * size + k] ?? 0) * (half[k] ?? 0);
    half[row] = sum / (lower[row * size + row] ?? 1);
  }
  const result = new Float64Array(size);
  for (let row = size - 1; row >= 0; row--) {
    let sum = half[row] ?? 0;
    for (let k = row + 1; k < size; k++) sum -= (lower[k * size + row] ?? 0) * (result[k] ?? 0);
    result[row] = sum / (lower[row * size + row] ?? 1);
  }
  return result;
}
