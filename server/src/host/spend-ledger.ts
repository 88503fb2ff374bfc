import {
  type BudgetState,
  budgetStates,
  Dictionary,
  type ExportFile,
  healthFile,
  type ImportRecord,
  isNewer,
  joined,
  type KeptSource,
  keptMonths,
  type LedgerMonth,
  ledgerFolder,
  ledgerInMemory,
  type Manifest,
  type MlcostSettings,
  manifestName,
  type ReadExport,
  readHealth,
  readLedgerManifest,
  readRollUp,
  readUsageRows,
  type SourceSettings,
  type SourceStatus,
  statusOf,
  type UsageRow,
  usageWithKept,
  utf8,
  withKept,
} from '../core/index.js';
import type { Host } from './host.js';
import { keptOf } from './kept-sources.js';

/** Files of a ledger beyond this size are not read: the editor stays small. */
const most = 256 << 20;
/** Exports that are read without a ledger, in all. */
const mostInMemory = 64 << 20;

/** The ledger of a workspace root, as its manifest stands.
 * @errors UnreadableLedger */
export const readLedger = async (host: Host, root: string): Promise<Manifest> =>
  readLedgerManifest(await textOf(host, `${root}/${ledgerFolder}/${manifestName}`));

/** The months of a ledger that days fall into, one after the other: only one is in memory for whoever goes on.
 * @param from first day, @param to last day; absent: without end */
export const ledgerMonths = async (host: Host, root: string, manifest: Manifest, from?: string, to?: string): Promise<LedgerMonth[]> =>
  (await readMonths(host, root, manifest, from, to)).months;
async function readMonths(host: Host, root: string, manifest: Manifest, from?: string, to?: string): Promise<{ months: LedgerMonth[]; size: number }> {
  const found: LedgerMonth[] = [];
  let size = 0;
  for (const [month, files] of Object.entries(manifest.months).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if ((from !== undefined && month < from.slice(0, 7)) || (to !== undefined && month > to.slice(0, 7))) continue;
    const [dictionary, rows] = await Promise.all([files.dictionary, files.rollUp].map((name) => textOf(host, `${root}/${ledgerFolder}/${name}`)));
    if (dictionary === null || dictionary === undefined || rows === null || rows === undefined)
      throw new Error(`${ledgerFolder}/${month} is incomplete: an import may be running; else import again`);
    size += rows.length;
    found.push({ month, dictionary: Dictionary.read(dictionary), rows: { [Symbol.iterator]: () => readRollUp(rows)[Symbol.iterator]() } });
  }
  return { months: found, size };
}

/** What is known of the spend of a workspace root, and from where. */
export interface KnownSpend {
  readonly months: readonly LedgerMonth[];
  readonly imports: readonly ImportRecord[];
  readonly read: readonly ReadExport[];
  /** Sources that the ledger has something of. */
  readonly pulled: readonly string[];
  /** How the sources of the settings are. */
  readonly sources: readonly SourceStatus[];
  /** Of what was read: what is large is not kept in memory. @unit B */
  readonly size: number;
  /** Files that were named and not read, with the reason. */
  readonly problems: readonly { readonly name: string; readonly reason: string }[];
}
/** The ledger of a root; where no export was imported, those that its `.mlcost.yaml` names, beside what sources told.
 * @errors UnreadableLedger */
export async function knownSpend(host: Host, root: string, { spend }: MlcostSettings, from?: string, to?: string): Promise<KnownSpend> {
  const manifest = await readLedger(host, root);
  const newer = await keptSources(host, root, spend.sources);
  const pulled = [...new Set([...Object.keys(manifest.sources ?? {}), ...Object.keys(newer)])];
  const sources = await sourceStatuses(root, spend.sources, host);
  const onDisk = await readMonths(host, root, manifest, from, to);
  const ledger = { months: joined(withKept(onDisk.months, newer), keptMonths(newer, from, to)), size: onDisk.size };
  // money is in one place only: an export that was imported would count twice
  if (manifest.imports.length > 0 || spend.files.length === 0) return { ...ledger, imports: manifest.imports, read: [], pulled, sources, problems: [] };
  const files: ExportFile[] = [];
  const problems: { name: string; reason: string }[] = [];
  let left = mostInMemory;
  for (const name of spend.files) {
    const bytes = await host.readBytes(exportUri(root, name), left + 1);
    if (bytes === null) problems.push({ name, reason: 'it is not there, or too large to be read without being imported' });
    else if (bytes.length > left) problems.push({ name, reason: 'too large to be read in place: mlcost spend import' });
    else if (isPacked(bytes)) problems.push({ name, reason: 'packed exports and Parquet are brought in by mlcost spend import' });
    else {
      left -= bytes.length;
      files.push({ name, bytes });
    }
  }
  const found = ledgerInMemory(files);
  return {
    months: joined(ledger.months, found.months),
    size: ledger.size + mostInMemory - left,
    imports: [],
    read: found.read,
    pulled,
    sources,
    problems: [...problems, ...found.problems],
  };
}
export const exportUri = (root: string, name: string): string => `${root}/${name.split('/').map(encodeURIComponent).join('/')}`;
const isPacked = (bytes: Uint8Array): boolean => (bytes[0] === 0x1f && bytes[1] === 0x8b) || utf8(bytes.subarray(0, 4)) === 'PAR1';

/** What sources measured on some days, each row with its source.
 * @param from first day, @param to last day; absent: without end */
export async function usageRows(host: Host, root: string, manifest: Manifest, from?: string, to?: string): Promise<UsageRow[]> {
  const found: UsageRow[] = [];
  for (const [source, { usage }] of Object.entries(manifest.sources ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)))
    for (const [month, file] of Object.entries(usage)) {
      if ((from !== undefined && month < from.slice(0, 7)) || (to !== undefined && month > to.slice(0, 7))) continue;
      const text = await textOf(host, `${root}/${ledgerFolder}/${file}`);
      if (text === null) throw new Error(`${ledgerFolder}/${file} is not there: a pull may be running; else pull again`);
      for (const row of readUsageRows(text))
        if ((from === undefined || row.day >= from) && (to === undefined || row.day <= to)) found.push({ ...row, values: { ...row.values, source } });
    }
  return usageWithKept(found, await keptSources(host, root));
}
/** How the sources of a workspace root are. */
export async function sourceStatuses(root: string, sources: readonly SourceSettings[], host: Host): Promise<SourceStatus[]> {
  if (sources.length === 0) return [];
  const health = await healthOf(host, root);
  const kept = await keptOf(host, root);
  return sources.map((settings) => {
    const [here, there] = [kept[settings.name]?.health, health[settings.name]];
    return statusOf(settings, here && (there === undefined || here.tried > there.tried) ? here : there, host.now());
  });
}
const healthOf = async (host: Host, root: string): Promise<ReturnType<typeof readHealth>> => readHealth(await textOf(host, `${root}/${healthFile}`));
/** What this host keeps of sources that is newer than the ledger.
 * @param all sources of the settings; absent: whichever are kept */
async function keptSources(host: Host, root: string, all?: readonly SourceSettings[]): Promise<Readonly<Record<string, KeptSource>>> {
  const kept = Object.entries(await keptOf(host, root));
  if (kept.length === 0) return {};
  const health = await healthOf(host, root);
  return Object.fromEntries(kept.filter(([name, one]) => (all === undefined || all.some((source) => source.name === name)) && isNewer(one, health[name])));
}
/** How the budgets of a workspace root stand by what is known of its spend.
 * @param now milliseconds since the epoch
 * @errors UnreadableLedger, UnknownRate */
export async function standingBudgets(host: Host, root: string, settings: MlcostSettings, now: number): Promise<BudgetState[]> {
  return budgetStates(settings.budgets, (await knownSpend(host, root, settings)).months, now, settings.spend.rates);
}
async function textOf(host: Host, uri: string): Promise<string | null> {
  const bytes = await host.readBytes(uri, most);
  return bytes === null ? null : utf8(bytes);
}
