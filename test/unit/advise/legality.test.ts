import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Rulings } from '../../../server/src/core/advise/legality.js';
import { shippedCatalog } from '../../support/catalog.js';

const catalog = shippedCatalog();
const rulings = new Rulings(readFileSync(new URL('../../../server/data/legality.csv', import.meta.url), 'utf8'));

test.each([
  ['precision', 'bf16', 't4', 'transformers', 'refused'],
  ['precision', 'bf16', 'v100-sxm2-32gb', 'transformers', 'refused'],
  ['precision', 'bf16', 'a100-sxm-80gb', 'transformers', 'native'],
  ['precision', 'bf16', 'mi300x', 'transformers', 'native'],
  ['precision', 'fp16', 't4', 'transformers', 'native'],
  ['precision', 'fp8', 'a100-sxm-80gb', 'transformers', 'refused'],
  ['precision', 'fp8', 'h100-sxm-80gb', 'transformers', 'native'],
  ['quantization', 'fp8', 'h100-sxm-80gb', 'vllm', 'native'],
  ['quantization', 'fp8', 'l4', 'vllm', 'native'],
  ['quantization', 'fp8', 'a100-sxm-80gb', 'vllm', 'fallback'],
  ['quantization', 'fp8', 't4', 'vllm', 'refused'],
  ['quantization', 'awq', 't4', 'vllm', 'fallback'],
  ['quantization', 'awq', 'v100-sxm2-32gb', 'vllm', 'refused'],
  ['quantization', 'awq', 'mi300x', 'vllm', undefined],
  ['quantization', 'fp8', 'h100-sxm-80gb', 'some-engine', undefined],
  ['kv_cache_dtype', 'fp8', 'a10g', 'vllm', 'fallback'],
  ['kv_cache_dtype', 'fp8_e5m2', 'h100-sxm-80gb', 'sglang', 'native'],
  ['flash_attention', true, 't4', 'transformers', 'refused'],
  ['flash_attention', true, 'l4', 'transformers', 'native'],
  ['optimizer', 'paged_adamw_8bit', 't4', 'transformers', 'native'],
  ['compile', true, 'p100-pcie-16gb', 'pytorch', 'refused'],
  ['compile', true, 'mi300x', 'pytorch', 'native'],
  // TGI computes in 16 bits on Ada, whatever the chip has.
  ['quantization', 'fp8', 'l4', 'tgi', 'fallback'],
  ['quantization', 'fp8', 'h100-sxm-80gb', 'tgi', 'native'],
  ['kv_cache_dtype', 'fp8_e4m3fn', 'a100-sxm-80gb', 'tgi', 'fallback'],
  ['quantization', 'fp8', 'a100-sxm-80gb', 'tensorrt-llm', 'refused'],
  ['quantization', 'fp8', 'l40s', 'tensorrt-llm', 'native'],
  ['quantization', 'int8', 't4', 'vllm', 'native'],
  ['kv_cache_dtype', 'fp8', 't4', 'vllm', undefined],
  ['precision', 'fp16', 'p100-pcie-16gb', 'transformers', 'native'],
] as const)('%s=%s on %s with %s is %s', (setting, value, id, engine, answer) => {
  const chip = catalog.accelerator(id);
  expect(chip, id).toBeDefined();
  const ruling = chip && rulings.of(setting, value, chip, engine);
  expect(ruling?.answer).toBe(answer);
  if (ruling) expect(ruling.source).not.toBe('');
  if (ruling?.answer === 'fallback' || ruling?.answer === 'refused') expect(ruling.reason).not.toBe('');
});

test.each([
  ['kv_cache_dtype', 'fp8_e4m3fn', 'h100-sxm-80gb', [2, 1, 0], 'refused'],
  ['kv_cache_dtype', 'fp8_e4m3fn', 'h100-sxm-80gb', [2, 4], 'fallback'],
  ['kv_cache_dtype', 'fp8_e4m3fn', 'h100-sxm-80gb', undefined, 'fallback'],
  ['quantization', 'fp8', 'h100-sxm-80gb', [1, 4, 5], 'refused'],
  ['quantization', 'fp8', 'a100-sxm-80gb', [2, 1, 1], 'refused'],
  ['quantization', 'fp8', 'h100-sxm-80gb', [2, 1, 1], 'native'],
  ['quantization', 'fp8', 'a100-sxm-80gb', [3, 3, 7], 'fallback'],
] as const)('%s=%s on %s with TGI %j is %s', (setting, value, id, release, answer) => {
  const chip = catalog.accelerator(id);
  expect(chip && rulings.of(setting, value, chip, 'tgi', release)?.answer).toBe(answer);
});

test.each([
  ['quantization', 'fp8', 'h100-sxm-80gb', [0, 1, 16], 'refused'],
  ['quantization', 'fp8', 'h100-sxm-80gb', [0, 1, 17], 'native'],
  ['quantization', 'fp8', 'a100-sxm-80gb', [0, 1, 18], 'refused'],
  ['quantization', 'fp8', 'a100-sxm-80gb', [0, 1, 19], 'fallback'],
  ['kv_cache_dtype', 'fp8_e5m2', 'h100-sxm-80gb', [0, 2, 13], 'refused'],
  ['kv_cache_dtype', 'fp8_e5m2', 'h100-sxm-80gb', [0, 4, 1], 'native'],
  ['kv_cache_dtype', 'fp8_e5m2', 'a100-sxm-80gb', undefined, 'fallback'],
] as const)('%s=%s on %s with SGLang %j is %s', (setting, value, id, release, answer) => {
  const chip = catalog.accelerator(id);
  expect(chip && rulings.of(setting, value, chip, 'sglang', release)?.answer).toBe(answer);
});
