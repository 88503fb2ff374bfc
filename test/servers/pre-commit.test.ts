import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const preCommit = path.resolve('.cache/pre-commit/bin/pre-commit');

describe.runIf(existsSync(preCommit))('pre-commit itself', () => {
  const home = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'mlcost-hook-')));
  const [hooks, project, bin] = ['hooks', 'project', 'bin'].map((name) => path.join(home, name)) as [string, string, string];
  afterAll(() => rmSync(home, { recursive: true, force: true }));
  // nothing of the person's own git, and the hook finds `mlcost` where it would be installed
  const env = {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(?:GIT_|PRE_COMMIT|SKIP$)/.test(name))),
    HOME: home,
    PRE_COMMIT_HOME: path.join(home, 'kept'),
    PATH: [bin, path.dirname(preCommit), process.env['PATH']].join(path.delimiter),
    GIT_CONFIG_NOSYSTEM: '1',
    ...Object.fromEntries(['AUTHOR', 'COMMITTER'].flatMap((who) => [[`GIT_${who}_NAME`, 'a'] as const, [`GIT_${who}_EMAIL`, 'a@example.org'] as const])),
  };
  const run = (cwd: string, program: string, ...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(program, args, { cwd, env, encoding: 'utf8' });
    return { status, said: `${stdout}${stderr}` };
  };
  const git = (cwd: string, ...args: string[]): string => {
    const { status, said } = run(cwd, 'git', ...args);
    expect(status, said).toBe(0);
    return said.trim();
  };
  const write = (name: string, text: string): void => writeFileSync(path.join(project, name), text);
  const call = (tokens: number): string =>
    `from openai import OpenAI\nOpenAI().chat.completions.create(\n    model="gpt-4o",\n    messages=[],\n    max_tokens=${tokens},\n)\n`;

  beforeAll(() => {
    for (const folder of [hooks, project, bin]) mkdirSync(folder);
    writeFileSync(path.join(bin, 'mlcost'), `#!/bin/sh\nexec '${process.execPath}' '${path.resolve('dist/cli.js')}' "$@"\n`);
    chmodSync(path.join(bin, 'mlcost'), 0o755);
    for (const folder of [hooks, project]) git(folder, 'init', '-q', '-b', 'main');
    copyFileSync('.pre-commit-hooks.yaml', path.join(hooks, '.pre-commit-hooks.yaml'));
    git(hooks, 'add', '-A');
    git(hooks, 'commit', '-qm', 'hooks');
    const rev = git(hooks, 'rev-parse', 'HEAD');
    write('.pre-commit-config.yaml', `repos:\n  - repo: ${JSON.stringify(hooks)}\n    rev: ${rev}\n    hooks: [{ id: mlcost-check }]\n`);
    write('.mlcost.yaml', 'assumptions:\n  input_tokens: 500\n  calls_per_month: 1000\npolicy:\n  - max_tokens: 150\n');
    write('call.py', call(100));
    write('notes.md', 'one\n');
    git(project, 'add', '-A');
    git(project, 'commit', '-qm', 'one');
    expect(run(project, preCommit, 'install', '--install-hooks')).toMatchObject({ status: 0, said: expect.stringContaining('pre-commit installed') });
  });
  const commit = (...files: string[]) => {
    git(project, 'add', ...files);
    return run(project, 'git', 'commit', '-qm', 'next');
  };
  const last = (): string => git(project, 'show', 'HEAD:call.py');

  test('takes our hooks for valid', () => {
    expect(run(project, preCommit, 'validate-manifest', path.resolve('.pre-commit-hooks.yaml'))).toEqual({ status: 0, said: '' });
  });
  test('a commit that breaks the policy is stopped, and the finding shown', () => {
    write('call.py', call(500));
    const { status, said } = commit('call.py');
    expect(status).not.toBe(0);
    expect(said).toMatch(/ML cost policy\.+Failed/);
    expect(said).toMatch(/blocks {2}call\.py:5 {2}.*500 output tokens are over 150/);
    expect(last()).toBe(call(100).trim());
  });
  test('one that keeps it passes', () => {
    write('call.py', call(120));
    expect(commit('call.py')).toMatchObject({ status: 0, said: expect.stringMatching(/ML cost policy\.+Passed/) });
    expect(last()).toBe(call(120).trim());
  });
  test('what is staged counts, not what lies beside it, which stays', () => {
    write('call.py', call(130));
    git(project, 'add', 'call.py');
    write('call.py', call(900));
    expect(commit('notes.md')).toMatchObject({ status: 0 });
    expect(last()).toBe(call(130).trim());
    expect(readFileSync(path.join(project, 'call.py'), 'utf8')).toBe(call(900));
    write('call.py', call(130));
  });
  test('a file that says nothing of cost does not start it', () => {
    write('notes.md', 'two\n');
    expect(commit('notes.md')).toMatchObject({ status: 0, said: expect.stringMatching(/ML cost policy\.+\(no files to check\)Skipped/) });
  });
  test.each(['Makefile', 'jobs/train.slurm', 'app/page.tsx', 'requirements.txt', '.env'])('%s starts it', (name) => {
    mkdirSync(path.dirname(path.join(project, name)), { recursive: true });
    write(name, '\n');
    expect(commit(name)).toMatchObject({ status: 0, said: expect.stringMatching(/ML cost policy\.+Passed/) });
  });
  test('all files at once are asked too', () => {
    expect(run(project, preCommit, 'run', '--all-files').status).toBe(0);
  });
});
