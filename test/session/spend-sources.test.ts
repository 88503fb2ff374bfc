import { afterEach, describe, expect, test } from 'vitest';
import type { SourceReach } from '../../server/src/host/source-reach.js';
import type { SpendSourceInfo } from '../../server/src/protocol/protocol.js';
import { pullSourceRequest, type SourceQuestion, type SourceReply } from '../../server/src/protocol/sources.js';
import { Editor, root } from '../support/session.js';
import { type Fake, fake } from '../support/source-fake.js';

let editor: Editor;
afterEach(() => editor?.stop());
const settings = `spend:
  sources:
    - name: openai
      kind: openai
      token_env: OPENAI_ADMIN_KEY
      refresh_hours: 6
    - name: cluster
      kind: prometheus
      url: https://prometheus.example.com:9090/p
      counts: false
      token_env: PROM_TOKEN
    - { name: wrong, kind: prometheus }
`;
const ago = (hours: number): string => new Date(Date.now() - hours * 3_600_000).toISOString();
const files = {
  '.mlcost.yaml': settings,
  '.mlcost/sources/health.json': JSON.stringify({
    openai: { tried: ago(7), read: ago(7), through: '2026-11-20', notes: [] },
    cluster: { tried: ago(1), error: { message: 'prometheus.example.com answers 401', todo: 'it needs read access to its API' }, notes: [] },
  }),
};

describe('sources of spend', () => {
  test('how each is stands above it, and what a person can do there', async () => {
    editor = await Editor.start({ files, readsSources: true });
    await editor.open('.mlcost.yaml');
    const lenses = await editor.lensList('.mlcost.yaml');
    expect(lenses.map(({ range, command }) => [range.start.line, command?.title, command?.command, command?.arguments])).toEqual([
      [2, 'OpenAI: read 7 hours ago, through 2026-11-20', 'mlCostLens.spendSource', [{ root, name: 'openai' }]],
      [6, 'Prometheus: failed: prometheus.example.com answers 401; it needs read access to its API', 'mlCostLens.spendSource', [{ root, name: 'cluster' }]],
    ]);
  });
  test('where nobody here can read them, who can is said', async () => {
    editor = await Editor.start({ files });
    await editor.open('.mlcost.yaml');
    const [first] = await editor.lensList('.mlcost.yaml');
    expect(first?.command).toMatchObject({ title: expect.stringMatching(/not read here: read on a desktop, or by mlcost spend pull$/), command: '' });
  });
  test('which are due, and which host their secret is for', async () => {
    editor = await Editor.start({ files, readsSources: true });
    const found = await editor.connection.sendRequest<SpendSourceInfo[]>('mlcost/spendSources', {});
    expect(found.map(({ name, dueIn, secret, isFailed }) => [name, dueIn, secret?.variable, secret?.host, isFailed])).toEqual([
      ['openai', 0, 'OPENAI_ADMIN_KEY', 'api.openai.com', false],
      ['cluster', null, 'PROM_TOKEN', 'prometheus.example.com', true],
    ]);
  });
  test('a mistake in one is said at its place; the others hold', async () => {
    editor = await Editor.start({ files });
    await editor.open('.mlcost.yaml');
    expect((await editor.problems('.mlcost.yaml')).map(({ message, range }) => [range.start.line, message])).toEqual([
      [11, '`url` is missing'],
      [11, '`counts` is missing'],
    ]);
  });
  test('keys and kinds are completed', async () => {
    editor = await Editor.start({ files: { '.mlcost.yaml': 'spend:\n  sources:\n    - name: a\n      kind: \n      \n' } });
    await editor.open('.mlcost.yaml');
    const complete = async (line: number, character: number): Promise<string[]> => {
      const found = await editor.connection.sendRequest<{ label: string }[] | { items: { label: string }[] }>('textDocument/completion', {
        textDocument: { uri: `${root}/.mlcost.yaml` },
        position: { line, character },
      });
      return (Array.isArray(found) ? found : found.items).map(({ label }) => label);
    };
    expect(await complete(3, 12)).toEqual(['anthropic', 'litellm', 'openai', 'opencost', 'postgres', 'prometheus', 'trino']);
    expect(await complete(4, 6)).toEqual(expect.arrayContaining(['token_env', 'late_days', 'table']));
  });
});

describe('in a browser', () => {
  let server: Fake;
  afterEach(() => server?.[Symbol.asyncDispose]());
  const yaml = (url: string, more = ''): string => `budgets:
  - { name: all, amount: 100, currency: USD, period: month }
spend:
  sources:
    - { name: gateway, kind: litellm, url: "${url}", token_env: GATEWAY, counts: true, from: 2026-11-01 }
    - { name: warehouse, kind: postgres, host: db.example.com, database: d, user: u, table: t }
${more}`;
  const litellm = () =>
    fake(({ path }) =>
      path.endsWith('/user/daily/activity')
        ? {
            results: [
              {
                date: '2026-11-02',
                metrics: { spend: 12.5 },
                breakdown: { models: { 'gpt-4o': { metrics: { spend: 12.5, api_requests: 3 }, api_key_breakdown: {} } } },
              },
            ],
            metadata: { total_pages: 1, has_more: false },
          }
        : undefined,
    );
  /** A page that is let ask: by HTTP, with the secret that it keeps itself. */
  function page(reply?: (question: SourceQuestion) => SourceReply): SourceReach & { kept: string | null; asked: SourceQuestion[] } {
    const own: SourceReach & { kept: string | null; asked: SourceQuestion[] } = {
      kept: null,
      asked: [],
      ask: async (question) => {
        own.asked.push(question);
        if (reply) return reply(question);
        const { url, method, headers, body } = question;
        const answer = await fetch(url, { method, headers: { ...headers, authorization: 'Bearer sk-of-the-page' }, ...(body === undefined ? {} : { body }) });
        return { status: answer.status, text: await answer.text(), retryAfter: null };
      },
      readKept: async () => own.kept,
      writeKept: async (text) => {
        own.kept = text;
      },
    };
    return own;
  }
  const start = async (url: string, sources: SourceReach, more: Record<string, string> = {}): Promise<Editor> => {
    editor = await Editor.start({
      files: { '.mlcost.yaml': yaml(url), ...more },
      readsSources: true,
      host: { sources, now: () => Date.parse('2026-11-10T12:00:00Z') },
    });
    await editor.open('.mlcost.yaml');
    return editor;
  };
  const pull = (name = 'gateway'): Promise<string | null> => editor.connection.sendRequest(pullSourceRequest, { root, name });
  const titles = async (): Promise<string[]> => (await editor.lensList('.mlcost.yaml')).map(({ command }) => command?.title ?? '');

  const spent = async (): Promise<string> => JSON.stringify(await editor.connection.sendRequest('mlcost/spendPanel', { known: {} }));

  test('a server that lets pages ask it is read; budgets have it, and no secret passes through here', async () => {
    server = await litellm();
    const reach = page();
    await start(server.url, reach);
    expect(await pull()).toBeNull();
    expect(server.asked.some(({ headers }) => headers['authorization'] === 'Bearer sk-of-the-page')).toBe(true);
    expect(reach.asked[0]?.secret).toEqual({ variable: 'GATEWAY', as: 'bearer' });
    expect(`${JSON.stringify(reach.asked)}${reach.kept}`).not.toContain('sk-of-the-page');
    await editor.connection.sendNotification('mlcost/sourcesRead', {});
    expect((await titles())[0]).toMatch(/^LiteLLM.*: read less than a minute ago, through 2026-11-02$/);
    expect(await spent()).toMatch(/\$12\.50/);
    // the same again is the same
    const before = reach.kept;
    expect(await pull()).toBeNull();
    expect(reach.kept).toBe(before);
  });
  test('what the ledger has of the same days, from earlier, does not count twice', async () => {
    server = await litellm();
    const reach = page();
    await start(server.url, reach);
    await pull();
    const newer = { gateway: { tried: '2026-11-10T13:00:00.000Z', read: '2026-11-10T13:00:00.000Z', through: '2026-11-10', notes: [] } };
    editor.files.set(`${root}/.mlcost/sources/health.json`, JSON.stringify(newer));
    await editor.connection.sendNotification('mlcost/sourcesRead', {});
    // a desktop has read it since: its ledger counts, and that has nothing
    expect(await spent()).not.toMatch(/\$12\.50/);
  });
  test.each([
    [
      'cors',
      /is there, and does not answer web pages \(CORS\)\. To do: let it send Access-Control-Allow-Origin: https:\/\/page\.example and Access-Control-Allow-Headers: authorization, or read it on a desktop/,
    ],
    ['mixed', /has no TLS, and this page may not ask it without\. To do: give it an https:\/\/ address/],
    ['redirect', /sends on to another address, which a page is not told/],
    ['no-secret', /no secret is stored for GATEWAY at 127\.0\.0\.1\. To do: store it/],
    ['too-large', /an answer of more than 64 MiB/],
  ] as const)('%s is said, with what to do', async (failure, said) => {
    const reach = page(() => ({ failure, origin: 'https://page.example' }));
    await start('http://127.0.0.1:9', reach);
    expect(await pull()).toMatch(said);
    expect((await titles())[0]).toMatch(/^LiteLLM.*: failed: /);
    expect(reach.asked).toHaveLength(1);
  });
  test('a database is for the desktop, and says so', async () => {
    const reach = page();
    await start('http://127.0.0.1:9', reach);
    const found = (await editor.lensList('.mlcost.yaml')).find(({ command }) => command?.title.startsWith('PostgreSQL'));
    expect(found?.command).toMatchObject({
      title: expect.stringContaining('not read here, a web page opens no connection to a database: read on a desktop, or by mlcost spend pull'),
      command: '',
    });
    expect(await pull('warehouse')).toBe('a web page opens no connection to a database. To do: read it on a desktop, or by mlcost spend pull.');
    expect(reach.asked).toEqual([]);
  });
  test('what no source is cannot be asked for', async () => {
    await start('http://127.0.0.1:9', page());
    expect(await pull('other')).toBe('it is no longer in the settings');
    expect(await editor.connection.sendRequest(pullSourceRequest, { root: 'memfs:/other', name: 'gateway' })).toBe('it is no longer in the settings');
  });
});
