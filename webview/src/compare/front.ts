import type { OfferRow, Range } from '../../../server/src/protocol/panel.js';
import { behind, type Measure, measures } from './offers.js';

/** An offer with what its cost is weighed against. */
export interface Point {
  readonly row: OfferRow;
  readonly cost: Range;
  readonly measure: Range;
  /** No other is at least as good in both and better in one, by the likely figures. */
  readonly onFront: boolean;
}

/** Offers that run the work to its end and whose two figures are known, the least of the measure first; the others are counted. */
export function pointsOf(
  rows: readonly OfferRow[],
  against: Measure,
): { readonly points: readonly Point[]; readonly misfits: number; readonly unknown: number } {
  const able = rows.filter((row) => behind(row) === 0);
  const known = able.flatMap((row) => {
    const measure = measures[against].range(row);
    return row.usd && measure ? [{ row, cost: row.usd, measure }] : [];
  });
  const points = known
    .sort((a, b) => a.measure.likely - b.measure.likely || a.cost.likely - b.cost.likely)
    .map((point) => ({ ...point, onFront: point.row.fits !== 'unknown' && !known.some((other) => other.row.fits !== 'unknown' && beats(other, point)) }));
  return { points, misfits: rows.length - able.length, unknown: able.length - known.length };
}

function beats(a: Omit<Point, 'onFront'>, b: Omit<Point, 'onFront'>): boolean {
  const [cost, measure] = [a.cost.likely - b.cost.likely, a.measure.likely - b.measure.likely];
  return cost <= 0 && measure <= 0 && (cost < 0 || measure < 0);
}

/** Steps along the front: what lies below or left of them, nobody offers. */
export function stairs(front: readonly Point[], x: (value: number) => number, y: (value: number) => number): string {
  return front
    .map(({ cost, measure }, at) => {
      const [left, top] = [round(x(measure.likely)), round(y(cost.likely))];
      return at === 0 ? `M${left} ${top}` : `H${left}V${top}`;
    })
    .join('');
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
}
const lineHeight = 16;
/** Of texts that would lie over each other the first stays. */
export function apart<T extends Box>(boxes: readonly T[]): T[] {
  const kept: T[] = [];
  for (const one of boxes) {
    const clear = (other: Box): boolean =>
      Math.abs(one.top - other.top) >= lineHeight || one.left + one.width <= other.left || other.left + other.width <= one.left;
    if (kept.every(clear)) kept.push(one);
  }
  return kept;
}

const round = (value: number): number => Math.round(value * 10) / 10;
