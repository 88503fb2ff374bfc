import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { auditAfter, auditFile, verifyAudit } from '../../server/src/core/index.js';
import { serve } from '../support/servers.js';
import { type HostKind, Ide } from './ide.js';

const secret = 'sk-nobody-may-see-this-0123456789';
const day = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
/** What LiteLLM's `/user/daily/activity` says, in its shape. */
const activity = {
  results: [{ date: day, metrics: { spend: 12.5 }, breakdown: { models: { 'gpt-4o': { metrics: { spend: 12.5, api_requests: 3 }, api_key_breakdown: {} } } } }],
  metadata: { total_pages: 1, has_more: false },
};

/** Sources of spend as a person uses them: the secret is stored once, for one host, and is seen nowhere else. */
describe.each(['node', 'web'] as const)('sources of spend in the %s host', (kind: HostKind) => {
  let ide: Ide;
  const seen: { readonly path: string; readonly from: string; readonly authorization: string }[] = [];
  const servers: { url: string; [Symbol.asyncDispose](): PromiseLike<void> }[] = [];
  /** A gateway that pages may ask, or not. */
  const gateway = async (name: string, letsPages: boolean) => {
    const allow = (response: ServerResponse): void => {
      if (!letsPages) return;
      response.setHeader('access-control-allow-origin', '*');
      response.setHeader('access-control-allow-headers', 'authorization');
    };
    const server = await serve((request, response) => {
      allow(response);
      if (request.method === 'OPTIONS') {
        response.writeHead(204).end();
        return;
      }
      const asked = new URL(request.url ?? '/', 'http://gateway');
      seen.push({ path: asked.pathname, from: name, authorization: request.headers.authorization ?? '' });
      if (/^(\/later)?\/api\/v1\/query(_range)?$/.test(asked.pathname)) response.end('{"status":"success","data":{"resultType":"matrix","result":[]}}');
      else if (asked.pathname.endsWith('/user/daily/activity')) response.end(JSON.stringify(activity));
      else response.writeHead(404).end('{}');
    });
    servers.push(server);
    return server.url;
  };
  beforeAll(async () => {
    const [open, closed] = [await gateway('open', true), await gateway('closed', false)];
    const elsewhere = open.replace('127.0.0.1', 'localhost');
    ide = await Ide.start(kind, '.mlcost.yaml', {
      prepare: (folder) => {
        const sources = [
          `{ name: gateway, kind: litellm, url: "${open}", token_env: GATEWAY_TOKEN, counts: true, from: ${day} }`,
          `{ name: other, kind: litellm, url: "${elsewhere}", token_env: GATEWAY_TOKEN, counts: true, from: ${day} }`,
          `{ name: closed, kind: prometheus, url: "${closed}", counts: false, read: [gpu] }`,
          `{ name: timed, kind: prometheus, url: "${open}", counts: false, read: [gpu], refresh_hours: 1 }`,
          '{ name: warehouse, kind: postgres, host: db.example.com, database: d, user: u, table: t }',
          `{ name: later, kind: prometheus, url: "${open}/later", counts: false, read: [gpu], refresh_hours: 1 }`,
        ];
        mkdirSync(path.join(folder, '.mlcost/audit'), { recursive: true });
        writeFileSync(path.join(folder, auditFile), auditAfter('', new Date().toISOString(), 'import', { files: ['a.csv'] }).lines);
        // read an hour ago but for half a minute: it is due while somebody works here
        const tried = new Date(Date.now() - 3_570_000).toISOString();
        mkdirSync(path.join(folder, '.mlcost/sources'), { recursive: true });
        writeFileSync(path.join(folder, '.mlcost/sources/health.json'), JSON.stringify({ later: { tried, read: tried, notes: [] } }));
        writeFileSync(path.join(folder, '.mlcost.yaml'), `spend:\n  sources:\n${sources.map((one) => `    - ${one}\n`).join('')}`);
      },
    });
  });
  afterAll(async () => {
    await ide?.stop();
    for (const server of servers) await server[Symbol.asyncDispose]();
  });
  /** What can be done with the source of a line of the file. */
  const choose = async (line: number, label: RegExp): Promise<void> => {
    const { text } = await ide.lens(/./, line);
    await ide.page
      .locator('.codelens-decoration a')
      .nth(line - 3)
      .click();
    const row = ide.page.locator('.quick-input-list .monaco-list-row', { hasText: label }).first();
    await row.waitFor({ state: 'visible' });
    expect(text).not.toContain(secret);
    await row.click();
  };

  test('one that says how often is read by itself, the others are not', async () => {
    await ide.lens(/^Prometheus: read less than a minute ago/, 6);
    expect((await ide.lens(/./, 3)).text).toMatch(/^LiteLLM.*: never read/);
    expect((await ide.lens(/./, 5)).text).toMatch(/^Prometheus: never read/);
    expect(seen.every(({ path: asked, authorization }) => /^(\/later)?\/api\/v1\//.test(asked) && authorization === '')).toBe(true);
    expect(seen.length).toBeGreaterThan(0);
  });
  test('a secret that is stored is used for its host', async () => {
    await choose(3, /Store its secret/);
    const input = ide.page.locator('.quick-input-widget input[type="password"]');
    await input.waitFor({ state: 'visible' });
    await input.fill(secret);
    await ide.page.keyboard.press('Enter');
    await ide.lens(new RegExp(`^LiteLLM.*: read less than a minute ago, through ${day}`), 3);
    expect(seen.filter(({ path: asked }) => asked.endsWith('/user/daily/activity')).map(({ authorization }) => authorization)).toContain(`Bearer ${secret}`);
    await ide.screenshot('spend-source-secret');
  });
  test('for another host it is not used: that one is not even asked', async () => {
    const before = seen.filter(({ path: asked }) => asked.endsWith('/activity')).length;
    await choose(4, /Read now/);
    await ide.lens(/^LiteLLM.*: failed: .*GATEWAY_TOKEN/, 4);
    expect(seen.filter(({ path: asked }) => asked.endsWith('/activity'))).toHaveLength(before);
  });
  test('a server that answers no pages is read on a desktop; the web says what to do', async () => {
    await choose(5, /Read now/);
    if (kind === 'node') await ide.lens(/^Prometheus: read less than a minute ago/, 5);
    else
      await ide.lens(
        /^Prometheus: failed: 127\.0\.0\.1:\d+ is there, and does not answer web pages \(CORS\); let it send Access-Control-Allow-Origin: http/,
        5,
      );
  });
  test('one whose time comes is read then, without anybody asking', async () => {
    await ide.lens(/^Prometheus: read less than a minute ago/, 8);
    expect(seen.some(({ path: asked }) => asked.startsWith('/later/api/v1/'))).toBe(true);
  });
  test('a database is the desktop’s', async () => {
    const { text } = await ide.lens(/^PostgreSQL: never read/, 7);
    expect(/not read here, a web page opens no connection to a database/.test(text)).toBe(kind === 'web');
  });
  test('the panel has the money', async () => {
    await ide.run('ML Cost Lens: Show Spend Against Budgets');
    const frame = await ide.view('#age');
    await ide.until('the money', async () => /\$12\.50/.test(await frame.locator('body').textContent()));
    expect(await frame.locator('body').textContent()).not.toContain(secret);
    await ide.screenshot('spend-source-panel');
    await ide.run('View: Close Editor');
  });
  test('advice that is taken goes into the audit log of the workspace, in its chain', async () => {
    await ide.open('serve.sh');
    await ide.lens(/^−\d+ %: .*FP8/, 4);
    await ide.page
      .locator('.codelens-decoration a', { hasText: /^−\d+ %/ })
      .first()
      .click();
    const row = ide.page.locator('.quick-input-list .monaco-list-row', { hasText: /%: FP8 weights ?(?!\+)/ }).first();
    await row.waitFor({ state: 'visible' });
    await row.click();
    await ide.until('the flag in the command', async () => /--quantization fp8/.test(`${await ide.lineText(6)} ${await ide.lineText(7)}`));
    await ide.revert();
    await ide.open(auditFile);
    await ide.document(/"kind":"advice-taken"/);
    await ide.screenshot('audit-log');
    if (kind === 'web') return; // there the file is in the worker's memory
    expect(verifyAudit(readFileSync(path.join(String(ide.host.root), auditFile), 'utf8'))).toMatchObject({ ok: true });
  });
  test('the secret is in no file of the folder, no setting, no log and on no page', async () => {
    const shown: string[] = await Promise.all(
      ide.page.frames().map((frame: { locator(of: string): { textContent(): Promise<string> } }) => frame.locator('body').textContent()),
    );
    expect(shown.join()).not.toContain(secret);
    if (kind === 'web') return;
    for (const text of Object.values<string>(ide.host.logs())) expect(text).not.toContain(secret);
    for (const folder of [
      String(ide.host.root),
      path.join(String(ide.host.home), 'data', 'logs'),
      path.join(String(ide.host.home), 'data', 'User', 'workspaceStorage'),
    ])
      for (const name of readdirSync(folder, { recursive: true }).map(String)) {
        const file = path.join(folder, name);
        if (statSync(file).isFile()) expect(readFileSync(file, 'latin1').includes(secret), file).toBe(false);
      }
  });
});
