import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  changeOf,
  chargeCells,
  chargeColumns,
  type DaySpan,
  dimensionAt,
  exact,
  grouped,
  Importer,
  type Manifest,
  manifestName,
  nextGeneration,
  readLedgerManifest,
  readUsageRows,
  type SourceAnswer,
  type SourceChange,
  type SourceSettings,
  type SourceState,
  type Told,
  type UsageRow,
  usageText,
} from '../core/index.js';
import { clean, keepOutOfGit, readText, syncFolder, writeWhole } from './ledger-files.js';
import { locked } from './ledger-lock.js';
import { amountTexts, dictionariesOf, newMonths, putInForce } from './ledger-state.js';
import { RowBytes } from './row-bytes.js';

export const ledgerOnDisk = async (folder: string): Promise<Manifest> => readLedgerManifest(await readText(path.join(folder, manifestName)));

/** Puts what a source said of some days in the place of what it said of them before: as a whole or not at all, and nothing is written where it says the same.
 * @param today day in UTC
 * @errors UnreadableLedger, DoesNotAddUp */
export const tell = (folder: string, settings: SourceSettings, span: DaySpan, answer: SourceAnswer, today: string): Promise<Told> =>
  locked(folder, async () => {
    await keepOutOfGit(folder);
    const manifest = await ledgerOnDisk(folder);
    await clean(folder, manifest);
    const known = manifest.sources?.[settings.name];
    const change = changeOf(settings, known, span, answer, today);
    const { before, after, changed } = change;
    if (changed.length === 0 && !change.isAnew) {
      if (JSON.stringify(after) !== JSON.stringify(before) || !known)
        putInForce(folder, { ...manifest, sources: { ...manifest.sources, [settings.name]: after } });
      return { changed, charges: 0, billed: {}, replaced: {} };
    }
    const { told, next } = replace(folder, manifest, settings.name, after, change);
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

type Replacement = Pick<SourceChange, 'isGone' | 'changed' | 'charges' | 'usage'>;
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
const monthDays = (month: string): string[] => Array.from({ length: 31 }, (_, at) => `${month}-${String(at + 1).padStart(2, '0')}`);
