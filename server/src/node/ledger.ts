import { createHash } from 'node:crypto';
import { appendFileSync, closeSync, createReadStream, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { open, readdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { createGunzip } from 'node:zlib';
import {
  billedOf,
  CsvReader,
  type Decimal,
  Dictionary,
  dimensionAt,
  EntryView,
  exact,
  filesOf,
  type ImportedFile,
  Importer,
  type ImportRecord,
  type Manifest,
  type MonthFiles,
  MonthSums,
  manifestName,
  manifestText,
  merge,
  type Rejected,
  readLedgerManifest,
  rollUpLine,
  shardCount,
  shardName,
  UnknownExport,
} from '../core/index.js';
import { locked } from './ledger-lock.js';
import { readParquet } from './parquet.js';

/** What became of one export. */
export interface ImportOutcome {
  readonly files: readonly string[];
  /** Absent: the ledger had it already. */
  readonly record?: ImportRecord;
  readonly rejected: readonly Rejected[];
}
export interface ImportOptions {
  readonly onProgress?: (file: string, done: number, total: number) => void;
  readonly onWait?: (pid: number) => void;
}
/** The ledger would not hold what the file says: nothing was changed. */
export class DoesNotAddUp extends Error {}

/** Charges wait in memory up to this many bytes. */
const spillAt = 8 << 20;

/** Brings exports into the ledger, each one whole or not at all: the files of a new state are written beside those of the old one, and one rename puts them in force.
 * @param exports paths of the parts of each
 * @errors UnknownExport, UnreadableLedger, DoesNotAddUp */
export const importExports = (folder: string, exports: readonly (readonly string[])[], options: ImportOptions = {}): Promise<ImportOutcome[]> =>
  locked(
    folder,
    async () => {
      await keepOutOfGit(folder);
      let manifest = readLedgerManifest(await readText(path.join(folder, manifestName)));
      await clean(folder, manifest);
      const outcomes: ImportOutcome[] = [];
      for (const files of exports) {
        const { outcome, next } = await importOne(folder, manifest, files, options);
        outcomes.push(outcome);
        if (next) {
          manifest = next;
          await clean(folder, manifest);
        }
      }
      return outcomes;
    },
    options.onWait,
  );

async function importOne(
  folder: string,
  manifest: Manifest,
  files: readonly string[],
  options: ImportOptions,
): Promise<{ outcome: ImportOutcome; next?: Manifest }> {
  const known = new Set(manifest.imports.flatMap((one) => one.files.map(({ sha256 }) => sha256)));
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
  const had = new Set(manifest.imports.flatMap((one) => one.files.map(({ bytes }) => bytes)));
  // only a file of a known size can be a known file
  if (sizes.every((size) => had.has(size)) && (await Promise.all(files.map(digest))).every((sha256) => known.has(sha256)))
    return { outcome: { files, rejected: [] } };

  const dictionaries = new Map<string, Dictionary>();
  const dictionary = (month: string): Dictionary => {
    let found = dictionaries.get(month);
    const file = manifest.months[month]?.dictionary;
    if (!found) {
      found = file === undefined ? new Dictionary() : Dictionary.read(readFileSync(path.join(folder, file), 'utf8'));
      dictionaries.set(month, found);
    }
    return found;
  };
  const importer = new Importer(dictionary);
  const spill = path.join(folder, 'spill');
  rmSync(spill, { recursive: true, force: true });
  const flush = (least: number): void => {
    let waiting = 0;
    for (const entries of importer.waiting.values()) waiting += entries.size;
    if (waiting <= least) return;
    mkdirSync(spill, { recursive: true });
    for (const [place, entries] of importer.waiting) if (entries.size > 0) appendFileSync(path.join(spill, place.replace('/', '.')), entries.take());
  };
  const read: ImportedFile[] = [];
  const total = sizes.reduce((a, b) => a + b, 0);
  let done = 0;
  for (const [at, file] of files.entries()) {
    importer.nextPart();
    const sha256 = await readExport(file, importer, (bytes) => {
      flush(spillAt);
      options.onProgress?.(file, done + bytes, total);
    }).catch((error: unknown) => {
      throw error instanceof UnknownExport ? new UnknownExport(`${file}: ${error.message}`) : error;
    });
    const bytes = sizes[at] as number;
    done += bytes;
    read.push({ name: path.basename(file), bytes, sha256 });
  }
  flush(0);
  const totals = importer.finish();
  if (read.every(({ sha256 }) => known.has(sha256))) return { outcome: { files, rejected: [] } };

  const generation = manifest.imports.length + 1;
  const months: Record<string, MonthFiles> = { ...manifest.months };
  const replaced = new Map<string, Decimal>();
  const before = new Map<string, Decimal>();
  const after = new Map<string, Decimal>();
  for (const month of [...dictionaries.keys()].sort()) {
    const old = manifest.months[month];
    addAll(before, old?.billed ?? {});
    months[month] = writeMonth({ folder, spill, month, old, dictionary: dictionary(month), generation, replaced });
    addAll(after, months[month].billed);
    if (months[month].charges === 0) delete months[month];
  }
  const billed = importer.billedByCurrency();
  for (const currency of new Set([...after.keys(), ...before.keys()])) {
    const [was, added, gone, is] = [before.get(currency), billed[currency], replaced.get(currency), after.get(currency)].map((one) => one ?? exact.zero) as [
      Decimal,
      Decimal,
      Decimal,
      Decimal,
    ];
    if (exact.compare(exact.add(was, added), exact.add(gone, is)) !== 0)
      throw new DoesNotAddUp(
        `${currency}: before ${exact.toText(was)} + file ${exact.toText(added)} − replaced ${exact.toText(gone)} is not ${exact.toText(is)}; the ledger is as it was`,
      );
  }
  const record: ImportRecord = {
    files: read,
    format: totals.format,
    rows: totals.rows,
    rejected: totals.rejected,
    from: totals.from ?? null,
    to: totals.to ?? null,
    billed: texts(Object.entries(billed)),
    replaced: texts(replaced),
  };
  const next: Manifest = { version: 1, imports: [...manifest.imports, record], months };
  writeWhole(path.join(folder, `${manifestName}.new`), manifestText(next));
  renameSync(path.join(folder, `${manifestName}.new`), path.join(folder, manifestName));
  syncFolder(folder);
  return { outcome: { files, record, rejected: totals.examples }, next };
}
const texts = (all: Iterable<readonly [string, Decimal]>): Record<string, string> =>
  Object.fromEntries([...all].map(([currency, amount]) => [currency, exact.toText(amount)]));
function addAll(into: Map<string, Decimal>, billed: Readonly<Record<string, string>>): void {
  for (const [currency, amount] of Object.entries(billed)) {
    const value = exact.decimal(amount);
    if (value) into.set(currency, exact.add(into.get(currency) ?? exact.zero, value));
  }
}
interface MonthWork {
  readonly folder: string;
  readonly spill: string;
  readonly month: string;
  readonly old: MonthFiles | undefined;
  readonly dictionary: Dictionary;
  readonly generation: number;
  readonly replaced: Map<string, Decimal>;
}
/** Writes the files of a month's new state: the shards that gained something, the dictionary, the roll-up. */
function writeMonth({ folder, spill, month, old, dictionary, generation, replaced }: MonthWork): MonthFiles {
  mkdirSync(path.join(folder, month), { recursive: true });
  const sums = new MonthSums();
  const shards: Record<string, string> = {};
  let charges = 0;
  for (let shard = 0; shard < shardCount; shard++) {
    const name = shardName(shard);
    const was = old?.shards[name];
    const before: Uint8Array = was === undefined ? new Uint8Array(0) : readFileSync(path.join(folder, was));
    const added = readIf(path.join(spill, `${month}.${name}`));
    let bytes: Uint8Array = before;
    if (added) {
      const merged = merge(before, added);
      bytes = merged.bytes;
      billedOf(merged.replaced, dictionary, replaced, 1);
      const file = `${month}/${name}-${generation}.bin`;
      writeWhole(path.join(folder, file), bytes);
      shards[name] = file;
    } else if (was !== undefined) shards[name] = was;
    sums.add(new EntryView(bytes));
  }
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
  return { ...files, shards, charges, billed: texts([...billed].sort(([a], [b]) => (a < b ? -1 : 1))) };
}

/** @returns SHA-256 of the file's bytes */
async function readExport(file: string, importer: Importer, onBytes: (done: number) => void): Promise<string> {
  const handle = await open(file);
  const head = new Uint8Array(4);
  await handle.read(head, 0, 4, 0);
  await handle.close();
  const { size } = await stat(file);
  if (String.fromCharCode(...head) === 'PAR1') {
    await readParquet(file, importer.row, (share) => onBytes(Math.round(size * share)));
    return digest(file);
  }
  const hash = createHash('sha256');
  const csv = new CsvReader(importer.row);
  const source = createReadStream(file, { highWaterMark: 1 << 20 });
  let done = 0;
  source.on('data', (piece) => {
    hash.update(piece);
    done += piece.length;
  });
  const unpacked = head[0] === 0x1f && head[1] === 0x8b ? source.pipe(createGunzip({ chunkSize: 1 << 18 })) : source;
  source.on('error', (error) => unpacked.destroy(error));
  for await (const piece of unpacked) {
    csv.push(piece as Uint8Array);
    onBytes(done);
  }
  csv.end();
  return hash.digest('hex');
}
async function digest(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(piece as Uint8Array);
  return hash.digest('hex');
}

/** Takes away what no state in force names: an import was killed, or a later one took its place. */
async function clean(folder: string, manifest: Manifest): Promise<void> {
  const kept = new Set([...filesOf(manifest), manifestName, '.gitignore']);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (/^(lock-\d+|draft-.*)$/.test(entry.name)) continue;
    if (!entry.isDirectory()) {
      if (!kept.has(entry.name)) await rm(path.join(folder, entry.name), { force: true });
      continue;
    }
    const inside = await readdir(path.join(folder, entry.name));
    const left = inside.filter((name) => !kept.has(`${entry.name}/${name}`));
    if (left.length === inside.length) await rm(path.join(folder, entry.name), { recursive: true, force: true });
    else for (const name of left) await rm(path.join(folder, entry.name, name), { force: true });
  }
}
/** Bills are nobody's source: the ledger stays out of version control. */
async function keepOutOfGit(folder: string): Promise<void> {
  const file = path.join(folder, '.gitignore');
  if ((await readText(file)) === null) writeWhole(file, '*\n');
}
function writeWhole(file: string, content: string | Uint8Array): void {
  const descriptor = openSync(file, 'w');
  try {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
/** The names in a folder outlive a power cut; some systems have no such thing. */
function syncFolder(folder: string): void {
  try {
    const descriptor = openSync(folder, 'r');
    fsyncSync(descriptor);
    closeSync(descriptor);
  } catch {}
}
const readText = (file: string): Promise<string | null> => readFile(file, 'utf8').catch(() => null);
function readIf(file: string): Uint8Array | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}
