import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { exact, noSettings, spendReport } from '../../../../server/src/core/index.js';
import { knownSpend } from '../../../../server/src/host/spend-ledger.js';
import { nodeHost } from '../../../../server/src/node/node-host.js';
import { Workspace } from '../../../support/ledger.js';
import { type Asked, type Fake, fake } from '../../../support/source-fake.js';

// A source of the shape of OpenAI's costs: what is tested here holds for all of them.
type Day = Record<string, number>;
const at = (day: string): number => Date.parse(`${day}T00:00:00Z`) / 1000;
const dayOf = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 10);
/** A bill that can change: money by day and project. */
function bill(days: Record<string, Day>, more: (asked: Asked) => ReturnType<Parameters<typeof fake>[0]> = () => undefined): Promise<Fake> {
  return fake((asked) => {
    const special = more(asked);
    if (special) return special;
    if (!asked.path.endsWith('/costs')) return { data: [], has_more: false };
    const [from, to] = [Number(asked.query['start_time']), Number(asked.query['end_time'])];
    const data = Object.entries(days)
      .filter(([day]) => at(day) >= from && at(day) < to)
      .map(([day, all]) => ({
        start_time: at(day),
        results: Object.entries(all).map(([project_id, value]) => ({ amount: { value, currency: 'usd' }, line_item: 'm, input', project_id })),
      }));
    return { data, has_more: false, next_page: null };
  });
}
const environment = { OPENAI_ADMIN_KEY: 'sk-admin-abcdefgh' };
const source = (url: string, ...more: string[]): string =>
  [
    '- name: bill',
    'kind: openai',
    `url: ${url}`,
    'token_env: OPENAI_ADMIN_KEY',
    ...(more.some((one) => one.startsWith('from:')) ? [] : ['from: 2026-11-01']),
    ...more,
  ].join('\n  ');
const noon = (day: string): number => Date.parse(`${day}T12:00:00Z`);

describe('reading again', () => {
  test('the same window twice changes nothing, byte for byte', async () => {
    using workspace = new Workspace();
    await using server = await bill({ '2026-11-01': { a: 1 }, '2026-11-02': { a: 2, b: 3 } });
    await workspace.pull(source(server.url), { now: noon('2026-11-03'), environment });
    const before = workspace.bytes();
    const [again] = await workspace.pull(source(server.url), { now: noon('2026-11-03'), environment });
    expect(again?.told.flatMap(({ changed }) => changed)).toEqual([]);
    expect(workspace.bytes()).toEqual(before);
    expect(await workspace.total()).toBe('6.00');
  });
  test('what is corrected, what comes late and what is taken back holds for the days that are still read', async () => {
    using workspace = new Workspace();
    const days: Record<string, Day> = { '2026-11-01': { a: 1 }, '2026-11-10': { a: 10, b: 5 } };
    await using server = await bill(days);
    await workspace.pull(source(server.url, 'late_days: 3'), { now: noon('2026-11-11'), environment });
    days['2026-11-10'] = { a: 8 };
    days['2026-11-09'] = { c: 2 };
    days['2026-11-01'] = { a: 100 };
    const [outcome] = await workspace.pull(source(server.url, 'late_days: 3'), { now: noon('2026-11-12'), environment });
    expect(outcome?.told).toEqual([{ changed: ['2026-11-09', '2026-11-10'], charges: 2, billed: { USD: '10.00' }, replaced: { USD: '15.00' } }]);
    expect(await workspace.report(['day', 'project'])).toEqual([
      ['2026-11-01', 'a', '1.00'],
      ['2026-11-09', 'c', '2.00'],
      ['2026-11-10', 'a', '8.00'],
    ]);
    // from the first day that is not final
    expect(server.asked.filter(({ path }) => path.endsWith('/costs')).map(({ query }) => dayOf(Number(query['start_time'])))).toEqual([
      '2026-11-01',
      '2026-11-08',
    ]);
    await workspace.pull(source(server.url, 'late_days: 3'), { now: noon('2026-11-12'), environment, again: '2026-11-01' });
    expect(await workspace.total()).toBe('110.00');
  });
  test('a long pause leaves no gap: what was read while a day was not over is read again', async () => {
    using workspace = new Workspace();
    const days: Record<string, Day> = { '2026-10-30': { a: 1 } };
    await using server = await bill(days);
    await workspace.pull(source(server.url, 'from: 2026-10-01'), { now: noon('2026-10-30'), environment });
    days['2026-10-30'] = { a: 7 };
    days['2026-11-15'] = { a: 2 };
    await workspace.pull(source(server.url, 'from: 2026-10-01'), { now: noon('2026-12-24'), environment });
    expect(await workspace.report(['day'])).toEqual([
      ['2026-10-30', '7.00'],
      ['2026-11-15', '2.00'],
    ]);
  });
  test('an earlier first day is read; other settings are another question: nothing of the old one stays', async () => {
    using workspace = new Workspace();
    await using server = await bill({ '2026-10-20': { a: 4 }, '2026-11-01': { a: 1 } });
    await workspace.pull(source(server.url), { now: noon('2026-11-10'), environment });
    expect(await workspace.total()).toBe('1.00');
    await workspace.pull(source(server.url, 'from: 2026-10-01'), { now: noon('2026-11-10'), environment });
    expect(await workspace.total()).toBe('5.00');
    await workspace.pull(source(server.url, 'from: 2026-11-01', 'tags: { team: ml }'), { now: noon('2026-11-10'), environment });
    expect(await workspace.report(['team', 'day'])).toEqual([['ml', '2026-11-01', '1.00']]);
  });
  test('what it told can be told apart, beside files, and taken out', async () => {
    using workspace = new Workspace();
    await using server = await bill({ '2026-11-01': { a: 1 }, '2026-12-01': { a: 2 } });
    await workspace.import(workspace.write('a.csv', 'BilledCost,BillingCurrency,ChargePeriodStart\n5,USD,2026-11-01\n'));
    const before = workspace.bytes();
    await workspace.pull(source(server.url), { now: noon('2026-12-02'), environment });
    expect(await workspace.report(['source'])).toEqual([
      ['–', '5.00'],
      ['bill', '3.00'],
    ]);
    const { forget } = await import('../../../../server/src/node/source-ledger.js');
    expect(await forget(workspace.ledger, 'bill')).toBe(true);
    expect(await forget(workspace.ledger, 'bill')).toBe(false);
    expect(await workspace.report(['source'])).toEqual([['–', '5.00']]);
    expect(Object.keys(workspace.bytes()).filter((name) => name.startsWith('usage/'))).toEqual([]);
    expect(Object.keys(before).filter((name) => name.startsWith('2026-12'))).toEqual([]);
  });
  test('a file again does not touch what a source told', async () => {
    using workspace = new Workspace();
    await using server = await bill({ '2026-11-01': { a: 1 } });
    await workspace.pull(source(server.url), { now: noon('2026-11-02'), environment });
    const file = workspace.write(
      'a.csv',
      'BilledCost,BillingCurrency,ChargePeriodStart,ProviderName,ServiceName\n1,USD,2026-11-01T00:00:00Z,OpenAI,OpenAI API\n',
    );
    await workspace.import(file);
    await workspace.import(file);
    expect(await workspace.total()).toBe('2.00');
  });
  test('two at once: nothing lost, nothing twice', async () => {
    using workspace = new Workspace();
    await using server = await bill({ '2026-11-01': { a: 1 }, '2026-11-02': { b: 2 } });
    const pulls = Array.from({ length: 4 }, () => workspace.pull(source(server.url), { now: noon('2026-11-03'), environment }));
    await Promise.all([...pulls, workspace.import(workspace.write('a.csv', 'BilledCost,BillingCurrency,ChargePeriodStart\n5,USD,2026-11-01\n'))]);
    expect(await workspace.total()).toBe('8.00');
  });
});

describe('what fails', () => {
  test('half-way, what was read stays, and the next time goes on from there', async () => {
    using workspace = new Workspace();
    let isDown = true;
    await using server = await bill({ '2026-09-10': { a: 1 }, '2026-10-10': { a: 2 }, '2026-11-01': { a: 4 } }, ({ path, query }) =>
      isDown && path.endsWith('/costs') && Number(query['start_time']) >= at('2026-10-02') ? { status: 500, text: '' } : undefined,
    );
    const [outcome] = await workspace.pull(source(server.url, 'from: 2026-09-01'), { now: noon('2026-11-02'), environment });
    expect(outcome?.health.error?.message).toContain('answers 500');
    expect(await workspace.total()).toBe('1.00');
    isDown = false;
    server.asked.length = 0;
    await workspace.pull(source(server.url, 'from: 2026-09-01'), { now: noon('2026-11-02'), environment });
    expect(await workspace.total()).toBe('7.00');
    expect(dayOf(Number(server.asked.find(({ path }) => path.endsWith('/costs'))?.query['start_time']))).toBe('2026-10-02');
  });
  test('one source does not keep the others from being read', async () => {
    using workspace = new Workspace();
    await using server = await bill({ '2026-11-01': { a: 1 } });
    const outcomes = await workspace.pull(`${source('http://127.0.0.1:1')}\n${source(server.url).replace('name: bill', 'name: other')}`, {
      now: noon('2026-11-02'),
      environment,
    });
    expect(outcomes.map(({ name, health }) => [name, health.error?.message])).toEqual([
      ['bill', expect.stringContaining('cannot be reached')],
      ['other', undefined],
    ]);
    expect(await workspace.total()).toBe('1.00');
  });
  test.each([
    [429, 2],
    [503, 2],
  ])('a server that answers %d is asked again', async (status, times) => {
    using workspace = new Workspace();
    let left = times;
    await using server = await bill({ '2026-11-01': { a: 1 } }, () => (left-- > 0 ? { status, text: '', headers: { 'retry-after': '0' } } : undefined));
    const [outcome] = await workspace.pull(source(server.url), { now: noon('2026-11-02'), environment });
    expect(outcome?.health.error).toBeUndefined();
    expect(await workspace.total()).toBe('1.00');
  });
});

describe('a secret', () => {
  test.each([
    ['is not there', {}, 'http://127.0.0.1:1', 'the environment has no OPENAI_ADMIN_KEY'],
    [
      'is for another host',
      { OPENAI_ADMIN_KEY: 'x'.repeat(9) },
      'https://costs.example.com',
      'nothing says that OPENAI_ADMIN_KEY is meant for costs.example.com',
    ],
    [
      'is said to be for yet another',
      { OPENAI_ADMIN_KEY: 'x'.repeat(9), OPENAI_ADMIN_KEY_HOST: 'example.com' },
      'https://costs.example.com',
      'meant for costs.example.com',
    ],
    ['would go unencrypted', { OPENAI_ADMIN_KEY: 'x'.repeat(9), OPENAI_ADMIN_KEY_HOST: 'costs.example.com' }, 'http://costs.example.com', 'without encryption'],
    [
      'would go to a name that only begins like this machine’s',
      { OPENAI_ADMIN_KEY: 'x'.repeat(9) },
      'http://localhost.example.com',
      'meant for localhost.example.com',
    ],
    ['has a line break', { OPENAI_ADMIN_KEY: 'a\r\nx-other: b' }, 'http://127.0.0.1:1', 'line break'],
  ])('that %s: nothing is asked', async (_, variables, url, message) => {
    using workspace = new Workspace();
    const [outcome] = await workspace.pull(source(url), { now: noon('2026-11-02'), environment: variables as Record<string, string> });
    expect(outcome?.health.error?.message).toContain(message);
  });
  test('a variable of another name does not go to the provider either, unless its host says so', async () => {
    using workspace = new Workspace();
    const settings = '- name: bill\n  kind: openai\n  token_env: DEPLOY_TOKEN\n  from: 2026-11-01';
    const [outcome] = await workspace.pull(settings, { now: noon('2026-11-02'), environment: { DEPLOY_TOKEN: 'somebody-elses' } });
    expect(outcome?.health.error?.todo).toContain('DEPLOY_TOKEN_HOST=api.openai.com');
  });
  test('is not followed to another host; on the same one it is', async () => {
    using workspace = new Workspace();
    await using other = await bill({});
    await using server = await bill({ '2026-11-01': { a: 1 } }, ({ path }) =>
      path.startsWith('/old') ? { status: 307, text: '', headers: { location: `/v1/${path.split('/v1/')[1]}` } } : undefined,
    );
    await using away = await fake(() => ({ status: 302, text: '', headers: { location: `${other.url}/v1/x` } }));
    const [outcome] = await workspace.pull(source(away.url), { now: noon('2026-11-02'), environment });
    expect(outcome?.health.error?.message).toMatch(/sends on to 127\.0\.0\.1:\d+/);
    expect(other.asked).toEqual([]);
    const [moved] = await workspace.pull(source(`${server.url}/old`), { now: noon('2026-11-02'), environment });
    expect(moved?.health.error).toBeUndefined();
  });
  test('a name and password of a person go to nobody', async () => {
    using workspace = new Workspace();
    await expect(workspace.pull(source('https://user:pass@costs.example.com'), { now: noon('2026-11-02'), environment })).rejects.toThrow(
      'an address is expected',
    );
    await expect(workspace.pull('- name: bill\n  kind: openai\n  token: sk-admin-abc', { environment })).rejects.toThrow('no setting is called `token` here');
  });
});

describe('beside exports that .mlcost.yaml names and nobody imported', () => {
  test('both are told, a month of both as one', async () => {
    using workspace = new Workspace();
    await using server = await bill({ '2026-11-02': { a: 3 }, '2026-12-01': { a: 2 } });
    workspace.write('november.csv', 'BilledCost,BillingCurrency,ChargePeriodStart,Tags\n5,USD,2026-11-02,"{""team"":""a""}"\n');
    await workspace.pull(source(server.url, 'tags: { team: a }'), { now: noon('2026-12-02'), environment });
    const host = nodeHost('');
    const settings = { ...noSettings, spend: { ...noSettings.spend, files: ['november.csv'] } };
    const { months } = await knownSpend(host, pathToFileURL(workspace.root).href, settings);
    expect(months.map(({ month }) => month)).toEqual(['2026-11', '2026-12']);
    const { rows } = spendReport(months, { by: ['day', 'team', 'source'], cost: 'billed' });
    expect(rows.map(({ values, cost }) => [values.day, values.team, values.source, exact.toText(cost)])).toEqual([
      ['2026-11-02', 'a', null, '5.00'],
      ['2026-11-02', 'a', 'bill', '3.00'],
      ['2026-12-01', 'a', 'bill', '2.00'],
    ]);
  });
});
