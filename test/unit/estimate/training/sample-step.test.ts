import { describe, expect, it } from 'vitest';
import { speedKnobs, starts } from '../../../../server/src/core/estimate/training/coefficients.js';
import type { StepTime } from '../../../../server/src/core/estimate/training/rates.js';
import { sampleStep } from '../../../../server/src/core/estimate/training/sample-step.js';
import { estimateOf, type Facts, jobOf } from './context.js';

const knobs = starts(speedKnobs);
const resnet: Facts = {
  task: 'vision',
  model: 'resnet50',
  image_size: 224,
  gpu_type: 'v100-sxm2-16gb',
  gpus: 1,
  batch_size: 64,
  precision: 'fp16',
  framework: 'pytorch',
};
const stepOf = (facts: Facts, base = resnet): StepTime => {
  const job = jobOf({ ...base, ...facts });
  const step = job.chip && sampleStep(job, job.chip, knobs);
  if (!step) throw new Error('no step');
  return step;
};
const sdxl: Facts = {
  ...resnet,
  task: 'diffusion',
  model: 'stabilityai/stable-diffusion-xl-base-1.0',
  image_size: 1024,
  gpu_type: 'a100-sxm-80gb',
  batch_size: 2,
};

describe('a step of an image model', () => {
  const slower: { name: string; base?: Facts; slower: Facts; faster: Facts }[] = [
    { name: 'photographs that the host decodes', slower: {}, faster: { synthetic_data: true } },
    { name: 'photographs that the training process decodes itself', slower: { loader_workers: 0 }, faster: { loader_workers: 8 } },
    { name: 'few processes that load', slower: { loader_workers: 1 }, faster: { loader_workers: 4 } },
    { name: 'a release of the time before cuDNN 8', slower: { framework: 'pytorch 1.0' }, faster: { framework: 'pytorch 1.13' } },
    { name: 'channels that do not come last', slower: {}, faster: { channels_last: true } },
    { name: 'code that is not compiled', slower: {}, faster: { compile: true } },
    { name: 'everyday code', slower: {}, faster: { framework: 'ngc mxnet' } },
    { name: 'encoders that run in every step', base: sdxl, slower: { latents_cached: false }, faster: { latents_cached: true } },
    { name: 'weights that are all trained', base: sdxl, slower: {}, faster: { finetune_method: 'lora', lora_rank: 16 } },
    { name: 'recomputation', base: sdxl, slower: { grad_ckpt: 'full' }, faster: { grad_ckpt: 'none' } },
  ];
  it.each(slower)('is slower by $name', ({ base, slower: a, faster: b }) => expect(stepOf(a, base).total).toBeGreaterThan(stepOf(b, base).total * 1.005));

  it('has parts that add up to no less than the parts that do not overlap', () => {
    const { matrix, elementwise, launch, loading, uneven, gradients, optimizer, fixed, total } = stepOf({ gpus: 8 });
    expect(matrix + elementwise + launch + loading + uneven + gradients + optimizer + fixed).toBeCloseTo(total, 9);
  });
  it('waits for the slowest of several devices that load photographs, the longer the more there are', () => {
    const waiting = (facts: Facts) => stepOf(facts).uneven;
    expect([waiting({}), waiting({ gpus: 8, synthetic_data: true }), waiting({ gpus: 8, framework: 'ngc mxnet' })]).toEqual([0, 0, 0]);
    expect(waiting({ gpus: 64 })).toBeGreaterThan(waiting({ gpus: 8 }));
  });
  it('is never shorter than its photographs take to load', () => {
    const { total } = stepOf({ gpu_type: 'h100-sxm-80gb', model: 'resnet18', loader_workers: 2 });
    expect(total).toBeGreaterThan((64 * knobs['load.core']) / 2);
  });
  it('says how many processes it takes to load where nobody states them', () => {
    const assumed = (facts: Facts) => jobOf({ ...resnet, ...facts }).assumed.some(({ fact }) => fact === 'loader_workers');
    expect([assumed({}), assumed({ loader_workers: 2 }), assumed({ synthetic_data: true })]).toEqual([true, false, false]);
  });
  it('takes fewer multiplications for convolutions of three by three on plain units, and only there', () => {
    const perMac = (facts: Facts) => {
      const job = jobOf({ ...resnet, ...facts });
      return stepOf(facts).matrix / (job.sample?.macs ?? Number.NaN);
    };
    expect(perMac({ model: 'vgg16', precision: 'fp32' })).toBeLessThan(0.8 * perMac({ precision: 'fp32' }));
    expect(perMac({ model: 'vgg16' })).toBeCloseTo(perMac({}), 15);
  });
  it('updates nothing where only gradients are computed', () => expect(stepOf({ optimizer: 'none' }).optimizer).toBe(0));
});

describe('memory of a diffusion model', () => {
  const peak = (facts: Facts) => estimateOf({ ...sdxl, ...facts }).estimates['peak_memory_gib']?.likely ?? Number.NaN;
  it('is that of adapters where adapters are trained', () => expect(peak({ finetune_method: 'lora', lora_rank: 16 })).toBeLessThan(0.5 * peak({})));
  it('is less with recomputation', () => expect(peak({ grad_ckpt: 'full' })).toBeLessThan(peak({ grad_ckpt: 'none' })));
});
