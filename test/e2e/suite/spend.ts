import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Ide } from '../ide.js';
import { nonsense } from './lenses.js';

const exported = 'spend/2026-q3.csv';
const charge = '2500.00,USD,Usage,2026-09-21T00:00:00Z,2026-09-22T00:00:00Z,AWS,us-east-1,instance/late,Amazon EC2,"{""team"":""research""}"\n';

/** The spend panel on the sample's export, which ends on a day that stays in the past. */
export function spendTests(ide: () => Ide): void {
  const panel = () => ide().view('#budgets, .empty, #loading');
  const spent = async (team: string): Promise<string> => (await panel()).locator(`#budgets tr[data-key="${team}"]`).textContent();
  const toPanel = () => ide().run('ML Cost Lens: Show Spend Against Budgets');
  test('the spend panel shows each budget against what was spent', async () => {
    await ide().open('train/finetune.py');
    await toPanel();
    const frame = await ide().view('#budgets');
    const text: string = await frame.locator('main').textContent();
    expect(text).toMatch(/September 2026/);
    expect(text).toMatch(/Data until 2026-09-21, \d+ days ago/);
    expect(text).not.toMatch(nonsense);
    expect(await spent('support-agents')).toMatch(/used up.*\$4,\d{3}of \$4,000.*10\d %/);
    expect(await spent('research')).toMatch(/at risk/);
    // the worst is drawn first
    expect(await frame.locator('#h-budget').textContent()).toBe('support-agents');
    expect(await frame.locator('#budget-chart .band').count()).toBe(1);
    expect(await frame.locator('#bars-chart .column').count()).toBe(30);
    if (ide().kind === 'web') expect(text).toMatch(/not on a disk of this machine/);
    await ide().screenshot('spend-panel');
  });
  test('the spend panel leads from a team to the code', async () => {
    const frame = await panel();
    // the model is named in several files; the workload in one place only
    for (const label of ['ml-platform', 'assistant', 'Llama-3.1-8B', 'v4'])
      await frame
        .locator('#tree button[aria-expanded=false]', { hasText: new RegExp(`${label}$`) })
        .first()
        .click();
    await frame.locator('#tree tr[data-key$="/workload:finetune"] button.link', { hasText: /^train\/(finetune|run)/ }).click();
    await ide().document(/from_pretrained|torchrun|accelerate/);
    await toPanel();
    await ide().view('#budgets');
  });
  test('the spend panel follows a new charge', async () => {
    const before = await spent('research');
    if (ide().kind === 'web') {
      await ide().open(exported);
      await ide().focusEditor();
      await ide().toEnd();
      await ide().page.keyboard.insertText(charge);
      await ide().save();
      await toPanel();
    } else appendFileSync(path.join(ide().host.root, exported), charge);
    await ide().view('#budgets');
    await ide().until('the new charge', async () => (await spent('research')) !== before);
    expect(await spent('research')).toMatch(/used up.*\$3,4\d\d/);
  });
  test('the spend panel keeps its filters when it is closed and opened again', async () => {
    const frame = await ide().view('#budgets');
    await frame.locator('#period').selectOption('2026-08');
    await ide().until('August', async () => /August 2026/.test(await (await panel()).locator('#age').textContent()));
    await frame.locator('#budgets tr[data-key="ml-platform"] button').click();
    await ide().until('another budget', async () => (await (await panel()).locator('#h-budget').textContent()) === 'ml-platform');
    await ide().run('View: Close Editor');
    await toPanel();
    await ide().view('#budgets');
    await ide().until('August again', async () => /August 2026/.test(await (await panel()).locator('#age').textContent()));
    await ide().until('that budget again', async () => (await (await panel()).locator('#h-budget').textContent()) === 'ml-platform');
    await (await panel()).locator('#period').selectOption('now');
    await ide().until('September', async () => /September 2026/.test(await (await panel()).locator('#age').textContent()));
  });
  test('the spend panel saves what is seen', async () => {
    const frame = await ide().view('#budgets');
    for (const name of ['spend-ml-platform.svg', 'spend-ml-platform.png', 'budgets.csv']) {
      await frame.locator(`[data-save="${name}"]`).click();
      const input = ide().page.locator('.quick-input-widget input[type="text"]');
      await input.waitFor({ state: 'visible' });
      await ide().page.keyboard.press('Enter');
      await ide().until(`a saved ${name}`, async () => ((await frame.locator('#status').textContent()) as string).includes(name));
    }
    if (ide().kind === 'web') return; // there the files are in the worker's memory
    expect(readdirSync(ide().host.root)).toEqual(expect.arrayContaining(['spend-ml-platform.svg', 'spend-ml-platform.png', 'budgets.csv']));
    expect(readFileSync(path.join(ide().host.root, 'budgets.csv'), 'utf8')).toMatch(/^budget,part_of,.*\r\n/);
  });
  test('the spend panel comes back after the window was loaded anew, as it was arranged', async () => {
    const frame = await ide().view('#budgets');
    await frame.locator('#period').selectOption('2026-08');
    await ide().until('August', async () => /August 2026/.test(await (await panel()).locator('#age').textContent()));
    await frame.locator('#budgets tr[data-key="research"] button').click();
    await ide().until('another budget', async () => (await (await panel()).locator('#h-budget').textContent()) === 'research');
    await ide().restart();
    // nobody asks for it again: its tab is there, and it fills itself
    const tab = ide().page.locator('.tab', { hasText: 'Spend Against Budgets' });
    await tab.waitFor({ state: 'visible' });
    await tab.click();
    await ide().view('#budgets');
    await ide().until('August again', async () => /August 2026/.test(await (await panel()).locator('#age').textContent()));
    await ide().until('that budget again', async () => (await (await panel()).locator('#h-budget').textContent()) === 'research');
    expect(await tab.count()).toBe(1);
    await (await panel()).locator('#period').selectOption('now');
    await ide().until('September', async () => /September 2026/.test(await (await panel()).locator('#age').textContent()));
  });
  test('the spend panel opens at the budget that the side bar names', async () => {
    await ide().tree('ML Cost Lens', /Budget research/);
    await ide().page.locator('.part.sidebar .monaco-list-row', { hasText: 'Budget research' }).click();
    await ide().until('that budget', async () => (await (await panel()).locator('#h-budget').textContent()) === 'research');
    await ide().run('View: Close Editor');
  });
}
