import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type EstimateContext, estimate, fitsOf } from '../../../server/src/core/index.js';
import type { FactValue } from '../../../server/src/core/model/fact.js';
import { shippedCatalog } from '../../support/catalog.js';

const coefficients = JSON.parse(readFileSync(new URL('../../../server/data/coefficients.json', import.meta.url), 'utf8'));
const context: EstimateContext = { catalog: shippedCatalog(), coefficients };

const servers: readonly [string, Record<string, FactValue>][] = [
  [
    'QwenLM/Qwen3#12',
    { framework: 'vllm', model: 'Qwen/Qwen1.5-14B-Chat', precision: 'fp16', gpu_type: 'v100-sxm2-32gb', gpu_mem_util: 0.95, max_model_len: 32768 },
  ],
  [
    'vllm#4429',
    {
      framework: 'vllm',
      engine_version: '0.4.1',
      model: 'deepseek-ai/deepseek-coder-33b-instruct',
      precision: 'fp16',
      gpu_type: 'l40',
      gpu_count: 2,
      tensor_parallel: 2,
      max_model_len: 16384,
    },
  ],
  [
    'vllm#16570',
    {
      framework: 'vllm',
      engine_version: '0.8.3',
      model: 'Qwen/Qwen2.5-VL-72B-Instruct',
      gpu_type: 'a100-sxm-40gb',
      gpu_count: 4,
      tensor_parallel: 4,
      gpu_mem_util: 0.95,
    },
  ],
  ['vllm#27508', { framework: 'vllm', engine_version: '0.11.0', model: 'openai/gpt-oss-120b', quantization: 'mxfp4', gpu_type: 'h100-sxm-80gb' }],
  ['vllm#10517', { framework: 'vllm', engine_version: '0.6.4', model: 'meta-llama/Llama-3.1-8B-Instruct', gpu_type: 'rtx-3090', max_model_len: 29000 }],
  [
    'vllm#13061',
    {
      framework: 'vllm',
      engine_version: '0.7.2',
      model: 'deepseek-ai/DeepSeek-R1-Distill-Qwen-14B',
      gpu_type: 'rtx-4090',
      gpu_count: 2,
      tensor_parallel: 2,
      gpu_mem_util: 0.98,
    },
  ],
  [
    'vllm#5248',
    {
      framework: 'vllm',
      engine_version: '0.4.3',
      model: 'deepseek-ai/deepseek-coder-6.7b-instruct',
      precision: 'fp16',
      gpu_type: 't4',
      gpu_count: 2,
      tensor_parallel: 2,
      max_model_len: 16384,
    },
  ],
  [
    'vllm#6746',
    {
      framework: 'vllm',
      engine_version: '0.5.3',
      model: 'meta-llama/Meta-Llama-3.1-405B-Instruct',
      quantization: 'fp8',
      gpu_type: 'h100-sxm-80gb',
      gpu_count: 8,
      tensor_parallel: 8,
    },
  ],
  [
    'spark-vllm-docker#396',
    {
      framework: 'vllm',
      model: 'MiniMaxAI/MiniMax-M2.7',
      quantization: 'awq',
      gpu_type: 'gb10',
      gpu_count: 2,
      tensor_parallel: 2,
      gpu_mem_util: 0.8,
      max_model_len: 196608,
    },
  ],
  ['gpustack#1800', { framework: 'vllm', engine_version: '0.8.4', model: 'Qwen/Qwen2.5-VL-7B-Instruct', gpu_type: 'rtx-3090', max_model_len: 8192 }],
  ['wildguard#2', { framework: 'vllm', engine_version: '0.5.0', model: 'mistralai/Mistral-7B-v0.3', gpu_type: 'rtx-3090', max_model_len: 32768 }],
  [
    'QwenLM/Qwen3#16',
    { framework: 'vllm', engine_version: '0.3.0', model: 'Qwen/Qwen1.5-7B-Chat-GPTQ-Int4', quantization: 'gptq', gpu_type: 'rtx-3090', max_model_len: 32768 },
  ],
  ['vllm#636', { framework: 'vllm', engine_version: '0.1.2', model: 'meta-llama/Llama-2-70b-hf', gpu_type: 'a100-sxm-80gb' }],
  [
    'vllm#2140',
    { framework: 'vllm', engine_version: '0.4.0', model: 'Qwen/Qwen2-7B-Instruct', precision: 'fp32', gpu_type: 'rtx-2080-ti', max_model_len: 512 },
  ],
  [
    'QwenLM/Qwen#853',
    { framework: 'vllm', engine_version: '0.2.6', model: 'Qwen/Qwen-72B-Chat', precision: 'bf16', gpu_type: 'a100-sxm-40gb', gpu_count: 4, tensor_parallel: 4 },
  ],
  [
    'vllm#2248',
    { framework: 'vllm', engine_version: '0.2.5', model: 'meta-llama/Llama-2-70b-hf', quantization: 'awq', gpu_type: 'a10g', gpu_count: 4, tensor_parallel: 4 },
  ],
  ['text-generation-inference#653', { framework: 'tgi', engine: 'tgi', model: 'meta-llama/Llama-2-7b-hf', gpu_type: 'a10g' }],
  [
    'text-generation-inference#2744',
    { framework: 'tgi', engine: 'tgi', model: 'meta-llama/Llama-3.1-70B-Instruct', gpu_type: 'a100-sxm-80gb', gpu_count: 2, tensor_parallel: 2 },
  ],
];

test.each(servers)('a server that ran out of memory, or refused to start for want of it, is never said to fit: %s', (_source, facts) => {
  const estimation = estimate({ kind: 'serving', facts: { gpu_count: 1, ...facts } }, context);
  expect(estimation.estimates['memory_share']).toBeDefined();
  expect(fitsOf(estimation)).not.toBe('fits');
});
