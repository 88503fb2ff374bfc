import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Catalog } from '../../../server/src/core/catalog/catalog.js';
import type { Coefficients } from '../../../server/src/core/estimate/coefficients.js';
import { estimateServing } from '../../../server/src/core/estimate/serving/index.js';
import type { FactValue } from '../../../server/src/core/model/fact.js';
import { shippedCatalog } from '../../support/catalog.js';

const catalog = shippedCatalog();
const coefficients = JSON.parse(readFileSync(new URL('../../../server/data/coefficients.json', import.meta.url), 'utf8')) as Coefficients;

const pick = (...values: readonly FactValue[]) => fc.constantFrom(...values);
const anything: fc.Arbitrary<FactValue> = fc.oneof(fc.integer(), fc.double(), fc.string(), fc.boolean());
const usual = {
  task: pick('llm', 'vision', 'embedding', 'speech', 'diffusion', 'other', 'nonsense'),
  model: pick(
    'meta-llama/Llama-2-7b-hf',
    'mistralai/Mixtral-8x7B-v0.1',
    'deepseek-ai/DeepSeek-V3',
    'resnet50',
    'bert-base-uncased',
    'openai/whisper-small',
    'SDXL-base-1.0',
    'acme/x-3b',
    'x',
  ),
  gpu_type: pick('a100', 't4', 'h100-sxm-80gb', 'm2-ultra', 'cpu:Intel(R) Xeon(R) Platinum 8592+', 'inferentia2', 'jetson-agx-orin-64gb', 'potato'),
  engine: pick('vllm', 'llama.cpp', 'transformers', 'tensorrt', 'exllamav2', 'potato'),
  weights: pick('bf16', 'fp8', 'q4_k_m', 'nf4', 'w4a16-awq', 'int8', 'exl2-4.0bpw', 'potato'),
};
const numbers = [
  'gpus',
  'batch_size',
  'concurrency',
  'request_rate',
  'input_tokens',
  'output_tokens',
  'max_model_len',
  'tensor_parallel',
  'pipeline_parallel',
  'gpu_mem_util',
  'params',
  'n_layer',
  'n_kv_head',
  'image_size',
  'num_beams',
  'audio_s',
  'inference_steps',
  'n_experts',
  'max_num_seqs',
  'data_parallel',
];
const facts = fc
  .record(
    {
      ...Object.fromEntries(
        Object.entries(usual).map(([name, values]) => [name, fc.oneof({ weight: 8, arbitrary: values }, { weight: 1, arbitrary: anything })]),
      ),
      ...Object.fromEntries(
        numbers.map((name) => [
          name,
          fc.oneof({ weight: 6, arbitrary: fc.integer({ min: 0, max: 1 << 20 }) as fc.Arbitrary<FactValue> }, { weight: 1, arbitrary: anything }),
        ]),
      ),
      mode: pick('latency', 'offline-max', 'online', 'x'),
    },
    { requiredKeys: [] },
  )
  .map((record) => record as Record<string, FactValue>);

describe('whatever the facts', () => {
  it('answers finite positive ordered intervals whose term is the likely value, and never throws', () => {
    fc.assert(
      fc.property(facts, (record) => {
        for (const used of [coefficients, { training: {}, serving: {} }]) {
          for (const estimate of Object.values(estimateServing({ kind: 'serving', facts: record }, { catalog, coefficients: used }).estimates)) {
            expect(Number.isFinite(estimate.high) && estimate.low > 0).toBe(true);
            expect(estimate.low).toBeLessThanOrEqual(estimate.likely);
            expect(estimate.likely).toBeLessThanOrEqual(estimate.high);
            expect(estimate.term?.value).toBe(estimate.likely);
          }
        }
      }),
      { numRuns: 400, seed: 20260701 },
    );
  });

  it('a faster memory never decodes slower', () => {
    const scaled = (factor: number): Catalog => {
      const chip = catalog.accelerator('a100-sxm-80gb');
      if (chip === undefined) throw new Error('the table lacks the A100');
      const faster = { ...chip, memoryBandwidthGbps: (chip.memoryBandwidthGbps ?? 0) * factor };
      return { ...catalog, accelerator: () => faster };
    };
    fc.assert(
      fc.property(
        fc.double({ min: 0.1, max: 10, noNaN: true }),
        fc.integer({ min: 1, max: 512 }),
        usual.engine,
        usual.weights,
        (factor, batch, engine, weights) => {
          const rate = (book: Catalog) =>
            estimateServing(
              {
                kind: 'serving',
                facts: {
                  task: 'llm',
                  model: 'meta-llama/Llama-2-7b-hf',
                  gpu_type: 'a100',
                  gpus: 1,
                  engine,
                  weights,
                  batch_size: batch,
                  input_tokens: 100,
                  output_tokens: 100,
                },
              },
              { catalog: book, coefficients },
            ).estimates['decode_tokens_per_s']?.likely ?? Number.NaN;
          expect(rate(scaled(factor * 1.5))).toBeGreaterThanOrEqual(rate(scaled(factor)) * (1 - 1e-9));
        },
      ),
      { numRuns: 100, seed: 20260701 },
    );
  });

  it('memory grows with the batch and with the length', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 64 }), fc.integer({ min: 1, max: 8192 }), (batch, length) => {
        const peak = (batch_size: number, input_tokens: number) =>
          estimateServing(
            {
              kind: 'serving',
              facts: {
                task: 'llm',
                model: 'meta-llama/Meta-Llama-3-8B',
                engine: 'transformers',
                engine_version: '4.46',
                weights: 'bf16',
                batch_size,
                input_tokens,
                output_tokens: 16,
              },
            },
            { catalog, coefficients },
          ).estimates['peak_memory_gib']?.likely ?? Number.NaN;
        expect(peak(batch + 1, length)).toBeGreaterThan(peak(batch, length));
        expect(peak(batch, length + 512)).toBeGreaterThan(peak(batch, length));
      }),
      { numRuns: 60, seed: 20260701 },
    );
  });
});
