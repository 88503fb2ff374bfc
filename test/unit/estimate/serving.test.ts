import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Coefficients } from '../../../server/src/core/estimate/coefficients.js';
import { estimateServing } from '../../../server/src/core/estimate/serving/index.js';
import type { FactValue } from '../../../server/src/core/model/fact.js';
import { shippedCatalog } from '../../support/catalog.js';

const coefficients = JSON.parse(readFileSync(new URL('../../../server/data/coefficients.json', import.meta.url), 'utf8')) as Coefficients;
const context = { catalog: shippedCatalog(), coefficients };
const serve = (facts: Record<string, FactValue>) => estimateServing({ kind: 'serving', facts }, context);
const likely = (facts: Record<string, FactValue>, metric: string): number => serve(facts).estimates[metric]?.likely ?? Number.NaN;

const llama = { task: 'llm', model: 'meta-llama/Llama-2-7b-hf', gpu_type: 'a100-sxm-80gb', gpus: 1, engine: 'vllm', weights: 'bf16' };

describe('language models', () => {
  it('never decodes faster than the memory can stream the weights', () => {
    const bound = 2039e9 / (6.6e9 * 2);
    const rate = likely({ ...llama, batch_size: 1, input_tokens: 128, output_tokens: 128 }, 'decode_tokens_per_s');
    expect(rate).toBeLessThan(bound);
    expect(rate).toBeGreaterThan(bound * 0.4);
  });

  it('gains from batching until compute or cache bind, and never loses', () => {
    const rates = [1, 2, 4, 8, 16, 32, 64, 128, 256].map((batch_size) =>
      likely({ ...llama, batch_size, input_tokens: 128, output_tokens: 256 }, 'decode_tokens_per_s'),
    );
    for (let at = 1; at < rates.length; at++) expect(rates[at]).toBeGreaterThan(rates[at - 1] ?? 0);
    const [one = 0, two = 0] = rates;
    expect(two / one).toBeGreaterThan(1.8);
    expect((rates.at(-1) ?? 0) / (rates.at(-2) ?? 1)).toBeLessThan(1.9);
  });

  it('follows the arrivals that a workspace states for its servers', () => {
    const facts = { ...llama, input_tokens: 128, output_tokens: 128 };
    expect(likely({ ...facts, requests_per_s: 2 }, 'output_tokens_per_s')).toBeCloseTo(256, 6);
    expect(serve({ ...facts, requests_per_s: 2 }).estimates).toEqual(serve({ ...facts, request_rate: 2 }).estimates);
  });

  it('splits layers in turn: more devices do not speed llama.cpp up', () => {
    const facts = {
      task: 'llm',
      model: 'meta-llama/Meta-Llama-3-70B',
      gpu_type: 'rtx-4090',
      engine: 'llama.cpp',
      weights: 'q4_k_m',
      batch_size: 1,
      input_tokens: 0,
      output_tokens: 512,
    };
    expect(likely({ ...facts, gpus: 4 }, 'decode_tokens_per_s')).toBeCloseTo(likely({ ...facts, gpus: 2 }, 'decode_tokens_per_s'), 0);
    expect(serve({ ...facts, gpus: 4 }).notes.join(' ')).toMatch(/take turns/);
  });

  it('shares layers in tensor parallel, with less than the ideal gain', () => {
    const facts = { ...llama, model: 'meta-llama/Llama-3.1-70B', batch_size: 1, input_tokens: 128, output_tokens: 128 };
    const gain =
      likely({ ...facts, gpus: 8, tensor_parallel: 8 }, 'decode_tokens_per_s') / likely({ ...facts, gpus: 4, tensor_parallel: 4 }, 'decode_tokens_per_s');
    expect(gain).toBeGreaterThan(1.1);
    expect(gain).toBeLessThan(1.95);
  });

  it.each(['w4a16-awq', 'fp8'])('%s weights decode faster than 16 bits at batch 1', (weights) => {
    const facts = { ...llama, gpu_type: 'h100-sxm-80gb', batch_size: 1, input_tokens: 128, output_tokens: 128 };
    expect(likely({ ...facts, weights }, 'decode_tokens_per_s')).toBeGreaterThan(1.1 * likely({ ...facts, weights: 'bf16' }, 'decode_tokens_per_s'));
  });

  it('tells that bitsandbytes int8 is slower than 16 bits in transformers', () => {
    const facts = { ...llama, engine: 'transformers', batch_size: 1, output_tokens: 256 };
    expect(likely({ ...facts, weights: 'int8' }, 'decode_tokens_per_s')).toBeLessThan(0.6 * likely({ ...facts, weights: 'fp16' }, 'decode_tokens_per_s'));
  });

  it('prices prompts by compute: twice the prompt takes about twice the time', () => {
    const facts = { ...llama, batch_size: 1, output_tokens: 1 };
    const ratio = likely({ ...facts, input_tokens: 16384 }, 'ttft_ms') / likely({ ...facts, input_tokens: 8192 }, 'ttft_ms');
    expect(ratio).toBeGreaterThan(1.9);
    expect(ratio).toBeLessThan(3);
  });

  it('lets the first wave of a short load test wait for itself', () => {
    const facts = { ...llama, concurrency: 16, input_tokens: 2048, output_tokens: 512, mode: 'online' };
    const once = likely({ ...facts, num_prompts: 16 }, 'ttft_ms');
    expect(once).toBeGreaterThan(3 * likely({ ...facts, num_prompts: 1600 }, 'ttft_ms'));
  });

  it('queues when requests come faster than the deployment answers', () => {
    const facts = { ...llama, input_tokens: 512, output_tokens: 512, num_prompts: 1000, mode: 'online' };
    const calm = serve({ ...facts, request_rate: 1 }).estimates;
    const flood = serve({ ...facts, request_rate: 1000 }).estimates;
    expect(calm['output_tokens_per_s']?.likely).toBeCloseTo(512, 0);
    expect(flood['output_tokens_per_s']?.likely).toBeLessThanOrEqual((flood['saturation_output_tokens_per_s']?.likely ?? 0) * 1.001);
    expect(flood['ttft_ms']?.likely).toBeGreaterThan(20 * (calm['ttft_ms']?.likely ?? Number.NaN));
  });

  it('counts a pool as the memory of a pooling engine, and the parts beside it', () => {
    const estimates = serve({ ...llama, batch_size: 1, input_tokens: 128, output_tokens: 128 }).estimates;
    expect(estimates['peak_memory_gib']?.likely).toBeCloseTo((80 - 0.3 - 0.0065 * 80) * 0.9, 5);
    expect(estimates['weights_gib']?.likely).toBeCloseTo(12.55, 1);
  });

  it('keeps the logits of the whole prompt in transformers before 4.45', () => {
    const facts = {
      task: 'llm',
      model: 'Qwen/Qwen2.5-7B-Instruct',
      engine: 'transformers',
      weights: 'bf16',
      batch_size: 1,
      input_tokens: 30720,
      output_tokens: 2048,
      gpu_type: 'a100-80gb',
      gpus: 1,
    };
    const before = likely({ ...facts, engine_version: '4.38.2' }, 'peak_memory_gib');
    const after = likely({ ...facts, engine_version: '4.46.0' }, 'peak_memory_gib');
    expect(before - after).toBeGreaterThan(15);
  });
});

describe('what is not known', () => {
  it('takes no chip: memory only, and the chip is asked for', () => {
    const estimation = serve({ model: 'meta-llama/Llama-2-7b-hf', engine: 'vllm' });
    expect(Object.keys(estimation.estimates)).not.toContain('output_tokens_per_s');
    expect(estimation.estimates['weights_gib']?.likely).toBeCloseTo(12.55, 1);
    expect(estimation.unknown.map(({ fact }) => fact)).toContain('gpu_type');
  });

  it('takes no traffic: a server without load has no rate, and asks for lengths and concurrency', () => {
    const estimation = serve({ model: 'meta-llama/Llama-2-7b-hf', engine: 'vllm', gpu_type: 'h100-sxm-80gb', max_model_len: 4096 });
    for (const metric of ['output_tokens_per_s', 'requests_per_s', 'latency_ms', 'saturation_output_tokens_per_s'])
      expect(estimation.estimates[metric]).toBeUndefined();
    expect(estimation.unknown.map(({ fact }) => fact)).toEqual(expect.arrayContaining(['input_tokens', 'output_tokens', 'concurrency']));
    expect(estimation.estimates['max_concurrency']).toBeDefined();
  });

  it('names a model whose size it does not know', () => {
    expect(serve({ model: 'acme/mystery', gpu_type: 't4' }).unknown).toContainEqual(expect.objectContaining({ fact: 'params' }));
  });

  it('lists what it took', () => {
    const facts = serve({ model: 'meta-llama/Llama-2-7b-hf', engine: 'llama.cpp', gpu_type: 'a100' }).assumed.map(({ fact }) => fact);
    expect(facts).toEqual(expect.arrayContaining(['weights', 'gpus', 'batch_size', 'input_tokens']));
  });

  it.each<[string, Record<string, FactValue>, string[]]>([
    ['neither', {}, ['input_tokens', 'output_tokens']],
    ['the prompt only', { input_tokens: 2048 }, ['output_tokens']],
    ['both, one of them zero', { input_tokens: 0, output_tokens: 128 }, []],
  ])('lists the length that the cache was taken to hold where the facts state %s', (_, lengths, taken) => {
    const { assumed, estimates } = serve({ ...llama, engine: 'transformers', batch_size: 2, ...lengths });
    expect(estimates['decode_tokens_per_s']).toBeDefined();
    expect(assumed.map(({ fact }) => fact).filter((fact) => fact.endsWith('_tokens'))).toEqual(taken);
  });

  it('widens with distance from what was measured', () => {
    const width = (facts: Record<string, FactValue>) => {
      const estimate = serve({ ...llama, batch_size: 1, input_tokens: 128, output_tokens: 128, ...facts }).estimates['tpot_ms'];
      return estimate === undefined ? Number.NaN : estimate.high / estimate.low;
    };
    expect(width({ gpu_type: 'tpu-v5p' })).toBeGreaterThan(width({}));
    expect(width({ engine: 'homegrown' })).toBeGreaterThan(width({}));
  });

  it('says on what an interval rests', () => {
    expect(serve({ ...llama, batch_size: 1, input_tokens: 128, output_tokens: 128 }).estimates['tpot_ms']?.basis).toMatch(/\d+ runs? of \d+ publishers?/);
  });
});

describe('single-pass models', () => {
  it.each<[string, Record<string, FactValue>, string, number, number]>([
    [
      'ResNet-50 on a T4 under TensorRT in int8',
      { model: 'resnet50', gpu_type: 't4', engine: 'tensorrt', weights: 'int8', batch_size: 32 },
      'images_per_s',
      1500,
      12000,
    ],
    [
      'BERT-large on an A100 in fp16',
      {
        task: 'embedding',
        model: 'bert-large-uncased',
        params: 336e6,
        gpu_type: 'a100-sxm-80gb',
        engine: 'tensorrt',
        weights: 'fp16',
        batch_size: 64,
        input_tokens: 128,
      },
      'requests_per_s',
      700,
      5000,
    ],
    [
      'SDXL on an H100, 50 steps',
      { model: 'stabilityai/stable-diffusion-xl-base-1.0', gpu_type: 'h100-sxm-80gb', engine: 'diffusers', weights: 'fp16', batch_size: 1 },
      'latency_ms',
      1500,
      12000,
    ],
    [
      'ten minutes of speech on a 3090',
      {
        task: 'speech',
        model: 'openai/whisper-large-v2',
        gpu_type: 'rtx-3090',
        engine: 'faster-whisper',
        weights: 'fp16',
        batch_size: 1,
        beam_size: 5,
        audio_s: 600,
      },
      'latency_ms',
      15000,
      120000,
    ],
  ])('%s is within its usual range', (_, facts, metric, low, high) => {
    const value = likely(facts, metric);
    expect(value).toBeGreaterThan(low);
    expect(value).toBeLessThan(high);
  });

  it('answers for a network that only the table of training samples lists, with a wider interval', () => {
    const width = (model: string) => {
      const rate = serve({ task: 'vision', model, gpu_type: 'l4', engine: 'tensorrt', weights: 'fp16', batch_size: 8 }).estimates['images_per_s'];
      return rate === undefined ? Number.NaN : rate.high / rate.low;
    };
    expect(width('yolov8s')).toBeGreaterThan(width('resnet50'));
  });

  it('does not take a framework that hands subgraphs to a compiler for a compiled engine', () => {
    const facts = { task: 'vision', model: 'resnet50', gpu_type: 'a100-sxm-40gb', weights: 'fp16', batch_size: 1 };
    const whole = likely({ ...facts, engine: 'tensorrt' }, 'latency_ms');
    for (const engine of ['tensorflow1-xla', 'paddle-tensorrt', 'torch-tensorrt'])
      expect(likely({ ...facts, engine }, 'latency_ms')).toBeGreaterThan(2 * whole);
  });

  it('decodes windows of speech one after the other more often than batched ones', () => {
    const facts = {
      task: 'speech',
      model: 'openai/whisper-large-v2',
      gpu_type: 'rtx-4090',
      engine: 'faster-whisper',
      weights: 'fp16',
      audio_s: 600,
      beam_size: 5,
    };
    expect(likely({ ...facts, batch_size: 1 }, 'latency_ms')).toBeGreaterThan(3 * likely({ ...facts, batch_size: 8 }, 'latency_ms'));
  });

  it('takes steps as stated: half the steps, about half the time', () => {
    const facts = { model: 'stabilityai/stable-diffusion-xl-base-1.0', gpu_type: 'a100-sxm-80gb', engine: 'diffusers', weights: 'fp16', batch_size: 1 };
    expect(likely({ ...facts, inference_steps: 50 }, 'latency_ms') / likely({ ...facts, inference_steps: 25 }, 'latency_ms')).toBeCloseTo(2, 1);
  });
});
