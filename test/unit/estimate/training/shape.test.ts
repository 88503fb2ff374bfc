import { describe, expect, it } from 'vitest';
import { denseParams } from '../../../../server/src/core/estimate/dimensions.js';
import { sizeInName } from '../../../../server/src/core/estimate/model-names.js';
import { attended, paramsPerRank } from '../../../../server/src/core/estimate/training/shape.js';
import { estimateOf, type Facts, jobOf, llama7b } from './context.js';

describe('parameters of dense decoders from their dimensions', () => {
  const rows = [
    // Touvron et al. 2023 (arXiv 2307.09288): 6,738,415,616 parameters
    {
      name: 'Llama-2-7B',
      layers: 32,
      hidden: 4096,
      ffn: 11008,
      heads: 32,
      kvHeads: 32,
      headDim: 128,
      vocab: 32000,
      gated: true,
      tied: false,
      params: 6_738_415_616,
    },
    // meta-llama/Meta-Llama-3-8B: 8,030,261,248
    {
      name: 'Llama-3-8B',
      layers: 32,
      hidden: 4096,
      ffn: 14336,
      heads: 32,
      kvHeads: 8,
      headDim: 128,
      vocab: 128256,
      gated: true,
      tied: false,
      params: 8_030_261_248,
    },
    // Radford et al. 2019: 124,439,808, of which 786,432 are learnt positions and 121,344 biases
    { name: 'GPT-2', layers: 12, hidden: 768, ffn: 3072, heads: 12, kvHeads: 12, headDim: 64, vocab: 50257, gated: false, tied: true, params: 124_439_808 },
  ];
  for (const { name, params, ...dimensions } of rows) {
    it(`${name} within 1 %`, () => expect(Math.abs(denseParams(dimensions) / params - 1)).toBeLessThan(0.01));
  }
});

describe('size written in a name', () => {
  const rows: [string, number | undefined, number | undefined][] = [
    ['meta-llama/Llama-2-7b-hf', 7e9, undefined],
    ['qwen2.5-1.5B-instruct', 1.5e9, undefined],
    ['gpt-neo-125m', 125e6, undefined],
    ['mistralai/Mixtral-8x7B-v0.1', 0.83 * 56e9, 0.92 * 14e9],
    ['Qwen3-30B-A3B', 30e9, 3e9],
    ['my-model', undefined, undefined],
    ['bert-base-uncased', undefined, undefined],
  ];
  for (const [name, params, active] of rows) {
    it(name, () => {
      const size = sizeInName(name);
      if (params === undefined) expect(size).toBeUndefined();
      else {
        expect((size?.params ?? 0) / params).toBeCloseTo(1, 6);
        if (active === undefined) expect(size?.active).toBeUndefined();
        else expect((size?.active ?? 0) / active).toBeCloseTo(1, 6);
      }
    });
  }
});

describe('where the shape comes from', () => {
  it('takes the catalog for a published model and assumes nothing of its size', () => {
    const job = jobOf({ model: 'meta-llama/Llama-2-7b-hf', gpu_type: 'a100-sxm-80gb' });
    expect(job.shape?.params).toBe(6_738_415_616);
    expect(job.assumed.map(({ fact }) => fact)).not.toContain('params');
  });
  it('says so when the size is only in the name', () => {
    const job = jobOf({ model: 'acme/secret-13b', gpu_type: 'a100-sxm-80gb' });
    expect(job.shape?.params).toBe(13e9);
    expect(job.assumed.map(({ fact }) => fact)).toContain('params');
  });
  it('names the model as missing when nothing says its size', () => {
    const job = jobOf({ model: 'acme/secret', gpu_type: 'a100-sxm-80gb' });
    expect(job.shape).toBeUndefined();
    expect(job.unknown.map(({ fact }) => fact)).toContain('model');
  });
});

describe('routed models', () => {
  const mixtral = {
    model: 'mixtral',
    params: 46_702_792_704,
    params_active: 12_879_925_248,
    n_layer: 32,
    n_embd: 4096,
    n_head: 32,
    n_kv_head: 8,
    n_ffn: 14336,
    vocab_size: 32000,
    n_experts: 8,
    experts_per_token: 2,
  };
  it('keeps resident and active parameters apart', () => {
    const shape = jobOf(mixtral).shape;
    expect(shape?.params).toBe(46_702_792_704);
    // Active: attention and norms 1.34 G, two of eight experts 11.27 G (Jiang et al. 2024, arXiv 2401.04088).
    expect((shape?.body ?? 0) / 12.62e9).toBeCloseTo(1, 2);
    expect((shape?.expertBody ?? 0) / 11.27e9).toBeCloseTo(1, 2);
  });
  it('spreads only the routed experts over expert-parallel ranks', () => {
    const shape = jobOf(mixtral).shape;
    if (!shape) throw new Error('no shape');
    expect(paramsPerRank(shape, 1, 1)).toBe(shape.params);
    // 45.1 G in experts over eight ranks, 1.6 G on each.
    expect(paramsPerRank(shape, 1, 8) / (1.6e9 + 45.1e9 / 8)).toBeCloseTo(1, 1);
    expect(paramsPerRank(shape, 4, 1)).toBe(shape.params / 4);
  });
});

describe('facts of a model configuration', () => {
  const dims: Facts = { ...llama7b, model: 'own', params: 7e9, n_layer: 32, n_embd: 4096, n_head: 32, n_ffn: 11008, vocab_size: 32000 };
  const shapeWith = (facts: Facts) => {
    const { shape } = jobOf({ ...dims, ...facts });
    if (!shape) throw new Error('no shape');
    return shape;
  };
  it('head_dim is taken as stated', () => expect(shapeWith({ head_dim: 256 }).headDim).toBe(256));
  it('latent attention has 64 values a head in its scores alone', () => expect(shapeWith({ head_dim: 192, kv_lora_rank: 512 }).headDim).toBe((192 + 128) / 2));
  it('latent attention and shared experts count in the parameters', () => {
    const own: Facts = { ...dims, params: 0, n_layer: 60, n_embd: 5120, n_head: 128, n_ffn: 12288, vocab_size: 102400, tie_embeddings: false };
    const latent = { head_dim: 192, kv_lora_rank: 512, q_lora_rank: 1536, n_experts: 160, experts_per_token: 6, n_ffn_expert: 1536, n_shared_experts: 2 };
    const shape = jobOf({ ...own, ...latent }).shape;
    // DeepSeek-V2: 236 G, 21 G active (arXiv 2405.04434 §2).
    expect((shape?.params ?? 0) / 236e9).toBeCloseTo(1, 1);
    expect((shape?.body ?? 0) / 21e9).toBeCloseTo(1, 1);
  });
  it('tied embeddings are held once', () => expect(shapeWith({ tie_embeddings: false }).embedding).toBe(2 * shapeWith({ tie_embeddings: true }).embedding));
  it('a window bounds what a token attends over, a window beyond the sequence does not', () => {
    expect(attended(shapeWith({}), 8192)).toBe(4096);
    expect(attended(shapeWith({ sliding_window: 16384 }), 8192)).toBe(4096);
    expect(attended(shapeWith({ sliding_window: 1024 }), 8192)).toBe(1024 - 1024 ** 2 / (2 * 8192));
  });
});

describe('an encoder with a decoder', () => {
  const shapeOf = (facts: Facts) => {
    const { shape } = jobOf({ gpu_type: 'a100-sxm-80gb', gpus: 1, batch_size: 8, ...facts });
    if (!shape) throw new Error('no shape');
    return shape;
  };
  it('multiplies a token of the source with less than all weights', () => {
    const { body, params, embedding } = shapeOf({ model: 'google-t5/t5-base', seq_len: 512 });
    expect(body / (params - embedding)).toBeCloseTo(17.5 / 28, 6);
  });
  it('is launched layer by layer, though the target passes few of them', () => {
    const { layers, launched } = shapeOf({ model: 'google-t5/t5-base', seq_len: 512 });
    expect(launched).toBeGreaterThan(1.5 * layers);
  });
  it('of speech has half a minute in 1500 frames, whatever nobody states', () => {
    const job = jobOf({ model: 'openai/whisper-large', gpu_type: 'a100-sxm-80gb', gpus: 1, batch_size: 8, task: 'finetune' });
    expect([job.seq, job.lengthKnown]).toEqual([1500, true]);
  });
  it('is not a decoder whose name has a t5 in it', () => {
    const { layers, launched } = shapeOf({ model: 'acme/chat5-7b', seq_len: 512 });
    expect(launched).toBe(layers);
  });
});

describe('the head of an encoder', () => {
  const headOf = (task: string) =>
    jobOf({ task, model: 'google-bert/bert-base-uncased', gpu_type: 't4', gpus: 1, batch_size: 8, seq_len: 128 }).shape?.headShare;
  it('is the vocabulary in pre-training and small in tuning', () => expect([headOf('pretrain'), headOf('finetune')]).toEqual([0.15, 0]));
});

it.each([
  ['google-t5/t5-base', 'transformers', false],
  ['microsoft/deberta-v3-base', 'transformers', false],
  ['facebook/bart-base', 'transformers', true],
  ['google-t5/t5-base', 't5x, jax', true],
])('%s in %s: attention in a fused kernel is %s', (model, framework, fused) => {
  expect(jobOf({ model, framework, gpu_type: 'a100-sxm-80gb', gpus: 1, batch_size: 8, seq_len: 512 }).flash).toBe(fused);
});

describe('quantized weights', () => {
  const qlora: Facts = { ...llama7b, task: 'qlora', quantization: 'nf4', lora_rank: 16, strategy: 'ddp', framework: 'transformers' };
  it.each([
    ['trainium1', false],
    ['tpu-v5e', false],
    ['gaudi2', true],
    ['l40s', true],
  ])('%s: estimated is %s', (gpu_type, starts) => {
    const { estimates, unknown } = estimateOf({ ...qlora, gpu_type });
    expect([estimates['peak_memory_gib'] !== undefined, estimates['tokens_per_s_per_gpu'] !== undefined]).toEqual([starts, starts]);
    expect(unknown.some(({ fact }) => fact === 'quantization')).toBe(!starts);
  });
  it('16-bit adapters run there', () =>
    expect(estimateOf({ ...qlora, task: 'lora', quantization: 'none', gpu_type: 'trainium1' }).estimates['peak_memory_gib']).toBeDefined());
});
