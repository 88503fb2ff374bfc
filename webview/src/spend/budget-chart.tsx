import { useState } from 'preact/hooks';
import type { BudgetView } from '../../../server/src/protocol/spend-panel.js';
import { Walk } from '../shared/walk.js';
import { useWidth } from '../shared/width.js';
import { AmountAxis } from './amount-axis.js';
import { dayAfter, daysBetween, type Figures, figuresOf } from './figures.js';
import { band, line, round, type Scale, scale, spaced, ticks } from './geometry.js';

const height = 280;
const margin = { top: 18, right: 92, bottom: 26, left: 58 };

/** One budget's period: what was spent, what was planned, its thresholds, and a band for what is to come. */
export function BudgetChart({ budget, locale }: { readonly budget: BudgetView; readonly locale: string }) {
  const [box, width] = useWidth();
  const figures = figuresOf(locale, budget.currency);
  const count = daysBetween(budget.from, budget.to) + 1;
  const last = Math.max(0, budget.days.length - 1);
  const [place, setPlace] = useState({ budget: budget.name, from: budget.from, at: last });
  const current = place.budget === budget.name && place.from === budget.from ? Math.min(place.at, count - 1) : last;
  const x = scale(0, Math.max(1, count - 1), margin.left, width - margin.right);
  const most = Math.max(budget.allowed, budget.forecast?.high ?? 0, budget.days.at(-1) ?? 0, budget.planned.at(-1) ?? 0);
  const least = Math.min(0, ...budget.days);
  const marks = ticks(least, most * 1.02, 7);
  const y = scale(marks[0] ?? 0, marks.at(-1) ?? 1, height - margin.bottom, margin.top);
  const text = textAt(budget, current, figures);
  return (
    <figure class="plot" ref={box as never}>
      <Walk
        label={`${budget.name}, day by day`}
        count={count}
        current={current}
        text={text}
        stride={7}
        onMove={(at) => setPlace({ budget: budget.name, from: budget.from, at })}
        at={(px) => Math.round(((px - margin.left) / Math.max(1, width - margin.left - margin.right)) * (count - 1))}
      >
        <svg id="budget-chart" aria-hidden="true" width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
          <Axes budget={budget} count={count} width={width} x={x} y={y} marks={marks} figures={figures} />
          <Thresholds budget={budget} width={width} y={y} />
          <Curves budget={budget} x={x} y={y} figures={figures} />
          <Cursor budget={budget} at={current} x={x} y={y} />
        </svg>
      </Walk>
      <figcaption class="reading">{text}</figcaption>
      <p class="legend" aria-hidden="true">
        <Key class="spent" /> spent
        {budget.planned.length > 0 && (
          <>
            <Key class="plan" /> plan
          </>
        )}
        {budget.ahead.likely.length > 0 && (
          <>
            <Key class="likely" /> forecast; its band holds the sum 8 times in 10
          </>
        )}
      </p>
    </figure>
  );
}
const Key = ({ class: name }: { readonly class: string }) => (
  <svg class="key" width="26" height="10" viewBox="0 0 26 10" aria-hidden="true">
    {name === 'likely' && <rect class="band" width="26" height="10" />}
    <path class={name} d="M0 5H26" />
  </svg>
);

interface DrawProps {
  readonly budget: BudgetView;
  readonly x: Scale;
  readonly y: Scale;
}
function Axes({ budget, count, width, x, y, marks, figures }: DrawProps & { count: number; width: number; marks: readonly number[]; figures: Figures }) {
  return (
    <g class="axis">
      <AmountAxis marks={marks} from={margin.left} to={width - margin.right} y={y} figures={figures} />
      {spaced(count, width - margin.left - margin.right, 58).map((at) => (
        <text key={dayAfter(budget.from, at)} x={x(at)} y={height - 8} text-anchor="middle">
          {figures.day(dayAfter(budget.from, at))}
        </text>
      ))}
    </g>
  );
}
function Thresholds({ budget, width, y }: { readonly budget: BudgetView; readonly width: number; readonly y: Scale }) {
  const end = width - margin.right;
  // labels of thresholds that are close to each other take turns
  let free = Number.NEGATIVE_INFINITY;
  return (
    <g>
      {[...budget.thresholds]
        .sort((a, b) => b.amount - a.amount)
        .map(({ percent, amount, text, reached }) => {
          const at = Math.round(y(amount)) + 0.5;
          const label = Math.max(at + 4, free);
          free = label + 14;
          const kind = percent >= 100 ? 'whole' : percent >= 90 ? 'near' : 'early';
          return (
            <g key={percent} class={`threshold ${kind}${reached ? ' reached' : ''}`}>
              <path d={`M${margin.left} ${at}H${end}`} />
              <text x={end + 6} y={label}>
                {percent === 100 ? `100 % ${budget.allowedText.replace(/ \(.*/, '')}` : text}
              </text>
            </g>
          );
        })}
    </g>
  );
}
function Curves({ budget, x, y, figures }: DrawProps & { readonly figures: Figures }) {
  const { days, planned, ahead } = budget;
  const last = days.length - 1;
  const now = days.at(-1) ?? 0;
  // the forecast starts at the last known point, else there is a hole
  const from = (values: readonly number[]): readonly number[] => [now, ...values];
  return (
    <g>
      {days.length > 0 && <path class="area" d={`${line(days, 0, x, y)}L${round(x(last))} ${round(y(0))}L${round(x(0))} ${round(y(0))}Z`} />}
      {ahead.likely.length > 0 && <path class="band" d={band(from(ahead.low), from(ahead.high), last, x, y)} />}
      {planned.length > 0 && <path class="plan" d={line(planned, 0, x, y)} />}
      {ahead.likely.length > 0 && <path class="likely" d={line(from(ahead.likely), last, x, y)} />}
      {days.length > 0 && <path class="spent" d={line(days, 0, x, y)} />}
      {days.length === 1 && <circle class="dot" cx={x(0)} cy={y(now)} r={3} />}
      {budget.exhaustion !== null && budget.exhaustion >= budget.from && budget.exhaustion <= budget.to && (
        <g class="exhaustion" transform={`translate(${round(x(daysBetween(budget.from, budget.exhaustion)))} ${round(y(budget.allowed))})`}>
          <path d="M0 -2l-5 -9h10z" />
          <text y={-16} text-anchor={daysBetween(budget.from, budget.exhaustion) > daysBetween(budget.from, budget.to) * 0.85 ? 'end' : 'middle'}>
            {`used up ${figures.day(budget.exhaustion)}`}
          </text>
        </g>
      )}
    </g>
  );
}
function Cursor({ budget, at, x, y }: DrawProps & { readonly at: number }) {
  const value = valueAt(budget, at);
  return (
    <g class="cursor">
      <path d={`M${Math.round(x(at)) + 0.5} ${margin.top}V${height - margin.bottom}`} />
      {value !== undefined && <circle cx={x(at)} cy={y(value)} r={4} />}
    </g>
  );
}

const valueAt = ({ days, ahead }: BudgetView, at: number): number | undefined => (at < days.length ? days[at] : ahead.likely[at - days.length]);
/** `Oct 24: $83,000 spent, 83 % of the budget, $2,000 above plan`. */
function textAt(budget: BudgetView, at: number, figures: Figures): string {
  const { days, planned, ahead, allowed } = budget;
  const day = figures.day(dayAfter(budget.from, at));
  const share = (value: number): string => (allowed > 0 ? `, ${Math.round((100 * value) / allowed)} % of the budget` : '');
  const value = days[at];
  const plan = planned[at];
  if (value !== undefined) {
    const change = plan === undefined ? 0 : value - plan;
    const against = plan === undefined || Math.abs(change) < 0.005 ? '' : `, ${figures.money(Math.abs(change))} ${change > 0 ? 'above' : 'below'} plan`;
    return `${day}: ${figures.money(value)} spent${share(value)}${against}`;
  }
  const next = at - days.length;
  const [low, likely, high] = [ahead.low[next], ahead.likely[next], ahead.high[next]];
  if (low !== undefined && likely !== undefined && high !== undefined)
    return `${day}: forecast ${figures.money(likely)} (${figures.money(low)} to ${figures.money(high)})${share(likely)}`;
  return `${day}: not known${plan === undefined ? '' : `, ${figures.money(plan)} planned`}`;
}
