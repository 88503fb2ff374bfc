import type { OfferRow, Range } from '../../../server/src/protocol/panel.js';

/** How a person arranged the panel: kept over hiding and restoring. */
export interface View {
  /** Markets that are left out, so that one which appears later is shown. */
  readonly hiddenMarkets: readonly string[];
  readonly provider: string;
  readonly search: string;
  readonly onlyFits: boolean;
  /** What the cost is drawn against; empty: bars of the cost alone. */
  readonly against: Measure | '';
  readonly sort: SortKey;
  readonly descending: boolean;
  readonly selected: string;
  /** All bars, not only the first. */
  readonly all: boolean;
}
export const firstView: View = {
  hiddenMarkets: [],
  provider: '',
  search: '',
  onlyFits: false,
  against: '',
  sort: 'cost',
  descending: false,
  selected: '',
  all: false,
};

/** A column: what it sorts by, and what it says. */
interface Column {
  readonly title: string;
  readonly number: boolean;
  readonly value: (row: OfferRow) => string | number | undefined;
  readonly text: (row: OfferRow) => string;
}
const fitsOrder = ['fits', 'tight', 'does-not-fit'];
export const columns = {
  accelerator: { title: 'Accelerator', number: false, value: (row) => row.acceleratorName, text: nameOf },
  market: { title: 'Market', number: false, value: ({ market }) => market, text: marketOf },
  provider: { title: 'Provider', number: false, value: ({ provider }) => provider, text: ({ provider }) => provider },
  offer: { title: 'Offer', number: false, value: ({ instance }) => instance, text: offerOf },
  cost: { title: 'Cost', number: true, value: ({ usd }) => usd?.likely, text: ({ usdText }) => usdText || 'unknown' },
  hours: { title: 'Duration', number: true, value: ({ hours }) => hours?.likely, text: ({ hoursText }) => hoursText },
  latency: { title: 'Latency', number: true, value: ({ latency }) => latency?.likely, text: ({ latencyText }) => latencyText || 'unknown' },
  memory: { title: 'Memory of one', number: true, value: shareOf, text: ({ memoryText }) => memoryText || 'unknown' },
  fits: { title: 'Fits', number: false, value: ({ fits }) => (fits === 'unknown' ? undefined : fitsOrder.indexOf(fits)), text: fitsOf },
  carbon: { title: 'Carbon', number: true, value: ({ carbon }) => carbon?.likely, text: ({ carbonText }) => carbonText || 'unknown' },
  date: { title: 'Price of', number: false, value: ({ asOf }) => asOf || undefined, text: ({ asOf }) => asOf || 'unknown' },
} as const satisfies Readonly<Record<string, Column>>;
export type SortKey = keyof typeof columns;
export const sortKeys = Object.keys(columns) as SortKey[];

/** What a cost can be weighed against: of each less is better. */
export type Measure = 'hours' | 'latency' | 'memory' | 'carbon';
export const measures: Readonly<Record<Measure, { readonly name: string; readonly better: string; readonly range: (row: OfferRow) => Range | undefined }>> = {
  hours: { name: 'duration', better: 'quicker', range: ({ hours }) => hours },
  latency: { name: 'latency', better: 'quicker', range: ({ latency }) => latency },
  memory: { name: 'share of its memory', better: 'roomier', range: shares },
  carbon: { name: 'carbon', better: 'cleaner', range: ({ carbon }) => carbon },
};
export const measureNames = Object.keys(measures) as Measure[];

/** Rows that a person wants to see, in their order. What does not fit is at the end whatever the order, and what is unknown after what is known. */
export function shown(rows: readonly OfferRow[], view: View): OfferRow[] {
  const words = view.search.toLowerCase().split(/\s+/).filter(Boolean);
  const value: Column['value'] = columns[view.sort].value;
  const sign = view.descending ? -1 : 1;
  return rows
    .filter(
      (row) =>
        !view.hiddenMarkets.includes(row.market) &&
        (view.provider === '' || row.provider === view.provider) &&
        (!view.onlyFits || (row.fits === 'fits' && !row.stops)) &&
        words.every((word) => `${nameOf(row)} ${row.accelerator} ${row.provider} ${offerOf(row)}`.toLowerCase().includes(word)),
    )
    .map((row, at) => ({ row, at, value: value(row) }))
    .sort((a, b) => {
      const last = behind(a.row) - behind(b.row);
      if (last !== 0 && view.sort !== 'fits') return last;
      if (a.value === undefined || b.value === undefined) return Number(a.value === undefined) - Number(b.value === undefined) || a.at - b.at;
      return sign * compare(a.value, b.value) || a.at - b.at;
    })
    .map(({ row }) => row);
}

/** What cannot run the work to its end stands behind what can, and what cannot even start behind that. */
export const behind = ({ fits, stops }: OfferRow): number => (fits === 'does-not-fit' ? 2 : stops ? 1 : 0);

export const distinct = (rows: readonly OfferRow[], of: (row: OfferRow) => string): string[] => [...new Set(rows.map(of))].sort();

/** A view as it was kept; what is not understood starts anew. */
export function readView(kept: unknown): View {
  if (typeof kept !== 'object' || kept === null) return firstView;
  const from = kept as Readonly<Record<string, unknown>>;
  const take = <K extends keyof View>(name: K, is: (value: unknown) => boolean): View[K] => (is(from[name]) ? (from[name] as View[K]) : firstView[name]);
  const isText = (value: unknown) => typeof value === 'string';
  const isBoolean = (value: unknown) => typeof value === 'boolean';
  return {
    hiddenMarkets: take('hiddenMarkets', (value) => Array.isArray(value) && value.every(isText)),
    provider: take('provider', isText),
    search: take('search', isText),
    onlyFits: take('onlyFits', isBoolean),
    against: take('against', (value) => value === '' || measureNames.includes(value as Measure)),
    sort: take('sort', (value) => sortKeys.includes(value as SortKey)),
    descending: take('descending', isBoolean),
    selected: take('selected', isText),
    all: take('all', isBoolean),
  };
}

/** `8×H100`. */
export function nameOf({ count, paid, acceleratorName }: OfferRow): string {
  return paid > count ? `${count} of ${paid}×${acceleratorName}` : `${count}×${acceleratorName}`;
}
export function marketOf({ market, own }: Pick<OfferRow, 'market' | 'own'>): string {
  return own ? `${market}, own rate` : market.replace(/-(\d)y$/, ' $1 y');
}
/** `2 × p5.48xlarge us-east-1`. */
export function offerOf({ instances, instance, region, overNetwork }: OfferRow): string {
  return `${instances > 1 ? `${instances} × ` : ''}${instance}${region === 'any' ? '' : ` ${region}`}${overNetwork ? ', over the network' : ''}`;
}
export function fitsOf({ fitsText }: OfferRow): string {
  return fitsText === 'tight' ? '▲ tight' : fitsText || '? unknown';
}
/** Share of one accelerator's memory. @unit % */
function shares({ memory, memorySize }: OfferRow): Range | undefined {
  if (!memory || memorySize === undefined) return undefined;
  const percent = (gib: number): number => (100 * gib) / memorySize;
  return { low: percent(memory.low), likely: percent(memory.likely), high: percent(memory.high) };
}
function shareOf(row: OfferRow): number | undefined {
  return shares(row)?.likely;
}

function compare(a: string | number, b: string | number): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b), undefined, { numeric: true });
}
