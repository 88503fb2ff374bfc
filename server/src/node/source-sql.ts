import type { Client } from 'pg';
import { isLoopback, SourceError, type SourcePort, type SourceSettings } from '../core/index.js';
import { withoutSecret } from './source-secret.js';

interface Server extends SourceSettings {
  readonly host: string;
  readonly port?: number | undefined;
  readonly database: string;
  readonly user: string;
  readonly without_tls?: boolean | undefined;
}
/** Texts as the server writes them: numbers are exact. */
const asWritten = { getTypeParser: () => (value: string) => value };

/** Statements in one read-only transaction of a PostgreSQL server.
 * @param load gives the client, when there is something to ask
 * @errors SourceError, in which the secret is never */
export function postgresSql(load: () => typeof Client, settings: SourceSettings, secret: string | undefined): SourcePort['sql'] {
  const { host, port = 5432, database, user, without_tls: plain } = settings as Server;
  return async (use) => {
    const client = new (load())({
      host,
      port,
      database,
      user,
      // an empty one, so that neither PGPASSWORD nor a file of passwords is looked at
      password: secret ?? '',
      ssl: isLoopback(host) || plain === true ? false : { rejectUnauthorized: true },
      connectionTimeoutMillis: 15_000,
      application_name: 'mlcost',
      types: asWritten as never,
    });
    // a connection that breaks while nothing runs fails the next statement
    client.on('error', () => {});
    try {
      await client.connect();
      await client.query('BEGIN READ ONLY');
      const answer = await use(async (statement, parameters) => {
        const { fields, rows } = await client.query<(string | null)[]>({ text: statement, values: [...parameters], rowMode: 'array' });
        return { columns: fields.map(({ name, dataTypeID }) => ({ name, type: String(dataTypeID) })), rows };
      });
      await client.query('ROLLBACK');
      return answer;
    } catch (error) {
      if (error instanceof SourceError) throw error;
      throw failed(error, withoutSecret(error instanceof Error ? error.message : String(error), secret), `${host}:${port}`);
    } finally {
      await client.end().catch(() => {});
    }
  };
}
/** @source PostgreSQL, Appendix A: error codes */
function failed(error: unknown, message: string, where: string): SourceError {
  const code = (error as { code?: string }).code ?? '';
  const todo = /^28/.test(code)
    ? 'check user and password'
    : code === '42501'
      ? 'grant SELECT on the table to the role'
      : /^(42P01|3F000|3D000)$/.test(code)
        ? 'check database, schema and table in the settings'
        : code === '57014'
          ? 'raise timeout_seconds, or make a view that has fewer rows'
          : /SSL|TLS|certificate|self.signed/i.test(message)
            ? 'give the server a certificate that this machine trusts (NODE_EXTRA_CA_CERTS), or say without_tls: true if that is meant'
            : /^E[A-Z]+$/.test(code) || /timeout|terminated/i.test(message)
              ? 'check host and port, and that this machine may reach it'
              : 'try the table with the same role in psql';
  return new SourceError(`${where}: ${message || code}`, todo);
}
