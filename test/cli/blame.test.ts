import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const cli = path.resolve('dist/cli.js');
const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'mlcost blame-')));
const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.email=a@example.org', '-c', 'user.name=Ana', '-c', 'commit.gpgsign=false', ...args], { cwd: folder, encoding: 'utf8' });
const mlcost = (...args: string[]) => spawnSync(process.execPath, [cli, ...args], { cwd: folder, encoding: 'utf8' });
const write = (name: string, text: string): void => writeFileSync(path.join(folder, name), text);
const call = (tokens: number, model = 'gpt-4o'): string =>
  `from openai import OpenAI\n\nOpenAI().chat.completions.create(\n    model="${model}",\n    messages=[],\n    max_tokens=${tokens},\n    max_retries=3,\n)\n`;
interface Line {
  line: number;
  effect: string;
  commit: { oid: string; author: string; subject: string } | null;
}
function blame(file: string): { lines: Line[]; note?: string } {
  const { stdout, stderr, status } = mlcost('blame', file, '--format', 'json', '--quiet');
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return JSON.parse(stdout);
}

beforeAll(() => {
  git('init', '-q', '-b', 'main');
  write('.mlcost.yaml', 'assumptions:\n  input_tokens: 500\n  calls_per_month: 1000\n');
  write('call.py', call(100));
  git('add', '-A');
  git('commit', '-qm', 'one');
  write('call.py', call(200));
  git('commit', '-qam', 'longer answers');
  renameSync(path.join(folder, 'call.py'), path.join(folder, 'answer.py'));
  git('add', '-A');
  git('commit', '-qm', 'moved');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('mlcost blame', () => {
  test('names the commit of each line that costs, through a move of its file', () => {
    const { lines } = blame('answer.py');
    expect(Object.fromEntries(lines.map(({ line, commit }) => [line, commit?.subject]))).toMatchObject({ 4: 'one', 6: 'longer answers' });
    expect(lines[0]?.commit).toMatchObject({ oid: expect.stringMatching(/^[0-9a-f]{40}$/), author: 'Ana' });
  });
  test('a line that is not committed has no commit', () => {
    write('answer.py', call(200, 'gpt-4o-mini'));
    const { lines } = blame('answer.py');
    expect(Object.fromEntries(lines.map(({ line, commit }) => [line, commit?.subject]))).toMatchObject({ 4: undefined, 6: 'longer answers' });
    git('checkout', '-q', '.');
  });
  test('nothing that the repository configures is run', () => {
    const mark = path.join(folder, 'ran');
    git('config', 'filter.x.clean', `touch '${mark}' && cat`);
    git('config', 'filter.x.required', 'true');
    git('config', 'diff.x.textconv', `touch '${mark}' && cat`);
    write('.gitattributes', '*.py filter=x diff=x\n');
    expect(blame('answer.py').lines.length).toBeGreaterThan(0);
    mlcost('diff', 'HEAD~1');
    expect(existsSync(mark)).toBe(false);
    rmSync(path.join(folder, '.gitattributes'));
    git('config', '--remove-section', 'filter.x');
    git('config', '--remove-section', 'diff.x');
  });
  test('a file without a commit, or without a repository, is answered with why', () => {
    write('fresh.py', call(50));
    const { note, lines } = blame('fresh.py');
    expect(note).toContain('no commit of fresh.py');
    expect(lines.map(({ commit }) => commit)).toEqual(lines.map(() => null));
    rmSync(path.join(folder, 'fresh.py'));
    const plain = realpathSync(mkdtempSync(path.join(tmpdir(), 'mlcost plain-')));
    writeFileSync(path.join(plain, 'call.py'), call(50));
    const { stdout, status } = spawnSync(process.execPath, [cli, 'blame', 'call.py', '-q'], { cwd: plain, encoding: 'utf8' });
    expect(status).toBe(0);
    expect(stdout).toMatch(/cost unknown/);
    expect(stdout).toMatch(/in no git repository/);
    rmSync(plain, { recursive: true, force: true });
  });
  test.each<[string[], RegExp]>([
    [['gone.py'], /gone\.py: no such file/],
    [['answer.py', '--project', 'nowhere'], /nowhere: no such folder/],
    [[], /usage: mlcost blame FILE/],
  ])('%j is wrong use', (args, message) => {
    const { status, stderr } = mlcost('blame', ...args);
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
  });
});
