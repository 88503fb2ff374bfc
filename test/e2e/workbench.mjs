// Steps of a user in a real workbench, and what the user then sees.
import path from 'node:path';
import { need } from './hosts.mjs';
import { inPage } from './in-page.mjs';

/** @param {any} browser
 * @param {any} host
 * @param {{ file?: string, viewport?: { width: number, height: number }, timeout?: number }} [options] */
export async function openWorkbench(browser, host, options = {}) {
  const { file, viewport = { width: 1600, height: 1200 }, timeout = 90_000 } = options;
  const context = await browser.newContext({ viewport });
  const page = await context.newPage();
  page.setDefaultTimeout(timeout);
  const errors = [];
  browser.e2eErrors = errors;
  page.on('console', (m) => {
    if (m.type() === 'error') errors.push(m.text());
  });
  page.on('pageerror', (e) => errors.push(String(e)));
  await page.addInitScript(inPage);
  const t0 = Date.now();
  await page.goto(host.url(file));
  await page.waitForSelector('.monaco-workbench .part.statusbar');
  const workbenchMs = Date.now() - t0;
  let editorMs;
  if (file) {
    await waitForEditor(page, host, file, timeout);
    editorMs = Date.now() - t0;
  }
  return { page, context, errors, t0, timings: { workbenchMs, editorMs } };
}

export const readLenses = (page) => page.evaluate(() => e2e.lenses());
export const readStatusBar = (page) => page.evaluate(() => e2e.status());

/** Runs a command by its title. Whatever takes the focus late closes the list of commands: it is opened again, as a person would. */
export async function runCommand(page, title) {
  const input = page.locator('.quick-input-widget input[type="text"]');
  for (let tries = 1; ; tries++) {
    await page.keyboard.press('F1');
    try {
      await input.waitFor({ state: 'visible', timeout: 10_000 });
      await input.fill(`>${title}`, { timeout: 10_000 });
      await page.locator('.quick-input-list .monaco-list-row').filter({ hasText: title }).first().waitFor({ state: 'visible', timeout: 20_000 });
      break;
    } catch (error) {
      if (tries === 4) throw error;
    }
  }
  await page.keyboard.press('Enter');
  await page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
}

/** Opens one more file of the folder in a running workbench; what is shown in a view of its own is not waited for. */
export async function openFile(page, host, file, { asText = true } = {}) {
  need(path.join(host.root, file), 'no such file');
  const name = path.basename(file);
  for (let tries = 1; ; tries++) {
    await page.keyboard.press('Control+P');
    const input = page.locator('.quick-input-widget input[type="text"]');
    await input.waitFor({ state: 'visible' });
    await input.fill(`${host.kind === 'web' ? '/workspace' : host.root}/${file}`);
    // the list still shows other files for a moment: click, and look whether the right one came up
    await page.waitForTimeout(300);
    await page
      .locator('.quick-input-list .monaco-list-row')
      .filter({ hasText: name })
      .first()
      .click({ timeout: 5000 })
      .catch(() => {});
    const opened = await page
      .locator(`.tab.active[data-resource-name="${name}"]`)
      .first()
      .waitFor({ timeout: 3000 })
      .then(
        () => true,
        () => false,
      );
    if (opened) break;
    if (tries === 5) throw new Error(`cannot open ${file}`);
    await page.keyboard.press('Escape');
  }
  if (asText) await waitForEditor(page, host, file);
}

async function waitForEditor(page, host, file, timeout = 60_000) {
  const found = () =>
    page.evaluate(
      (name) => e2e.editors().some((x) => decodeURIComponent(x.getAttribute('data-uri')).includes(name) && x.querySelector('.view-line')),
      path.basename(file),
    );
  for (const end = Date.now() + timeout; !(await found()); await page.waitForTimeout(50)) {
    if (Date.now() > end) throw new Error(`${file} did not open in an editor`);
    // without a server, VS Code asks once before it opens a notebook
    if (host.kind === 'web' && file.endsWith('.ipynb')) {
      const button = page.locator('.monaco-dialog-box').getByRole('button', { name: 'Open Notebook' });
      if (await button.isVisible()) await button.click({ timeout: 3000 }).catch(() => {});
    }
  }
}

export async function readHover(page, line, column, { uri = '', timeout = 10_000 } = {}) {
  const end = Date.now() + timeout;
  for (;;) {
    const at = await page.evaluate(([l, c, u]) => e2e.position(l, c, u), [line, column, uri]);
    if (!at) throw new Error(`line ${line} is not on the screen`);
    await page.mouse.move(at.x + 120, at.y + 60);
    await page.mouse.move(at.x, at.y, { steps: 3 });
    try {
      await page.waitForFunction(() => e2e.hovers().length > 0, undefined, { timeout: 2500, polling: 50 });
      await page.waitForTimeout(200);
      return await page.evaluate(() => e2e.hovers());
    } catch (_e) {
      if (Date.now() > end) return [];
    }
  }
}

/** Text of every webview (two iframes deep) that has some, once it stays the same. */
export async function readWebviews(page, { timeout = 15_000, quiet = 500 } = {}) {
  const end = Date.now() + timeout;
  let before = '';
  for (let since = Date.now(); ; await page.waitForTimeout(50)) {
    const out = [];
    for (const frame of page.frames()) {
      if (frame.name() !== 'active-frame' && !frame.url().includes('/fake.html')) continue;
      const text = await frame.evaluate(() => document.body?.textContent ?? '').catch(() => '');
      if (text.trim()) out.push(text.trim());
    }
    const now = JSON.stringify(out);
    if (now !== before) {
      before = now;
      since = Date.now();
    }
    if ((out.length && Date.now() - since >= quiet) || Date.now() > end) return out;
  }
}
