import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { focusCsv } from '../support/focus-export.js';

const cli = path.resolve('dist/cli.js');
const folders: string[] = [];
const workspace = (files: Readonly<Record<string, string>> = {}): string => {
  const folder = mkdtempSync(path.join(tmpdir(), 'mlcost spend cli-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  return folder;
};
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
const mlcost = (cwd: string, args: string[], env: Readonly<Record<string, string>> = {}) =>
  spawnSync(process.execPath, [cli, ...args], { cwd, encoding: 'utf8', env: { ...process.env, ...env } });

describe('spend import and report', () => {
  const folder = workspace({ 'a.csv': focusCsv({ rows: 300 }), 'no.csv': 'a,b\n1,2\n' });
  test('what was imported is reported, in each format', () => {
    const done = mlcost(folder, ['spend', 'import', 'a.csv']);
    expect(done).toMatchObject({ status: 0, stdout: expect.stringContaining('300 charges (focus-1.2)') });
    const answer = JSON.parse(mlcost(folder, ['spend', 'report', '--by', 'team,day', '--format', 'json']).stdout) as {
      currency: string;
      rows: { team: string | null; day: string; cost: string }[];
      total: string;
    };
    expect(answer.currency).toBe('USD');
    for (const { cost } of answer.rows) expect(cost).toMatch(/^-?\d+\.\d{2,}$/);
    expect(answer.rows.some(({ team }) => team === null)).toBe(true);
    expect(mlcost(folder, ['spend', 'report', '--by', 'team', '--format', 'csv']).stdout).toMatch(/^team,cost,currency\n/);
    expect(mlcost(folder, ['spend', 'report', '--by', 'team', '--format', 'markdown']).stdout).toMatch(/^\| team \| billed cost \|/);
    expect(mlcost(folder, ['spend', 'report', '--by', 'team', '--format', 'html']).stdout).toMatch(/^<!doctype html>[\s\S]*\(no team\)/);
    expect(mlcost(folder, ['spend', 'report', '--expect', answer.total])).toMatchObject({ status: 0 });
    expect(mlcost(folder, ['spend', 'report', '--expect', '1.00'])).toMatchObject({ status: 1, stderr: expect.stringContaining('does not add up') });
  });
  test.each([
    [['spend'], 'takes import or report'],
    [['spend', 'import', 'missing.csv'], 'missing.csv: no such file'],
    [['spend', 'import', 'no.csv'], 'no export of spend that is known'],
    [['spend', 'report', '--by', 'regoin'], "do you mean 'region'?"],
    [['spend', 'report', '--from', '2026-02-30'], 'takes a day'],
    [['spend', 'report', '--workspace', tmpdir()], 'no ledger'],
    [['budget'], 'no budgets'],
    [['audit', 'verify', '--workspace', tmpdir()], 'no audit log'],
  ])('%j is wrong use, and says what would be right', (args, message) => {
    const { status, stderr } = mlcost(folder, args);
    expect([status, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});

test('a statement adds up to the bill, with the rule that made each line; the week is told in Markdown and HTML', () => {
  const day = (at: number): string => `2026-11-${String(at).padStart(2, '0')}`;
  const rows = [9, 10, 11, 16, 17, 18].flatMap((at) => [`30,USD,${day(at)},EKS,s${at},\n`, `5,USD,${day(at)},EC2,r${at},"{""team"":""a""}"\n`]);
  const folder = workspace({
    'a.csv': `BilledCost,BillingCurrency,ChargePeriodStart,ServiceName,ResourceId,Tags\n${rows.join('')}`,
    'use.csv': 'day,team,gpu_hours\n2026-11-16,a,1\n2026-11-16,b,2\n2026-11-17,b,1\n',
    '.mlcost.yaml':
      'budgets:\n  - {team: a, amount: 100}\nspend:\n  shares:\n    - {name: gpus, match: {service: EKS}, usage: use.csv}\n  units:\n    - {name: requests, per: 1000, counts: {2026-11: 420000}}\n',
  });
  mlcost(folder, ['spend', 'import', 'a.csv']);
  const answer = JSON.parse(mlcost(folder, ['spend', 'statement', '--from', '2026-11-16', '--format', 'json']).stdout) as { lines: unknown[]; total: string };
  expect(answer).toMatchObject({
    total: '105.00',
    lines: [
      { team: 'a', rule: null, cost: '15.00' },
      { team: 'a', rule: 'gpus', cost: '10.00' },
      { team: 'b', rule: 'gpus', cost: '50.00' },
      { team: null, rule: 'gpus', cost: '30.00' },
    ],
    undivided: [{ rule: 'gpus', cost: '30.00', days: 1 }],
  });
  // what is handed on is an export of its own
  writeFileSync(path.join(folder, 'charged.csv'), mlcost(folder, ['spend', 'statement', '--format', 'focus']).stdout);
  const other = workspace();
  expect(mlcost(other, ['spend', 'import', path.join(folder, 'charged.csv')]).stdout).toContain('210.00 USD');
  const week = mlcost(folder, ['spend', 'week', '--at', '2026-11-18']).stdout;
  expect(week).toMatch(
    /# Week of 2026-11-16[\s\S]*\| total \| {2}\| {2}\| 105\.00 \| 0 % \|[\s\S]*The ledger ends on 2026-11-18[\s\S]*## Budgets[\s\S]*\| a \| 30\.00[\s\S]*\| 1,000 requests \| {2}\| 2026-11, until 2026-11-18 \| 210\.00 \| 420,000 \| 0\.50 \|/,
  );
  expect(mlcost(folder, ['spend', 'week', '--at', '2026-11-18', '--format', 'html']).stdout).toMatch(/^<!doctype html>/);
});

test('what code said that it costs is held against what was billed, at the commit that ran', () => {
  const git = (...args: string[]) => spawnSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@example.org', ...args], { cwd: folder, encoding: 'utf8' });
  const script = (steps: number): string =>
    `from transformers import AutoModelForCausalLM, Trainer, TrainingArguments\nmodel = AutoModelForCausalLM.from_pretrained("meta-llama/Llama-3.1-8B")\nargs = TrainingArguments(output_dir="out", per_device_train_batch_size=4, max_steps=${steps}, bf16=True)\ntrainer = Trainer(model=model, args=args)\ntrainer.train()\n`;
  const folder = workspace({
    'a.csv':
      'BilledCost,BillingCurrency,ChargePeriodStart,Tags\n90,USD,2026-11-18,"{""team"":""a"",""experiment_run"":""e1""}"\n7,USD,2026-11-19,"{""team"":""b""}"\n',
    'train.py': script(9000),
    '.mlcost.yaml':
      'accelerator: { type: H100, count: 8 }\nprovider: aws\nassumptions: { seq_len: 2048 }\nspend:\n  workloads:\n    - { files: train.py, owner: { team: a } }\n',
  });
  git('init', '-q');
  git('add', '.');
  git('commit', '-qm', 'one');
  const commit = git('rev-parse', 'HEAD').stdout.trim();
  mkdirSync(path.join(folder, '.mlcost/runs'), { recursive: true });
  writeFileSync(
    path.join(folder, '.mlcost/runs/x.json'),
    JSON.stringify({
      id: 'x',
      command: ['python', 'train.py'],
      commit,
      state: 'ended',
      status: 0,
      seconds: 9,
      tags: { experiment_run: 'e1' },
      metered: { samples: 0 },
    }),
  );
  writeFileSync(path.join(folder, 'train.py'), script(9));
  mlcost(folder, ['spend', 'import', 'a.csv']);
  const answer = (): { estimates: { commit: string | null; run: string; inside: boolean; billed: { cost: string }; estimate: { likely: number } }[] } =>
    JSON.parse(mlcost(folder, ['spend', 'variance', '--from', '2026-11-01', '--to', '2026-11-30', '--format', 'json']).stdout);
  const [then] = answer().estimates;
  expect(then).toMatchObject({ commit, run: 'e1', billed: { cost: '90.00' } });
  rmSync(path.join(folder, '.mlcost/runs/x.json'));
  const [now] = answer().estimates;
  expect(now?.commit).toBeNull();
  expect(then?.estimate.likely).toBeGreaterThan(10 * (now?.estimate.likely ?? Number.NaN));
});

test('budgets: the shape that others depend on, and the log of their changes', () => {
  const rows = Array.from({ length: 10 }, (_, at) => `50,USD,2026-11-${String(at + 1).padStart(2, '0')}T00:00:00Z,r,"{""team"":""a""}"\n`);
  const folder = workspace({
    'a.csv': `BilledCost,BillingCurrency,ChargePeriodStart,ResourceId,Tags\n${rows.join('')}`,
    '.mlcost.yaml': 'budgets:\n  - {team: a, amount: 1000}\n',
  });
  mlcost(folder, ['spend', 'import', 'a.csv']);
  const { stdout } = mlcost(folder, ['budget', '--format', 'json', '--at', '2026-11-11']);
  const [budget] = (JSON.parse(stdout) as { budgets: Record<string, unknown>[] }).budgets;
  expect(budget).toMatchObject({
    name: 'a',
    owner: { team: 'a' },
    amount: '1000.00',
    currency: 'USD',
    period: { from: '2026-11-01', to: '2026-11-30' },
    spent: '500.00',
    remaining: '500.00',
    state: 'warn',
    exhaustion: '2026-11-20',
  });
  expect(budget?.['forecast']).toEqual({
    low: expect.stringMatching(/^\d+\.\d\d$/),
    likely: expect.stringMatching(/^\d+\.\d\d$/),
    high: expect.stringMatching(/^\d+\.\d\d$/),
  });
  expect(mlcost(folder, ['budget', '--at', '2026-11-11']).stdout).toMatch(/a {2,}2026-11-01 to 2026-11-30 +500\.00 +1,000\.00 +USD +50 %/);
  expect(mlcost(folder, ['budget', '--check', '--at', '2026-11-11']).status).toBe(0);
  writeFileSync(path.join(folder, '.mlcost.yaml'), 'budgets:\n  - {team: a, amount: 500}\n');
  expect(mlcost(folder, ['budget', '--check', '--at', '2026-11-11']).status).toBe(1);
  const log = readFileSync(path.join(folder, '.mlcost/audit/log.jsonl'), 'utf8').trimEnd().split('\n');
  expect(log.map((line) => (JSON.parse(line) as { kind: string }).kind)).toEqual(['import', 'budgets', 'budgets']);
});

test('alerts: each crossing is sent once, after a restart neither again; what did not arrive is sent later; the address is nowhere', async () => {
  const bodies: { id: string }[] = [];
  let status = 500;
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (piece: Buffer) => {
      text += piece.toString();
    });
    request.on('end', () => {
      if (status === 200) bodies.push(JSON.parse(text) as { id: string });
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const rows = Array.from({ length: 10 }, (_, at) => `71,USD,2026-11-${String(at + 1).padStart(2, '0')}\n`).join('');
  const folder = workspace({
    'a.csv': `BilledCost,BillingCurrency,ChargePeriodStart\n${rows}`,
    '.mlcost.yaml': `budgets:\n  - {name: all, amount: 1000}\nspend:\n  alerts:\n    - {kind: json, url_env: ALERT_URL, host: "${host}", on: [threshold]}\n`,
  });
  mlcost(folder, ['spend', 'import', 'a.csv']);
  const env = { ALERT_URL: `http://${host}/hooks/topsecret` };
  // not the blocking form: the receiver is this process
  const alert = (more: Readonly<Record<string, string>> = env) =>
    new Promise<{ code: number | null; text: string }>((resolve) => {
      const child = spawn(process.execPath, [cli, 'alert', '--at', '2026-11-10'], { cwd: folder, env: { ...process.env, ...more } });
      let text = '';
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (piece: Buffer) => {
          text += piece.toString();
        });
      child.once('exit', (code) => resolve({ code, text }));
    });
  try {
    expect(await alert({ ALERT_URL: '' })).toMatchObject({ code: 1, text: expect.stringContaining('ALERT_URL is not set') });
    status = 404;
    expect(await alert()).toMatchObject({ code: 1, text: expect.stringContaining('answers 404') });
    status = 200;
    const [one, other] = await Promise.all([alert(), alert()]);
    expect([one.code, other.code]).toEqual([0, 0]);
    expect(await alert()).toMatchObject({ code: 0, text: 'Nothing new.\n' });
    expect(bodies.map(({ id }) => id)).toEqual(['all|2026-11-01|70']);
    expect(one.text + other.text).not.toContain('topsecret');
    expect(
      readFileSync(path.join(folder, '.mlcost/audit/log.jsonl'), 'utf8') + readFileSync(path.join(folder, '.mlcost/alerts/told.json'), 'utf8'),
    ).not.toContain('topsecret');
  } finally {
    server.close();
  }
});

describe('mlcost run', () => {
  const records = (folder: string): Record<string, unknown>[] =>
    readdirSync(path.join(folder, '.mlcost/runs'))
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map((name) => JSON.parse(readFileSync(path.join(folder, '.mlcost/runs', name), 'utf8')) as Record<string, unknown>);
  test.each([
    ['0', ['node', '-e', ''], 0],
    ['its own status', ['node', '-e', 'process.exit(7)'], 7],
    ['a signal', ['sh', '-c', 'kill -TERM $$'], 143],
    ['no such command', ['no-such-command-here'], 127],
    ['its own --help', ['node', '-e', 'process.exit(process.argv.includes("--help") ? 5 : 6)', 'x', '--help'], 5],
  ])('passes the status through: %s', (_, command, status) => {
    const folder = workspace();
    expect(mlcost(folder, ['run', '--', ...command]).status).toBe(status);
    expect(records(folder)).toEqual([expect.objectContaining({ state: 'ended', status })]);
  });
  test('output is the command’s own; secrets are not kept; GPUs are metered with the tool that is there', () => {
    const folder = workspace();
    const tool = path.join(folder, 'nvidia-smi');
    writeFileSync(tool, '#!/bin/sh\necho "0, GPU-1, NVIDIA L4, 50, 1000, 60.0"\necho "1, GPU-2, NVIDIA L4, 100, 3000, [N/A]"\nexec sleep 60\n');
    chmodSync(tool, 0o755);
    const done = mlcost(folder, ['run', '--tag', 'model_version=v3', '--', 'sh', '-c', 'echo out; sleep 1', '--api-key', 'abc'], {
      PATH: `${folder}:${process.env['PATH']}`,
    });
    expect(done).toMatchObject({ status: 0, stdout: 'out\n' });
    const [record] = records(folder);
    expect(record).toMatchObject({
      command: ['sh', '-c', 'echo out; sleep 1', '--api-key', '***'],
      tags: { model_version: 'v3' },
      metered: { gpus: 2, gpuModel: 'NVIDIA L4', peakMemory: 3000 },
    });
    expect(mlcost(folder, ['audit', 'verify']).status).toBe(0);
  });
  test('without a tool, what is missing is said, and nothing is 0', () => {
    const folder = workspace();
    mlcost(folder, ['run', '--', process.execPath, '-e', 'setTimeout(() => {}, 500)'], { PATH: folder });
    expect(records(folder)).toEqual([
      expect.objectContaining({ metered: { samples: 0 }, missing: [expect.stringContaining('neither nvidia-smi nor rocm-smi')] }),
    ]);
  });
  test('killed with its meter, it is found as lost', async () => {
    const folder = workspace();
    const child = spawn(process.execPath, [cli, 'run', '--', 'sleep', '20'], { cwd: folder, stdio: 'ignore' });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    for (;;) {
      if (existsSync(path.join(folder, '.mlcost/runs')) && records(folder).some(({ state }) => state === 'running')) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    child.kill('SIGKILL');
    await ended;
    expect(mlcost(folder, ['run', '--', 'true']).status).toBe(0);
    expect(records(folder).map(({ state }) => state)).toEqual(['lost', 'ended']);
  });
  test('--preflight does not start what a used-up budget would pay for', () => {
    const today = new Date().toISOString().slice(0, 10);
    const folder = workspace({
      'a.csv': `BilledCost,BillingCurrency,ChargePeriodStart\n100,USD,${today}\n`,
      '.mlcost.yaml': 'budgets:\n  - {name: all, amount: 100, period: year}\n',
    });
    mlcost(folder, ['spend', 'import', 'a.csv']);
    const refused = mlcost(folder, ['run', '--preflight', '--', 'touch', 'started']);
    expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining('nothing is left of the budget all')]);
    expect(existsSync(path.join(folder, 'started'))).toBe(false);
  });
});

test('what was decided goes into the audit log: gates, waivers and budgets as they change, advice that was taken, each with commit and model version', () => {
  const script =
    'from transformers import AutoModelForCausalLM, Trainer, TrainingArguments\nmodel = AutoModelForCausalLM.from_pretrained("meta-llama/Llama-3.1-8B")\nargs = TrainingArguments(output_dir="out", per_device_train_batch_size=4, max_steps=9000)\ntrainer = Trainer(model=model, args=args)\ntrainer.train()\n';
  const base =
    'accelerator: { type: H100, count: 8 }\nprovider: aws\nassumptions: { seq_len: 2048 }\ntags: { model_version: v7 }\npolicy:\n  - { id: few, max_gpus: 4 }\n';
  const folder = workspace({ 'train.py': script, '.mlcost.yaml': base });
  const git = (...args: string[]) => spawnSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@example.org', ...args], { cwd: folder, encoding: 'utf8' });
  git('init', '-q');
  git('add', '.');
  git('commit', '-qm', 'one');
  const commit = git('rev-parse', 'HEAD').stdout.trim();
  const log = path.join(folder, '.mlcost/audit/log.jsonl');
  const records = () =>
    readFileSync(log, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { kind: string; data: Record<string, unknown> });
  expect(mlcost(folder, ['check', '-q']).status).toBe(1);
  expect(existsSync(log), 'a check alone begins no log').toBe(false);
  expect(mlcost(folder, ['check', '-q', '--audit']).status).toBe(1);
  writeFileSync(
    path.join(folder, '.mlcost.yaml'),
    `${base}waivers:\n  - { rule: few, reason: big run, owner: lead, expires: 2099-01-01 }\nbudgets:\n  - { name: all, amount: 5 }\n`,
  );
  expect(mlcost(folder, ['check', '-q']).status).toBe(0);
  expect(mlcost(folder, ['check', '-q']).status).toBe(0);
  expect(mlcost(folder, ['advise', '-q', '--apply-all-safe']).stdout).toMatch(/./);
  const kinds = records().map(({ kind, data }) => (kind === 'gate' ? `gate ${String(data['result'])}` : kind));
  expect(kinds.filter((kind) => kind !== 'advice-taken')).toEqual(['gate failed', 'budgets', 'waivers', 'gate passed', 'gate passed']);
  expect(kinds).toContain('advice-taken');
  for (const { data } of records()) expect(data).toMatchObject({ commit, modelVersion: 'v7' });
  expect(records()[3]?.data['findings']).toEqual([expect.objectContaining({ rule: 'few', waived: expect.objectContaining({ owner: 'lead' }) })]);
  expect(mlcost(folder, ['audit', 'verify']).status).toBe(0);
  writeFileSync(log, readFileSync(log, 'utf8').replace('"result":"failed"', '"result":"passed"'));
  expect(mlcost(folder, ['audit', 'verify']).status).toBe(1);
});

test('a broken audit log exits 1, at its line', () => {
  const folder = workspace();
  for (const name of ['a', 'b']) mlcost(folder, ['run', '--', 'echo', name]);
  const file = path.join(folder, '.mlcost/audit/log.jsonl');
  expect(mlcost(folder, ['audit', 'verify'])).toMatchObject({ status: 0, stdout: expect.stringMatching(/^whole: 4 records, head [0-9a-f]{64}\n$/) });
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, readFileSync(file, 'utf8').replace('"echo","a"', '"echo","x"'));
  expect(mlcost(folder, ['audit', 'verify'])).toMatchObject({ status: 1, stdout: 'broken at line 1: was changed after it was written\n' });
});
