import { useRef } from 'preact/hooks';
import type { CompareResult, FromPanel, OfferRow, SavedFormat } from '../../../server/src/protocol/panel.js';
import { Heads } from '../shared/heads.js';
import { Chart, Mark } from './chart.js';
import { Controls } from './controls.js';
import { fitsOf, marketOf, nameOf, offerOf, type SortKey, shown, type View } from './offers.js';
import { Scatter } from './scatter.js';
import { Table } from './table.js';

/** Bars before all are asked for. */
const firstBars = 12;

interface AppProps {
  readonly data: CompareResult | undefined;
  /** The workload is no longer there, in words. */
  readonly gone: string;
  readonly status: string;
  readonly view: View;
  readonly count: number | null;
  readonly onView: (change: Partial<View>) => void;
  readonly onCount: (count: number | null) => void;
  readonly region: string;
  readonly onRegion: (region: string) => void;
  readonly onSave: (format: SavedFormat, rows: readonly OfferRow[]) => void;
  readonly post: (message: FromPanel) => void;
}

/** The whole panel. */
export function App({ data, gone, status, view, count, region, onView, onCount, onRegion, onSave, post }: AppProps) {
  const use = useRef<HTMLButtonElement>(null);
  if (!data) {
    return (
      <main>
        <h1>Compare accelerators</h1>
        <p role="status">{gone || 'Computing …'}</p>
      </main>
    );
  }
  const rows = shown(data.rows, view);
  const bars = view.all ? rows : rows.slice(0, firstBars);
  const selected = rows.find(({ key }) => key === view.selected);
  const select = (row: OfferRow): void => onView({ selected: row.key });
  const sort = (key: SortKey): void => onView({ sort: key, descending: view.sort === key && !view.descending });
  const without = (['hours', 'latency'] as const).filter((one) => !data.rows.some((row) => row[one]));
  return (
    <main>
      <header>
        <h1>{data.title}</h1>
        <p class="minor">
          {[
            data.now ? `Now ${data.now.text} a ${data.per} on ${data.now.on}` : '',
            data.pricesTo === '' ? '' : `prices of ${data.pricesFrom === data.pricesTo ? data.pricesTo : `${data.pricesFrom} to ${data.pricesTo}`}`,
            'the cheapest offer of each provider and market',
          ]
            .filter(Boolean)
            .join(' · ')}{' '}
          <button type="button" class="link" onClick={() => post({ type: 'reveal' })}>
            Go to source
          </button>
        </p>
        {gone !== '' && <p class="note">{gone}</p>}
        <Basis data={data} post={post} />
      </header>
      <Controls data={data} view={view} count={count} region={region} onView={onView} onCount={onCount} onRegion={onRegion} />
      {rows.length === 0 ? (
        <p class="note">{data.rows.length === 0 ? nothing(data) : 'No offer is left: loosen the choice above.'}</p>
      ) : (
        <>
          {view.against === '' ? (
            <>
              <Key />
              <Chart data={data} rows={bars} selected={view.selected} onSelect={select} onOpen={() => use.current?.focus()} />
            </>
          ) : (
            <Scatter data={data} rows={rows} against={view.against} selected={view.selected} onSelect={select} onOpen={() => use.current?.focus()} />
          )}
          {view.against === '' && rows.length > firstBars && (
            <button type="button" class="second" id="all" aria-expanded={view.all} onClick={() => onView({ all: !view.all })}>
              {view.all ? `Only the first ${firstBars} bars` : `All ${rows.length} bars`}
            </button>
          )}
          <section class="chosen" aria-label="Chosen offer">
            <p>{selected ? chosen(selected, data) : 'Choose an offer to take its accelerator for this workspace.'}</p>
            <button ref={use} type="button" id="use" disabled={!selected} onClick={() => selected && post({ type: 'use', key: selected.key })}>
              Use this accelerator for this workspace
            </button>
          </section>
          <Table
            title={`${data.title}: ${rows.length} of ${data.rows.length} offers`}
            rows={rows}
            without={without}
            view={view}
            onSort={sort}
            onSelect={select}
          />
          <p class="actions">
            {(['csv', 'svg', 'png'] as const).map((format) => (
              <button key={format} type="button" class="second" data-save={format} onClick={() => onSave(format, rows)}>
                {`Save as ${format.toUpperCase()}`}
              </button>
            ))}
          </p>
        </>
      )}
      {data.commitments.length > 0 && <Commitments rows={data.commitments} />}
      <p role="status" id="status">
        {status || null}
      </p>
    </main>
  );
}

/** From which use on a commitment is cheaper than paying by the hour. */
function Commitments({ rows }: { readonly rows: CompareResult['commitments'] }) {
  const runs = rows.some((row) => row.runs !== '');
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section class="scroll" tabIndex={0} aria-labelledby="commitments">
      <table>
        <caption id="commitments">
          Commitments are paid for every hour of their term, used or not: from how much use on one costs less than paying by the hour
        </caption>
        <thead>
          <tr>
            <Heads titles={['Machine', 'Term', 'Price', 'Pays', ...(runs ? ['As much as'] : []), 'Always on it saves', 'Prices of']} />
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.key}>
              <th scope="row">{row.offer}</th>
              <td>{row.term}</td>
              <td>{row.prices}</td>
              <td>{row.pays}</td>
              {runs && <td>{row.runs}</td>}
              <td>{row.always}</td>
              <td>{row.asOf}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** What the figures rest on that nobody wrote, and what is missing. */
function Basis({ data, post }: { readonly data: CompareResult; readonly post: (message: FromPanel) => void }) {
  if (data.assumptions.length === 0 && data.missing.length === 0) return null;
  return (
    <details>
      <summary>
        {[data.assumptions.length > 0 ? `${data.assumptions.length} assumed` : '', data.missing.length > 0 ? `${data.missing.length} unknown` : '']
          .filter(Boolean)
          .join(', ')}
        {': '}
        {[...data.assumptions.map(({ label, value }) => `${label} ${value}`), ...data.missing.map(({ label }) => `${label} ?`)].join(' · ')}
      </summary>
      <ul>
        {data.assumptions.map(({ label, value, why }) => (
          <li key={label}>
            {label}: <strong>{value}</strong> ({why})
          </li>
        ))}
        {data.missing.map(({ label, need }) => (
          <li key={label}>
            {label}: <strong>unknown</strong> ({need})
          </li>
        ))}
      </ul>
      <button type="button" class="link" onClick={() => post({ type: 'openSettings' })}>
        Open .mlcost.yaml
      </button>
    </details>
  );
}

const Key = () => (
  <p class="legend">
    <span>
      <Mark fits="fits" /> fits
    </span>
    <span>
      <Mark fits="tight" /> tight
    </span>
    <span>
      <Mark fits="does-not-fit" /> does not fit
    </span>
    <span>
      <svg class="key" width="30" height="12" viewBox="0 0 30 12" aria-hidden="true">
        <path class="whisker" d="M2 2v8M2 6h26M28 2v8" />
      </svg>{' '}
      holds the real figure nine times in ten
    </span>
  </p>
);

function chosen(row: OfferRow, { now, per }: CompareResult): string {
  const change = row.usd && now && now.usd > 0 ? Math.round((row.usd.likely / now.usd - 1) * 100) : undefined;
  const against = change === undefined ? '' : change === 0 ? 'as much as now' : `${Math.abs(change)} % ${change < 0 ? 'less' : 'more'} than now`;
  return [
    `${nameOf(row)}, ${marketOf(row)}, ${row.provider} ${offerOf(row)}`,
    row.usd ? `${row.usdText} a ${per}` : 'cost unknown',
    against,
    row.hours ? row.hoursText : '',
    [row.memoryText, fitsOf(row)].filter(Boolean).join(' '),
    row.asOf === '' ? '' : `price of ${row.asOf}`,
  ]
    .filter(Boolean)
    .join(' · ');
}

function nothing({ missing, statedCount }: CompareResult): string {
  if (statedCount === undefined) return 'Nobody says how many accelerators this runs on: choose a number above.';
  const first = missing[0];
  return first ? `There is nothing to compare yet: ${first.label} is unknown, ${first.need}.` : 'No offer in the price book can run this.';
}
