import { describe, expect, test } from 'vitest';
import { kernelsFor } from '../../../server/src/core/estimate/serving/kernels.js';
import { usualShare } from '../../../server/src/core/estimate/serving/memory-share.js';
import { servingCase } from '../../../server/src/core/estimate/serving/workload.js';
import { FactReader } from '../../../server/src/core/estimate/spec.js';
import type { FactValue } from '../../../server/src/core/model/fact.js';
import { shippedCatalog } from '../../support/catalog.js';

const catalog = shippedCatalog();
const caseOf = (facts: Record<string, FactValue>) => servingCase(new FactReader({ kind: 'serving', facts: { task: 'llm', ...facts } }), catalog);
const kernels = (facts: Record<string, FactValue>) => {
  const { format } = caseOf({ model: 'meta-llama/Llama-3.1-8B', ...facts });
  return `${format.kernels}/${format.compute}`;
};

describe('what kernels make of a format', () => {
  const routed = { model: 'nvidia/NVIDIA-Nemotron-3-Super-120B-A12B-NVFP4' };
  test.each<[string, Record<string, FactValue>, string]>([
    ['FP4 units multiply', { weights: 'nvfp4', gpu_type: 'b200', engine: 'vllm' }, 'fp4/fp4'],
    ['chips without them unpack to 16 bits', { weights: 'nvfp4', gpu_type: 'h100', engine: 'vllm' }, 'marlin/fp16'],
    ['dense models on a workstation Blackwell', { weights: 'nvfp4', gpu_type: 'gb10', engine: 'vllm' }, 'fp4/fp4'],
    ['experts there run on weights alone', { ...routed, weights: 'nvfp4', gpu_type: 'gb10', engine: 'vllm' }, 'marlin/fp16'],
    ['experts on a server Blackwell', { ...routed, weights: 'nvfp4', gpu_type: 'b200', engine: 'vllm' }, 'fp4/fp4'],
    ['integer blocks of llama.cpp', { weights: 'mxfp4', gpu_type: 'h100', engine: 'llama.cpp' }, 'gguf/fp16'],
    ['AWQ since it has fused kernels', { weights: 'w4a16-awq', gpu_type: 'a100', engine: 'vllm', engine_version: '0.6.3' }, 'marlin/fp16'],
    ['AWQ before', { weights: 'w4a16-awq', gpu_type: 'a100', engine: 'vllm', engine_version: '0.4.2' }, 'w4/fp16'],
    ['GPTQ before AWQ', { weights: 'w4a16-gptq', gpu_type: 'a100', engine: 'vllm', engine_version: '0.4.2' }, 'marlin/fp16'],
    ['no fused kernels below Ampere', { weights: 'w4a16-gptq', gpu_type: 't4', engine: 'vllm' }, 'gptq4/fp16'],
    ['none in an eager library', { weights: 'w4a16-gptq', gpu_type: 'a100', engine: 'transformers' }, 'gptq4/fp16'],
  ])('%s', (_, facts, want) => expect(kernels(facts)).toBe(want));

  test('matrix-vector kernels take few rows at once', () => {
    const facts = { model: 'mistralai/Mistral-7B-v0.1', weights: 'w4a16-awq', gpu_type: 'rtx-4090', engine: 'autoawq' };
    expect([caseOf({ ...facts, kernel: 'GEMV' }).format.rows, caseOf({ ...facts, kernel: 'gemm' }).format.rows]).toEqual([8, undefined]);
  });

  test('nothing is said of a chip that is not known', () => {
    const { format, engine } = caseOf({ model: 'meta-llama/Llama-3.1-8B', weights: 'nvfp4', engine: 'vllm' });
    expect(kernelsFor(format, engine, undefined, undefined, false, undefined)).toBe(format);
  });
});

describe('the share that SGLang takes by itself', () => {
  const share = (gpu: string, facts: Record<string, FactValue> = {}) =>
    caseOf({ model: 'meta-llama/Llama-3.1-8B', gpu_type: gpu, engine: 'sglang', gpus: 1, ...facts }).memoryShare;
  test.each<[string, string, Record<string, FactValue>, number]>([
    ['80 GB: 512 + 8192 · 1.5 + 256 · 2 + 128 MiB', 'h100', {}, 0.834],
    ['24 GB: 512 + 2048 · 1.5 + 24 · 2 + 128', 'rtx-4090', {}, 0.845],
    ['larger chunks leave less', 'h100', { max_num_batched_tokens: 16384 }, 0.682],
    ['by size of the device, in an older release', 'h100', { engine_version: '0.5.0' }, 0.874],
    ['by ranks, in one older still', 'h100', { engine_version: '0.4.0' }, 0.88],
    ['by ranks, in one older still', 'h100', { engine_version: '0.4.0', gpus: 8, tensor_parallel: 8 }, 0.81],
  ])('%s', (_, gpu, facts, want) => expect(share(gpu, facts)).toBeCloseTo(want, 2));

  test('is not that of others', () => {
    const { engine, device } = caseOf({ model: 'meta-llama/Llama-3.1-8B', gpu_type: 'h100', engine: 'vllm' });
    const one = { device, release: undefined, tensor: 1, stages: 1, copies: 1, chunk: undefined, attentionGroups: false, speculative: false };
    expect(usualShare({ ...one, engine })).toBe(0.9);
    expect(usualShare({ ...one, engine: { ...engine, id: 'lmdeploy' } })).toBe(0.8);
  });
});
