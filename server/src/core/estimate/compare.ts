import { isMarketplace, isRate, providerName, scaled } from '../catalog/price-book.js';
import type { Market, Offer } from '../catalog/types.js';
import type { Estimation, Interval } from '../model/estimate.js';
import { type Devices, deviceCount, hardwareOf } from './devices.js';
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
  /** Accelerators that are paid for, where whole machines hold more than the workload uses. */
  readonly paid: number;
  /** What joins accelerators that share one model: the machine's own links, or the network between machines that each hold too few. */
  readonly link: 'machine' | 'network';
  /** Set where a time limit ends the run before it is likely to be done. */
  readonly stops?: true;
  /** Wall time of a run; absent for what stays on. */
  readonly hours?: Interval;
  /** Of one request, where its lengths and the load are known. @unit ms */
  readonly latency?: Interval;
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
  const limit = (facts.number('max_time') || Number.POSITIVE_INFINITY) / 3600;
  const rows: CompareRow[] = [];
  for (const id of ids) {
    const chip = catalog.accelerators.find((accelerator) => accelerator.id === id);
    if (!chip) continue;
    const placed = onAccelerator(spec, id, catalog);
    const count = deviceCount(placed, catalog);
    if (!count.known) continue;
    const number = count.value.total.likely;
    const perNode = nodeOf(spec, count.value);
    const whole = estimate(placed, context);
    const spread = new Map<number, Estimation>();
    for (const offer of catalog.offersOf(id)) {
      if (!isOffered(offer, options, provider, region) || offer.acceleratorCount < 1) continue;
      const larger = catalog.offersOf(id).some((other) => other.provider === offer.provider && other.acceleratorCount >= perNode);
      const small = offer.acceleratorCount < perNode;
      // Beside machines that hold a node, single accelerators are another way to have as many: joined by the network alone.
      if (small && larger && !(spec.kind === 'training' && offer.acceleratorCount === 1 && !isRate(offer))) continue;
      const link = small && !isRate(offer) ? 'network' : 'machine';
      const estimation =
        link === 'network' && spec.kind === 'training'
          ? cached(spread, offer.acceleratorCount, (each) => estimate(overNodes(placed, number, each), context))
          : whole;
      const memory = estimation.estimates['peak_memory_gib'];
      const latency = estimation.estimates['latency_ms'];
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
        paid: priced.accelerators,
        link,
        ...(hours && !stays ? { hours: scale(hours, 1) } : {}),
        ...(hours && !stays && hours.likely >= limit * (1 - 1e-9) ? { stops: true as const } : {}),
        ...(latency ? { latency: scale(latency, 1) } : {}),
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
  return (told.length > 0 ? told : rows).sort((a, b) => behind(a) - behind(b) || cost(a) - cost(b) || a.provider.localeCompare(b.provider));
}

/** What cannot run the work to its end is no choice: it stands behind those that can, and what cannot even start behind that. */
const behind = ({ fits, stops }: CompareRow): number => (fits === 'does-not-fit' ? 2 : stops ? 1 : 0);

/** Accelerators that have to be in one machine: as stated, of a service those that share a replica, else a machine's usual eight. */
function nodeOf({ kind }: Spec, { total, perNode, perReplica }: Devices): number {
  const group = kind === 'serving' || kind === 'batch-inference' ? perReplica : 8;
  return Math.min(total.likely, perNode ?? group);
}
/** The job over machines that hold fewer accelerators than it has: they exchange over the network. */
function overNodes(spec: Spec, count: number, each: number): Spec {
  const { gpus: _gpus, nproc_per_node: _processes, instance_count: _machines, ...facts } = spec.facts;
  return { ...spec, facts: { ...facts, gpu_count: each, num_nodes: Math.ceil(count / each) } };
}
function cached<K, V>(known: Map<K, V>, key: K, make: (key: K) => V): V {
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = make(key);
  known.set(key, made);
  return made;
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
