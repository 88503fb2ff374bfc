import { bothViews, otherView } from './cost-view.js';
import { Dictionary } from './dictionary.js';
import { EntryView } from './entries.js';
import { exportsOf } from './files.js';
import { Importer, type ImportTotals, UnknownExport } from './importer.js';
import { merge } from './merge.js';
import { CsvReader } from './read/csv.js';
import type { LedgerMonth } from './report.js';
import { MonthSums } from './roll-up.js';

/** An export of spend as it lies in a workspace. */
export interface ExportFile {
  /** Below the workspace root. */
  readonly name: string;
  readonly bytes: Uint8Array;
}
export interface ReadExport {
  readonly files: readonly string[];
  readonly totals: ImportTotals;
}
/** What CSV exports say, without a ledger: the same charges that importing them in this order would leave.
 * All of it is in memory, so this is for files that a workspace can hold; what is larger is imported.
 * @returns what could not be read, with the reason, beside what could */
export function ledgerInMemory(files: readonly ExportFile[]): { months: LedgerMonth[]; read: ReadExport[]; problems: { name: string; reason: string }[] } {
  const dictionaries = new Map<string, Dictionary>();
  const shards = new Map<string, Uint8Array>();
  const byName = new Map(files.map((one) => [one.name, one]));
  const read: ReadExport[] = [];
  const problems: { name: string; reason: string }[] = [];
  for (const names of exportsOf([...byName.keys()])) {
    const importer = new Importer((month) => {
      const found = dictionaries.get(month) ?? new Dictionary();
      dictionaries.set(month, found);
      return found;
    });
    let totals: ImportTotals;
    try {
      for (const name of names) {
        importer.nextPart();
        const csv = new CsvReader(importer.row);
        csv.push(byName.get(name)?.bytes ?? new Uint8Array());
        csv.end();
      }
      totals = importer.finish(names);
      const other = otherView(
        read.map(({ files: before, totals: { format, from, to } }) => ({ before, format, from, to })),
        totals,
      );
      if (other) throw new UnknownExport(bothViews(totals.format, other.format, other.before));
    } catch (error) {
      if (!(error instanceof UnknownExport)) throw error;
      problems.push({ name: names.join(', '), reason: error.message });
      continue;
    }
    for (const [place, entries] of importer.waiting)
      if (entries.size > 0) shards.set(place, merge(shards.get(place) ?? new Uint8Array(), entries.take()).bytes);
    read.push({ files: names, totals });
  }
  return { months: monthsOf(dictionaries, shards), read, problems };
}
function monthsOf(dictionaries: ReadonlyMap<string, Dictionary>, shards: ReadonlyMap<string, Uint8Array>): LedgerMonth[] {
  return [...dictionaries]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([month, dictionary]) => {
      const sums = new MonthSums();
      for (const [place, bytes] of [...shards].sort(([a], [b]) => (a < b ? -1 : 1))) if (place.startsWith(`${month}/`)) sums.add(new EntryView(bytes));
      return { month, dictionary, rows: [...sums.rows()] };
    });
}

/** Months of two ledgers as those of one, in their order: of a month that both have, the lines of both. */
export function joined(one: readonly LedgerMonth[], other: readonly LedgerMonth[]): LedgerMonth[] {
  const names = [...new Set([...one, ...other].map(({ month }) => month))].sort();
  return names.map((month) => {
    const [first, ...more] = [...one, ...other].filter((found) => found.month === month);
    if (!first || more.length === 0) return first as LedgerMonth;
    // their numbers mean different values
    const dictionary = new Dictionary();
    const rows = [first, ...more].flatMap((found) => [...found.rows].map((row) => ({ ...row, tuple: dictionary.id(found.dictionary.tuple(row.tuple)) })));
    return { month, dictionary, rows };
  });
}
