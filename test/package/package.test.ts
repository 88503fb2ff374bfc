import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { builtinModules } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { Script } from 'node:vm';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, describe, expect, test } from 'vitest';
import { readZip, unpackVsix } from '../e2e/zip.mjs';

const root = path.join(import.meta.dirname, '../..');
const vsix = path.join(root, 'ml-cost-lens.vsix');
const files = readZip(vsix);
const names = [...files.keys()].sort();
const text = (name: string): string => files.get(`extension/${name}`)?.toString('utf8') ?? '';
const manifest = JSON.parse(text('package.json'));
// bundles are long: a failing test must not print one
const has = (name: string, piece: string): boolean => text(name).includes(piece);
const scripts = names.filter((name) => name.endsWith('.js')).map((name) => name.slice('extension/'.length));
const below = (folder: string): string[] =>
  readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)));

/** Names of the modules that a bundle asks its host for. */
const required = (name: string): string[] =>
  [...new Set([...text(name).matchAll(/\brequire\(\s*(?:["'`]([^"'`]+)["'`]|)/g)].map((match) => match[1] ?? '?'))].sort();

/** Named and never asked for: ajv holds these in the texts of the functions that it writes, pg its other half behind a variable of the environment. */
const notAskedFor = /^ajv(-formats)?\/dist\/|^pg-native$/;

describe('the package', () => {
  test('holds what is listed here and nothing else', () => {
    const dist = [
      ...[
        'cli',
        'mcp',
        'postgres-client',
        'client-node',
        'client-start',
        'client-browser',
        'server-node',
        'program',
        'server-browser',
        'webview-compare',
        'webview-spend',
        'webview-what-if',
        'webview-history',
        'webview-model',
        'model-worker',
      ].map((name) => `${name}.js`),
      'webview-compare.css',
      'webview-spend.css',
      'webview-what-if.css',
      'webview-history.css',
      'webview-model.css',
      ...['web-tree-sitter', 'tree-sitter-python', 'tree-sitter-typescript', 'tree-sitter-tsx'].map((name) => `${name}.wasm`),
      'catalog.jsonl',
      'coefficients.json',
      'legality.csv',
      'quality.json',
      'change-noise.json',
    ].map((name) => `dist/${name}`);
    const expected = [
      'LICENSE.txt',
      'package.json',
      'package.nls.json',
      'readme.md',
      'changelog.md',
      ...dist,
      ...below('media'),
      ...below('schemas').filter((name) => name.endsWith('.json')),
    ].map((name) => `extension/${name}`);
    expect(names).toEqual(['[Content_Types].xml', 'extension.vsixmanifest', ...expected].sort());
  });
  test('is no larger than 3 MiB', () => expect(statSync(vsix).size).toBeLessThanOrEqual(3 * 2 ** 20));
  test('has no source maps and no paths of the machine that built it', () => {
    for (const name of scripts) {
      expect(has(name, 'sourceMappingURL'), name).toBe(false);
      expect(has(name, root), name).toBe(false);
    }
  });
  test('has the entries that its manifest names', () => {
    const entries = [manifest.main, manifest.browser, manifest.icon, ...Object.values(manifest.bin ?? {})] as string[];
    for (const entry of entries) expect(names).toContain(path.posix.join('extension', entry));
    expect(Object.keys(manifest.bin ?? {})).toEqual(['mlcost']);
  });
});

describe('bundles', () => {
  test.each(['dist/client-browser.js', 'dist/server-browser.js'])('%s asks a browser for nothing but vscode', (name) => {
    expect(required(name).filter((module) => module !== 'vscode')).toEqual([]);
    expect(has(name, 'Dynamic require of')).toBe(false);
  });
  test('the worker is one classic script', () => {
    expect(has('dist/server-browser.js', 'import.meta')).toBe(false);
    // A module would not parse as this.
    expect(() => new Script(text('dist/server-browser.js'))).not.toThrow();
  });
  test.each(['dist/client-node.js', 'dist/client-start.js', 'dist/server-node.js', 'dist/cli.js', 'dist/program.js', 'dist/mcp.js', 'dist/postgres-client.js'])(
    '%s needs no package',
    (name) => {
      const outside = required(name).filter(
        (module) => !builtinModules.includes(module.replace(/^node:/, '')) && module !== 'vscode' && !notAskedFor.test(module),
      );
      for (const module of outside) expect(scripts).toContain(path.posix.join('dist', module));
      expect(has(name, 'import.meta')).toBe(false);
    },
  );
  test('only the client asks for vscode', () => {
    for (const name of scripts.filter((one) => !one.includes('/client-'))) expect(required(name), name).not.toContain('vscode');
  });
});

describe('the command line in the package', () => {
  const home = mkdtempSync(path.join(os.tmpdir(), 'mlcost-package-'));
  afterAll(() => rmSync(home, { recursive: true, force: true }));
  const extension = unpackVsix(vsix, home);
  const mlcost = (...args: string[]) => spawnSync(process.execPath, [path.join(extension, 'dist/cli.js'), ...args], { encoding: 'utf8', cwd: home });
  test('says its version', () => {
    const { stdout, status } = mlcost('--version');
    expect([stdout.trim(), status]).toEqual([`mlcost ${manifest.version}`, 0]);
  });
  test('answers agents away from its repository', async () => {
    const project = path.join(root, 'samples/support-assistant');
    const client = new Client({ name: 'test', version: '1' });
    await client.connect(new StdioClientTransport({ command: process.execPath, args: [path.join(extension, 'dist/cli.js'), 'mcp', project], cwd: home }));
    try {
      expect((await client.listTools()).tools.map(({ name }) => name)).toContain('estimate');
      const { content } = (await client.callTool({ name: 'budget', arguments: {} })) as { content: { text: string }[] };
      expect(JSON.parse(content[0]?.text ?? '')).toMatchObject({ version: 1 });
    } finally {
      await client.close();
    }
  });
  test('estimates the sample project away from its repository', () => {
    const { stdout, status } = mlcost('estimate', path.join(root, 'samples/support-assistant'), '--format', 'json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout).workloads.length).toBeGreaterThan(1);
  });
});

test('the version in the lock file is that of the manifest', () => {
  const lock = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
  expect([lock.version, lock.packages[''].version]).toEqual([manifest.version, manifest.version]);
});
