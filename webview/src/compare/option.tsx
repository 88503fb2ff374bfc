import type { ComponentChildren } from 'preact';
import type { OfferRow } from '../../../server/src/protocol/panel.js';

export interface OptionProps {
  readonly row: OfferRow;
  readonly selected: boolean;
  /** The one that the tab key stops at. */
  readonly stop: boolean;
  readonly onSelect: () => void;
  readonly onOpen: () => void;
}
interface Drawn extends OptionProps {
  readonly kind: 'bar' | 'point';
  /** What a screen reader says. */
  readonly label: string;
  readonly transform?: string;
  readonly children: ComponentChildren;
}
/** An offer in a drawing that is a list box, whatever stands for it. */
export function Option({ row, kind, label, selected, stop, onSelect, onOpen, transform, children }: Drawn) {
  return (
    <g
      role="option"
      aria-selected={selected}
      aria-label={label}
      tabindex={stop ? 0 : -1}
      class={`${kind} ${row.fits}${selected ? ' selected' : ''}`}
      data-key={row.key}
      {...(transform === undefined ? {} : { transform })}
      onClick={onSelect}
      onDblClick={onOpen}
    >
      {children}
    </g>
  );
}
