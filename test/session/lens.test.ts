import { afterEach, describe, expect, test } from 'vitest';
import { Editor, type SessionOptions } from '../support/session.js';

let editor: Editor;
const start = async (options?: SessionOptions) => {
  editor = await Editor.start(options);
  return editor;
};
afterEach(() => editor?.stop());

const call = 'from openai import OpenAI\nclient = OpenAI()\nr = client.chat.completions.create(\n    model="gpt-4o",\n    max_tokens=300,\n)\n';

describe.each([['in process'], ['as a process over stdio']])('lenses, %s', (how) => {
  const spawned = how !== 'in process';
  test('follow the text as it is typed', async () => {
    await start({ spawned });
    await editor.open('a.py', call);
    expect(await editor.lenses('a.py')).toEqual([expect.stringMatching(/^3: gpt-4o · \$2\.5\S* in \/ \$10 out per 1M tok · answer at most \$0\.003 a call/)]);
    await editor.replace('a.py', ['300', '600']);
    expect(await editor.lenses('a.py')).toEqual([expect.stringContaining('answer at most $0.006 a call')]);
    await editor.replace('a.py', ['from openai', '# 😀\nfrom openai'], ['gpt-4o', 'gpt-4o-mini']);
    expect(await editor.lenses('a.py')).toEqual([expect.stringMatching(/^4: gpt-4o-mini · \$0\.15 in/)]);
  });
});
