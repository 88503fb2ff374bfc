import type { Catalog } from '../catalog/catalog.js';
import type { StoragePrice } from '../catalog/types.js';
import type { Interval, Term } from '../model/estimate.js';
import type { Draft } from './draft.js';
import { exact, sum } from './interval.js';
import { hoursPerMonth, offerQuery } from './money.js';
import { type EstimateContext, FactReader, type Spec } from './spec.js';
import { storagePerMonth } from './storage.js';

/** What a training pays for its data beside the devices: keeping data set and checkpoints while it runs, and reading over a border between regions. */
export interface DataCosts {
  readonly usd: Interval;
  readonly terms: readonly Term[];
}

/** Regions of North America, between which the listed prices hold. */
const american = /^(?:us|northamerica|ca|canada|mexico)|^(?:east|west|central|northcentral|southcentral|westcentral)us/;

/** What a gigabyte costs from one region of a provider to another.
 * @unit usd a GB
 * @unknown undefined where one of them lies outside North America: prices differ by the region that sends, and no others are listed */
export function transferPrice(catalog: Catalog, provider: string | undefined, from: string, to: string): StoragePrice | undefined {
  if (from === to || ![from, to].every((one) => american.test(one))) return undefined;
  return catalog.storage.find((row) => row.provider === provider && /^Inter-region/.test(row.service));
}

/** Storage and transfer of a training's data, as far as sizes, regions and prices are stated.
 * @unit usd
 * @assumes checkpoints pile up evenly: half of those kept, on average; what is read over a border is read at every pass, or once and kept
 * @unknown undefined where no size is stated or nothing is priced */
export function dataCosts(draft: Draft, spec: Spec, context: EstimateContext, wallHours: Interval | undefined): DataCosts | undefined {
  const facts = new FactReader(spec);
  const { provider, region } = offerQuery(spec, context);
  const gigabytes = facts.number('dataset_gb');
  const terms: Term[] = [];
  const parts: Interval[] = [];
  const take = (id: string, label: string, usd: Interval, formula: string, names: readonly string[], source?: string): void => {
    parts.push(usd);
    terms.push({ id, label, value: usd.likely, unit: 'usd', formula, facts: names, ...(source === undefined ? {} : { source }) });
  };
  const samples = gigabytes !== undefined && gigabytes > 0 ? storagePerMonth(exact((gigabytes * 1e9) / 2 ** 30), context.catalog, provider) : undefined;
  if (samples) draft.add('dataset_usd_per_month', samples, 'usd/month', 'the data set in an object store; list prices');
  const checkpoints = draft.estimates['checkpoint_usd_per_month'];
  if (wallHours) {
    const during = (perMonth: Interval, share: number): Interval => {
      const months = (end: 'low' | 'likely' | 'high') => (share * perMonth[end] * wallHours[end]) / hoursPerMonth;
      return { low: months('low'), likely: months('likely'), high: months('high') };
    };
    if (samples) take('dataset-storage', 'data set while it runs', during(samples, 1), 'GB · price a month · hours ÷ 730', ['dataset_gb']);
    if (checkpoints)
      take('checkpoint-storage', 'checkpoints while it runs', during(checkpoints, 0.5), 'half of what is kept · price a month · hours ÷ 730', ['save_steps']);
  }
  const from = facts.text('data_region');
  const price = from === undefined || region === undefined ? undefined : transferPrice(context.catalog, provider, from, region);
  if (gigabytes !== undefined && price) {
    const passes = Math.max(1, facts.number('epochs') || 1);
    const once = exact(gigabytes * price.usd);
    const usd = { low: once.low, likely: once.likely * passes, high: once.high * passes };
    draft.add('egress_usd', usd, 'usd', `${from} to ${region}, at every pass, or once where it is kept; ${price.source}, ${price.asOf}`);
    take('egress', `reading from ${from}`, usd, 'GB · passes · price a GB', ['data_region', 'region', 'dataset_gb', 'epochs'], price.source);
  }
  return parts.length === 0 ? undefined : { usd: sum(...parts), terms };
}

/** Costs with those of the data on top. */
export const withData = (usd: Interval, data: DataCosts | undefined): Interval => (data ? sum(usd, data.usd) : usd);
