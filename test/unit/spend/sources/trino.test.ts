import { describe, expect, test } from 'vitest';
import { Workspace } from '../../../support/ledger.js';
import { type Asked, fake } from '../../../support/source-fake.js';

// Shapes of Trino's developer guide: Trino client REST API.
const columns = [
  { name: 'chargeperiodstart', type: 'timestamp(3) with time zone' },
  { name: 'billedcost', type: 'decimal(18,6)' },
  { name: 'effectivecost', type: 'double' },
  { name: 'billingcurrency', type: 'varchar' },
  { name: 'tags', type: 'map(varchar, varchar)' },
];
const source = (url: string, ...more: string[]): string =>
  ['- name: lake', 'kind: trino', `url: ${url}`, 'user: cost', 'table: hive.finops.focus', 'from: 2026-11-01', ...more].join('\n  ');
const now = Date.parse('2026-11-03T00:00:00Z');

/** A coordinator that answers a statement in pieces. */
function coordinator(rows: (string | null)[][], more: (asked: Asked, url: string) => object | undefined = () => undefined) {
  const server: { url: string } = { url: '' };
  const made = fake((asked) => {
    const special = more(asked, server.url);
    if (special) return special;
    if (asked.method === 'DELETE') return { text: '' };
    const isLook = asked.body.includes('LIMIT 0') || asked.path.includes('/look/');
    if (asked.method === 'POST') return { id: 'q', nextUri: `${server.url}/v1/statement/queued/${isLook ? 'look' : 'sum'}/1`, stats: { state: 'QUEUED' } };
    if (isLook) return { id: 'q', columns, data: [], stats: { state: 'FINISHED' } };
    const at = Number(asked.path.split('/').pop());
    return {
      id: 'q',
      ...(at > 1 ? { data: rows.slice(at - 2, at - 1) } : {}),
      columns,
      ...(at <= rows.length ? { nextUri: `${server.url}/v1/statement/executing/sum/${at + 1}` } : {}),
      stats: { state: 'RUNNING' },
    };
  });
  return made.then((one) => {
    server.url = one.url;
    return one;
  });
}
describe('Trino', () => {
  test('a statement is followed to its end; the sums are made there', async () => {
    using workspace = new Workspace();
    await using server = await coordinator([
      ['2026-11-01', 'USD', 'search', '12.340000', '0', '6.5', '0'],
      ['2026-11-02', 'USD', null, '1.000001', '2', '0.5', '1'],
    ]);
    const [outcome] = await workspace.pull(source(server.url, 'columns: { team: { column: Tags, key: "o\'team" } }', 'where: { billingcurrency: USD }'), {
      now,
    });
    expect(outcome?.health.error).toBeUndefined();
    expect(outcome?.health.notes).toEqual(['2 rows have no cost: they are not counted']);
    expect(await workspace.report(['day', 'team'])).toEqual([
      ['2026-11-01', 'search', '12.34'],
      ['2026-11-02', '–', '1.000001'],
    ]);
    expect(await workspace.total({ cost: 'effective' })).toBe('6.50');
    const statement = server.asked.filter(({ method }) => method === 'POST')[1];
    expect(statement?.headers).toMatchObject({ 'x-trino-user': 'cost', 'x-trino-time-zone': 'UTC' });
    expect(statement?.body).toBe(
      `EXECUTE IMMEDIATE 'SELECT CAST(CAST("chargeperiodstart" AT TIME ZONE ''UTC'' AS date) AS varchar), CAST("billingcurrency" AS varchar), CAST(element_at("tags", ?) AS varchar), ` +
        `CAST(SUM("billedcost") AS varchar), CAST(COUNT(*) - COUNT("billedcost") AS varchar), CAST(SUM(CAST("effectivecost" AS decimal(38,12))) AS varchar), CAST(COUNT(*) - COUNT("effectivecost") AS varchar) ` +
        `FROM "hive"."finops"."focus" WHERE "chargeperiodstart" >= CAST(? AS timestamp) AND "chargeperiodstart" < CAST(? AS timestamp) AND CAST("billingcurrency" AS varchar) = ? GROUP BY 1, 2, 3 LIMIT 200001' ` +
        `USING 'o''team', '2026-11-01', '2026-11-04', 'USD'`,
    );
  });
  test('a busy server is asked again; one that never has time is a failure', async () => {
    using workspace = new Workspace();
    let busy = 2;
    await using server = await coordinator([['2026-11-01', 'USD', '5', '0', '5', '0']], () => (busy-- > 0 ? { status: 503, text: '' } : undefined));
    await workspace.pull(source(server.url), { now });
    expect(await workspace.total()).toBe('5.00');
    await using never = await coordinator([], () => ({ status: 503, text: '' }));
    const [outcome] = await workspace.pull(source(never.url), { now });
    expect(outcome?.health.error?.message).toMatch(/answers 503, 3 times/);
  });
  test('a failure of the statement is said, and it is cancelled where it still runs', async () => {
    using workspace = new Workspace();
    await using server = await coordinator([['2026-11-01', 'USD', '5', '0', '5', '0']], ({ path }, url) =>
      path.endsWith('/executing/sum/2')
        ? {
            id: 'q',
            error: { message: 'Access Denied: Cannot select from table', errorName: 'PERMISSION_DENIED', errorCode: 4 },
            nextUri: `${url}/v1/statement/executing/sum/3`,
          }
        : undefined,
    );
    const [outcome] = await workspace.pull(source(server.url), { now });
    expect(outcome?.health.error).toEqual({ message: 'Trino: Access Denied: Cannot select from table', todo: 'grant SELECT on the table to the user' });
    expect(server.asked.at(-1)).toMatchObject({ method: 'DELETE', path: '/v1/statement/executing/sum/3' });
  });
  test('an answer that names another host is not followed', async () => {
    using workspace = new Workspace();
    await using other = await fake(() => ({}));
    await using server = await coordinator([], ({ method }) => (method === 'POST' ? { id: 'q', nextUri: `${other.url}/v1/statement/1` } : undefined));
    const [outcome] = await workspace.pull(source(server.url, 'password_env: TRINO'), { now, environment: { TRINO: 'a-password' } });
    expect(outcome?.health.error?.message).toContain('not the host of the settings');
    expect(other.asked).toEqual([]);
    expect(server.asked[0]?.headers['authorization']).toBe(`Basic ${Buffer.from('cost:a-password').toString('base64')}`);
  });
});
