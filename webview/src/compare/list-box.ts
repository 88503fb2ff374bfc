import type { RefObject } from 'preact';
import type { OfferRow } from '../../../server/src/protocol/panel.js';

/** The keys of a drawing whose marks are the options of a list box, in the order of its rows. */
export function listBoxKeys(
  box: RefObject<HTMLDivElement | null>,
  rows: readonly OfferRow[],
  current: string,
  onSelect: (row: OfferRow) => void,
  onOpen: () => void,
): (event: KeyboardEvent) => void {
  return (event) => {
    const at = rows.findIndex(({ key }) => key === current);
    const to = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, PageDown: at + 10, PageUp: at - 10, Home: 0, End: rows.length - 1 }[
      event.key
    ];
    if (to !== undefined) {
      event.preventDefault();
      const next = Math.min(rows.length - 1, Math.max(0, to));
      const row = rows[next];
      if (!row) return;
      onSelect(row);
      box.current?.querySelectorAll<SVGGElement>('[role=option]')[next]?.focus();
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      const row = rows[at];
      if (row) onSelect(row);
      if (event.key === 'Enter') onOpen();
    }
  };
}
