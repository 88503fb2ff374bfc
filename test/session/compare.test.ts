import { afterEach, expect, test } from 'vitest';
import type { CompareParams, CompareResult } from '../../server/src/protocol/panel.js';
import { compareRequest, type WorkloadsResult, workloadsRequest } from '../../server/src/protocol/protocol.js';
import { Editor } from '../support/session.js';

let editor: Editor;
afterEach(() => editor?.stop());

const train = `from transformers import AutoModelForCausalLM, Trainer, TrainingArguments
model = AutoModelForCausalLM.from_pretrained("meta-llama/Llama-3.1-8B")
args = TrainingArguments(output_dir="o", per_device_train_batch_size=1, max_steps=1000, bf16=True)
Trainer(model=model, args=args).train()
`;
const settings = 'accelerator: H100\nprovider: aws\nregion: us-east-1\nassumptions:\n  - fact: gpu_count\n    value: 8\n  - fact: seq_len\n    value: 2048\n';

async function compared(count?: number): Promise<CompareResult> {
  editor = await Editor.start({ files: { '.mlcost.yaml': settings } });
  await editor.open('train.py', train);
  await editor.lenses('train.py');
  const { files } = (await editor.connection.sendRequest(workloadsRequest, null)) as WorkloadsResult;
  const ref = files[0]?.workloads[0]?.ref;
  const params: CompareParams = { uri: ref?.uri ?? '', id: ref?.id ?? '', ...(count === undefined ? {} : { count }) };
  return (await editor.connection.sendRequest(compareRequest, params)) as CompareResult;
}

test('a workload is compared over providers, whoever provides it now', async () => {
  const found = await compared();
  expect(found.title).toContain('Llama-3.1-8B');
  expect(found.per).toBe('run');
  expect(found.statedCount).toBe(8);
  expect(found.now?.on).toBe('8×H100');
  expect(new Set(found.rows.map(({ provider }) => provider)).size).toBeGreaterThan(3);
  expect(new Set(found.rows.map(({ key }) => key)).size).toBe(found.rows.length);
  expect(found.pricesFrom <= found.pricesTo).toBe(true);
  for (const row of found.rows) {
    expect(row.usd === undefined).toBe(row.usdText === '');
    if (row.usd) expect(row.usd.low <= row.usd.likely && row.usd.likely <= row.usd.high).toBe(true);
    if (row.memory) expect(row.memoryText).toMatch(/GiB$/);
  }
  // what runs now is among the offers, at the same price
  const same = found.rows.find(({ accelerator, provider, market }) => accelerator === 'h100-sxm-80gb' && provider === 'aws' && market === 'on-demand');
  expect(same?.usd?.likely).toBeLessThanOrEqual((found.now?.usd ?? 0) * 1.001);
});

test('it is compared on another number of accelerators, and the stated one is not forgotten', async () => {
  const found = await compared(16);
  expect(found.statedCount).toBe(8);
  expect(found.rows.length).toBeGreaterThan(10);
  expect(new Set(found.rows.map(({ count }) => count))).toEqual(new Set([16]));
});

test('a workload that is gone has no comparison', async () => {
  editor = await Editor.start({});
  expect(await editor.connection.sendRequest(compareRequest, { uri: 'memfs:/w/none.py', id: 'none' })).toBeNull();
});
