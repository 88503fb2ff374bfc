import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  CancellationTokenSource,
  createProtocolConnection,
  type ProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import type { HistoryResult, HistoryTrouble } from '../../server/src/protocol/history.js';
import type { AnswerParams, BlameResult, MarkdownResult, ToolResult } from '../../server/src/protocol/protocol.js';

// The server as the editor starts it in Node, on a real folder in a real repository.
const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'mlcost agents-')));
const root = pathToFileURL(folder).href;
const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.email=a@example.org', '-c', 'user.name=Ana', '-c', 'commit.gpgsign=false', ...args], { cwd: folder });
const call = (tokens: number): string =>
  `from openai import OpenAI\nOpenAI().chat.completions.create(\n    model="gpt-4o",\n    messages=[],\n    max_tokens=${tokens},\n)\n`;
const write = (name: string, text: string): void => writeFileSync(path.join(folder, name), text);
let child: ReturnType<typeof spawn>;
let connection: ProtocolConnection;

beforeAll(async () => {
  git('init', '-q', '-b', 'main');
  write('.mlcost.yaml', 'assumptions:\n  input_tokens: 500\n  calls_per_month: 1000\npolicy:\n  - max_tokens: 150\n');
  write('call.py', call(100));
  git('add', '-A');
  git('commit', '-qm', 'one');
  write('call.py', call(200));
  git('commit', '-qam', 'longer');
  const server = spawn(process.execPath, [path.resolve('dist/server-node.js'), '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
  child = server;
  connection = createProtocolConnection(new StreamMessageReader(server.stdout), new StreamMessageWriter(server.stdin));
  connection.onRequest('client/registerCapability', () => null);
  connection.listen();
  await connection.sendRequest('initialize', {
    processId: null,
    rootUri: root,
    workspaceFolders: [{ uri: root, name: 'w' }],
    initializationOptions: {},
    capabilities: {},
  });
  await connection.sendNotification('initialized', {});
});
afterAll(async () => {
  await connection.sendRequest('shutdown');
  await connection.sendNotification('exit');
  child.kill();
  rmSync(folder, { recursive: true, force: true });
});
const ask = (params: Omit<AnswerParams, 'folder'>): Promise<MarkdownResult> => connection.sendRequest('mlcost/answer', { folder: root, ...params });
const history = (id: string): Promise<HistoryResult | HistoryTrouble> =>
  connection.sendRequest('mlcost/history', { ref: { uri: `${root}/call.py`, id }, token: 'h' });
const tool = (name: string, input: unknown): Promise<ToolResult> => connection.sendRequest('mlcost/tool', { name, input, folder: root });

describe('agents and questions where git and processes are', () => {
  test('why: since the last commit, else what that one did, else since the commit that is named', async () => {
    expect((await ask({ question: 'why' })).markdown).toMatch(/^### ML cost: at most \+\$[\s\S]*output limit 100 → 200/);
    write('call.py', call(300));
    expect((await ask({ question: 'why' })).markdown).toMatch(/output limit 200 → 300/);
    expect((await ask({ question: 'why', base: 'HEAD~1' })).markdown).toMatch(/output limit 100 → 300/);
    git('checkout', '-q', '.');
  });
  test.each([
    ['nowhere', /no commit is called 'nowhere'/],
    ['--output=x', /is no name of a commit/],
  ])('why since %s is answered with what is wrong', async (base, message) => {
    expect((await ask({ question: 'why', base })).markdown.replaceAll('\\', '')).toMatch(message);
  });
  test('tools answer what the commands print, and an agent is told what is wrong', async () => {
    const answer = JSON.parse((await tool('estimate', { path: '.', set: { calls_per_month: 5 } })).text);
    expect(answer.workloads[0]).toMatchObject({ kind: 'api-call', file: 'call.py', line: 2 });
    expect(JSON.parse((await tool('policy', {})).text)).toMatchObject({ pass: false });
    expect(JSON.parse((await tool('diff', { base: 'HEAD~1', head: 'HEAD' })).text).workloads).toHaveLength(1);
    expect(await tool('estimate', { path: '../outside' })).toMatchObject({ failed: true, text: expect.stringContaining('is not in this project') });
  });
  test('what each line costs has its commit, of the text as it stands', async () => {
    const uri = `${root}/call.py`;
    const text = call(200).replace('gpt-4o', 'gpt-4o-mini');
    await connection.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId: 'python', version: 1, text } });
    const { lines }: BlameResult = await connection.sendRequest('mlcost/blame', { uri });
    expect(lines.map(({ line, text }) => [line, text.replace(/[0-9a-f]{9}/, 'HASH').replace(/\d{4}-\d\d-\d\d/, 'DAY')])).toEqual([
      [2, 'decides the cost · not committed'],
      [4, 'decides the cost · HASH Ana, DAY'],
    ]);
  });
  test('the history of a workload, with what is not committed, and how far it is', async () => {
    const told: unknown[] = [];
    connection.onNotification('mlcost/progress', (progress) => void told.push(progress));
    write('call.py', call(400));
    const found = await history('call.py#api-call-1');
    git('checkout', '-q', '.');
    if ('trouble' in found) throw new Error(found.trouble);
    expect(found).toMatchObject({ quantity: expect.stringMatching(/month/), unit: 'usd/month', commits: 2, isShallow: false });
    expect(found.steps.map(({ subject, author, change, because }) => [subject, author, change, because.replace(/:.*/, '')])).toEqual([
      ['one', 'Ana', 'new', ''],
      ['longer', 'Ana', expect.stringMatching(/^\+\d+ %$/), 'output limit 100 → 200'],
      ['not committed', '', expect.stringMatching(/^\+\d+ %$/), 'output limit 200 → 400'],
    ]);
    expect(found.steps.every(({ value }) => value !== undefined && value.low <= value.likely && value.likely <= value.high)).toBe(true);
    expect(told).toContainEqual({ token: 'h', done: 2, total: 2 });
  });
  test('signs that are no ASCII are understood as they are typed', async () => {
    const ref = { uri: `${root}/call.py`, id: 'call.py#api-call-1' };
    const found = await connection.sendRequest('mlcost/whatIf', { ref, draft: { traffic: '2×' }, shown: [], token: 'w' });
    expect(found).toMatchObject({ mistakes: [], sides: [{}, { changes: [expect.stringMatching(/1,?000 → 2,?000/)] }] });
  });
  test('a workload that is in no file is said not to be there', async () => {
    expect(await history('call.py#training-7')).toEqual({ trouble: expect.stringMatching(/^No workload of this project.* there are call\.py#api-call-1\.$/) });
  });
  test('a history that nobody waits for any longer ends', async () => {
    const source = new CancellationTokenSource();
    source.cancel();
    const found = await connection.sendRequest('mlcost/history', { ref: { uri: `${root}/call.py`, id: 'call.py#api-call-1' }, token: 'h' }, source.token);
    expect(found).toEqual({ trouble: 'Ended before it was done.' });
  });
  test('what a command says for the editor rests on the editor’s own settings', async () => {
    write('train.py', 'from transformers import Trainer, TrainingArguments\nTrainer(args=TrainingArguments("o", max_steps=100)).train()\n');
    const providers = async (): Promise<Set<string>> =>
      new Set(
        JSON.parse((await tool('compare', { path: 'train.py', gpus: 8, set: { model: 'meta-llama/Llama-3.1-8B', seq_len: 2048 } })).text).workloads.flatMap(
          (one: { rows: { provider: string }[] }) => one.rows.map(({ provider }) => provider),
        ),
      );
    const all = await providers();
    await connection.sendNotification('mlcost/settings', { provider: 'gcp' });
    const some = await providers();
    await connection.sendNotification('mlcost/settings', {});
    rmSync(path.join(folder, 'train.py'));
    expect([all.size > 1, [...some]]).toEqual([true, ['gcp']]);
  });
});
