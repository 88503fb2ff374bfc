import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { expect, test } from 'vitest';
import { families } from '../../support/onnx-families.js';
import type { Ide } from '../ide.js';
import { inEveryTheme } from './themes.js';

const runtime = path.dirname(path.dirname(createRequire(import.meta.url).resolve('onnxruntime-web')));

/** The editor of model files, on a model that the test writes and a runtime that stands in the workspace. */
export function modelFileTests(ide: () => Ide): void {
  const family = families.map((make) => make()).find(({ name }) => name === 'BERT')!;
  const page = () => ide().view('#headline');
  const cell = async (op: string, column: number): Promise<string> =>
    (await page()).locator(`#operators tbody tr:has(th:text-is("${op}")) > :nth-child(${column})`).innerText();
  test('an ONNX file opens as what it is made of; its work is known once its sizes are stated', async () => {
    const folder = path.join(ide().host.root, 'models');
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'bert.onnx'), family.bytes);
    const package_ = path.join(ide().host.root, 'node_modules/onnxruntime-web');
    mkdirSync(path.join(package_, 'dist'), { recursive: true });
    for (const file of ['package.json', 'dist/ort.wasm.bundle.min.mjs', 'dist/ort-wasm-simd-threaded.wasm'])
      copyFileSync(path.join(runtime, file), path.join(package_, file));
    await ide().openView('models/bert.onnx');
    const frame = await page();
    expect(await frame.locator('#headline').innerText()).toMatch(/^172,000 parameters · [\d.]+ KiB mostly float32 · MACs unknown$/);
    expect(await frame.locator('main').innerText()).toContain('state batch, sequence');
    expect(await frame.locator('#measure').isDisabled()).toBe(true);
    for (const [name, size] of [
      ['batch', '2'],
      ['sequence', '20'],
    ]) {
      await frame.locator(`input[name=${name}]`).fill(size);
      await frame.locator(`input[name=${name}]`).press('Tab');
    }
    await ide().until('the work', async () => (await frame.locator('#headline').innerText()).includes('4.15 MMAC'));
    expect(await cell('MatMul', 3)).toBe('4.15M');
    expect(await cell('MatMul', 4)).toMatch(/^100\s%$/);
  });
  test('its cost is told on the usual hardware, and at a stated traffic on the one that is chosen', async () => {
    const frame = await page();
    const rows = () => frame.locator('#costs tbody tr');
    expect(await rows().count()).toBeGreaterThan(3);
    expect(await rows().first().innerText()).toMatch(/ms.*\$.*state the passes/s);
    await frame.locator('input[name=per-month]').fill('1000000');
    await ide().until('a price a month', async () => /\$\d+\s+1, [\d.]+ % busy/.test(await rows().first().innerText()));
    await frame.locator('select[name=accelerator]').selectOption('l4');
    await ide().until('one row', async () => (await rows().count()) === 1);
    expect(await rows().first().innerText()).toMatch(/^NVIDIA L4\b/);
  });
  test('latency is measured in the page, after a question', async () => {
    const frame = await page();
    await frame.locator('#measure').click();
    await frame.locator('#consent').waitFor();
    expect(await frame.locator('#consent').innerText()).toMatch(/onnxruntime-web \d+\.\d+\.\d+ from node_modules of this workspace/);
    await frame.locator('#use-runtime').click();
    const result: string = await ide().until('a latency', async () =>
      (await frame.locator('#results li').count()) > 0 ? frame.locator('#results li').first().innerText() : undefined,
    );
    expect(result).toMatch(/^[\d.]+ ms a run \([\d.]+ ms–[\d.]+ ms of \d+\) at input_ids \[2, 20\], attention_mask \[2, 20\].*wasm, \d+ thread/);
  });
  test('a copy with 8-bit weights is saved beside it, and its error is measured', async () => {
    const frame = await page();
    await frame.locator('#quantize').click();
    const result: string = await ide().until('an error', async () => {
      const all: string[] = await frame.locator('#results li').allInnerTexts();
      return all.find((text) => text.startsWith('With 8-bit weights'));
    });
    expect(await frame.locator('#results').innerText()).toMatch(/Saved as bert\.int8\.onnx: [\d.]+ KiB, \d\d % of the original; \d+ weights in 8 bits/);
    expect(result).toMatch(/output answer differs by [\d.]+ % of its size/);
    const saved = readFileSync(path.join(ide().host.root, 'models/bert.int8.onnx'));
    expect(saved.length / family.bytes.length).toBeLessThan(0.3);
  });
  test('it can be read in every theme, by everyone', async () => {
    const frame = await page();
    await inEveryTheme(ide(), frame, (name) => ide().screenshot(`model-${name}`));
  });
  test('code that loads it has a lens, which opens it', async () => {
    writeFileSync(path.join(ide().host.root, 'load_model.py'), 'import onnxruntime as ort\n\nsession = ort.InferenceSession("models/bert.onnx")\n');
    await ide().open('load_model.py');
    await ide().lens(/^bert\.onnx · 172,000 parameters · [\d.]+ KiB mostly float32/, 3);
  });
  test('a file that is damaged says where', async () => {
    writeFileSync(path.join(ide().host.root, 'models/half.onnx'), family.bytes.slice(0, 5000));
    await ide().openView('models/half.onnx');
    const frame = await ide().view('[role=alert]');
    expect(await frame.locator('[role=alert]').innerText()).toMatch(/'graph' says it is \d+ bytes long, but only \d+ are left/);
  });
}
