import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FromHistory, ToHistory } from '../../server/src/protocol/history.js';
import { accessibilityMistakes } from '../support/accessibility.js';
import { historyOf, run, step, uncommitted } from '../support/history.js';
import { PanelPage, themeNames } from '../support/panel-page.js';

// The history page of the build alone in Chromium: its drawing in every theme, without the workbench around it.
const ref = { uri: 'file:///w/train.py', id: 'train.py#training-1' };
const steps = [
  step('2026-03-02', 40, { change: 'new', because: '' }),
  step('2026-04-11', 52),
  step('2026-04-12', 49, { change: '−6 %', because: 'gradient checkpointing true → false: −6 %' }),
  step('2026-06-01', undefined, { change: 'no longer known', because: 'train samples unknown' }),
  step('2026-07-20', 61, { change: 'now known' }),
  uncommitted(80),
];
const data = historyOf(steps, [run('2026-05-01', 46), run('2026-08-10', 70), run('2026-08-11', undefined)]);
let page: PanelPage<ToHistory, FromHistory>;
beforeAll(async () => {
  page = await PanelPage.open('history');
});
afterAll(() => page?.close());
const reading = (): Promise<string> => page.page.locator('[role=slider]').getAttribute('aria-valuetext');
const inThemes = async (name: string): Promise<void> => {
  const found: Record<string, string[]> = {};
  for (const theme of themeNames) {
    await page.theme(theme);
    found[theme] = await accessibilityMistakes(page.page);
    await page.shot(`${name}-${theme}`);
  }
  expect(found).toEqual({ dark: [], light: [], contrast: [] });
  expect(page.errors).toEqual([]);
};

describe('the history page', () => {
  test('says how far it is, and can be stopped', async () => {
    await page.tell({ type: 'working' });
    await page.page.getByText('Reading the commits …').waitFor();
    await page.tell({ type: 'progress', done: 40, total: 210 });
    await page.page.getByText('40 of 210 commits').waitFor();
    await inThemes('working');
    await page.page.locator('#stop').click();
    expect(await page.said()).toContainEqual({ type: 'stop' });
  });
  test('says why there is nothing, and tries again', async () => {
    await page.tell({ type: 'trouble', text: 'The history is in git, and git is not reached here.' });
    await page.page.locator('#trouble').waitFor();
    expect(await page.page.locator('progress').count()).toBe(0);
    await inThemes('trouble');
    await page.page.locator('#trouble button').click();
    expect(await page.said()).toContainEqual({ type: 'refresh' });
  });
  test('draws steps with their intervals, measured runs and what is not committed, in three themes', async () => {
    await page.tell({ type: 'data', ref, data });
    await page.page.locator('#chart').waitFor();
    expect(await page.page.locator('#chart .band').count()).toBe(5);
    expect(await page.page.locator('#chart .run').count()).toBe(2);
    expect(await page.page.locator('#chart .gap').count()).toBe(1);
    expect(await page.page.locator('#chart .change.open').count()).toBe(1);
    expect(await page.page.locator('main').textContent()).not.toMatch(/NaN|undefined|Infinity/);
    expect(await page.page.locator('#steps tbody tr').first().textContent()).toMatch(/^now.*not committed/);
    await inThemes('data');
  });
  test('keys walk over changes and runs, and the table follows', async () => {
    await page.page.locator('[role=slider]').focus();
    expect(await reading()).toMatch(/^now · not committed/);
    const press = async (key: string, read: RegExp): Promise<void> => {
      await page.page.keyboard.press(key);
      await expect.poll(reading).toMatch(read);
    };
    await press('Home', /^2026-03-02 · 20260302a Ana/);
    await press('ArrowRight', /^2026-04-11/);
    await press('ArrowRight', /^2026-04-12/);
    await press('ArrowRight', /^2026-05-01 · measured · 8×H100 · 3\.1 h · \$46/);
    await press('ArrowLeft', /^2026-04-12/);
    await page.page.locator('#steps tr.selected', { hasText: '2026-04-12' }).waitFor();
    expect(await page.page.evaluate(() => (globalThis as unknown as { kept: { selected: string } }).kept.selected)).toMatch(/^20260412a/);
  });
  test('changes of one day stand apart, one beside the other', async () => {
    await page.page.locator('#along').selectOption('steps');
    const at = (nth: number): Promise<number> => page.page.locator('#chart circle.change').nth(nth).getAttribute('cx').then(Number);
    await expect.poll(async () => (await at(2)) - (await at(1))).toBeGreaterThan(80);
    await page.shot('steps');
  });
  test('a commit is taken by its name, and what is seen is saved', async () => {
    await page.page.locator('#steps button').first().click();
    expect(await page.said()).toContainEqual({ type: 'copy', oid: steps[4]?.oid });
    for (const format of ['csv', 'svg', 'png']) await page.page.locator(`[data-save=${format}]`).click();
    const saved = async (): Promise<string[]> => (await page.said()).flatMap((one) => (one.type === 'save' ? [one.format] : []));
    await expect.poll(async () => (await saved()).sort()).toEqual(['csv', 'png', 'svg']);
    expect(page.errors).toEqual([]);
  });
  test('is narrow where the panel is', async () => {
    await page.page.setViewportSize({ width: 420, height: 900 });
    await expect.poll(() => page.page.locator('#chart').evaluate((one: Element) => one.clientWidth <= 420)).toBe(true);
    await page.shot('narrow');
    await page.page.setViewportSize({ width: 1200, height: 900 });
  });
  test('figures that lie far apart stand on a scale of multiples', async () => {
    await page.tell({ type: 'data', ref, data: historyOf([step('2026-01-01', 0.02), step('2026-02-01', 30), step('2026-03-01', 9000)]) });
    await page.page.locator('#chart').getByText('$10K').waitFor();
    await page.shot('far-apart');
    const tops: number[] = await page.page.locator('#chart circle.change').evaluateAll((all: Element[]) => all.map((one) => Number(one.getAttribute('cy'))));
    expect((tops[0] ?? 0) - (tops[1] ?? 0)).toBeGreaterThan(30);
  });
  test('a figure that was never known is said, not drawn', async () => {
    await page.tell({ type: 'data', ref, data: historyOf([step('2026-01-01', undefined, { because: 'model unknown' })], [], { isShallow: true }) });
    await page.page.getByText('No figure is known at any commit').waitFor();
    expect(await page.page.locator('#chart').count()).toBe(0);
    expect(await page.page.locator('[data-save]').count()).toBe(1);
    expect(await page.page.locator('main').textContent()).toMatch(/git fetch --unshallow/);
    await inThemes('unknown');
  });
});
