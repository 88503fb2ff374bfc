import type { Catalog } from '../../catalog/catalog.js';
import { chooseOffers, type OfferQuery } from '../../catalog/price-book.js';
import { known, type Maybe, unknown } from '../../model/maybe.js';
import { type Decimal, ofNumber, round, zero } from '../decimal.js';
import type { WasteMoney } from './types.js';

/** What an hour of something costs by the price list. @unit USD/h */
export interface HourlyPrice {
  readonly low: number;
  readonly likely: number;
  readonly high: number;
  readonly basis: string;
}
/** The price list, and where things run. */
export interface Prices {
  readonly catalog: Catalog;
  readonly place: OfferQuery;
}
/** The price of one accelerator for an hour, in a machine of as many as were used.
 * @unknown if the name is none of the catalog, or nobody lists it */
export function gpuHour({ catalog, place }: Prices, gpu: string | undefined, count = 1): Maybe<HourlyPrice> {
  if (gpu === undefined) return unknown(['gpu_type'], 'which accelerator it ran on');
  const chip = catalog.accelerator(gpu);
  if (!chip) return unknown(['gpu_type'], `a price of '${gpu}': add your own rate under prices`);
  const found = chooseOffers(catalog, chip.id, Math.max(1, count), place);
  if (!found.known) return unknown(found.facts, found.need);
  const each = ({ usdPerHour, accelerators }: { usdPerHour: number; accelerators: number }): number => usdPerHour / accelerators;
  const { low, likely, high, basis } = found.value;
  return known({ low: each(low), likely: each(likely), high: each(high), basis });
}
const dollars = (value: number): Decimal => round(ofNumber(value) ?? zero, 6);
/** Money for some hours, by the price list. */
export const listed = (price: HourlyPrice, hours: number): WasteMoney => moneyBetween(price.low * hours, price.likely * hours, price.high * hours, price.basis);
export const moneyBetween = (low: number, likely: number, high: number, basis: string): WasteMoney => ({
  low: dollars(low),
  likely: dollars(likely),
  high: dollars(high),
  currency: 'USD',
  basis,
});
/** Money that somebody was charged. */
export const exactly = (amount: Decimal, currency: string, basis: string): WasteMoney => ({
  low: amount,
  likely: amount,
  high: amount,
  currency,
  basis,
  isBilled: true,
});
/** A price as the part of a line that says its money, or what would make it known. */
export const moneyOr = <T>(price: Maybe<T>, of: (price: T) => WasteMoney): { readonly money: WasteMoney } | { readonly need: string } =>
  price.known ? { money: of(price.value) } : { need: price.need };
