import { describe, expect, it } from 'vitest';
import { type Facts, jobOf, llama7b } from './context.js';

const without = (facts: Facts, ...names: string[]): Facts => Object.fromEntries(Object.entries(facts).filter(([name]) => !names.includes(name)));
const open = without({ ...llama7b, framework: 'pytorch', gpu_type: 'a100-sxm-40gb' }, 'batch_size', 'grad_accum', 'global_batch_size', 'grad_ckpt');

describe('what nobody states is taken so that the job fits', () => {
  it('a smaller micro-batch first, with the same tokens a step', () => {
    const large = jobOf({ ...open, gpu_type: 'h200-sxm-141gb', seq_len: 2048, global_batch_size: 128 });
    const small = jobOf({ ...open, seq_len: 2048, global_batch_size: 128 });
    expect(small.layout.micro).toBeLessThan(large.layout.micro);
    expect(small.layout.micro * small.layout.accumulation).toBeCloseTo(large.layout.micro * large.layout.accumulation, 6);
    expect(small.assumed.filter(({ fact }) => fact === 'batch_size')).toEqual([
      { fact: 'batch_size', value: small.layout.micro, why: 'not stated: the largest batch that fits', toFit: true },
    ]);
  });
  it('recomputation where one sample does not fit either', () => {
    const job = jobOf({ ...open, seq_len: 16384, global_batch_size: 64 });
    expect(job.layout.micro).toBe(1);
    expect(job.checkpointing).toBe('full');
    expect(job.assumed).toContainEqual({ fact: 'grad_ckpt', value: 'full', why: 'it does not fit otherwise', toFit: true });
  });
  it('but a stated batch and a stated mode stay, fitting or not', () => {
    const job = jobOf({ ...open, seq_len: 16384, batch_size: 8, grad_ckpt: 'none' });
    expect([job.layout.micro, job.checkpointing]).toEqual([8, 'none']);
  });
});

describe('a split that nobody states', () => {
  const lora: Facts = { task: 'lora', model: 'meta-llama/Llama-2-70b-hf', lora_rank: 16, seq_len: 8192, gpus: 16, global_batch_size: 16, framework: 'nemo' };
  it('is inside matrices over a fast link', () => expect(jobOf({ ...lora, gpu_type: 'a100-sxm-40gb' }).layout.tensor).toBeGreaterThan(1));
  it('is by stages where cards have none', () => {
    const { tensor, pipeline } = jobOf({ ...lora, gpu_type: 'l40s' }).layout;
    expect(tensor).toBe(1);
    expect(pipeline).toBeGreaterThan(1);
  });
});
