import { type ChildProcess, fork } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { beforeAll, describe, expect, test } from 'vitest';
import { exact } from '../../../server/src/core/index.js';
import { csvRow, focusColumns, focusCsv, focusRows, Random } from '../../support/focus-export.js';
import { Workspace } from '../../support/ledger.js';

const require = createRequire(import.meta.url);
const header = 'BilledCost,BillingCurrency,ChargePeriodStart,ResourceId,Tags\n';
const rows = (...list: (readonly [cost: string, day: string, resource: string, team?: string])[]): string =>
  header +
  list.map(([cost, day, resource, team]) => csvRow([cost, 'USD', `${day}T00:00:00Z`, resource, team === undefined ? '' : JSON.stringify({ team })])).join('');

describe('importing again changes nothing', () => {
  test('the same file twice, by whatever name', async () => {
    using workspace = new Workspace();
    const text = focusCsv({ rows: 400 });
    await workspace.import(workspace.write('a.csv', text));
    const before = workspace.bytes();
    const [again] = await workspace.import(workspace.write('b.csv', text));
    expect(again?.record).toBeUndefined();
    expect(workspace.bytes()).toEqual(before);
  });
  test('an export that overlaps: what both have counts once', async () => {
    using workspace = new Workspace();
    await workspace.import(workspace.write('a.csv', rows(['1', '2026-11-01', 'a'], ['2', '2026-11-02', 'a'])));
    const [outcome] = await workspace.import(workspace.write('b.csv', rows(['2', '2026-11-02', 'a'], ['4', '2026-11-03', 'a'])));
    expect(await workspace.total()).toBe('7.00');
    expect(outcome?.record?.replaced).toEqual({ USD: '2.00' });
  });
  test('overlapping exports in one command, too', async () => {
    using workspace = new Workspace();
    await workspace.import(
      workspace.write('a.csv', rows(['1', '2026-11-01', 'a'], ['2', '2026-11-02', 'a'])),
      workspace.write('b.csv', rows(['2', '2026-11-02', 'a'], ['4', '2026-11-03', 'a'])),
    );
    expect(await workspace.total()).toBe('7.00');
  });
  test('a corrected charge takes the place of the old one, with new tags or a new amount', async () => {
    using workspace = new Workspace();
    await workspace.import(workspace.write('a.csv', rows(['5', '2026-11-01', 'a'], ['1', '2026-11-01', 'b', 'core'])));
    await workspace.import(workspace.write('b.csv', rows(['4.5', '2026-11-01', 'a', 'core'])));
    expect(await workspace.report(['team'])).toEqual([['core', '5.50']]);
  });
  test('an older file again does not undo the correction', async () => {
    using workspace = new Workspace();
    const first = workspace.write('a.csv', rows(['5', '2026-11-01', 'a']));
    await workspace.import(first);
    await workspace.import(workspace.write('b.csv', rows(['4', '2026-11-01', 'a'])));
    await workspace.import(first);
    expect(await workspace.total()).toBe('4.00');
  });
  test('charges of one file that look alike all count', async () => {
    using workspace = new Workspace();
    await workspace.import(workspace.write('a.csv', rows(['1', '2026-11-01', 'a'], ['1', '2026-11-01', 'a'], ['2', '2026-11-01', 'a'])));
    expect(await workspace.total()).toBe('4.00');
  });
  test('without a resource the tags say which charge it is', async () => {
    using workspace = new Workspace();
    await workspace.import(workspace.write('a.csv', rows(['1', '2026-11-01', '', 'core'])));
    await workspace.import(workspace.write('b.csv', rows(['2', '2026-11-01', '', 'search'])));
    expect(await workspace.report(['team'])).toEqual([
      ['search', '2.00'],
      ['core', '1.00'],
    ]);
  });
  test('parts of one export add up, and each has its header', async () => {
    using workspace = new Workspace();
    const part = (name: string, cost: string) => workspace.write(name, rows([cost, '2026-11-01', 'a']));
    await workspace.import(part('focus-00001.csv', '1'), part('focus-00002.csv', '2'));
    expect(await workspace.total()).toBe('3.00');
  });
});

describe('the same charges give the same ledger from every kind of file', () => {
  const list = [...focusRows({ rows: 300 })];
  const decimals = ['BilledCost', 'EffectiveCost'];
  const plain = [focusColumns as readonly string[], ...list].map(csvRow).join('');
  test.each([
    ['CSV.gz', 'x.csv.gz', () => gzipSync(plain)],
    ['CRLF and a byte order mark', 'x.csv', () => `\ufeff${plain.replaceAll('\n', '\r\n')}`],
    [
      'Parquet with decimals',
      'x.parquet',
      () =>
        new Uint8Array(
          parquetWriteBuffer({
            schema: [
              { name: 'root', num_children: focusColumns.length },
              ...focusColumns.map((name) =>
                decimals.includes(name)
                  ? ({ name, type: 'INT64', converted_type: 'DECIMAL', scale: 10, precision: 18, repetition_type: 'OPTIONAL' } as const)
                  : ({ name, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' } as const),
              ),
            ],
            columnData: focusColumns.map((name, at) => ({
              name,
              data: list.map((row) => (decimals.includes(name) ? unscaled(row[at] ?? '', 10) : (row[at] ?? ''))),
            })),
            rowGroupSize: 128,
          }),
        ),
    ],
  ])('%s', async (_, name, content) => {
    using one = new Workspace();
    using other = new Workspace();
    await one.import(one.write('x.csv', plain));
    const [outcome] = await other.import(other.write(name, content()));
    expect(outcome?.record).toMatchObject({ rows: 300, rejected: 0, format: 'focus-1.2' });
    for (const cost of ['billed', 'effective'] as const)
      expect(await other.report(['day', 'team', 'service', 'charge'], { cost })).toEqual(await one.report(['day', 'team', 'service', 'charge'], { cost }));
  });
  // Written by DuckDB 1.5: the same 400 charges, in either compression; one charge as AWS and as Google write them, with maps and lists inside.
  const written = (name: string) => path.resolve('test/fixtures/spend', name);
  test.each(['focus-zstd.parquet', 'focus-lz4.parquet'])('%s', async (name) => {
    using workspace = new Workspace();
    const [outcome] = await workspace.import(written(name));
    expect(outcome?.record).toMatchObject({ rows: 400, rejected: 0, from: '2026-11-01', to: '2026-11-10' });
    expect(await workspace.report(['team'])).toEqual([
      ['vision', '824.60'],
      ['search', '412.40'],
    ]);
  });
  test.each([
    ['cur-2.0.parquet', ['search', 'prod', 'AmazonEC2', 'us-west-2', 'hosting', '55.04']],
    ['gcp.parquet', ['search', 'prod', 'Compute Engine', 'us-central1', 'hosting', '8.00']],
  ])('%s', async (name, row) => {
    using workspace = new Workspace();
    await workspace.import(written(name));
    expect(await workspace.report(['team', 'env', 'service', 'region', 'category'])).toEqual([row]);
  });
  test('Parquet with doubles: each is the decimal that it shows as', async () => {
    using workspace = new Workspace();
    const bytes = parquetWriteBuffer({
      columnData: [
        { name: 'BilledCost', data: [0.1, 0.2, 1e-7], type: 'DOUBLE' },
        { name: 'BillingCurrency', data: ['USD', 'USD', 'USD'], type: 'STRING' },
        { name: 'ChargePeriodStart', data: [new Date('2026-11-01'), new Date('2026-11-02T23:00:00Z'), new Date('2026-11-03')], type: 'TIMESTAMP' },
      ],
    });
    await workspace.import(workspace.write('x.parquet', new Uint8Array(bytes)));
    expect(await workspace.report(['day'])).toEqual([
      ['2026-11-01', '0.10'],
      ['2026-11-02', '0.20'],
      ['2026-11-03', '0.0000001'],
    ]);
  });
});
function unscaled(text: string, scale: number): bigint {
  const { digits, scale: has } = exact.decimal(text) ?? exact.zero;
  return digits * 10n ** BigInt(scale - has);
}

test('sums are those of an independent computation, to the last digit', async () => {
  using workspace = new Workspace();
  await workspace.import(workspace.write('a.csv', focusCsv({ rows: 3000 })));
  const cents = new Map<string, bigint>();
  for (const row of focusRows({ rows: 3000 })) {
    const at = (name: (typeof focusColumns)[number]) => row[focusColumns.indexOf(name)] ?? '';
    const [whole = '', part = ''] = at('BilledCost').replace('-', '').split('.');
    const units = BigInt(whole + part.padEnd(10, '0')) * (at('BilledCost').startsWith('-') ? -1n : 1n);
    const key = `${at('ChargePeriodStart').slice(0, 10)} ${(JSON.parse(at('Tags')) as { team?: string }).team ?? '–'}`;
    cents.set(key, (cents.get(key) ?? 0n) + units);
  }
  const found = await workspace.report(['day', 'team']);
  expect(found).toHaveLength(cents.size);
  for (const [day, team, cost] of found) expect(unscaled(cost ?? '', 10), `${day} ${team}`).toBe(cents.get(`${day} ${team}`));
});

test('values beyond the limit are shown as one, and their money stays in the total', async () => {
  using workspace = new Workspace();
  const many = Array.from({ length: 10_500 }, (_, at) => csvRow(['1', 'USD', '2026-11-01T00:00:00Z', '', JSON.stringify({ experiment_run: `r${at}` })]));
  await workspace.import(workspace.write('a.csv', header + many.join('')));
  const found = await workspace.report(['experiment_run']);
  expect(found[0]).toEqual(['(over limit)', '501.00']);
  expect(found).toHaveLength(10_000);
  expect(await workspace.total()).toBe('10500.00');
});

describe('currencies are never mixed', () => {
  const text = 'BilledCost,BillingCurrency,ChargePeriodStart\n1.00,USD,2026-11-01\n10.00,EUR,2026-11-01\n';
  test('each has its own sum; one is converted by a rate that was given, and by no other', async () => {
    using workspace = new Workspace();
    await workspace.import(workspace.write('a.csv', text));
    expect(await workspace.report(['currency'])).toEqual([
      ['EUR', '10.00'],
      ['USD', '1.00'],
    ]);
    await expect(workspace.total({ currency: 'USD' })).rejects.toThrow('no rate from EUR to USD');
    await expect(workspace.total({ currency: 'USD', rates: [{ from: 'USD', to: 'EUR', rate: exact.decimal('0.5') ?? exact.zero }] })).rejects.toThrow(
      'no rate from EUR to USD',
    );
    expect(await workspace.total({ currency: 'USD', rates: [{ from: 'EUR', to: 'USD', rate: exact.decimal('1.0825') ?? exact.zero }] })).toBe('11.825');
  });
});

describe('processes', () => {
  const script = path.resolve('.cache/test/import-spend.cjs');
  beforeAll(async () => {
    mkdirSync(path.dirname(script), { recursive: true });
    // esbuild takes a build of this package that asks for its parts by name
    const alias = { 'jsonc-parser': require.resolve('jsonc-parser').replace('/umd/', '/esm/') };
    const contents =
      "import { importExports } from './server/src/node/ledger.js';\nconst [folder, ...files] = process.argv.slice(2);\nprocess.send?.('ready');\nimportExports(folder, files.map((one) => [one])).then(() => process.exit(0), (error) => { console.error(error); process.exit(1); });";
    const { outputFiles } = await build({
      stdin: { contents, resolveDir: process.cwd(), loader: 'ts' },
      bundle: true,
      platform: 'node',
      alias,
      format: 'cjs',
      write: false,
      logLevel: 'error',
    });
    writeFileSync(script, outputFiles[0]?.contents ?? '');
  });
  const start = (workspace: Workspace, ...files: string[]): ChildProcess =>
    fork(script, [workspace.ledger, ...files], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const ended = (child: ChildProcess): Promise<number | null> => new Promise((resolve) => child.once('exit', resolve));

  test('killed at fifty places and started again, the ledger is the same, byte for byte', async () => {
    using clean = new Workspace();
    using torn = new Workspace();
    const texts = [focusCsv({ rows: 1500, from: '2026-09-15', days: 60 }), focusCsv({ rows: 800, seed: 8, from: '2026-10-20', days: 20 })];
    const files = (workspace: Workspace) => texts.map((text, at) => workspace.write(`${at}.csv`, text));
    const begin = performance.now();
    expect(await ended(start(clean, ...files(clean)))).toBe(0);
    let whole = performance.now() - begin;
    const random = new Random(50);
    for (let killed = 0; killed < 50; ) {
      // every few times from nothing, else on what the last one left
      if (killed % 5 === 0) rmSync(torn.ledger, { recursive: true, force: true });
      const child = start(torn, ...files(torn));
      const timer = setTimeout(() => child.kill('SIGKILL'), random.next() * whole);
      // one that came to its end was too quick to be killed: the machine is quicker than before
      if ((await ended(child)) === null) killed++;
      else whole *= 0.9;
      clearTimeout(timer);
    }
    expect(await ended(start(torn, ...files(torn)))).toBe(0);
    expect(torn.bytes()).toEqual(clean.bytes());
    expect(existsSync(path.join(torn.ledger, 'spill'))).toBe(false);
  }, 240_000);

  test('several at once: each waits for the other, nothing is lost and nothing counts twice', async () => {
    using workspace = new Workspace();
    const seeds = [1, 2, 3, 4];
    const files = seeds.map((seed) => workspace.write(`${seed}.csv`, focusCsv({ rows: 500, seed }).replaceAll('instance/i-', `instance/${seed}-`)));
    const all = [...files, ...files].map((file) => ended(start(workspace, file)));
    expect(await Promise.all(all)).toEqual(all.map(() => 0));
    using alone = new Workspace();
    for (const file of files) await alone.import(file);
    expect(await workspace.report(['day', 'team'])).toEqual(await alone.report(['day', 'team']));
  }, 120_000);
});
