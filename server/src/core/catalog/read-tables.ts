import { readCsv } from './csv.js';
import { hostedPrice } from './hosted.js';
import { instanceOffers, serverlessOffer } from './offers.js';
import type { InferenceRow, SampleRow, Tables } from './tables.js';
import type { Accelerator, Cpu, DataSet, GridCarbon, LayerMix, ModelShape, RequestShape } from './types.js';

/** Texts of `server/data`, by file name. A missing one is an empty table, which makes its answers unknown. */
export type CatalogTexts = Readonly<Record<string, string>>;
export const catalogFiles = [
  'accelerators.csv',
  'instances.csv',
  'models.csv',
  'model_layers.csv',
  'region_carbon.csv',
  'serverless.csv',
  'storage_egress.csv',
  'hosted_prices.csv',
  'cpus.csv',
  'inference_models.csv',
  'inference_workloads.csv',
  'sample_models.csv',
  'data_sets.csv',
  'checkpoint_formats.csv',
] as const;

const num = (cell: string | undefined): number | undefined => (cell === undefined ? undefined : Number(cell));
const defined = <T extends object>(record: T): T => Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as T;

const kindsOf = (row: Record<string, string>): LayerMix => ({
  attention: Number(row['attention_layers']),
  recurrent: Number(row['state_layers']),
  dense: Number(row['dense_layers']),
  routed: Number(row['expert_layers']),
  width: Number(row['state_width']),
  depth: Number(row['state_dim']),
  elementBytes: Number(row['state_bytes']),
  convolution: Number(row['convolution']),
});

/** The rows of the data texts. The build does this once; a running product takes them up as `unpackTables` gives them. */
export function readTables(texts: CatalogTexts): Tables {
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
  const stored = new Map(
    rows('checkpoint_formats.csv').map((row) => [row['id'], { weights: row['weights'] ?? '', expertsOnly: row['experts_only'] === 'true' }]),
  );
  const kinds = new Map(rows('model_layers.csv').map((row) => [row['id'], kindsOf(row)]));
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
        kinds: kinds.get(row['id']),
        modality: row['modality'] ?? 'text',
        dtype: row['torch_dtype'],
        stored: stored.get(row['id']),
        forwardGmacs: num(row['forward_gmacs']),
        ...sourced(row),
      }) as ModelShape,
  );
  const offers = [...rows('instances.csv').flatMap(instanceOffers), ...rows('serverless.csv').flatMap(serverlessOffer)];
  const hosted = rows('hosted_prices.csv').flatMap(hostedPrice);
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
  const inferenceModels = rows('inference_models.csv').map((row) => {
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
    });
    return { model, names: [model.name, ...(row['aliases'] ?? '').split(';').filter(Boolean)] } as InferenceRow;
  });
  const sampleModels = rows('sample_models.csv').map(
    (row) =>
      defined({
        id: row['id'] ?? '',
        pattern: row['pattern'] ?? '$^',
        kind: row['kind'] ?? 'convolution',
        imageSize: num(row['image_size']),
        paramsM: num(row['params_m']),
        gmacs: Number(row['gmacs']),
        activationsM: num(row['activations_m']),
        keptM: num(row['kept_m']),
        frozenGmacs: num(row['frozen_gmacs']),
        usualBatch: num(row['usual_batch']),
        ...sourced(row),
      }) as SampleRow,
  );
  const dataSets = rows('data_sets.csv').map(
    (row): DataSet => ({
      id: row['id'] ?? '',
      aliases: (row['aliases'] ?? '').split(';').filter(Boolean),
      split: row['split'] ?? 'train',
      rows: Number(row['rows']),
      ...sourced(row),
    }),
  );
  return { accelerators, models, offers, hosted, carbon, storage, cpus, requestShapes, inferenceModels, sampleModels, dataSets };
}
