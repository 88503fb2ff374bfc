import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { collectRuns } from '../../../server/src/core/runs/collect.js';
import { compareRun } from '../../../server/src/core/runs/compare.js';
import { shippedCatalog } from '../../support/catalog.js';

const script = readFileSync(new URL('../../measure/measure.py', import.meta.url), 'utf8');
const coefficients = JSON.parse(readFileSync(new URL('../../../server/data/coefficients.json', import.meta.url), 'utf8'));

/** Rows in the form that the script writes; the figures are made up. */
const facts = {
  params: 1_100_000_000,
  n_layer: 16,
  n_embd: 2048,
  n_head: 32,
  n_kv_head: 8,
  n_ffn: 8192,
  vocab_size: 32000,
  precision: 'bf16',
  flash_attention: true,
};
const machine = {
  gpu_type: 'NVIDIA A100-SXM4-80GB',
  gpus: 1,
  gpu_memory_gib: 79.15,
  torch: '2.8.0',
  cuda: '12.8',
  transformers: '4.55.0',
  framework: 'transformers',
};
const rows = [
  {
    id: 'own-training-1b-1',
    kind: 'training',
    task: 'pretrain',
    family: 'own',
    facts: { ...facts, batch_size: 4, grad_accum: 1, seq_len: 2048, grad_ckpt: false, optimizer: 'adamw_torch_fused', strategy: 'ddp', ...machine },
    measured: { step_time_s: 0.5, tokens_per_s_per_gpu: 16384, peak_memory_gib: 40, reserved_memory_gib: 42 },
    source: 'test/measure/measure.py, Linux x86_64, Python 3.12.1',
    date: '2026-11-20',
    flags: [],
  },
  {
    id: 'own-serving-1b-2',
    kind: 'serving',
    task: 'llm',
    family: 'own',
    facts: {
      ...facts,
      batch_size: 4,
      input_tokens: 512,
      output_tokens: 128,
      engine: 'transformers',
      weights: 'bf16',
      task: 'llm',
      mode: 'latency',
      ...machine,
    },
    measured: { ttft_ms: 30, tpot_ms: 25, decode_tokens_per_s: 160, peak_memory_gib: 3, reserved_memory_gib: 3.5 },
    source: 'test/measure/measure.py, Linux x86_64, Python 3.12.1',
    date: '2026-11-20',
    flags: [],
  },
];
const found = () => collectRuns([{ uri: 'file:///w/.mlcost/measurements.jsonl', text: rows.map((row) => JSON.stringify(row)).join('\n') }], ['file:///w']);

test('every fact and figure that the script writes is read', () => {
  const runs = found();
  expect(runs).toHaveLength(2);
  for (const row of rows) {
    const run = runs.find(({ id }) => id.endsWith(row.id));
    expect(run?.facts).toEqual(row.facts);
    expect(run?.measured).toEqual(row.measured);
  }
});
test('the example has the names that stand in the script, and no other', () => {
  const written = new Set([...script.matchAll(/"([a-z]\w*)":/g)].map(([, name]) => name ?? ''));
  const named = new Set(rows.flatMap((row) => [...Object.keys(row), ...Object.keys(row.facts), ...Object.keys(row.measured)]));
  expect([...named].filter((name) => !written.has(name))).toEqual([]);
  const shapes = new Set(['bf16', 'fp16', 'fp32', 'use_reentrant']);
  expect([...written].filter((name) => !named.has(name) && !shapes.has(name))).toEqual([]);
});
test('a row holds against an estimate without any workload', () => {
  const context = { catalog: shippedCatalog(), coefficients };
  const [training, serving] = ['training', 'serving'].map((kind) => compareRun(found().find((run) => run.kind === kind)!, undefined, context));
  expect([training?.time?.by, training?.memory?.by]).toEqual(['step_time_s', 'peak_memory_gib']);
  expect(serving?.time?.by).toBe('decode_tokens_per_s');
});
