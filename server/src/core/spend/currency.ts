import { type Decimal, multiply } from './decimal.js';

/** What one unit of `from` is in units of `to`, as somebody said. */
export interface Rate {
  readonly from: string;
  readonly to: string;
  readonly rate: Decimal;
}
/** Money in a currency that nobody gave a rate for. */
export class UnknownRate extends Error {
  readonly currency: string;
  constructor(from: string, to: string) {
    super(`no rate from ${from === '' ? 'an unnamed currency' : from} to ${to}: give one as \`spend.rates\` in .mlcost.yaml`);
    this.currency = from;
  }
}
/** @errors UnknownRate where no rate was given; none is ever looked up or turned round */
export function converted(amount: Decimal, from: string, to: string, rates: readonly Rate[]): Decimal {
  if (from === to) return amount;
  const found = rates.find((one) => one.from === from && one.to === to);
  if (!found) throw new UnknownRate(from, to);
  return multiply(amount, found.rate);
}
