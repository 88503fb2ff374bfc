import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

const cli = path.resolve('dist/cli.js');
const folder = mkdtempSync(path.join(tmpdir(), 'mlcost what-if-'));
const project = path.join(folder, 'project');
cpSync(path.resolve('samples/support-assistant'), project, { recursive: true });
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const run = (...args: string[]) => spawnSync(process.execPath, [cli, 'what-if', project, ...args], { encoding: 'utf8', maxBuffer: 1 << 27 });

interface Answer {
  version: number;
  workloads: {
    file: string;
    kind: string;
    scenarios: {
      name: string;
      set: object;
      changes: { fact: string }[];
      unused: { word: string; why: string }[];
      estimates: Record<string, { likely: number; unit: string; ratio?: number; within_noise?: boolean }>;
      unknown: { fact: string; need: string }[];
    }[];
    sensitivity?: { quantity: string; swings: { fact: string; low: { value: number }; high: { value: number }; range: string }[] };
  }[];
  totals: { name: string; changed: number; sums: Record<string, { likely: number; of: number }>; without: number }[];
}
const answer = (...args: string[]): Answer => JSON.parse(run('--format', 'json', ...args).stdout) as Answer;

describe('mlcost what-if', () => {
  test('shows a workload now and as supposed, with what differs and what is unknown', () => {
    const { status, stdout, stderr } = run('--workload', 'train/run.sh', '--set', 'accelerator=a100-80gb', '--set', 'context=0.5x,traffic=2x');
    expect([status, stderr]).toEqual([0, '']);
    const lines = stdout.split('\n');
    expect(lines[1]).toMatch(/^\s+now\s+accelerator=a100-80gb\s+context=0.5x,traffic=2x$/);
    expect(lines.find((line) => line.startsWith('Cost '))).toMatch(/^Cost\s+\$[\d,.]+ \([\d,.]+–[\d,.]+\)\s+\$[\d,.]+ \([\d,.]+–[\d,.]+\)/);
    expect(stdout).toMatch(/GPU H100 → A100-80/);
    expect(stdout).toMatch(/sequence length 2048 → 1024/);
    expect(stdout).toMatch(/does nothing here: traffic: /);
    expect(stdout).not.toMatch(/undefined|NaN|null|Infinity/);
  });
  test('adds a workspace up, run and month apart, and counts what is unknown', () => {
    const { totals, workloads } = answer('--set', 'accelerator=l40s');
    const [now, then] = totals;
    expect(workloads.length).toBeGreaterThan(5);
    expect(now?.changed).toBe(0);
    expect(then?.changed).toBeGreaterThan(1);
    const costs = workloads.flatMap(({ scenarios }) => scenarios[0]?.estimates['usd']?.likely ?? []);
    expect(now?.sums['usd']?.likely).toBeCloseTo(
      costs.reduce((sum, one) => sum + one, 0),
      6,
    );
    expect(run('--set', 'accelerator=l40s').stdout).toMatch(/^All runs, once each\s+\$\d+/m);
  });
  test('says what moves the cost most', () => {
    const [one] = answer('--workload', 'train/run.sh', '--sensitivity').workloads;
    expect(one?.sensitivity?.quantity).toBe('usd');
    expect(one?.sensitivity?.swings.map(({ range }) => range)).toEqual(expect.arrayContaining(['estimate', 'catalog', 'convention']));
    expect(run('--workload', 'train/run.sh', '-s').stdout).toMatch(/^sequence length\s+·*█*┃█+/m);
  });
  test('keeps a set under a name, with the comments of the file, and shows it by that name', () => {
    const file = path.join(project, '.mlcost.yaml');
    const before = readFileSync(file, 'utf8');
    expect(run('--workload', 'vllm', '--set', 'input_tokens=1024,output_tokens=256,traffic=2/s', '--save', 'chat').status).toBe(0);
    const after = readFileSync(file, 'utf8');
    expect(after.startsWith(before.trimEnd())).toBe(true);
    expect(after.slice(before.trimEnd().length)).toBe(
      '\nscenarios:\n  - name: chat\n    set:\n      input_tokens: 1024\n      output_tokens: 256\n      traffic: "2/s"\n',
    );
    for (const args of [['--scenario', 'chat'], []]) {
      const [service] = answer('--workload', 'vllm', ...args).workloads;
      expect(service?.scenarios.map(({ name }) => name)).toEqual(['now', 'chat']);
      expect(service?.scenarios[0]?.estimates['usd_per_1m_tokens']).toBeUndefined();
      expect(service?.scenarios[0]?.unknown.map(({ fact }) => fact)).toContain('input_tokens');
      expect(service?.scenarios[1]?.estimates['usd_per_1m_tokens']?.likely).toBeGreaterThan(0);
    }
  });
  test('writes CSV, Markdown and HTML of the same figures', () => {
    const at = ['--workload', 'claude', '--set', 'traffic=2x'];
    const [head, ...rows] = run('--format', 'csv', ...at)
      .stdout.trimEnd()
      .split('\n');
    expect(head).toBe('file,line,workload,scenario,quantity,unit,low,likely,high,at_most,ratio,within_noise,need');
    expect(rows.map((row) => row.split(',')[3])).toEqual(expect.arrayContaining(['now', 'traffic=2x']));
    expect(run('--format', 'markdown', ...at).stdout).toMatch(/^\| Cost a month \| at most \$[\d,]+\/mo \| at most \$[\d,]+\/mo · \+100 % \|$/m);
    const html = run('--format', 'html', ...at).stdout;
    expect(html).toMatch(/^<!doctype html>/);
    expect(html).not.toMatch(/<script/);
  });
  test.each<[string, string[], RegExp]>([
    ['a word that is none', ['--set', 'acelerator=h100'], /neither a word nor a fact ‘acelerator’/],
    ['a value that is none', ['--set', 'traffic=200'], /amount in a time/],
    ['no pair at all', ['--set', 'h100'], /takes WORD=VALUE/],
    ['a scenario that is not there', ['--scenario', 'chart'], /no scenario is called 'chart'; do you mean 'chat'\?/],
    ['a workload that is not there', ['--workload', 'nowhere.py'], /no workload is called 'nowhere\.py'; there are\n.*triage\.py:14/s],
    ['two sets under one name', ['--set', 'batch=1', '--set', 'batch=2', '--save', 'x'], /--save keeps one --set/],
    ['a figure that nothing has', ['--of', 'usd_per_banana'], /no workload here has a figure called 'usd_per_banana'; there are .*usd_per_month/],
  ])('refuses %s with status 2', (_, args, said) => {
    const { status, stderr, stdout } = run(...args);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(said);
  });
});
