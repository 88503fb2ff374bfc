import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Workspace } from '../support/ledger.js';
import { hasPostgres, type Running, startPostgres } from '../support/servers.js';

const password = 'not a "word" of anybody';
const now = Date.parse('2026-11-20T12:00:00Z');

describe.runIf(hasPostgres)('PostgreSQL itself', () => {
  let server: Awaited<ReturnType<typeof startPostgres>>;
  const settings = (...more: string[]): string =>
    [
      '- name: warehouse',
      'kind: postgres',
      'host: 127.0.0.1',
      `port: ${server.port}`,
      'database: postgres',
      'user: reader',
      'password_env: WAREHOUSE',
      'from: 2026-11-01',
      ...more,
    ].join('\n  ');
  const environment = { WAREHOUSE: password };
  beforeAll(async () => {
    server = await startPostgres(password);
    server.sql(`create role reader login password '${password}'`);
    // names as FOCUS has them, with a tag in JSON, and as somebody's own
    server.sql(`create schema finops; grant usage on schema finops to reader;
      create table finops.focus ("ChargePeriodStart" timestamptz, "BilledCost" numeric, "EffectiveCost" numeric, "BillingCurrency" text, "ServiceName" text, "ServiceCategory" text, "ChargeCategory" text, "Tags" jsonb, "ResourceId" text);
      insert into finops.focus select '2026-11-01T00:00:00Z'::timestamptz + i * interval '1 hour', 0.1, 0.05, 'USD', 'Amazon Elastic Compute Cloud', 'Compute', 'Usage', jsonb_build_object('team', case when i % 2 = 0 then 'search' else 'vision' end), 'i-' || i from generate_series(0, 239) i;
      create view finops."Odd "" name" as select ("ChargePeriodStart" at time zone 'UTC')::date as usage_date, "BilledCost"::float8 as cost, "Tags" ->> 'team' as who, "ServiceName" as svc from finops.focus;
      create table finops.secret (day date, billed numeric);
      create table finops.late ("ChargePeriodStart" date, "BilledCost" numeric, "BillingCurrency" text);
      grant select on finops.focus, finops."Odd "" name", finops.late to reader;
      alter database postgres set timezone = 'America/Los_Angeles'; alter database postgres set datestyle = 'German';`);
  }, 120_000);
  afterAll(() => server?.[Symbol.asyncDispose]());

  test('a FOCUS view is added up there, exactly, by UTC days, whatever the server’s zone', async () => {
    using workspace = new Workspace();
    const [outcome] = await workspace.pull(settings('table: finops.focus', 'columns: { team: { column: Tags, key: team } }'), { now, environment });
    expect(outcome?.health).toMatchObject({ through: '2026-11-10', notes: [] });
    expect(outcome?.health.error).toBeUndefined();
    expect(await workspace.report(['team'])).toEqual([
      ['search', '12.00'],
      ['vision', '12.00'],
    ]);
    expect(await workspace.report(['day', 'source', 'category'])).toEqual(
      Array.from({ length: 10 }, (_, at) => [`2026-11-${String(at + 1).padStart(2, '0')}`, 'warehouse', 'hosting', '2.40']),
    );
    expect(await workspace.total({ cost: 'effective' })).toBe('12.00');
  });
  test('own columns, a name that must be quoted, doubles as the decimals that they show as, and only some rows', async () => {
    using workspace = new Workspace();
    const table = settings("table: 'finops.Odd \" name'");
    // the settings take no quotes in names: what cannot be written safely is refused before anything is asked
    await expect(workspace.pull(table, { now, environment })).rejects.toThrow('a table is expected');
    server.sql('create view finops."Odd name; drop table x" as select * from finops."Odd "" name"; grant select on finops."Odd name; drop table x" to reader');
    const [outcome] = await workspace.pull(
      settings(
        'table: "finops.Odd name; drop table x"',
        'currency: EUR',
        'columns: { day: usage_date, billed: COST, team: who, service: svc }',
        'where: { who: "search" }',
      ),
      { now, environment },
    );
    expect(outcome?.health.error).toBeUndefined();
    expect(await workspace.report(['team', 'currency'])).toEqual([['search', 'EUR', '12.00']]);
    // a value is a parameter, never part of the statement
    using other = new Workspace();
    await other.pull(
      settings('table: "finops.Odd name; drop table x"', 'currency: EUR', 'columns: { day: usage_date, billed: cost }', `where: { who: "' or 1=1 --" }`),
      {
        now,
        environment,
      },
    );
    expect(await other.total()).toBe('nothing');
  });
  test('what comes late or is corrected is read again; the same again changes nothing', async () => {
    using workspace = new Workspace();
    const late = settings('table: finops.late', 'late_days: 5');
    server.sql(`insert into finops.late values ('2026-11-02', 1, 'USD'), ('2026-11-18', 10, 'USD')`);
    await workspace.pull(late, { now, environment });
    const before = workspace.bytes();
    const [same] = await workspace.pull(late, { now, environment });
    expect(same?.told.flatMap(({ changed }) => changed)).toEqual([]);
    expect(workspace.bytes()).toEqual(before);
    server.sql(
      `update finops.late set "BilledCost" = 8 where "BilledCost" = 10; insert into finops.late values ('2026-11-16', 3, 'USD'), ('2026-11-03', 100, 'USD')`,
    );
    const [again] = await workspace.pull(late, { now, environment });
    expect(again?.told.flatMap(({ changed }) => changed)).toEqual(['2026-11-16', '2026-11-18']);
    // the third is final; it is read when somebody says so
    expect(await workspace.total()).toBe('12.00');
    await workspace.pull(late, { now, environment, again: '2026-11-01' });
    expect(await workspace.total()).toBe('112.00');
    server.sql(`delete from finops.late where "BilledCost" = 8`);
    await workspace.pull(late, { now, environment });
    expect(await workspace.total()).toBe('104.00');
  });
  test.each([
    [
      'a table that may not be read',
      () => settings('table: finops.secret', 'currency: USD', 'columns: { day: day, billed: billed }'),
      environment,
      'permission denied',
      'grant SELECT',
    ],
    ['a table that is not there', () => settings('table: finops.nothing', 'currency: USD'), environment, 'does not exist', 'check database, schema and table'],
    [
      'a column that is not there',
      () => settings('table: finops.focus', 'columns: { billed: Kosten }'),
      environment,
      'no column Kosten',
      'the table has ChargePeriodStart',
    ],
    ['a column that is no date', () => settings('table: finops.focus', 'columns: { day: ServiceName }'), environment, 'ServiceName is no date', 'cast'],
    ['a wrong password', () => settings('table: finops.focus'), { WAREHOUSE: 'wrong-password' }, 'password authentication failed', 'check user and password'],
    ['no password', () => settings('table: finops.focus'), {}, 'the environment has no WAREHOUSE', 'set it'],
    [
      'no currency',
      () => settings('table: "finops.Odd name; drop table x"', 'columns: { day: usage_date, billed: cost }'),
      environment,
      'nothing says the currency',
      'currency: USD',
    ],
  ])('%s is said, with what to do, and no secret', async (_, of, variables, message, todo) => {
    using workspace = new Workspace();
    const [outcome] = await workspace.pull(of(), { now, environment: variables as Record<string, string> });
    expect(outcome?.health.error?.message).toContain(message);
    expect(outcome?.health.error?.todo).toContain(todo);
    expect(JSON.stringify(outcome)).not.toMatch(/not a \\?"word|wrong-password/);
  });
  test('a statement that takes too long is ended by the server', async () => {
    server.sql(
      `create view finops.slow as select timestamp '2026-11-10 10:00' as day, 1.0 as billed, 'USD' as currency from pg_sleep(30); grant select on finops.slow to reader`,
    );
    using workspace = new Workspace();
    const [outcome] = await workspace.pull(settings('table: finops.slow', 'timeout_seconds: 1', 'columns: { day: day, billed: billed, currency: currency }'), {
      now,
      environment,
    });
    expect(outcome?.health.error).toMatchObject({ message: expect.stringContaining('statement timeout'), todo: expect.stringContaining('timeout_seconds') });
  });
  test('nothing can be written: the transaction reads only', async () => {
    server.sql(`create function finops.sneaky() returns numeric language plpgsql as $$ begin insert into finops.late values ('2026-11-01', 666, 'USD'); return 1; end $$;
      grant insert on finops.late to reader;
      create view finops.writes as select timestamp '2026-11-10 10:00' as day, finops.sneaky() as billed, 'USD' as currency; grant select on finops.writes to reader`);
    using workspace = new Workspace();
    const [outcome] = await workspace.pull(settings('table: finops.writes', 'columns: { day: day, billed: billed, currency: currency }'), { now, environment });
    expect(outcome?.health.error?.message).toContain('read-only transaction');
    expect(server.sql('select count(*) from finops.late where "BilledCost" = 666')).toBe('0');
  });
  test('the command line brings its client along', () => {
    using workspace = new Workspace();
    const written = settings('table: finops.focus', 'columns: { team: { column: Tags, key: team } }').replace(/^/gm, '    ');
    workspace.write('.mlcost.yaml', `spend:\n  sources:\n${written}\n`);
    const mlcost = (...args: string[]) =>
      spawnSync(process.execPath, [path.resolve('dist/cli.js'), 'spend', ...args, '--workspace', workspace.root], {
        encoding: 'utf8',
        env: { ...process.env, ...environment },
      });
    expect(mlcost('pull')).toMatchObject({ status: 0, stdout: 'warehouse: 10 days, 2026-11-01 to 2026-11-10: 24.00 USD\n' });
    expect(mlcost('report', '--by', 'team', '--expect', '24').status).toBe(0);
    expect(mlcost('sources').stdout).toMatch(/warehouse +postgres +counts +read less than a minute ago, through 2026-11-10/);
  });
  test('a server that is not there', async () => {
    using workspace = new Workspace();
    const [outcome] = await workspace.pull(settings('table: finops.focus').replace(String(server.port), '1'), { now, environment });
    expect(outcome?.health.error).toMatchObject({ message: expect.stringContaining('ECONNREFUSED'), todo: expect.stringContaining('check host and port') });
  });
});
