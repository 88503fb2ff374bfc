import type { Market, Offer } from './types.js';

type Row = Readonly<Record<string, string>>;
const number = (cell: string | undefined): number | undefined => (cell === undefined ? undefined : Number(cell));
const defined = <T extends object>(record: T): T => Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as T;
const sourced = (row: Row) => ({ source: row['source'] ?? 'not stated', asOf: row['as_of'] ?? '' });

const markets: readonly (readonly [Market, string])[] = [
  ['on-demand', 'on_demand_usd_per_hour'],
  ['spot', 'spot_usd_per_hour'],
  ['reserved-1y', 'reserved_1y_usd_per_hour'],
  ['reserved-3y', 'reserved_3y_usd_per_hour'],
];

/** Offers of a row of `instances.csv`, one for each market that has a price. */
export function instanceOffers(row: Row): Offer[] {
  return markets.flatMap(([market, column]) => {
    const usdPerHour = number(row[column]);
    if (usdPerHour === undefined) return [];
    return [
      defined({
        provider: row['provider'] ?? '',
        instance: row['instance_type'] ?? '',
        region: row['region'] ?? 'any',
        acceleratorId: row['accelerator_id'] ?? '',
        acceleratorCount: Number(row['accelerator_count']),
        vcpus: number(row['vcpus']),
        memoryGib: number(row['memory_gib']),
        networkGbps: number(row['network_gbps']),
        market,
        usdPerHour,
        service: 'vm',
        ...sourced(row),
      }) as Offer,
    ];
  });
}

/** The offer of a row of `serverless.csv`: managed machines (SageMaker), endpoints, and accelerators billed by the second. */
export function serverlessOffer(row: Row): Offer[] {
  const price = number(row['price']);
  const unit = row['unit'];
  if (price === undefined || (unit !== 'usd_per_second' && unit !== 'usd_per_hour')) return [];
  const product = row['product'] ?? '';
  const sageMaker = /^SageMaker (ml\.\S+) (\S+)$/.exec(product);
  const gpuPartOnly = /GPU part/.test(product) || /GPU part/.test(row['source'] ?? '');
  return [
    defined({
      provider: row['provider'] === 'google' ? 'gcp' : (row['provider'] ?? ''),
      instance: sageMaker?.[1] ?? product,
      region: sageMaker?.[2] ?? 'any',
      acceleratorId: row['accelerator_id'] ?? '',
      acceleratorCount: Number(row['accelerator_count']),
      market: 'on-demand',
      usdPerHour: unit === 'usd_per_second' ? price * 3600 : price,
      service: sageMaker ? 'sagemaker' : /Inference Endpoints|Dedicated/.test(product) ? 'endpoint' : 'serverless',
      billedBy: unit === 'usd_per_second' ? 'second' : 'hour',
      minBillingSeconds: number(row['min_billing_seconds']),
      scaleToZero: row['scale_to_zero'] === undefined ? undefined : row['scale_to_zero'] === 'yes',
      gpuPartOnly: gpuPartOnly || undefined,
      ...sourced(row),
    }) as Offer,
  ];
}

/** A team's own rates: single prices, and discounts on a provider's list. */
export interface OwnRates {
  readonly offers?: readonly Offer[];
  readonly discounts?: readonly { readonly provider: string; readonly market?: Market; readonly percent: number; readonly asOf?: string }[];
}

/** The list with a team's own rates in it, each marked `own`. A discount of 100 % or more, or below 0, is left out. */
export function withOwnOffers(list: readonly Offer[], own: OwnRates): Offer[] {
  const discounts = (own.discounts ?? []).filter(({ percent }) => percent > 0 && percent < 100);
  const discounted = list.map((offer) => {
    const discount = discounts.find(({ provider, market }) => provider === offer.provider && (market ?? offer.market) === offer.market);
    if (!discount) return offer;
    return {
      ...offer,
      usdPerHour: offer.usdPerHour * (1 - discount.percent / 100),
      own: true,
      source: `${offer.source}; less ${discount.percent} % (own discount)`,
    };
  });
  return [
    ...(own.offers ?? []).filter(({ usdPerHour }) => Number.isFinite(usdPerHour) && usdPerHour > 0).map((offer) => ({ ...offer, own: true })),
    ...discounted,
  ];
}
