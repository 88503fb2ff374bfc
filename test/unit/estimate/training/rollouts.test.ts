import { describe, expect, it } from 'vitest';
import { estimate } from '../../../../server/src/core/estimate/estimate.js';
import type { Estimation } from '../../../../server/src/core/model/estimate.js';
import { context, type Facts } from './context.js';

const training = (facts: Facts): Estimation => estimate({ kind: 'training', facts }, context);
const hoursOf = (facts: Facts) => training(facts).estimates['gpu_hours']!;
const grpo: Facts = {
  framework: 'verl',
  model: 'Qwen/Qwen2.5-7B',
  gpu_type: 'h100-sxm-80gb',
  gpu_count: 8,
  global_batch_size: 1024,
  num_generations: 8,
  epochs: 2,
  dataset_size: 8000,
  seq_len: 1024,
  max_tokens: 4096,
  grad_ckpt: true,
  precision: 'bf16',
};

describe('published rounds of trainings that generate their samples', () => {
  it.each<[source: string, facts: Facts, gpuHours: number]>([
    ['SimpleRL-Zoo README: 7B, 100 rounds of 1,024 prompts, 16 H100, about 15 h', { ...grpo, num_nodes: 2, max_steps: 100, max_tokens: 8192 }, 240],
    ['SimpleRL-Zoo README: 32B, 64 H100, about 36 h', { ...grpo, model: 'Qwen/Qwen2.5-32B', num_nodes: 8, max_steps: 100, max_tokens: 8192 }, 2300],
    [
      'verl pull request 7833: 9B on GSM8K, 8 B200, 83 to 88 s a step',
      { ...grpo, model: 'Qwen/Qwen3-8B', gpu_type: 'b200', num_generations: 5, max_steps: 6, seq_len: 512, max_tokens: 1024 },
      (6 * 85 * 8) / 3600,
    ],
  ])('%s', (_, { epochs: _epochs, dataset_size: _size, ...facts }, gpuHours) => {
    const { low, likely, high } = hoursOf(facts);
    expect(low).toBeLessThan(gpuHours);
    expect(high).toBeGreaterThan(gpuHours);
    expect(Math.abs(Math.log(likely / gpuHours))).toBeLessThan(Math.log(2));
  });
});

describe('a training that generates its samples', () => {
  it('makes as many of a prompt as are stated, and trains on all of them', () => {
    expect(hoursOf({ ...grpo, num_generations: 16 }).likely / hoursOf(grpo).likely).toBeCloseTo(2, 0);
  });
  it('is dearer than its steps alone, and says what the rest is', () => {
    const { likely, term } = hoursOf(grpo);
    const parts = Object.fromEntries(term!.children!.map(({ id, value }) => [id, value]));
    expect(parts['generation']).toBeGreaterThan(0.2 * likely);
    expect(Object.values(parts).reduce((sum, one) => sum + one, 0)).toBeCloseTo(likely, 6);
  });
  it('a batch counts samples, or prompts where the framework has it so', () => {
    const { epochs: _epochs, dataset_size: _size, ...facts }: Facts = { ...grpo, max_steps: 50 };
    expect(hoursOf(facts).likely / hoursOf({ ...facts, framework: 'trl' }).likely).toBeGreaterThan(5);
  });
  it('answers of a stated length are no guess', () => {
    const [open, stated] = [hoursOf(grpo), hoursOf({ ...grpo, output_tokens: 800 })];
    expect(stated.high / stated.low).toBeLessThan(0.7 * (open.high / open.low));
  });
  it('degrees of the engine are not the trainer’s', () => {
    const memory = (facts: Facts) => training(facts).estimates['peak_memory_gib']!.likely;
    expect(memory({ ...grpo, tensor_parallel: 4, batch_size: 4 })).toBe(memory({ ...grpo, batch_size: 4 }));
    expect(memory({ ...grpo, tensor_parallel: 4, pipeline_parallel: 2, batch_size: 4 })).not.toBe(memory({ ...grpo, pipeline_parallel: 2, batch_size: 4 }));
  });
  it('without an engine that batches, generation takes most of the time', () => {
    const small: Facts = { ...grpo, framework: 'trl', model: 'Qwen/Qwen2.5-0.5B', gpu_count: 1, batch_size: 8, grad_accum: 1 };
    const { global_batch_size: _batch, ...facts } = small;
    expect(hoursOf({ ...facts, rollout_engine: 'transformers' }).likely / hoursOf({ ...facts, rollout_engine: 'vllm' }).likely).toBeGreaterThan(2);
  });
  it('devices that generate alone wait for those that train, and these for them', () => {
    const shared = hoursOf({ ...grpo, framework: 'openrlhf' });
    const apart = hoursOf({ ...grpo, framework: 'openrlhf', gpus: 16, gpu_count: 8, rollout_gpus: 8 });
    expect(apart.likely / shared.likely).toBeGreaterThan(1.5);
    expect(apart.term!.children!.reduce((sum, { value }) => sum + value, 0)).toBeCloseTo(apart.likely, 6);
  });
  it('an engine beside the trainer keeps its share of the memory', () => {
    const peak = (facts: Facts) => training({ ...grpo, model: 'Qwen/Qwen2.5-0.5B', batch_size: 8, ...facts }).estimates['peak_memory_gib']!;
    const [alone, beside] = [peak({ framework: 'trl', rollout_engine: 'transformers' }), peak({ framework: 'trl', rollout_engine: 'vllm', gpu_mem_util: 0.5 })];
    expect(beside.likely - alone.likely).toBeGreaterThan(35);
    expect(beside.low).toBe(alone.low);
    expect(peak({ rollout_engine: 'vllm', gpu_mem_util: 0.5 }).likely).toBe(peak({}).likely);
  });
  it('with a value model it trains two', () => {
    const parts = (group: number) => hoursOf({ ...grpo, num_generations: group }).term!.children!.map(({ id }) => id);
    expect([parts(1).includes('value-model'), parts(8).includes('value-model')]).toEqual([true, false]);
  });
  it('without the longest answer the hours are asked for, not taken for those of the steps', () => {
    const { max_tokens: _tokens, ...facts }: Facts = { ...grpo, framework: 'trl' };
    const { estimates, unknown } = training(facts);
    expect([estimates['gpu_hours'], estimates['usd']]).toEqual([undefined, undefined]);
    expect(unknown.map(({ fact }) => fact)).toContain('max_tokens');
  });
  it('preference pairs have answers too, and generate none', () => {
    const { num_generations: _group, ...facts }: Facts = { ...grpo, framework: 'trl' };
    expect(hoursOf(facts).term!.children!.map(({ id }) => id)).not.toContain('generation');
  });
});
