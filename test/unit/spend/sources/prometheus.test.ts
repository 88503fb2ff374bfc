import { describe, expect, test } from 'vitest';
import { Workspace } from '../../../support/ledger.js';
import { type Asked, fake } from '../../../support/source-fake.js';

// What a real Prometheus does not do by itself: tenants, warnings, limits, odd values. Shapes of its HTTP API v1, and of Mimir's and Thanos' beside it.
const at = (day: string): number => Date.parse(`${day}T00:00:00Z`) / 1000;
const now = Date.parse('2026-11-03T00:00:00Z');
const matrix = (day: string, value: string, metric: object = { namespace: 'search', modelName: 'NVIDIA L4' }): object => ({
  resultType: 'matrix',
  result: [{ metric, values: [[at(day) + 86_400, value]] }],
});
const source = (url: string, ...more: string[]): string =>
  ['- name: cluster', 'kind: prometheus', `url: ${url}/prometheus`, 'counts: false', 'read: [gpu]', 'from: 2026-11-01', ...more].join('\n  ');
const isHours = ({ query }: Asked): boolean => query['query']?.includes('count_over_time((avg_over_time(') === true && !query['query'].includes('<');

describe('servers that answer as Prometheus does', () => {
  test('the tenant and the user are sent; warnings and partial answers are shown', async () => {
    using workspace = new Workspace();
    await using server = await fake((asked) => ({
      status: 'success',
      data: isHours(asked) ? matrix('2026-11-01', '24') : { resultType: 'matrix', result: [] },
      warnings: ['fetch series from store-1: no such host, partial response'],
      infos: ['PromQL info: metric might not be a counter'],
    }));
    const settings = source(server.url, 'tenant: ml', 'user: reader', 'password_env: MIMIR', 'match: { cluster: "a\\"b" }', 'by: { team: exported_namespace }');
    const [outcome] = await workspace.pull(settings, { now, environment: { MIMIR: 'pass-word' } });
    expect(outcome?.health.error).toBeUndefined();
    expect(outcome?.health.notes).toEqual(
      expect.arrayContaining([
        'the server says: fetch series from store-1: no such host, partial response',
        'the server says: PromQL info: metric might not be a counter',
      ]),
    );
    for (const { path, headers, query } of server.asked) {
      expect(path).toBe('/prometheus/api/v1/query_range');
      expect(headers).toMatchObject({ 'x-scope-orgid': 'ml', authorization: `Basic ${Buffer.from('reader:pass-word').toString('base64')}` });
      expect(query['query']).toContain('{cluster="a\\"b"}');
    }
    expect(server.asked.some(({ query }) => query['query']?.startsWith('sum by (exported_namespace, modelName)'))).toBe(true);
  });
  test.each(['NaN', '+Inf', '-1', '0'])('%s is no use', async (value) => {
    using workspace = new Workspace();
    await using server = await fake((asked) => ({
      status: 'success',
      data: isHours(asked) ? matrix('2026-11-01', value) : { resultType: 'matrix', result: [] },
    }));
    const [outcome] = await workspace.pull(source(server.url), { now });
    expect(outcome?.health.error).toBeUndefined();
    expect(await workspace.usage(['day'])).toEqual([]);
  });
  test.each([
    [
      422,
      { status: 'error', errorType: 'execution', error: 'query processing would load too many samples into memory' },
      'too many samples',
      'raise step_minutes',
    ],
    [400, { status: 'error', errorType: 'bad_data', error: 'parse error' }, 'parse error', 'check the settings'],
    [401, { error: 'no org id' }, 'answers 401', 'read access'],
    [200, { status: 'error', error: 'limit reached' }, 'limit reached', 'check that the address'],
  ])('%d is a failure, with what to do', async (status, body, message, todo) => {
    using workspace = new Workspace();
    await using server = await fake(() => ({ status, text: JSON.stringify(body) }));
    const [outcome] = await workspace.pull(source(server.url), { now });
    expect(outcome?.health.error?.message).toContain(message);
    expect(outcome?.health.error?.todo).toContain(todo);
  });
  test('a server that cannot hold so many days at once is asked for fewer', async () => {
    using workspace = new Workspace();
    await using server = await fake(({ query }) =>
      Number(query['end']) > Number(query['start'])
        ? { status: 422, text: '{"status":"error","error":"query processing would load too many samples into memory"}' }
        : {
            status: 'success',
            data: { resultType: 'matrix', result: [{ metric: { namespace: 'a', modelName: 'NVIDIA L4' }, values: [[Number(query['end']), '24']] }] },
          },
    );
    const [outcome] = await workspace.pull(source(server.url).replace('2026-11-01', '2026-10-27'), { now });
    expect(outcome?.health.error).toBeUndefined();
    expect(outcome?.told.map(({ changed }) => changed)).toEqual(
      ['27', '28', '29', '30', '31'].map((day) => [`2026-10-${day}`]).concat([['2026-11-01'], ['2026-11-02']], [[]]),
    );
    expect(await workspace.usage([], 'gpu_hours')).toEqual(['gpu_hours 168']);
  });
  test('a day that was seen in part is said, with the hours', async () => {
    using workspace = new Workspace();
    await using server = await fake((asked) => ({
      status: 'success',
      data: isHours(asked)
        ? matrix('2026-11-01', '6')
        : asked.query['query']?.startsWith('count_over_time((count(')
          ? matrix('2026-11-01', '72', {})
          : { resultType: 'matrix', result: [] },
    }));
    const [outcome] = await workspace.pull(source(server.url), { now });
    expect(outcome?.health.notes).toContain('2026-11-01: GPUs were seen in 6.0 of 24.0 hours; what was between is not counted');
  });
  test('money needs a price', async () => {
    using workspace = new Workspace();
    await expect(workspace.pull(source('http://127.0.0.1:1').replace('counts: false', 'counts: true'), { now })).rejects.toThrow('needs price_per_gpu_hour');
  });
});
