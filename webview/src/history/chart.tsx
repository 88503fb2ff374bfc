import type { HistoryResult } from '../../../server/src/protocol/history.js';
import { type Scale, scaleOfMultiples, scaleTo, ticksOf } from '../shared/scale.js';
import { Walk } from '../shared/walk.js';
import { useWidth } from '../shared/width.js';
import { type Event, lineOf, pieces, textOf } from './events.js';

interface ChartProps {
  readonly data: HistoryResult;
  readonly along: 'time' | 'steps';
  /** Key of the event that is looked at. */
  readonly selected: string;
  readonly onSelect: (key: string) => void;
}
const height = 310;
const margin = { top: 32, right: 20, bottom: 28, left: 64 };
/** Figures that lie further apart than this stand on a scale of multiples. */
const farApart = 50;
const dateRoom = 120;

/** The estimate over the commits as steps with its interval, and measured runs as diamonds. */
export function Chart({ data, along, selected, onSelect }: ChartProps) {
  const [box, wide] = useWidth();
  const width = Math.max(300, Math.floor(wide));
  const line = lineOf(data, along);
  const { events } = line;
  const x = (at: number): number => margin.left + ((at - line.from) / Math.max(1e-9, line.to - line.from)) * (width - margin.left - margin.right);
  const scale = scaleOf(events);
  const found = events.findIndex(({ key }) => key === selected);
  const newest = events.findLastIndex(({ kind }) => kind === 'step');
  const current = found < 0 ? Math.max(0, newest) : found;
  const shown = events[current];
  const text = shown ? textOf(shown) : '';
  const nearest = (px: number): number =>
    events.reduce((best, { at }, index) => (Math.abs(x(at) - px) < Math.abs(x(events[best]?.at ?? 0) - px) ? index : best), 0);
  const tick = ticksOf(data.locale, data.unit);
  return (
    <figure class="plot" ref={box as never}>
      <Walk
        label={`${data.quantity} over ${data.commits} commits`}
        count={events.length}
        current={current}
        text={text}
        stride={10}
        onMove={(to) => onSelect(events[to]?.key ?? '')}
        at={nearest}
      >
        <svg id="chart" aria-hidden="true" width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
          <g class="axis">
            <text x={0} y={12}>
              {data.quantity}
            </text>
            {scale.ticks.map((value) => (
              <g key={value}>
                <path class="grid" d={`M${margin.left} ${Math.round(scale.at(value)) + 0.5}H${width - margin.right}`} />
                <text x={margin.left - 8} y={scale.at(value) + 4} text-anchor="end">
                  {tick(value)}
                </text>
              </g>
            ))}
            <Days events={events} from={line.from} to={line.to} along={along} x={x} width={width} locale={data.locale} />
          </g>
          <Steps line={pieces(line)} x={x} scale={scale} />
          {events.map((event) => (
            <Mark key={event.key} event={event} left={x(event.at)} scale={scale} />
          ))}
          {shown && <Cursor event={shown} left={x(shown.at)} scale={scale} />}
        </svg>
      </Walk>
      <figcaption class="reading">{text}</figcaption>
      <Legend events={events} />
    </figure>
  );
}

const heightOf = (event: Event, scale: Scale): number | undefined => {
  const value = event.kind === 'run' ? event.run.usd : event.step.value?.likely;
  return value === undefined ? undefined : scale.at(value);
};
function scaleOf(events: readonly Event[]): Scale {
  const values = events.flatMap((event) => (event.kind === 'run' ? [event.run.usd] : event.step.value ? [event.step.value.low, event.step.value.high] : []));
  const [least, most] = [Math.min(...values), Math.max(0, ...values)];
  const [from, to] = [height - margin.bottom, margin.top];
  return least > 0 && most / least > farApart ? scaleOfMultiples(least, most, from, to) : upwards(most, from, to);
}
/** From zero at the bottom. */
function upwards(most: number, from: number, to: number): Scale {
  const { end, ticks, at } = scaleTo(most, 0, from - to, 40);
  return { end, ticks, at: (value) => from - at(value) };
}

interface StepsProps {
  readonly line: ReturnType<typeof pieces>;
  readonly x: (at: number) => number;
  readonly scale: Scale;
}
function Steps({ line, x, scale }: StepsProps) {
  let path = '';
  let isOpen = false;
  for (const { step, from, to } of line) {
    if (step.value) path += `${isOpen ? 'V' : `M${round(x(from))} `}${round(scale.at(step.value.likely))}H${round(x(to))}`;
    isOpen = step.value !== undefined;
  }
  return (
    <g>
      {line.map(
        ({ step: { oid, value }, from, to }) =>
          value && (
            <rect
              key={oid}
              class="band"
              x={round(x(from))}
              y={round(scale.at(value.high))}
              width={Math.max(1, round(x(to) - x(from)))}
              height={Math.max(1, round(scale.at(value.low) - scale.at(value.high)))}
            />
          ),
      )}
      {path !== '' && <path class="estimate" d={path} />}
    </g>
  );
}
function Mark({ event, left, scale }: { readonly event: Event; readonly left: number; readonly scale: Scale }) {
  const top = heightOf(event, scale);
  if (event.kind === 'run') return <path class="run" d={diamond(left, top ?? 0)} />;
  // A figure that is not known has a mark at the bottom, so that its change is not lost.
  if (top === undefined) return <path class="gap" d={`M${round(left)} ${height - margin.bottom - 7}v7`} />;
  return <circle class={event.step.oid === '' ? 'change open' : 'change'} cx={round(left)} cy={round(top)} r={3.5} />;
}
function Cursor({ event, left, scale }: { readonly event: Event; readonly left: number; readonly scale: Scale }) {
  const top = heightOf(event, scale);
  return (
    <g class="cursor">
      <path d={`M${Math.round(left) + 0.5} ${margin.top}V${height - margin.bottom}`} />
      {top !== undefined && <circle cx={left} cy={top} r={6} />}
    </g>
  );
}

interface DaysProps {
  readonly events: readonly Event[];
  readonly from: number;
  readonly to: number;
  readonly along: 'time' | 'steps';
  readonly x: (at: number) => number;
  readonly width: number;
  readonly locale: string;
}
/** Days under the drawing, as many as there is room for. */
function Days({ events, from, to, along, x, width, locale }: DaysProps) {
  const room = Math.max(1, Math.floor((width - margin.left - margin.right) / dateRoom));
  const format = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' });
  const every = Math.ceil(events.length / room);
  const places =
    along === 'steps'
      ? events.filter((_, at) => at % every === 0).map((event) => ({ at: event.at, text: event.kind === 'run' ? event.run.day : event.step.day }))
      : Array.from({ length: room }, (_, at) => from + ((to - from) * (at + 0.5)) / room).map((at) => ({ at, text: format.format(new Date(at)) }));
  // Commits of one day need it once.
  const told = places.filter(({ text }, at) => text !== places[at - 1]?.text);
  return (
    <>
      {told.map(({ at, text }) => (
        <text key={at} x={round(x(at))} y={height - 8} text-anchor={along === 'steps' && at === from ? 'start' : 'middle'}>
          {text}
        </text>
      ))}
    </>
  );
}

function Legend({ events }: { readonly events: readonly Event[] }) {
  return (
    <p class="legend" aria-hidden="true">
      <svg class="key" width="26" height="10" viewBox="0 0 26 10" aria-hidden="true">
        <rect class="band" width="26" height="10" />
        <path class="estimate" d="M0 5H26" />
      </svg>{' '}
      estimate; its band holds the real figure nine times in ten
      {events.some((event) => event.kind === 'step' && event.step.oid === '') && (
        <>
          <svg class="key" width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
            <circle class="change open" cx="6" cy="6" r="3.5" />
          </svg>{' '}
          not committed
        </>
      )}
      {events.some(({ kind }) => kind === 'run') && (
        <>
          <svg class="key" width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
            <path class="run" d={diamond(6, 6)} />
          </svg>{' '}
          measured run, its GPU-hours at the price of the estimate
        </>
      )}
    </p>
  );
}
const diamond = (left: number, top: number): string => `M${round(left)} ${round(top - 5)}l5 5l-5 5l-5 -5z`;
const round = (value: number): number => Math.round(value * 10) / 10;
