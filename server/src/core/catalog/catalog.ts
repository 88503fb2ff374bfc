import { once } from '../model/once.js';
import { type HostedBook, hostedBook } from './hosted.js';
import { type OwnRates, withOwnOffers } from './offers.js';
import type { Tables } from './tables.js';
import type {
  Accelerator,
  Cpu,
  DataSet,
  GridCarbon,
  HostedPrice,
  InferenceModel,
  ModelShape,
  Offer,
  RequestShape,
  SampleModel,
  StoragePrice,
} from './types.js';

/** Look-up of accelerators, models and prices. What a look-up needs is made when it is first asked for. */
export interface Catalog {
  readonly accelerators: readonly Accelerator[];
  readonly models: readonly ModelShape[];
  readonly offers: readonly Offer[];
  readonly hosted: readonly HostedPrice[];
  readonly carbon: readonly GridCarbon[];
  readonly storage: readonly StoragePrice[];
  readonly cpus: readonly Cpu[];
  readonly requestShapes: readonly RequestShape[];
  /** Multiply-adds and activations of a published single-pass model by name or alias. */
  inferenceModel(name: string): InferenceModel | undefined;
  /** The work of one sample of a vision, diffusion, speech or recommendation model, by a written name; the row of the nearest image size. */
  sampleModel(name: string, imageSize: number | undefined): SampleModel | undefined;
  /** The chip that a written name means (`A100-SXM4-80GB`, `nvidia-l4`, `h100`), or undefined. Exact by alias after normalising; never by likeness. */
  accelerator(name: string): Accelerator | undefined;
  /** A published model by its repository id (case-insensitive, with or without the owner where that is unique). */
  model(id: string): ModelShape | undefined;
  /** A public data set by its id, or by the short name that libraries give it. */
  dataSet(id: string): DataSet | undefined;
  offersOf(acceleratorId: string): readonly Offer[];
  /** Offers of an instance type, every region and market. `ml.p5.48xlarge` is SageMaker's machine, with its own price, never the EC2 one. */
  instance(type: string): readonly Offer[];
  /** What is in an instance type, whether or not its price is known: `ml.` types hold what the EC2 type of that name holds. */
  hardware(type: string): InstanceHardware | undefined;
  /** The day of the newest price of accelerators: what is a year older is stale. */
  readonly newestPrice: string;
  /** Hosted models by exact name. */
  readonly hostedBook: HostedBook;
}

/** The accelerators in one machine of a type, and who sells it. */
export interface InstanceHardware {
  readonly acceleratorId: string;
  readonly acceleratorCount: number;
  readonly provider: string;
  readonly source: string;
}

/** A team's own prices for accelerators and for hosted models. */
export interface OwnPrices extends OwnRates {
  readonly hosted?: readonly HostedPrice[];
}

/** Lower-case letters and digits of a written name; `nvidia`, `tesla`, `gpu` in front say nothing. */
export const nameKey = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
    .replace(/^(nvidia|tesla|gpu|amd|google)+/, '');

/** The catalog of the tables, with a team's own prices in it: those win. */
export function createCatalog(tables: Tables, own: OwnPrices = {}): Catalog {
  const offers = once(() => withOwnOffers(tables.offers, own));
  const hosted = once(() => [...(own.hosted ?? []).map((row) => ({ ...row, own: true })), ...tables.hosted]);
  const byName = once(() => {
    const chips = new Map<string, Accelerator>();
    for (const chip of tables.accelerators)
      for (const name of [chip.id, chip.name, ...chip.aliases]) if (!chips.has(nameKey(name))) chips.set(nameKey(name), chip);
    return chips;
  });
  const byModel = once(() => modelsByName(tables.models));
  const byInference = once(() => new Map(tables.inferenceModels.flatMap(({ model, names }) => names.map((name) => [nameKey(name), model] as const))));
  const sampleModels = once(() => tables.sampleModels.map((row): SampleModel => ({ ...row, pattern: new RegExp(row.pattern, 'i') })));
  let sampled: { readonly name: string; readonly matches: readonly SampleModel[] } | undefined;
  const byDataSet = once(() => new Map(tables.dataSets.flatMap((one) => [one.id, ...one.aliases].map((name) => [name.toLowerCase(), one] as const))));
  const byChip = once(() => grouped(offers(), (offer) => offer.acceleratorId));
  const byInstance = once(() => grouped(offers(), (offer) => offer.instance.toLowerCase()));
  const ofType = (type: string) => byInstance().get(type.trim().toLowerCase()) ?? [];
  const newestPrice = once(() => newestOf(offers()));
  const book = once(() => hostedBook(hosted()));
  return {
    get accelerators() {
      return tables.accelerators;
    },
    get models() {
      return tables.models;
    },
    get offers() {
      return offers();
    },
    get hosted() {
      return hosted();
    },
    get carbon() {
      return tables.carbon;
    },
    get storage() {
      return tables.storage;
    },
    get cpus() {
      return tables.cpus;
    },
    get requestShapes() {
      return tables.requestShapes;
    },
    get newestPrice() {
      return newestPrice();
    },
    get hostedBook() {
      return book();
    },
    inferenceModel: (name) => byInference().get(nameKey(name)) ?? byInference().get(nameKey(name.split('/').at(-1) ?? '')),
    sampleModel: (name, imageSize) => {
      // One workload is estimated on many accelerators.
      if (sampled?.name !== name) sampled = { name, matches: sampleModels().filter((model) => model.pattern.test(name)) };
      const { matches } = sampled;
      const off = (model: SampleModel) => (imageSize === undefined || model.imageSize === undefined ? 0 : Math.abs(Math.log(model.imageSize / imageSize)));
      return matches.toSorted((a, b) => off(a) - off(b))[0];
    },
    accelerator: (name) => byName().get(nameKey(name)),
    model: (id) => byModel().get(id.toLowerCase()),
    dataSet: (id) => byDataSet().get(id.toLowerCase()),
    offersOf: (id) => byChip().get(id) ?? [],
    instance: ofType,
    hardware: (type) => {
      const offer = ofType(type)[0] ?? ofType(type.trim().toLowerCase().replace(/^ml\./, ''))[0];
      if (!offer) return undefined;
      return { acceleratorId: offer.acceleratorId, acceleratorCount: offer.acceleratorCount, provider: offer.provider, source: offer.source };
    },
  };
}

function newestOf(offers: readonly Offer[]): string {
  let newest = '';
  for (const { asOf } of offers) if (asOf > newest) newest = asOf;
  return newest;
}
function modelsByName(models: readonly ModelShape[]): ReadonlyMap<string, ModelShape | undefined> {
  const found = new Map<string, ModelShape | undefined>(models.map((model) => [model.id.toLowerCase(), model]));
  const written = new Set(found.keys());
  for (const model of models) {
    const bare = model.id.toLowerCase().split('/').at(-1) ?? '';
    if (!model.id.includes('/') || written.has(bare)) continue;
    found.set(bare, found.has(bare) ? undefined : model); // a bare name that two owners use names neither
  }
  return found;
}
function grouped(offers: readonly Offer[], key: (offer: Offer) => string): ReadonlyMap<string, readonly Offer[]> {
  const groups = new Map<string, Offer[]>();
  for (const offer of offers) {
    const group = key(offer);
    const list = groups.get(group);
    if (list) list.push(offer);
    else groups.set(group, [offer]);
  }
  return groups;
}
