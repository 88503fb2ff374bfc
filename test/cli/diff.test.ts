import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const cli = path.resolve('dist/cli.js');
const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'mlcost diff-')));
const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.email=a@example.org', '-c', 'user.name=a', '-c', 'commit.gpgsign=false', ...args], { cwd: folder, encoding: 'utf8' });
const mlcost = (...args: string[]) => spawnSync(process.execPath, [cli, ...args], { cwd: folder, encoding: 'utf8' });
interface Answer {
  base: { name: string; commit?: string };
  head: { name: string; commit?: string };
  workloads: {
    state: string;
    file: string;
    line: number;
    from?: { file: string };
    changes: { quantity: string; percent: number }[];
    facts: { fact: string; from: unknown; to: unknown }[];
  }[];
  totals: { before: Record<string, number>; after: Record<string, number> };
  teams: { team: string }[];
}
function diff(...args: string[]): Answer {
  const { stdout, stderr, status } = mlcost('diff', ...args, '--format', 'json');
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return JSON.parse(stdout) as Answer;
}
const call = (tokens: number): string => `from openai import OpenAI\nOpenAI().chat.completions.create(model="gpt-4o", messages=[], max_tokens=${tokens})\n`;
const write = (name: string, text: string): void => {
  mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  writeFileSync(path.join(folder, name), text);
};

beforeAll(() => {
  git('init', '-q', '-b', 'main');
  write('.mlcost.yaml', 'tags:\n  team: support\nassumptions:\n  input_tokens: 500\n  calls_per_month: 1000\n');
  write('app/call.py', call(100));
  write('notes.md', 'one\n');
  git('add', '-A');
  git('commit', '-qm', 'one');
  write('app/call.py', call(200));
  git('commit', '-qam', 'two');
  renameSync(path.join(folder, 'app/call.py'), path.join(folder, 'app/answer.py'));
  git('add', '-A');
  git('commit', '-qm', 'moved');
  write('notes.md', 'two\n');
  git('commit', '-qam', 'words');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('mlcost diff', () => {
  test('says what changed, by how much and because of what', () => {
    const { workloads, base, head, teams } = diff('HEAD~3', 'HEAD~2');
    expect([base.name, head.name]).toEqual(['HEAD~3', 'HEAD~2']);
    expect(base.commit).toMatch(/^[0-9a-f]{40}$/);
    expect(workloads).toEqual([expect.objectContaining({ state: 'changed', file: 'app/call.py', line: 2 })]);
    expect(workloads[0]?.facts).toEqual([expect.objectContaining({ fact: 'max_tokens', from: 100, to: 200 })]);
    expect(workloads[0]?.changes[0]?.percent).toBeGreaterThan(10);
    expect(teams).toEqual([expect.objectContaining({ team: 'support' })]);
  });
  test('a file that was moved, and words in another file, change nothing', () => {
    expect(diff('HEAD~2', 'HEAD~1').workloads).toEqual([]);
    expect(diff('HEAD~1', 'HEAD').workloads).toEqual([]);
    expect(mlcost('diff', 'HEAD~2', 'HEAD').stdout).toContain('no change');
  });
  test('a move with a change is one change', () => {
    expect(diff('HEAD~3', 'HEAD').workloads).toEqual([
      expect.objectContaining({ state: 'changed', file: 'app/answer.py', from: { file: 'app/call.py', line: 2 } }),
    ]);
  });
  test('what is staged and what stands there are told apart, and nothing of the repository is touched', () => {
    const index = () => statSync(path.join(folder, '.git/index')).mtimeMs;
    write('app/answer.py', call(300));
    git('add', '-A');
    write('app/answer.py', call(400));
    write('app/untracked.py', call(5));
    const before = index();
    const to = (answer: Answer): unknown => answer.workloads.map(({ facts }) => facts[0]?.to);
    expect(to(diff('HEAD', '--staged'))).toEqual([300]);
    expect(to(diff('HEAD'))).toEqual([400]);
    expect(index()).toBe(before);
    git('reset', '-q', '--hard');
    rmSync(path.join(folder, 'app/untracked.py'));
  });
  test('from where two lines of work parted', () => {
    git('checkout', '-q', '-b', 'side', 'HEAD~3');
    write('other.py', call(50));
    git('add', '-A');
    git('commit', '-qm', 'side');
    expect(diff('main...side').workloads).toEqual([expect.objectContaining({ state: 'new', file: 'other.py' })]);
    expect(
      diff('main..side')
        .workloads.map(({ state }) => state)
        .sort(),
    ).toEqual(['changed', 'new']);
    git('checkout', '-q', 'main');
  });
  test('a project in a folder of the repository, reached over a link', () => {
    symlinkSync(path.join(folder, 'app'), path.join(folder, 'link'));
    expect(diff('HEAD~2', 'HEAD', '--project', 'link').workloads).toEqual([]);
    rmSync(path.join(folder, 'link'));
  });
  test('the comment says the answer first, and is the same for the same change', () => {
    const comment = () => mlcost('diff', 'HEAD~3', 'HEAD', '--format', 'markdown').stdout;
    expect(comment()).toMatch(/^<!-- ml-cost-lens -->\n\n### ML cost: at most \+\$\d/);
    expect(comment()).toBe(comment());
  });
  test.each<[string[], RegExp]>([
    [['nowhere'], /no commit is called 'nowhere'/],
    [['--upload-pack=x'], /no option --upload-pack/],
    [['HEAD', 'HEAD~1', '--staged'], /--staged takes one commit/],
    [['HEAD~1..HEAD', 'HEAD'], /already names both sides/],
    [['HEAD', '--project', 'gone'], /gone: no such folder/],
  ])('%j is wrong use', (args, message) => {
    const { status, stderr } = mlcost('diff', ...args);
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
  });
  test('outside a repository it says so', () => {
    const { status, stderr } = spawnSync(process.execPath, [cli, 'diff', 'HEAD'], { cwd: tmpdir(), encoding: 'utf8' });
    expect(status).toBe(2);
    expect(stderr).toMatch(/in no git repository/);
  });
});
