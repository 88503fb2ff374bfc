import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Ide } from '../ide.js';
import { launched, nonsense } from './lenses.js';
import { inEveryTheme } from './themes.js';

/** The what-if panel. It stays open from test to test. */
export function whatIfTests(ide: () => Ide): void {
  describe('the what-if panel', () => whatIf(ide));
}
function whatIf(ide: () => Ide): void {
  const panel = () => ide().view('#bars');
  const heads = async (): Promise<string[]> => (await panel()).locator('#figures thead th').allInnerTexts();
  const cells = async (row: string): Promise<string[]> => (await panel()).locator(`#figures tr[data-row="${row}"] td`).allInnerTexts();
  const type = async (word: string, text: string): Promise<void> => (await panel()).locator(`[data-word="${word}"]`).fill(text);
  test('the what-if panel shows a workload as it is written, and what moves its cost', async () => {
    await ide().open('train/finetune.py');
    await ide().goTo(41);
    await ide().lens(launched, 41);
    await ide().run('ML Cost Lens: What If');
    const frame = await panel();
    expect(await heads()).toEqual(['now']);
    expect((await cells('usd'))[0]).toMatch(/^\$[\d.,]+ \([\d.,]+–[\d.,]+\)/);
    const text: string = await frame.locator('main').textContent();
    expect(text).toMatch(/Llama-3\.1-8B/);
    expect(text).not.toMatch(nonsense);
    await ide().until('a tornado', async () => (await frame.locator('#swings tbody tr').count()) > 4);
    expect(await frame.locator('#tornado').getAttribute('aria-label')).toMatch(/accelerator: \$[\d.,]+/);
    await ide().screenshot('what-if');
  });
  test('what is typed is computed at once, beside what is written', async () => {
    await type('accelerator', 'a100-80gb');
    await ide().until('a second column', async () => (await heads()).length === 2);
    await ide().until('another cost', async () => /%/.test((await cells('usd'))[1] ?? ''));
    expect(await (await panel()).locator('.changes').textContent()).toMatch(/GPU H100 → A100-80/);
    await type('batch', '2x');
    await ide().until('both changes', async () => /batch size \d+ → \d+/.test(await (await panel()).locator('.changes').textContent()));
    await (await panel()).locator('[data-word="commitment"]').selectOption('reserved-3y');
    await ide().until('the commitment', async () => /→ reserved-3y/.test(await (await panel()).locator('.changes').textContent()));
    await ide().screenshot('what-if-typed');
  });
  test('a mistake is said at its field, and the rest still counts', async () => {
    await type('batch', 'large');
    const frame = await panel();
    await ide().until('a mistake', async () => (await frame.locator('[data-word="batch"]').getAttribute('aria-invalid')) === 'true');
    expect(await frame.locator('#field-batch-help').textContent()).toMatch(/whole number|a number/);
    expect((await heads()).length).toBe(2);
    await type('batch', '');
  });
  test('a set is kept as a scenario of the repository and stands beside the next', async () => {
    const frame = await panel();
    await frame.locator('#name').fill('older chips');
    await frame.locator('#name').press('Enter');
    await ide().until('the scenario', async () => (await heads()).includes('older chips'));
    await ide().until('the news', async () => /Kept as ‘older chips’/.test(await frame.locator('#status').textContent()));
    expect(await frame.locator('[data-word="accelerator"]').inputValue()).toBe('');
    await type('context', '0.5x');
    await ide().until('three columns', async () => (await heads()).join() === 'now,older chips,what if');
    expect(await cells('usd')).toHaveLength(3);
    await ide().open('.mlcost.yaml');
    await ide().toEnd();
    await ide().document(/scenarios:\s+- name: older chips\s+set:\s+accelerator: a100-80gb\s+commitment: reserved-3y/);
    await ide().open('train/finetune.py');
    await ide().run('ML Cost Lens: What If');
    await ide().until('the same columns again', async () => (await heads()).join() === 'now,older chips,what if');
  });
  test('it has no accessibility mistakes in three themes', async () => {
    const frame = await panel();
    await inEveryTheme(ide(), frame, async (name) => {
      await frame.locator('h1').scrollIntoViewIfNeeded();
      await ide().screenshot(`what-if-${name}`);
      await frame.locator('#moves').scrollIntoViewIfNeeded();
      await ide().screenshot(`what-if-moves-${name}`);
    });
  });
  test('the keyboard reaches every field in order, and another figure is drawn', async () => {
    const frame = await panel();
    await frame.locator('[data-word="accelerator"]').focus();
    const seen: string[] = [];
    for (let at = 0; at < 4; at++) {
      seen.push(await frame.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset['word'] ?? ''));
      await ide().page.keyboard.press('Tab');
    }
    expect(seen).toEqual(['accelerator', 'commitment', 'provider', 'region']);
    await frame.locator('#figure').selectOption('peak_memory_gib');
    await ide().until('memory', async () => /^Peak memory/.test(await frame.locator('#bars').getAttribute('aria-label')));
    await frame.locator('#quantity').selectOption('gpu_hours');
    await ide().until('another tornado', async () => /^GPU-hours/.test(await frame.locator('#tornado').getAttribute('aria-label')));
  });
  test('drawings and tables are saved where one says', async () => {
    const frame = await panel();
    for (const name of ['bars-csv', 'bars-svg', 'bars-png', 'tornado-csv']) {
      await frame.locator(`[data-save=${name}]`).click();
      await ide().page.locator('.quick-input-widget input[type="text"]').waitFor({ state: 'visible' });
      await ide().page.keyboard.press('Enter');
      await ide().until(`a saved ${name}`, async () => {
        const said: string = await frame.locator('#status').textContent();
        return said.includes(name.startsWith('bars') ? 'what-if' : 'what-moves') && said.includes(`.${name.split('-')[1]}`);
      });
    }
    if (ide().kind === 'web') return; // there the files are in the worker's memory
    const svg = readdirSync(ide().host.root).find((one) => one.startsWith('what-if') && one.endsWith('.svg'));
    expect(readFileSync(path.join(ide().host.root, svg ?? 'no svg'), 'utf8')).toMatch(/^<svg[^>]*xmlns/);
  });
  test('the whole workspace is added up', async () => {
    const frame = await panel();
    await frame.getByRole('button', { name: 'The whole workspace' }).click();
    const whole = await ide().view('[data-word=traffic]');
    // Nothing was read yet unless a test before has: then it is offered.
    const offer = whole.locator('.note button');
    if ((await offer.count()) > 0) {
      await offer.focus();
      await ide().page.keyboard.press('Enter');
    }
    await ide().until('the workloads', async () => (await whole.locator('#figures tbody tr').count()) > 5);
    await whole.locator('[data-word=traffic]').fill('2x');
    await ide().until('the sums', async () => /changes \d of \d+ workloads/.test(await whole.locator('.changes').textContent()));
    expect(await whole.locator('main').textContent()).not.toMatch(nonsense);
    await ide().screenshot('what-if-workspace');
  });
}
