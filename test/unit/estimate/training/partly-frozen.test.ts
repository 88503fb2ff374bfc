import { describe, expect, it } from 'vitest';
import { estimateOf, llama7b } from './context.js';

const job = { ...llama7b, max_steps: 1000 };
const whole = estimateOf(job);
const frozen = estimateOf({ ...job, frozen_weights: true });
const asked = (estimation: typeof whole): string[] => estimation.unknown.map(({ fact }) => fact);

describe('weights of the model are frozen', () => {
  it('and nobody says how many train: the interval spans from all of them to the last layer alone, and the number is asked for', () => {
    for (const name of ['peak_memory_gib', 'gpu_hours', 'tokens_per_s_per_gpu', 'step_time_s']) {
      const [all, some] = [whole.estimates[name]!, frozen.estimates[name]!];
      expect(some.low, name).toBeLessThanOrEqual(all.low);
      expect(some.high, name).toBeGreaterThanOrEqual(all.high);
      expect(some.low, name).toBeLessThan(some.likely);
      expect(some.likely, name).toBeLessThan(some.high);
    }
    // neither gradients nor states of what is frozen: 2 of 16 bytes a parameter are left, and activations
    expect(frozen.estimates['peak_memory_gib']!.low).toBeLessThan(0.7 * whole.estimates['peak_memory_gib']!.low);
    // no pass back: at most a third of the time
    expect(frozen.estimates['gpu_hours']!.low).toBeLessThan(0.5 * whole.estimates['gpu_hours']!.low);
    expect(asked(frozen)).toContain('trainable_params');
    expect(asked(whole)).not.toContain('trainable_params');
  });
  it.each([
    ['the number is stated', { frozen_weights: true, trainable_params: 20e6 }],
    ['adapters are trained', { frozen_weights: true, finetune_method: 'lora', lora_rank: 16 }],
    ['an option says that they are not', { frozen_weights: false }],
  ])('%s: nothing is open', (_, facts) => {
    expect(asked(estimateOf({ ...job, ...facts }))).not.toContain('trainable_params');
  });
  it('a stated number of trained weights needs the memory of those alone', () => {
    const few = estimateOf({ ...job, frozen_weights: true, trainable_params: 20e6 }).estimates['peak_memory_gib']!;
    expect(few.likely).toBeLessThan(whole.estimates['peak_memory_gib']!.likely);
  });
});
