import type { WorkloadRef } from '../../../server/src/protocol/protocol.js';
import type { WhatIfResult } from '../../../server/src/protocol/what-if.js';
import { Heads } from '../shared/heads.js';

/** Every figure of every column. */
export function Figures({ data, onReveal }: { readonly data: WhatIfResult; readonly onReveal: (ref: WorkloadRef) => void }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section class="scroll" tabIndex={0} aria-labelledby="caption">
      <table id="figures">
        <caption id="caption">{`${data.title}, now and as supposed: likely, and in brackets where nine in ten lie`}</caption>
        <thead>
          <tr>
            <td />
            <Heads titles={data.sides.map(({ name }) => name)} />
          </tr>
        </thead>
        <tbody>
          {data.rows.map(({ key, label, figures, ref }) => (
            <tr key={key} data-row={key}>
              <th scope="row">
                {ref ? (
                  <button type="button" class="link" onClick={() => onReveal(ref)}>
                    {label}
                  </button>
                ) : (
                  label
                )}
              </th>
              {figures.map(({ text, change, need }, at) => (
                <td key={data.sides[at]?.name ?? at} class={text === 'unknown' ? 'unknown' : ''}>
                  {text}
                  {change !== '' && <span class={`minor change${change.includes('noise') ? ' noise' : ''}`}>{` ${change}`}</span>}
                  {need !== '' && <span class="minor need">{` ${need}`}</span>}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** What differs in each column, what is said of it, and what changed nothing. */
export function Changes({ data }: { readonly data: WhatIfResult }) {
  const sides = data.sides.filter(({ changes, unused, notes }, at) => at > 0 || changes.length + unused.length + notes.length > 0);
  if (sides.length === 0) return null;
  return (
    <dl class="changes">
      {sides.map(({ name, changes, unused, notes }) => (
        <div key={name}>
          <dt>{name}</dt>
          {[
            ...(changes.length > 0 ? [changes.join(' · ')] : name === 'now' ? [] : ['as now']),
            ...notes,
            ...unused.map((one) => `does nothing here: ${one}`),
          ].map((text) => (
            <dd key={text}>{text}</dd>
          ))}
        </div>
      ))}
    </dl>
  );
}
