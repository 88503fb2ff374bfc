import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const cli = path.resolve('dist/cli.js');
const outer = realpathSync(mkdtempSync(path.join(tmpdir(), 'mlcost mcp-')));
const project = path.join(outer, 'project');
const secret = 'from openai import OpenAI\nOpenAI().chat.completions.create(model="gpt-4o", max_tokens=10)\n';
let client: Client;

beforeAll(async () => {
  mkdirSync(path.join(project, 'sub'), { recursive: true });
  writeFileSync(path.join(outer, 'outside.py'), secret);
  writeFileSync(path.join(project, 'call.py'), 'from openai import OpenAI\nOpenAI().chat.completions.create(model="gpt-4o", messages=[], max_tokens=100)\n');
  writeFileSync(path.join(project, '.mlcost.yaml'), 'assumptions:\n  input_tokens: 500\n  calls_per_month: 1000\npolicy:\n  - max_tokens: 50\n');
  writeFileSync(path.join(outer, 'numbers.py'), 'LIMIT = 123456\n');
  symlinkSync(path.join(outer, 'numbers.py'), path.join(project, 'numbers.py'));
  writeFileSync(
    path.join(project, 'sub', 'joined.py'),
    'from numbers import LIMIT\nfrom openai import OpenAI\nOpenAI().chat.completions.create(model="gpt-4o", messages=[], max_tokens=LIMIT)\n',
  );
  symlinkSync(path.join(outer, 'outside.py'), path.join(project, 'link.py'));
  client = new Client({ name: 'test', version: '1' });
  await client.connect(new StdioClientTransport({ command: process.execPath, args: [cli, 'mcp', project] }));
});
afterAll(async () => {
  await client.close();
  rmSync(outer, { recursive: true, force: true });
});
async function call(name: string, args: Record<string, unknown>): Promise<{ text: string; failed: boolean }> {
  const { content, isError } = (await client.callTool({ name, arguments: args })) as { content: { type: string; text: string }[]; isError?: boolean };
  return { text: content.map(({ text }) => text).join(''), failed: isError === true };
}

describe('mlcost mcp', () => {
  test('offers its tools, none of which writes', async () => {
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name).sort()).toEqual(['advise', 'budget', 'compare', 'diff', 'estimate', 'policy']);
    for (const { annotations, description, inputSchema } of tools) {
      expect(annotations?.readOnlyHint).toBe(true);
      expect(description?.length).toBeGreaterThan(40);
      expect(inputSchema.type).toBe('object');
    }
  });
  test('estimates what the command line estimates, with units, intervals and origins', async () => {
    const { text, failed } = await call('estimate', { path: '.' });
    expect(failed).toBe(false);
    const [workload] = JSON.parse(text).workloads;
    expect(workload).toMatchObject({ kind: 'api-call', file: 'call.py', line: 2 });
    expect(workload.estimates.usd_per_month_max).toMatchObject({
      unit: 'usd/month',
      low: expect.any(Number),
      likely: expect.any(Number),
      high: expect.any(Number),
    });
    expect(workload.facts[0].origin).toBeDefined();
  });
  test('takes facts instead of what the files say', async () => {
    const monthly = async (args: object): Promise<number> =>
      JSON.parse((await call('estimate', { path: 'call.py', ...args })).text).workloads[0].estimates.usd_per_month_max.likely;
    expect(await monthly({ set: { calls_per_month: 2000 } })).toBeCloseTo(2 * (await monthly({})), 6);
  });
  test('checks the policy: a broken rule is an answer, not an error', async () => {
    const { text, failed } = await call('policy', {});
    expect(failed).toBe(false);
    expect(JSON.parse(text)).toMatchObject({ pass: false, undecided: 1, findings: [{ rule: 'max_tokens', file: 'call.py' }] });
  });
  test.each<[string, string, Record<string, unknown>, RegExp]>([
    ['a path outside', 'estimate', { path: '../outside.py' }, /is not in this project/],
    ['an absolute path outside', 'estimate', { path: path.join(outer, 'outside.py') }, /is not in this project/],
    ['a link that leads outside', 'estimate', { path: 'link.py' }, /is not in this project/],
    ['a path outside where nothing is', 'estimate', { path: '../nothing.py' }, /is not in this project/],
    ['a path that is not there', 'estimate', { path: 'nothing.py' }, /no such file/],
    ['an option for a path', 'estimate', { path: '--help' }, /no such file/],
    ['an option for a commit', 'diff', { base: '--output=x' }, /no commit|no git repository/],
    ['a fact that does not exist', 'estimate', { path: '.', set: { epoch: 2 } }, /no fact 'epoch'; do you mean 'epochs'/],
    ['an argument that does not exist', 'estimate', { path: '.', where: 'x' }, /where|nrecognized/],
    ['a number for a path', 'estimate', { path: 3 }, /path/],
    ['a huge path', 'estimate', { path: 'x'.repeat(5000) }, /path|4096/],
  ])('%s gets a clear error', async (_, name, args, message) => {
    const said = await call(name, args).then(
      ({ text, failed }) => (failed ? text : `answered: ${text}`),
      (error: Error) => error.message,
    );
    expect(said).toMatch(message);
    expect(said).not.toContain('max_tokens=10');
  });
  test('what a file inside refers to outside is not read', async () => {
    const { text } = await call('estimate', { path: '.' });
    expect(text).toContain('sub/joined.py');
    expect(text).not.toContain('123456');
  });
  test('after all of that it still answers', async () => {
    expect((await call('estimate', { path: 'sub' })).failed).toBe(false);
    await expect(
      client.callTool({ name: 'nothing', arguments: {} }).then((answer) => (answer['isError'] ? Promise.reject(new Error('error')) : answer)),
    ).rejects.toThrow();
    expect((await call('estimate', { path: 'call.py' })).failed).toBe(false);
  });
});
