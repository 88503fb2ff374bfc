import type { FindingLine, SpendHead, SpendPlace, UnitLine } from '../../../server/src/protocol/spend-panel.js';
import { Heads } from '../shared/heads.js';
import { Code } from './code.js';
import { Place } from './tree-table.js';

interface FindingsProps {
  readonly id: string;
  readonly lines: readonly FindingLine[];
  /** What it means that there is none. */
  readonly none: string;
  readonly onPlace: ((place: SpendPlace) => void) | undefined;
}
/** Days that stand out, or money that brought nothing: what it is, how much, and what would mend it. */
export function Findings({ id, lines, none, onPlace }: FindingsProps) {
  if (lines.length === 0) return <p class="minor">{none}</p>;
  return (
    <ul class="findings" id={id}>
      {lines.map((one) => (
        <li key={one.id}>
          <span class="amount">{one.amount}</span>
          <span>
            <strong>{one.title}</strong>
            <span class="below">{one.detail}</span>
            {one.fix && <span class="below">{`What would save it: ${one.fix}`}</span>}
            {one.place && <Place place={one.place} onPlace={onPlace} />}
          </span>
        </li>
      ))}
    </ul>
  );
}

export const Units = ({ units }: { readonly units: readonly UnitLine[] }) =>
  units.length === 0 ? (
    <p class="minor">
      <Code text="Nothing is counted: name what your money buys under `spend.units` in .mlcost.yaml." />
    </p>
  ) : (
    <table id="units">
      <thead>
        <tr>
          <Heads titles={['What', 'Month', 'Price', 'Out of']} numbers={['Price']} />
        </tr>
      </thead>
      <tbody>
        {units.map(({ id, what, month, price, detail }) => (
          <tr key={id}>
            <th scope="row">{what}</th>
            <td>{month}</td>
            <td class="number">{price}</td>
            <td>{detail}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );

export const Sources = ({ sources }: { readonly sources: SpendHead['sources'] }) => (
  <details>
    <summary>
      {sources.length === 0
        ? 'No source of spend'
        : `${sources.length} ${sources.length === 1 ? 'source' : 'sources'}${sources.some(({ state }) => state === 'trouble') ? ', some with trouble' : ''}`}
    </summary>
    <ul id="sources">
      {sources.map(({ name, detail, state }) => (
        <li key={name}>
          {state === 'trouble' && <span aria-hidden="true">⚠ </span>}
          <strong>{name}</strong>
          {`: ${detail}`}
        </li>
      ))}
    </ul>
  </details>
);
