import { expect, it } from 'vitest';
import { estimate } from '../../../server/src/core/estimate/estimate.js';
import { context } from './training/context.js';

const served = {
  model: 'meta-llama/Llama-3.1-70B-Instruct',
  gpu_type: 'gh200-96gb',
  engine: 'vllm',
  max_model_len: 8192,
  input_tokens: 500,
  output_tokens: 100,
};
const of = (facts: Record<string, string>) => estimate({ kind: 'serving', facts: { ...served, ...facts } }, context);

it('weights that stay in main memory take no room on the device; how fast they come from there is not told', () => {
  const [whole, offloaded] = [of({}), of({ offload: '120 GiB' })];
  expect(whole.estimates['peak_memory_gib']!.low).toBeGreaterThan(96);
  expect(offloaded.estimates['peak_memory_gib']!.high).toBeLessThan(96);
  expect(offloaded.estimates['kv_capacity_tokens']!.likely).toBeGreaterThan(8192);
  expect(Object.keys(offloaded.estimates).filter((name) => /per_s|_ms$/.test(name))).toEqual([]);
  expect(offloaded.unknown.map(({ fact }) => fact)).toContain('offload');
});
it('less than what is missing does not help', () => {
  expect(of({ offload: '10 GiB' }).estimates['peak_memory_gib']!.low).toBeGreaterThan(96);
});
