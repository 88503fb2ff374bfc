import { afterEach, describe, expect, test } from 'vitest';
import type { SettingEditResult, WorkloadsResult } from '../../server/src/protocol/protocol.js';
import { Editor, root, type SessionOptions } from '../support/session.js';

let editor: Editor;
const start = async (options?: SessionOptions) => {
  editor = await Editor.start(options);
};
afterEach(() => editor?.stop());
const call = 'from openai import OpenAI\nclient = OpenAI()\nr = client.chat.completions.create(\n    model="gpt-4o",\n    max_tokens=300,\n)\n';
const settings = 'assumptions:\n  input_tokens: 1000\n  output_tokens: 200\n';

describe('.mlcost.yaml', () => {
  test('answers what the code does not say, as it is typed', async () => {
    await start({ files: { '.mlcost.yaml': settings, 'a.py': call } });
    await editor.open('a.py');
    expect(await editor.lenses('a.py')).toEqual([expect.stringMatching(/^3: gpt-4o · \$0\.0045 a call/)]);
    await editor.open('.mlcost.yaml');
    await editor.replace('.mlcost.yaml', ['1000', '2000']);
    expect(await editor.lensesWith('a.py', /\$0\.007/)).toEqual([expect.stringMatching(/^3: gpt-4o · \$0\.007 a call/)]);
  });
  test('marks mistakes, completes and explains', async () => {
    await start({ files: { '.mlcost.yaml': 'acelerator: H100\nmarket: \n' } });
    await editor.open('.mlcost.yaml');
    expect((await editor.problems('.mlcost.yaml')).map(({ message, range }) => [range.start.line, message])).toContainEqual([
      0,
      'no setting is called `acelerator`: did you mean `accelerator`?',
    ]);
    const list = (await editor.connection.sendRequest('textDocument/completion', {
      textDocument: { uri: `${root}/.mlcost.yaml` },
      position: { line: 1, character: 8 },
    })) as { label: string }[];
    expect(list.map(({ label }) => label)).toContain('spot');
    expect(await editor.hover('.mlcost.yaml', 'market')).toContain('How machines are rented');
  });
  test('of a folder below holds in that folder', async () => {
    const own = settings.replace('1000', '2000');
    await start({ files: { '.mlcost.yaml': settings, 'own/.mlcost.yaml': own, 'own/a.py': call, 'b.py': call } });
    await editor.open('own/a.py');
    await editor.open('b.py');
    expect(await editor.lensesWith('own/a.py', /\$0\.007/)).toHaveLength(1);
    expect(await editor.lenses('b.py')).toEqual([expect.stringMatching(/^3: gpt-4o · \$0\.0045 a call/)]);
  });
  test('silences what it names', async () => {
    await start({ files: { '.mlcost.yaml': 'silence: [tests/**]\n', 'tests/a.py': call, 'b.py': call } });
    await editor.open('tests/a.py');
    await editor.open('b.py');
    expect(await editor.lenses('tests/a.py')).toEqual([]);
    expect(await editor.lenses('b.py')).toHaveLength(1);
  });
  test('keeps an answer by a small edit', async () => {
    await start({ files: { '.mlcost.yaml': '# ours\nprovider: aws # contract\n' } });
    const edit = (await editor.connection.sendRequest('mlcost/settingEdit', { change: { kind: 'set', key: 'provider', value: 'gcp' } })) as SettingEditResult;
    expect(edit).toEqual({
      uri: `${root}/.mlcost.yaml`,
      exists: true,
      edits: [{ start: { line: 1, character: 0 }, end: { line: 1, character: 13 }, text: 'provider: gcp' }],
    });
  });
  test('shows budgets as planned, without spend', async () => {
    await start({ files: { '.mlcost.yaml': 'budgets:\n  - name: ml\n    amount: 25000\n', 'a.py': call } });
    await editor.open('a.py');
    await editor.connection.sendNotification('mlcost/active', { uri: `${root}/a.py` });
    await editor.until(() => editor.status.some(({ text }) => text.includes('ml $25,000 a month')));
    const { budgets } = (await editor.connection.sendRequest('mlcost/workloads', null)) as WorkloadsResult;
    expect(budgets).toEqual([{ label: 'ml', description: '$25,000 a month planned' }]);
  });
});
