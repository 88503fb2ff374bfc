import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const cli = path.resolve('dist/cli.js');
const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'mlcost history-')));
const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.email=a@example.org', '-c', 'user.name=Ana', '-c', 'commit.gpgsign=false', ...args], { cwd: folder, encoding: 'utf8' });
const mlcost = (...args: string[]) => spawnSync(process.execPath, [cli, ...args], { cwd: folder, encoding: 'utf8' });
const write = (name: string, text: string): void => {
  mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  writeFileSync(path.join(folder, name), text);
};
const call = (tokens: number): string => `from openai import OpenAI\nOpenAI().chat.completions.create(model="gpt-4o", messages=[], max_tokens=${tokens})\n`;
interface Answer {
  commits: number;
  read: number;
  known: number;
  workloads: {
    id: string;
    points: {
      subject: string;
      file: string;
      change: string;
      figure: { name: string; likely: number } | null;
      facts: { fact: string; from: unknown; to: unknown; by?: number }[];
    }[];
    uncommitted?: { change: string; facts: unknown[] };
  }[];
}
function history(...args: string[]): Answer {
  const { stdout, stderr, status } = mlcost('history', ...args, '--format', 'json', '-q');
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return JSON.parse(stdout);
}
const commit = (subject: string): void => {
  git('add', '-A', '.', ':!.mlcost');
  git('commit', '-qm', subject);
};

beforeAll(() => {
  git('init', '-q', '-b', 'main');
  write('.mlcost.yaml', 'assumptions:\n  input_tokens: 500\n  calls_per_month: 1000\n');
  write('app/call.py', call(100));
  commit('one');
  write('notes.md', 'words\n');
  commit('words');
  write('app/call.py', call(200));
  commit('longer, "answers"');
  renameSync(path.join(folder, 'app/call.py'), path.join(folder, 'app/answer.py'));
  commit('moved');
  git('checkout', '-q', '-b', 'side');
  write('other.py', call(5));
  commit('on the side');
  git('checkout', '-q', 'main');
  write('app/answer.py', call(300));
  commit('longest');
  git('merge', '-q', '--no-ff', '-m', 'merged', 'side');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('mlcost history', () => {
  test('follows a workload over the commits, through a move, and says what changed it', () => {
    const { workloads, commits } = history('app/answer.py');
    expect(commits).toBe(6);
    expect(workloads).toHaveLength(1);
    expect(workloads[0]?.points.map(({ subject, file }) => [subject, file])).toEqual([
      ['one', 'app/call.py'],
      ['longer, "answers"', 'app/call.py'],
      ['longest', 'app/answer.py'],
    ]);
    const [first, second] = workloads[0]?.points ?? [];
    expect(first).toMatchObject({ change: 'new', facts: [] });
    expect(second?.facts).toEqual([{ fact: 'max_tokens', from: 100, to: 200, by: (second?.figure?.likely ?? 0) - (first?.figure?.likely ?? 0) }]);
  });
  test('what was read once is not read again, and a new commit alone is read', () => {
    expect(history('app/answer.py')).toMatchObject({ read: 0 });
    write('app/answer.py', call(350));
    commit('more');
    const { read, workloads } = history('app/answer.py');
    expect(read).toBe(1);
    expect(workloads[0]?.points.at(-1)?.subject).toBe('more');
    git('reset', '-q', '--hard', 'HEAD~1');
  });
  test('what is not committed stands behind the last commit, also where it moves the workload in its file', () => {
    write('app/answer.py', `${call(5).replace('messages=[]', 'messages=[], n=2')}${call(450).split('\n').slice(1).join('\n')}`);
    const { workloads } = history('app/answer.py#api-call-2');
    expect(workloads[0]?.points.map(({ subject }) => subject)).toEqual(['one', 'longer, "answers"', 'longest']);
    expect(workloads[0]?.uncommitted).toMatchObject({ facts: [{ fact: 'max_tokens', from: 300, to: 450 }] });
    expect(history('app/answer.py#api-call-1').workloads[0]).toMatchObject({ points: [], uncommitted: { change: 'new' } });
    expect(mlcost('history', 'app/answer.py#api-call-2', '-q').stdout).toMatch(/now +.*not committed +output limit 300 → 450/);
    git('checkout', '-q', '.');
    expect(history('app/answer.py').workloads[0]?.uncommitted).toBeUndefined();
  });
  test('a program that waits is told how far it is', () => {
    expect(mlcost('history', 'app/answer.py', '-q', '--progress', '--format', 'json').stderr).toMatch(/^6 of 6 commits$/m);
  });
  test('a file of what is known that was cut off, or holds other things, is no harm', () => {
    const kept = path.join(folder, '.mlcost/history');
    for (const name of readdirSync(kept).filter((one) => one.endsWith('.jsonl')))
      appendFileSync(path.join(kept, name), '{"k":"zz","w":[["gone","a",1]]}\n{"w":"abc","pa');
    expect(history('app/answer.py').workloads[0]?.points).toHaveLength(3);
    expect(git('status', '--porcelain')).toBe('');
  });
  test('an id names one workload, and a merged one begins with its merge', () => {
    const { workloads } = history('other.py#api-call-1');
    expect(workloads[0]?.points.map(({ subject }) => subject)).toEqual(['merged']);
  });
  test('fewer commits, up to an earlier one, without keeping anything', () => {
    rmSync(path.join(folder, '.mlcost'), { recursive: true });
    const { commits, workloads } = history('app/call.py', '--to', 'HEAD~3', '--limit', '2', '--no-cache');
    expect(commits).toBe(2);
    expect(workloads[0]?.points.map(({ subject }) => subject)).toEqual(['words', 'longer, "answers"']);
    expect(readdirSync(folder)).not.toContain('.mlcost');
  });
  test('as a table, CSV, SVG and a page', () => {
    expect(mlcost('history', 'app/answer.py', '-q').stdout).toMatch(/▅▇█.*\n[\s\S]*longest\s+output limit 200 → 300/);
    const csv = mlcost('history', 'app/answer.py', '-q', '--format', 'csv').stdout.trim().split('\n');
    expect(csv).toHaveLength(4);
    expect(csv[2]).toContain('"longer, ""answers"""');
    expect(mlcost('history', 'app/answer.py', '-q', '--format', 'svg').stdout).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
    const page = mlcost('history', 'app/answer.py', '-q', '--format', 'html').stdout;
    expect(page).toMatch(/^<!doctype html>/);
    expect(page).toContain('longer, &quot;answers&quot;');
  });
  test('a program that a script launches has the history of what launches it', () => {
    write('train.py', 'from transformers import Trainer, TrainingArguments\nTrainer(args=TrainingArguments("o", max_steps=100)).train()\n');
    write('run.sh', 'torchrun --nproc_per_node 4 train.py\n');
    commit('launched');
    for (const word of ['train.py', 'train.py#training-1']) expect(history(word).workloads.map(({ id }) => id)).toEqual(['run.sh#training-1']);
    git('reset', '-q', '--hard', 'HEAD~1');
  });
  test.each<[string[], RegExp]>([
    [['gone.py'], /no workload of this project, nor of its last commit, is called 'gone\.py'.*there are app\/answer\.py#api-call-1/],
    [['app/answer.py', '--to', 'nowhere'], /no commit is called 'nowhere'/],
    [['app/answer.py', '--limit', '0'], /--limit takes a whole number/],
  ])('%j is wrong use', (args, message) => {
    const { status, stderr } = mlcost('history', ...args);
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
  });
});
