/** A number to fit: positive, searched in the logarithm between its bounds, pulled towards its start. */
export interface Searched {
  readonly start: number;
  readonly ease: number;
  readonly low: number;
  readonly high: number;
}

/** One measured figure: how heavy it weighs, and its log residual under given values (NaN: not predicted). */
export interface Target<V> {
  readonly weight: number;
  residual(values: V): number;
}

/** Noise that a single figure is expected to have, in the logarithm; beyond twice this the loss grows linearly. */
const noise = 0.2;
const bend = 1.5;

const huber = (residual: number): number => {
  const size = Math.abs(residual) / noise;
  return size <= bend ? 0.5 * size * size : bend * (size - 0.5 * bend);
};

/** Fits values to targets: robust loss on log residuals plus a pull towards the start values, by coordinate pattern search.
 * Deterministic; a value moves only the targets that depend on it, which are found first. */
export function fitValues<K extends string>(
  knobs: Readonly<Record<K, Searched>>,
  targets: readonly Target<Record<K, number>>[],
  options: { sweeps?: number; from?: Readonly<Record<K, number>> } = {},
): Record<K, number> {
  const names = Object.keys(knobs) as K[];
  const values = Object.fromEntries(names.map((name) => [name, options.from?.[name] ?? knobs[name].start])) as Record<K, number>;
  const losses = targets.map((target) => lossOf(target, values));
  const steps = Object.fromEntries(names.map((name) => [name, Math.min(0.3, knobs[name].ease)])) as Record<K, number>;
  const touched = Object.fromEntries(names.map((name) => [name, dependents(name, knobs[name], values, targets)])) as Record<K, number[]>;
  const pull = (name: K, value: number) => 0.5 * (Math.log(value / knobs[name].start) / knobs[name].ease) ** 2;
  for (let sweep = 0; sweep < (options.sweeps ?? 16); sweep++) {
    let moved = false;
    for (const name of names) {
      const list = touched[name];
      if (list.length === 0 || steps[name] < 0.01) continue;
      const before = values[name];
      let best = sumAt(list, losses) + pull(name, before);
      let bestValue = before;
      let bestLosses: number[] | undefined;
      for (const sign of [1, -1]) {
        for (let reach = 1; reach <= 4; reach *= 2) {
          const value = Math.min(knobs[name].high, Math.max(knobs[name].low, before * Math.exp(sign * reach * steps[name])));
          values[name] = value;
          const trial = list.map((at) => lossOf(targets[at] as Target<Record<K, number>>, values));
          const loss = trial.reduce((sum, one) => sum + one, 0) + pull(name, value);
          if (loss >= best - 1e-9) break;
          best = loss;
          bestValue = value;
          bestLosses = trial;
        }
        if (bestLosses) break;
      }
      values[name] = bestValue;
      if (bestLosses) {
        moved = true;
        list.forEach((at, place) => {
          losses[at] = bestLosses?.[place] ?? Number.NaN;
        });
      } else steps[name] *= 0.4;
    }
    if (!moved && names.every((name) => steps[name] < 0.01 || touched[name].length === 0)) break;
  }
  return values;
}

function lossOf<V>(target: Target<V>, values: V): number {
  const residual = target.residual(values);
  return Number.isFinite(residual) ? target.weight * huber(residual) : 0;
}

const sumAt = (list: readonly number[], losses: readonly number[]): number => list.reduce((sum, at) => sum + (losses[at] ?? 0), 0);

function dependents<K extends string>(name: K, knob: Searched, values: Record<K, number>, targets: readonly Target<Record<K, number>>[]): number[] {
  const base = targets.map((target) => target.residual(values));
  const kept = values[name];
  values[name] = kept * 1.6 <= knob.high ? kept * 1.6 : kept / 1.6;
  const list: number[] = [];
  targets.forEach((target, at) => {
    if (Math.abs(target.residual(values) - (base[at] ?? 0)) > 1e-6) list.push(at);
  });
  values[name] = kept;
  return list;
}

/** Weights that let a family of n rows count as much as √n independent ones. */
export function familyWeights(families: readonly string[]): number[] {
  const counts = new Map<string, number>();
  for (const family of families) counts.set(family, (counts.get(family) ?? 0) + 1);
  return families.map((family) => 1 / Math.sqrt(counts.get(family) ?? 1));
}
