import type { CompareResult, OfferRow, Range } from '../../../server/src/protocol/panel.js';
import { type Column, csvText } from '../shared/csv.js';

/** The rows as CSV, in the order shown. */
export function csvOf(rows: readonly OfferRow[], { per }: Pick<CompareResult, 'per'>): string {
  const range = (name: string, of: (row: OfferRow) => Range | undefined): Column<OfferRow>[] =>
    (['low', 'likely', 'high'] as const).map((end) => [`${name}_${end}`, (row) => of(row)?.[end]]);
  const all: Column<OfferRow>[] = [
    ['accelerator', ({ accelerator }) => accelerator],
    ['count', ({ count }) => count],
    ['paid', ({ paid }) => paid],
    ['provider', ({ provider }) => provider],
    ['region', ({ region }) => region],
    ['instance', ({ instance }) => instance],
    ['instances', ({ instances }) => instances],
    ['market', ({ market }) => market],
    ['link', ({ overNetwork }) => (overNetwork ? 'network' : 'machine')],
    ['fits', ({ fits }) => fits],
    ['stops', ({ stops }) => (stops ? 'true' : '')],
    ...range(`usd_per_${per}`, ({ usd }) => usd),
    ...range('hours', ({ hours }) => hours),
    ...range('latency_ms', ({ latency }) => latency),
    ...range('memory_gib', ({ memory }) => memory),
    ['accelerator_memory_gib', ({ memorySize }) => memorySize],
    ...range('carbon_kg', ({ carbon }) => carbon),
    ['price_date', ({ asOf }) => asOf],
  ];
  return csvText(all, rows);
}
