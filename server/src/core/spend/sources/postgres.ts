import * as z from 'zod';
import { type CommonSettings, parts } from './settings.js';
import { SourceError, type SourceKind } from './source.js';
import { type ColumnKind, type Dialect, rolledUp, type TableSettings, tableSettings } from './sql.js';

export interface PostgresSettings extends CommonSettings, TableSettings {
  readonly kind: 'postgres';
  readonly host: string;
  readonly port?: number | undefined;
  readonly database: string;
  readonly user: string;
  readonly without_tls?: boolean | undefined;
  readonly timeout_seconds?: number | undefined;
}

/** @source PostgreSQL, pg_type.dat: numbers of the built-in types; CockroachDB, Timescale, Citus and Redshift use the same. Redshift’s SUPER is 4000 */
const kinds: Readonly<Record<string, ColumnKind>> = {
  '1082': 'date',
  '1114': 'timestamp',
  '1184': 'zoned',
  '20': 'exact',
  '21': 'exact',
  '23': 'exact',
  '1700': 'exact',
  '700': 'binary',
  '701': 'binary',
  '790': 'binary',
  '25': 'text',
  '1043': 'text',
  '1042': 'text',
  '114': 'json',
  '3802': 'json',
  '4000': 'super',
};
/** PostgreSQL 12 and later, Citus, Timescale, CockroachDB: plain SELECTs, and no function of one of them. */
const dialect: Dialect = {
  kindOf: (type) => kinds[type] ?? 'other',
  // the session is in UTC
  day: (column) => `CAST(${column} AS date)`,
  exact: (column, kind) => (kind === 'exact' ? column : `CAST(${column} AS numeric)`),
  text: (expression) => `CAST(${expression} AS varchar)`,
  key: (column, kind, parameter) => {
    if (kind !== 'json') throw new SourceError(`${column} is no JSON`, 'name a column of type json or jsonb, or make a view with a column a tag');
    return `${column} ->> CAST(${parameter} AS text)`;
  },
  parameter: (at) => `$${at}`,
  time: (parameter) => `CAST(${parameter} AS timestamp)`,
};
/** Where Redshift is not PostgreSQL.
 * @source Amazon Redshift, Database Developer Guide: unsupported data types (no json), JSON_EXTRACT_PATH_TEXT, JSON_SERIALIZE, character types (varchar is varchar(256)), numeric types (38 digits) */
const redshift: Dialect = {
  ...dialect,
  exact: (column, kind) => (kind === 'exact' ? column : `CAST(${column} AS numeric(38,12))`),
  // a varchar without a length would cut values at 256 bytes
  text: (expression) => `CAST(${expression} AS varchar(65535))`,
  key: (column, kind, parameter) => {
    const key = `CAST(${parameter} AS varchar)`;
    if (kind === 'super') return `JSON_EXTRACT_PATH_TEXT(JSON_SERIALIZE(${column}), ${key})`;
    // a text that is no JSON is a row without the tag
    if (kind === 'text') return `JSON_EXTRACT_PATH_TEXT(${column}, ${key}, true)`;
    throw new SourceError(`${column} is no JSON`, 'name a column of type SUPER, or a text with JSON in it, or make a view with a column a tag');
  },
};

/** Charges in a table of anything that speaks PostgreSQL's protocol, added up there. */
export const postgres: SourceKind<PostgresSettings> = {
  kind: 'postgres',
  title: 'PostgreSQL',
  document:
    'PostgreSQL: frontend/backend protocol, SET TRANSACTION, statement_timeout; Amazon Redshift: Database Developer Guide; CockroachDB: PostgreSQL compatibility',
  settings: () => {
    const { common, withPassword } = parts();
    return z.strictObject({
      ...common,
      kind: z.literal('postgres'),
      host: z
        .string()
        .regex(/^[\w.:-]+$/, 'the name of a host is expected')
        .describe('Host of the server: `warehouse.example.com`.'),
      port: z.number().int().min(1).max(65_535).optional().describe('5432 if it is not said; Redshift listens on 5439, CockroachDB on 26257.'),
      database: z.string().min(1).describe('Name of the database.'),
      user: z.string().min(1).describe('Role that reads: it needs SELECT on the table and nothing else.'),
      password_env: withPassword.password_env,
      without_tls: z.boolean().optional().describe('true: no encryption beyond this machine is meant.'),
      timeout_seconds: z.number().min(1).max(600).optional().describe('Longest time that a statement may run; 60 if it is not said.'),
      ...tableSettings(),
    });
  },
  daysAtOnce: 31,
  address: ({ host, port = 5432 }) => `postgres://${host.includes(':') ? `[${host}]` : host}:${port}`,
  secret: 'bearer',
  needs: 'a role with SELECT on the table',
  read: async (settings, days, port) => {
    const limit = Math.round((settings.timeout_seconds ?? 60) * 1000);
    return port.sql(async (run) => {
      await run(`SET statement_timeout = ${limit}`, []);
      await run(`SET datestyle = 'ISO, MDY'`, []);
      await run(`SET timezone = 'UTC'`, []);
      const { rows } = await run('SELECT version()', []);
      return rolledUp(settings, days, /redshift/i.test(rows[0]?.[0] ?? '') ? redshift : dialect, run);
    });
  },
};
