import { describe, expect, it } from 'vitest';
import { distance, expectedDistances, waysOf } from '../../../../server/src/core/estimate/training/intervals.js';
import { estimateOf, type Facts, jobOf, llama7b } from './context.js';

const width = (facts: Facts, name: string): number => {
  const { low, high } = estimateOf(facts).estimates[name] ?? { low: Number.NaN, high: Number.NaN };
  return high / low;
};
const without = (...names: readonly string[]): Facts => Object.fromEntries(Object.entries(llama7b).filter(([name]) => !names.includes(name)));

describe('how far a job lies from what was measured', () => {
  it('is nowhere for a fully stated job of a usual kind', () => {
    expect(waysOf(jobOf(llama7b), 'speed')).toEqual([]);
    expect(distance(jobOf(llama7b), 'speed', expectedDistances)).toBe(1);
  });
  it.each([
    ['framework', ['framework'], ['speed:framework', 'speed:own']],
    ['batch', ['batch_size', 'grad_accum'], ['speed:batch']],
    ['recomputation', ['grad_ckpt'], ['speed:recomputation']],
    ['precision', ['precision'], ['speed:precision']],
    ['length', ['seq_len'], ['speed:length']],
  ])('grows by the %s that nobody states', (_, names, ways) => expect(waysOf(jobOf(without(...names)), 'speed')).toEqual(ways));
  it('is the product of its ways, as fitted, else as expected', () => {
    const job = jobOf(without('precision', 'grad_ckpt'));
    expect(distance(job, 'speed', { 'speed:precision': 2, 'speed:recomputation': 3 })).toBe(6);
    expect(distance(job, 'speed', { 'speed:precision': 2 })).toBeCloseTo(2 * 1.1, 9);
  });
  it.each(['tokens_per_s_per_gpu', 'peak_memory_gib'])('never narrows %s where less is stated', (name) => {
    const whole = width(llama7b, name);
    for (const names of [['framework'], ['precision'], ['grad_ckpt'], ['seq_len']])
      expect(width(without(...names), name)).toBeGreaterThanOrEqual(whole * 0.999);
    expect(width(without('framework', 'precision', 'grad_ckpt', 'seq_len'), name)).toBeGreaterThan(whole);
  });
});
