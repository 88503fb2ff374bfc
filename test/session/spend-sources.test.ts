import { afterEach, describe, expect, test } from 'vitest';
import type { SpendSourceInfo } from '../../server/src/protocol/protocol.js';
import { Editor, root } from '../support/session.js';

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
    expect(first?.command).toMatchObject({
      title: expect.stringMatching(
        /not read here, a web page (opens no connection to a database|may not ask other servers \(CORS\) and keeps no ledger): read on a desktop, or by mlcost spend pull$/,
      ),
      command: '',
    });
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
