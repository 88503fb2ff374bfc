import type { SpendPlace, VarianceView } from '../../../server/src/protocol/spend-panel.js';
import { markPaths } from '../shared/marks.js';
import { clip, scaleTo } from '../shared/scale.js';
import { useWidth } from '../shared/width.js';
import { round } from './geometry.js';
import { Place } from './tree-table.js';

const row = 30;
const margin = { top: 8, right: 84, bottom: 26, left: 190 };
/** Beyond it a mark stands at the edge, with its figure: one row shall not press the others flat. */
const furthest = 3;
const words = { inside: 'as estimated', above: 'above the estimate', below: 'below the estimate', unknown: 'unknown' } as const;

interface VarianceProps {
  readonly variance: VarianceView;
  readonly onPlace: ((place: SpendPlace) => void) | undefined;
}
/** What was billed against what the code says, in shares of the estimate. The table below has the same figures, and what the difference comes from. */
export function Variance({ variance: { lines, notes }, onPlace }: VarianceProps) {
  return (
    <>
      {lines.some(({ drawn }) => drawn) && <VarianceChart lines={lines} />}
      {notes.map((note) => (
        <p key={note} class="minor">
          {note}
        </p>
      ))}
      {lines.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
        <section class="scroll" tabIndex={0} aria-label="Table of estimated against billed">
          <table id="variance">
            <thead>
              <tr>
                <th scope="col">Workload</th>
                <th scope="col" class="number">
                  Billed
                </th>
                <th scope="col" class="number">
                  Estimate
                </th>
                <th scope="col" class="number">
                  Difference
                </th>
                <th scope="col">What it comes from</th>
              </tr>
            </thead>
            <tbody>
              {lines.map(({ id, title, detail, state, billedText, estimateText, differenceText, why, place }) => (
                <tr key={id} data-key={id}>
                  <th scope="row">
                    {title}
                    <span class="below minor">{detail}</span>
                    {place && <Place place={place} onPlace={onPlace} />}
                  </th>
                  <td class="number">{billedText}</td>
                  <td class="number">{estimateText}</td>
                  <td class="number">
                    {differenceText}
                    <span class="below minor">{words[state]}</span>
                  </td>
                  <td class="why">{why.join('; ')}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </>
  );
}

function VarianceChart({ lines }: Pick<VarianceView, 'lines'>) {
  const [box, width] = useWidth();
  const drawn = lines.flatMap((one) => (one.drawn ? [{ ...one, drawn: one.drawn }] : []));
  const left = Math.min(margin.left, width * 0.35);
  const most = Math.min(furthest, Math.max(1.2, ...drawn.flatMap(({ drawn: { billed, high } }) => [billed, high])));
  const { ticks, at, end } = scaleTo(most * 100, left, Math.max(left + 60, width - margin.right));
  const x = (share: number): number => round(at(share * 100));
  const height = margin.top + row * drawn.length + margin.bottom;
  const bottom = height - margin.bottom;
  const said = drawn.map(
    ({ title, billedText, estimateText, differenceText }) => `${title}: ${billedText} billed, ${estimateText} estimated, ${differenceText}`,
  );
  return (
    <figure class="plot" ref={box as never}>
      <svg
        id="variance-chart"
        role="img"
        aria-label={`Billed against estimated, in percent of the estimate. ${said.join('. ')}`}
        width={width}
        height={height}
        viewBox={`0 0 ${width} ${height}`}
      >
        <g class="axis">
          {ticks.map((tick) => (
            <g key={tick}>
              <path class={tick === 100 ? 'base' : 'grid'} d={`M${Math.round(at(tick)) + 0.5} ${margin.top}V${bottom}`} />
              <text x={at(tick)} y={height - 8} text-anchor="middle">{`${tick} %`}</text>
            </g>
          ))}
          {!ticks.includes(100) && <path class="base" d={`M${Math.round(at(100)) + 0.5} ${margin.top}V${bottom}`} />}
        </g>
        {drawn.map(({ id, title, state, differenceText, drawn: { billed, low, high } }, place) => {
          const y = margin.top + row * place + row / 2;
          const beyond = billed * 100 > end;
          return (
            <g key={id} class={`held ${state}`}>
              <text class="name" x={left - 10} y={y + 4} text-anchor="end">
                {clip(title, left - 16)}
              </text>
              <rect class="range" x={x(low)} y={y - 6} width={round(Math.max(2, x(high) - x(low)))} height={12} />
              <path class="expected" d={`M${x(1)} ${y - 9}V${y + 9}`} />
              <path class="billed" transform={`translate(${x(billed)} ${y})`} d={state === 'inside' ? 'M0 -5a5 5 0 1 1 -.01 0z' : markPaths.warn} />
              {/* behind both, so that it never lies on the interval */}
              <text class="beside" x={Math.max(x(billed) + 10, x(high) + 6)} y={y + 4}>
                {beyond ? `${differenceText} ▸` : differenceText}
              </text>
            </g>
          );
        })}
      </svg>
      <p class="legend">
        <svg class="key held" width="24" height="12" viewBox="0 0 24 12" aria-hidden="true">
          <rect class="range" width="24" height="12" />
          <path class="expected" d="M12 0V12" />
        </svg>
        <span>estimate and its interval</span>
        <svg class="key held inside" width="12" height="12" viewBox="-6 -6 12 12" aria-hidden="true">
          <path class="billed" d="M0 -5a5 5 0 1 1 -.01 0z" />
        </svg>
        <span>billed, inside</span>
        <svg class="key held above" width="12" height="12" viewBox="-6 -6 12 12" aria-hidden="true">
          <path class="billed" d={markPaths.warn} />
        </svg>
        <span>billed, outside</span>
      </p>
    </figure>
  );
}
