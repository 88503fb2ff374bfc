import { afterEach, describe, expect, test } from 'vitest';
import type { AnswerParams, BlameResult, MarkdownResult, ToolResult } from '../../server/src/protocol/protocol.js';
import { Editor, root, type SessionOptions } from '../support/session.js';

let editor: Editor;
const start = async (options?: SessionOptions) => {
  editor = await Editor.start(options);
};
afterEach(() => editor?.stop());

const call = (model: string, tokens = 100): string =>
  `from openai import OpenAI\n\nOpenAI().chat.completions.create(\n    model="${model}",\n    messages=[],\n    max_tokens=${tokens},\n)\n`;
const files = {
  '.mlcost.yaml':
    'assumptions:\n  input_tokens: 500\n  calls_per_month: 1000\nbudgets:\n  - { name: search, owner: { team: a }, amount: 100, currency: USD, period: month }\n',
  'small.py': call('gpt-4o-mini'),
  'large.py': call('gpt-4o'),
};
const ask = (params: Omit<AnswerParams, 'folder'>): Promise<MarkdownResult> => editor.connection.sendRequest('mlcost/answer', { folder: root, ...params });
const tool = (name: string, input: unknown, folder = root): Promise<ToolResult> => editor.connection.sendRequest('mlcost/tool', { name, input, folder });

describe('what each line costs', () => {
  test('is said of the text as it stands, and says where git is not reached', async () => {
    await start({ files });
    await editor.open('large.py');
    const found: BlameResult = await editor.connection.sendRequest('mlcost/blame', { uri: `${root}/large.py` });
    expect(found.lines.map(({ line, effect }) => [line, effect])).toEqual([
      [3, 'decides'],
      [5, 'decides'],
    ]);
    expect(found.lines[0]?.text).toBe('decides the cost');
    expect(found.note).toMatch(/git is not reached/);
    expect(found.markdown).toMatch(/# What each line of large\.py costs[\s\S]*\| 4 \| gpt-4o \|/);
  });
  test('of a settings file it is said for every workload that takes a fact from it', async () => {
    await start({ files });
    await editor.open('large.py');
    await editor.lenses('large.py');
    await editor.open('.mlcost.yaml');
    const found: BlameResult = await editor.connection.sendRequest('mlcost/blame', { uri: `${root}/.mlcost.yaml` });
    expect(found.lines[1]?.text).toMatch(/^decides the cost/);
  });
  test('of a file without workloads there is nothing', async () => {
    await start({ files: { 'a.py': 'print(1)\n' } });
    await editor.open('a.py');
    expect(await editor.connection.sendRequest('mlcost/blame', { uri: `${root}/a.py` })).toMatchObject({ lines: [] });
  });
});

describe('questions', () => {
  test('the dearest come first, with the total', async () => {
    await start({ files });
    const { markdown } = await ask({ question: 'top' });
    expect(markdown.indexOf('large')).toBeGreaterThan(0);
    expect(markdown.indexOf('large')).toBeLessThan(markdown.indexOf('small'));
    expect(markdown).toMatch(/In all at most \\\$/);
  });
  test('unsaved text counts', async () => {
    await start({ files });
    await editor.open('small.py');
    await editor.replace('small.py', ['gpt-4o-mini', 'gpt-4-turbo']);
    const { markdown } = await ask({ question: 'top' });
    expect(markdown.indexOf('small')).toBeGreaterThan(0);
    expect(markdown.indexOf('small')).toBeLessThan(markdown.indexOf('large'));
  });
  test('what is cheaper for the file in front', async () => {
    await start({ files });
    const { markdown } = await ask({ question: 'cheaper', uri: `${root}/large.py` });
    expect(markdown).toMatch(/^\| workload[\s\S]*\n\| gpt-4o \||^Nothing cheaper is known for the workloads in the file in front/);
    expect(markdown).not.toContain('| gpt-4o-mini |');
  });
  test('budgets; and where there is none', async () => {
    await start({ files });
    expect((await ask({ question: 'budget' })).markdown).toMatch(/search.*planned/);
    await editor.stop();
    await start({ files: { 'large.py': call('gpt-4o') } });
    expect((await ask({ question: 'budget' })).markdown).toMatch(/No budget is written/);
  });
  test('why, where git is not reached', async () => {
    await start({ files });
    expect((await ask({ question: 'why' })).markdown).toMatch(/What changed is in git, and git and programs are not reached/);
  });
  test('an empty workspace, and a question that is none', async () => {
    await start({ files: {} });
    expect((await ask({ question: 'top' })).markdown).toMatch(/No ML workload was found/);
    expect((await ask({ question: 'toString' as 'top' })).markdown).toMatch(/Nobody knows/);
  });
});

describe('tools without a process', () => {
  test.each<[string, unknown, RegExp, boolean]>([
    ['estimate', { path: '.' }, /large/, false],
    ['budget', {}, /search/, false],
    ['diff', { base: 'HEAD' }, /are not reached in this kind of workspace/, true],
    ['compare', { path: 'large.py' }, /\*\*gpt-4o\*\* large\.py: a hosted API has no accelerators to choose/, false],
    ['compare', { path: 'train.sh' }, /\| accelerator \| cost [\s\S]*\| 8×[\s\S]* \| \d{4}-\d\d-\d\d \|/, false],
    ['estimate', { path: 'small.py' }, /^\| workload \| cost \| file \|\n\| --- \| --- \| --- \|\n\| gpt-4o-mini \| [^\n]* \| small\.py \|\n\nIn all/, false],
    ['estimate', { path: 'nowhere' }, /No ML workload was found/, false],
    ['advise', { path: './small.py' }, /gpt-4o-mini|Nothing cheaper/, false],
    ['policy', {}, /^fail: 3 workloads against 2 rules[\s\S]*\| blocks \| large\.py \| gpt-4o: 100 output tokens are over 50 \| max\\_tokens \|/, false],
    ['policy', { base: 'HEAD' }, /are not reached/, true],
    ['estimate', { path: '../large.py' }, /is not in this project/, true],
    ['compare', { path: '/etc' }, /is not in this project/, true],
    ['estimate', { path: '.', set: { epochs: 2 } }, /set: facts to take instead are not looked at here/, true],
    ['estimate', { path: 3 }, /path: /, true],
    ['estimate', { path: '.', where: 1 }, /nrecognized/, true],
    ['toString', {}, /no tool 'toString'/, true],
  ])('%s %j', async (name, input, text, failed) => {
    await start({
      files: {
        ...files,
        '.mlcost.yaml': `${files['.mlcost.yaml']}policy:\n  - max_tokens: 50\n    files: large.py\n  - max_gpus: 8\n`,
        'train.sh':
          'accelerate launch --num_processes 8 train.py --model_name_or_path meta-llama/Llama-3.1-8B --max_steps 100 --per_device_train_batch_size 1\n',
      },
    });
    const answer = await tool(name, input);
    expect(answer.text).toMatch(text);
    expect(answer.failed === true).toBe(failed);
  });
  test('a folder that is not of the workspace is refused', async () => {
    await start({ files });
    expect(await tool('estimate', { path: '.' }, 'file:///etc')).toMatchObject({ failed: true, text: expect.stringContaining('no folder of this workspace') });
  });
});
