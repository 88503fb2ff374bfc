import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { build } from 'esbuild';
import { beforeAll, expect, test } from 'vitest';
import { Random } from '../support/focus-export.js';
import { Workspace } from '../support/ledger.js';
import { fake } from '../support/source-fake.js';

const require = createRequire(import.meta.url);
const script = path.resolve('.cache/test/pull-spend.cjs');
beforeAll(async () => {
  mkdirSync(path.dirname(script), { recursive: true });
  const contents =
    "import { pull } from './server/src/node/pull.js';\nconst [root, settings] = process.argv.slice(2);\nprocess.send?.('ready');\npull(root, JSON.parse(settings), { now: () => Date.parse('2026-11-20T12:00:00Z'), environment: process.env, postgres: () => { throw new Error('none'); } }).then((done) => process.exit(done.some(({ health }) => health.error) ? 3 : 0), (error) => { console.error(error); process.exit(1); });";
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: process.cwd(), loader: 'ts' },
    bundle: true,
    platform: 'node',
    // esbuild takes a build of this package that asks for its parts by name
    alias: { 'jsonc-parser': require.resolve('jsonc-parser').replace('/umd/', '/esm/') },
    format: 'cjs',
    write: false,
    logLevel: 'error',
  });
  writeFileSync(script, outputFiles[0]?.contents ?? '');
});
const day = (at: number): string => new Date(Date.parse('2026-08-01T00:00:00Z') + at * 86_400_000).toISOString().slice(0, 10);

test('killed at fifty places while a source is read, and started again: the ledger is the same, byte for byte', async () => {
  using clean = new Workspace();
  using torn = new Workspace();
  // OpenCost's shape: a day a request, charges and use in each
  await using server = await fake(({ query }) => {
    const random = new Random(Number(query['window']?.slice(8, 10)) + 100 * Number(query['window']?.slice(5, 7)));
    const all = Array.from({ length: 20 }, (_, at) => ({
      totalCost: random.below(100_000) / 1000,
      gpuHours: random.below(24),
      minutes: 1440,
      name: `team-${at}`,
    }));
    return { code: 200, data: [Object.fromEntries(all.map((one) => [one.name, one]))] };
  });
  const settings = JSON.stringify([{ name: 'kube', kind: 'opencost', url: server.url, counts: true, from: day(104), by: { team: 'namespace' } }]);
  const start = (workspace: Workspace): ChildProcess => fork(script, [workspace.root, settings], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const ended = (child: ChildProcess): Promise<number | null> => new Promise((resolve) => child.once('exit', resolve));

  const begin = performance.now();
  expect(await ended(start(clean))).toBe(0);
  const whole = performance.now() - begin;
  const random = new Random(51);
  let killed = 0;
  // every few times from nothing, else on what the last one left; one that came to its end was too quick to be killed
  for (let turn = 0; killed < 50; turn++) {
    if (turn % 5 === 0) rmSync(path.join(torn.root, '.mlcost'), { recursive: true, force: true });
    const child = start(torn);
    const timer = setTimeout(() => child.kill('SIGKILL'), random.next() * whole);
    if ((await ended(child)) === null) killed++;
    clearTimeout(timer);
  }
  expect(await ended(start(torn))).toBe(0);
  expect(Object.keys(clean.bytes()).some((name) => name.startsWith('usage/'))).toBe(true);
  const tables = async (workspace: Workspace) => [await workspace.report(['day', 'team', 'source']), await workspace.usage(['day', 'team'])];
  expect(await tables(torn)).toEqual(await tables(clean));
  expect(torn.bytes()).toEqual(clean.bytes());
}, 300_000);
