import type { Catalog } from '../catalog/catalog.js';
import { isMarketplace, providerName } from '../catalog/price-book.js';
import type { Offer } from '../catalog/types.js';
import { deviceCount, hardwareOf } from './devices.js';
import { hoursPerMonth, offerQuery } from './money.js';
import { type EstimateContext, FactReader, type Spec } from './spec.js';

/** From which use on a commitment is cheaper than paying by the hour, for one machine. */
export interface BreakEven {
  readonly provider: string;
  readonly region: string;
  readonly instance: string;
  readonly accelerator: string;
  /** Accelerators in the machine. */
  readonly count: number;
  readonly term: 'reserved-1y' | 'reserved-3y';
  /** @unit USD an hour of the machine */
  readonly onDemand: number;
  readonly reserved: number;
  /** Share of all hours of the term from which on it pays; from 1 on it never does. */
  readonly share: number;
  /** The same in hours a month. */
  readonly hoursPerMonth: number;
  /** What it saves a month where the machine is never idle. @unit USD; negative: it costs more */
  readonly savesPerMonth: number;
  /** The older of the two prices' days. */
  readonly asOf: string;
  readonly own: boolean;
}
const terms = ['reserved-1y', 'reserved-3y'] as const;

/** The break-even of each machine with an accelerator that is listed by the hour and committed for a term, the lowest first.
 *
 * A commitment is paid for every hour of its term, used or not; by the hour only what is used is paid. They cost the same where
 * used hours × price by the hour = all hours × committed price, so that the share is committed ÷ by the hour.
 * @limits whole machines, list prices of one day for the whole term; a later change of prices or of what is run is not in it
 * @unknown a machine without both prices is left out */
export function breakEvens(
  catalog: Catalog,
  acceleratorId: string,
  where: { readonly provider?: string | undefined; readonly region?: string | undefined } = {},
): BreakEven[] {
  const provider = where.provider === undefined ? undefined : providerName(where.provider);
  const offers = catalog
    .offersOf(acceleratorId)
    .filter(
      (offer) =>
        offer.usdPerHour > 0 &&
        offer.acceleratorCount >= 1 &&
        (provider === undefined ? offer.own === true || !isMarketplace(offer) : offer.provider === provider) &&
        (where.region === undefined || offer.region === where.region || offer.region === 'any'),
    );
  const found: BreakEven[] = [];
  for (const hourly of offers.filter(({ market }) => market === 'on-demand')) {
    for (const term of terms) {
      const reserved = offers.find((other) => other.market === term && sameMachine(other, hourly));
      if (!reserved) continue;
      const share = reserved.usdPerHour / hourly.usdPerHour;
      found.push({
        provider: hourly.provider,
        region: hourly.region,
        instance: hourly.instance,
        accelerator: acceleratorId,
        count: hourly.acceleratorCount,
        term,
        onDemand: hourly.usdPerHour,
        reserved: reserved.usdPerHour,
        share,
        hoursPerMonth: share * hoursPerMonth,
        savesPerMonth: (hourly.usdPerHour - reserved.usdPerHour) * hoursPerMonth,
        asOf: hourly.asOf < reserved.asOf ? hourly.asOf : reserved.asOf,
        own: hourly.own === true || reserved.own === true,
      });
    }
  }
  return found.sort((a, b) => a.share - b.share || a.onDemand - b.onDemand || a.provider.localeCompare(b.provider) || a.region.localeCompare(b.region));
}
const sameMachine = (a: Offer, b: Offer): boolean =>
  a.provider === b.provider && a.instance === b.instance && a.region === b.region && a.acceleratorCount === b.acceleratorCount && a.service === b.service;

/** Commitments for a workload: on its own accelerator, else on one that is named, in machines that hold a node of it.
 * Of each provider and term the cheapest one, those that pay first before the others.
 * @unknown none for a hosted model, and where neither it nor the caller says an accelerator */
export function commitmentsFor(spec: Spec, context: EstimateContext, accelerator?: string): BreakEven[] {
  if (spec.kind === 'api-call') return [];
  const { catalog } = context;
  const hardware = hardwareOf(spec, catalog);
  const id = hardware.known ? hardware.value.accelerator.id : accelerator;
  if (id === undefined) return [];
  const { provider, region } = offerQuery(spec, context);
  const type = new FactReader(spec).text('instance_type')?.toLowerCase();
  const count = deviceCount(spec, catalog);
  const node = count.known ? Math.min(count.value.total.likely, count.value.perNode ?? 8) : 1;
  const all = breakEvens(catalog, id, { provider, region });
  const listed = all.filter(({ instance }) => type === undefined || instance.toLowerCase() === type);
  const whole = listed.filter((one) => one.count >= node);
  // Of a provider's machines the one that holds a node for the least: others pay earlier and cost more.
  const cost = (one: BreakEven): number => Math.ceil(node / one.count) * one.reserved;
  const best = new Map<string, BreakEven>();
  for (const one of whole.length > 0 ? whole : listed) {
    const key = `${one.provider}/${one.term}`;
    const other = best.get(key);
    if (!other || cost(one) < cost(other)) best.set(key, one);
  }
  return [...best.values()].sort((a, b) => a.share - b.share);
}
