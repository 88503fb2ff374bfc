import { describe, expect, test } from 'vitest';
import { type PostgresSettings, postgres } from '../../../../server/src/core/spend/sources/postgres.js';
import type { SourceAnswer, SourcePort, SqlAnswer } from '../../../../server/src/core/spend/sources/source.js';

// Versions as the servers give them, types by their numbers. PostgreSQL itself is asked in test/servers; the others cannot be started here.
const versions = {
  postgres: 'PostgreSQL 17.2 on x86_64-pc-linux-gnu',
  cockroach: 'CockroachDB CCL v24.1.0 (x86_64-pc-linux-gnu)',
  redshift: 'PostgreSQL 8.0.2 on i686-pc-linux-gnu, compiled by GCC gcc (GCC) 3.4.2 20041017 (Red Hat 3.4.2-6.fc3), Redshift 1.0.77467',
} as const;
const settings: PostgresSettings = {
  name: 'warehouse',
  kind: 'postgres',
  host: 'localhost',
  database: 'finops',
  user: 'reader',
  table: 'finops.focus',
  columns: { team: { column: 'tags', key: 'team' } },
};
const days = { from: '2026-11-01', to: '2026-11-02' };

/** What a server is asked, and what becomes of its rows. */
async function ask(
  version: keyof typeof versions,
  { tags, billed = '1700' }: { tags: string; billed?: string },
  rows: SqlAnswer['rows'] = [],
): Promise<{ statements: string[]; answer: SourceAnswer }> {
  const statements: string[] = [];
  const columns = Object.entries({ chargeperiodstart: '1184', billedcost: billed, billingcurrency: '1043', tags }).map(([name, type]) => ({ name, type }));
  const sql: SourcePort['sql'] = (use) =>
    use(async (statement) => {
      statements.push(statement);
      if (statement === 'SELECT version()') return { columns: [], rows: [[versions[version]]] };
      return statement.endsWith('LIMIT 0') ? { columns, rows: [] } : { columns: [], rows };
    });
  const answer = await postgres.read(settings, days, { sql, ask: () => Promise.reject(new Error('not over HTTP')) }, 0);
  return { statements, answer };
}
const roll = async (...args: Parameters<typeof ask>): Promise<string> => (await ask(...args)).statements.at(-1) ?? '';

describe('what is asked over PostgreSQL’s protocol', () => {
  test.each([
    ['postgres', '3802', 'CAST("tags" ->> CAST($1 AS text) AS varchar)'],
    ['cockroach', '3802', 'CAST("tags" ->> CAST($1 AS text) AS varchar)'],
    ['redshift', '4000', 'CAST(JSON_EXTRACT_PATH_TEXT(JSON_SERIALIZE("tags"), CAST($1 AS varchar)) AS varchar(65535))'],
    ['redshift', '1043', 'CAST(JSON_EXTRACT_PATH_TEXT("tags", CAST($1 AS varchar), true) AS varchar(65535))'],
  ] as const)('%s, tags of type %s', async (version, tags, key) => expect(await roll(version, { tags })).toContain(key));
  test.each([
    ['postgres', 'SUM(CAST("billedcost" AS numeric))'],
    ['cockroach', 'SUM(CAST("billedcost" AS numeric))'],
    ['redshift', 'SUM(CAST("billedcost" AS numeric(38,12)))'],
  ] as const)('%s: doubles are made decimals before they are added', async (version, sum) =>
    expect(await roll(version, { tags: version === 'redshift' ? '4000' : '3802', billed: '701' })).toContain(sum),
  );
  test('only SELECTs and settings of the session: no cursor, no catalog, no function that one of the servers lacks', async () => {
    for (const version of ['postgres', 'cockroach'] as const) {
      const { statements } = await ask(version, { tags: '3802' });
      for (const statement of statements) {
        expect(statement).toMatch(/^(SELECT|SET (statement_timeout|datestyle|timezone)) /);
        expect(statement.match(/\b\w+(?=\()/g) ?? []).toSatisfy((names: string[]) => names.every((name) => /^(version|CAST|SUM|COUNT|AND)$/.test(name)));
      }
    }
  });
  test.each([
    ['postgres', '1043', 'json or jsonb'],
    ['redshift', '1700', 'SUPER'],
  ] as const)('%s: a tag in a column of type %s is refused, with what would do', async (version, tags, todo) =>
    expect(ask(version, { tags })).rejects.toMatchObject({ message: '"tags" is no JSON', todo: expect.stringContaining(todo) }),
  );
});
test('small sums as CockroachDB writes them are exact', async () => {
  const { answer } = await ask('cockroach', { tags: '3802' }, [['2026-11-01', 'USD', 'search', '1.5E-7', '0']]);
  expect(answer.charges).toEqual([expect.objectContaining({ day: '2026-11-01', billed: { digits: 15n, scale: 8 }, values: { team: 'search' } })]);
});
test('a sum that is no number is said, not left out', async () => {
  await expect(ask('postgres', { tags: '3802' }, [['2026-11-01', 'USD', 'search', 'NaN', '0']])).rejects.toMatchObject({
    message: 'a sum of 2026-11-01 is NaN, which is no amount',
    todo: expect.stringContaining('NaN'),
  });
});
