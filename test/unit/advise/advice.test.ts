import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { advise } from '../../../server/src/core/advise/advise.js';
import { smallerModel } from '../../../server/src/core/advise/rules/cheaper-hosted.js';
import { type EstimateContext, estimate, fitsOf, Rulings, type Spec, type Workload } from '../../../server/src/core/index.js';
import { shippedCatalog } from '../../support/catalog.js';

const data = (name: string): string => readFileSync(new URL(`../../../server/data/${name}`, import.meta.url), 'utf8');
const context: EstimateContext = { catalog: shippedCatalog(), coefficients: JSON.parse(data('coefficients.json')) };
const book = { rulings: new Rulings(data('legality.csv')), quality: JSON.parse(data('quality.json')) };

function advice(kind: Spec['kind'], framework: string, facts: Spec['facts']) {
  const spec: Spec = { kind, facts: { framework, ...facts } };
  const workload: Workload = {
    id: 'w',
    kind,
    framework,
    title: 'w',
    span: { uri: 'file:///w', start: 0, end: 0 },
    facts: Object.entries(facts).map(([name, value]) => ({ name, value, origin: 'literal' as const })),
    unknown: [],
    conflicts: [],
  };
  return { found: advise(workload, spec, estimate(spec, context), book, context), spec };
}
const serving = { model: 'meta-llama/Llama-3.1-70B-Instruct', gpu_count: 4, tensor_parallel: 4, max_model_len: 8192, input_tokens: 1000, output_tokens: 300 };
const tuning = {
  model: 'meta-llama/Llama-3.1-8B',
  gpus: 8,
  batch_size: 1,
  grad_accum: 8,
  seq_len: 2048,
  epochs: 1,
  dataset_size: 50_000,
  precision: 'bf16',
  optimizer: 'adamw_torch',
  strategy: 'zero3',
  finetune_method: 'full',
};

describe('only what chip and engine take is advised', () => {
  test.each([
    ['FP8 weights win on a chip with FP8 units', 'serving', 'vllm', { ...serving, gpu_type: 'h100-sxm-80gb' }, 'weights-fp8', true],
    [
      'and are refused where the engine has no kernel',
      'serving',
      'vllm',
      { ...serving, model: 'Qwen/Qwen2.5-7B-Instruct', gpu_type: 't4' },
      'weights-fp8',
      false,
    ],
    ['nor a second time', 'serving', 'vllm', { ...serving, gpu_type: 'h100-sxm-80gb', quantization: 'fp8' }, 'weights-fp8', false],
    [
      'nor for a checkpoint that is quantized',
      'serving',
      'vllm',
      { ...serving, gpu_type: 'h100-sxm-80gb', model: 'Qwen/Qwen2.5-72B-Instruct-AWQ' },
      'weights-fp8',
      false,
    ],
    ['an engine that nothing is known of gets no advice on formats', 'serving', 'own-engine', { ...serving, gpu_type: 'h100-sxm-80gb' }, 'weights-fp8', false],
    ['16 bits where 32 are computed', 'training', 'transformers', { ...tuning, gpu_type: 'a100-sxm-80gb', precision: 'fp32' }, 'precision-bf16', true],
    [
      'in the type that the chip has',
      'training',
      'transformers',
      { ...tuning, model: 'bert-base-uncased', strategy: 'ddp', gpu_type: 't4', gpus: 1, seq_len: 128, precision: 'fp32' },
      'precision-bf16',
      false,
    ],
    [
      'FlashAttention only for 16-bit inputs',
      'training',
      'transformers',
      { ...tuning, gpu_type: 'a100-sxm-80gb', precision: 'fp32', flash_attention: false },
      'flash-attention',
      false,
    ],
  ] as const)('%s', (_name, kind, framework, facts, id, expected) => {
    expect(advice(kind, framework, facts).found.some((one) => one.id === `w/${id}`)).toBe(expected);
  });
});

test('a saving is what the estimator says of the changed facts, and combinations are estimated as one', () => {
  const { found, spec } = advice('serving', 'vllm', { ...serving, gpu_type: 'h100-sxm-80gb' });
  const before = estimate(spec, context);
  expect(found.length).toBeGreaterThan(0);
  for (const one of found) {
    const facts = { ...spec.facts, ...one.supposed, ...Object.fromEntries(one.changes.map(({ fact, to }) => [fact, to ?? ''])) };
    const after = estimate({ ...spec, facts }, context);
    const figure = one.saving.unit === 'usd/month' ? 'usd_per_month' : 'usd_per_1m_tokens';
    const percent = (1 - (after.estimates[figure]?.likely ?? 0) / (before.estimates[figure]?.likely ?? 0)) * 100;
    expect(one.saving.percent, one.title).toBeCloseTo(percent, 1);
  }
});

test('what does not fit is told what makes it fit, and only where the high end does', () => {
  const { found, spec } = advice('training', 'transformers', {
    ...tuning,
    gpu_type: 'a100-sxm-40gb',
    gpus: 2,
    batch_size: 8,
    grad_accum: 1,
    strategy: 'zero2',
    grad_ckpt: false,
  });
  expect(fitsOf(estimate(spec, context))).toBe('does-not-fit');
  const rescues = found.filter((one) => one.makesItFit);
  expect(rescues.length).toBeGreaterThan(0);
  for (const one of rescues) {
    const facts = { ...spec.facts, ...Object.fromEntries(one.changes.map(({ fact, to }) => [fact, to ?? ''])) };
    expect(fitsOf(estimate({ ...spec, facts }, context)), one.title).toBe('fits');
  }
});

test('less hardware is no saving where a token gets dearer, and says what traffic it still takes', () => {
  for (const chip of ['h100-sxm-80gb', 'a100-sxm-80gb', 'l40s']) {
    const { found, spec } = advice('serving', 'vllm', { ...serving, gpu_type: chip });
    const full = (facts: Spec['facts']): number => estimate({ ...spec, facts }, context).estimates['usd_per_1m_tokens_full']?.likely ?? 0;
    for (const one of found.filter(({ changes }) => changes.some(({ fact }) => fact === 'tensor_parallel' || fact === 'gpu_type'))) {
      const facts = { ...spec.facts, ...Object.fromEntries(one.changes.map(({ fact, to }) => [fact, to ?? ''])) };
      expect(full(facts), one.title).toBeLessThanOrEqual(full(spec.facts) * 1.05);
    }
  }
});

test('quantization has its published evidence beside it; a smaller hosted model has none', () => {
  const { found } = advice('serving', 'vllm', { ...serving, gpu_type: 'h100-sxm-80gb' });
  expect(found.find((one) => one.id === 'w/weights-fp8')?.risk).toMatchObject({
    level: 'low',
    evidence: expect.arrayContaining([expect.stringMatching(/keeps [\d.]+ % of its task scores, models above 20B .*\d+ published results/)]),
    recovery: { low: expect.any(Number), median: expect.any(Number), high: expect.any(Number) },
  });
  const call = advice('api-call', 'openai', { model: 'gpt-4o', input_tokens: 1000, output_tokens: 100, calls_per_month: 1000 });
  expect(call.found.find((one) => one.id === 'w/model-gpt-4o-mini')?.risk.level).toBe('unmeasured');
});

test.each([
  ['gpt-4o', 'gpt-4o-mini'],
  ['gpt-4o-2024-08-06', 'gpt-4o-mini'],
  ['gpt-4.1-mini', 'gpt-4.1-nano'],
  ['claude-sonnet-4-5', 'claude-haiku-4-5'],
  ['claude-sonnet-4-5-20250929', 'claude-haiku-4-5'],
  ['gemini-2.5-pro', 'gemini-2.5-flash'],
  ['gemini-2.5-flash', 'gemini-2.5-flash-lite'],
  ['mistral-large-latest', 'mistral-medium-latest'],
  ['gpt-4.1-nano', undefined],
  ['my-own-model', undefined],
])('the next smaller model than %s is %s', (model, smaller) => {
  expect(smallerModel(model, context.catalog.hostedBook)).toBe(smaller);
});
