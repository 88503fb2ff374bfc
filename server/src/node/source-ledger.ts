import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  chargeCells,
  chargeColumns,
  type DaySpan,
  dimensionAt,
  eachDay,
  exact,
  Importer,
  type Manifest,
  manifestName,
  nextGeneration,
  readLedgerManifest,
  readUsageRows,
  type SourceAnswer,
  type SourceSettings,
  type SourceState,
  settledAfter,
  summed,
  type UsageRow,
  usageText,
} from '../core/index.js';
import { clean, keepOutOfGit, readText, syncFolder, writeWhole } from './ledger-files.js';
import { locked } from './ledger-lock.js';
import { amountTexts, dictionariesOf, newMonths, putInForce } from './ledger-state.js';
import { RowBytes } from './row-bytes.js';

/** What became of some days of a source. */
export interface Told {
  /** Days that say something else than before. */
  readonly changed: readonly string[];
  readonly charges: number;
  /** Of the changed days, by currency. */
  readonly billed: Readonly<Record<string, string>>;
  readonly replaced: Readonly<Record<string, string>>;
}

export const ledgerOnDisk = async (folder: string): Promise<Manifest> => readLedgerManifest(await readText(path.join(folder, manifestName)));

/** Puts what a source said of some days in the place of what it said of them before: as a whole or not at all, and nothing is written where it says the same.
 * @param fingerprint of its settings; where it is another than before, days before the span are taken out, because they are of another question
 * @param today day in UTC
 * @errors UnreadableLedger, DoesNotAddUp */
export const tell = (folder: string, settings: SourceSettings, fingerprint: string, span: DaySpan, answer: SourceAnswer, today: string): Promise<Told> =>
  locked(folder, async () => {
    await keepOutOfGit(folder);
    const manifest = await ledgerOnDisk(folder);
    await clean(folder, manifest);
    const before: SourceState = manifest.sources?.[settings.name] ?? { kind: settings.kind, settings: fingerprint, settled: null, days: {}, usage: {} };
    const isAnew = before.settings !== fingerprint;

    const byDay = grouped(summed(answer.charges, settings), ({ day }) => day);
    const used = grouped(withTags(answer.usage, settings), ({ day }) => day);
    const unknown = new Set(answer.forgotten);
    const days: Record<string, string> = Object.fromEntries(Object.entries(before.days).filter(([day]) => !isAnew || day >= span.from));
    const changed: string[] = [];
    for (const day of eachDay(span)) {
      if (unknown.has(day)) continue;
      const said = [...(byDay.get(day) ?? []).map((one) => JSON.stringify(chargeCells(one, settings.name))), usageText(used.get(day) ?? [])].join('\n');
      const digest = createHash('sha256').update(said).digest('hex').slice(0, 16);
      if (days[day] === digest) continue;
      if (said !== '' || days[day] !== undefined) changed.push(day);
      days[day] = digest;
    }
    const settled = settledAfter(settings, isAnew ? null : before.settled, span, today);
    const after: SourceState = { ...before, kind: settings.kind, settings: fingerprint, settled, days };
    if (changed.length === 0 && !isAnew) {
      if (JSON.stringify(after) !== JSON.stringify(before) || !manifest.sources?.[settings.name])
        putInForce(folder, { ...manifest, sources: { ...manifest.sources, [settings.name]: after } });
      return { changed, charges: 0, billed: {}, replaced: {} };
    }
    const goes = new Set(changed);
    const { told, next } = replace(folder, manifest, settings.name, after, {
      isGone: (day) => goes.has(day) || (isAnew && day < span.from),
      changed,
      charges: changed.flatMap((day) => byDay.get(day) ?? []),
      usage: changed.flatMap((day) => used.get(day) ?? []),
    });
    await clean(folder, next);
    return told;
  });

/** Takes out everything that a source ever said. @returns whether there was anything */
export const forget = (folder: string, name: string): Promise<boolean> =>
  locked(folder, async () => {
    const manifest = await ledgerOnDisk(folder);
    const state = manifest.sources?.[name];
    if (!state) return false;
    const { next } = replace(folder, manifest, name, undefined, { isGone: () => true, changed: [], charges: [], usage: [] });
    await clean(folder, next);
    return true;
  });

interface Replacement {
  /** Days that go out. */
  readonly isGone: (day: string) => boolean;
  readonly changed: readonly string[];
  readonly charges: ReturnType<typeof summed>;
  readonly usage: readonly UsageRow[];
}
function replace(
  folder: string,
  manifest: Manifest,
  name: string,
  after: SourceState | undefined,
  { isGone, changed, charges, usage }: Replacement,
): { readonly told: Told; readonly next: Manifest } {
  const { dictionary } = dictionariesOf(folder, manifest);
  const importer = new Importer(dictionary);
  const row = new RowBytes();
  importer.row(row.of(chargeColumns));
  for (const one of charges) importer.row(row.of(chargeCells(one, name)));
  const totals = importer.finish();
  if (totals.rejected > 0) throw new Error(`${name}: a charge cannot be kept: ${totals.examples[0]?.reason}`);
  const billed = importer.billedByCurrency();
  const months = new Set([...Object.keys(manifest.months), ...charges.map(({ day }) => day.slice(0, 7))]);
  const made = newMonths(folder, manifest, {
    months: [...months].filter((month) => monthDays(month).some(isGone) || charges.some(({ day }) => day.startsWith(month))),
    dictionary,
    added: (month, shard) => importer.waiting.get(`${month}/${shard}`)?.take(),
    billed,
    gone: (month) => {
      const own = new Map<number, boolean>();
      const isOwn = (tuple: number): boolean => {
        let found = own.get(tuple);
        if (found === undefined) {
          found = dictionary(month).tuple(tuple)[dimensionAt.source] === name;
          own.set(tuple, found);
        }
        return found;
      };
      return (tuple, day) => isOwn(tuple) && isGone(`${month}-${String(day).padStart(2, '0')}`);
    },
  });
  const { [name]: old, ...others } = manifest.sources ?? {};
  const files = usageFiles(folder, name, nextGeneration(manifest), old?.usage ?? {}, isGone, usage);
  const next: Manifest = {
    ...manifest,
    months: made.months,
    pulls: (manifest.pulls ?? 0) + 1,
    sources: after ? { ...others, [name]: { ...after, usage: files } } : others,
  };
  putInForce(folder, next);
  const told = {
    changed,
    charges: charges.length,
    billed: amountTexts(Object.entries(billed)),
    replaced: amountTexts([...made.replaced].filter(([, amount]) => !exact.isZero(amount))),
  };
  return { told, next };
}
/** Writes the use of the months that change beside what was there. @returns files by month */
function usageFiles(
  folder: string,
  name: string,
  generation: number,
  old: SourceState['usage'],
  isGone: (day: string) => boolean,
  rows: readonly UsageRow[],
): Record<string, string> {
  const files: Record<string, string> = {};
  const added = grouped(rows, ({ day }) => day.slice(0, 7));
  for (const month of [...new Set([...Object.keys(old), ...added.keys()])].sort()) {
    const was = old[month];
    const more = added.get(month) ?? [];
    if (was !== undefined && more.length === 0 && !monthDays(month).some(isGone)) {
      files[month] = was;
      continue;
    }
    const stood = was === undefined ? [] : [...readUsageRows(readFileSync(path.join(folder, was), 'utf8'))];
    const text = usageText([...stood.filter(({ day }) => !isGone(day)), ...more]);
    if (text === '') continue;
    const file = `usage/${name}-${month}-${generation}.jsonl`;
    mkdirSync(path.join(folder, 'usage'), { recursive: true });
    writeWhole(path.join(folder, file), text);
    files[month] = file;
  }
  syncFolder(path.join(folder, 'usage'));
  return files;
}
const withTags = (rows: readonly UsageRow[], { tags = {} }: SourceSettings): UsageRow[] => rows.map((row) => ({ ...row, values: { ...tags, ...row.values } }));
const monthDays = (month: string): string[] => Array.from({ length: 31 }, (_, at) => `${month}-${String(at + 1).padStart(2, '0')}`);
function grouped<T>(rows: readonly T[], key: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const known = groups.get(key(row));
    if (known) known.push(row);
    else groups.set(key(row), [row]);
  }
  return groups;
}
