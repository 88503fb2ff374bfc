import { createHash } from 'node:crypto';
import { appendFileSync, createReadStream, mkdirSync, rmSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import path from 'node:path';
import { createGunzip } from 'node:zlib';
import {
  bothViews,
  CsvReader,
  type ImportedFile,
  Importer,
  type ImportRecord,
  type ImportTotals,
  type Manifest,
  manifestName,
  otherView,
  type Rejected,
  readLedgerManifest,
  UnknownExport,
} from '../core/index.js';
import { clean, keepOutOfGit, readIf, readText } from './ledger-files.js';
import { locked } from './ledger-lock.js';
import { amountTexts, dictionariesOf, newMonths, putInForce } from './ledger-state.js';
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

  const { dictionary, months: opened } = dictionariesOf(folder, manifest);
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
  if (read.every(({ sha256 }) => known.has(sha256))) return { outcome: { files, rejected: [] } };
  const totals = finished(importer, files, manifest);

  const { months, replaced } = newMonths(folder, manifest, {
    months: opened(),
    dictionary,
    added: (month, shard) => readIf(path.join(spill, `${month}.${shard}`)),
    billed: importer.billedByCurrency(),
  });
  const record: ImportRecord = {
    files: read,
    format: totals.format,
    rows: totals.rows,
    rejected: totals.rejected,
    from: totals.from ?? null,
    to: totals.to ?? null,
    billed: amountTexts(Object.entries(importer.billedByCurrency())),
    replaced: amountTexts(replaced),
  };
  const next: Manifest = { ...manifest, imports: [...manifest.imports, record], months };
  putInForce(folder, next);
  return { outcome: { files, record, rejected: totals.examples }, next };
}
/** @errors UnknownExport for what would count money twice */
function finished(importer: Importer, files: readonly string[], { imports }: Manifest): ImportTotals {
  const where = files.join(', ');
  try {
    const totals = importer.finish(files.map((file) => path.basename(file)));
    const other = otherView(imports, totals);
    if (!other) return totals;
    const names = other.files.map(({ name }) => name);
    throw new UnknownExport(bothViews(totals.format, other.format, names));
  } catch (error) {
    throw error instanceof UnknownExport ? new UnknownExport(`${where}: ${error.message}`) : error;
  }
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
