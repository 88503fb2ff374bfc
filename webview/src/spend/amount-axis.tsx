import type { Figures } from './figures.js';
import type { Scale } from './geometry.js';

/** Lines at round amounts, with their texts to the left.
 * @param from left end
 * @param to right end */
export const AmountAxis = ({ marks, from, to, y, figures }: { marks: readonly number[]; from: number; to: number; y: Scale; figures: Figures }) => (
  <>
    {marks.map((value) => (
      <g key={value}>
        <path class="grid" d={`M${from} ${Math.round(y(value)) + 0.5}H${to}`} />
        <text x={from - 8} y={y(value) + 4} text-anchor="end">
          {figures.short(value)}
        </text>
      </g>
    ))}
  </>
);
