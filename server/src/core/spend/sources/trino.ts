import * as z from 'zod';
import { fieldOf, listOf, textOf } from './json.js';
import { type CommonSettings, parts } from './settings.js';
import { SourceError, type SourceKind, type SourcePort, type SqlAnswer } from './source.js';
import { type ColumnKind, type Dialect, type Run, rolledUp, type TableSettings, tableSettings } from './sql.js';

export interface TrinoSettings extends CommonSettings, TableSettings {
  readonly kind: 'trino';
  readonly url: string;
  readonly user: string;
  readonly timeout_seconds?: number | undefined;
}
const dialect: Dialect = {
  kindOf: (type): ColumnKind => {
    const name = type.toLowerCase();
    if (name === 'date') return 'date';
    if (/^timestamp.*with time zone$/.test(name)) return 'zoned';
    if (/^timestamp/.test(name)) return 'timestamp';
    if (/^(decimal|bigint|integer|smallint|tinyint)/.test(name)) return 'exact';
    if (/^(double|real)/.test(name)) return 'binary';
    if (/^(varchar|char)/.test(name)) return 'text';
    return /^map\(/.test(name) ? 'map' : 'other';
  },
  day: (column, kind) => (kind === 'zoned' ? `CAST(${column} AT TIME ZONE 'UTC' AS date)` : `CAST(${column} AS date)`),
  exact: (column, kind) => (kind === 'exact' ? column : `CAST(${column} AS decimal(38,12))`),
  text: (expression) => `CAST(${expression} AS varchar)`,
  key: (column, kind, parameter) => {
    if (kind === 'map') return `element_at(${column}, ${parameter})`;
    throw new SourceError(`${column} is no map`, 'name a column of type map, or make a view with a column a tag');
  },
  parameter: () => '?',
  time: (parameter) => `CAST(${parameter} AS timestamp)`,
};

/** Charges in a table that Trino reaches, added up there. */
export const trino: SourceKind<TrinoSettings> = {
  kind: 'trino',
  title: 'Trino',
  document: 'Trino documentation, Developer guide: Trino client REST API; EXECUTE IMMEDIATE',
  settings: () => {
    const { address, common, overHttp, withPassword } = parts();
    return z.strictObject({
      ...common,
      kind: z.literal('trino'),
      ...overHttp,
      url: address,
      user: z.string().min(1).describe('User that reads.'),
      password_env: withPassword.password_env,
      timeout_seconds: z.number().min(1).max(3600).optional().describe('Longest time that a statement may run; 300 if it is not said.'),
      ...tableSettings(),
    });
  },
  daysAtOnce: 31,
  address: ({ url }) => url,
  secret: 'bearer',
  needs: 'a user with SELECT on the table',
  read: (settings, days, port) => rolledUp(settings, days, dialect, runOn(settings, port)),
};

/** Answers of one statement are looked for this often at most; Trino itself holds each one back until there is something new, up to a second. */
const mostTurns = 20_000;
/** Runs statements by Trino's protocol: a statement is posted, then `nextUri` is followed until there is none. What stops early is cancelled. */
function runOn({ user, timeout_seconds: limit = 300 }: TrinoSettings, port: SourcePort): Run {
  const headers = {
    'x-trino-user': user,
    'x-trino-source': 'mlcost',
    'x-trino-time-zone': 'UTC',
    'x-trino-session': `query_max_run_time=${encodeURIComponent(`${limit}s`)}`,
  };
  return async (statement, parameters) => {
    const body = parameters.length === 0 ? statement : `EXECUTE IMMEDIATE ${literal(statement)} USING ${parameters.map(literal).join(', ')}`;
    let answer = await port.ask({ path: '/v1/statement', method: 'POST', headers, body });
    let columns: SqlAnswer['columns'] = [];
    const rows: (string | null)[][] = [];
    let next = textOf(answer, 'nextUri');
    try {
      for (let turn = 0; ; turn++) {
        if (fieldOf(answer, 'error') !== undefined) throw failed(answer);
        if (Array.isArray(fieldOf(answer, 'columns')))
          columns = listOf(answer, 'columns').map((one) => ({ name: textOf(one, 'name'), type: textOf(one, 'type') }));
        if (Array.isArray(fieldOf(answer, 'data')))
          for (const row of listOf(answer, 'data') as readonly (readonly unknown[])[])
            rows.push(row.map((cell) => (cell === null ? null : typeof cell === 'string' ? cell : String(cell))));
        if (next === '') return { columns, rows };
        if (turn >= mostTurns) throw new SourceError('the statement does not come to an end', 'look at it in the web page of Trino');
        answer = await port.ask({ path: '', url: next, headers });
        next = textOf(answer, 'nextUri');
      }
    } catch (error) {
      if (next !== '') await port.ask({ path: '', url: next, method: 'DELETE', headers }).catch(() => undefined);
      throw error;
    }
  };
}
function failed(answer: unknown): SourceError {
  const [message, name] = [textOf(answer, 'error', 'message'), textOf(answer, 'error', 'errorName')];
  const todo = /PERMISSION_DENIED/.test(name)
    ? 'grant SELECT on the table to the user'
    : /NOT_FOUND/.test(name)
      ? 'check catalog, schema and table in the settings'
      : /EXCEEDED|INSUFFICIENT/.test(name)
        ? 'raise timeout_seconds, or make a view with fewer columns'
        : 'try the statement in Trino itself';
  return new SourceError(`Trino: ${message || name}`, todo);
}
/** A text as SQL writes it: a quote is the only letter that ends one. Days are checked before; this holds for what a person wrote in `where`. */
const literal = (value: string): string => `'${value.replaceAll("'", "''")}'`;
