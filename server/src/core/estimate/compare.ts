import { isMarketplace, providerName, scaled } from '../catalog/price-book.js';
import type { Market, Offer } from '../catalog/types.js';
import type { Interval } from '../model/estimate.js';
import { deviceCount, hardwareOf } from './devices.js';
import { carbonOf, energyOf } from './energy.js';
import { estimate } from './estimate.js';
import { type Fits, fitsOf } from './fits.js';
import { exact, scale } from './interval.js';
import { hoursPerMonth } from './money.js';
import { onAccelerator, withCount } from './placed.js';
import { type EstimateContext, FactReader, type Spec } from './spec.js';

/** A workload on one offer. A cell that is unknown is absent. */
export interface CompareRow {
  readonly provider: string;
  readonly region: string;
  readonly instance: string;
  readonly market: Market;
  readonly accelerator: string;
  /** Accelerators of the workload, and machines that hold them. */
  readonly count: number;
  readonly instances: number;
  /** Wall time of a run; absent for what stays on. */
  readonly hours?: Interval;
  /** A run, or a month where `unit` says so. */
  readonly usd?: Interval;
  readonly unit: 'usd' | 'usd/month' | 'usd/hour';
  readonly fits: Fits;
  /** Peak memory of one accelerator, and what one has. */
  readonly memory?: Interval;
  readonly memorySize?: number;
  /** kg CO2e of the same run or month. */
  readonly carbon?: Interval;
  readonly asOf: string;
  readonly own: boolean;
}

export interface CompareOptions {
  /** Accelerator ids; absent: the one stated, else every one that a list provider offers. */
  readonly accelerators?: readonly string[];
  /** With quotes of marketplaces and community tiers. */
  readonly marketplaces?: boolean;
  readonly markets?: readonly Market[];
  /** Accelerators of the whole workload, instead of as many as it states. */
  readonly count?: number;
}

/** The workload over the offers that can run it, cheapest first, unknown prices last; what surely does not fit is at the end.
 * An api-call has no offers of accelerators and gives no rows. */
export function compare(stated: Spec, context: EstimateContext, options: CompareOptions = {}): CompareRow[] {
  if (stated.kind === 'api-call') return [];
  const spec = options.count === undefined ? stated : withCount(stated, options.count);
  const { catalog } = context;
  const facts = new FactReader(spec);
  const hardware = hardwareOf(stated, catalog);
  // A bare resource says nothing about the work, so only its own accelerator can be compared.
  const same = spec.kind === 'resource' && hardware.known ? [hardware.value.accelerator.id] : undefined;
  const ids = options.accelerators ?? same ?? [...new Set(catalog.offers.filter((offer) => !isMarketplace(offer)).map((offer) => offer.acceleratorId))];
  const provider = facts.text('provider') ?? context.provider;
  const region = facts.text('region') ?? context.region;
  const rows: CompareRow[] = [];
  for (const id of ids) {
    const chip = catalog.accelerators.find((accelerator) => accelerator.id === id);
    if (!chip) continue;
    const placed = onAccelerator(spec, id, catalog);
    const count = deviceCount(placed, catalog);
    if (!count.known) continue;
    const estimation = estimate(placed, context);
    const memory = estimation.estimates['peak_memory_gib'];
    const number = count.value.total.likely;
    const perNode = Math.min(number, count.value.perNode ?? 8);
    for (const offer of catalog.offersOf(id)) {
      if (!isOffered(offer, options, provider, region) || offer.acceleratorCount < 1) continue;
      const joined = catalog.offersOf(id).some((other) => other.provider === offer.provider && other.acceleratorCount >= perNode);
      if (joined && offer.acceleratorCount < perNode) continue;
      const priced = scaled(offer, number);
      const hours = estimation.estimates['wall_hours'] ?? hoursOf(estimation.estimates['gpu_hours'], number);
      const stays = spec.kind === 'serving' || spec.kind === 'resource';
      const usd = stays ? exact(priced.usdPerHour * hoursPerMonth) : hours ? scale(hours, priced.usdPerHour) : undefined;
      const place: EstimateContext = { ...context, provider: offer.provider, region: offer.region };
      const there: Spec = { ...placed, facts: { ...placed.facts, provider: offer.provider, region: offer.region } };
      const gpuHours = stays ? exact(number * hoursPerMonth) : hours && scale(hours, number);
      const energy = gpuHours && energyOf(chip, gpuHours, spec.kind === 'training' ? 'training' : 'inference', there, place);
      const carbon = energy?.known ? carbonOf(energy.value.kwh, there, place) : undefined;
      rows.push({
        provider: offer.provider,
        region: offer.region,
        instance: offer.instance,
        market: offer.market,
        accelerator: id,
        count: number,
        instances: priced.instances,
        ...(hours && !stays ? { hours: scale(hours, 1) } : {}),
        ...(usd ? { usd } : {}),
        unit: stays ? 'usd/month' : 'usd',
        fits: fitsOf(estimation),
        ...(memory ? { memory: scale(memory, 1) } : {}),
        ...(chip.memoryGib === undefined ? {} : { memorySize: chip.memoryGib }),
        ...(carbon?.known ? { carbon: carbon.value.kg } : {}),
        asOf: offer.asOf,
        own: offer.own ?? false,
      });
    }
  }
  // Where some accelerators have an answer, those that the formulas cannot tell are left out.
  const told = rows.filter((row) => (row.unit === 'usd/month' ? row.fits !== 'unknown' || spec.kind === 'resource' : row.usd !== undefined));
  const cost = (row: CompareRow) => row.usd?.likely ?? Number.POSITIVE_INFINITY;
  return (told.length > 0 ? told : rows).sort(
    (a, b) => Number(a.fits === 'does-not-fit') - Number(b.fits === 'does-not-fit') || cost(a) - cost(b) || a.provider.localeCompare(b.provider),
  );
}

const hoursOf = (gpuHours: Interval | undefined, count: number): Interval | undefined => gpuHours && scale(gpuHours, 1 / count);

function isOffered(offer: Offer, options: CompareOptions, provider: string | undefined, region: string | undefined): boolean {
  if (options.markets && !options.markets.includes(offer.market)) return false;
  if (provider !== undefined) {
    if (offer.provider !== providerName(provider)) return false;
    return region === undefined || offer.region === 'any' || offer.region === region;
  }
  return offer.own === true || options.marketplaces === true || !isMarketplace(offer);
}
