import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FromSpendPage, ToSpendPage } from '../../server/src/protocol/spend-panel.js';
import { accessibilityMistakes } from '../support/accessibility.js';
import { PanelPage, themeNames } from '../support/panel-page.js';
import { dataOf, madeUp, viewAt } from '../support/spend-views.js';

// The spend page of the build alone in Chromium: every state in every theme, without the workbench around it.
const now = '2026-11-16T12:00:00Z';
const few = madeUp(3, '2026-11-15', 90);
const full = viewAt(few.yaml, few.charges, now);
const open = (options?: { width?: number; state?: unknown }) => PanelPage.open<ToSpendPage, FromSpendPage>('spend', options);
let page: Awaited<ReturnType<typeof open>>;
beforeAll(async () => {
  page = await open();
});
afterAll(() => page?.close());

const seen = (selector: string): Promise<string> => page.page.locator(selector).textContent();
/** Waits until the page has drawn what it was told. */
async function shows(selector: string): Promise<void> {
  await page.page.locator(selector).first().waitFor({ state: 'visible' });
}

const states: readonly [name: string, tell: () => Promise<void>, selector: string, text: RegExp][] = [
  ['loading', async () => {}, '#loading', /Reading the ledger/],
  ['trouble-at-first', () => page.tell({ type: 'trouble', text: '.mlcost/ledger/2026-11 is incomplete' }), '#retry', /Try again/],
  ['empty', () => page.tell(dataOf(viewAt('', [], now))), '.empty', /mlcost spend import/],
  ['budgets-without-spend', () => page.tell(dataOf(viewAt(few.yaml, [], now))), '#budgets', /unknown/],
  ['spend-without-budgets', () => page.tell(dataOf(viewAt('', few.charges, now))), '#h-budget', /Budgets/],
  ['ready', () => page.tell(dataOf(full)), '#budgets', /vision/],
  ['stale', () => page.tell(dataOf(viewAt(few.yaml, few.charges, '2027-01-20T12:00:00Z'))), '.age.stale', /66 days ago/],
  [
    'partial',
    () =>
      page.tell(
        dataOf(
          viewAt(
            `${few.yaml}  - { name: europe, amount: 500, currency: EUR, owner: { team: vision } }\n`,
            [...few.charges, { day: '2026-11-03', cost: '99', tags: { currency: 'GBP' } }],
            now,
            {},
            ['usage/gpu-hours.csv, which spend.usage names, is not there'],
          ),
        ),
      ),
    '#notes',
    /99\.00 GBP is in no sum here/,
  ],
  ['trouble-later', () => page.tell({ type: 'trouble', text: 'the ledger cannot be read' }), '[role=alert]', /Not up to date: the ledger cannot be read/],
  ['90-days', () => page.tell(dataOf(viewAt(few.yaml, few.charges, now, { period: '90d', by: 'team' }))), '#bars-chart', /Aug|Sep/],
];
describe('each state', () => {
  test.each(states)('%s: is said, has no accessibility mistakes, and looks right in three themes', async (name, tell, selector, text) => {
    await tell();
    await shows(selector);
    expect(await seen('main')).toMatch(text);
    expect(await seen('main')).not.toMatch(/NaN|undefined|Infinity|\[object/);
    const found: Record<string, string[]> = {};
    for (const theme of themeNames) {
      await page.theme(theme);
      found[theme] = await accessibilityMistakes(page.page);
      await page.shot(`${name}-${theme}`);
    }
    expect(found).toEqual({ dark: [], light: [], contrast: [] });
    expect(page.errors).toEqual([]);
  });
});

describe('the page', () => {
  beforeAll(async () => {
    await page.theme('dark');
    await page.tell(dataOf(full));
    await shows('#budgets');
  });
  const slider = () => page.page.locator('.walk').first();
  const reading = (): Promise<string> => slider().getAttribute('aria-valuetext');
  test('walks over the days of a budget with the keyboard', async () => {
    await slider().focus();
    await page.page.keyboard.press('Home');
    expect(await reading()).toMatch(/^Nov 1: \$[\d,.]+ spent, \d+ % of the budget, /);
    await page.page.keyboard.press('ArrowRight');
    expect(await reading()).toMatch(/^Nov 2: /);
    await page.page.keyboard.press('PageDown');
    expect(await reading()).toMatch(/^Nov 1: /);
    await page.page.keyboard.press('End');
    expect(await reading()).toMatch(/^Nov 30: forecast \$[\d,.]+ \(\$[\d,.]+ to \$[\d,.]+\), \d+ % of the budget$/);
    expect(await seen('figcaption.reading >> nth=0')).toBe(await reading());
  });
  test('draws another budget large, and asks the editor to keep that', async () => {
    await page.page.locator('#budgets tr[data-key=speech] button').click();
    await page.page.locator('#h-budget', { hasText: 'speech' }).waitFor();
    expect(await page.said()).toContainEqual({ type: 'keep', view: expect.objectContaining({ budget: 'speech' }) });
  });
  test('asks for what a person chooses', async () => {
    await page.page.locator('#period').selectOption('2026-10');
    await page.page.locator('#team').selectOption('vision');
    expect(await page.said()).toContainEqual({ type: 'query', root: 'file:///w', query: { period: '2026-10', team: null, by: 'category', cost: 'billed' } });
    expect(await page.said()).toContainEqual({ type: 'query', root: 'file:///w', query: { period: 'now', team: 'vision', by: 'category', cost: 'billed' } });
  });
  test('opens the way from a team down to the code', async () => {
    for (const label of ['vision', 'vision-core', 'model-0'])
      await page.page.locator('#tree button[aria-expanded=false]', { hasText: new RegExp(`${label}$`) }).click();
    await page.page.locator('#tree button.link', { hasText: 'train.py:12' }).first().click();
    expect(await page.said()).toContainEqual({ type: 'reveal', uri: 'file:///w/train.py', line: 11 });
  });
  test('goes into areas and out again with the keyboard', async () => {
    const label = (): Promise<string> => page.page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '');
    await page.page.locator('#tree-map [tabindex="0"]').focus();
    await page.page.keyboard.press('Home');
    await page.page.waitForFunction(() => document.activeElement?.closest('g') === document.querySelector('#tree-map .cell'));
    const first = await label();
    expect(first).toMatch(/^\S+ \$[\d,]+ · [\d.]+ % of everything, team, \d+ parts?$/);
    await page.page.keyboard.press('End');
    await page.page.waitForFunction((name: string) => document.activeElement?.getAttribute('aria-label') !== name, first);
    await page.page.keyboard.press('Home');
    await page.page.waitForFunction((name: string) => document.activeElement?.getAttribute('aria-label') === name, first);
    await page.page.keyboard.press('Enter');
    await page.page.locator('.way', { hasText: /Everything.+/ }).waitFor();
    await page.page.waitForFunction(() => /, project/.test(document.activeElement?.getAttribute('aria-label') ?? ''));
    expect(await page.page.locator('#tree-map [tabindex="0"]').count()).toBe(1);
    await page.page.keyboard.press('Backspace');
    // back on the area that was gone into
    await page.page.waitForFunction((name: string) => document.activeElement?.getAttribute('aria-label') === name, first);
    expect(await page.said()).toContainEqual({ type: 'keep', view: expect.objectContaining({ area: '' }) });
  });
  test('draws what was billed against its estimate, with the figures in a table', async () => {
    expect(await page.page.locator('#variance-chart').getAttribute('aria-label')).toMatch(
      /Trainer of model-2: \$6,400 billed, \$1,000 \(\$800\.00–\$1,300\) estimated, \+540 %/,
    );
    expect(await page.page.locator('#variance-chart .held').count()).toBe(3);
    expect(await seen('#variance')).toMatch(/time: 620 GPU-hours metered where 400 were estimated \(\+55 %\).*it would be known with how many runs/);
  });
  test('takes what is new into what stands there, without drawing the rest anew', async () => {
    await slider().focus();
    const kept = await page.page.evaluate(() => {
      const watch = globalThis as unknown as { gone: number };
      watch.gone = 0;
      new MutationObserver((all) => {
        for (const { removedNodes } of all) watch.gone += removedNodes.length;
      }).observe(document.querySelector('#root') as Element, { subtree: true, childList: true });
      return document.activeElement?.className;
    });
    const next = viewAt(few.yaml, [...few.charges, { day: '2026-11-15', cost: '777', tags: { team: 'search', category: 'training' } }], now);
    const before = await seen('#budgets tr[data-key=search]');
    await page.tell(
      dataOf(
        next,
        dataOf(full).type === 'data' ? Object.fromEntries(Object.entries((dataOf(full) as { update: { stamps: Record<string, string> } }).update.stamps)) : {},
      ),
    );
    await page.page.waitForFunction((old: string) => (document.querySelector('#budgets tr[data-key=search]') as HTMLElement).textContent !== old, before);
    expect(await page.page.evaluate(() => document.activeElement?.className)).toBe(kept);
    // only ticks of axes whose scale changed come and go
    expect(await page.page.evaluate(() => (globalThis as unknown as { gone: number }).gone)).toBeLessThan(40);
  });
  test('saves what is seen: drawings with their colours, figures as CSV', async () => {
    for (const format of ['svg', 'png', 'csv']) await page.page.locator(`[data-save^="spend-by"][data-save$=".${format}"]`).click();
    await page.page.waitForFunction(() => (globalThis as unknown as { sent: { type: string }[] }).sent.filter(({ type }) => type === 'save').length === 3);
    const saved = await page.page.evaluate(() =>
      (globalThis as unknown as { sent: { type: string; format: string; name: string; content: string | Uint8Array }[] }).sent
        .filter(({ type }) => type === 'save')
        .map(({ format, name, content }) => ({ format, name, start: typeof content === 'string' ? content.slice(0, 2000) : [...content.subarray(0, 4)] })),
    );
    const by = Object.fromEntries(saved.map((one: { format: string; start: unknown }) => [one.format, one.start]));
    expect(by['svg']).toMatch(/^<svg[^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    expect(by['svg']).not.toMatch(/var\(|class=/);
    expect(by['png']).toEqual([0x89, 0x50, 0x4e, 0x47]);
    expect(by['csv']).toMatch(/^day,training,inference,storage,transfer\r\n2026-11-01,\d/);
  });
  test('obeys forced colours, and stands still for who wants no motion', async () => {
    await page.page.emulateMedia({ forcedColors: 'active', reducedMotion: 'reduce' });
    const stroke: string = await page.page.locator('#budget-chart .spent').evaluate((one: Element) => getComputedStyle(one).stroke);
    await page.shot('ready-forced-colours');
    // a figure that lies on its interval could not be read
    const overlaps: number = await page.page.locator('#variance-chart .held').evaluateAll(
      (rows: Element[]) =>
        rows.filter((row) => {
          const [range, figure] = ['.range', '.beside'].map((of) => row.querySelector(of)?.getBoundingClientRect());
          return !range || !figure || figure.left < range.right;
        }).length,
    );
    expect(overlaps).toBe(0);
    await page.page.emulateMedia({ forcedColors: 'none' });
    expect(stroke).toBe('rgb(0, 0, 0)');
    const moving: number = await page.page.evaluate(() => document.getAnimations().length);
    expect(moving).toBe(0);
  });
  test('is readable in a narrow column', async () => {
    await page.page.setViewportSize({ width: 420, height: 900 });
    const wide: number = await page.page.evaluate(() => document.documentElement.scrollWidth);
    await page.shot('ready-narrow');
    await page.page.setViewportSize({ width: 1200, height: 900 });
    expect(wide).toBeLessThanOrEqual(420);
  });
  test('breaks none of its rules', () => expect(page.errors).toEqual([]));
});

describe('the report as one file', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'mlcost-report-'));
  const file = path.join(folder, 'spend.html');
  const root = path.join(import.meta.dirname, '../..');
  beforeAll(() => {
    execFileSync(
      process.execPath,
      [path.join(root, 'dist/cli.js'), 'spend', 'report', '--workspace', path.join(root, 'samples/support-assistant'), '--html', file],
      {
        stdio: 'ignore',
      },
    );
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  test.each(['light', 'dark'] as const)('opens by itself, %s, asks nobody for anything, and has no accessibility mistakes', async (colorScheme) => {
    const own = page.page;
    const report = await own
      .context()
      .browser()
      .newPage({ viewport: { width: 1200, height: 900 }, colorScheme, javaScriptEnabled: true });
    try {
      const [asked, errors]: [string[], string[]] = [[], []];
      report.on('request', (request: { url(): string }) => asked.push(request.url()));
      report.on('console', (message: { type(): string; text(): string }) => message.type() === 'error' && errors.push(message.text()));
      report.on('pageerror', (error: Error) => errors.push(error.message));
      await report.goto(pathToFileURL(file).href);
      await report.locator('#budgets').waitFor();
      const text: string = await report.locator('main').textContent();
      expect(text).toMatch(/September 2026.*Data until 2026-09-21/);
      expect(text).not.toMatch(/NaN|undefined|Infinity|\[object/);
      // the way to the code is told, though there is no editor to go to
      for (const label of ['ml-platform', 'assistant'])
        await report
          .locator('#tree button[aria-expanded=false]', { hasText: new RegExp(`${label}$`) })
          .first()
          .click();
      await report.locator('#tree', { hasText: /\.(sh|py|ipynb):\d+/ }).waitFor();
      await report.locator('.walk').first().focus();
      await report.keyboard.press('Home');
      expect(await report.locator('.walk').first().getAttribute('aria-valuetext')).toMatch(/^Sep 1: /);
      await report.screenshot({ path: path.join(root, 'test-output/screenshots/spend', `report-${colorScheme}.png`), fullPage: true });
      await report.emulateMedia({ media: 'print' });
      await report.screenshot({ path: path.join(root, 'test-output/screenshots/spend', `report-${colorScheme}-print.png`), fullPage: true });
      await report.emulateMedia({ media: 'screen' });
      expect({ asked: asked.filter((url) => !url.startsWith('file:')), errors }).toEqual({ asked: [], errors: [] });
      // the page's rules let no script in but its own: what judges it is let in by the browser
      const session = await report.context().newCDPSession(report);
      await session.send('Page.setBypassCSP', { enabled: true });
      await report.reload();
      await report.locator('#budgets').waitFor();
      expect(await accessibilityMistakes(report)).toEqual([]);
    } finally {
      await report.close();
    }
  });
  test('tells the budgets where no script may run', async () => {
    const plain = await page.page.context().browser().newPage({ javaScriptEnabled: false });
    await plain.goto(pathToFileURL(file).href);
    expect(await plain.locator('noscript').textContent()).toMatch(/support-agents: \$4,0\d\d of \$4,000, used up/);
    await plain.close();
  });
});
