import type { SpendPlace, TreeLine } from '../../../server/src/protocol/spend-panel.js';
import { Heads } from '../shared/heads.js';
import { line, round, scale } from './geometry.js';
import { visible } from './view.js';

interface TreeTableProps {
  readonly lines: readonly TreeLine[];
  readonly open: ReadonlySet<string>;
  readonly onToggle: (id: string) => void;
  /** Absent: there is no editor to go to. */
  readonly onPlace?: (place: SpendPlace) => void;
}

/** Where the money went: from a team down to the category, and on to the code that names it. */
export function TreeTable({ lines, open, onToggle, onPlace }: TreeTableProps) {
  const hasPlaces = lines.some(({ place }) => place);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section class="scroll" tabIndex={0} aria-label="Table of where it went">
      <table id="tree">
        <thead>
          <tr>
            <Heads titles={['Team, project, model, version, workload, category', 'Cost', 'Share', 'Days', ...(hasPlaces ? ['Code'] : [])]} numbers={['Cost']} />
          </tr>
        </thead>
        <tbody>
          {visible(lines, open).map((one) => (
            <tr key={one.id} data-key={one.id}>
              <th scope="row" class={`in${Math.min(one.depth, 5)}${one.named ? '' : ' nobody'}`}>
                {one.hasChildren ? (
                  <button type="button" aria-expanded={open.has(one.id)} onClick={() => onToggle(one.id)}>
                    <span class="twist" aria-hidden="true">
                      {open.has(one.id) ? '▾' : '▸'}
                    </span>
                    {one.label}
                  </button>
                ) : (
                  <span class="leaf">{one.label}</span>
                )}{' '}
                <span class="minor">{one.level}</span>
              </th>
              <td class="number">{one.costText}</td>
              <td>
                <span class="used">
                  <svg class="meter" width="70" height="10" viewBox="0 0 70 10" aria-hidden="true">
                    <rect class="track" y="1" width="70" height="8" />
                    <rect class="full" y="1" width={round(Math.min(70, Math.max(0, one.share * 0.7)))} height="8" />
                  </svg>
                  {one.shareText}
                </span>
              </td>
              <td>
                <Steps steps={one.steps} />
              </td>
              {hasPlaces && <td>{one.place && <Place place={one.place} onPlace={onPlace} />}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** A place in the code: a way to it where there is an editor, its name else. */
export function Place({ place, onPlace }: { readonly place: SpendPlace; readonly onPlace: ((place: SpendPlace) => void) | undefined }) {
  if (!onPlace) return <span>{place.label}</span>;
  return (
    <button type="button" class="link" onClick={() => onPlace(place)}>
      {place.label}
    </button>
  );
}

function Steps({ steps }: { readonly steps: readonly number[] }) {
  const [width, height] = [110, 20];
  const most = Math.max(...steps, 0);
  const least = Math.min(...steps, 0);
  const x = scale(0, Math.max(1, steps.length - 1), 1, width - 1);
  return (
    <svg class="spark" width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      <path class="spent" d={line(steps, 0, x, scale(least, most || 1, height - 2, 2))} />
    </svg>
  );
}
