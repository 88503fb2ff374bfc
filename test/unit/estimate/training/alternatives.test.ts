import { expect, it } from 'vitest';
import { onLikelyAccelerators } from '../../../../server/src/core/estimate/alternatives.js';
import { estimate } from '../../../../server/src/core/estimate/estimate.js';
import { fitsOf } from '../../../../server/src/core/estimate/fits.js';
import { context, type Facts } from './context.js';

it.each<[string, Facts, Record<string, number>]>([
  ['what fits one', { model: 'Qwen/Qwen2.5-0.5B' }, { 'rtx-4090': 1, 'h100-sxm-80gb': 1 }],
  ['what needs some of a machine', { model: 'meta-llama/Meta-Llama-3-8B', strategy: 'fsdp' }, { 'h100-sxm-80gb': 4 }],
  ['what needs machines that are joined by fast links', { model: 'meta-llama/Llama-2-70b-hf', strategy: 'zero3' }, { 'h100-sxm-80gb': 16 }],
  ['cards without links of their own are not joined over machines', { model: 'meta-llama/Llama-2-70b-hf', strategy: 'zero3' }, { 'rtx-4090': 8, l40s: 8 }],
  [
    'of numbers on which it may fit, one on which it likely does',
    { model: 'meta-llama/Llama-2-13b-hf', strategy: 'zero3', batch_size: 16 },
    { 'h100-sxm-80gb': 8 },
  ],
  ['where each holds the whole model, more of them do not help', { model: 'meta-llama/Llama-2-70b-hf', strategy: 'ddp' }, { 'h100-sxm-80gb': 8 }],
])('as few accelerators are taken as it fits on, where nobody says how many: %s', (_, facts, counts) => {
  const job = { batch_size: 1, seq_len: 2048, grad_ckpt: true, precision: 'bf16', framework: 'transformers', ...facts };
  const rows = onLikelyAccelerators({ kind: 'training', facts: job }, context, Object.keys(counts));
  expect(Object.fromEntries(rows.map(({ accelerator, count }) => [accelerator, count]))).toEqual(counts);
});

it.each<[string, Facts, boolean]>([
  ['a batch of long samples, if they are as long as usual', { model: 'meta-llama/Llama-2-7b-hf', peft: 'lora', strategy: 'ddp', batch_size: 256 }, false],
  ['the states of the weights alone, whatever the samples', { model: 'meta-llama/Llama-2-13b-hf', strategy: 'ddp', batch_size: 256 }, true],
  ['an encoder takes no more than its positions', { model: 'BAAI/bge-base-en-v1.5', strategy: 'ddp', batch_size: 64 }, false],
])('where no length is stated, what does not fit is what no length makes fit: %s', (_, facts, isTooMuch) => {
  const job = { precision: 'bf16', framework: 'transformers', gpu_type: 'a100-sxm-80gb', gpu_count: 1, ...facts };
  expect(fitsOf(estimate({ kind: 'training', facts: job }, context)) === 'does-not-fit').toBe(isTooMuch);
});

it.each<[string, readonly string[]]>([
  ['AMD', ['AMD']],
  ['Intel', ['Intel']],
  ['AWS', ['AWS']],
  ['Huawei', []],
])('where only the maker is known, %s, no others are shown', (maker, makers) => {
  const rows = onLikelyAccelerators({ kind: 'serving', facts: { model: 'meta-llama/Llama-3.1-8B', gpu_count: 1, gpu_vendor: maker } }, context);
  const found = rows.map(({ accelerator }) => context.catalog.accelerators.find(({ id }) => id === accelerator)?.vendor);
  expect([...new Set(found)]).toEqual(makers);
});
