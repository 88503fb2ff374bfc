import {
  type BudgetState,
  budgetStates,
  Dictionary,
  type LedgerMonth,
  ledgerFolder,
  type Manifest,
  type MlcostSettings,
  manifestName,
  readLedgerManifest,
  readRollUp,
  utf8,
} from '../core/index.js';
import type { Host } from './host.js';

/** Files of a ledger beyond this size are not read: the editor stays small. */
const most = 256 << 20;

/** The ledger of a workspace root, as its manifest stands.
 * @errors UnreadableLedger */
export const readLedger = async (host: Host, root: string): Promise<Manifest> =>
  readLedgerManifest(await textOf(host, `${root}/${ledgerFolder}/${manifestName}`));

/** The months of a ledger that days fall into, one after the other: only one is in memory for whoever goes on.
 * @param from first day, @param to last day; absent: without end */
export async function ledgerMonths(host: Host, root: string, manifest: Manifest, from?: string, to?: string): Promise<LedgerMonth[]> {
  const found: LedgerMonth[] = [];
  for (const [month, files] of Object.entries(manifest.months).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if ((from !== undefined && month < from.slice(0, 7)) || (to !== undefined && month > to.slice(0, 7))) continue;
    const [dictionary, rows] = await Promise.all([files.dictionary, files.rollUp].map((name) => textOf(host, `${root}/${ledgerFolder}/${name}`)));
    if (dictionary === null || dictionary === undefined || rows === null || rows === undefined)
      throw new Error(`${ledgerFolder}/${month} is incomplete: an import may be running; else import again`);
    found.push({ month, dictionary: Dictionary.read(dictionary), rows: { [Symbol.iterator]: () => readRollUp(rows)[Symbol.iterator]() } });
  }
  return found;
}
/** How the budgets of a workspace root stand by its ledger.
 * @param now milliseconds since the epoch
 * @errors UnreadableLedger, UnknownRate */
export async function standingBudgets(host: Host, root: string, settings: MlcostSettings, now: number): Promise<BudgetState[]> {
  const months = await ledgerMonths(host, root, await readLedger(host, root));
  return budgetStates(settings.budgets, months, now, settings.spend.rates);
}
async function textOf(host: Host, uri: string): Promise<string | null> {
  const bytes = await host.readBytes(uri, most);
  return bytes === null ? null : utf8(bytes);
}
