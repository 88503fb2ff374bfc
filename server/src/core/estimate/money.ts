import { chooseOffers, isStale, type OfferQuery, type PriceChoice, priceInstances, providerName, providerOfInstance } from '../catalog/price-book.js';
import type { Accelerator, Market } from '../catalog/types.js';
import type { Interval, Term } from '../model/estimate.js';
import { known, type Maybe, unknown } from '../model/maybe.js';
import type { Draft } from './draft.js';
import { product } from './interval.js';
import { type EstimateContext, FactReader, type Spec } from './spec.js';

/** Hours of a month as clouds bill it.
 * @source 365 × 24 / 12 = 730, the month of the AWS, Azure and GCP calculators */
export const hoursPerMonth = 730;

/** What the accelerators of a workload cost an hour, all of them together. */
export interface HourlyPrice {
  readonly usd: Interval;
  readonly choice: PriceChoice;
  readonly term: Term;
}

/** Where a workload runs, from its facts, then from the workspace; an absent part stays unknown. */
export function offerQuery(spec: Spec, context: EstimateContext, perNode?: number): OfferQuery {
  const facts = new FactReader(spec);
  const type = facts.text('instance_type');
  const provider =
    facts.text('provider') ?? facts.text('cloud') ?? (type === undefined ? undefined : providerOfInstance(context.catalog, type)) ?? context.provider;
  const region = facts.text('region') ?? context.region;
  const spot = facts.flag('spot');
  const market: Market | undefined = spot === true ? 'spot' : spot === false && context.market === 'spot' ? 'on-demand' : context.market;
  return {
    ...(provider === undefined ? {} : { provider: providerName(provider) }),
    ...(region === undefined ? {} : { region }),
    ...(market === undefined ? {} : { market }),
    ...(perNode === undefined ? {} : { perNode }),
  };
}

/** Prices `count` accelerators by the instance type where one is stated, else by the accelerator.
 * @unknown if nothing prices them, or the instance type is SageMaker's and its own price is not listed */
export function hourlyPrice(spec: Spec, context: EstimateContext, accelerator: Accelerator | undefined, count: number, perNode?: number): Maybe<HourlyPrice> {
  const { catalog } = context;
  const query = offerQuery(spec, context, perNode);
  const type = new FactReader(spec).text('instance_type');
  if (type !== undefined) {
    const machine = catalog.hardware(type);
    const sameChip = machine !== undefined && (accelerator === undefined || machine.acceleratorId === accelerator.id);
    if (machine && sameChip) {
      const priced = priceInstances(catalog, type, Math.max(1, Math.ceil(count / Math.max(1, machine.acceleratorCount))), query);
      return priced.known ? known(toHourly(priced.value, count)) : priced;
    }
    // Compute Engine sells accelerators apart from their host; the price book names the two together (`n1-standard-8+1xt4`).
    const inNode = perNode ?? count;
    const attached =
      accelerator && catalog.offersOf(accelerator.id).find(({ instance }) => instance.toLowerCase().startsWith(`${type.toLowerCase()}+${inNode}x`))?.instance;
    if (attached !== undefined) {
      const priced = priceInstances(catalog, attached, Math.ceil(count / inNode), query);
      return priced.known ? known(toHourly(priced.value, count)) : priced;
    }
    if (/^ml\./i.test(type)) return unknown(['instance_type'], `${type} is not in the price book: add your own rate`);
  }
  if (accelerator === undefined) return unknown(['gpu_type'], 'say which GPU it runs on');
  const priced = chooseOffers(catalog, accelerator.id, count, query);
  return priced.known ? known(toHourly(priced.value, count)) : priced;
}

/** Says in the draft what a price rests on: an assumed market, a missing provider or region, the notes of its offers. */
export function explainPrice(draft: Draft, price: HourlyPrice, spec: Spec, context: EstimateContext): void {
  const { choice } = price;
  if (new FactReader(spec).flag('spot') === undefined && context.market === undefined) {
    draft.assume({ fact: 'market', value: choice.market, why: 'the list price; spot and reserved prices are not stated' });
  }
  for (const what of choice.missing)
    draft.miss(unknown([what], what === 'provider' ? 'say who provides the GPUs: prices differ several times' : 'say which region'));
  draft.note(...choice.notes);
  const { offer } = choice.likely;
  const against = context.today ?? context.catalog.newestPrice;
  if (isStale(offer.asOf, against)) draft.note(`the price of ${offer.provider} ${offer.instance} is of ${offer.asOf}: check it`);
}

/** Money for a number of hours of the whole job: the two are independent, so their intervals combine in log space. */
export const usdFor = (hours: Interval, price: HourlyPrice): Interval => product(hours, price.usd);

function toHourly(choice: PriceChoice, count: number): HourlyPrice {
  const usd = { low: choice.low.usdPerHour, likely: choice.likely.usdPerHour, high: choice.high.usdPerHour };
  const { offer, instances, accelerators } = choice.likely;
  const spare = accelerators > count ? `; whole instances, ${accelerators} accelerators paid for ${count}` : '';
  return {
    usd,
    choice,
    term: {
      id: 'price',
      label: `${instances} × ${offer.provider} ${offer.instance} (${offer.region}, ${choice.market})`,
      value: usd.likely,
      unit: 'usd/hour',
      formula: `instances × price an hour${spare}; ${choice.basis}`,
      source: `${offer.source}, ${offer.asOf}`,
      facts: ['gpu_type', 'instance_type', 'gpu_count', 'spot', 'region'],
      ...(accelerators > count
        ? { children: [{ id: 'paid', label: 'Accelerators paid for: whole instances', value: accelerators, unit: 'count' as const }] }
        : {}),
    },
  };
}
