import type { OfferRow } from '../../../server/src/protocol/panel.js';
import { type Scale, scaleOfMultiples, scaleTo } from '../shared/scale.js';
import { useWidth } from '../shared/width.js';
import { type ChartProps, placeOf, tickText } from './chart.js';
import { apart, type Point, pointsOf, stairs } from './front.js';
import { markShapes } from './geometry.js';
import { listBoxKeys } from './list-box.js';
import { columns, fitsOf, type Measure, marketOf, measures, nameOf } from './offers.js';
import { Option, type OptionProps } from './option.js';

interface ScatterProps extends ChartProps {
  readonly against: Measure;
}
const area = { left: 64, top: 30, height: 380, bottom: 44, right: 24 };
const units: Readonly<Record<Measure, string>> = { hours: 'h', latency: 'ms', memory: '%', carbon: 'kg CO₂e' };

/** The cost over what it is weighed against: a list box whose options are the points, from the left to the right. */
export function Scatter({ data, rows, against, selected, onSelect, onOpen }: ScatterProps) {
  const [box, wide] = useWidth();
  const width = Math.max(300, Math.floor(wide));
  const { points, misfits, unknown } = pointsOf(rows, against);
  const { name, better } = measures[against];
  const left = [
    unknown > 0 ? `${unknown} whose cost or ${name} is unknown` : '',
    misfits > 0 ? `${misfits} that ${misfits === 1 ? 'does' : 'do'} not fit or would be stopped` : '',
  ].filter(Boolean);
  const [x, y] = scalesOf(points, against, data.now?.usd, width);
  const current = points.some(({ row }) => row.key === selected) ? selected : (points[0]?.row.key ?? '');
  const front = points.filter(({ onFront }) => onFront);
  const base = area.top + area.height;
  return (
    <>
      <p class="legend">
        <span>
          <Sample fits="fits" /> fits
        </span>
        <span>
          <Sample fits="tight" /> tight
        </span>
        <span>
          <Sample fits="fits" ring /> no other is both cheaper and {better}
        </span>
      </p>
      {points.length === 0 && <p class="note">{`No cost can be drawn against ${name} here.`}</p>}
      <div class="chart" ref={box}>
        {points.length > 0 && (
          <svg
            id="chart"
            // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: its options are the points
            role="listbox"
            aria-label={`Cost of a ${data.per} against ${name}, ${points.length} offers`}
            aria-orientation="horizontal"
            width={width}
            height={base + area.bottom}
            viewBox={`0 0 ${width} ${base + area.bottom}`}
            onKeyDown={listBoxKeys(
              box,
              points.map(({ row }) => row),
              current,
              onSelect,
              onOpen,
            )}
          >
            {/* biome-ignore lint/a11y/noAriaHiddenOnFocusable: a group of a drawing takes no focus */}
            <g aria-hidden="true" class="axis">
              <text x={0} y={12}>{`Cost of a ${data.per}`}</text>
              <text x={width - area.right} y={base + 38} text-anchor="end">{`${name[0]?.toUpperCase()}${name.slice(1)} (${units[against]})`}</text>
              {y.ticks.map((value) => (
                <g key={value}>
                  <path class="grid" d={`M${area.left} ${Math.round(y.at(value)) + 0.5}H${width - area.right}`} />
                  <text x={area.left - 8} y={y.at(value) + 4} text-anchor="end">
                    {tickText(data.locale)(value)}
                  </text>
                </g>
              ))}
              {x.ticks.map((value) => (
                <g key={value}>
                  <path class="grid" d={`M${Math.round(x.at(value)) + 0.5} ${area.top}V${base}`} />
                  <text x={x.at(value)} y={base + 18} text-anchor="middle">
                    {new Intl.NumberFormat(data.locale, { notation: 'compact', maximumSignificantDigits: 3 }).format(value)}
                  </text>
                </g>
              ))}
            </g>
            {/* biome-ignore lint/a11y/noAriaHiddenOnFocusable: as above */}
            <g aria-hidden="true">
              <path class="stairs" d={stairs(front, x.at, y.at)} />
              {data.now && (
                <g class="now">
                  <path d={`M${area.left} ${Math.round(y.at(data.now.usd)) + 0.5}H${width - area.right}`} />
                  <text x={width - area.right} y={y.at(data.now.usd) - 5} text-anchor="end">{`now ${data.now.text}`}</text>
                </g>
              )}
            </g>
            {points.map((point) => (
              <Dot
                key={point.row.key}
                row={point.row}
                onFront={point.onFront}
                text={spoken(point, against)}
                left={x.at(point.measure.likely)}
                top={y.at(point.cost.likely)}
                selected={point.row.key === selected}
                stop={point.row.key === current}
                onSelect={() => onSelect(point.row)}
                onOpen={onOpen}
              />
            ))}
            {/* biome-ignore lint/a11y/noAriaHiddenOnFocusable: as above */}
            <g aria-hidden="true">
              {labels(points, selected, x, y, width).map(({ key, text, left: at, top }) => (
                <text key={key} class="minor beside" x={at} y={top}>
                  {text}
                </text>
              ))}
            </g>
          </svg>
        )}
      </div>
      {left.length > 0 && <p class="minor">{`Not drawn: ${left.join(', ')}.`}</p>}
    </>
  );
}

interface DotProps extends OptionProps {
  readonly onFront: boolean;
  readonly text: string;
  readonly left: number;
  readonly top: number;
}
const Dot = ({ onFront, text, left, top, ...option }: DotProps) => (
  <Option {...option} kind="point" label={text} transform={`translate(${Math.round(left * 10) / 10} ${Math.round(top * 10) / 10})`}>
    <circle class="halo" r="12" />
    <Shape fits={option.row.fits} />
    {onFront && <circle class="ring" r="8.5" />}
  </Option>
);
const Shape = ({ fits }: Pick<OfferRow, 'fits'>) => (fits === 'tight' ? <path class="dot" d={markShapes.tight} /> : <circle class="dot" r="4.5" />);
const Sample = ({ fits, ring }: Pick<OfferRow, 'fits'> & { readonly ring?: boolean }) => (
  <svg class={`key point ${fits}`} width="20" height="20" viewBox="-10 -10 20 20" aria-hidden="true">
    <Shape fits={fits} />
    {ring && <circle class="ring" r="8.5" />}
  </svg>
);

/** Costs lie far apart, and so does what they are weighed against; a share of the memory ends at all of it. */
function scalesOf(points: readonly Point[], against: Measure, now: number | undefined, width: number): readonly [Scale, Scale] {
  const costs = [...points.map(({ cost }) => cost.likely), ...(now === undefined ? [] : [now])].filter((one) => one > 0);
  const figures = points.map(({ measure }) => measure.likely).filter((one) => one > 0);
  const [from, to] = [area.left, width - area.right];
  return [
    against === 'memory' ? scaleTo(Math.max(100, ...figures), from, to) : scaleOfMultiples(Math.min(...figures), Math.max(...figures), from, to),
    scaleOfMultiples(Math.min(...costs), Math.max(...costs), area.top + area.height, area.top),
  ];
}

/** Names beside the chosen point and those of the front, as far as they do not lie over each other. */
function labels(points: readonly Point[], selected: string, x: Scale, y: Scale, width: number) {
  const named = points
    .filter(({ row, onFront }) => onFront || row.key === selected)
    .sort((a, b) => Number(b.row.key === selected) - Number(a.row.key === selected));
  return apart(
    named.map(({ row, measure, cost }) => {
      const text = `${nameOf(row)} ${marketOf(row)}`;
      const long = text.length * 6.5;
      const at = x.at(measure.likely);
      const beyond = at + 14 + long > width;
      return { key: row.key, text, left: beyond ? at - 14 - long : at + 14, top: y.at(cost.likely) + (beyond ? 20 : -8), width: long };
    }),
  );
}

/** What a screen reader says for a point. */
const spoken = ({ row, onFront }: Point, against: Measure): string =>
  [
    `${nameOf(row)} · ${marketOf(row)}`,
    placeOf(row),
    row.usdText,
    columns[against].text(row),
    fitsOf(row).replace(/^\S /, ''),
    onFront ? `no other is both cheaper and ${measures[against].better}` : '',
  ]
    .filter(Boolean)
    .join(', ');
