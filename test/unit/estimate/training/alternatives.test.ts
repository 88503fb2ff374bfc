import { expect, it } from 'vitest';
import { onLikelyAccelerators } from '../../../../server/src/core/estimate/alternatives.js';
import { context, type Facts } from './context.js';

it.each<[string, Facts, Record<string, number>]>([
  ['what fits one', { model: 'Qwen/Qwen2.5-0.5B' }, { 'rtx-4090': 1, 'h100-sxm-80gb': 1 }],
  ['what needs some of a machine', { model: 'meta-llama/Meta-Llama-3-8B', strategy: 'fsdp' }, { 'h100-sxm-80gb': 4 }],
  ['what needs machines that are joined by fast links', { model: 'meta-llama/Llama-2-70b-hf', strategy: 'zero3' }, { 'h100-sxm-80gb': 16 }],
  ['cards without links of their own are not joined over machines', { model: 'meta-llama/Llama-2-70b-hf', strategy: 'zero3' }, { 'rtx-4090': 8, l40s: 8 }],
  ['where each holds the whole model, more of them do not help', { model: 'meta-llama/Llama-2-70b-hf', strategy: 'ddp' }, { 'h100-sxm-80gb': 8 }],
])('as few accelerators are taken as it fits on, where nobody says how many: %s', (_, facts, counts) => {
  const job = { batch_size: 1, seq_len: 2048, grad_ckpt: true, precision: 'bf16', framework: 'transformers', ...facts };
  const rows = onLikelyAccelerators({ kind: 'training', facts: job }, context, Object.keys(counts));
  expect(Object.fromEntries(rows.map(({ accelerator, count }) => [accelerator, count]))).toEqual(counts);
});
