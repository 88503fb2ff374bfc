import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSocket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { until } from './until.js';

/** A server of a test, on this machine, which `await using` ends. */
export interface Running extends AsyncDisposable {
  readonly port: number;
}
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const socket = createSocket();
    socket.once('error', reject);
    socket.listen(0, '127.0.0.1', () => {
      const { port } = socket.address() as { port: number };
      socket.close(() => resolve(port));
    });
  });
/** An HTTP server that a test writes. */
export async function serve(handle: (request: IncomingMessage, response: ServerResponse, body: string) => void): Promise<Running & { readonly url: string }> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (piece) => {
      body += String(piece);
    });
    request.on('end', () => handle(request, response, body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
const binary = (name: string): string | undefined => ['/usr/bin', '/usr/local/bin', '/usr/sbin'].map((folder) => path.join(folder, name)).find(existsSync);
export const prometheusBinary = binary('prometheus');
export const promtoolBinary = binary('promtool');
const postgresFolder = existsSync('/usr/lib/postgresql')
  ? readdirSync('/usr/lib/postgresql')
      .sort((a, b) => Number(b) - Number(a))
      .map((version) => path.join('/usr/lib/postgresql', version, 'bin'))
      .find((folder) => existsSync(path.join(folder, 'initdb')))
  : undefined;
export const hasPostgres = postgresFolder !== undefined;

const stopped = (child: ChildProcess, folder: string) => async (): Promise<void> => {
  if (child.exitCode === null && child.signalCode === null) {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await gone;
    clearTimeout(timer);
  }
  rmSync(folder, { recursive: true, force: true });
};

/** Prometheus with series of the past, and a target that it scrapes.
 * @param past OpenMetrics text with times; ends with `# EOF` */
export async function startPrometheus({
  past,
  scrape,
  rules,
}: {
  past?: string;
  scrape?: number;
  rules?: string;
} = {}): Promise<Running & { readonly url: string }> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'mlcost-prometheus-'));
  const data = path.join(folder, 'data');
  if (past !== undefined) {
    writeFileSync(path.join(folder, 'past.om'), past);
    const { status, stderr, stdout } = spawnSync(promtoolBinary as string, ['tsdb', 'create-blocks-from', 'openmetrics', path.join(folder, 'past.om'), data], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`promtool: ${stderr}${stdout}`);
  }
  if (rules !== undefined) writeFileSync(path.join(folder, 'rules.yml'), rules);
  const targets =
    scrape === undefined
      ? ''
      : `scrape_configs:\n  - job_name: exporter\n    honor_labels: true\n    scrape_interval: 1s\n    static_configs:\n      - targets: ['127.0.0.1:${scrape}']\n`;
  writeFileSync(
    path.join(folder, 'prometheus.yml'),
    `global:\n  scrape_interval: 1s\n  evaluation_interval: 1s\n${rules === undefined ? '' : "rule_files: ['rules.yml']\n"}${targets}`,
  );
  const port = await freePort();
  const child = spawn(
    prometheusBinary as string,
    [`--config.file=${folder}/prometheus.yml`, `--storage.tsdb.path=${data}`, `--web.listen-address=127.0.0.1:${port}`, '--log.level=error'],
    { stdio: ['ignore', 'ignore', 'pipe'], cwd: folder },
  );
  let said = '';
  child.stderr?.on('data', (piece) => {
    said += String(piece);
  });
  const dispose = stopped(child, folder);
  const url = `http://127.0.0.1:${port}`;
  try {
    await until(async () => {
      if (child.exitCode !== null) throw new Error(`prometheus ended: ${said}`);
      return (await fetch(`${url}/-/ready`).catch(() => undefined))?.ok;
    });
  } catch (error) {
    await dispose();
    throw error;
  }
  return { port, url, [Symbol.asyncDispose]: dispose };
}

/** PostgreSQL with a role of a password. It does not run as root: then it runs as nobody. */
export async function startPostgres(password: string): Promise<Running & { readonly sql: (text: string) => string }> {
  const bin = postgresFolder as string;
  const folder = mkdtempSync(path.join(os.tmpdir(), 'mlcost-postgres-'));
  const isRoot = process.getuid?.() === 0;
  const [, , uid, gid] = isRoot ? (/^(?:postgres|nobody):.*$/m.exec(readFileSync('/etc/passwd', 'utf8'))?.[0] ?? '').split(':').map(Number) : [];
  const as = isRoot ? { uid: uid as number, gid: gid as number } : {};
  writeFileSync(path.join(folder, 'password'), password);
  chmodSync(folder, 0o700);
  if (isRoot) for (const one of [folder, path.join(folder, 'password')]) chownSync(one, uid as number, gid as number);
  const data = path.join(folder, 'data');
  const env = { PATH: process.env['PATH'] ?? '', LC_ALL: 'C.UTF-8', HOME: folder };
  const made = spawnSync(
    path.join(bin, 'initdb'),
    ['-D', data, '-U', 'admin', '--auth=scram-sha-256', `--pwfile=${folder}/password`, '-E', 'UTF8', '--no-sync'],
    {
      cwd: folder,
      env,
      encoding: 'utf8',
      ...as,
    },
  );
  if (made.status !== 0) throw new Error(`initdb: ${made.stderr}${made.stdout}${made.error?.message ?? ''}`);
  const port = await freePort();
  const settings = ['listen_addresses=127.0.0.1', `port=${port}`, 'unix_socket_directories=', 'fsync=off', 'shared_buffers=16MB', 'max_connections=20'];
  const child = spawn(path.join(bin, 'postgres'), ['-D', data, ...settings.flatMap((one) => ['-c', one])], {
    cwd: folder,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
    ...as,
  });
  let said = '';
  child.stderr?.on('data', (piece) => {
    said += String(piece);
  });
  const dispose = stopped(child, folder);
  const ready = path.join(bin, 'pg_isready');
  try {
    await until(() => {
      if (child.exitCode !== null) throw new Error(`postgres ended: ${said}`);
      return spawnSync(ready, ['-h', '127.0.0.1', '-p', String(port)]).status === 0;
    });
  } catch (error) {
    await dispose();
    throw error;
  }
  const sql = (text: string): string => {
    const done = spawnSync(
      path.join(bin, 'psql'),
      ['-h', '127.0.0.1', '-p', String(port), '-U', 'admin', '-d', 'postgres', '-v', 'ON_ERROR_STOP=1', '-qAtX', '-c', text],
      {
        env: { ...env, PGPASSWORD: password },
        encoding: 'utf8',
      },
    );
    if (done.status !== 0) throw new Error(`psql: ${done.stderr}`);
    return done.stdout.trim();
  };
  return { port, sql, [Symbol.asyncDispose]: dispose };
}
