import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createProtocolConnection, type ProtocolConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-languageserver/node';
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
});
