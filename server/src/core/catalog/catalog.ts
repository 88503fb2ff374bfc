import { readCsv } from './csv.js';
import { type HostedBook, hostedBook, hostedPrice } from './hosted.js';
import { instanceOffers, type OwnRates, serverlessOffer, withOwnOffers } from './offers.js';
import type { Accelerator, Cpu, GridCarbon, HostedPrice, InferenceModel, ModelShape, Offer, RequestShape, SampleModel, StoragePrice } from './types.js';

/** Texts of `server/data`, by file name. A missing one is an empty table, which makes its answers unknown. */
export type CatalogTexts = Readonly<Record<string, string>>;
export const catalogFiles = [
  'accelerators.csv',
  'instances.csv',
  'models.csv',
  'region_carbon.csv',
  'serverless.csv',
  'storage_egress.csv',
  'hosted_prices.csv',
  'cpus.csv',
  'inference_models.csv',
  'inference_workloads.csv',
  'sample_models.csv',
] as const;

/** Look-up of accelerators, models and prices; plain data, built once. */
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

const num = (cell: string | undefined): number | undefined => (cell === undefined ? undefined : Number(cell));
const defined = <T extends object>(record: T): T => Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as T;

/** The catalog of the data texts, with a team's own prices in it: those win. */
export function createCatalog(texts: CatalogTexts, own: OwnPrices = {}): Catalog {
  const rows = (name: (typeof catalogFiles)[number]) => readCsv(texts[name] ?? '');
  const sourced = (row: Record<string, string>) => ({ source: row['source'] ?? 'not stated', asOf: row['as_of'] ?? '' });
  const accelerators = rows('accelerators.csv').map(
    (row) =>
      defined({
        id: row['id'] ?? '',
        name: row['name'] ?? '',
        vendor: row['vendor'] ?? '',
        aliases: (row['aliases'] ?? '').split(';').filter(Boolean),
        architecture: row['architecture'] ?? '',
        computeCapability: num(row['compute_capability']),
        memoryGib: num(row['memory_gib']),
        memoryBandwidthGbps: num(row['memory_bandwidth_gbps']),
        fp32Tflops: num(row['fp32_tflops']),
        tf32Tflops: num(row['tf32_dense_tflops']),
        fp16Tflops: num(row['fp16_dense_tflops']),
        bf16Tflops: num(row['bf16_dense_tflops']),
        fp8Tflops: num(row['fp8_dense_tflops']),
        int8Tops: num(row['int8_dense_tops']),
        fp4Tflops: num(row['fp4_dense_tflops']),
        int4Tops: num(row['int4_dense_tops']),
        interconnectGbps: num(row['interconnect_gbps']),
        pcieGen: num(row['pcie_gen']),
        tdpW: num(row['tdp_w']),
        releaseYear: num(row['release_year']),
        ...sourced(row),
      }) as Accelerator,
  );
  const models = rows('models.csv').map(
    (row) =>
      defined({
        id: row['id'] ?? '',
        family: row['family'] ?? '',
        params: num(row['params_total']),
        paramsActive: num(row['params_active']),
        layers: num(row['layers']),
        hidden: num(row['hidden_size']),
        ffn: num(row['intermediate_size']),
        heads: num(row['attention_heads']),
        kvHeads: num(row['kv_heads']),
        headDim: num(row['head_dim']),
        vocab: num(row['vocab_size']),
        maxPosition: num(row['max_position']),
        tiedEmbeddings: row['tie_embeddings'] === undefined ? undefined : row['tie_embeddings'] === 'true',
        attention: row['attention'],
        slidingWindow: num(row['sliding_window']),
        experts: num(row['experts']),
        expertsPerToken: num(row['experts_per_token']),
        moeFfn: num(row['moe_intermediate_size']),
        kvLoraRank: num(row['kv_lora_rank']),
        modality: row['modality'] ?? 'text',
        dtype: row['torch_dtype'],
        forwardGmacs: num(row['forward_gmacs']),
        ...sourced(row),
      }) as ModelShape,
  );
  const offers = withOwnOffers([...rows('instances.csv').flatMap(instanceOffers), ...rows('serverless.csv').flatMap(serverlessOffer)], own);
  const hosted = [...(own.hosted ?? []).map((row) => ({ ...row, own: true })), ...rows('hosted_prices.csv').flatMap(hostedPrice)];
  const carbon = rows('region_carbon.csv').map(
    (row) =>
      defined({
        provider: row['provider'] ?? '',
        region: row['region'] ?? '',
        gramsPerKwh: num(row['grid_gco2_per_kwh']),
        pue: num(row['pue']),
        ...sourced(row),
      }) as GridCarbon,
  );
  const storage = rows('storage_egress.csv').map((row) => ({
    provider: row['provider'] ?? '',
    service: row['service'] ?? '',
    unit: row['unit'] ?? '',
    region: row['region'] ?? 'any',
    usd: Number(row['price']),
    ...sourced(row),
  }));

  const cpus = rows('cpus.csv').map(
    (row) =>
      defined({
        match: row['match'] ?? '',
        name: row['name'] ?? '',
        cores: Number(row['cores']),
        baseGhz: Number(row['base_ghz']),
        memoryBandwidthGbps: Number(row['memory_bandwidth_gbps']),
        fp32FlopPerCycle: Number(row['fp32_flop_per_cycle']),
        bf16FlopPerCycle: num(row['bf16_flop_per_cycle']),
        int8OpPerCycle: num(row['int8_op_per_cycle']),
        ...sourced(row),
      }) as Cpu,
  );
  const requestShapes = rows('inference_workloads.csv').map(
    (row) =>
      defined({
        match: row['match'] ?? '',
        inputTokens: num(row['input_tokens']),
        outputTokens: num(row['output_tokens']),
        steps: num(row['steps']),
        ...sourced(row),
      }) as RequestShape,
  );
  const byInference = new Map<string, InferenceModel>();
  for (const row of rows('inference_models.csv')) {
    const model = defined({
      name: row['name'] ?? '',
      kind: row['kind'] ?? 'vision',
      params: num(row['params']),
      forwardGmacs: Number(row['forward_gmacs']),
      activationsM: Number(row['activations_m']),
      kernels: Number(row['kernels']),
      imageSize: num(row['image_size']),
      passes: Number(row['passes']),
      calls: Number(row['calls'] ?? 1),
      ...sourced(row),
    }) as InferenceModel;
    for (const name of [model.name, ...(row['aliases'] ?? '').split(';').filter(Boolean)]) byInference.set(nameKey(name), model);
  }
  const sampleModels = rows('sample_models.csv').map(
    (row) =>
      defined({
        id: row['id'] ?? '',
        pattern: new RegExp(row['pattern'] ?? '$^', 'i'),
        kind: (row['kind'] ?? 'convolution') as SampleModel['kind'],
        imageSize: num(row['image_size']),
        paramsM: num(row['params_m']),
        gmacs: Number(row['gmacs']),
        activationsM: num(row['activations_m']),
        keptM: num(row['kept_m']),
        usualBatch: num(row['usual_batch']),
        ...sourced(row),
      }) as SampleModel,
  );

  const byName = new Map<string, Accelerator>();
  for (const chip of accelerators) for (const name of [chip.id, chip.name, ...chip.aliases]) if (!byName.has(nameKey(name))) byName.set(nameKey(name), chip);
  const byModel = new Map<string, ModelShape | undefined>();
  for (const model of models) byModel.set(model.id.toLowerCase(), model);
  for (const model of models) {
    const bare = model.id.toLowerCase().split('/').at(-1) ?? '';
    if (!model.id.includes('/') || models.some((other) => other.id.toLowerCase() === bare)) continue;
    byModel.set(bare, byModel.has(bare) ? undefined : model); // a bare name that two owners use names neither
  }
  const grouped = (key: (offer: Offer) => string) => {
    const groups = new Map<string, Offer[]>();
    for (const offer of offers) {
      const list = groups.get(key(offer));
      if (list) list.push(offer);
      else groups.set(key(offer), [offer]);
    }
    return groups;
  };
  const byChip = grouped((offer) => offer.acceleratorId);
  const byInstance = grouped((offer) => offer.instance.toLowerCase());
  const ofType = (type: string) => byInstance.get(type.trim().toLowerCase()) ?? [];
  let book: HostedBook | undefined;
  return {
    accelerators,
    models,
    offers,
    hosted,
    carbon,
    storage,
    cpus,
    requestShapes,
    inferenceModel: (name) => byInference.get(nameKey(name)) ?? byInference.get(nameKey(name.split('/').at(-1) ?? '')),
    sampleModel: (name, imageSize) => {
      const matches = sampleModels.filter((model) => model.pattern.test(name));
      const off = (model: SampleModel) => (imageSize === undefined || model.imageSize === undefined ? 0 : Math.abs(Math.log(model.imageSize / imageSize)));
      return matches.toSorted((a, b) => off(a) - off(b))[0];
    },
    accelerator: (name) => byName.get(nameKey(name)),
    model: (id) => byModel.get(id.toLowerCase()),
    offersOf: (id) => byChip.get(id) ?? [],
    instance: ofType,
    hardware: (type) => {
      const offer = ofType(type)[0] ?? ofType(type.trim().toLowerCase().replace(/^ml\./, ''))[0];
      if (!offer) return undefined;
      return { acceleratorId: offer.acceleratorId, acceleratorCount: offer.acceleratorCount, provider: offer.provider, source: offer.source };
    },
    newestPrice:
      offers
        .map(({ asOf }) => asOf)
        .sort()
        .at(-1) ?? '',
    get hostedBook() {
      book ??= hostedBook(hosted); // built on first use: most files call no hosted model
      return book;
    },
  };
}
