import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { launchBrowser } from './browser.mjs';
import { startHost } from './hosts.mjs';
import * as steps from './workbench.mjs';

const root = path.join(import.meta.dirname, '../..');
export type HostKind = 'node' | 'web';
/** Longest wait for something to be seen; a shorter one serves while a test is being written. @unit ms */
const patience = Number(process.env['E2E_PATIENCE_MS'] ?? 60_000);

export interface SeenLens {
  readonly line: number;
  readonly text: string;
}

/** A person at the real editor, on a copy of the sample project and of the files in test/fixtures/e2e. */
export class Ide {
  readonly kind: HostKind;
  // biome-ignore lint/suspicious/noExplicitAny: playwright-core is installed beside the workbench, not in this project
  readonly page: any;
  // biome-ignore lint/suspicious/noExplicitAny: plain JavaScript
  readonly host: any;
  private readonly ends: (() => Promise<void> | void)[];
  private constructor(kind: HostKind, host: unknown, page: unknown, ends: (() => Promise<void> | void)[]) {
    this.kind = kind;
    this.host = host;
    this.page = page;
    this.ends = ends;
  }
  static async start(
    kind: HostKind,
    file: string,
    options: {
      readonly trust?: boolean;
      readonly settings?: Record<string, unknown>;
      readonly unpacked?: readonly string[];
      /** Changes the copy of the project before it is opened. */
      readonly prepare?: (folder: string) => void;
    } = {},
  ): Promise<Ide> {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'mlcost-e2e-'));
    const ends: (() => Promise<void> | void)[] = [() => rmSync(folder, { recursive: true, force: true })];
    try {
      for (const from of ['samples/support-assistant', 'test/fixtures/e2e']) cpSync(path.join(root, from), folder, { recursive: true });
      options.prepare?.(folder);
      const host = await startHost(kind, { vsix: [path.join(root, 'ml-cost-lens.vsix')], folder, ...options });
      ends.unshift(() => host.stop());
      const browser = await launchBrowser();
      ends.unshift(() => browser.close());
      const { page } = await steps.openWorkbench(browser, host, { file, viewport: { width: 1500, height: 1100 } });
      return new Ide(kind, host, page, ends);
    } catch (error) {
      for (const end of ends) await end();
      throw error;
    }
  }
  async stop(): Promise<void> {
    for (const end of this.ends) await end();
  }

  async open(file: string): Promise<void> {
    await steps.openFile(this.page, this.host, file);
  }
  /** Opens a file that has an editor of its own. */
  async openView(file: string): Promise<void> {
    await steps.openFile(this.page, this.host, file, { asText: false });
  }
  /** Lenses on the screen, top to bottom. */
  async lenses(): Promise<SeenLens[]> {
    const all: { line: number; texts: string[] }[] = await steps.readLenses(this.page);
    return all.flatMap(({ line, texts }) => texts.map((text) => ({ line, text })));
  }
  /** The first lens of each workload: what it costs. Others say what would be cheaper. */
  async costs(): Promise<SeenLens[]> {
    return (await this.lenses()).filter(({ text }) => !/^(?:−\d+ %|fits with): /.test(text));
  }
  /** The first lens that matches, once there is one; `line` if it must stand at a certain line. */
  async lens(match: RegExp, line?: number): Promise<SeenLens> {
    return this.until(`a lens like ${match}${line === undefined ? '' : ` at line ${line}`}`, async () =>
      (await this.lenses()).find((lens) => match.test(lens.text) && (line === undefined || lens.line === line)),
    );
  }
  /** How many lenses there were, each time that their number changed while something went on. */
  async countLensesWhile(work: () => Promise<void>): Promise<number[]> {
    await this.page.evaluate(() => {
      // biome-ignore lint/suspicious/noExplicitAny: put into the page by in-page.mjs
      const page = globalThis as any;
      page.lensCounts = [page.e2e.lenses().length];
      page.lensWatch = setInterval(() => {
        const count = page.e2e.lenses().length;
        if (count !== page.lensCounts.at(-1)) page.lensCounts.push(count);
      }, 10);
    });
    await work();
    return this.page.evaluate(() => {
      // biome-ignore lint/suspicious/noExplicitAny: as above
      const page = globalThis as any;
      clearInterval(page.lensWatch);
      return page.lensCounts;
    });
  }
  /** Asks again and again until there is an answer. @errors what was seen last, if it takes too long */
  async until<T>(what: string, ask: () => Promise<T | undefined | false | null>, limit = patience): Promise<T> {
    for (const end = Date.now() + limit; ; ) {
      const answer = await ask();
      if (answer) return answer;
      if (Date.now() > end) {
        const picture = await this.screenshot(`failed-${what.replaceAll(/\W+/g, '-').slice(0, 60)}`);
        throw new Error(`did not see ${what}; lenses: ${JSON.stringify(await this.lenses())}; ${picture}`);
      }
      await this.page.waitForTimeout(60);
    }
  }
  async goTo(line: number, column = 1): Promise<void> {
    await this.focusEditor();
    await this.page.keyboard.press('Control+G');
    const input = this.page.locator('.quick-input-widget input[type="text"]');
    await input.waitFor({ state: 'visible' });
    await input.fill(`:${line}:${column}`);
    await this.page.keyboard.press('Enter');
    await this.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
  }
  /** The end of the document: only what is in view is on the page. */
  async toEnd(): Promise<void> {
    await this.page.keyboard.press('Control+End');
  }
  /** Selects a piece of a line and types over it, key by key. */
  async retype(line: number, from: string, to: string): Promise<void> {
    await this.goTo(line);
    const text = await this.lineText(line);
    const at = text.indexOf(from);
    if (at < 0) throw new Error(`no ${JSON.stringify(from)} in line ${line}: ${JSON.stringify(text)}`);
    await this.goTo(line, at + 1);
    for (let n = 0; n < from.length; n++) await this.page.keyboard.press('Shift+ArrowRight');
    await this.page.keyboard.type(to);
  }
  /** A line as it is drawn, with hints and decorations. */
  async lineText(line: number): Promise<string> {
    return this.page.evaluate((n: number) => {
      // biome-ignore lint/suspicious/noExplicitAny: put into the page by in-page.mjs
      const { editors, lines } = (globalThis as any).e2e;
      for (const editor of editors()) {
        const found = lines(editor).find((one: { line: number }) => one.line === n);
        if (found) return found.el.textContent.replace(/\u00a0/g, ' ');
      }
      return '';
    }, line);
  }
  async focusEditor(): Promise<void> {
    await this.page.keyboard.press('Escape');
    await this.page.keyboard.press('Control+1');
  }
  /** Text of the hover over a piece of a line, and the addresses of its links. */
  async hover(line: number, piece: string): Promise<{ text: string; links: string[] }> {
    const column = (await this.lineText(line)).indexOf(piece) + 2;
    await this.until(`a hover over ${piece}`, async () => (await steps.readHover(this.page, line, column, { timeout: 5000 })).length > 0);
    const links = await this.page
      .locator('.monaco-hover:not(.hidden) a')
      .evaluateAll((all: Element[]) => all.map((a) => a.getAttribute('data-href') ?? a.getAttribute('href') ?? ''));
    return { text: (await steps.readHover(this.page, line, column)).join('\n'), links };
  }
  /** Loads the window anew: everything starts again, and what was open comes back. */
  async restart(): Promise<void> {
    // a file in the address would be opened in place of what was open
    await this.page.evaluate((url: string) => {
      history.replaceState(null, '', url);
      Object.assign(globalThis, { isBeforeRestart: true });
    }, this.host.url());
    await this.run('Developer: Reload Window');
    await this.page.waitForFunction(() => !('isBeforeRestart' in globalThis));
    await this.page.waitForSelector('.monaco-workbench .part.statusbar');
  }
  async run(title: string): Promise<void> {
    await steps.runCommand(this.page, title);
  }
  /** Our item of the status bar. */
  async status(match: RegExp): Promise<string> {
    return this.until(`a status bar item like ${match}`, async () => {
      const items: { text: string; label: string }[] = await steps.readStatusBar(this.page);
      return items.map(({ text, label }) => `${text} ${label}`).find((text) => match.test(text));
    });
  }
  /** Rows of the problems panel that match. */
  async problem(match: RegExp): Promise<string> {
    return this.until(`a problem like ${match}`, async () => (await this.problems()).find((text) => match.test(text)));
  }
  async problems(): Promise<string[]> {
    const panel = this.page.locator('.markers-panel').first();
    if (!(await panel.isVisible())) await this.page.keyboard.press('Control+Shift+M');
    await panel.waitFor({ state: 'visible' });
    return this.page
      .locator('.markers-panel .monaco-list-row')
      .evaluateAll((rows: HTMLElement[]) => rows.map((row) => (row.textContent ?? '').replace(/\s+/g, ' ').trim()));
  }
  /** Replaces the workspace's settings in the editor and saves them, as a person would: the same in both hosts. */
  async settings(values: Record<string, unknown>): Promise<void> {
    const file = '.vscode/settings.json';
    await this.open(file);
    await this.focusEditor();
    await this.page.keyboard.press('Control+A');
    await this.page.keyboard.insertText(JSON.stringify(values));
    await this.save();
    await this.page.keyboard.press('Control+F4');
  }
  async save(): Promise<void> {
    await this.page.keyboard.press('Control+S');
    await this.page.locator('.tab.active.dirty').waitFor({ state: 'detached' });
  }
  /** Takes back what was typed, so that the next test finds the file as it was. */
  async revert(): Promise<void> {
    await this.focusEditor();
    await this.run('File: Revert File');
    await this.page.locator('.tab.active.dirty').waitFor({ state: 'detached' });
  }
  async screenshot(name: string): Promise<string> {
    const folder = path.join(root, 'test-output/screenshots', this.kind);
    mkdirSync(folder, { recursive: true });
    const file = path.join(folder, `${name}.png`);
    await this.page.screenshot({ path: file });
    return file;
  }
  /** Has VS Code activated our extension? */
  async activated(): Promise<boolean> {
    if (this.kind === 'web') return this.host.served.has('dist/client-browser.js');
    return Object.values<string>(this.host.logs()).some((text) => text.includes('_doActivateExtension ml-cost-lens.ml-cost-lens'));
  }
  /** Rows of a view in the side bar, once each of these is matched by one: it fills up while the workspace is read. */
  async tree(title: string, ...matches: RegExp[]): Promise<string[]> {
    await this.run(`View: Show ${title}`);
    return this.until(`rows of the tree like ${matches.join(' ')}`, async () => {
      const rows: string[] = await this.page.locator('.part.sidebar .monaco-list-row').allInnerTexts();
      return matches.every((match) => rows.some((row) => match.test(row))) ? rows.map((row) => row.replace(/\s+/g, ' ').trim()) : undefined;
    });
  }
  /** Text of the open document or preview, once it matches. */
  async document(match: RegExp): Promise<string> {
    return this.until(`a document like ${match}`, async () => {
      const editors: string[] = await this.page.locator('.editor-instance .view-lines').allInnerTexts();
      const views: string[] = await steps.readWebviews(this.page, { timeout: 500, quiet: 100 });
      return [...editors, ...views].map((text) => text.replace(/\u00a0/g, ' ')).find((text) => match.test(text));
    });
  }
  /** The page of a webview that has such an element, once there is one. */
  // biome-ignore lint/suspicious/noExplicitAny: a frame of playwright-core
  async view(selector: string): Promise<any> {
    return this.until(`a view with ${selector}`, async () => {
      for (const frame of this.page.frames()) {
        if (frame.name() !== 'active-frame' && !frame.url().includes('/fake.html')) continue;
        if (
          await frame
            .locator(selector)
            .count()
            .catch(() => 0)
        )
          return frame;
      }
      return undefined;
    });
  }
  /** Text of the list that asks for a choice; empty if there is none. */
  async quickPick(): Promise<string> {
    const widget = this.page.locator('.quick-input-widget');
    return (await widget.isVisible()) ? ((await widget.textContent()) ?? '').replace(/\u00a0/g, ' ') : '';
  }
  /** Process ids of our server below this workbench (Node host). */
  servers(): number[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .filter((pid) => {
        try {
          const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
          return command.includes('server-node.js') && command.includes(this.host.home);
        } catch {
          return false; // it ended meanwhile
        }
      })
      .map(Number);
  }
  /** Did our server start? */
  serverStarted(): boolean {
    return this.kind === 'node' ? this.servers().length > 0 : this.host.served.has('dist/server-browser.js');
  }
}
