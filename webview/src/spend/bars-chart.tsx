import { useState } from 'preact/hooks';
import type { BarsView } from '../../../server/src/protocol/spend-panel.js';
import { clip } from '../shared/scale.js';
import { Walk } from '../shared/walk.js';
import { useWidth } from '../shared/width.js';
import { AmountAxis } from './amount-axis.js';
import type { Figures } from './figures.js';
import { round, scale, spaced, stacked, ticks } from './geometry.js';

const height = 230;
const margin = { top: 12, right: 8, bottom: 26, left: 58 };

/** Class of a part: colours go by its place, what has no name is grey. */
export const partClass = (bars: BarsView, at: number): string => {
  const part = bars.parts[at];
  return part?.named ? `part c${at % 7}` : part?.label.startsWith('(') ? 'part none' : 'part others';
};
/** What a bar stands for: a day, the week of a day, a month. */
export const barName = (bars: BarsView, at: number, figures: Figures): string => {
  const start = bars.starts[at] ?? '';
  return bars.unit === 'month' ? figures.month(start) : bars.unit === 'week' ? `week of ${figures.day(start)}` : figures.day(start);
};

/** What was spent over time, divided by something. The table beside it has the same figures. */
export function BarsChart({ bars, figures }: { readonly bars: BarsView; readonly figures: Figures }) {
  const [box, width] = useWidth();
  const count = bars.starts.length;
  const known = Math.max(0, ...bars.parts.map(({ costs }) => costs.length));
  const [at, setAt] = useState<number | undefined>(undefined);
  const current = Math.max(0, Math.min(at ?? known - 1, count - 1));
  const columns = bars.starts.map((_, column) => stacked(bars.parts.map(({ costs }) => costs[column] ?? 0)));
  const all = columns.flat();
  const marks = ticks(Math.min(0, ...all.map(({ to }) => to)), Math.max(0, ...all.map(({ to }) => to)), 4);
  const y = scale(marks[0] ?? 0, marks.at(-1) ?? 1, height - margin.bottom, margin.top);
  const step = (width - margin.left - margin.right) / Math.max(1, count);
  const wide = Math.max(1, step - Math.min(4, step * 0.2));
  const left = (column: number): number => margin.left + column * step + (step - wide) / 2;
  const text = textAt(bars, current, figures);
  return (
    <figure class="plot" ref={box as never}>
      <Walk
        label={`Spend by ${bars.by}, a bar a ${bars.unit}`}
        count={count}
        current={current}
        text={text}
        stride={bars.unit === 'day' ? 7 : 4}
        onMove={setAt}
        at={(px) => Math.floor((px - margin.left) / step)}
      >
        <svg id="bars-chart" aria-hidden="true" width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
          <defs>
            <pattern id="none" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
              <path class="hatch" d="M0 0V5" />
            </pattern>
          </defs>
          <g class="axis">
            <AmountAxis marks={marks} from={margin.left} to={width - margin.right} y={y} figures={figures} />
            {spaced(count, width - margin.left - margin.right, 64).map((column) => (
              <text key={bars.starts[column]} x={left(column) + wide / 2} y={height - 8} text-anchor="middle">
                {bars.unit === 'month' ? figures.month(bars.starts[column] ?? '') : figures.day(bars.starts[column] ?? '')}
              </text>
            ))}
          </g>
          {columns.map((column, place) => (
            <g key={bars.starts[place]} class={place === current ? 'column current' : 'column'}>
              {column.map(({ from, to }, part) => {
                const [top, bottom] = [Math.min(y(from), y(to)), Math.max(y(from), y(to))];
                return bottom - top < 0.05 ? null : (
                  <rect
                    key={bars.parts[part]?.label}
                    class={partClass(bars, part)}
                    x={round(left(place))}
                    y={round(top)}
                    width={round(wide)}
                    height={round(Math.max(0.5, bottom - top - 1))}
                  />
                );
              })}
            </g>
          ))}
          <path class="cursor-box" d={`M${round(left(current) - 2)} ${margin.top}h${round(wide + 4)}V${height - margin.bottom}h${round(-wide - 4)}Z`} />
        </svg>
      </Walk>
      <figcaption class="reading">{text}</figcaption>
      <ul class="legend parts">
        {bars.parts.map(({ label, costText, shareText }, part) => (
          <li key={label}>
            <svg class="key" width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
              <rect class={partClass(bars, part)} width="12" height="12" />
            </svg>
            <span>{clip(label, 260)}</span> <span class="minor">{`${costText}, ${shareText}`}</span>
          </li>
        ))}
      </ul>
    </figure>
  );
}

function textAt(bars: BarsView, at: number, figures: Figures): string {
  if (bars.parts.every(({ costs }) => at >= costs.length)) return `${barName(bars, at, figures)}: not known`;
  const parts = bars.parts.flatMap(({ label, costs }) => {
    const cost = costs[at] ?? 0;
    return cost === 0 ? [] : [{ label, cost }];
  });
  const sum = parts.reduce((all, { cost }) => all + cost, 0);
  const shown = [...parts].sort((a, b) => Math.abs(b.cost) - Math.abs(a.cost)).slice(0, 4);
  const rest = parts.length - shown.length;
  return `${barName(bars, at, figures)}: ${figures.money(sum)}${shown.length === 0 ? '' : `; ${shown.map(({ label, cost }) => `${label} ${figures.money(cost)}`).join(', ')}`}${rest > 0 ? ` and ${rest} more` : ''}`;
}
