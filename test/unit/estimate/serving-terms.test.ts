import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { estimateServing } from '../../../server/src/core/estimate/serving/index.js';
import { tokensPerStep } from '../../../server/src/core/estimate/serving/speculative.js';
import type { FactValue } from '../../../server/src/core/model/fact.js';
import { shippedCatalog } from '../../support/catalog.js';

const coefficients = JSON.parse(readFileSync(new URL('../../../server/data/coefficients.json', import.meta.url), 'utf8'));
const context = { catalog: shippedCatalog(), coefficients };
const likely = (facts: Record<string, FactValue>, metric: string): number =>
  estimateServing({ kind: 'serving', facts: { task: 'llm', ...facts } }, context).estimates[metric]?.likely ?? Number.NaN;

describe('a draft whose acceptance is stated', () => {
  const llama = {
    model: 'meta-llama/Llama-3.1-70B',
    engine: 'vllm',
    weights: 'bf16',
    gpu_type: 'h100-sxm-80gb',
    gpus: 4,
    tensor_parallel: 4,
    input_tokens: 512,
    output_tokens: 512,
  };
  const drafted = { ...llama, speculative: true, speculative_tokens: 4, acceptance_rate: 0.7 };
  const gain = (batch_size: number, more: Record<string, FactValue> = {}) =>
    likely({ ...drafted, batch_size, ...more }, 'decode_tokens_per_s') / likely({ ...llama, batch_size }, 'decode_tokens_per_s');

  test.each([
    [4, 0, 1],
    [4, 1, 5],
    [1, 0.5, 1.5],
    [3, 0.8, 2.952],
  ])('%d tokens, %d of them accepted, yield %d a step', (tokens, acceptance, expected) => {
    expect(tokensPerStep({ tokens, acceptance, cost: 0 })).toBeCloseTo(expected, 9);
  });
  it('helps while weights are streamed, less than its yield, and less in a large batch', () => {
    expect(gain(1)).toBeGreaterThan(1.5);
    expect(gain(1)).toBeLessThan(tokensPerStep({ tokens: 4, acceptance: 0.7, cost: 0 }));
    expect(gain(512)).toBeLessThan(0.7 * gain(1));
  });
  it('may lose: nothing accepted, and everything verified', () => {
    expect(gain(64, { acceptance_rate: 0 })).toBeLessThan(1);
  });
  it('costs what its own model costs', () => {
    expect(gain(1, { speculative_model: 'meta-llama/Llama-3.1-8B' })).toBeLessThan(gain(1, { speculative_model: 'meta-llama/Llama-3.2-1B' }));
  });
});

describe('groups that attend to sequences of their own', () => {
  const moe = { model: 'deepseek-ai/DeepSeek-V3', weights: 'fp8', gpu_type: 'h200-sxm-141gb', gpus: 8 };
  const tensor = { ...moe, engine: 'sglang', tensor_parallel: 8 };
  const groups = { ...tensor, data_parallel: 8, dp_attention: true };

  it('hold the experts once, and the rest each', () => {
    expect(likely(groups, 'weights_gib')).toBeGreaterThan(likely(tensor, 'weights_gib'));
    expect(likely(groups, 'weights_gib')).toBeLessThan(1.3 * likely(tensor, 'weights_gib'));
    const spread = { ...moe, engine: 'vllm', tensor_parallel: 1, data_parallel: 8 };
    expect(likely(spread, 'weights_gib')).toBeCloseTo(likely(groups, 'weights_gib'), 6);
  });
  it('hold sequences of their own, where tensor parallel ranks hold the same latent rows', () => {
    const facts = { input_tokens: 4096, output_tokens: 1024, max_num_seqs: 100_000 };
    expect(likely({ ...groups, ...facts }, 'max_concurrency')).toBeGreaterThan(4 * likely({ ...tensor, ...facts }, 'max_concurrency'));
  });
  it('answer more at full load', () => {
    const facts = { input_tokens: 1024, output_tokens: 1024 };
    expect(likely({ ...groups, ...facts }, 'saturation_output_tokens_per_s')).toBeGreaterThan(
      likely({ ...tensor, ...facts }, 'saturation_output_tokens_per_s'),
    );
  });
  it('are independent copies of a dense model', () => {
    const dense = {
      model: 'meta-llama/Llama-3.1-8B',
      weights: 'bf16',
      gpu_type: 'h100-sxm-80gb',
      gpus: 8,
      engine: 'vllm',
      tensor_parallel: 1,
      data_parallel: 8,
    };
    expect(likely(dense, 'weights_gib')).toBeCloseTo(likely({ ...dense, gpus: 1, data_parallel: 1 }, 'weights_gib'), 9);
  });
});

describe('what a request waits for', () => {
  const llama = {
    model: 'meta-llama/Llama-3.1-8B',
    engine: 'vllm',
    weights: 'bf16',
    gpu_type: 'a100-sxm-80gb',
    gpus: 1,
    mode: 'online',
    input_tokens: 1024,
    output_tokens: 128,
    requests_per_s: 2,
  };
  it('is half of the steps that are started together', () => {
    const step = likely({ ...llama, batch_size: 1 }, 'tpot_ms');
    const more = likely({ ...llama, scheduler_steps: 10 }, 'ttft_ms') - likely(llama, 'ttft_ms');
    expect(more).toBeGreaterThan(4.5 * 0.5 * step);
    expect(more).toBeLessThan(4.5 * 2 * step);
  });
  it('is less where prompts come out of the prefix cache', () => {
    expect(likely({ ...llama, prefix_hit_rate: 0.9 }, 'ttft_ms')).toBeLessThan(likely(llama, 'ttft_ms'));
    expect(likely({ ...llama, prefix_hit_rate: 0.9 }, 'saturation_output_tokens_per_s')).toBeGreaterThan(likely(llama, 'saturation_output_tokens_per_s'));
  });
});

test('beams of a window of speech share its frames outside of eager frameworks', () => {
  const speech = {
    task: 'speech',
    model: 'openai/whisper-large-v2',
    params: 1.543e9,
    n_layer: 32,
    n_embd: 1280,
    n_head: 20,
    weights: 'fp16',
    gpu_type: 'rtx-3090',
    batch_size: 8,
    beam_size: 5,
    audio_s: 600,
  };
  expect(likely({ ...speech, engine: 'faster-whisper' }, 'kv_cache_gib')).toBeLessThan(0.4 * likely({ ...speech, engine: 'openai/whisper' }, 'kv_cache_gib'));
});
