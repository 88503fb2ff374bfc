import { describe, expect, it } from 'vitest';
import { memoryKnobs, starts } from '../../../../server/src/core/estimate/training/coefficients.js';
import { memoryParts, optimizerBytes } from '../../../../server/src/core/estimate/training/memory.js';
import type { Term } from '../../../../server/src/core/model/estimate.js';
import { estimateOf, type Facts, jobOf, llama7b } from './context.js';

const params = 6_738_415_616;
const partsOf = (facts: Facts) => {
  const parts = memoryParts(jobOf({ ...llama7b, ...facts }), starts(memoryKnobs));
  if (!parts) throw new Error('no memory');
  return parts;
};
const stateOf = (facts: Facts) => {
  const { weights, gradients, optimizer } = partsOf(facts);
  return weights + gradients + optimizer;
};

describe('weights, gradients and optimizer states', () => {
  const rows: { name: string; facts: Facts; bytesPerParam: number }[] = [
    { name: 'Adam in mixed precision on one device: 16 B (Rajbhandari et al. 2020 §3.1)', facts: { gpus: 1, strategy: 'none' }, bytesPerParam: 16 },
    { name: 'replicated over eight devices: the same on each', facts: { strategy: 'ddp' }, bytesPerParam: 16 },
    {
      name: 'ZeRO-1: states and master weights over eight',
      facts: { strategy: 'zero1', framework: 'pytorch', precision: 'fp16' },
      bytesPerParam: 2 + 2 + 12 / 8,
    },
    { name: 'ZeRO-2: gradients too', facts: { strategy: 'zero2', framework: 'pytorch', precision: 'fp16' }, bytesPerParam: 2 + 2 / 8 + 12 / 8 },
    { name: 'fully sharded: all of it', facts: { strategy: 'fsdp' }, bytesPerParam: 16 / 8 },
    { name: 'sharded over two devices, four copies: half of it', facts: { strategy: 'fsdp', shard_size: 2 }, bytesPerParam: 16 / 2 },
    { name: 'fp32: 16 B', facts: { gpus: 1, strategy: 'none', precision: 'fp32' }, bytesPerParam: 16 },
    { name: '8-bit Adam: two bytes of moments', facts: { gpus: 1, strategy: 'none', optimizer: 'adamw_8bit' }, bytesPerParam: 4 + 4 + 2.1 },
    { name: 'paged Adam: moments in host memory', facts: { gpus: 1, strategy: 'none', optimizer: 'paged_adamw_8bit' }, bytesPerParam: 4 + 4 },
    {
      name: 'gradients that the backward pass uses up: two of 32 layers',
      facts: { gpus: 1, strategy: 'none', optimizer_in_backward: true },
      bytesPerParam: 4 + 4 / 16 + 8,
    },
    { name: 'SGD: one moment', facts: { gpus: 1, strategy: 'none', optimizer: 'sgd' }, bytesPerParam: 4 + 4 + 4 },
    {
      name: 'tensor parallel 2 × pipeline parallel 2 with Megatron: 2 + 4 B a local parameter, 12 B over data-parallel members',
      facts: { tensor_parallel: 2, pipeline_parallel: 2, data_parallel: 2, strategy: 'zero1', framework: 'megatron-lm' },
      bytesPerParam: (2 + 4 + 12 / 2) / 4,
    },
    {
      name: 'DeepSpeed in bf16 keeps fp32 gradients beside the 16-bit ones',
      facts: { gpus: 1, strategy: 'none', framework: 'deepspeed' },
      bytesPerParam: 2 + 6 + 12,
    },
  ];
  for (const { name, facts, bytesPerParam } of rows) it(name, () => expect(stateOf(facts) / params / bytesPerParam).toBeCloseTo(1, 2));

  it('knows the optimizers', () => {
    expect(optimizerBytes('adamw', false)).toBe(8);
    expect(optimizerBytes('lion', false)).toBe(4);
    expect(optimizerBytes('muon', false)).toBe(4);
    expect(optimizerBytes('adafactor', false)).toBeLessThan(1);
  });
});

describe('adapters', () => {
  it('LoRA holds the weights in 16 bit and no gradients of them', () => {
    const parts = partsOf({ task: 'lora', lora_rank: 8, gpus: 1, strategy: 'none' });
    expect(parts.weights / params).toBeCloseTo(2, 6);
    expect(parts.gradients + parts.optimizer).toBe(0);
    // Rank 8 on all linear layers: about 20 M parameters with 16 B each.
    expect(parts.adapters / (20e6 * 16)).toBeCloseTo(1, 1);
  });
  it('QLoRA holds about half a byte a weight, embeddings in 16 bit', () => {
    const parts = partsOf({ task: 'qlora', quantization: 'nf4', lora_rank: 8, gpus: 1, strategy: 'none' });
    const embedding = 2 * 32000 * 4096;
    expect(parts.weights / ((params - embedding) * 0.58 + 2 * embedding)).toBeCloseTo(1, 6);
  });
});

describe('activations', () => {
  it('fewer key-value heads do not shrink what training keeps of the hidden state', () => {
    const gqa = partsOf({ n_kv_head: 8 });
    const mha = partsOf({ n_kv_head: 32 });
    expect(gqa.activations).toBe(mha.activations);
  });
  it('full checkpointing keeps one hidden state a layer and token, and one layer', () => {
    const none = partsOf({ grad_ckpt: 'none' });
    const full = partsOf({ grad_ckpt: 'full' });
    const kept = 32 * 2 * 4096 * 4096 * 2;
    expect(full.activations).toBeGreaterThan(kept);
    expect(full.activations).toBeLessThan(kept + none.activations / 16);
  });
  it('grow with the square of the length without fused attention', () => {
    const at = (seq: number) => partsOf({ flash_attention: false, grad_ckpt: 'none', seq_len: seq, batch_size: 1 }).activations;
    const linear = partsOf({ grad_ckpt: 'none', seq_len: 4096, batch_size: 1 }).activations;
    expect((at(8192) - 2 * linear) / (at(4096) - linear)).toBeCloseTo(4, 3);
  });
  it('logits take bytes a token and vocabulary entry', () => {
    expect(partsOf({ vocab_size: 128000 }).logits / partsOf({ vocab_size: 32000 }).logits).toBeCloseTo(4, 6);
  });
});

describe('the whole', () => {
  const leaves = (term: Term): Term[] => (term.children ? term.children.flatMap(leaves) : [term]);
  it('is the sum of its leaves and of one device only', () => {
    const estimate = estimateOf(llama7b).estimates['peak_memory_gib'];
    const sum = leaves(estimate?.term as Term).reduce((total, term) => total + term.value, 0);
    expect(sum / (estimate?.likely ?? 0)).toBeCloseTo(1, 9);
    const alone = estimateOf({ ...llama7b, gpus: 1, strategy: 'none' }).estimates['peak_memory_gib'];
    expect(estimate?.likely ?? 0).toBeLessThan(alone?.likely ?? 0);
  });
  it('adding replicas changes nothing', () => {
    const at = (gpus: number) => estimateOf({ ...llama7b, gpus, strategy: 'ddp' }).estimates['peak_memory_gib']?.likely;
    expect(at(16)).toBe(at(8));
  });
  it('a routed model is sized by its resident weights', () => {
    const moe = { ...llama7b, model: 'mistralai/Mixtral-8x7B-v0.1', task: 'lora', lora_rank: 16, gpus: 1, strategy: 'none' };
    expect(estimateOf(moe).estimates['peak_memory_gib']?.likely).toBeGreaterThan((46.7e9 * 2) / 2 ** 30);
  });
});

describe('what a policy keeps of each layer', () => {
  const job: Facts = { framework: 'maxtext', batch_size: 4 };
  const activations = (policy: Facts) => partsOf({ ...job, grad_ckpt: 'selective', ...policy }).activations;
  const tokens = 4 * 4096;
  const layers = 32;
  // Llama 2 7B: all heads have keys of their own, so that every output of attention is as wide as the layer.
  const [h, ffn] = [4096, 11008];
  const rows: { policy: string; values: number }[] = [
    { policy: 'save_out_proj', values: 1 * h },
    { policy: 'save_qkv_proj', values: 3 * h },
    { policy: 'save_dot_except_mlp', values: 4 * h },
    { policy: 'save_dot_with_context_except_mlp', values: 5 * h },
    { policy: 'save_dot_except_mlpwi', values: 5 * h },
    { policy: 'minimal', values: 5 * h + 2 * ffn },
    { policy: 'minimal_with_context', values: 6 * h + 2 * ffn },
    { policy: 'qkv_proj_offloaded', values: 0 },
    { policy: 'minimal_offloaded', values: 0 },
  ];
  for (const { policy, values } of rows)
    it(`${policy}: ${values} values a token and layer beside the layer's input`, () => {
      const more = activations({ remat_policy: policy }) - activations({ remat_policy: 'custom', remat_tensors: 'context=remat' });
      expect(more / (tokens * layers * 2)).toBeCloseTo(values, 0);
    });

  it('a custom policy keeps what it lists, and offloads the layer’s input where told so', () => {
    const of = (list: string) => activations({ remat_policy: 'custom', remat_tensors: list });
    expect((of('qkv_proj=device out_proj=offload') - of('context=remat')) / (tokens * layers * 2)).toBeCloseTo(3 * h, 0);
    expect((of('context=remat') - of('decoder_layer_input=offload')) / (tokens * layers * 2)).toBeCloseTo(h, 0);
  });

  it('a custom policy whose list nobody sees is no known one', () =>
    expect(jobOf({ ...llama7b, ...job, grad_ckpt: 'selective', remat_policy: 'custom' }).kept).toBeUndefined());

  it('the more is kept, the less is computed again', () => {
    const speed = (policy: string) =>
      estimateOf({ ...llama7b, ...job, grad_ckpt: 'selective', remat_policy: policy }).estimates['tokens_per_s_per_gpu']?.likely ?? 0;
    const order = ['save_out_proj', 'save_dot_except_mlp', 'save_dot_except_mlpwi', 'minimal', 'minimal_with_context'].map(speed);
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(new Set(order).size).toBe(order.length);
  });
});

it('a diffusion model has its encoders beside it, unless their outputs were stored before', () => {
  const flux: Facts = {
    task: 'diffusion',
    model: 'black-forest-labs/FLUX.1-dev',
    image_size: 512,
    gpu_type: 'h100',
    gpus: 1,
    batch_size: 1,
    precision: 'bf16',
    finetune_method: 'lora',
  };
  const weights = (cached: boolean) => memoryParts(jobOf({ ...flux, latents_cached: cached }), starts(memoryKnobs))?.weights ?? 0;
  expect((weights(false) - weights(true)) / 2e9).toBeCloseTo(4.96, 1);
});
