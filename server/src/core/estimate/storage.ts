import type { Catalog } from '../catalog/catalog.js';
import type { Interval } from '../model/estimate.js';

/** Object stores as people get them when they ask for nothing else. */
const plain =
  /^(S3 Standard|Cloud Storage Standard regional|Blob Hot LRS|Object Storage Standard|R2 Standard|Hub private storage \(base tier\)|Network volume up to 1 TB)$/;

/** What it costs to keep so much in an object store for a month: at the provider, over its regions; else over all providers.
 * @unit usd/month
 * @unknown undefined where the catalog has no price */
export function storagePerMonth(gib: Interval, catalog: Catalog, provider: string | undefined): Interval | undefined {
  const all = catalog.storage.filter(({ unit, service }) => unit === 'usd_per_gb_month' && plain.test(service));
  const own = all.filter((one) => one.provider === provider);
  const prices = (own.length > 0 ? own : all).map(({ usd }) => usd).sort((a, b) => a - b);
  const [low, likely, high] = [prices[0], prices[Math.floor((prices.length - 1) / 2)], prices.at(-1)];
  if (low === undefined || likely === undefined || high === undefined) return undefined;
  const gb = 2 ** 30 / 1e9;
  return { low: gib.low * gb * low, likely: gib.likely * gb * likely, high: gib.high * gb * high };
}
