import { describe, expect, it } from 'vitest';
import { type Dimensions, dimensionsOf, isSized } from '../../../server/src/core/estimate/dimensions.js';
import { weightFormat } from '../../../server/src/core/estimate/serving/formats.js';
import { kvBytesPerSequence, kvBytesPerToken, kvCopies, streamedBytes, weightBytes } from '../../../server/src/core/estimate/serving/shape.js';
import { FactReader } from '../../../server/src/core/estimate/spec.js';
import { shippedCatalog } from '../../support/catalog.js';

const catalog = shippedCatalog();
const model = (name: string, facts: Record<string, number> = {}): Dimensions => {
  const found = dimensionsOf(new FactReader({ kind: 'serving', facts: { model: name, ...facts } }), catalog);
  if (found === undefined) throw new Error(`${name} is not known`);
  return found;
};
const bf16 = { bytes: 2, wholeHead: false };

describe('cache bytes of a token', () => {
  it.each<[string, string, Record<string, number>, number]>([
    ['multi-head: 2 · 32 layers · 32 heads · 128 · 2 B', 'meta-llama/Llama-2-7b-hf', {}, 524288],
    ['grouped queries: 2 · 32 · 8 · 128 · 2', 'meta-llama/Meta-Llama-3-8B', {}, 131072],
    ['grouped queries: 2 · 80 · 8 · 128 · 2', 'meta-llama/Llama-3.1-70B', {}, 327680],
    ['grouped queries: 2 · 28 · 4 · 128 · 2', 'Qwen/Qwen2.5-7B-Instruct', {}, 57344],
    ['multi-query: 2 · 32 · 1 · 64 · 2', 'tiiuae/falcon-7b', { n_layer: 32, n_embd: 4544, n_head: 71, n_kv_head: 1 }, 8192],
    ['latent: 61 layers · (512 + 64) · 2', 'deepseek-ai/DeepSeek-V3', {}, 70272],
  ])('%s', (_, name, facts, bytes) => {
    expect(kvBytesPerToken(model(name, facts), 2)).toBe(bytes);
  });

  it('stops growing at the window in windowed layers only', () => {
    const mistral = { ...model('mistralai/Mistral-7B-v0.1'), window: { positions: 4096, share: 1 } };
    expect(kvBytesPerSequence(mistral, 32768, 2)).toBe(kvBytesPerSequence(mistral, 4096, 2));
    const half = { ...mistral, window: { positions: 4096, share: 0.5 } };
    expect(kvBytesPerSequence(half, 8192, 2)).toBe(kvBytesPerToken(half, 2) * (0.5 * 4096 + 0.5 * 8192));
  });
});

describe('ranks that hold the same cache', () => {
  it.each<[string, number, number]>([
    ['meta-llama/Llama-3.1-70B', 4, 1],
    ['meta-llama/Llama-3.1-70B', 16, 2],
    ['deepseek-ai/DeepSeek-V3', 8, 8],
  ])('%s over %i devices: %i times', (name, tensor, copies) => {
    expect(kvCopies(model(name), tensor)).toBe(copies);
  });
});

describe('weight formats', () => {
  it.each<[string, boolean, number, string]>([
    ['bf16', false, 2, 'dense'],
    ['float16', true, 2, 'dense'],
    ['fp32', false, 4, 'fp32'],
    ['fp8', false, 1, 'fp8'],
    ['w8a8-int8', false, 1, 'w8a8'],
    ['int8', true, 1, 'bnb8'],
    ['int8', false, 1, 'w8a8'],
    ['w8a16-gptq', false, 1.03125, 'w8'],
    ['w4a16-awq', false, 0.52, 'w4'],
    ['w4a16-gptq', true, 0.52, 'gptq4'],
    ['awq', false, 0.52, 'w4'],
    ['nf4', true, 0.5625, 'bnb4'],
    ['4bit', true, 0.5625, 'bnb4'],
    ['mxfp4', false, 0.53125, 'fp4'],
    ['nvfp4', false, 0.5625, 'fp4'],
    ['q4_k_m', false, 0.61125, 'gguf'],
    ['Q8_0', false, 1.0625, 'gguf'],
    ['exl2-4.0bpw', false, 0.5, 'exl2'],
    ['w4a8', false, 0.52, 'w4a8'],
  ])('%s (eager: %s) is %d bytes a weight, %s kernels', (name, eager, bytes, kernels) => {
    const format = weightFormat(name, eager);
    expect(format?.bytes).toBeCloseTo(bytes, 5);
    expect(format?.kernels).toBe(kernels);
  });

  it.each(['', 'auto', 'none', 'spoon'])('does not know %j', (name) => {
    expect(weightFormat(name, false)).toBeUndefined();
  });

  it('keeps embeddings and head of 4-bit tools in 16 bits', () => {
    const llama = model('meta-llama/Meta-Llama-3-8B');
    const format = weightFormat('w4a16-awq', false);
    const tables = 2 * llama.vocab * llama.hidden;
    expect(weightBytes(llama, format!)).toBeCloseTo((llama.params - tables) * 0.52 + tables * 2, -3);
  });
});

describe('weights that a step streams', () => {
  it('are all of a dense model less the input embedding, whatever the batch', () => {
    const llama = model('meta-llama/Llama-2-7b-hf');
    const expected = (llama.params - llama.vocab * llama.hidden) * 2;
    expect(streamedBytes(llama, bf16, 1)).toBeCloseTo(expected, -3);
    expect(streamedBytes(llama, bf16, 256)).toBe(streamedBytes(llama, bf16, 1));
  });

  it('are about the active ones of a mixture at batch 1, and nearly all at a large batch', () => {
    const mixtral = model('mistralai/Mixtral-8x7B-v0.1');
    const one = streamedBytes(mixtral, bf16, 1) / 2;
    expect(one / mixtral.active).toBeGreaterThan(0.9);
    expect(one / mixtral.active).toBeLessThan(1.1);
    expect(streamedBytes(mixtral, bf16, 64) / 2 / mixtral.params).toBeGreaterThan(0.98);
  });
});

describe('size classes of encoders', () => {
  it.each<[string, number, number, number]>([
    ['BERT-base', 12, 768, 30522],
    ['BERT large', 24, 1024, 30522],
    ['acme/my-roberta-base-finetuned', 12, 768, 50265],
    ['deberta-v3-xsmall', 12, 384, 128100],
  ])('%s has %i layers of width %i and %i words', (name, layers, hidden, vocab) => {
    expect([model(name), isSized(model(name))]).toMatchObject([{ layers, hidden, vocab }, false]);
  });
});

describe('KV heads of a model that no table lists', () => {
  const headsOf = (name: string, params: number) => {
    const { kvHeads, heads } = model(name, { params });
    return { kvHeads, heads };
  };
  it('are shared as a rule', () => expect(headsOf('acme/novel-30b', 30e9).kvHeads).toBe(8));
  it('are not in the sizes of Llama 1 and 2', () => {
    const { kvHeads, heads } = headsOf('acme/novel-7b', 7e9);
    expect(kvHeads).toBe(heads);
  });
});

describe('a local configuration', () => {
  // The dimensions of a routed model with latent attention, as its config.json has them.
  const config = { n_layer: 27, n_embd: 2048, n_head: 16, n_ffn: 10944, n_ffn_expert: 1408, n_experts: 64, experts_per_token: 6, vocab_size: 102400 };
  it('says what a served token keeps: head width, latent rank, window', () => {
    expect(kvBytesPerToken(model('./own', { ...config, kv_lora_rank: 512 }), 2)).toBe(27 * (512 + 64) * 2);
    expect(kvBytesPerToken(model('./own', { ...config, head_dim: 256, n_kv_head: 16 }), 2)).toBe(2 * 27 * 16 * 256 * 2);
    expect(model('./own', { ...config, sliding_window: 1024, sliding_share: 0.5 }).window).toEqual({ positions: 1024, share: 0.5 });
  });
  it('says how many parameters there are, and how many a token uses', () => {
    const { params, active } = model('./own', config);
    const one = 27 * 3 * 2048 * 1408;
    expect(params - active).toBe(one * (64 - 6));
    expect(params).toBeGreaterThan(64 * one);
  });
});
