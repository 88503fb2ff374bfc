import { comparableFigures, figureText, type HistoryPoint, stepText, type WorkloadHistory, withUnit } from '../core/index.js';
import { html } from './sections.js';

const [width, height, left, bottom, top, right] = [860, 260, 84, 28, 16, 16];

/** A workload's estimate over time as steps with its interval, measured runs as diamonds: an SVG that stands alone.
 * Runs whose GPU-hours are known stand where the estimate's price puts them. */
export function historySvg({ title, points, runs, until }: WorkloadHistory): string {
  const last = points.findLast(({ figure }) => figure)?.figure;
  if (!last) return '';
  const known = (point: HistoryPoint | undefined): point is HistoryPoint & { figure: NonNullable<HistoryPoint['figure']> } =>
    point !== undefined && comparableFigures(point.figure, last);
  const [from, to] = [Date.parse(points[0]?.at ?? until), Math.max(Date.parse(until), ...points.map(({ at }) => Date.parse(at)))];
  const placed = runs.flatMap((run) =>
    run.usd === undefined || run.at === undefined || last.unit !== 'usd' ? [] : [{ ...run, usd: run.usd, time: Date.parse(run.at) }],
  );
  const end = Math.max(to, ...placed.map(({ time }) => time));
  const highest = Math.max(...points.filter(known).map(({ figure }) => figure.high), ...placed.map(({ usd }) => usd)) || 1;
  const x = (time: number): number => round(left + ((time - from) / Math.max(1, end - from)) * (width - left - right));
  const y = (value: number): number => round(height - bottom - (value / highest) * (height - bottom - top));
  const spans = points.map((point, at) => ({ point, start: x(Date.parse(point.at)), stop: x(Date.parse(points[at + 1]?.at ?? until)) }));
  const bands = spans.flatMap(({ point, start, stop }) =>
    known(point)
      ? [
          `<rect class="band" x="${start}" y="${y(point.figure.high)}" width="${round(Math.max(1, stop - start))}" height="${round(Math.max(1, y(point.figure.low) - y(point.figure.high)))}"/>`,
        ]
      : [],
  );
  let line = '';
  let open = false;
  for (const { point, start, stop } of spans) {
    if (known(point)) line += `${open ? 'V' : `M${start} `}${y(point.figure.likely)}H${stop}`;
    open = known(point);
  }
  const dots = spans.flatMap(({ point, start }, at) =>
    known(point)
      ? [
          `<circle class="dot" cx="${start}" cy="${y(point.figure.likely)}" r="3"><title>${html(`${point.at.slice(0, 10)} ${point.oid.slice(0, 9)} ${point.subject}: ${figureText(point.figure)} ${stepText(points[at - 1], point)}`)}</title></circle>`,
        ]
      : [],
  );
  const diamonds = placed.map(({ time, usd, text, id }) => {
    const [at, up] = [x(time), y(usd)];
    return `<path class="run" d="M${at} ${round(up - 5)}l5 5-5 5-5-5z"><title>${html(`measured: ${text} (${id})`)}</title></path>`;
  });
  const ticks = [0, 0.5, 1].map(
    (share) =>
      `<text x="${left - 8}" y="${round(y(highest * share) + 4)}" text-anchor="end">${html(withUnit(highest * share, last.unit))}</text><path class="grid" d="M${left} ${y(highest * share)}H${width - right}"/>`,
  );
  const days = [from, end].map(
    (time, at) =>
      `<text x="${at === 0 ? left : width - right}" y="${height - 8}" text-anchor="${at === 0 ? 'start' : 'end'}">${new Date(time).toISOString().slice(0, 10)}</text>`,
  );
  const label = `${title}: ${figureText(points.find(known)?.figure)} at first, ${figureText(last)} now, ${points.length} changes, ${placed.length} measured runs`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${html(label)}"><style>${style}</style>${ticks.join('')}${bands.join('')}<path class="line" d="${line}"/>${dots.join('')}${diamonds.join('')}${days.join('')}</svg>`;
}
const round = (value: number): number => Math.round(value * 10) / 10;
const style =
  'svg{color-scheme:light dark}text{font:12px system-ui,sans-serif;fill:light-dark(#444,#bbb)}.grid{stroke:light-dark(#ddd,#444);fill:none}.band{fill:#2a7fd4;opacity:.18}.line{stroke:light-dark(#1a5fa8,#6cb0f0);stroke-width:2;fill:none}.dot{fill:light-dark(#1a5fa8,#6cb0f0)}.run{fill:light-dark(#b8500f,#f0a060)}';
