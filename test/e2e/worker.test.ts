import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Editor } from '../support/session.js';
import { openWorkerPage, type WorkerPage } from '../support/worker-page.js';
import { readZip } from './zip.mjs';

// The worker bundle as it is in the package, in a real Worker of Chromium.
let page: WorkerPage;
let editor: Editor;
const settingsPy = 'BASE = "meta-llama/Llama-3.1-8B"\n';
beforeAll(async () => {
  const files = new Map<string, Uint8Array>();
  for (const [name, bytes] of readZip(path.join(import.meta.dirname, '../../ml-cost-lens.vsix'))) {
    if (name.startsWith('extension/dist/')) files.set(name.slice('extension/dist/'.length), bytes);
  }
  page = await openWorkerPage(files);
  editor = await Editor.start({ connection: page.connection, files: { 'settings.py': settingsPy } });
});
afterAll(async () => {
  await editor?.stop();
  await page?.close();
});

test('answers initialize before it needs a file', () => {
  expect(page.errors).toEqual([]);
  expect(page.assets).toEqual([]);
});

const call = 'from openai import OpenAI\nclient = OpenAI()\nr = client.chat.completions.create(\n    model="gpt-4o",\n    max_tokens=300,\n)\n';
test('shows a lens that follows the text, and a hover', async () => {
  await editor.open('a.py', call);
  const [before] = await editor.lenses('a.py');
  expect(before).toMatch(/^3: gpt-4o · .*\$\d/);
  await editor.replace('a.py', ['300', '600']);
  const [after] = await editor.lenses('a.py');
  expect(after).toMatch(/^3: gpt-4o · .*\$\d/);
  expect(after).not.toBe(before);
  await editor.replace('a.py', ['from openai', '# 😀\nfrom openai'], ['gpt-4o', 'gpt-4o-mini']);
  expect(await editor.lenses('a.py')).toEqual([expect.stringMatching(/^4: gpt-4o-mini · .*\$\d/)]);
  expect(await editor.hover('a.py', 'completions')).toMatch(/gpt-4o-mini[\s\S]*\$\d/);
});

test('reads what a file imports through the client', async () => {
  await editor.open(
    'train.py',
    [
      'from transformers import AutoModelForCausalLM, Trainer, TrainingArguments',
      'from settings import BASE',
      'model = AutoModelForCausalLM.from_pretrained(BASE)',
      'args = TrainingArguments(output_dir="o", per_device_train_batch_size=8, max_steps=100, bf16=True)',
      'Trainer(model=model, args=args).train()',
      '',
    ].join('\n'),
  );
  const lenses = await editor.lenses('train.py');
  expect(lenses).toHaveLength(1);
  expect(lenses[0]).toContain('Llama-3.1-8B');
});

test('survives text that is no program, and goes on', async () => {
  await editor.open('broken.py', `${call}def (((\n"""\n${'['.repeat(5000)}`);
  await editor.lenses('broken.py');
  await editor.open('again.py', call);
  expect(await editor.lenses('again.py')).toEqual([expect.stringMatching(/^3: gpt-4o · /)]);
  expect(page.errors).toEqual([]);
});
