import type { CompareResult, OfferRow } from '../../../server/src/protocol/panel.js';
import { clip, type Scale } from '../shared/scale.js';
import { useWidth } from '../shared/width.js';
import { axisHeight, barHeight, type Frame, frameOf, markShapes, rowHeight, scaleOf, whisker } from './geometry.js';
import { listBoxKeys } from './list-box.js';
import { fitsOf, marketOf, nameOf, offerOf } from './offers.js';
import { Option, type OptionProps } from './option.js';

export interface ChartProps {
  readonly data: CompareResult;
  readonly rows: readonly OfferRow[];
  readonly selected: string;
  readonly onSelect: (row: OfferRow) => void;
  /** Enter or double click: on to what can be done with the row. */
  readonly onOpen: () => void;
}

/** Horizontal bars, one an offer: a list box with one tab stop. The table below has the same figures. */
export function Chart({ data, rows, selected, onSelect, onOpen }: ChartProps) {
  const [box, width] = useWidth();
  const frame = frameOf(width, rows.length);
  const scale = scaleOf(rows, data.now?.usd, frame);
  const current = rows.some(({ key }) => key === selected) ? selected : (rows[0]?.key ?? '');
  return (
    <div class="chart" ref={box}>
      <svg
        id="chart"
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: its options are the bars
        role="listbox"
        aria-label={`Cost of a ${data.per} by offer, ${rows.length} bars`}
        aria-orientation="vertical"
        width={frame.width}
        height={frame.height}
        viewBox={`0 0 ${frame.width} ${frame.height}`}
        onKeyDown={listBoxKeys(box, rows, current, onSelect, onOpen)}
      >
        <defs>
          <pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <path d="M0 0V6" class="hatch" />
          </pattern>
        </defs>
        <Axis data={data} frame={frame} scale={scale} />
        {rows.map((row, at) => (
          <Bar
            key={row.key}
            row={row}
            top={axisHeight + at * rowHeight}
            frame={frame}
            scale={scale}
            selected={row.key === selected}
            stop={row.key === current}
            onSelect={() => onSelect(row)}
            onOpen={onOpen}
          />
        ))}
        {data.now && <Now at={scale.at(data.now.usd)} text={`now ${data.now.text}`} frame={frame} />}
      </svg>
    </div>
  );
}

function Axis({ data, frame, scale }: { readonly data: CompareResult; readonly frame: Frame; readonly scale: Scale }) {
  const tick = tickText(data.locale);
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a group of a drawing takes no focus
    <g aria-hidden="true" class="axis">
      <text x={0} y={12}>{`Cost of a ${data.per}`}</text>
      {scale.ticks.map((value) => (
        <g key={value}>
          <path class="grid" d={`M${Math.round(scale.at(value)) + 0.5} ${axisHeight - 6}V${frame.height - 4}`} />
          <text x={scale.at(value)} y={axisHeight - 10} text-anchor="middle">
            {tick(value)}
          </text>
        </g>
      ))}
    </g>
  );
}

/** Where the cost is now, over all bars. */
function Now({ at, text, frame }: { readonly at: number; readonly text: string; readonly frame: Frame }) {
  const left = at > frame.to - 70;
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: as above
    <g aria-hidden="true" class="now">
      <path d={`M${Math.round(at) + 0.5} 16V${frame.height - 4}`} />
      <text x={at + (left ? -5 : 5)} y={13} text-anchor={left ? 'end' : 'start'}>
        {text}
      </text>
    </g>
  );
}

interface BarProps extends OptionProps {
  readonly top: number;
  readonly frame: Frame;
  readonly scale: Scale;
}
function Bar({ top, frame, scale, ...option }: BarProps) {
  const { row, selected } = option;
  const middle = top + rowHeight / 2;
  const { usd } = row;
  const texts = textsOf(row, frame);
  return (
    <Option {...option} kind="bar" label={spoken(row, texts)}>
      <rect class="back" x={1} y={top + 1} width={frame.width - 2} height={rowHeight - 2} />
      {selected && <rect class="stripe" x={1} y={top + 1} width={3} height={rowHeight - 2} />}
      {/* the spaces keep the words apart for what reads the texts in a row */}
      <text class="name" x={10} y={middle - 3}>
        {texts[0]}
      </text>{' '}
      <text class="minor" x={10} y={middle + 13}>
        {texts[1]}
      </text>{' '}
      <path class="mark" d={markShapes[row.fits]} transform={`translate(${frame.mark} ${middle})`} />
      {usd && (
        <>
          <rect class="fill" x={frame.from} y={middle - barHeight / 2} width={Math.max(1, scale.at(usd.likely) - frame.from)} height={barHeight} />
          <path class="whisker" d={whisker(usd, scale, middle)} />
        </>
      )}
      <text class="name" x={frame.figures} y={middle - 3}>
        {texts[2]}
      </text>{' '}
      <text class="minor" x={frame.figures} y={middle + 13}>
        {texts[3]}
      </text>
    </Option>
  );
}

/** What stands beside a bar: two lines on its left, two on its right. */
function textsOf(row: OfferRow, { label, short }: Frame): readonly [string, string, string, string] {
  return [
    clip(`${nameOf(row)} · ${marketOf(row)}`, label - 10),
    clip(placeOf(row), label - 10, 12),
    row.usd ? (short ? row.usdShort : row.usdText) : 'cost unknown',
    clip([short || !row.hours ? '' : row.hoursText.replace(/ \(.*/, ''), row.memoryText].filter(Boolean).join(' · '), 165, 12),
  ];
}
export const placeOf = (row: OfferRow): string => `${row.provider} ${offerOf(row)}`;

/** What a screen reader says for a bar: what is seen, in its order, then what its shape says and what was cut. */
const spoken = (row: OfferRow, texts: readonly string[]): string =>
  [...texts, fitsOf(row).replace(/^\S /, ''), texts.includes(placeOf(row)) ? '' : placeOf(row)].filter(Boolean).join(', ');

export function tickText(locale: string): (value: number) => string {
  const format = new Intl.NumberFormat(locale, { notation: 'compact', maximumSignificantDigits: 3 });
  return (value) => (value === 0 ? '0' : `$${format.format(value)}`);
}

/** Draws one mark outside the chart, for the key. */
export const Mark = ({ fits }: { readonly fits: OfferRow['fits'] }) => (
  <svg class={`key ${fits}`} width="16" height="16" viewBox="-8 -8 16 16" aria-hidden="true">
    <path class="mark" d={markShapes[fits]} />
  </svg>
);
