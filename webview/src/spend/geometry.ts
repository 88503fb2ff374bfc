import { niceStep } from '../shared/scale.js';

export interface Point {
  readonly x: number;
  readonly y: number;
}
/** Two places of a value on an axis. */
export type Scale = (value: number) => number;
export const scale =
  (from: number, to: number, a: number, b: number): Scale =>
  (value) =>
    to === from ? (a + b) / 2 : a + ((value - from) / (to - from)) * (b - a);

/** Round values over a range, both ends covered. */
export function ticks(low: number, high: number, parts: number): readonly number[] {
  const step = niceStep(high - low, parts);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.ceil(high / step - 1e-9);
  return Array.from({ length: Math.max(1, last - first) + 1 }, (_, at) => Number(((first + at) * step).toPrecision(12)));
}

/** Of points closer than two to a pixel, the lowest and the highest of each pixel, in their order: a peak is never lost.
 * @returns the indices that are kept */
export function thinned(values: readonly number[], pixels: number): readonly number[] {
  const columns = Math.max(1, Math.floor(pixels));
  if (values.length <= 2 * columns) return [...values.keys()];
  const kept: number[] = [0];
  for (let column = 0; column < columns; column++) {
    const from = Math.floor((column * values.length) / columns);
    const to = Math.floor(((column + 1) * values.length) / columns);
    let [low, high] = [from, from];
    for (let at = from; at < to; at++) {
      if ((values[at] as number) < (values[low] as number)) low = at;
      if ((values[at] as number) > (values[high] as number)) high = at;
    }
    for (const at of low < high ? [low, high] : [high, low]) if (at > (kept.at(-1) as number)) kept.push(at);
  }
  if (kept.at(-1) !== values.length - 1) kept.push(values.length - 1);
  return kept;
}

/** A line through values, thinned to what its width can show.
 * @param first index of the first value on the x scale */
export function line(values: readonly number[], first: number, x: Scale, y: Scale): string {
  if (values.length === 0) return '';
  const pixels = Math.abs(x(first + values.length - 1) - x(first));
  return thinned(values, pixels)
    .map((at, order) => `${order === 0 ? 'M' : 'L'}${round(x(first + at))} ${round(y(values[at] as number))}`)
    .join('');
}
/** The area between two lines. */
export function band(low: readonly number[], high: readonly number[], first: number, x: Scale, y: Scale): string {
  if (high.length === 0) return '';
  const up = line(high, first, x, y);
  const pixels = Math.abs(x(first + low.length - 1) - x(first));
  const down = [...thinned(low, pixels)].reverse().map((at) => `L${round(x(first + at))} ${round(y(low[at] as number))}`);
  return `${up}${down.join('')}Z`;
}

/** Stacked heights of one bar: positive parts upwards, negative ones (credits) downwards. */
export function stacked(costs: readonly number[]): readonly { readonly from: number; readonly to: number }[] {
  let [up, down] = [0, 0];
  return costs.map((cost) => {
    if (cost >= 0) {
      const from = up;
      up += cost;
      return { from, to: up };
    }
    const from = down;
    down += cost;
    return { from, to: down };
  });
}

/** Labels that have room: every n-th, so that two are at least some pixels apart. */
export function spaced(count: number, width: number, apart: number): readonly number[] {
  const every = Math.max(1, Math.ceil((count * apart) / Math.max(1, width)));
  return Array.from({ length: Math.ceil(count / every) }, (_, at) => at * every);
}
export const round = (value: number): number => Math.round(value * 10) / 10;
