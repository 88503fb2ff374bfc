import { type CostView, viewOfNames, withView } from './cost-view.js';
import { add, type Decimal, negate, zero } from './decimal.js';
import type { Dictionary } from './dictionary.js';
import { dimensionAt } from './dimensions.js';
import { Entries, EntryView, MoneySums, shardCount, shardName } from './entries.js';
import { type Amount, Columns, type Mapping, type SpendFormat } from './formats/format.js';
import { formatOf } from './formats/registry.js';
import { Hash, HashCache } from './hash.js';
import { newAmount, type ReadAmount, readAmount, setAmount } from './read/amount.js';
import { type CsvRow, cellText } from './read/csv.js';
import { type Moment, readMoment } from './read/moment.js';

/** A row that is not counted, and why. */
export interface Rejected {
  readonly line: number;
  readonly reason: string;
}
/** A file that is no export that is understood. */
export class UnknownExport extends Error {}

/** What an import read. */
export interface ImportTotals {
  format: string;
  rows: number;
  rejected: number;
  readonly examples: Rejected[];
  /** First and last day with a charge, `2026-11-01`. */
  from: string | undefined;
  to: string | undefined;
}

/** Turns the rows of one export into entries, by month and shard. It holds one row, the dictionaries of the months, and what nobody has taken yet. */
export class Importer {
  readonly totals: ImportTotals = { format: '', rows: 0, rejected: 0, examples: [], from: undefined, to: undefined };
  /** Entries that nobody has taken yet, by `2026-11/3`. */
  readonly waiting = new Map<string, Entries>();
  /** Exact sums of what was read, by currency: they are compared with what the ledger holds in the end. */
  private readonly sums = new MoneySums();
  private readonly currencies = new Map<string, number>();
  private readonly dictionary: (month: string) => Dictionary;
  private mapping: Mapping | undefined;
  private readonly hash = new Hash();
  private readonly key = new Uint32Array(4);
  private readonly start: Moment = { day: 0, minute: 0 };
  private readonly end: Moment = { day: 0, minute: 0 };
  private readonly billed = newAmount();
  private readonly effective = newAmount();
  private readonly quantity = newAmount();
  private readonly known = new HashCache();
  private readonly views = new Set<CostView>();
  private tuple = 0;
  private currency = 0;
  private first = Number.POSITIVE_INFINITY;
  private last = 0;
  constructor(dictionary: (month: string) => Dictionary) {
    this.dictionary = dictionary;
  }
  /** A further part of the same export: its header is read again. */
  nextPart(): void {
    this.mapping = undefined;
    this.known.clear();
  }

  /** @errors UnknownExport where the header is that of no known export */
  row = (row: CsvRow): void => {
    if (!this.mapping) {
      this.header(row);
      return;
    }
    const { mapping } = this;
    const { bytes, bounds, cells } = row;
    const from = (cell: number): number => (cell >= 0 && cell < cells ? (bounds[2 * cell] as number) : 0);
    const to = (cell: number): number => (cell >= 0 && cell < cells ? (bounds[2 * cell + 1] as number) : 0);
    readMoment(bytes, from(mapping.start), to(mapping.start), this.start);
    if (this.start.day === 0) {
      this.reject(row, `no day: '${cellText(row, mapping.start)}'`);
      return;
    }
    if (!this.amount(row, mapping.billed, this.billed)) {
      this.reject(row, `no cost: '${typeof mapping.billed === 'number' ? cellText(row, mapping.billed) : ''}'`);
      return;
    }
    if (mapping.view && this.views.size < 2) {
      const view = mapping.view((cell) => cellText(row, cell));
      if (view) this.views.add(view);
    }
    const hasEffective = mapping.effective !== undefined && this.amount(row, mapping.effective, this.effective);
    const { quantity } = mapping;
    const hasQuantity = quantity >= 0 && to(quantity) > from(quantity) && readAmount(bytes, from(quantity), to(quantity), this.quantity);

    const { hash } = this;
    hash.start();
    hash.number(this.start.day);
    hash.number(this.start.minute);
    if (mapping.end >= 0) {
      readMoment(bytes, from(mapping.end), to(mapping.end), this.end);
      hash.number(this.end.day);
      hash.number(this.end.minute);
    }
    for (const cell of mapping.identity) this.hashCell(row, cell);
    if (to(mapping.resource) <= from(mapping.resource)) for (const cell of mapping.tags) this.hashCell(row, cell);
    hash.end(this.key);

    const month = Math.floor(this.start.day / 100);
    this.group(row, month);
    const shard = (this.key[3] as number) % shardCount;
    const place = places[shard]?.(month) ?? '';
    let entries = this.waiting.get(place);
    if (!entries) {
      entries = new Entries();
      this.waiting.set(place, entries);
    }
    const at = entries.size;
    entries.add(
      this.key,
      this.tuple,
      this.start.day % 100,
      this.billed,
      hasEffective ? this.effective : undefined,
      hasQuantity ? toDouble(this.quantity) : undefined,
    );
    entries.sumBilled(at, this.sums, this.currency);
    this.totals.rows++;
    if (this.start.day < this.first) this.first = this.start.day;
    if (this.start.day > this.last) this.last = this.start.day;
  };
  /** What was billed in all, by currency. */
  billedByCurrency = (): Record<string, Decimal> =>
    Object.fromEntries([...this.currencies].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, slot]) => [name, this.sums.of(slot)]));
  /** @param names of the files
   * @errors UnknownExport for a file that is two in one */
  finish(names: readonly string[] = []): ImportTotals {
    if (this.mapping?.view) {
      const [view = viewOfNames(names), other] = this.views;
      if (other) throw new UnknownExport('has rows of actual and of amortised cost, which are the same money twice: export one of the two');
      this.totals.format = withView(this.totals.format, view);
    }
    if (this.last > 0) {
      this.totals.from = dayText(this.first);
      this.totals.to = dayText(this.last);
    }
    return this.totals;
  }

  private header(row: CsvRow): void {
    const columns = new Columns(Array.from({ length: row.cells }, (_, cell) => cellText(row, cell).trim()));
    const format = knownFormat(columns);
    this.mapping = format.map(columns);
    this.totals.format = format.id(columns);
  }
  private hashCell({ bytes, bounds, cells }: CsvRow, cell: number): void {
    if (cell < cells) this.hash.bytes(bytes, bounds[2 * cell] as number, bounds[2 * cell + 1] as number);
    else this.hash.number(0);
  }
  private amount(row: CsvRow, amount: Amount, into: ReadAmount): boolean {
    if (typeof amount === 'number')
      return amount >= 0 && amount < row.cells && readAmount(row.bytes, row.bounds[2 * amount] as number, row.bounds[2 * amount + 1] as number, into);
    const found = amount((cell) => cellText(row, cell));
    if (found) setAmount(found, into);
    return found !== undefined;
  }
  /** Sets `tuple` and `currency` for a row. */
  private group(row: CsvRow, month: number): void {
    const { hash, known } = this;
    hash.start();
    hash.number(month);
    for (const cell of this.mapping?.reads ?? []) this.hashCell(row, cell);
    hash.end(known.key);
    if (known.find()) {
      this.tuple = known.first;
      this.currency = known.second;
      return;
    }
    const tuple = this.mapping?.tuple((cell) => cellText(row, cell)) ?? [];
    this.tuple = this.dictionary(monthText(month)).id(tuple);
    const name = tuple[dimensionAt.currency] ?? '';
    this.currency = this.currencies.get(name) ?? this.currencies.size;
    this.currencies.set(name, this.currency);
    known.keep(this.tuple, this.currency);
  }
  private reject(row: CsvRow, reason: string): void {
    this.totals.rejected++;
    if (this.totals.examples.length < 20) this.totals.examples.push({ line: row.line, reason });
  }
}
function knownFormat(columns: Columns): SpendFormat {
  const format = formatOf(columns);
  if (!format) throw new UnknownExport(`no export of spend that is known: its columns are ${columns.names.slice(0, 6).join(', ')} …`);
  return format;
}
/** The columns of a file that its format looks at: a reader of columns leaves the others.
 * @errors UnknownExport */
export function columnsNeeded(names: readonly string[]): string[] {
  const columns = new Columns(names);
  const { start, end, billed, effective, quantity, identity, resource, tags, reads } = knownFormat(columns).map(columns);
  // an amount that is worked out may look at any
  if (typeof billed === 'function' || typeof effective === 'function') return [...names];
  const cells = new Set([start, end, billed, effective ?? -1, quantity, resource, ...identity, ...tags, ...reads]);
  return names.filter((_, cell) => cells.has(cell));
}
const monthText = (month: number): string => `${Math.floor(month / 100)}-${String(month % 100).padStart(2, '0')}`;
const dayText = (day: number): string => `${monthText(Math.floor(day / 100))}-${String(day % 100).padStart(2, '0')}`;
/** Names of the places that entries go to, made once. */
const places = Array.from({ length: shardCount }, (_, shard) => {
  const made = new Map<number, string>();
  return (month: number): string => {
    let name = made.get(month);
    if (name === undefined) {
      name = `${monthText(month)}/${shardName(shard)}`;
      made.set(month, name);
    }
    return name;
  };
});
const toDouble = ({ digits, scale, long }: ReadAmount): number => (long ? Number(long.digits) / 10 ** long.scale : digits / 10 ** scale);

/** Adds up what entries were billed, by currency: to compare the ledger with the file. */
export function billedOf(entries: Uint8Array, dictionary: Dictionary, into: Map<string, Decimal>, sign: 1 | -1): void {
  const view = new EntryView(entries);
  const sums = new MoneySums();
  const slots = new Map<string, number>();
  const ofTuple: number[] = [];
  for (let at = 0; at < view.count; at++) {
    const tuple = view.tuple(at);
    let slot = ofTuple[tuple];
    if (slot === undefined) {
      const currency = dictionary.tuple(tuple)[dimensionAt.currency] ?? '';
      slot = slots.get(currency) ?? slots.size;
      slots.set(currency, slot);
      ofTuple[tuple] = slot;
    }
    view.addBilled(at, sums, slot);
  }
  for (const [currency, slot] of slots) {
    const sum = sums.of(slot);
    into.set(currency, add(into.get(currency) ?? zero, sign === 1 ? sum : negate(sum)));
  }
}
