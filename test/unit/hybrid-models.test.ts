import { describe, expect, test } from 'vitest';
import { dimensionsOf } from '../../server/src/core/estimate/dimensions.js';
import { attentionLayers, blocksOf, scanFlops, stateBytes } from '../../server/src/core/estimate/layer-mix.js';
import { estimateServing } from '../../server/src/core/estimate/serving/index.js';
import { heldBytesPerSequence, kvBytesPerSequence, kvBytesPerToken } from '../../server/src/core/estimate/serving/shape.js';
import { FactReader } from '../../server/src/core/estimate/spec.js';
import type { FactValue } from '../../server/src/core/model/fact.js';
import { shippedCatalog } from '../support/catalog.js';
import { seen } from '../support/recognise.js';
import { context, estimateOf, jobOf } from './estimate/training/context.js';

const catalog = shippedCatalog();
const dimensions = (facts: Record<string, FactValue>) => {
  const found = dimensionsOf(new FactReader({ kind: 'serving', facts }), catalog);
  if (found === undefined) throw new Error('not known');
  return found;
};

describe('which layers of a local hybrid attend, and what the others keep', () => {
  const base = { model_type: 'own', hidden_size: 256, num_attention_heads: 4, head_dim: 64, vocab_size: 1000 };
  type Kinds = readonly [layers: number, attention: number, state: number, dense: number, routed: number, width: number, depth: number];
  test.each<[string, Record<string, unknown>, Kinds]>([
    [
      'a pattern of single mixers and feed-forward parts',
      { num_hidden_layers: 8, hybrid_override_pattern: 'ME-M*EM-', mamba_num_heads: 8, mamba_head_dim: 64, ssm_state_size: 128, n_routed_experts: 16 },
      [8, 1, 3, 2, 2, 512, 128],
    ],
    [
      'a list of the same, without their number',
      { layers_block_type: ['mamba', 'moe', 'attention', 'moe'], mamba_num_heads: 4, mamba_head_dim: 64, ssm_state_size: 16 },
      [4, 1, 1, 0, 2, 256, 16],
    ],
    [
      'whole blocks, listed',
      {
        num_hidden_layers: 4,
        layer_types: ['mamba', 'mamba', 'attention', 'mamba'],
        mamba_n_heads: 8,
        mamba_d_head: 'auto',
        mamba_expand: 2,
        mamba_d_state: 64,
      },
      [4, 1, 3, 4, 0, 512, 64],
    ],
    [
      'every fourth attends, all feed-forward parts are routed',
      {
        num_hidden_layers: 8,
        full_attention_interval: 4,
        linear_num_value_heads: 8,
        linear_value_head_dim: 32,
        linear_key_head_dim: 16,
        num_experts: 32,
        num_experts_per_tok: 2,
      },
      [8, 2, 6, 0, 8, 256, 16],
    ],
    [
      'a period for attention, another for experts',
      { num_hidden_layers: 8, attn_layer_period: 8, attn_layer_offset: 4, expert_layer_period: 2, num_experts: 16, mamba_expand: 2, mamba_d_state: 16 },
      [8, 1, 7, 4, 4, 512, 16],
    ],
    [
      'numbered from one, the first feed-forward part of all tokens',
      {
        num_hidden_layers: 4,
        linear_attn_config: { full_attn_layers: [4], kda_layers: [1, 2, 3], num_heads: 4, head_dim: 32, short_conv_kernel_size: 4 },
        num_experts: 8,
        first_k_dense_replace: 1,
      },
      [4, 1, 3, 1, 3, 128, 32],
    ],
    ['linear attention by type', { num_hidden_layers: 4, attn_type_list: [0, 0, 0, 1], num_local_experts: 8 }, [4, 1, 3, 0, 4, 256, 64]],
    ['short convolutions', { num_hidden_layers: 4, layer_types: ['conv', 'conv', 'full_attention', 'conv'], conv_L_cache: 3 }, [4, 1, 3, 4, 0, 256, 0]],
    ['both side by side in each layer', { model_type: 'falcon_h1', num_hidden_layers: 4, mamba_d_ssm: 384, mamba_d_state: 128 }, [4, 4, 4, 4, 0, 384, 128]],
    [
      'shared blocks at some layers',
      { num_hidden_layers: 6, hybrid_layer_ids: [1, 4], n_mamba_heads: 8, mamba_headdim: 64, mamba_d_state: 64 },
      [6, 2, 6, 2, 0, 512, 64],
    ],
  ])('%s', async (_, more, want) => {
    const { sighting } = await seen('config.json', JSON.stringify({ ...base, ...more }));
    const value = (name: string) => sighting.modelShape?.find((fact) => fact.name === name)?.value;
    expect(['n_layer', 'attention_layers', 'state_layers', 'dense_layers', 'expert_layers', 'state_width', 'state_dim'].map(value)).toEqual(want);
  });

  test.each([
    ['where all layers attend', { num_hidden_layers: 4, layer_types: ['full_attention', 'sliding_attention', 'full_attention', 'full_attention'] }],
    ['where a kind is not known', { num_hidden_layers: 2, layer_types: ['full_attention', 'something_new'] }],
  ])('nothing is said %s', async (_, more) => {
    const { sighting } = await seen('config.json', JSON.stringify({ ...base, ...more }));
    expect(sighting.modelShape?.filter(({ name }) => /state|attention_layers/.test(name))).toEqual([]);
  });

  test('the type of the state is the one written', async () => {
    const text = JSON.stringify({ ...base, num_hidden_layers: 2, hybrid_override_pattern: 'M*', mamba_ssm_cache_dtype: 'float32' });
    expect((await seen('config.json', text)).sighting.modelShape?.find(({ name }) => name === 'state_bytes')?.value).toBe(4);
  });
});

describe('published hybrids', () => {
  const gib = 2 ** 30;
  test.each<[string, number, number, number]>([
    // model, bytes a token: 2 · attention layers · KV heads · head width · 2 B, or 576 · 2 B of a latent row; state of a sequence in GiB; blocks
    ['nvidia/Nemotron-3-Super-120B-A12B-NVFP4', 2 * 8 * 2 * 128 * 2, (40 * 8192 * (128 * 4 + 6)) / gib, 44],
    ['nvidia/NVIDIA-Nemotron-3-Nano-30B-A3B-FP8', 2 * 6 * 2 * 128 * 2, (23 * 4096 * (128 * 4 + 6)) / gib, 26],
    ['ai21labs/AI21-Jamba-1.5-Mini', 2 * 4 * 8 * 128 * 2, (28 * 8192 * (16 * 2 + 6)) / gib, 32],
    ['Qwen/Qwen3-Next-80B-A3B-Instruct', 2 * 12 * 2 * 256 * 2, (36 * 4096 * (128 * 4 + 6)) / gib, 48],
    ['moonshotai/Kimi-Linear-48B-A3B-Instruct', 7 * (512 + 64) * 2, (20 * 4096 * (128 * 4 + 6)) / gib, 27],
    ['MiniMaxAI/MiniMax-Text-01', 2 * 10 * 8 * 128 * 2, (70 * 8192 * 128 * 4) / gib, 80],
    ['LiquidAI/LFM2-1.2B', 2 * 6 * 8 * 64 * 2, (10 * 2048 * 4) / gib, 16],
  ])('%s', (model, perToken, state, blocks) => {
    const each = dimensions({ model });
    expect(kvBytesPerToken(each, 2)).toBe(perToken);
    expect(stateBytes(each) / gib).toBeCloseTo(state, 9);
    expect(kvBytesPerSequence(each, 1000, 2)).toBe(1000 * perToken + stateBytes(each));
    expect(blocksOf(each)).toBe(blocks);
  });

  test('the parts of one layer each add up to the layers', () => {
    for (const name of ['nvidia/Nemotron-H-8B-Base-8K', 'nvidia/NVIDIA-Nemotron-3-Ultra-550B-A55B-BF16', 'nvidia/NVIDIA-Nemotron-Nano-9B-v2']) {
      const { mix, layers } = dimensions({ model: name });
      expect((mix?.attention ?? 0) + (mix?.recurrent ?? 0) + (mix?.dense ?? 0) + (mix?.routed ?? 0), name).toBe(layers);
    }
  });

  test('a latent row is held by every rank, a state is cut', () => {
    const each = dimensions({ model: 'moonshotai/Kimi-Linear-48B-A3B-Instruct' });
    expect(heldBytesPerSequence(each, 1000, 2, 4)).toBe(4 * 1000 * kvBytesPerToken(each, 2) + stateBytes(each));
  });

  test('a model whose layers all attend keeps no state', () => {
    const each = dimensions({ model: 'meta-llama/Llama-3.1-8B' });
    expect([attentionLayers(each), stateBytes(each), scanFlops(each), blocksOf(each)]).toEqual([32, 0, 0, 32]);
  });

  test('what a local file says wins over the table', () => {
    const facts = { model: 'Qwen/Qwen3-Next-80B-A3B-Instruct', state_layers: 40, attention_layers: 8, state_bytes: 2 };
    expect(stateBytes(dimensions(facts))).toBe(40 * 4096 * (128 * 2 + 6));
    expect(attentionLayers(dimensions(facts))).toBe(8);
  });
});

test.each<[string, Record<string, FactValue>, number, number]>([
  [
    'mixers and feed-forward parts apart',
    { architecture: 'NemotronHForCausalLM', n_layer: 52, n_embd: 4096, n_ffn: 21504, n_head: 32, n_kv_head: 8, head_dim: 128, vocab_size: 131072 },
    8.1e9,
    8.1e9,
  ],
  [
    'routed experts in some layers',
    { n_layer: 32, n_embd: 4096, n_ffn: 14336, n_head: 32, n_kv_head: 8, vocab_size: 65536, n_experts: 16, experts_per_token: 2 },
    51.6e9,
    12.1e9,
  ],
])('the size of a hybrid that only its dimensions tell: %s', (name, shape, params, active) => {
  const kinds: Record<string, FactValue> = /apart/.test(name)
    ? { attention_layers: 4, state_layers: 24, dense_layers: 24, expert_layers: 0, state_width: 8192, state_dim: 128 }
    : { attention_layers: 4, state_layers: 28, dense_layers: 16, expert_layers: 16, state_width: 8192, state_dim: 16 };
  const found = dimensions({ ...shape, ...kinds, tie_embeddings: false });
  expect(found.params / params).toBeGreaterThan(0.9);
  expect(found.params / params).toBeLessThan(1.1);
  expect(found.active / active).toBeGreaterThan(0.85);
  expect(found.active / active).toBeLessThan(1.15);
});

describe('a hybrid in training', () => {
  const facts = {
    model: 'nvidia/Nemotron-H-8B-Base-8K',
    gpu_type: 'h100-sxm-80gb',
    gpus: 8,
    precision: 'bf16',
    batch_size: 1,
    framework: 'megatron',
    strategy: 'fsdp',
  };
  const attention = (more: Record<string, FactValue>) => {
    const job = jobOf({ ...facts, ...more });
    const { shape } = job;
    if (shape === undefined) throw new Error('not known');
    return { attending: shape.attending, layers: shape.layers, scan: shape.scan };
  };
  test('only layers that attend cost attention, and the recurrence is counted', () => {
    expect(attention({ seq_len: 8192 })).toEqual({ attending: 4, layers: 26, scan: 12 * 24 * 8192 * 128 });
  });
  test('long sequences slow it down less than a model whose layers all attend', () => {
    const rate = (more: Record<string, FactValue>) => estimateOf({ ...facts, grad_ckpt: 'full', ...more }).estimates['tokens_per_s_per_gpu']?.likely ?? 0;
    const slower = (model: string) => rate({ model, seq_len: 4096 }) / rate({ model, seq_len: 65536 });
    expect(slower('nvidia/Nemotron-H-8B-Base-8K')).toBeLessThan(1.4);
    expect(slower('meta-llama/Llama-3.1-8B')).toBeGreaterThan(2);
  });
});

describe('a hybrid whose state nobody sizes', () => {
  const open = { params: 8e9, n_layer: 32, n_embd: 4096, n_head: 32, n_kv_head: 8, attention_layers: 4, state_layers: 28, gpu_type: 'h100-sxm-80gb', gpus: 1 };
  test('has no cache of a known size, and says what is missing', () => {
    const { estimates, unknown } = estimateServing(
      { kind: 'serving', facts: { ...open, model: 'own', engine: 'vllm', max_model_len: 8192, input_tokens: 512, output_tokens: 128, concurrency: 4 } },
      context,
    );
    expect(Object.keys(estimates).filter((name) => /kv_|concurrency|output_tokens|tpot/.test(name))).toEqual([]);
    expect(unknown.map(({ fact }) => fact)).toEqual(expect.arrayContaining(['state_width', 'state_dim']));
  });
  test('has no speed in training', () => {
    const { estimates, unknown } = estimateOf({ ...open, model: 'own', batch_size: 1, seq_len: 4096 });
    expect(estimates['tokens_per_s_per_gpu']).toBeUndefined();
    expect(unknown.map(({ fact }) => fact)).toContain('state_width');
  });
});

test('a release that names its sizes by tier is known without the number', () => {
  for (const name of ['Nemotron-3-Super', 'Nemotron_3_Ultra', 'nvidia/Nemotron-3-Nano', 'Nemotron-3-Super (hybrid Mamba MoE)'])
    expect(dimensions({ model: name }).mix, name).toBeDefined();
  expect(dimensionsOf(new FactReader({ kind: 'serving', facts: { model: 'Nemotron-4-Ultra' } }), catalog)).toBeUndefined();
});
