import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { median, type Row, row } from './measure.js';

const runs = 5;
const own = 'ML Cost Lens';
const hello = 'Hello World';

/** Activation as VS Code shows it (Developer: Show Running Extensions), with a document that starts all there is, against an extension that does nothing. */
export async function activation(): Promise<Row[]> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'mlcost-activation-'));
  try {
    const vsix = [path.join(folder, 'own.vsix'), helloWorld(folder)];
    pack('.', path.join(folder, 'own.vsix'), '--no-dependencies');
    const workspace = path.join(folder, 'workspace');
    cpSync('samples/support-assistant', workspace, { recursive: true });
    const rows: Row[] = [];
    for (const kind of ['node', 'web']) {
      const times: Record<string, number>[] = [];
      for (let run = 0; run < runs; run++) times.push(await shown(kind, vsix, workspace));
      const of = (name: string): number[] => times.map((one) => one[name] ?? Number.NaN);
      const more = median(times.map((one) => (one[own] ?? Number.NaN) - (one[hello] ?? Number.NaN)));
      rows.push(row(`activation beyond a hello-world extension's, ${kind} host`, more, ' ms', 30, `${median(of(own))} / ${median(of(hello))} ms`));
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function pack(extension: string, out: string, ...more: string[]): void {
  const vsce = path.resolve('node_modules/@vscode/vsce/vsce');
  const args = [vsce, 'package', '--allow-missing-repository', '--no-rewrite-relative-links', '--skip-license', '--out', out, ...more];
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: extension, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

function helloWorld(folder: string): string {
  const place = path.join(folder, 'hello');
  mkdirSync(place);
  const manifest = {
    name: 'hello-world',
    displayName: hello,
    version: '0.0.1',
    publisher: 'bench',
    engines: { vscode: '^1.91.0' },
    activationEvents: ['onLanguage:python'],
    main: './extension.js',
    browser: './extension.js',
  };
  writeFileSync(path.join(place, 'package.json'), JSON.stringify(manifest));
  writeFileSync(path.join(place, 'README.md'), 'Does nothing.\n');
  writeFileSync(path.join(place, 'extension.js'), "const vscode = require('vscode');\nexports.activate = () => {};\nexports.deactivate = () => {};\n");
  const out = path.join(folder, 'hello.vsix');
  pack(place, out);
  return out;
}

/** Activation times by the extensions' names, in a fresh editor. @unit ms */
async function shown(kind: string, vsix: readonly string[], folder: string): Promise<Record<string, number>> {
  // at run time, from where they stand: they find files beside themselves
  const use = (name: string) => import(pathToFileURL(path.resolve('test/e2e', name)).href);
  const [{ startHost }, { launchBrowser }, steps] = await Promise.all([use('hosts.mjs'), use('browser.mjs'), use('workbench.mjs')]);
  const host = await startHost(kind, { vsix, folder });
  try {
    const browser = await launchBrowser();
    try {
      const { page } = await steps.openWorkbench(browser, host, { file: 'agent/triage.py' });
      await page.locator('.codelens-decoration a').first().waitFor();
      await steps.runCommand(page, 'Developer: Show Running Extensions');
      const rows = page.locator('.runtime-extensions-editor .monaco-list-row');
      for (const name of [own, hello])
        await rows
          .filter({ hasText: name })
          .locator('.activation-time')
          .filter({ hasText: /\d+\s*ms/ })
          .waitFor();
      const texts: string[] = await rows.allInnerTexts();
      return Object.fromEntries([own, hello].map((name) => [name, Number(/(\d+)\s*ms/.exec(texts.find((text) => text.includes(name)) ?? '')?.[1])]));
    } finally {
      await browser.close();
    }
  } finally {
    await host.stop();
  }
}
