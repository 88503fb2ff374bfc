import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Ide } from '../ide.js';
import { launched, nonsense } from './lenses.js';
import { inEveryTheme, pickTheme } from './themes.js';

/** The compare panel. It stays open from test to test. */
export function panelTests(ide: () => Ide): void {
  const panel = () => ide().view('#chart');
  const names = async (): Promise<string[]> => (await panel()).locator('#offers tbody th').allInnerTexts();
  const column = async (name: string): Promise<string[]> => {
    const frame = await panel();
    const heads: string[] = (await frame.locator('#offers thead th').allInnerTexts()).map((text: string) => text.replace(/[^\w ]/g, '').trim());
    return frame.locator(`#offers tbody tr > :nth-child(${heads.indexOf(name) + 1})`).allInnerTexts();
  };
  test('the compare panel shows a workload over the offers', async () => {
    await ide().open('train/finetune.py');
    // lenses are drawn for the lines on the screen only
    await ide().goTo(41);
    await ide().lens(launched, 41);
    await ide().run('ML Cost Lens: Compare Accelerators');
    const frame = await panel();
    expect(await frame.locator('#count option').first().textContent()).toBe('as written (8)');
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
    expect(second).toMatch(/\d×.*\$\d.*GiB.*fits|tight/);
    await ide().until('a selection', async () => (await frame.locator('[role=option][aria-selected=true]').getAttribute('aria-label')) === second);
    expect(await frame.locator('#chart [tabindex="0"]').count()).toBe(1);
    await ide().page.keyboard.press('Home');
    await ide().until('the first bar', async () => (await focused()) === first);
    await ide().page.keyboard.press('Enter');
    expect(await frame.evaluate(() => document.activeElement?.id)).toBe('use');
  });
  test('it has no accessibility mistakes in any theme, and a change of theme changes no element', async () => {
    const frame = await panel();
    await frame.locator('#search').fill('aws'); // a shorter table is judged sooner
    await ide().until('rows of aws', async () => (await column('Provider')).every((text) => text === 'aws'));
    await pickTheme(ide(), 'Dark Modern');
    await frame.evaluate(() => {
      const page = globalThis as { changes?: string[] };
      page.changes = [];
      new MutationObserver((all) => page.changes?.push(...all.map(({ type, target, attributeName }) => `${type} ${target.nodeName} ${attributeName}`))).observe(
        document.querySelector('#root') as Element,
        { subtree: true, childList: true, attributes: true, characterData: true },
      );
    });
    await pickTheme(ide(), 'Light Modern');
    expect(await frame.evaluate(() => (globalThis as { changes?: string[] }).changes)).toEqual([]);
    const backgrounds = new Set<string>();
    await inEveryTheme(ide(), frame, async (name) => {
      backgrounds.add(await frame.evaluate(() => getComputedStyle(document.body).getPropertyValue('--vscode-editor-background')));
      await ide().screenshot(`panel-${name}`);
    });
    expect(backgrounds.size).toBeGreaterThan(2);
    await frame.locator('#search').fill('');
  });
  test('the cost is drawn against the duration, with what no other offer beats in both', async () => {
    const frame = await panel();
    await frame.locator('#against').selectOption('hours');
    await frame.locator('#chart .point').first().waitFor();
    expect(await frame.locator('#chart .ring').count()).toBeGreaterThan(1);
    await ide().screenshot('panel-against');
    await frame.locator('#against').selectOption('');
    await frame.locator('#chart .bar').first().waitFor();
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
    if (ide().kind === 'web') return; // there the files are in the worker's memory
    const saved = (format: string) => {
      const name = readdirSync(ide().host.root).find((one) => one.startsWith('Fine-tune') && one.endsWith(`.${format}`));
      return readFileSync(path.join(ide().host.root, name ?? `no ${format}`));
    };
    expect(saved('csv').toString('utf8').split('\r\n').length).toBeGreaterThan(20);
    const svg = saved('svg').toString('utf8');
    expect(svg).toMatch(/^<svg[^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    expect(svg).not.toMatch(/var\(|class=|tabindex/);
    expect([...saved('png').subarray(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47]);
    writeFileSync(path.join(import.meta.dirname, '../../../test-output/screenshots/node/panel-saved.png'), saved('png'));
  });
  test('what was arranged is still there after the panel was hidden', async () => {
    await (await panel()).locator('#search').fill('H100');
    await ide().until('only H100', async () => (await names()).every((name) => name.includes('H100')));
    await ide().open('train/finetune.py');
    await ide().until('no panel', async () => !(await isThere(ide())));
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
    await ide().toEnd();
    await ide().document(/accelerator: a100/i);
  });
}

/** Whether the panel has a page; a report's preview may have one too. */
async function isThere(ide: Ide): Promise<boolean> {
  const counts: number[] = await Promise.all(
    ide.page.frames().map((frame: { locator(selector: string): { count(): Promise<number> } }) =>
      frame
        .locator('#chart')
        .count()
        .catch(() => 0),
    ),
  );
  return counts.some((count) => count > 0);
}
