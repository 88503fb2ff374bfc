import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FromPanel, OfferRow, ToPanel } from '../../server/src/protocol/panel.js';
import { accessibilityMistakes } from '../support/accessibility.js';
import { comparison, offer, unpriced } from '../support/offers.js';
import { PanelPage, themeNames } from '../support/panel-page.js';

// The compare page of the build alone in Chromium: its drawings in every theme, without the workbench around it.
const range = (likely: number) => ({ low: likely * 0.7, likely, high: likely * 1.5 });
const made = (name: string, usd: number, hours: number, more: Partial<OfferRow> = {}): OfferRow =>
  offer({
    accelerator: name.toLowerCase(),
    acceleratorName: name,
    usd: range(usd),
    usdText: `$${usd}`,
    usdShort: `$${usd}`,
    hours: range(hours),
    hoursText: `${hours} h`,
    carbon: range(hours * 2),
    carbonText: `${hours * 2} kgCO2e`,
    ...more,
  });
const rows = [
  made('L40S', 19, 9, { fits: 'tight', fitsText: 'tight', memory: range(44), memorySize: 48 }),
  made('A100-80', 25, 2.6),
  made('A100-80', 61, 2.6, { provider: 'gcp' }),
  made('H200', 22, 0.95, { market: 'spot', memorySize: 141 }),
  made('H200', 240, 0.95, { memorySize: 141 }),
  made('B300', 260, 0.4, { memorySize: 288 }),
  made('T4', 5, 40, { fits: 'does-not-fit', fitsText: '✗ does not fit', memorySize: 16 }),
  unpriced({ accelerator: 'b200', acceleratorName: 'B200' }),
];
let page: PanelPage<ToPanel, FromPanel>;
beforeAll(async () => {
  page = await PanelPage.open('compare');
  await page.tell({ type: 'data', ref: { uri: 'file:///w/a.py', id: 'a' }, data: comparison(rows) });
});
afterAll(() => page?.close());
const against = (measure: string): Promise<void> => page.page.locator('#against').selectOption(measure);
const options = (selector = ''): Promise<string[]> =>
  page.page.locator(`#chart [role=option]${selector}`).evaluateAll((all: Element[]) => all.map((one) => one.getAttribute('aria-label') ?? ''));
/** Names of the points that no other beats, from the left to the right. */
const front = async (): Promise<string[]> => (await options()).filter((text) => text.includes('no other is both')).map((text) => text.split(',')[0] ?? '');

describe('the cost drawn against what one chooses', () => {
  test.each<[string, string[]]>([
    ['hours', ['8×B300 · on-demand', '8×H200 · spot', '8×L40S · on-demand']],
    ['memory', ['8×B300 · on-demand', '8×H200 · spot', '8×L40S · on-demand']],
    ['carbon', ['8×B300 · on-demand', '8×H200 · spot', '8×L40S · on-demand']],
  ])('%s: what no other beats is marked; three themes without accessibility mistakes', async (measure, marked) => {
    await against(measure);
    await page.page.locator('#chart .point').first().waitFor();
    expect(await front()).toEqual(marked);
    expect(await page.page.locator('#chart .ring').count()).toBe(marked.length);
    expect(await page.page.locator('main').textContent()).toMatch(/Not drawn: 1 whose cost or [\w ]+ is unknown, 1 that does not fit or would be stopped\./);
    expect(await page.page.locator('main').textContent()).not.toMatch(/NaN|undefined|Infinity/);
    const found: Record<string, string[]> = {};
    for (const theme of themeNames) {
      await page.theme(theme);
      found[theme] = await accessibilityMistakes(page.page);
      await page.shot(`${measure}-${theme}`);
    }
    expect(found).toEqual({ dark: [], light: [], contrast: [] });
    expect(page.errors).toEqual([]);
  });
  test('obeys forced colours; what a name lies on does not run through it', async () => {
    await against('hours');
    await page.page.emulateMedia({ forcedColors: 'active' });
    await page.shot('hours-forced-colours');
    const seen: { order: string; stroke: string }[] = await page.page.locator('#chart text.beside').evaluateAll((all: Element[]) =>
      all.map((one) => {
        const { paintOrder, stroke } = getComputedStyle(one);
        return { order: paintOrder, stroke };
      }),
    );
    await page.page.emulateMedia({ forcedColors: 'none' });
    expect(seen.length).toBeGreaterThan(0);
    for (const one of seen) expect(one).toEqual({ order: 'stroke', stroke: 'rgb(255, 255, 255)' });
  });
  test('a measure that nobody knows is not offered', async () => {
    expect(await page.page.locator('#against option').allInnerTexts()).toEqual([
      'cost',
      'cost against duration',
      'cost against share of its memory',
      'cost against carbon',
    ]);
  });
  test('keys walk over the points, and what is chosen is chosen in the table too', async () => {
    await against('hours');
    await page.page.locator('#chart [role=option][tabindex="0"]').focus();
    const focused = (): Promise<string> => page.page.evaluate(() => document.activeElement?.getAttribute('aria-label')?.split(',')[0]);
    await page.page.keyboard.press('Home');
    expect(await focused()).toBe('8×B300 · on-demand');
    await page.page.keyboard.press('ArrowRight');
    expect(await focused()).toBe('8×H200 · spot');
    await page.page.keyboard.press('End');
    expect(await focused()).toBe('8×L40S · on-demand');
    await page.page.locator('#offers tr.selected', { hasText: '8×L40S' }).waitFor();
    expect(await page.page.locator('.chosen').textContent()).toMatch(/8×L40S.*\$19 a run/);
    await page.page.keyboard.press('Enter');
    expect(await page.page.evaluate(() => document.activeElement?.id)).toBe('use');
    await page.page.keyboard.press('Enter');
    expect(await page.said()).toContainEqual({ type: 'use', key: rows[0]?.key });
    expect(await page.page.locator('#chart [role=option][tabindex="0"]').count()).toBe(1);
  });
  test('the same filters hold, and the drawing is saved', async () => {
    await page.page.locator('#search').fill('h200');
    await page.page.locator('#chart[aria-label*="2 offers"]').waitFor();
    expect(await front()).toEqual(['8×H200 · spot']);
    await page.page.locator('[data-save=svg]').click();
    await expect.poll(async () => (await page.said()).some((one) => one.type === 'save' && String(one.content).includes('<circle'))).toBe(true);
    await page.page.locator('#search').fill('');
  });
  test('it is narrow where the panel is, and is still there after that', async () => {
    await page.page.setViewportSize({ width: 420, height: 900 });
    await expect.poll(() => page.page.locator('#chart').evaluate((one: Element) => one.clientWidth <= 420)).toBe(true);
    await page.shot('hours-narrow');
    expect((await options()).length).toBe(6);
    await page.page.setViewportSize({ width: 1200, height: 900 });
    expect(await page.page.evaluate(() => (globalThis as unknown as { kept: { view: { against: string } } }).kept.view.against)).toBe('hours');
    await against('');
    await page.page.locator('#chart .bar').first().waitFor();
  });
});
