import { utf8Bytes } from '../../text/utf8.js';
import { Dictionary } from '../dictionary.js';
import { dimensionAt } from '../dimensions.js';
import { EntryView } from '../entries.js';
import { Importer } from '../importer.js';
import { merge } from '../merge.js';
import type { CsvRow } from '../read/csv.js';
import type { LedgerMonth } from '../report.js';
import { MonthSums } from '../roll-up.js';
import { chargeCells, chargeColumns } from './charges.js';
import type { SourceHealth } from './health.js';
import type { SourceState } from './plan.js';
import type { SourceChange } from './told.js';
import { readUsageRows, type UsageRow, usageText } from './usage.js';

/** What a source has told where no ledger is written: charges in the columns of the ledger, use line by line. */
export interface KeptSource {
  readonly state: SourceState;
  readonly health?: SourceHealth;
  /** Rows of `chargeColumns`. */
  readonly charges: readonly (readonly string[])[];
  readonly usage: string;
}
/** By workspace root and name of the source. */
export type KeptSources = Readonly<Record<string, Readonly<Record<string, KeptSource>>>>;

/** Nothing where there is none that can be read: then it is read anew. */
export function readKept(text: string | null): KeptSources {
  try {
    const found = JSON.parse(text ?? '') as { version?: unknown; roots?: KeptSources } | null;
    return found?.version === 1 ? (found.roots ?? {}) : {};
  } catch {
    return {};
  }
}
export const keptText = (roots: KeptSources): string => JSON.stringify({ version: 1, roots });

const dayAt = chargeColumns.indexOf('ChargePeriodStart');
/** The day that a row of `chargeColumns` is of. */
const dayOf = (row: readonly string[]): string => (row[dayAt] ?? '').slice(0, 10);

/** What is kept of a source after an answer. */
export const keptAfter = (kept: KeptSource | undefined, name: string, { after, isGone, charges, usage }: SourceChange): KeptSource => ({
  ...kept,
  state: after,
  charges: [...(kept?.charges ?? []).filter((row) => !isGone(dayOf(row))), ...charges.map((one) => chargeCells(one, name))],
  usage: usageText([...[...readUsageRows(kept?.usage ?? '')].filter(({ day }) => !isGone(day)), ...usage]),
});

/** Whether what is kept is newer than what the ledger has of the same source: then its days take the place of the ledger’s. */
export const isNewer = ({ health }: KeptSource, ledger: SourceHealth | undefined): boolean =>
  health?.read !== undefined && (ledger?.read === undefined || health.read > ledger.read);

/** Months of a ledger with the days of newer sources in place of their own: money is in one place. */
export function withKept(months: readonly LedgerMonth[], sources: Readonly<Record<string, KeptSource>>): LedgerMonth[] {
  const told = new Map(Object.entries(sources).map(([name, { state }]) => [name, new Set(Object.keys(state.days))]));
  if (told.size === 0) return [...months];
  const at = dimensionAt.source;
  return months.map(({ month, dictionary, rows }) => ({
    month,
    dictionary,
    rows: {
      *[Symbol.iterator]() {
        for (const row of rows) if (!told.get(dictionary.tuple(row.tuple)[at] ?? '')?.has(`${month}-${String(row.day).padStart(2, '0')}`)) yield row;
      },
    },
  }));
}
/** Charges of sources as months of a ledger.
 * @param from first day, @param to last day; absent: without end */
export function keptMonths(sources: Readonly<Record<string, KeptSource>>, from?: string, to?: string): LedgerMonth[] {
  const dictionaries = new Map<string, Dictionary>();
  const importer = new Importer((month) => {
    const found = dictionaries.get(month) ?? new Dictionary();
    dictionaries.set(month, found);
    return found;
  });
  let line = 0;
  const put = (cells: readonly string[]): void => importer.row(rowOf(cells, ++line));
  put(chargeColumns);
  for (const { charges } of Object.values(sources))
    for (const row of charges) {
      const month = dayOf(row).slice(0, 7);
      if ((from === undefined || month >= from.slice(0, 7)) && (to === undefined || month <= to.slice(0, 7))) put(row);
    }
  importer.finish();
  const sums = new Map<string, MonthSums>();
  for (const [place, entries] of importer.waiting) {
    const month = place.slice(0, 7);
    const sum = sums.get(month) ?? new MonthSums();
    sums.set(month, sum);
    sum.add(new EntryView(merge(new Uint8Array(0), entries.take()).bytes));
  }
  return [...sums]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([month, sum]) => ({ month, dictionary: dictionaries.get(month) as Dictionary, rows: [...sum.rows()] }));
}
/** Use that is kept, each row with its source, beside what the ledger has of other days and sources. */
export function usageWithKept(rows: readonly UsageRow[], sources: Readonly<Record<string, KeptSource>>): UsageRow[] {
  const told = new Map(Object.entries(sources).map(([name, { state }]) => [name, state.days]));
  return [
    ...rows.filter(({ day, values }) => told.get(values.source ?? '')?.[day] === undefined),
    ...Object.entries(sources).flatMap(([source, { usage }]) => [...readUsageRows(usage)].map((row) => ({ ...row, values: { ...row.values, source } }))),
  ];
}
function rowOf(cells: readonly string[], line: number): CsvRow {
  const parts = cells.map(utf8Bytes);
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  const bounds = new Int32Array(2 * cells.length);
  let at = 0;
  parts.forEach((part, index) => {
    bounds[2 * index] = at;
    bytes.set(part, at);
    at += part.length;
    bounds[2 * index + 1] = at;
  });
  return { bytes, bounds, cells: cells.length, escaped: false, line };
}
