import type { OfferRow } from '../../../server/src/protocol/panel.js';
import { columns, type SortKey, sortKeys, type View } from './offers.js';

interface TableProps {
  readonly title: string;
  readonly rows: readonly OfferRow[];
  /** Columns that say nothing here are left out. */
  readonly without: readonly SortKey[];
  readonly view: View;
  readonly onSort: (key: SortKey) => void;
  readonly onSelect: (row: OfferRow) => void;
}

/** The figures of the chart, all of them, as a table that sorts. */
export function Table({ title, rows, without, view, onSort, onSelect }: TableProps) {
  const keys = sortKeys.filter((key) => !without.includes(key));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section class="scroll" tabIndex={0} aria-labelledby="caption">
      <table id="offers">
        <caption id="caption">{title}</caption>
        <thead>
          <tr>
            {keys.map((key) => (
              <th
                key={key}
                scope="col"
                class={columns[key].number ? 'number' : ''}
                aria-sort={view.sort === key ? (view.descending ? 'descending' : 'ascending') : 'none'}
              >
                <button type="button" data-sort={key} onClick={() => onSort(key)}>
                  {columns[key].title}
                  <span aria-hidden="true" class="arrow">
                    {view.sort === key ? (view.descending ? '▼' : '▲') : null}
                  </span>
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.key} class={row.key === view.selected ? 'selected' : ''} data-key={row.key}>
              {keys.map((key, at) =>
                at === 0 ? (
                  <th key={key} scope="row">
                    <button type="button" aria-pressed={row.key === view.selected} onClick={() => onSelect(row)}>
                      {columns[key].text(row)}
                    </button>
                  </th>
                ) : (
                  <td key={key} class={columns[key].number ? 'number' : ''}>
                    {columns[key].text(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
