import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readCsv } from '../../server/src/core/index.js';

const cli = path.resolve('dist/cli.js');
const training = path.resolve('samples/support-assistant/train/run.sh');
const folder = mkdtempSync(path.join(tmpdir(), 'mlcost compare-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const compare = (...args: string[]) => spawnSync(process.execPath, [cli, 'compare', ...args], { encoding: 'utf8', maxBuffer: 1 << 27 });
const csv = (...args: string[]) => {
  const { status, stderr, stdout } = compare(training, '--format', 'csv', ...args);
  expect([status, stderr]).toEqual([0, '']);
  return readCsv(stdout);
};
const keyOf = ({ accelerator, provider, region, instance, instances, market }: Record<string, unknown>): string =>
  [accelerator, provider, region, instance, instances, market].map(String).join(' ');
const all = csv();
const markets = ['on-demand', 'spot', 'reserved-1y', 'reserved-3y'];

describe('mlcost compare', () => {
  test.each(markets)('--market %s leaves its offers, all of them, in their order', (market) => {
    const own = csv('--market', market);
    expect(own.length).toBeGreaterThan(3);
    expect(own).toEqual(all.filter((row) => row['market'] === market));
  });
  test('two markets are both, and no market is all', () => {
    expect(csv('--market', 'spot', '--market', 'reserved-3y')).toEqual(all.filter(({ market = '' }) => ['spot', 'reserved-3y'].includes(market)));
    expect([...new Set(all.map(({ market }) => market))].sort()).toEqual([...markets].sort());
  });
  test('commitments are of the markets that are asked for', () => {
    const terms = (...args: string[]): string[] => {
      const { workloads } = JSON.parse(compare(training, '--format', 'json', ...args).stdout) as { workloads: { commitments: { term: string }[] }[] };
      return [...new Set(workloads.flatMap(({ commitments }) => commitments.map(({ term }) => term)))].sort();
    };
    expect(terms()).toEqual(['reserved-3y']);
    expect(terms('--market', 'spot', '--market', 'reserved-1y')).toEqual([]);
    expect(terms('--market', 'on-demand', '--market', 'reserved-3y')).toEqual(['reserved-3y']);
    expect(compare(training, '--market', 'spot').stdout).not.toMatch(/Commitments/);
  });
  test('JSON with a limit has the best offers only, and how many there are', () => {
    const { workloads } = JSON.parse(compare(training, '--format', 'json', '--limit', '5').stdout) as { workloads: { rows: object[]; offers: number }[] };
    expect([workloads[0]?.rows.length, workloads[0]?.offers]).toEqual([5, all.length]);
  });
  test('CSV has the offers of the JSON, one a line, with the numbers as they are', () => {
    const { workloads } = JSON.parse(compare(training, '--format', 'json').stdout) as {
      workloads: { title: string; rows: Record<string, { low: number; likely: number; high: number }>[] }[];
    };
    const [one] = workloads;
    expect(all.map(keyOf)).toEqual(one?.rows.map(keyOf));
    for (const [at, row] of all.entries()) {
      expect(row).toMatchObject({ file: 'run.sh', workload: one?.title });
      for (const [name, column] of Object.entries({ usd: 'usd', hours: 'hours', memory: 'memory_gib', carbon: 'carbon_kg' }))
        for (const end of ['low', 'likely', 'high'] as const) expect(row[`${column}_${end}`]).toBe(one?.rows[at]?.[name]?.[end].toString());
    }
    // what runs comes before what does not, and the cheapest of it first
    const last = (row: Record<string, string>): boolean => row['fits'] === 'does-not-fit' || row['stops'] === 'true';
    const running = all.filter((row) => !last(row));
    expect(all.slice(0, running.length)).toEqual(running);
    const costs = running.map((row) => Number(row['usd_likely']));
    expect(costs).toEqual([...costs].sort((a, b) => a - b));
  });
  test('Markdown and HTML show the figures of the table', () => {
    const args = [training, '--market', 'spot', '--limit', '3'];
    const [text, markdown, html] = ['table', 'markdown', 'html'].map((format) => compare(...args, '--format', format).stdout) as [string, string, string];
    const rows = markdown.split('\n').filter((line) => / spot \|/.test(line));
    expect(rows).toHaveLength(3);
    expect(markdown).toMatch(/^# Accelerators compared\n\n## Fine-tune Llama-3\.1-8B · 8×H100 [^\n]*\n\n\| accelerator \| cost \| duration \| memory \|/);
    for (const row of rows) {
      const [chip = '', ...cells] = row
        .split('|')
        .map((cell) => cell.trim())
        .filter(Boolean);
      expect(text.split('\n').some((line) => [chip, ...cells].every((cell) => line.includes(cell)))).toBe(true);
      expect(html).toContain(`<tr><th scope="row">${chip}</th>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`);
    }
    for (const one of [text, markdown, html]) {
      expect(one).toMatch(/and \d+ more \(--limit\)/);
      expect(one).not.toMatch(/undefined|NaN|Infinity/);
    }
    expect(html).toMatch(/^<!doctype html>/);
    expect(html).not.toContain('<script');
  });
  test.each<[string, RegExp]>([
    ['html', /<caption>Fine-tune &lt;b&gt;a\|y /],
    ['markdown', /^## Fine-tune \\<b\\?>a\\\|y /m],
    ['csv', /^'=run\.sh,1,Fine-tune <b>a\|y,/m],
  ])('a name that would be markup, a table or a formula is text in %s', (format, name) => {
    const file = path.join(folder, '=run.sh');
    writeFileSync(file, 'accelerate launch --num_processes 8 train.py --model_name_or_path "x/<b>a|y" --max_steps 10\n');
    expect(compare(file, '--set', 'gpu_type=h100-sxm-80gb', '--set', 'params=8e9', '--format', format).stdout).toMatch(name);
  });
  test('what has no accelerators to choose, or nothing to compare, says so', () => {
    const call = path.join(folder, 'call.py');
    writeFileSync(call, 'from openai import OpenAI\nOpenAI().chat.completions.create(model="gpt-4o", messages=[], max_tokens=10)\n');
    for (const format of ['table', 'markdown', 'html'])
      expect(compare(call, '--format', format)).toMatchObject({ status: 0, stdout: expect.stringContaining('a hosted API has no accelerators to choose') });
    expect(readCsv(compare(call, '--format', 'csv').stdout)).toEqual([]);
  });
  test.each<[string, string[], RegExp]>([
    ['a market that is none', ['--market', 'sport'], /--market is one of on-demand, spot, reserved-1y, reserved-3y, not 'sport'/],
    ['a format that is none', ['--format', 'yaml'], /--format is one of table, json, csv, markdown, html, not 'yaml'/],
    ['a market without a name', ['--market'], /--market needs a value/],
  ])('refuses %s with status 2', (_, args, said) => {
    const { status, stderr, stdout } = compare(training, ...args);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(said);
  });
});
