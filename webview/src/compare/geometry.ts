import type { OfferRow, Range } from '../../../server/src/protocol/panel.js';
import { markPaths } from '../shared/marks.js';
import { type Scale, scaleTo } from '../shared/scale.js';

/** Pixels of a row, its bar, and the axis above. */
export const rowHeight = 42;
export const barHeight = 14;
export const axisHeight = 40;
const narrow = 560;

/** Columns of the chart for a width: labels, a mark, bars, figures. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly label: number;
  readonly mark: number;
  readonly from: number;
  readonly to: number;
  readonly figures: number;
  /** Too little room for intervals in the figures. */
  readonly short: boolean;
}
export function frameOf(width: number, rows: number): Frame {
  const wide = Math.max(300, Math.floor(width));
  const short = wide < narrow;
  const label = Math.round(Math.min(280, Math.max(110, wide * 0.3)));
  const figures = wide - (short ? 84 : 170);
  return { width: wide, height: axisHeight + rows * rowHeight + 6, label, mark: label + 12, from: label + 28, to: figures - 12, figures, short };
}

export function scaleOf(rows: readonly Pick<OfferRow, 'usd'>[], now: number | undefined, { from, to }: Pick<Frame, 'from' | 'to'>): Scale {
  return scaleTo(Math.max(0, now ?? 0, ...rows.map(({ usd }) => usd?.high ?? 0)), from, to);
}

/** A whisker: a line from the low to the high end, with a cap at each. */
export function whisker({ low, high }: Range, scale: Scale, middle: number): string {
  const [from, to, cap] = [round(scale.at(low)), round(scale.at(high)), 4];
  return `M${from} ${middle - cap}v${2 * cap}M${from} ${middle}H${to}M${to} ${middle - cap}v${2 * cap}`;
}

/** Shape of a mark, by what it says. */
export const markShapes = { fits: markPaths.good, tight: markPaths.warn, 'does-not-fit': markPaths.bad, unknown: markPaths.unknown } as const;

const round = (value: number): number => Math.round(value * 10) / 10;
