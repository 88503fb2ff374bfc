import type { SavedFormat } from '../../../server/src/protocol/panel.js';
import type { WorkloadRef } from '../../../server/src/protocol/protocol.js';
import type { Drawing, FromWhatIf, Set as Supposed, SwingsResult, WhatIfResult, WhatIfState } from '../../../server/src/protocol/what-if.js';
import { Heads } from '../shared/heads.js';
import { Bars, Tornado } from './bars.js';
import { Changes, Figures } from './figures.js';
import { Form } from './form.js';

interface AppProps {
  readonly data: WhatIfResult | undefined;
  readonly swings: SwingsResult | null;
  readonly progress: { readonly done: number; readonly total: number } | undefined;
  readonly gone: string;
  readonly status: string;
  readonly view: WhatIfState;
  readonly onView: (change: Partial<WhatIfState>) => void;
  readonly onSave: (format: SavedFormat, drawing: Drawing) => void;
  readonly post: (message: FromWhatIf) => void;
}
/** Swings that are drawn: the rest moves the figure least. */
const mostSwings = 12;

/** The whole panel. */
export function App({ data, swings, progress, gone, status, view, onView, onSave, post }: AppProps) {
  if (!data) {
    return (
      <main>
        <h1>What if</h1>
        <p role="status">{gone || (progress ? `Computing, ${progress.done} of ${progress.total} …` : 'Computing …')}</p>
      </main>
    );
  }
  const whole = data.kind === 'workspace';
  const row = data.rows.find(({ key }) => key === view.bars) ?? data.rows[0];
  const suppose = (draft: Supposed): void => onView({ draft });
  return (
    <main>
      <header>
        <h1>{`What if: ${data.title}`}</h1>
        <p class="minor">
          {whole ? `${data.workloads} workloads with money of their own` : 'Nothing is written to the code: empty fields hold what it says now.'}{' '}
          {!whole && (
            <>
              <button type="button" class="link" onClick={() => post({ type: 'reveal', ref: null })}>
                Go to source
              </button>{' '}
              <button type="button" class="link" onClick={() => post({ type: 'whole' })}>
                The whole workspace
              </button>{' '}
            </>
          )}
          <button type="button" class="link" onClick={() => post({ type: 'openSettings' })}>
            Open .mlcost.yaml
          </button>
        </p>
        {gone !== '' && <p class="note">{gone}</p>}
      </header>
      <Form
        data={data}
        draft={view.draft}
        shown={view.shown}
        onDraft={suppose}
        onShown={(shown) => onView({ shown })}
        onKeep={(name) => post({ type: 'keep', name, set: view.draft })}
      />
      {progress && (
        <label class="progress">
          {`${progress.done} of ${progress.total} read`} <progress max={progress.total} value={progress.done} />
        </label>
      )}
      {whole && data.workloads === 0 ? (
        <p class="note">
          No workload is known yet.{' '}
          <button type="button" class="link" onClick={() => post({ type: 'scan' })}>
            Estimate the workspace
          </button>
        </p>
      ) : (
        row && (
          <>
            <section aria-labelledby="side-by-side">
              <h2 id="side-by-side">Side by side</h2>
              <div class="controls">
                <label>
                  Figure
                  <select id="figure" value={row.key} onChange={({ currentTarget }) => onView({ bars: currentTarget.value })}>
                    {data.rows.map(({ key, label }) => (
                      <option key={key} value={key}>
                        {label}
                      </option>
                    ))}
                  </select>
                </label>
              </div>
              <Bars row={row} sides={data.sides} locale={data.locale} />
              <Changes data={data} />
              <Figures data={data} onReveal={(ref: WorkloadRef) => post({ type: 'reveal', ref })} />
              <Save drawing="bars" onSave={onSave} />
            </section>
            {swings && (
              <Swings
                swings={{ ...swings, swings: swings.swings.slice(0, mostSwings) }}
                all={swings.swings.length}
                data={data}
                onView={onView}
                onSave={onSave}
              />
            )}
          </>
        )
      )}
      <p role="status" id="status">
        {status || null}
      </p>
    </main>
  );
}

interface SwingsProps {
  readonly swings: SwingsResult;
  readonly all: number;
  readonly data: WhatIfResult;
  readonly onView: AppProps['onView'];
  readonly onSave: AppProps['onSave'];
}
function Swings({ swings, all, data, onView, onSave }: SwingsProps) {
  const unit = data.rows.find(({ key }) => key === swings.quantity)?.unit ?? (swings.quantity.startsWith('usd') ? 'usd' : '');
  return (
    <section aria-labelledby="moves">
      <h2 id="moves">What moves it most</h2>
      <p class="minor">
        {`One fact at a time, each over its plausible range, everything else as it is now (${swings.nowText}). Facts that move together move it further.`}
      </p>
      <div class="controls">
        <label>
          Of
          <select id="quantity" value={swings.quantity} onChange={({ currentTarget }) => onView({ quantity: currentTarget.value })}>
            {swings.quantities.map(({ name, label }) => (
              <option key={name} value={name}>
                {label}
              </option>
            ))}
          </select>
        </label>
      </div>
      <Tornado data={swings} locale={data.locale} unit={unit} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <section class="scroll" tabIndex={0} aria-labelledby="swings-caption">
        <table id="swings">
          <caption id="swings-caption">
            {all > swings.swings.length ? `${swings.title}; ${all - swings.swings.length} more move it less` : swings.title}
          </caption>
          <thead>
            <tr>
              <Heads titles={['Fact', 'Least', 'Most', 'Range']} />
            </tr>
          </thead>
          <tbody>
            {swings.swings.map((one) => (
              <tr key={one.word}>
                <th scope="row">{one.label}</th>
                <td>{one.lowText}</td>
                <td>{one.highText}</td>
                <td>{one.origin}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {swings.untold.map((text) => (
        <p key={text} class="minor">{`Could not be tried: ${text}`}</p>
      ))}
      <Save drawing="tornado" onSave={onSave} />
    </section>
  );
}

const Save = ({ drawing, onSave }: { readonly drawing: Drawing; readonly onSave: AppProps['onSave'] }) => (
  <p class="actions">
    {(['csv', 'svg', 'png'] as const).map((format) => (
      <button key={format} type="button" class="second" data-save={`${drawing}-${format}`} onClick={() => onSave(format, drawing)}>
        {`Save as ${format.toUpperCase()}`}
      </button>
    ))}
  </p>
);
