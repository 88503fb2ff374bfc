import { afterEach, expect, test } from 'vitest';
import {
  type ChoicesResult,
  choicesRequest,
  type SettingEditResult,
  settingEditRequest,
  type WorkloadRef,
  type WorkloadsResult,
  workloadsRequest,
} from '../../server/src/protocol/protocol.js';
import { type Set as Supposed, type SwingsResult, swingsRequest, type WhatIfResult, whatIfRequest } from '../../server/src/protocol/what-if.js';
import { Editor } from '../support/session.js';

let editor: Editor;
afterEach(() => editor?.stop());

const train = `from transformers import AutoModelForCausalLM, Trainer, TrainingArguments
model = AutoModelForCausalLM.from_pretrained("meta-llama/Llama-3.1-8B")
args = TrainingArguments(output_dir="o", per_device_train_batch_size=1, max_steps=1000, bf16=True)
Trainer(model=model, args=args).train()
`;
const serve = 'vllm serve meta-llama/Llama-3.1-8B-Instruct --max-model-len 8192\n';
const settings = `accelerator: { type: H100, count: 8 }
provider: aws
region: us-east-1
assumptions:
  seq_len: 2048
scenarios:
  - name: longer
    note: what the new data needs
    set:
      context: 2x
  - name: busy
    files: serve.sh
    set:
      traffic: 5/s
      input_tokens: 800
      output_tokens: 200
ranges:
  max_steps: [800, 1500]
`;

async function refOf(file: string, text: string): Promise<WorkloadRef> {
  editor = await Editor.start({ files: { '.mlcost.yaml': settings, 'serve.sh': serve, 'train.py': train } });
  await editor.open(file, text);
  await editor.lenses(file);
  const { files } = (await editor.connection.sendRequest(workloadsRequest, null)) as WorkloadsResult;
  return files.find(({ uri }) => uri.endsWith(file))?.workloads[0]?.ref as WorkloadRef;
}
const ask = async (ref: WorkloadRef | null, draft: Supposed = {}, shown: readonly string[] = []): Promise<WhatIfResult> =>
  (await editor.connection.sendRequest(whatIfRequest, { ref, draft, shown, token: 't' })) as WhatIfResult;

test('a workload as it is written, its scenarios, and what can be supposed', async () => {
  const found = await ask(await refOf('train.py', train));
  expect(found.sides.map(({ name }) => name)).toEqual(['now']);
  expect(found.rows[0]?.key).toBe('usd');
  expect(found.scenarios.map(({ name, note }) => [name, note])).toEqual([
    ['longer', 'what the new data needs'],
    ['busy', ''],
  ]);
  const controls = Object.fromEntries(found.controls.map(({ word, now }) => [word, now]));
  expect(controls).toMatchObject({ accelerator: 'H100', provider: 'aws', region: 'us-east-1', context: '2048', batch: '1', commitment: 'on-demand' });
  expect(controls).not.toHaveProperty('traffic');
  expect(found.facts.find(({ name }) => name === 'max_steps')?.now).toBe('1000');
});
test('a draft and a scenario stand beside what is written, the mistakes of the draft at their words', async () => {
  const found = await ask(await refOf('train.py', train), { accelerator: 'a100-80gb', batch: 'large' }, ['longer', 'gone']);
  expect(found.sides.map(({ name }) => name)).toEqual(['now', 'longer', 'what if']);
  expect(found.mistakes.map(({ word }) => word)).toEqual(['batch']);
  expect(found.sides[1]?.changes).toEqual(['sequence length 2048 → 4096']);
  expect(found.sides[2]?.changes.join()).toMatch(/GPU H100 → A100-80/);
  for (const { figures } of found.rows) expect(figures).toHaveLength(3);
  expect(found.rows[0]?.figures[1]?.change).toMatch(/^\+\d+ %/);
});
test('a scenario for other files changes nothing here', async () => {
  const found = await ask(await refOf('train.py', train), {}, ['busy']);
  expect(found.sides[1]).toMatchObject({ name: 'busy', changes: [], unused: [] });
});
test('the workspace is added up over what is open and what was read', async () => {
  await refOf('train.py', train);
  await editor.open('serve.sh', serve);
  await editor.lenses('serve.sh');
  const found = await ask(null, {}, ['longer', 'busy']);
  expect(found.kind).toBe('workspace');
  expect(found.workloads).toBe(2);
  expect(found.rows.filter(({ ref }) => ref)).toHaveLength(2);
  expect(found.sides.map(({ changes }) => changes.join())).toEqual(['', 'changes 2 of 2 workloads', 'changes 1 of 2 workloads']);
  expect(found.rows.map(({ label }) => label)).toEqual(expect.arrayContaining(['All runs, once each', 'All that stays on, a month']));
});
test('what moves the cost most, with the declared range', async () => {
  const ref = await refOf('train.py', train);
  const found = (await editor.connection.sendRequest(swingsRequest, { ref })) as SwingsResult;
  expect(found.quantity).toBe('usd');
  const steps = found.swings.find(({ word }) => word === 'max_steps');
  expect(steps?.origin).toMatch(/declared/);
  expect([steps?.lowText, steps?.highText].join()).toMatch(/at 800,.* at 1500/);
  const hours = (await editor.connection.sendRequest(swingsRequest, { ref, quantity: 'gpu_hours' })) as SwingsResult;
  expect(hours.quantity).toBe('gpu_hours');
});
test('a draft is kept as an edit of the settings, which undo takes back', async () => {
  const ref = await refOf('train.py', train);
  const found = (await editor.connection.sendRequest(settingEditRequest, {
    uri: ref.uri,
    change: { kind: 'scenario', name: 'small', set: { batch: 2 } },
  })) as SettingEditResult;
  expect(found.exists).toBe(true);
  expect(found.edits.map(({ text }) => text).join('')).toContain('  - name: small\n    set:\n      batch: 2');
});
test('a service of which nobody says the traffic shows what it costs at a usual one, and asks for its own', async () => {
  const ref = await refOf('serve.sh', serve);
  const said = await editor.hover('serve.sh', 'vllm serve');
  expect(said).toMatch(/\*\*At a usual traffic\*\* Cost of output tokens .*1024 tokens in and 256 out.*nobody states them.*% busy/);
  expect(said).toContain('command:mlCostLens.answer');
  expect((await editor.lenses('serve.sh')).join()).not.toMatch(/1M tok/);
  const { choices } = (await editor.connection.sendRequest(choicesRequest, { ref, what: 'traffic' })) as ChoicesResult;
  expect(choices[0]?.value).toBe('1024, 256');
  for (const { description } of choices) expect(description).toMatch(/^\$[\d.]+\/1k requests$/);
});
test('one whose traffic is stated shows its own', async () => {
  editor = await Editor.start({
    files: { '.mlcost.yaml': `${settings}traffic: { input_tokens: 500, output_tokens: 100, requests_per_s: 2 }\n`, 'serve.sh': serve },
  });
  await editor.open('serve.sh', serve);
  expect((await editor.lenses('serve.sh')).join()).toMatch(/1M tok/);
  expect(await editor.hover('serve.sh', 'vllm serve')).not.toMatch(/usual traffic/);
});
test('a workload that is gone has no answer, and neither has what moves it', async () => {
  editor = await Editor.start({});
  const ref = { uri: 'memfs:/w/none.py', id: 'none' };
  expect(await editor.connection.sendRequest(whatIfRequest, { ref, draft: {}, shown: [], token: '' })).toBeNull();
  expect(await editor.connection.sendRequest(swingsRequest, { ref })).toBeNull();
});
