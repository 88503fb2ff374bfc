import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type EstimateContext, estimate, fitsOf } from '../../../server/src/core/index.js';
import { shippedCatalog } from '../../support/catalog.js';

const coefficients = JSON.parse(readFileSync(new URL('../../../server/data/coefficients.json', import.meta.url), 'utf8'));
const context: EstimateContext = { catalog: shippedCatalog(), coefficients };

test.each([
  ['8B in 16 bits on 80 GiB', { model: 'meta-llama/Llama-3.1-8B-Instruct', gpu_type: 'h100-sxm-80gb' }, 'fits'],
  ['8B in 16 bits on 24 GiB, a short context', { model: 'meta-llama/Llama-3.1-8B-Instruct', gpu_type: 'a10g', max_model_len: 8192 }, 'fits'],
  ['the same with a sequence that the cache may not hold', { model: 'meta-llama/Llama-3.1-8B-Instruct', gpu_type: 'a10g', max_model_len: 34_000 }, 'tight'],
  [
    'the same with a sequence that is larger than the rest',
    { model: 'meta-llama/Llama-3.1-8B-Instruct', gpu_type: 'a10g', max_model_len: 131_072 },
    'does-not-fit',
  ],
  ['the same with the length of the model, which it refuses', { model: 'meta-llama/Llama-3.1-8B-Instruct', gpu_type: 'a10g' }, 'does-not-fit'],
  ['7B in 16 bits on 16 GiB', { model: 'mistralai/Mistral-7B-Instruct-v0.3', gpu_type: 't4', max_model_len: 32_768 }, 'does-not-fit'],
  [
    '70B over four of 24 GiB',
    { model: 'meta-llama/Llama-3.1-70B-Instruct', gpu_type: 'l4', gpu_count: 4, tensor_parallel: 4, max_model_len: 8192 },
    'does-not-fit',
  ],
  [
    '70B over four of 80 GiB',
    { model: 'meta-llama/Llama-3.1-70B-Instruct', gpu_type: 'a100-sxm-80gb', gpu_count: 4, tensor_parallel: 4, max_model_len: 8192 },
    'fits',
  ],
] as const)('an engine that takes its share of the memory at start: %s: %s', (_name, facts, fits) => {
  const estimation = estimate({ kind: 'serving', facts: { framework: 'vllm', gpu_count: 1, ...facts } }, context);
  expect(fitsOf(estimation)).toBe(fits);
  const peak = estimation.estimates['peak_memory_gib'];
  if (fits === 'fits') expect((peak?.high ?? 0) / (peak?.low ?? 1)).toBeLessThan(1.05);
});
