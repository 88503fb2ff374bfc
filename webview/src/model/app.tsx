import type { ComponentChildren } from 'preact';
import type { FromModelPage, ModelFileView, OperatorLine, Traffic, ValueRow } from '../../../server/src/protocol/model-file.js';
import { Heads } from '../shared/heads.js';

export interface AppProps {
  readonly view: ModelFileView | undefined;
  readonly problem: string;
  readonly status: string;
  readonly ask: { readonly text: string; readonly found: boolean } | undefined;
  /** What was measured, newest last. */
  readonly results: readonly string[];
  readonly busy: boolean;
  readonly sizes: Readonly<Record<string, number>>;
  readonly onSize: (key: string, value: number | undefined) => void;
  readonly traffic: Traffic;
  readonly onTraffic: (traffic: Traffic) => void;
  readonly post: (message: FromModelPage) => void;
}

/** A model file: what it is made of, what it does at the sizes that a person states, and what can be done with it. */
export function App({ view, problem, status, ask, results, busy, sizes, onSize, traffic, onTraffic, post }: AppProps) {
  return (
    <main>
      {problem ? (
        <section class="note" role="alert">
          <h1>This model file cannot be read</h1>
          <p>{problem}</p>
        </section>
      ) : null}
      {view && !problem ? (
        <>
          <h1>{view.name}</h1>
          <p id="headline">{view.headline}</p>
          {view.sizes.length > 0 ? <Sizes view={view} sizes={sizes} onSize={onSize} /> : null}
          {view.untold.length > 0 ? (
            <section class="note" aria-label="What is unknown">
              {view.untold.map(({ what, need }) => (
                <p key={what}>
                  Unknown: {what}. {need}.
                </p>
              ))}
            </section>
          ) : null}
          {view.isOnnx ? <Actions view={view} busy={busy} post={post} /> : null}
          {ask ? (
            <section class="note" id="consent" aria-label="Which runtime">
              <p>{ask.text}</p>
              <p class="actions">
                {ask.found ? (
                  <button type="button" id="use-runtime" onClick={() => post({ type: 'consent', choose: false })}>
                    Run This Copy
                  </button>
                ) : null}
                <button type="button" class="second" onClick={() => post({ type: 'consent', choose: true })}>
                  Choose Another Folder…
                </button>
              </p>
            </section>
          ) : null}
          <p role="status" id="status">
            {status}
          </p>
          {results.length > 0 ? (
            <ul id="results">
              {results.map((one) => (
                <li key={one}>{one}</li>
              ))}
            </ul>
          ) : null}
          {view.isOnnx ? <Costs view={view} traffic={traffic} onTraffic={onTraffic} /> : null}
          {view.isOnnx ? <Operators rows={view.operators} total={view.macsText} /> : null}
          <Types view={view} />
          {view.inputs.length > 0 ? <Values title="Inputs" rows={view.inputs} /> : null}
          {view.outputs.length > 0 ? <Values title="Outputs" rows={view.outputs} /> : null}
          <Pairs title="About the file" rows={view.facts} />
          {view.metadata.length > 0 ? <Pairs title="Metadata" rows={view.metadata} /> : null}
        </>
      ) : null}
      {!view && !problem ? <p role="status">Reading the file…</p> : null}
    </main>
  );
}

function Sizes({ view, sizes, onSize }: Pick<AppProps, 'sizes' | 'onSize'> & { readonly view: ModelFileView }) {
  return (
    <form class="controls" aria-label="Sizes of the inputs" onSubmit={(event) => event.preventDefault()}>
      {view.sizes.map(({ key, of }) => (
        <label key={key} title={of}>
          {key}
          <input
            type="number"
            min="1"
            step="1"
            name={key}
            value={sizes[key] ?? ''}
            placeholder="?"
            onInput={({ currentTarget }) => onSize(key, currentTarget.value === '' ? undefined : Number(currentTarget.value))}
          />
        </label>
      ))}
    </form>
  );
}

function Actions({ view, busy, post }: Pick<AppProps, 'busy' | 'post'> & { readonly view: ModelFileView }) {
  return (
    <p class="actions">
      <button type="button" id="measure" disabled={busy || !view.fed} onClick={() => post({ type: 'measure' })}>
        Measure Latency
      </button>
      <button type="button" id="quantize" class="second" disabled={busy} onClick={() => post({ type: 'quantize', embeddings: true })}>
        Save with 8-bit Weights
      </button>
      {view.fed ? null : <span class="minor">To measure it, state every size.</span>}
    </p>
  );
}

/** What passes cost: on the usual hardware, or on what is chosen. */
function Costs({ view, traffic, onTraffic }: Pick<AppProps, 'traffic' | 'onTraffic'> & { readonly view: ModelFileView }) {
  const { perMonth, accelerator } = traffic;
  return (
    <section aria-labelledby="cost-title">
      <h2 id="cost-title">What it costs</h2>
      <form class="controls" aria-label="Traffic" onSubmit={(event) => event.preventDefault()}>
        <label>
          Passes a month
          <input
            type="number"
            min="1"
            step="1"
            name="per-month"
            value={perMonth ?? ''}
            placeholder="?"
            onInput={({ currentTarget }) => {
              const value = Number(currentTarget.value);
              onTraffic({ ...(accelerator === undefined ? {} : { accelerator }), ...(Number.isFinite(value) && value > 0 ? { perMonth: value } : {}) });
            }}
          />
        </label>
        <label>
          Hardware
          <select
            name="accelerator"
            onChange={({ currentTarget }) =>
              onTraffic({ ...(perMonth === undefined ? {} : { perMonth }), ...(currentTarget.value === '' ? {} : { accelerator: currentTarget.value }) })
            }
          >
            <option value="" selected={accelerator === undefined}>
              the usual ones
            </option>
            {view.accelerators.map(({ id, label }) => (
              <option key={id} value={id} selected={id === accelerator}>
                {label}
              </option>
            ))}
          </select>
        </label>
      </form>
      {view.costs ? (
        <Scroll id="costs" title="Estimated for passes at these sizes, one at a time, on machines that are always on">
          <thead>
            <tr>
              <Heads titles={costHeads} numbers={costHeads.slice(1)} />
            </tr>
          </thead>
          <tbody>
            {view.costs.map(({ accelerator: name, latency, full, per1k, month, replicas }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <Figure>{latency || 'unknown'}</Figure>
                <Figure>{full || 'unknown'}</Figure>
                <Figure>{per1k || (perMonth === undefined ? 'state the passes' : 'unknown')}</Figure>
                <Figure>{month || (perMonth === undefined ? 'state the passes' : 'unknown')}</Figure>
                <Figure>{replicas}</Figure>
              </tr>
            ))}
          </tbody>
        </Scroll>
      ) : (
        <p>Unknown, because the work of a pass is unknown: state every size.</p>
      )}
    </section>
  );
}
const costHeads = ['Hardware', 'A pass', 'A thousand, machine full', 'A thousand at this traffic', 'A month', 'Machines'];

function Operators({ rows, total }: { readonly rows: readonly OperatorLine[]; readonly total: string }) {
  return (
    <Scroll id="operators" title={`Work by operator: ${total}`}>
      <thead>
        <tr>
          <Heads titles={['Operator', 'Nodes', 'Multiply-accumulates', 'Share']} numbers={['Nodes', 'Multiply-accumulates', 'Share']} />
          <td class="meter" />
          <Heads titles={['Elements written']} numbers={['Elements written']} />
        </tr>
      </thead>
      <tbody>
        {rows.map(({ op, nodes, macs, share, shareText, written }) => (
          <tr key={op}>
            <th scope="row">{op}</th>
            <Figure>{String(nodes)}</Figure>
            <Figure>{macs}</Figure>
            <Figure>{shareText}</Figure>
            <td aria-hidden="true" class="meter">
              <Bar share={share} />
            </td>
            <Figure>{written}</Figure>
          </tr>
        ))}
      </tbody>
    </Scroll>
  );
}
const Bar = ({ share }: { readonly share: number }) => (
  <svg width="120" height="10" aria-hidden="true">
    <rect class="fill" x="0" y="1" width={Math.round(share * 120)} height="8" />
  </svg>
);

function Types({ view }: { readonly view: ModelFileView }) {
  return (
    <Scroll id="types" title="Stored tensors by type">
      <thead>
        <tr>
          <Heads titles={['Type', 'Tensors', 'Elements', 'Size']} numbers={['Tensors', 'Elements', 'Size']} />
          <td class="meter" />
        </tr>
      </thead>
      <tbody>
        {view.types.map(({ type, tensors, elements, bytes, share }) => (
          <tr key={type}>
            <th scope="row">{type}</th>
            <Figure>{tensors}</Figure>
            <Figure>{elements}</Figure>
            <Figure>{bytes}</Figure>
            <td aria-hidden="true" class="meter">
              <Bar share={share} />
            </td>
          </tr>
        ))}
      </tbody>
    </Scroll>
  );
}
function Values({ title, rows }: { readonly title: string; readonly rows: readonly ValueRow[] }) {
  return (
    <Scroll id={title.toLowerCase()} title={title}>
      <thead>
        <tr>
          <Heads titles={['Name', 'Type', 'As written', 'At these sizes']} />
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, type, written, shape }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{type}</td>
            <td>{written}</td>
            <td>{shape}</td>
          </tr>
        ))}
      </tbody>
    </Scroll>
  );
}
function Pairs({ title, rows }: { readonly title: string; readonly rows: readonly { readonly label: string; readonly value: string }[] }) {
  return (
    <Scroll id={title.toLowerCase().replaceAll(' ', '-')} title={title}>
      <tbody>
        {rows.map(({ label, value }) => (
          <tr key={label}>
            <th scope="row">{label}</th>
            <td class="long">{value}</td>
          </tr>
        ))}
      </tbody>
    </Scroll>
  );
}
function Scroll({ id, title, children }: { readonly id: string; readonly title: string; readonly children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section class="scroll" tabIndex={0} aria-labelledby={`${id}-title`}>
      <table id={id}>
        <caption id={`${id}-title`}>{title}</caption>
        {children}
      </table>
    </section>
  );
}
const Figure = ({ children }: { readonly children: ComponentChildren }) => <td class="number">{children}</td>;
