import type { Decimal } from './decimal.js';
import { compare, decimal, zero } from './decimal.js';
import { type DimensionName, ownerKey, tagOf } from './dimensions.js';
import { isDay } from './period.js';

/** What somebody measured of one resource on one day. What a row does not state is absent: it is not 0. */
export interface UsageRecord {
  readonly day: string;
  /** Name of the machine, deployment, bucket or key; empty: not said. */
  readonly resource: string;
  readonly tags: Readonly<Partial<Record<DimensionName, string>>>;
  /** Name of the accelerator, as the source writes it. */
  readonly gpu?: string;
  /** Last day on which somebody read or wrote it. */
  readonly lastUsed?: string;
  /** Of the amount `cost`. */
  readonly currency?: string;
  /** By the names of their columns, not negative: `gpu_hours`, `utilisation`, `requests`, … and whatever else is counted. */
  readonly amounts: Readonly<Record<string, Decimal>>;
  /** File and row. */
  readonly source: string;
}
/** Columns that are texts, by their usual names. */
const texts: Readonly<Record<string, 'day' | 'resource' | 'gpu' | 'lastUsed' | 'currency'>> = {
  day: 'day',
  date: 'day',
  resource: 'resource',
  resource_id: 'resource',
  deployment: 'resource',
  bucket: 'resource',
  gpu: 'gpu',
  gpu_type: 'gpu',
  gpu_model: 'gpu',
  accelerator: 'gpu',
  last_used: 'lastUsed',
  last_read: 'lastUsed',
  last_access: 'lastUsed',
  last_written: 'lastUsed',
  currency: 'currency',
};
const sameAmount: Readonly<Record<string, string>> = { utilization: 'utilisation', gpu_utilization: 'utilisation', gpu_utilisation: 'utilisation' };

/** Reads a table of use: a day, whose it is, and amounts. A row that is wrong is named and left out.
 * @param rows as of a CSV file: cells that are empty are left out
 * @param file shown with each row */
export function readUsageRecords(
  rows: readonly Readonly<Record<string, string>>[],
  file: string,
): { readonly records: UsageRecord[]; readonly problems: string[] } {
  const records: UsageRecord[] = [];
  const problems: string[] = [];
  for (const [at, row] of rows.entries()) {
    const source = `${file}:${at + 2}`;
    const found = recordOf(row, source);
    if (typeof found === 'string') problems.push(`${source}: ${found}`);
    else records.push(found);
  }
  return { records, problems };
}
function recordOf(row: Readonly<Record<string, string>>, source: string): UsageRecord | string {
  const said: Partial<Record<(typeof texts)[string], string>> = {};
  const tags: Partial<Record<DimensionName, string>> = {};
  const amounts: Record<string, Decimal> = {};
  for (const [name, cell] of Object.entries(row)) {
    const key = name.trim().toLowerCase().replace(/[ -]+/g, '_');
    const text = texts[key];
    const tag = tagOf(name) ?? ownerKey(key);
    if (text !== undefined) said[text] = text === 'day' || text === 'lastUsed' ? cell.trim().slice(0, 10) : cell.trim();
    else if (tag !== undefined) tags[tag] = cell.trim();
    else {
      const amount = decimal(cell);
      if (!amount || compare(amount, zero) < 0) return `${name} is '${cell}': an amount from 0 is expected`;
      amounts[sameAmount[key] ?? key] = amount;
    }
  }
  const { day, resource = '', ...rest } = said;
  if (day === undefined || !isDay(day)) return `no day: a column day with 2026-11-01 is expected`;
  if (rest.lastUsed !== undefined && !isDay(rest.lastUsed)) return `'${rest.lastUsed}' is no day`;
  const { utilisation } = amounts;
  if (utilisation && compare(utilisation, { digits: 1n, scale: 0 }) > 0) return 'utilisation is a share from 0 to 1';
  return { day, resource, tags, amounts, source, ...rest };
}

/** The records of some days that have all of these values. */
export const usageIn = (
  records: readonly UsageRecord[],
  { from, to }: { readonly from: string; readonly to: string },
  owner: Readonly<Partial<Record<DimensionName, string>>> = {},
): UsageRecord[] =>
  records.filter(
    ({ day, tags }) => day >= from && day <= to && (Object.entries(owner) as [DimensionName, string][]).every(([name, value]) => (tags[name] ?? '') === value),
  );
