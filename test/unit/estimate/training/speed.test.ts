import { describe, expect, it } from 'vitest';
import { speedKnobs, starts } from '../../../../server/src/core/estimate/training/coefficients.js';
import { transformerStep } from '../../../../server/src/core/estimate/training/step-time.js';
import type { Term } from '../../../../server/src/core/model/estimate.js';
import { estimateOf, type Facts, jobOf, llama7b } from './context.js';

const knobs = starts(speedKnobs);
const stepOf = (facts: Facts) => {
  const job = jobOf({ ...llama7b, ...facts });
  if (!job.shape || !job.chip) throw new Error('no job');
  return transformerStep(job, job.shape, job.chip, knobs);
};
const rateOf = (facts: Facts) => estimateOf({ ...llama7b, ...facts }).estimates['tokens_per_s_per_gpu']?.likely ?? Number.NaN;

describe('model FLOP', () => {
  it('are 6 a weight and token with the head, and 6·L·h·s of causal attention (Narayanan et al. 2021, appendix)', () => {
    const step = stepOf({});
    const perToken = 6 * (6_738_415_616 - 32000 * 4096) + 6 * 32 * 4096 * 4096;
    expect(step.modelFlop / step.units / perToken).toBeCloseTo(1, 3);
    expect(step.units).toBe(2 * 4 * 8 * 4096);
  });
  it('are two thirds with frozen weights', () => {
    const full = stepOf({});
    const lora = stepOf({ task: 'lora', lora_rank: 8 });
    expect(lora.modelFlop / full.modelFlop).toBeCloseTo(2 / 3, 6);
  });
  it('do not count recomputation', () => expect(stepOf({ grad_ckpt: 'none' }).modelFlop).toBe(stepOf({ grad_ckpt: 'full' }).modelFlop));
});

describe('what makes a step slow', () => {
  const rows: { name: string; slower: Facts; faster: Facts }[] = [
    { name: 'recomputation', slower: { grad_ckpt: 'full' }, faster: { grad_ckpt: 'none' } },
    { name: 'training all weights', slower: {}, faster: { task: 'lora', lora_rank: 8, framework: 'torchtitan' } },
    { name: '4-bit weights', slower: { task: 'qlora', quantization: 'nf4', lora_rank: 8 }, faster: { task: 'lora', lora_rank: 8 } },
    {
      name: 'packed 4-bit weights more than nf4',
      slower: { task: 'qlora', quantization: 'int4', lora_rank: 8 },
      faster: { task: 'qlora', quantization: 'nf4', lora_rank: 8 },
    },
    {
      name: '8-bit weights with outliers apart',
      slower: { task: 'qlora', quantization: 'int8', lora_rank: 8 },
      faster: { task: 'lora', lora_rank: 8 },
    },
    { name: 'an older chip', slower: { gpu_type: 'v100-sxm2-32gb', precision: 'fp16' }, faster: {} },
    { name: 'longer sequences', slower: { seq_len: 32768, batch_size: 1 }, faster: { seq_len: 4096, batch_size: 8 } },
    { name: 'attention that is not fused', slower: { flash_attention: false }, faster: {} },
    {
      name: 'a pipeline with few micro-batches',
      slower: { pipeline_parallel: 8, tensor_parallel: 1, grad_accum: 8 },
      faster: { pipeline_parallel: 8, tensor_parallel: 1, grad_accum: 64 },
    },
    {
      name: 'tensor parallelism without a fast link',
      slower: { gpu_type: 'rtx-4090', tensor_parallel: 8 },
      faster: { gpu_type: 'rtx-4090', strategy: 'fsdp' },
    },
    { name: 'everyday code', slower: { framework: 'transformers' }, faster: { framework: 'megatron-bridge' } },
    { name: 'fp32', slower: { precision: 'fp32' }, faster: {} },
  ];
  for (const { name, slower, faster } of rows) it(name, () => expect(rateOf(slower)).toBeLessThan(rateOf(faster)));

  it('the pipeline bubble is (p − 1) ÷ (m·v) of the rest (Narayanan et al. 2021 §2.2)', () => {
    const step = stepOf({ gpus: 8, pipeline_parallel: 4, tensor_parallel: 1, grad_accum: 16, strategy: 'zero1' });
    const busy = step.total - step.bubble - step.gradients - step.optimizer - step.fixed;
    expect(step.bubble / busy).toBeCloseTo(3 / 16, 6);
    const interleaved = stepOf({ gpus: 8, pipeline_parallel: 4, tensor_parallel: 1, grad_accum: 16, strategy: 'zero1', virtual_pipeline: 3 });
    expect(interleaved.bubble / step.bubble).toBeCloseTo(1 / 3, 6);
  });
  it('the leaves of the step add up to it', () => {
    const term = estimateOf(llama7b).estimates['step_time_s']?.term as Term;
    const sum = (term.children ?? []).reduce((total, child) => total + child.value, 0);
    expect(sum / term.value).toBeCloseTo(1, 6);
  });
});

describe('images', () => {
  it('are counted in samples, by the table of published models', () => {
    const framework = 'pytorch, NGC DeepLearningExamples';
    const device = { gpu_type: 'a100-sxm-80gb', gpus: 8, batch_size: 256, precision: 'fp16' };
    const facts = { task: 'vision', model: 'ResNet-50 v1.5', image_size: 224, framework, channels_last: true, ...device };
    const { estimates } = estimateOf(facts);
    expect(estimates['tokens_per_s_per_gpu']).toBeUndefined();
    const rate = estimates['samples_per_s'];
    // NVIDIA DeepLearningExamples, DGX A100: 2,470 images/s a device, 17,000 to 20,000 on eight.
    expect(rate?.low).toBeLessThan(20_000);
    expect(rate?.high).toBeGreaterThan(17_000);
    const double = estimateOf({ ...facts, image_size: 448 }).estimates['samples_per_s'];
    expect((rate?.likely ?? 0) / (double?.likely ?? 1)).toBeGreaterThan(2);
  });
});

describe('32-bit numbers', () => {
  const resnet: Facts = { model: 'resnet50', task: 'vision', gpu_type: 'a100-sxm-80gb', gpus: 1, batch_size: 64, precision: 'fp32' };
  it.each([
    ['PyTorch multiplies matrices as they are', { ...llama7b, precision: 'fp32', framework: 'pytorch' }, 'fp32'],
    ['TensorFlow in TF32', { ...llama7b, precision: 'fp32', framework: 'tensorflow' }, 'tf32'],
    ['JAX in TF32', { ...llama7b, precision: 'fp32', framework: 'flax' }, 'tf32'],
    ['on a chip without TF32 nobody does', { ...llama7b, precision: 'fp32', framework: 'keras', gpu_type: 'v100-sxm2-16gb' }, 'fp32'],
    ['convolutions are in TF32 under PyTorch too', { ...resnet, framework: 'pytorch' }, 'tf32'],
    ['but not those of patches, which are products of matrices', { ...resnet, model: 'vit_base_patch16_224', framework: 'pytorch' }, 'fp32'],
  ])('%s', (_, facts, want) => expect(jobOf(facts as Facts).precision).toBe(want));
  it('a loop that was taken for 16 bit is faster than it is, and smaller', () => {
    const narrow = estimateOf({ ...llama7b, framework: 'pytorch' }).estimates;
    const wide = estimateOf({ ...llama7b, framework: 'pytorch', precision: 'fp32' }).estimates;
    expect(wide['tokens_per_s_per_gpu']!.likely).toBeLessThan(narrow['tokens_per_s_per_gpu']!.likely / 4);
    expect(wide['peak_memory_gib']!.likely).toBeGreaterThan(narrow['peak_memory_gib']!.likely);
  });
});

it('a run that multiplies in fp8 is one of fp8, whatever its weights are in', () => {
  const bf16 = { ...llama7b, framework: 'nemo', gpu_type: 'h100-sxm-80gb', precision: 'bf16' } as Facts;
  expect(jobOf(bf16).precision).toBe('bf16');
  expect(jobOf({ ...bf16, matmul_precision: 'fp8' } as Facts).precision).toBe('fp8');
});
