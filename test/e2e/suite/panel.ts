import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import type { Ide } from '../ide.js';
import { nonsense } from './lenses.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const themes = [
  ['dark', 'Dark Modern'],
  ['light', 'Light Modern'],
  ['contrast', 'Dark High Contrast'],
  ['contrast-light', 'Light High Contrast'],
] as const;

/** The compare panel. It stays open from test to test. */
export function panelTests(ide: () => Ide): void {
  const panel = () => ide().view('#chart');
  const names = async (): Promise<string[]> => (await panel()).locator('tbody th').allInnerTexts();
  const column = async (name: string): Promise<string[]> => {
    const frame = await panel();
    const heads: string[] = (await frame.locator('thead th').allInnerTexts()).map((text: string) => text.replace(/[^\w ]/g, '').trim());
    return frame.locator(`tbody tr > :nth-child(${heads.indexOf(name) + 1})`).allInnerTexts();
  };
  test('the compare panel shows a workload over the offers', async () => {
    await ide().open('train/finetune.py');
    await ide().lens(/Llama-3\.1-8B.*\$\d/, 41);
    await ide().goTo(41);
    await ide().run('ML Cost Lens: Compare Accelerators');
    const frame = await panel();
    const text: string = await frame.locator('main').textContent();
    expect(text).toMatch(/Llama-3\.1-8B/);
    expect(text).toMatch(/prices of \d{4}-\d\d-\d\d/);
    expect(text).toMatch(/now \$\d/i);
    expect(text).not.toMatch(nonsense);
    expect((await names()).length).toBeGreaterThan(10);
    expect(await column('Cost')).toEqual(expect.arrayContaining([expect.stringMatching(/^\$[\d.,]+ \([\d.,]+–[\d.,]+\)$/)]));
    expect(await column('Memory of one')).toEqual(expect.arrayContaining([expect.stringMatching(/^\d+\/\d+ GiB$/)]));
    expect(await frame.locator('#chart [role=option]').count()).toBe(12);
    await ide().screenshot('panel');
  });
  test('its table sorts, its chart follows, and what does not fit stays at the end', async () => {
    const frame = await panel();
    const first = () => frame.locator('#chart [role=option]').first().getAttribute('aria-label');
    await frame.locator('[data-sort=hours]').click();
    await ide().until('an order by duration', async () => (await frame.locator('th[aria-sort=ascending]').textContent()).startsWith('Duration'));
    const fastest = await first();
    expect(fastest).toContain((await names())[0]);
    await frame.locator('[data-sort=hours]').click();
    await ide().until('another order', async () => (await first()) !== fastest);
    const fits = await column('Fits');
    const misfit = fits.findIndex((text) => text.includes('does not fit'));
    if (misfit >= 0) expect(fits.slice(misfit).every((text) => text.includes('does not fit'))).toBe(true);
    await frame.locator('[data-sort=cost]').click();
  });
  test('what is shown is chosen with native controls', async () => {
    const frame = await panel();
    const all = (await names()).length;
    await frame.locator('input[name=market][value=spot]').uncheck();
    await ide().until('fewer rows', async () => (await names()).length < all);
    expect(await column('Market')).not.toContain('spot');
    await frame.locator('#fits').check();
    await ide().until('only what fits', async () => (await column('Fits')).every((text) => text === '✓ fits'));
    await frame.locator('#provider').selectOption('aws');
    await ide().until('one provider', async () => (await column('Provider')).every((text) => text === 'aws'));
    await frame.locator('#count').selectOption('16');
    await ide().until('other counts', async () => (await names()).every((name) => name.startsWith('16×')));
    await frame.locator('#count').selectOption('');
    await ide().until('the count as written', async () => (await names()).every((name) => !name.startsWith('16×')));
    await frame.locator('#provider').selectOption('');
    await frame.locator('#fits').uncheck();
    await frame.locator('input[name=market][value=spot]').check();
    await ide().until('all rows', async () => (await names()).length === all);
  });
  test('the keyboard walks over its bars', async () => {
    const frame = await panel();
    const focused = (): Promise<string | null> => frame.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? null);
    expect(await frame.locator('#chart [tabindex="0"]').count()).toBe(1);
    await frame.locator('#chart [tabindex="0"]').focus();
    const first = await focused();
    await ide().page.keyboard.press('ArrowDown');
    const second = await focused();
    expect(second).not.toBe(first);
    expect(second).toMatch(/\d×.*\$\d.* a run/);
    await ide().until('a selection', async () => (await frame.locator('[role=option][aria-selected=true]').getAttribute('aria-label')) === second);
    expect(await frame.locator('#chart [tabindex="0"]').count()).toBe(1);
    await ide().page.keyboard.press('Home');
    await ide().until('the first bar', async () => (await focused()) === first);
    await ide().page.keyboard.press('Enter');
    expect(await frame.evaluate(() => document.activeElement?.id)).toBe('use');
  });
  test('it has no accessibility mistakes in any theme, and a change of theme changes no element', async () => {
    const frame = await panel();
    await frame.evaluate(axe);
    await frame.evaluate(() => {
      // biome-ignore lint/suspicious/noExplicitAny: a note in the page
      const page = globalThis as any;
      page.changes = 0;
      new MutationObserver((all) => {
        page.changes += all.length;
      }).observe(document.querySelector('#root') as Element, { subtree: true, childList: true, attributes: true, characterData: true });
    });
    const found: Record<string, string[]> = {};
    const seen = new Set<string>();
    for (const [name, theme] of themes) {
      await pickTheme(ide(), theme);
      seen.add(await frame.evaluate(() => getComputedStyle(document.body).getPropertyValue('--vscode-editor-background')));
      await ide().screenshot(`panel-${name}`);
      // biome-ignore lint/suspicious/noExplicitAny: axe-core, in the page
      found[name] = await frame.evaluate(async () => (await (globalThis as any).axe.run()).violations.map((one: any) => `${one.id}: ${one.nodes[0]?.html}`));
    }
    expect(found).toEqual(Object.fromEntries(themes.map(([name]) => [name, []])));
    expect(seen.size).toBeGreaterThan(2);
    // biome-ignore lint/suspicious/noExplicitAny: as above
    expect(await frame.evaluate(() => (globalThis as any).changes)).toBe(0);
    await pickTheme(ide(), 'Dark Modern');
  });
  test('it obeys forced colours', async () => {
    const { page } = ide();
    await page.emulateMedia({ forcedColors: 'active' });
    const frame = await panel();
    const fill: string = await frame
      .locator('.whisker')
      .first()
      .evaluate((element: Element) => getComputedStyle(element).stroke);
    await ide().screenshot('panel-forced-colours');
    await page.emulateMedia({ forcedColors: 'none' });
    expect(fill).toBe('rgb(0, 0, 0)');
  });
  test('a drawing and a table are saved where one says', async () => {
    const frame = await panel();
    for (const format of ['csv', 'svg', 'png']) {
      await frame.locator(`[data-save=${format}]`).click();
      const input = ide().page.locator('.quick-input-widget input[type="text"]');
      await input.waitFor({ state: 'visible' });
      await ide().page.keyboard.press('Enter');
      await ide().until(`a saved ${format}`, async () => ((await frame.locator('#status').textContent()) as string).includes(`.${format}`));
    }
  });
  test('what was arranged is still there after the panel was hidden', async () => {
    await (await panel()).locator('#search').fill('H100');
    await ide().until('only H100', async () => (await names()).every((name) => name.includes('H100')));
    await ide().open('train/finetune.py');
    await ide().until('no panel', async () => (await ide().page.locator('iframe.webview.ready').count()) === 0 || !(await shown(ide())));
    await ide().run('ML Cost Lens: Compare Accelerators');
    await ide().until('only H100 again', async () => {
      const now = await names();
      return now.length > 0 && now.every((name) => name.includes('H100'));
    });
    await (await panel()).locator('#search').fill('');
  });
  test('an accelerator is taken for the workspace', async () => {
    const frame = await panel();
    await frame.locator('#search').fill('A100-80 aws');
    await ide().until('only A100', async () => (await names()).every((name) => name.includes('A100')));
    await frame.locator('#chart [role=option]').first().click();
    await frame.locator('#use').click();
    await ide().until('the news', async () => /A100.*\.mlcost\.yaml/.test(await frame.locator('#status').textContent()));
    await ide().open('.mlcost.yaml');
    await ide().document(/accelerator: a100/i);
  });
}

const shown = (ide: Ide): Promise<boolean> => ide.page.locator('iframe.webview.ready').first().isVisible();

async function pickTheme(ide: Ide, theme: string): Promise<void> {
  const { page } = ide;
  await page.keyboard.press('Control+K');
  await page.keyboard.press('Control+T');
  const input = page.locator('.quick-input-widget input[type="text"]');
  await input.waitFor({ state: 'visible' });
  await input.fill(theme);
  await page.waitForTimeout(300);
  await page.keyboard.press('Enter');
  await page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
  await page.waitForTimeout(300);
}
