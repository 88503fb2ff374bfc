import { known, type Maybe, unknown } from '../model/maybe.js';
import type { Catalog } from './catalog.js';
import type { Market, Offer } from './types.js';

/** What is known about where a workload runs. */
export interface OfferQuery {
  readonly provider?: string;
  readonly region?: string;
  /** Absent: on-demand, the list price. */
  readonly market?: Market;
  /** Accelerators that must sit in one machine; absent: the count, at most 8. */
  readonly perNode?: number;
}

/** A real offer, taken as many times as the accelerators need. */
export interface PricedOffer {
  readonly offer: Offer;
  readonly instances: number;
  /** Accelerators that are paid for: whole instances, so it can be more than were asked for. */
  readonly accelerators: number;
  /** All instances together. */
  readonly usdPerHour: number;
}

/** Prices of a number of accelerators: three real offers, never a mix of regions or of a host and somebody else's chip. */
export interface PriceChoice {
  readonly low: PricedOffer;
  readonly likely: PricedOffer;
  readonly high: PricedOffer;
  readonly market: Market;
  /** On what the range rests, one line for a person. */
  readonly basis: string;
  /** What would narrow the range. */
  readonly missing: readonly ('provider' | 'region')[];
  readonly notes: readonly string[];
}

/** Providers whose published list prices may stand for an unknown provider. Marketplaces, aggregators' quotes and
 * community tiers are low offers of one day and answer only when they are named. */
export const listProviders: readonly string[] = [
  'aws',
  'gcp',
  'azure',
  'oci',
  'lambda',
  'coreweave',
  'crusoe',
  'nebius',
  'runpod',
  'hyperstack',
  'digitalocean',
  'ovh',
  'vultr',
];
const written: Readonly<Record<string, string>> = {
  amazon: 'aws',
  ec2: 'aws',
  eks: 'aws',
  sagemaker: 'aws',
  google: 'gcp',
  gce: 'gcp',
  gke: 'gcp',
  'google-cloud': 'gcp',
  vertex: 'gcp',
  aks: 'azure',
  azureml: 'azure',
  microsoft: 'azure',
  oracle: 'oci',
  'lambda-labs': 'lambda',
  lambdalabs: 'lambda',
  hf: 'huggingface',
};

/** Our name of a provider as written. */
export const providerName = (name: string): string => {
  const key = name.trim().toLowerCase().replace(/[ _]/g, '-');
  return written[key] ?? key;
};

/** True for quotes that never set a default: marketplaces and community tiers. */
export const isMarketplace = (offer: Offer): boolean => !listProviders.includes(offer.provider) || /community|marketplace/i.test(offer.instance);

/** Prices `count` accelerators of a kind.
 *
 * Rule: an own rate wins. In one provider and region the cheapest machine that holds a node's accelerators is taken, in whole
 * instances; where a provider lists only smaller ones they are multiplied. Region unknown or not listed: cheapest, median and
 * dearest region of the provider. Provider unknown: each list provider by its median region, then cheapest, median and dearest
 * of them, leaving out prices a year older than the newest, those beyond 4 times the median,
 * and machines larger than needed where several others sell the size.
 * @unknown if nobody lists the accelerator in that market, or only marketplaces do and none is named */
export function chooseOffers(catalog: Catalog, acceleratorId: string, count: number, query: OfferQuery = {}): Maybe<PriceChoice> {
  const market = query.market ?? 'on-demand';
  if (!(count > 0)) return unknown(['gpu_count'], 'say how many accelerators are used');
  const needed = Math.ceil(count);
  const provider = query.provider === undefined ? providerOfRegion(catalog, query.region) : providerName(query.provider);
  const all = catalog.offersOf(acceleratorId).filter((offer) => offer.acceleratorCount >= 1 && offer.usdPerHour > 0);
  const inMarket = all.filter((offer) => offer.market === market && (provider === undefined || offer.provider === provider));
  const own = inMarket.filter((offer) => offer.own && (query.region === undefined || offer.region === 'any' || offer.region === query.region));
  const node = Math.min(needed, query.perNode ?? 8);
  if (own.length > 0) return known({ ...byRegion(own, needed, node, query.region, 'own rate'), market });
  if (provider !== undefined) {
    const machines = inMarket.filter((offer) => offer.service === 'vm');
    const offers = machines.length > 0 ? machines : inMarket.filter((offer) => offer.service !== 'sagemaker');
    if (offers.length === 0) return unknown(['provider'], `${provider} lists no ${market} price for ${acceleratorId}: add your own rate`);
    return known({ ...byRegion(offers, needed, node, query.region, `${provider} ${market} price`), market });
  }
  const listed = inMarket.filter((offer) => offer.service === 'vm' && !isMarketplace(offer));
  if (listed.length === 0) {
    const sellers = [...new Set(inMarket.map((offer) => offer.provider))];
    const need = sellers.length > 0 ? `only ${sellers.join(', ')} quote it: name the provider` : `nobody lists a ${market} price: add your own rate`;
    return unknown(['provider'], `price of ${acceleratorId} unknown: ${need}`);
  }
  const perProvider = listProviders.flatMap((name) => {
    const offers = listed.filter((offer) => offer.provider === name);
    return offers.length > 0 ? [byRegion(offers, needed, node, undefined, name).likely] : [];
  });
  const fair = trustworthy(perProvider, needed);
  return known({
    ...pick(fair),
    market,
    basis: `provider unknown: ${market} list prices of ${fair.map(({ offer }) => offer.provider).join(', ')}`,
    missing: ['provider'],
    notes: notesOf(fair.map(({ offer }) => offer)),
  });
}

/** Prices a number of machines of one type.
 * @unknown if the type has no price in that market */
export function priceInstances(catalog: Catalog, type: string, instances: number, query: OfferQuery = {}): Maybe<PriceChoice> {
  const market = query.market ?? 'on-demand';
  if (!(instances > 0)) return unknown(['instance_count'], 'say how many instances are used');
  const offers = catalog.instance(type).filter((offer) => offer.market === market && offer.usdPerHour > 0);
  if (offers.length === 0) {
    const known = catalog.instance(type).length > 0;
    return unknown(
      ['instance_type'],
      known ? `no ${market} price is listed for ${type}: add your own rate` : `${type} is not in the price book: add your own rate`,
    );
  }
  const own = offers.filter((offer) => offer.own && (query.region === undefined || offer.region === 'any' || offer.region === query.region));
  const usable = own.length > 0 ? own : offers;
  const devices = usable[0]?.acceleratorCount ?? 1;
  const choice = byRegion(usable, devices * instances, devices, query.region, own.length > 0 ? 'own rate' : `${type} ${market} price`);
  return known({ ...choice, market });
}

/** The provider that an instance type belongs to: by the price book, else by the form of its name.
 * @source naming of EC2 (`p5.48xlarge`), Compute Engine (`n1-standard-8`) and Azure (`Standard_NC6s_v3`) machine types */
export function providerOfInstance(catalog: Catalog, type: string): string | undefined {
  const listed = catalog.hardware(type)?.provider;
  if (listed !== undefined) return listed;
  if (/^(ml\.)?[a-z]{1,4}\d[a-z0-9-]*\.(nano|micro|small|medium|large|\d*xlarge|metal(-\d+xl)?)$/i.test(type)) return 'aws';
  if (/^standard_[a-z]+\d/i.test(type)) return 'azure';
  return /^(n1|n2|n2d|g2|g4|a2|a3|a4|c2|c3|e2|t2d)-[a-z]+-?[0-9a-z]*$/i.test(type) ? 'gcp' : undefined;
}

/** The provider that alone has a region of this name, or undefined. */
export function providerOfRegion(catalog: Catalog, region: string | undefined): string | undefined {
  if (region === undefined) return undefined;
  const names = new Set<string>();
  for (const { provider, region: name } of catalog.carbon) if (name === region && provider !== 'country') names.add(provider);
  return names.size === 1 ? [...names][0] : undefined;
}

/** True if the price is a year or more older than the newest of the list. */
export const isStale = (asOf: string, newest: string): boolean => asOf !== '' && newest !== '' && monthsOf(newest) - monthsOf(asOf) >= 12;

type Three = Pick<PriceChoice, 'low' | 'likely' | 'high'>;

function byRegion(offers: readonly Offer[], needed: number, node: number, region: string | undefined, label: string): Omit<PriceChoice, 'market'> {
  const here = region === undefined ? [] : offers.filter((offer) => offer.region === region || offer.region === 'any');
  const listing = here.length > 0 ? here : offers;
  // Where a provider has old and new lists for one machine, the newest holds.
  const newest = newestOf(listing);
  const fresh = listing.filter(({ asOf }) => !isStale(asOf, newest));
  const regions = [...new Set(fresh.map((offer) => offer.region))];
  const best = regions.map((name) =>
    cheapest(
      fresh.filter((offer) => offer.region === name),
      needed,
      node,
    ),
  );
  const three = pick(best);
  const certain = here.length > 0 || regions.length === 1;
  const place = here.length > 0 ? ` in ${three.likely.offer.region}` : regions.length === 1 ? ` (${regions[0]})` : ` over ${regions.length} regions`;
  const notes = notesOf(best.map(({ offer }) => offer));
  if (region !== undefined && here.length === 0) notes.push(`no price is listed for region ${region}: the range is over the regions that are`);
  return {
    ...three,
    basis: `${label}${place}, ${three.likely.offer.asOf}`,
    missing: certain && (here.length > 0 || regions[0] === 'any') ? [] : ['region'],
    notes,
  };
}

/** The cheapest way to have `needed` accelerators out of offers of one provider and region. */
function cheapest(offers: readonly Offer[], needed: number, node: number): PricedOffer {
  // A rate for one accelerator (`1x H100`), where the provider lists machines that are large enough too, is charged for as many as one takes.
  const whole = offers.filter((offer) => offer.acceleratorCount >= node || isRate(offer));
  const largest = Math.max(...offers.map((offer) => offer.acceleratorCount));
  const usable = whole.length > 0 ? whole : offers.filter((offer) => offer.acceleratorCount === largest);
  const priced = usable.map((offer) => scaled(offer, needed));
  return priced.reduce((best, other) => (other.usdPerHour < best.usdPerHour ? other : best));
}

/** A rate an accelerator, not a machine type of that size. */
export const isRate = ({ acceleratorCount, instance }: Offer): boolean => acceleratorCount === 1 && /^1x /i.test(instance);

/** An offer taken as often as `needed` accelerators ask for. */
export function scaled(offer: Offer, needed: number): PricedOffer {
  const instances = Math.ceil(needed / offer.acceleratorCount);
  return { offer, instances, accelerators: instances * offer.acceleratorCount, usdPerHour: instances * offer.usdPerHour };
}

function pick(priced: readonly PricedOffer[]): Three {
  const sorted = [...priced].sort((a, b) => a.usdPerHour - b.usdPerHour);
  const at = (index: number): PricedOffer => sorted[index] as PricedOffer;
  return { low: at(0), likely: at((sorted.length - 1) >> 1), high: at(sorted.length - 1) };
}

/** Leaves out stale prices, prices for one accelerator beyond 4 times the median, and machines larger than needed where several others sell the size. */
function trustworthy(priced: readonly PricedOffer[], needed: number): readonly PricedOffer[] {
  const newest = newestOf(priced.map(({ offer }) => offer));
  const fresh = priced.filter(({ offer }) => !isStale(offer.asOf, newest));
  const each = ({ offer }: PricedOffer) => offer.usdPerHour / offer.acceleratorCount;
  const sorted = fresh.map(each).sort((a, b) => a - b);
  const median = sorted[(sorted.length - 1) >> 1] ?? 0;
  const fair = fresh.filter((choice) => each(choice) >= median / 4 && each(choice) <= median * 4);
  // Where several sell the size, who sells only larger machines is not asked for it.
  const exact = fair.filter(({ accelerators }) => accelerators === needed);
  if (exact.length > 1) return exact;
  const fitting = fair.filter(({ accelerators }) => accelerators <= 2 * needed);
  return fitting.length > 0 ? fitting : fair;
}

function notesOf(offers: readonly Offer[]): string[] {
  const notes: string[] = [];
  if (offers.some((offer) => offer.gpuPartOnly)) notes.push('the price is of the GPU part: CPU and memory are billed on top');
  if (offers.some((offer) => /an estimate|estimated|derived|Spot Advisor/.test(offer.source) && offer.market === 'spot'))
    notes.push('spot prices move: the listed one follows from an average saving');
  return notes;
}

const newestOf = (offers: readonly Offer[]): string =>
  offers
    .map(({ asOf }) => asOf)
    .sort()
    .at(-1) ?? '';

function monthsOf(day: string): number {
  const [year, month] = day.split('-').map(Number);
  return (year ?? 0) * 12 + (month ?? 1);
}
