import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Log } from 'sarif';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';

const cli = path.resolve('dist/cli.js');
const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'mlcost check-')));
const plainEnv = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^GI(T|THUB)_/.test(name)));
const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.email=a@example.org', '-c', 'user.name=a', '-c', 'commit.gpgsign=false', ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: plainEnv,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
const mlcost = (...args: string[]) => spawnSync(process.execPath, [cli, ...args], { cwd: folder, encoding: 'utf8', env: plainEnv });
const call = (tokens: number): string =>
  `from openai import OpenAI\nOpenAI().chat.completions.create(\n    model="gpt-4o",\n    messages=[],\n    max_tokens=${tokens},\n)\n`;
const policy = (limit: number, more = ''): string =>
  `assumptions:\n  input_tokens: 500\n  calls_per_month: 1000\npolicy:\n  - max_tokens: ${limit}\n  - max_increase_percent: 50\n    level: warn\n${more}`;
const write = (name: string, text: string): void => writeFileSync(path.join(folder, name), text);

beforeAll(() => {
  git('init', '-q', '-b', 'main');
  write('.mlcost.yaml', policy(150));
  write('call.py', call(100));
  git('add', '-A');
  git('commit', '-qm', 'one');
  write('call.py', call(400));
  git('commit', '-qam', 'two & <three>');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('mlcost check', () => {
  test('fails where a rule that blocks is broken, at the place that breaks it', () => {
    const { status, stdout } = mlcost('check', '--format', 'json');
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      version: 1,
      pass: false,
      findings: [{ rule: 'max_tokens', level: 'block', file: 'call.py', line: 5 }],
    });
  });
  test('with a base it asks for the change too, and diff asks the same', () => {
    const rules = (...args: string[]): unknown =>
      (JSON.parse(mlcost(...args, '--format', 'json').stdout).findings as { rule: string }[]).map(({ rule }) => rule);
    expect(rules('check', '--base', 'HEAD~1')).toEqual(['max_tokens', 'max_increase_percent']);
    const { status, stdout } = mlcost('diff', 'HEAD~1', '--format', 'json');
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ policy: { pass: false } });
    expect(mlcost('diff', 'HEAD', 'HEAD').status).toBe(0);
  });
  test('passes with status 0', () => {
    write('call.py', call(150));
    expect(mlcost('check')).toMatchObject({ status: 0, stdout: expect.stringContaining('all kept') });
    git('checkout', '-q', '.');
  });
  test('a rule that is misspelt fails: it guards nothing', () => {
    write('.mlcost.yaml', `${policy(1000)}  - max_gpuz: 3\n`);
    const { status, stdout } = mlcost('check');
    expect(status).toBe(1);
    expect(stdout).toMatch(/\.mlcost\.yaml:8 {2}no setting is called `max_gpuz` here: did you mean `max_gpus`\?/);
    git('checkout', '-q', '.');
  });
  test('no policy is wrong use, not a pass', () => {
    write('.mlcost.yaml', 'provider: aws\n');
    expect(mlcost('check')).toMatchObject({ status: 2, stderr: expect.stringContaining('no policy') });
    git('checkout', '-q', '.');
  });
  test('SARIF names rules, places, and what a waiver lets pass', () => {
    write('.mlcost.yaml', policy(150, 'waivers:\n  - { rule: max_tokens, reason: a trial, owner: ana, expires: 2999-01-01 }\n'));
    const { status, stdout } = mlcost('check', '--format', 'sarif');
    expect(status).toBe(0);
    const { version, runs } = JSON.parse(stdout) as Log;
    expect(version).toBe('2.1.0');
    const [run] = runs;
    expect(run?.tool.driver.rules).toEqual([{ id: 'max_tokens' }]);
    expect(run?.results).toEqual([
      expect.objectContaining({
        ruleId: 'max_tokens',
        ruleIndex: 0,
        level: 'note',
        locations: [{ physicalLocation: { artifactLocation: { uri: 'call.py' }, region: { startLine: 5 } } }],
        suppressions: [expect.objectContaining({ kind: 'external', justification: 'a trial (ana, until 2999-01-01)' })],
      }),
    ]);
    git('checkout', '-q', '.');
  });
  test('JUnit counts and escapes', () => {
    write('.mlcost.yaml', policy(150, '  - id: "a<b>&\\"c"\n    expression: "1.0 > 2.0"\n'));
    const { stdout } = mlcost('check', '--format', 'junit');
    expect(stdout).toContain('tests="2" failures="2" errors="0" time="0" skipped="0"');
    expect(stdout).toContain('a&lt;b&gt;&amp;&quot;c');
    expect(stdout.match(/<testcase /g)).toHaveLength(2);
    git('checkout', '-q', '.');
  });
  test('annotations and code quality', () => {
    expect(mlcost('check', '--format', 'github').stdout).toBe(
      '::error file=call.py,line=5,title=ML cost%3A max_tokens::gpt-4o: 400 output tokens are over 150\n',
    );
    expect(JSON.parse(mlcost('check', '--format', 'gitlab').stdout)).toEqual([
      expect.objectContaining({ check_name: 'max_tokens', severity: 'blocker', location: { path: 'call.py', lines: { begin: 5 } } }),
    ]);
  });
});

describe('mlcost policy admission', () => {
  test('prints what a cluster can hold', () => {
    const { status, stdout } = mlcost('policy', 'admission', '--name', 'team-a');
    expect(status).toBe(0);
    expect(stdout).toContain('#   max_tokens: calls of hosted models are in code');
    write('.mlcost.yaml', policy(150, '  - max_gpus: 8\n'));
    expect(mlcost('policy', 'admission', '--name', 'team-a').stdout).toMatch(/kind: ValidatingAdmissionPolicy\nmetadata:\n {2}name: team-a/);
    git('checkout', '-q', '.');
  });
  test.each<[string, string[], RegExp]>([
    ['policy:\n  - max_gpuz: 3\n', [], /did you mean `max_gpus`/],
    ['provider: aws\n', [], /no policy/],
    ['policy:\n  - max_gpus: 3\n', ['--name', 'Team A'], /--name takes small letters/],
  ])('%j is wrong use', (settings, args, message) => {
    write('.mlcost.yaml', settings);
    expect(mlcost('policy', 'admission', ...args)).toMatchObject({ status: 2, stderr: expect.stringMatching(message) });
    git('checkout', '-q', '.');
  });
});

describe('in a pipeline', () => {
  const fake = path.join(folder, 'bin');
  const action = (env: Record<string, string>, comments: string) => {
    mkdirSync(fake, { recursive: true });
    const log = path.join(fake, 'log');
    rmSync(log, { force: true });
    // stands for GitHub's client: answers the list of comments, and notes what is written
    writeFileSync(
      path.join(fake, 'gh'),
      `#!/bin/sh\ncase "$*" in *--paginate*) printf '%s' '${comments}';; *) printf '%s\\n' "$*" >> '${log}'; for a in "$@"; do case "$a" in body=@*) cat "\${a#body=@}" >> '${log}';; esac; done;; esac\n`,
    );
    chmodSync(path.join(fake, 'gh'), 0o755);
    const summary = path.join(fake, 'summary');
    writeFileSync(summary, '');
    const { status, stdout, stderr } = spawnSync('bash', [path.resolve('ci/github.sh')], {
      cwd: folder,
      encoding: 'utf8',
      env: {
        ...plainEnv,
        PATH: `${fake}:${process.env['PATH']}`,
        GITHUB_STEP_SUMMARY: summary,
        GITHUB_REPOSITORY: 'a/b',
        GITHUB_REF: 'refs/pull/7/merge',
        MLCOST_BASE: 'HEAD~1',
        ...env,
      },
    });
    return { status, stdout, stderr, summary: readFileSync(summary, 'utf8'), written: existsSync(log) ? readFileSync(log, 'utf8') : '' };
  };
  afterAll(() => rmSync(fake, { recursive: true, force: true }));

  test('the action writes a summary, annotations and SARIF, and fails', () => {
    const sarif = path.join(folder, 'out.sarif');
    const { status, stdout, summary, written, stderr } = action({ MLCOST_SARIF: sarif }, '');
    expect(stderr).toBe('');
    expect(status).toBe(1);
    expect(summary).toMatch(/^<!-- ml-cost-lens -->\n\n### ML cost: at most \+\$/);
    expect(stdout).toContain('::error file=call.py,line=5');
    expect((JSON.parse(readFileSync(sarif, 'utf8')) as Log).runs[0]?.results).toHaveLength(2);
    expect(written).toBe('');
    rmSync(sarif);
  });
  test('it writes one comment, and changes it from then on', () => {
    const first = action({ MLCOST_COMMENT: 'true' }, '').written;
    expect(first).toMatch(/--method POST repos\/a\/b\/issues\/7\/comments/);
    expect(first).toContain('<!-- ml-cost-lens -->');
    expect(action({ MLCOST_COMMENT: 'true' }, '42').written).toMatch(/--method PATCH repos\/a\/b\/issues\/comments\/42/);
  });
  test('its inputs are those that the script reads', () => {
    const { runs, inputs } = parseYaml(readFileSync('action.yml', 'utf8')) as {
      inputs: Record<string, unknown>;
      runs: { steps: { run: string; env: Record<string, string> }[] };
    };
    const [step] = runs.steps;
    const script = readFileSync('ci/github.sh', 'utf8');
    for (const name of Object.keys(step?.env ?? {}).filter((one) => one.startsWith('MLCOST'))) expect(script).toContain(`\${${name}`);
    for (const used of Object.values(step?.env ?? {})
      .join(' ')
      .matchAll(/inputs\.(\w+)/g))
      expect(Object.keys(inputs)).toContain(used[1]);
    expect(step?.run).toContain('ci/github.sh');
  });
  test('the hook stops a commit that breaks the policy, and lets another one pass', () => {
    const [hook] = parseYaml(readFileSync('.pre-commit-hooks.yaml', 'utf8')) as { entry: string }[];
    const file = path.join(folder, '.git/hooks/pre-commit');
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, `#!/bin/sh\n${hook?.entry.replace(/^mlcost/, `'${process.execPath}' '${cli}'`)}\n`);
    chmodSync(file, 0o755);
    write('call.py', call(500));
    expect(() => git('commit', '-qam', 'dear')).toThrow();
    write('call.py', call(120));
    git('commit', '-qam', 'cheap');
    expect(git('log', '-1', '--format=%s').trim()).toBe('cheap');
    rmSync(file);
  });
  test('the GitLab job uses options that exist', () => {
    const job = (parseYaml(readFileSync('ci/gitlab.yml', 'utf8')) as Record<string, { script: string[] }>)['ml-cost'];
    for (const line of job?.script ?? []) {
      const command = line.replace('$MLCOST', `'${process.execPath}' '${cli}'`).replaceAll('$CI_MERGE_REQUEST_DIFF_BASE_SHA', 'HEAD~1');
      const { status, stderr } = spawnSync('bash', ['-c', command], { cwd: folder, encoding: 'utf8', env: plainEnv });
      expect(stderr).toBe('');
      expect(status).toBeLessThanOrEqual(1);
    }
  });
});
