import { useEffect, useRef, useState } from 'preact/hooks';
import type { SpendPlace, TreeLine } from '../../../server/src/protocol/spend-panel.js';
import { useWidth } from '../shared/width.js';
import { type Area, below, squarified, toward } from './areas.js';
import { round } from './geometry.js';

const height = 260;
/** Room between two areas. @unit px */
const gap = 2;

interface TreeMapProps {
  readonly lines: readonly TreeLine[];
  /** Line whose parts are drawn; empty: the top. */
  readonly area: string;
  readonly onArea: (id: string) => void;
  /** Absent: there is no editor to go to. */
  readonly onPlace?: (place: SpendPlace) => void;
}
/** Where the money went as areas: one tab stop, arrows go from area to area, Enter goes into one, Backspace out again. The table below has the same figures. */
export function TreeMap({ lines, area, onArea, onPlace }: TreeMapProps) {
  const [box, width] = useWidth();
  const { path, cells } = below(lines, area);
  // credits have no area
  const drawn = cells.filter(({ cost }) => cost > 0).sort((a, b) => b.cost - a.cost);
  const areas = squarified(
    drawn.map(({ cost }) => cost),
    { x: 0, y: 0, width, height },
  );
  const [chosen, setChosen] = useState('');
  const current = Math.max(
    0,
    drawn.findIndex(({ id }) => id === chosen),
  );
  const svg = useRef<SVGSVGElement>(null);
  /** Focus goes along with whoever goes in or out by keyboard. */
  const follow = useRef<string | undefined>(undefined);
  useEffect(() => {
    // the page draws another area a frame later
    if (follow.current !== area) return;
    follow.current = undefined;
    svg.current?.querySelector<SVGGElement>('[tabindex="0"]')?.focus();
  });
  const goTo = (id: string, from: string): void => {
    follow.current = id;
    setChosen(from);
    onArea(id);
  };
  const enter = (line: TreeLine): void => {
    if (line.hasChildren) goTo(line.id, '');
    else if (line.place) onPlace?.(line.place);
  };
  const leave = (): void => {
    const last = path.at(-1);
    if (last) goTo(path.at(-2)?.id ?? '', last.id);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const line = drawn[current];
    const to =
      event.key === 'Home' ? 0 : event.key === 'End' ? drawn.length - 1 : event.key.startsWith('Arrow') ? toward(areas, current, event.key) : undefined;
    if (to !== undefined) {
      follow.current = area;
      setChosen(drawn[to]?.id ?? '');
    } else if ((event.key === 'Enter' || event.key === ' ') && line) enter(line);
    else if (event.key === 'Backspace' || event.key === 'Escape') leave();
    else return;
    event.preventDefault();
  };
  const reading = drawn[current];
  const left = cells.filter(({ cost }) => cost < 0);
  return (
    <figure class="plot" ref={box as never}>
      <nav class="way" aria-label="Part of the spend that is drawn">
        {[{ id: '', label: 'Everything' }, ...path].map(({ id, label }, at, all) =>
          at === all.length - 1 ? (
            <span key={id} aria-current="true">
              {label}
            </span>
          ) : (
            <button key={id} type="button" class="link" onClick={() => onArea(id)}>
              {label}
            </button>
          ),
        )}
      </nav>
      {/* biome-ignore lint/a11y/useSemanticElements: no fieldset is a drawing */}
      <svg
        ref={svg}
        id="tree-map"
        role="group"
        aria-label="Where it went, by area"
        width={width}
        height={height}
        viewBox={`0 0 ${width} ${height}`}
        onKeyDown={onKeyDown}
      >
        {drawn.map((line, at) => (
          <Cell
            key={line.id}
            line={line}
            area={areas[at] as Area}
            place={at}
            parts={partsOf(lines, line).length}
            finest={divided(lines, line)}
            current={at === current}
            onFocus={() => setChosen(line.id)}
            onLook={() => setChosen(line.id)}
            onOpen={() => enter(line)}
            opens={line.hasChildren || (line.place !== undefined && onPlace !== undefined)}
          />
        ))}
      </svg>
      <figcaption class="reading">{reading && textOf(reading, partsOf(lines, reading).length)}</figcaption>
      {left.length > 0 && <p class="minor">{`Credits have no area: ${left.map(({ label, costText }) => `${label} ${costText}`).join(', ')}.`}</p>}
    </figure>
  );
}

const partsOf = (lines: readonly TreeLine[], { id, hasChildren }: TreeLine): readonly TreeLine[] => (hasChildren ? below(lines, id).cells : []);
const divided = (lines: readonly TreeLine[], line: TreeLine): readonly TreeLine[] => {
  const parts = partsOf(lines, line);
  const [only, ...others] = parts;
  return only && others.length === 0 ? divided(lines, only) : parts;
};
const textOf = ({ level, label, costText, shareText, place }: TreeLine, parts: number): string =>
  `${label} ${costText} · ${shareText} of everything, ${level}${parts > 0 ? `, ${parts} ${parts === 1 ? 'part' : 'parts'}` : place ? `, ${place.label}` : ''}`;

interface CellProps {
  readonly line: TreeLine;
  readonly area: Area;
  readonly place: number;
  readonly parts: number;
  /** What it falls into, over levels that divide nothing. */
  readonly finest: readonly TreeLine[];
  readonly current: boolean;
  readonly opens: boolean;
  readonly onFocus: () => void;
  readonly onLook: () => void;
  readonly onOpen: () => void;
}
function Cell({ line, area, place, parts, finest, current, opens, onFocus, onLook, onOpen }: CellProps) {
  const inner = { x: area.x + gap / 2, y: area.y + gap / 2, width: Math.max(0, area.width - gap), height: Math.max(0, area.height - gap) };
  const costs = finest.map(({ cost }) => cost).filter((cost) => cost > 0);
  const name = line.named ? `c${place % 7}` : line.label.startsWith('(') ? 'nobody' : 'others';
  const roomy = inner.width > 56 && inner.height > 24;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: its role says what it is
    <g
      class={`cell ${name}${current ? ' current' : ''}`}
      role={opens ? 'button' : 'img'}
      tabIndex={current ? 0 : -1}
      aria-label={textOf(line, parts)}
      onPointerEnter={onLook}
      onFocus={onFocus}
      onClick={onOpen}
    >
      <rect class="area-of" x={round(inner.x)} y={round(inner.y)} width={round(inner.width)} height={round(inner.height)} />
      {costs.length > 1 && (
        <path
          class="parts-of"
          d={squarified(
            [...costs].sort((a, b) => b - a),
            inner,
          )
            .map(({ x, y, width, height: high }) => `M${round(x)} ${round(y)}h${round(width)}v${round(high)}h${round(-width)}z`)
            .join('')}
        />
      )}
      {roomy && (
        // biome-ignore lint/a11y/noSvgWithoutTitle: it cuts what has no room; the area around it has the name
        <svg x={round(inner.x)} y={round(inner.y)} width={round(inner.width - 4)} height={round(inner.height)}>
          <text class="name" x={8} y={18}>
            {line.label}
          </text>
          {inner.height > 42 && (
            <text class="minor" x={8} y={35}>
              {`${line.costText} · ${line.shareText}`}
            </text>
          )}
        </svg>
      )}
    </g>
  );
}
