import type { FigureResult, SideResult, SwingsResult } from '../../../server/src/protocol/what-if.js';
import { clip, type Scale, scaleTo, ticksOf } from '../shared/scale.js';
import { useWidth } from '../shared/width.js';

const rowHeight = 40;
const barHeight = 14;
/** Bars end at this many times the figure of now, so that one that is far off leaves the others to be seen. */
const limit = 3;

function frameOf(width: number) {
  const wide = Math.max(320, Math.floor(width));
  const label = Math.round(Math.min(240, Math.max(100, wide * 0.24)));
  const figures = Math.round(wide - Math.min(280, wide * 0.3));
  return { wide, label, from: label + 12, to: figures - 14, figures };
}
const Grid = ({ scale, height, text }: { readonly scale: Scale; readonly height: number; readonly text: (value: number) => string }) => (
  <g class="axis">
    {scale.ticks.map((value) => (
      <g key={value}>
        <path class="grid" d={`M${Math.round(scale.at(value)) + 0.5} 20V${height - 4}`} />
        <text x={scale.at(value)} y={13} text-anchor="middle">
          {text(value)}
        </text>
      </g>
    ))}
  </g>
);

/** One figure over the columns: bars with their intervals. The table has the same figures. */
export function Bars({ row, sides, locale }: { readonly row: FigureResult; readonly sides: readonly SideResult[]; readonly locale: string }) {
  const [box, width] = useWidth();
  const { wide, label, from, to, figures } = frameOf(width);
  const height = 30 + sides.length * rowHeight;
  const most = Math.max(0, ...row.figures.map(({ value }) => value?.high ?? 0));
  const scale = scaleTo(most, from, to);
  const now = row.figures[0]?.value;
  const said = sides.map(({ name }, at) => `${name}: ${[row.figures[at]?.text, row.figures[at]?.change].filter(Boolean).join(', ')}`).join('; ');
  return (
    <div class="chart" ref={box}>
      <svg id="bars" role="img" aria-label={`${row.label}. ${said}`} width={wide} height={height} viewBox={`0 0 ${wide} ${height}`}>
        <Grid scale={scale} height={height} text={ticksOf(locale, row.unit)} />
        {sides.map(({ name }, at) => {
          const figure = row.figures[at];
          const middle = 26 + at * rowHeight + rowHeight / 2;
          const value = figure?.value;
          return (
            <g key={name} class={at === 0 ? 'column first' : 'column'}>
              <text x={4} y={middle + 4}>
                {clip(name, label - 4)}
              </text>
              {value && (
                <>
                  <rect class="fill" x={from} y={middle - barHeight / 2} width={Math.max(1, scale.at(value.likely) - from)} height={barHeight} />
                  {value.high > value.low && (
                    <path
                      class="whisker"
                      d={`M${scale.at(value.low)} ${middle - 4}v8M${scale.at(value.low)} ${middle}H${scale.at(value.high)}M${scale.at(value.high)} ${middle - 4}v8`}
                    />
                  )}
                </>
              )}
              <text x={figures} y={figure?.change ? middle - 3 : middle + 4}>
                {clip(figure?.text ?? 'unknown', wide - figures)}
              </text>
              {figure?.change && (
                <text class="minor" x={figures} y={middle + 13}>
                  {clip(figure.change, wide - figures, 12)}
                </text>
              )}
            </g>
          );
        })}
        {now && <path class="nowline" d={`M${Math.round(scale.at(now.likely)) + 0.5} 20V${height - 4}`} />}
      </svg>
    </div>
  );
}

/** Which fact moves a figure most: a bar from the least to the most that it makes, through what holds now. */
export function Tornado({ data, locale, unit }: { readonly data: SwingsResult; readonly locale: string; readonly unit: string }) {
  const [box, width] = useWidth();
  const { wide, label, from, to, figures } = frameOf(width);
  const { swings, now } = data;
  const height = 30 + swings.length * rowHeight;
  const most = Math.min(now * limit, Math.max(now, ...swings.map(({ high }) => high)));
  const scale = scaleTo(most, from, to);
  const said = swings.map((one) => `${one.label}: ${one.lowText} to ${one.highText}, ${one.origin}`).join('; ');
  return (
    <div class="chart" ref={box}>
      <svg id="tornado" role="img" aria-label={`${data.title}. ${said}`} width={wide} height={height} viewBox={`0 0 ${wide} ${height}`}>
        <Grid scale={scale} height={height} text={ticksOf(locale, unit)} />
        {swings.map((one, at) => {
          const middle = 26 + at * rowHeight + rowHeight / 2;
          const [low, mid, high] = [scale.at(one.low), scale.at(now), scale.at(one.high)];
          return (
            <g key={one.word} class="swing">
              <text x={4} y={middle - 3}>
                {clip(one.label, label - 4)}
              </text>
              <text class="minor" x={4} y={middle + 13}>
                {clip(one.origin, label - 4, 12)}
              </text>
              <rect class="less" x={low} y={middle - barHeight / 2} width={Math.max(0, mid - low)} height={barHeight} />
              <rect class="more" x={mid} y={middle - barHeight / 2} width={Math.max(0, high - mid)} height={barHeight} />
              {one.high > scale.end && <path class="beyond" d={`M${to - 2} ${middle - 7}l7 7l-7 7`} />}
              <text x={figures} y={middle - 3}>
                {clip(one.lowText, wide - figures)}
              </text>
              <text x={figures} y={middle + 13}>
                {clip(one.highText, wide - figures)}
              </text>
            </g>
          );
        })}
        <path class="nowline" d={`M${Math.round(scale.at(now)) + 0.5} 20V${height - 4}`} />
      </svg>
    </div>
  );
}
