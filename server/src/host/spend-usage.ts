import {
  type LedgerMonth,
  type MlcostSettings,
  readCsv,
  readUsageRecords,
  recordsOf,
  type UsageRecord,
  type WastedRun,
  type WasteLedger,
  wasteLedger,
} from '../core/index.js';
import { type Host, never } from './host.js';
import type { ProductData } from './product-data.js';
import { readLedger, usageRows } from './spend-ledger.js';

/** Where metered runs are kept, below a workspace root. */
export const runFolder = '.mlcost/runs';

export interface Usage {
  readonly records: readonly UsageRecord[];
  /** Rows and files that could not be read. */
  readonly problems: readonly string[];
}
/** All tables of use of a workspace root: those that `.mlcost.yaml` names, and what sources of spend measured. */
export async function usageOf(host: Host, root: string, settings: MlcostSettings): Promise<Usage> {
  const records: UsageRecord[] = [];
  const problems: string[] = [];
  const take = (rows: readonly Record<string, string>[], name: string): void => {
    const found = readUsageRecords(rows, name);
    records.push(...found.records);
    problems.push(...found.problems);
  };
  for (const name of settings.spend.usage) {
    const text = await host.readText(`${root}/${name}`);
    if (text === null) problems.push(`${name}, which spend.usage names, is not there`);
    else take(readCsv(text), name);
  }
  records.push(...recordsOf(await usageRows(host, root, await readLedger(host, root))));
  return { records, problems };
}
/** The metered runs of a workspace root. A record that cannot be read is none. */
export async function meteredRuns(host: Host, root: string): Promise<WastedRun[]> {
  const uris = [...(await jsonIn(host, `${root}/${runFolder}`))].sort();
  const read = uris.map(async (uri): Promise<WastedRun[]> => {
    try {
      return [JSON.parse((await host.readText(uri)) ?? '') as WastedRun];
    } catch {
      return [];
    }
  });
  return (await Promise.all(read)).flat();
}
/** A folder that is not there has none. */
const jsonIn = async (host: Host, folder: string): Promise<readonly string[]> =>
  (await host.listFiles(folder, never).catch(() => [])).filter((uri) => uri.endsWith('.json'));

/** What brought nothing in some days, out of all that a workspace root holds.
 * @param usage its tables of use */
export async function wasteOf(
  host: Host,
  root: string,
  settings: MlcostSettings,
  data: ProductData,
  usage: Usage,
  months: readonly LedgerMonth[],
  query: Parameters<typeof wasteLedger>[0]['query'],
): Promise<WasteLedger> {
  const [{ catalog }, runs] = await Promise.all([data.of(settings), meteredRuns(host, root)]);
  const { provider, region, market } = settings;
  const place = { ...(provider === undefined ? {} : { provider }), ...(region === undefined ? {} : { region }), ...(market === undefined ? {} : { market }) };
  return wasteLedger({ query, runs, usage: usage.records, months, prices: { catalog, place } });
}
