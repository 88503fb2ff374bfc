import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { collectRuns, endsWithPath } from '../../../server/src/core/runs/collect.js';
import { isRunFile, type RunFile } from '../../../server/src/core/runs/files.js';
import { readTable } from '../../../server/src/core/runs/read/sqlite.js';
import { readScalars } from '../../../server/src/core/runs/read/tensorboard.js';
import { eventFile } from '../../support/event-file.js';

const root = 'file:///w';
const file = (name: string, content: string | Uint8Array): RunFile =>
  typeof content === 'string' ? { uri: `${root}/${name}`, text: content } : { uri: `${root}/${name}`, bytes: content };
const runs = (files: Readonly<Record<string, string | Uint8Array>>) =>
  collectRuns(
    Object.entries(files).map(([name, content]) => file(name, content)),
    [root],
  );
const near = (value: number) => expect.closeTo(value, 3) as number;

const state = (more: object) => JSON.stringify({ global_step: 100, train_batch_size: 4, log_history: [{ loss: 1, step: 50 }, more] });
const closing = { step: 100, train_runtime: 1100, train_samples_per_second: 2.909, train_steps_per_second: 0.091 };
const database = readFileSync(path.join(import.meta.dirname, '../../fixtures/runs/mlflow.db'));

describe('each format says what was measured, on what and with what', () => {
  test.each<[string, Record<string, string | Uint8Array>, object]>([
    [
      'a Trainer’s state: the time of evaluations is no training time; the devices stay unknown without the accumulation',
      {
        'out/a/trainer_state.json': JSON.stringify({
          global_step: 100,
          train_batch_size: 4,
          log_history: [{ eval_runtime: 60, step: 50 }, { eval_runtime: 40, step: 100 }, closing],
        }),
        'out/a/checkpoint-50/trainer_state.json': JSON.stringify({ global_step: 50, train_batch_size: 4, log_history: [] }),
        'out/a/adapter_config.json': '{"peft_type":"LORA","base_model_name_or_path":"org/m-7b","r":16}',
      },
      {
        id: 'out/a',
        kind: 'training',
        facts: { batch_size: 4, global_batch_size: 32, max_steps: 100, model: 'org/m-7b', lora_rank: 16, finetune_method: 'lora' },
        measured: { wall_hours: near(1100 / 3600), step_time_s: near(10), samples_per_s: near(3.2) },
      },
    ],
    [
      'Python’s NaN in it is no number',
      { 'out/trainer_state.json': state(closing).replace('"loss":1', '"loss":NaN,"x":-Infinity') },
      { id: 'out', measured: { step_time_s: near(11) } },
    ],
    [
      'the tokens seen give the mean length',
      { 'o/trainer_state.json': state({ ...closing, num_input_tokens_seen: 3_276_800 }) },
      { facts: { seq_len: 1024 }, measured: { tokens_per_s: near(3_276_800 / 1100) } },
    ],
    [
      'a W&B folder: program, commit, devices, settings and the closing figures',
      {
        'wandb/run-20260102_030405-x1/files/wandb-metadata.json':
          '{"program":"/home/q/w/src/train.py","codePath":"src/train.py","args":["--lora_rank=8","--packing"],"gpu_nvidia":[{"name":"NVIDIA A100-SXM4-80GB"},{"name":"NVIDIA A100-SXM4-80GB"}],"git":{"commit":"abc"},"host":"h","username":"q"}',
        'wandb/run-20260102_030405-x1/files/config.yaml':
          'wandb_version: 1\n_wandb:\n  value: {}\nper_device_train_batch_size:\n  desc: null\n  value: 2\nmodel_name_or_path:\n  value: org/m\n',
        'wandb/run-20260102_030405-x1/files/wandb-summary.json':
          '{"_runtime":7200,"train/train_runtime":7000,"train/global_step":700,"_wandb":{"runtime":7200}}',
      },
      {
        id: 'wandb/run-20260102_030405-x1',
        at: '2026-01-02T03:04:05',
        program: 'src/train.py',
        commit: 'abc',
        facts: { batch_size: 2, model: 'org/m', gpu_type: 'NVIDIA A100-SXM4-80GB', gpu_count: 2, lora_rank: 8, packing: true },
        measured: { wall_hours: near(7000 / 3600), step_time_s: 10 },
      },
    ],
    [
      'CodeCarbon: duration, energy and chips',
      {
        'emissions.csv':
          'timestamp,project_name,run_id,duration,emissions,energy_consumed,gpu_count,gpu_model\n2026-03-04T05:06:07,p,i1,3600,0.5,2.5,4,4 x NVIDIA A40\n',
      },
      { at: '2026-03-04T05:06:07', facts: { gpu_type: 'NVIDIA A40', gpu_count: 4 }, measured: { wall_hours: 1, energy_kwh: 2.5, carbon_kg: 0.5 } },
    ],
    [
      'MLflow’s files',
      {
        'mlruns/1/r1/meta.yaml': 'run_id: r1\nstart_time: 1767225600000\nend_time: 1767229200000\nuser_id: q\n',
        'mlruns/1/r1/params/max_steps': '50',
        'mlruns/1/r1/metrics/train_runtime': '1 10 0\n2 1800 50\n',
        'mlruns/1/r1/tags/mlflow.source.name': 'train.py',
      },
      { id: 'mlruns/1/r1', at: '2026-01-01T00:00:00', program: 'train.py', facts: { max_steps: 50 }, measured: { wall_hours: 0.5 } },
    ],
    [
      'a benchmark of vLLM: loads, lengths and latencies',
      {
        'vllm-infqps-m.json':
          '{"date":"20260506-070809","backend":"vllm","model_id":"org/m","num_prompts":10,"request_rate":"inf","max_concurrency":4,"completed":10,"total_input_tokens":5000,"total_output_tokens":1000,"request_throughput":2.0,"output_throughput":200.0,"total_token_throughput":1200.0,"median_ttft_ms":90.0,"mean_ttft_ms":99.0,"median_tpot_ms":12.0}',
      },
      {
        kind: 'serving',
        at: '2026-05-06T07:08:09',
        facts: { model: 'org/m', engine: 'vllm', concurrency: 4, input_tokens: 500, output_tokens: 100 },
        measured: { output_tokens_per_s: 200, ttft_ms: 90, tpot_ms: 12, requests_per_s: 2 },
      },
    ],
    [
      'llama-bench: decode',
      {
        'llama-bench.json':
          '[{"gpu_info":"NVIDIA GeForce RTX 4090","model_filename":"models/m-7B-Q4_K_M.gguf","model_type":"llama 7B Q4_K - Medium","model_n_params":7000000000,"n_prompt":0,"n_gen":128,"avg_ts":150.5,"test_time":"2026-01-01T00:00:00Z"}]',
      },
      { facts: { engine: 'llama.cpp', gpu_type: 'NVIDIA GeForce RTX 4090', output_tokens: 128, params: 7e9 }, measured: { decode_tokens_per_s: 150.5 } },
    ],
    [
      'genai-perf',
      {
        'profile_export_genai_perf.json':
          '{"request_throughput":{"unit":"requests/sec","avg":3},"output_token_throughput":{"unit":"tokens/sec","avg":300},"time_to_first_token":{"unit":"ms","avg":50,"p50":45},"input_sequence_length":{"avg":512},"output_sequence_length":{"avg":100},"input_config":{"model_names":["org/m"],"perf_analyzer":{"stimulus":{"concurrency":8}}}}',
      },
      { facts: { model: 'org/m', concurrency: 8, input_tokens: 512 }, measured: { output_tokens_per_s: 300, ttft_ms: 45 } },
    ],
    [
      'a row that a team shared',
      {
        '.mlcost/measurements.jsonl':
          'not json\n{"id":"a","kind":"training","facts":{"model":"org/m","gpu_type":"h100","secret":"x"},"measured":{"wall_hours":2,"oddity":3},"date":"2026-01-02","workload":"t.py"}\n',
      },
      { id: '.mlcost/measurements.jsonl#a', workload: 't.py', facts: { model: 'org/m', gpu_type: 'h100' }, measured: { wall_hours: 2 } },
    ],
    [
      'TensorBoard: the middle gap between logged steps leaves a pause out',
      {
        'lightning/version_0/events.out.tfevents.1.h.1.0': eventFile(
          [0, 1, 2, 3, 4, 5].map((n) => ['train_loss', n * 10, 1, 1_767_225_600 + n * 20 + (n > 3 ? 900 : 0)]),
        ),
      },
      { at: '2026-01-01T00:00:00', measured: { step_time_s: 2 } },
    ],
  ])('%s', (_name, files, expected) => {
    for (const name of Object.keys(files)) expect(isRunFile(`${root}/${name}`), name).toBe(true);
    const found = runs(files);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject(expected);
    // nobody's name, host or home is in what was read
    if (_name.includes('stay unknown')) expect(found[0]?.facts).not.toHaveProperty('gpus');
    expect(JSON.stringify(found[0])).not.toMatch(/"q"|"h"|\/home\//);
  });
});

test('MLflow’s database: runs, parameters over overflow pages, closing metrics; deleted runs are none', () => {
  expect(
    readTable(database, 'params')
      .filter(({ key }) => key === 'long')
      .map(({ value }) => String(value).length),
  ).toEqual([3000, 3000, 3000]);
  expect(readTable(database, 'no such table')).toEqual([]);
  const found = runs({ 'mlflow.db': database });
  expect(found.map(({ at, commit, facts, measured }) => [at, commit, facts['batch_size'], facts['gpus'], measured['wall_hours']])).toEqual([
    ['2026-01-02T00:00:00', 'abc1', 8, 4, near(3700 / 3600)],
    ['2026-01-01T00:00:00', 'abc0', 8, 4, 1],
  ]);
});

test('a tracker’s run that names the output folder is the Trainer’s run of that folder', () => {
  const found = runs({
    'out/a/trainer_state.json': state(closing),
    'wandb/run-20260102_030405-x1/files/config.yaml': 'output_dir:\n  value: ./out/a\n',
    'wandb/run-20260102_030405-x1/files/wandb-metadata.json': '{"gpu":"NVIDIA L4","gpu_count":1,"codePath":"t.py"}',
    'wandb/run-20260102_030405-x1/files/wandb-summary.json': '{"_runtime":1200}',
  });
  expect(found.map(({ id, sources, program }) => [id, sources.join('+'), program])).toEqual([['out/a', 'hf-trainer+wandb', 't.py']]);
});

test('a run that was shared and is still here counts once', async () => {
  const { sharedRow } = await import('../../../server/src/core/runs/share.js');
  const { shippedCatalog } = await import('../../support/catalog.js');
  const here = { 'out/a/trainer_state.json': state(closing) };
  const row = sharedRow(runs(here)[0]!, 't.py', shippedCatalog()) ?? '';
  expect(runs({ ...here, '.mlcost/measurements.jsonl': row })).toHaveLength(1);
  expect(runs({ '.mlcost/measurements.jsonl': row })).toHaveLength(1);
});

describe('spoilt files tell nothing and stop nothing', () => {
  const events = eventFile([0, 1, 2, 3].map((n) => ['loss', n, 1, n]));
  const good = { 'out/trainer_state.json': state(closing) };
  test.each<[string, Record<string, string | Uint8Array>]>([
    ['half a JSON', { 'b/trainer_state.json': state(closing).slice(0, 40) }],
    ['a list', { 'b/trainer_state.json': '[1,2]' }],
    ['a state without an end', { 'b/all_results.json': '{"eval_loss":1}' }],
    ['an event file that ends in the middle', { 'b/events.out.tfevents.1': events.subarray(0, events.length - 9).subarray(0, 30) }],
    ['noise as events', { 'b/events.out.tfevents.1': Uint8Array.from({ length: 500 }, (_, at) => (at * 37) % 251) }],
    ['noise as a database', { 'mlflow.db': Uint8Array.from({ length: 5000 }, (_, at) => (at * 37) % 251) }],
    ['a database cut off', { 'mlflow.db': database.subarray(0, 1500) }],
    ['a CSV without its columns', { 'emissions.csv': 'a,b\n1,2\n' }],
    ['another JSON with the name of a benchmark', { 'benchmark.json': '{"hello":1}' }],
  ])('%s', (_name, files) => {
    expect(runs({ ...good, ...files }).map(({ id }) => id)).toEqual(['out']);
  });
  test('a database whose pages point anywhere ends', () => {
    for (let seed = 1; seed < 60; seed++) {
      const bytes = Uint8Array.from(database);
      for (let n = 0; n < 40; n++) bytes[100 + ((seed * 7919 + n * 104_729) % (bytes.length - 100))] = (seed * 31 + n * 17) % 256;
      expect(Array.isArray(readTable(bytes, 'params'))).toBe(true);
    }
  });
});

test('scalars of an event file by tag', () => {
  const scalars = readScalars(
    eventFile([
      ['a', 1, 0.5, 10],
      ['b', 1, 2, 10],
      ['a', 2, 0.25, 11],
    ]),
  );
  expect([...scalars].map(([tag, list]) => [tag, list.map(({ step, value }) => [step, value])])).toEqual([
    [
      'a',
      [
        [1, 0.5],
        [2, 0.25],
      ],
    ],
    ['b', [[1, 2]]],
  ]);
});

test.each([
  ['file:///w/out/a', 'out/a', true],
  ['file:///w/out/a', './out/a/', true],
  ['file:///w/out/a', 'x/out/a', false],
  ['file:///w/out/a', '/scratch/q/out/a', true],
  ['file:///w/b/a', '/scratch/q/out/a', false],
  ['file:///w/out/a', 'out/$NAME', false],
  ['file:///w/out/a', '', false],
])('%s ends with %s: %s', (folder, written, expected) => expect(endsWithPath(folder, written)).toBe(expected));
