import { afterEach, expect, test } from 'vitest';
import type { ChoicesResult, MarkdownResult, OutOfMemoryResult, SettingEditResult, ShareRunsResult } from '../../server/src/protocol/protocol.js';
import { Editor, root, type SessionOptions } from '../support/session.js';

let editor: Editor;
const start = async (options?: SessionOptions) => {
  editor = await Editor.start(options);
};
afterEach(() => editor?.stop());

const script = `from transformers import AutoModelForCausalLM, Trainer, TrainingArguments
model = AutoModelForCausalLM.from_pretrained("meta-llama/Llama-3.1-8B")
args = TrainingArguments(output_dir="out/llama", per_device_train_batch_size=4, gradient_accumulation_steps=2, max_steps=1000, bf16=True)
trainer = Trainer(model=model, args=args)
`;
const metadata = '{"codePath":"train.py","gpu":"NVIDIA H100 80GB HBM3","gpu_count":8,"git":{"commit":"0123456789"}}';
const files = {
  'train.py': script,
  'out/llama/trainer_state.json': JSON.stringify({
    global_step: 1000,
    train_batch_size: 4,
    num_input_tokens_seen: 131_072_000,
    log_history: [{ step: 1000, train_runtime: 5000, train_samples_per_second: 12.8, train_steps_per_second: 0.2 }],
  }),
  'wandb/run-20260102_030405-x/files/wandb-metadata.json': metadata,
  'wandb/run-20260102_030405-x/files/config.yaml': 'output_dir:\n  value: out/llama\ngradient_accumulation_steps:\n  value: 2\n',
  'wandb/run-20260102_030405-x/files/wandb-summary.json': '{"_runtime":5100}',
};
/** The lenses once the runs, which are read in the background, are in them. */
const measured = (): Promise<string[]> => editor.lensesWith('train.py', /measured/);

test('a measured run stands beside the estimate, says the chip that the code does not, and corrects', async () => {
  await start({ files });
  await editor.open('train.py');
  const lenses = await measured();
  expect(lenses.slice(0, 2)).toEqual([
    expect.stringMatching(/^4: Fine-tune Llama-3\.1-8B · 8×H100 · [\d.]+ GPU-h/),
    expect.stringMatching(/^4: measured 1 run: 1\.4 h, \$\d+ · estimate /),
  ]);
  const hover = await editor.hover('train.py', 'Trainer(');
  expect(hover).toMatch(/\*\*Measured\*\* 1 run of this job: 1\.4 h.*commit 0123456.*time × [\d.]+ from 1 run of this code; without them/);
  expect(hover).toContain('measured: the run out/llama had it');
  const report = (await editor.connection.sendRequest('mlcost/runs', {})) as MarkdownResult;
  expect(report.markdown).toMatch(/1 found, 1 matched[\s\S]*out\/llama[\s\S]*it wrote to out\/llama/);
});

test('a fresh start leaves earlier runs listed and unused', async () => {
  await start({ files: { ...files, '.mlcost.yaml': 'runs:\n  since: 2026-02-01\n' } });
  await editor.open('train.py');
  await editor.lenses('train.py');
  const report = (await editor.connection.sendRequest('mlcost/runs', {})) as MarkdownResult;
  expect(report.markdown).toMatch(/left out by .+runs.+ in \.mlcost\.yaml/);
  expect(await editor.lenses('train.py')).toEqual([expect.stringContaining('GPU unknown')]);
});

test('the runs are rows that a team can share, and the settings file takes a fresh start as a small edit', async () => {
  await start({ files: { ...files, '.mlcost.yaml': '# ours\nruns:\n  ignore: [old/**]\n' } });
  await editor.open('train.py');
  await measured();
  const shared = (await editor.connection.sendRequest('mlcost/shareRuns', null)) as ShareRunsResult;
  expect([shared.uri, shared.rows]).toEqual([`${root}/.mlcost/measurements.jsonl`, 1]);
  expect(JSON.parse(shared.text)).toMatchObject({
    kind: 'training',
    workload: 'train.py',
    commit: '0123456789',
    facts: { gpu_type: 'h100-sxm-80gb', gpus: 8 },
  });
  const edit = (await editor.connection.sendRequest('mlcost/settingEdit', { change: { kind: 'reset-runs', since: '2026-03-01' } })) as SettingEditResult;
  expect(edit.edits.map(({ start, text }) => [start.line, text])).toEqual([[2, '\n  since: 2026-03-01']]);
});

test('an out-of-memory error is told for the open workload, with a row to keep', async () => {
  await start({ files: { 'train.py': script } });
  await editor.open('train.py');
  await editor.lenses('train.py');
  const text = `  File "/x/train.py", line 4, in main\n    loss.backward()\ntorch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 79.15 GiB of which 1.00 GiB is free. Including non-PyTorch memory, this process has 78.00 GiB memory in use. Of the allocated memory 77.00 GiB is allocated by PyTorch, and 0.10 GiB is reserved by PyTorch but unallocated.`;
  const found = (await editor.connection.sendRequest('mlcost/outOfMemory', { text })) as OutOfMemoryResult;
  expect(found.markdown).toMatch(/^# Out of memory[\s\S]*Fine-tune Llama[\s\S]*Gradient checkpointing on/);
  expect(JSON.parse(found.keep?.row ?? '')).toMatchObject({ source: 'out-of-memory', workload: 'train.py', measured: { needed_memory_gib: 79 } });
  expect(await editor.connection.sendRequest('mlcost/outOfMemory', { text: 'nothing' })).toBeNull();
});

test.each([
  ['is still asked for', '', false],
  ['is answered in the workspace’s file', 'provider: aws\n', true],
])('after the accelerator the provider %s', async (_name, settings, answered) => {
  await start({ files: { 'train.py': script, '.mlcost.yaml': settings } });
  await editor.open('train.py');
  await editor.lenses('train.py');
  const found = (await editor.connection.sendRequest('mlcost/choices', {
    ref: { uri: `${root}/train.py`, id: 'train.py#training-1' },
    what: 'provider',
  })) as ChoicesResult;
  expect([found.answered, found.choices.length > 0]).toEqual([answered, true]);
});
