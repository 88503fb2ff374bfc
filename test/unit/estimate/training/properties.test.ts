import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimateOf, type Facts, llama7b } from './context.js';

const stated = fc.record(
  {
    model: fc.constantFrom(
      'meta-llama/Llama-2-7b-hf',
      'mistralai/Mixtral-8x7B-v0.1',
      'ResNet-50',
      'bert-large-uncased',
      'StyleGAN3-T 512x512',
      'acme-3b',
      'nothing',
      '',
    ),
    task: fc.constantFrom('pretrain', 'finetune', 'lora', 'qlora', 'vision', 'diffusion', 'other'),
    gpu_type: fc.constantFrom('h100', 'a100-sxm-80gb', 't4', 'rtx-4090', 'tpu-v5e', 'mi300x', 'gaudi2', 'gb200-nvl72', 'gtx-1080-ti', 'm4-max', 'nope'),
    gpus: fc.constantFrom(1, 2, 8, 72, 1024),
    params: fc.constantFrom(1e6, 7e9, 1e12),
    n_layer: fc.constantFrom(1, 32, 200),
    n_embd: fc.constantFrom(64, 4096),
    n_experts: fc.constantFrom(8, 256),
    batch_size: fc.constantFrom(1, 4, 512),
    global_batch_size: fc.constantFrom(1, 64, 4096),
    grad_accum: fc.constantFrom(1, 8),
    seq_len: fc.constantFrom(1, 128, 8192, 1_000_000),
    seq_len_max: fc.constantFrom(768, 4096),
    tensor_parallel: fc.constantFrom(1, 2, 8),
    pipeline_parallel: fc.constantFrom(1, 4, 16),
    context_parallel: fc.constantFrom(1, 4),
    expert_parallel: fc.constantFrom(1, 8, 64),
    strategy: fc.constantFrom('ddp', 'fsdp', 'zero1', 'zero2', 'zero3', 'none', 'deepspeed'),
    precision: fc.constantFrom('bf16', 'fp16', 'fp32', 'fp8', 'nvfp4', 'auto', 'weird'),
    quantization: fc.constantFrom('nf4', '8bit', 'int4'),
    grad_ckpt: fc.constantFrom<string | boolean>('none', 'selective', 'full', true, false),
    optimizer: fc.constantFrom('adamw', 'sgd', 'muon', 'adafactor'),
    framework: fc.constantFrom('transformers', 'megatron-bridge 26.04', 'torchtitan', 'pytorch', 'unsloth', '???'),
    max_steps: fc.constantFrom(1, 1000),
    epochs: fc.constantFrom(0, 3),
    dataset_size: fc.constantFrom(0, 52_000),
  },
  { requiredKeys: [] },
);

describe('any facts', () => {
  it('give finite, ordered intervals, and never throw', () => {
    fc.assert(
      fc.property(stated, (facts) => {
        for (const [name, { low, likely, high, basis }] of Object.entries(estimateOf(facts).estimates)) {
          expect(Number.isFinite(low) && Number.isFinite(high), `${name} of ${JSON.stringify(facts)}`).toBe(true);
          expect(low).toBeGreaterThan(0);
          expect(low).toBeLessThanOrEqual(likely);
          expect(likely).toBeLessThanOrEqual(high);
          expect(basis).not.toBe('');
        }
      }),
      { numRuns: 400 },
    );
  });
  it('of the wrong type are no answer and no crash', () => {
    const nonsense = fc.dictionary(
      fc.constantFrom(...Object.keys(llama7b), 'params', 'epochs', 'offload', 'lora_rank'),
      fc.oneof(fc.string(), fc.double(), fc.boolean(), fc.constant(null)),
    );
    fc.assert(
      fc.property(nonsense, (facts) => {
        for (const { likely } of Object.values(estimateOf(facts as Facts).estimates)) expect(Number.isFinite(likely)).toBe(true);
      }),
      { numRuns: 400 },
    );
  });
  it('more work never costs less', () => {
    fc.assert(
      fc.property(stated, fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 1, max: 1e6 }), (facts, a, b) => {
        const hours = (steps: number) => estimateOf({ ...facts, max_steps: steps }).estimates['gpu_hours']?.likely;
        const [less, more] = [hours(Math.min(a, b)), hours(Math.max(a, b))];
        if (less !== undefined && more !== undefined) expect(less).toBeLessThanOrEqual(more * (1 + 1e-12));
      }),
      { numRuns: 100 },
    );
  });
  it('bigger micro-batches never need less memory', () => {
    fc.assert(
      fc.property(stated, fc.integer({ min: 1, max: 64 }), (facts, batch) => {
        const { global_batch_size, grad_accum, ...rest } = facts;
        // Where nobody states recomputation, it is taken where the job does not fit without: then the larger one needs less.
        const memory = (size: number) => estimateOf({ grad_ckpt: false, ...rest, pipeline_parallel: 1, batch_size: size }).estimates['peak_memory_gib']?.likely;
        const [small, large] = [memory(batch), memory(2 * batch)];
        if (small !== undefined && large !== undefined) expect(small).toBeLessThanOrEqual(large * (1 + 1e-12));
      }),
      { numRuns: 100 },
    );
  });
});
