import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import path from 'node:path';
import {
  billedOf,
  type Decimal,
  Dictionary,
  dimensionAt,
  EntryView,
  exact,
  type Manifest,
  type MonthFiles,
  MonthSums,
  manifestName,
  manifestText,
  merge,
  nextGeneration,
  rollUpLine,
  shardCount,
  shardName,
  without,
} from '../core/index.js';
import { syncFolder, writeWhole } from './ledger-files.js';

/** The ledger would not hold what was brought in: nothing was changed. */
export class DoesNotAddUp extends Error {}

/** The dictionaries of a state's months, read when they are asked for. */
export function dictionariesOf(folder: string, manifest: Manifest): { dictionary: (month: string) => Dictionary; months: () => string[] } {
  const known = new Map<string, Dictionary>();
  const dictionary = (month: string): Dictionary => {
    let found = known.get(month);
    const file = manifest.months[month]?.dictionary;
    if (!found) {
      found = file === undefined ? new Dictionary() : Dictionary.read(readFileSync(path.join(folder, file), 'utf8'));
      known.set(month, found);
    }
    return found;
  };
  return { dictionary, months: () => [...known.keys()] };
}

/** What a new state of the ledger has that the old one has not. */
export interface Changes {
  /** Months that may change. */
  readonly months: readonly string[];
  readonly dictionary: (month: string) => Dictionary;
  /** Entries that come to a shard. */
  readonly added: (month: string, shard: string) => Uint8Array | undefined;
  /** What was billed in all that comes, by currency. */
  readonly billed: Readonly<Record<string, Decimal>>;
  /** Which of the old entries of a month go, whether or not something takes their place. */
  readonly gone?: (month: string) => ((tuple: number, day: number) => boolean) | undefined;
}
/** Writes the months of a new state beside those of the old one, and holds their sums against what came and went: none of it is in force yet.
 * @returns months, and what was replaced, by currency
 * @errors DoesNotAddUp */
export function newMonths(folder: string, manifest: Manifest, changes: Changes): { months: Record<string, MonthFiles>; replaced: Map<string, Decimal> } {
  const months: Record<string, MonthFiles> = { ...manifest.months };
  const replaced = new Map<string, Decimal>();
  const before = new Map<string, Decimal>();
  const after = new Map<string, Decimal>();
  for (const month of [...changes.months].sort()) {
    const old = manifest.months[month];
    const made = writeMonth(folder, month, old, nextGeneration(manifest), changes, replaced);
    if (!made) continue;
    addAll(before, old?.billed ?? {});
    months[month] = made;
    addAll(after, made.billed);
    if (made.charges === 0) delete months[month];
  }
  const { billed } = changes;
  for (const currency of new Set([...after.keys(), ...before.keys(), ...Object.keys(billed)])) {
    const [was, added, gone, is] = [before.get(currency), billed[currency], replaced.get(currency), after.get(currency)].map((one) => one ?? exact.zero) as [
      Decimal,
      Decimal,
      Decimal,
      Decimal,
    ];
    if (exact.compare(exact.add(was, added), exact.add(gone, is)) !== 0)
      throw new DoesNotAddUp(
        `${currency}: before ${exact.toText(was)} + new ${exact.toText(added)} − replaced ${exact.toText(gone)} is not ${exact.toText(is)}; the ledger is as it was`,
      );
  }
  return { months, replaced };
}
/** Puts a state in force: one rename. */
export function putInForce(folder: string, manifest: Manifest): void {
  writeWhole(path.join(folder, `${manifestName}.new`), manifestText(manifest));
  renameSync(path.join(folder, `${manifestName}.new`), path.join(folder, manifestName));
  syncFolder(folder);
}
export const amountTexts = (all: Iterable<readonly [string, Decimal]>): Record<string, string> =>
  Object.fromEntries([...all].map(([currency, amount]) => [currency, exact.toText(amount)]));
function addAll(into: Map<string, Decimal>, billed: Readonly<Record<string, string>>): void {
  for (const [currency, amount] of Object.entries(billed)) {
    const value = exact.decimal(amount);
    if (value) into.set(currency, exact.add(into.get(currency) ?? exact.zero, value));
  }
}
/** Writes the files of a month's new state: the shards that changed, the dictionary, the roll-up. Undefined where nothing changes. */
function writeMonth(
  folder: string,
  month: string,
  old: MonthFiles | undefined,
  generation: number,
  { dictionary: dictionaryOf, added, gone }: Changes,
  replaced: Map<string, Decimal>,
): MonthFiles | undefined {
  const dictionary = dictionaryOf(month);
  const isGone = old && gone?.(month);
  const sums = new MonthSums();
  const shards: Record<string, string> = {};
  let isChanged = false;
  let charges = 0;
  mkdirSync(path.join(folder, month), { recursive: true });
  for (let shard = 0; shard < shardCount; shard++) {
    const name = shardName(shard);
    const was = old?.shards[name];
    const stood: Uint8Array = was === undefined ? new Uint8Array(0) : readFileSync(path.join(folder, was));
    const left = isGone ? without(stood, isGone) : { kept: stood, gone: new Uint8Array(0) };
    const more = added(month, name);
    let bytes = left.kept;
    if (more || left.gone.length > 0) {
      const merged = merge(left.kept, more ?? new Uint8Array(0));
      bytes = merged.bytes;
      billedOf(merged.replaced, dictionary, replaced, 1);
      billedOf(left.gone, dictionary, replaced, 1);
      isChanged = true;
      if (bytes.length > 0) {
        const file = `${month}/${name}-${generation}.bin`;
        writeWhole(path.join(folder, file), bytes);
        shards[name] = file;
      }
    } else if (was !== undefined) shards[name] = was;
    sums.add(new EntryView(bytes));
  }
  if (!isChanged) return undefined;
  const billed = new Map<string, Decimal>();
  const lines: string[] = [];
  for (const row of sums.rows()) {
    lines.push(rollUpLine(row));
    charges += row.charges;
    const currency = dictionary.tuple(row.tuple)[dimensionAt.currency] ?? '';
    billed.set(currency, exact.add(billed.get(currency) ?? exact.zero, row.billed));
  }
  const files = { dictionary: `${month}/dictionary-${generation}.json`, rollUp: `${month}/roll-up-${generation}.jsonl` };
  writeWhole(path.join(folder, files.dictionary), dictionary.text());
  writeWhole(path.join(folder, files.rollUp), lines.join(''));
  syncFolder(path.join(folder, month));
  return { ...files, shards, charges, billed: amountTexts([...billed].sort(([a], [b]) => (a < b ? -1 : 1))) };
}
