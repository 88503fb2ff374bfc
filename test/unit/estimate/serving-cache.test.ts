import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { reportedGib } from '../../../server/src/core/estimate/reported-memory.js';
import { estimateServing } from '../../../server/src/core/estimate/serving/index.js';
import { before, releaseOf } from '../../../server/src/core/estimate/serving/version.js';
import type { FactValue } from '../../../server/src/core/model/fact.js';
import { shippedCatalog } from '../../support/catalog.js';

const coefficients = JSON.parse(readFileSync(new URL('../../../server/data/coefficients.json', import.meta.url), 'utf8'));
const context = { catalog: shippedCatalog(), coefficients };
const estimates = (facts: Record<string, FactValue>) => estimateServing({ kind: 'serving', facts: { task: 'llm', gpus: 1, ...facts } }, context).estimates;
const tokens = (facts: Record<string, FactValue>): number => estimates(facts)['kv_capacity_tokens']?.likely ?? Number.NaN;

const llama = {
  model: 'meta-llama/Llama-3.1-8B-Instruct',
  engine: 'vllm',
  engine_version: '0.19.0',
  weights: 'bf16',
  gpu_type: 'a100-sxm-40gb',
  max_model_len: 32768,
};

describe('what the cache holds', () => {
  it('is what the share leaves beside weights and workspace, over the bytes of a token', () => {
    const capacity = estimates(llama)['kv_capacity_tokens'];
    const part = (id: string) => capacity?.term?.children?.find((child) => child.id === id)?.value ?? Number.NaN;
    expect(capacity?.unit).toBe('tokens');
    expect(capacity?.likely).toBeCloseTo(((part('budget') - part('weights') - part('workspace')) * 2 ** 30) / (2 * 32 * 8 * 128 * 2), 0);
    expect(part('budget')).toBeLessThan(40 * 0.9);
  });

  it('doubles where the cache has half the bytes', () => {
    expect(tokens({ ...llama, kv_cache_dtype: 'fp8' }) / tokens(llama)).toBeCloseTo(2, 6);
  });

  it.each([
    ['a smaller share of the device', { gpu_mem_util: 0.8 }],
    ['more tokens in the start-up run', { max_num_batched_tokens: 32768 }],
    ['more sequences in the start-up run', { max_num_seqs: 1024 }],
    ['an older engine, which measures the longest sequence', { engine_version: '0.6.4' }],
    ['an older one still, which counts what the allocator has reserved', { engine_version: '0.5.0' }],
  ])('shrinks with %s', (_name, facts) => {
    expect(tokens({ ...llama, ...facts })).toBeLessThan(tokens(llama));
  });

  it('is not told where the weights take all', () => {
    expect(estimates({ ...llama, model: 'meta-llama/Llama-3.1-70B-Instruct' })['kv_capacity_tokens']).toBeUndefined();
  });

  it('counts the windows of a hybrid model once the engine gives their rest back', () => {
    const gemma = { ...llama, model: 'google/gemma-2-9b-it', max_model_len: 8192 };
    expect(tokens(gemma)).toBeGreaterThan(1.2 * tokens({ ...gemma, engine_version: '0.9.0' }));
  });

  it('is known less well where weights leave little room', () => {
    const width = (facts: Record<string, FactValue>) => {
      const { low, high } = estimates(facts)['kv_capacity_tokens'] ?? { low: 1, high: 1 };
      return high / low;
    };
    expect(width({ ...llama, model: 'Qwen/Qwen3-14B', max_model_len: 4096 })).toBeGreaterThan(2 * width(llama));
  });

  it('holds sequences of the length that is stated', () => {
    const found = estimates({ ...llama, input_tokens: 1000, output_tokens: 1000 });
    expect(found['max_concurrency']?.likely).toBe(Math.floor((found['kv_capacity_tokens']?.likely ?? 0) / 2000));
  });

  it('follows what an engine takes its share of: the device, without or with its workspace, or what is free', () => {
    const of = (engine: string) => tokens({ ...llama, engine, engine_version: '1.0', gpu_mem_util: 0.8 });
    expect(of('sglang')).toBeGreaterThan(of('vllm'));
    expect(of('lmdeploy')).toBeGreaterThan(of('vllm'));
    expect(of('lmdeploy')).toBeCloseTo(of('tensorrt-llm'), 6);
  });
});

test.each([
  ['t4', 14.3, 14.8],
  ['l4', 21.9, 22.3],
  ['a40', 44.2, 44.6],
  ['rtx-3090', 23.4, 23.7],
  ['a100-sxm-80gb', 79, 79.4],
  ['h200-sxm-141gb', 139.5, 140],
  ['gb10', 115, 120],
])('the driver reports less than is printed: %s', (id, low, high) => {
  const chip = context.catalog.accelerator(id);
  const reported = chip && reportedGib(chip);
  expect(reported).toBeGreaterThan(low);
  expect(reported).toBeLessThan(high);
});

test.each([
  ['0.6.2', [0, 6, 3], true],
  ['v0.6.3.post1', [0, 6, 3], false],
  ['0.10.2', [0, 8], false],
  ['4.38', [4, 45], true],
  ['newest', [1], false],
] as const)('release %s is before %s: %s', (text, other, expected) => {
  expect(before(releaseOf(text), other)).toBe(expected);
});
