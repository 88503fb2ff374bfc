import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  type DaySpan,
  daysIn,
  healthFile,
  ledgerFolder,
  plusDays,
  readHealth,
  SourceError,
  type SourceHealth,
  type SourcePort,
  type SourceSettings,
  settingsText,
  sourceKindOf,
  spansToRead,
} from '../core/index.js';
import { locked } from './ledger-lock.js';
import { httpAsker, type Patience } from './source-http.js';
import { ledgerOnDisk, type Told, tell } from './source-ledger.js';
import { secretOf } from './source-secret.js';
import { postgresSql } from './source-sql.js';

/** What pulling needs from outside. */
export interface PullPort {
  readonly now: () => number;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The client of PostgreSQL: it is loaded by who asks a warehouse only. */
  readonly postgres: () => typeof import('pg').Client;
  readonly patience?: Patience;
  /** First day to read, whatever is known. */
  readonly again?: string;
  readonly onDays?: (name: string, from: string, to: string) => void;
  readonly onWait?: (pid: number) => void;
}
export interface Pulled {
  readonly name: string;
  readonly kind: string;
  readonly told: readonly Told[];
  readonly health: SourceHealth;
}
/** Beside the ledger: how sources are, and one lock for all who read them. */
const sourcesFolder = (root: string): string => path.join(root, path.dirname(healthFile));
const healthOf = async (root: string): Promise<Readonly<Record<string, SourceHealth>>> =>
  readHealth(await readFile(path.join(root, healthFile), 'utf8').catch(() => null));
async function keepHealth(root: string, name: string, health: SourceHealth): Promise<void> {
  const all = { ...(await healthOf(root)), [name]: health };
  const file = path.join(root, healthFile);
  const draft = `${file}.${process.pid}.new`;
  await writeFile(draft, `${JSON.stringify(all, null, 1)}\n`);
  await rename(draft, file);
}

/** Reads sources into the ledger of a workspace, one after the other. One that fails keeps what it had, and the others are read all the same.
 * @errors UnreadableLedger */
export async function pull(root: string, sources: readonly SourceSettings[], port: PullPort): Promise<Pulled[]> {
  await mkdir(sourcesFolder(root), { recursive: true });
  await writeFile(path.join(sourcesFolder(root), '.gitignore'), '*\n');
  return locked(
    sourcesFolder(root),
    async () => {
      const pulled: Pulled[] = [];
      for (const settings of sources) {
        const one = await pullOne(root, settings, port);
        await keepHealth(root, settings.name, one.health);
        pulled.push(one);
      }
      return pulled;
    },
    port.onWait,
  );
}
/** Answers of servers that would have to hold too much at once: they are asked for fewer days. */
const tooMuch = new Set<number | undefined>([413, 422]);
function halves({ from, to }: DaySpan): DaySpan[] {
  const middle = plusDays(from, Math.floor(daysIn({ from, to }) / 2) - 1);
  return [
    { from, to: middle },
    { from: plusDays(middle, 1), to },
  ];
}
async function pullOne(root: string, settings: SourceSettings, port: PullPort): Promise<Pulled> {
  const kind = sourceKindOf(settings);
  const folder = path.join(root, ledgerFolder);
  const fingerprint = createHash('sha256').update(settingsText(settings)).digest('hex').slice(0, 16);
  const before = (await healthOf(root))[settings.name];
  const now = port.now();
  const tried = new Date(now).toISOString();
  const today = tried.slice(0, 10);
  const told: Told[] = [];
  const notes = new Set<string>();
  let through = before?.through;
  const base = { name: settings.name, kind: settings.kind, told };
  try {
    const secret = secretOf(kind, settings, port.environment);
    const source: SourcePort = {
      ask: kind.address(settings).startsWith('http') ? httpAsker(kind, settings, secret, port.patience) : () => Promise.reject(new Error('not over HTTP')),
      sql: postgresSql(port.postgres, settings, secret),
    };
    const state = (await ledgerOnDisk(folder)).sources?.[settings.name];
    const spans = spansToRead(settings, state, fingerprint, today, kind.daysAtOnce, port.again);
    for (let span = spans.shift(); span; span = spans.shift()) {
      port.onDays?.(settings.name, span.from, span.to);
      const isOneDay = span.from === span.to;
      const answer = await kind.read(settings, span, source, now).catch((error: unknown) => {
        if (error instanceof SourceError && tooMuch.has(error.status) && !isOneDay) return undefined;
        throw error;
      });
      if (!answer) {
        spans.unshift(...halves(span));
        continue;
      }
      for (const note of answer.notes) notes.add(note);
      told.push(await tell(folder, settings, fingerprint, span, answer, today));
      const last = [...answer.charges, ...answer.usage].reduce((latest, { day }) => (day > latest ? day : latest), '');
      if (last !== '' && (through === undefined || last > through)) through = last;
    }
    return { ...base, health: { tried, read: tried, ...(through === undefined ? {} : { through }), notes: [...notes].slice(0, 50) } };
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    const { read } = before ?? {};
    return {
      ...base,
      health: {
        tried,
        ...(read === undefined ? {} : { read }),
        ...(through === undefined ? {} : { through }),
        error: { message: error.message, todo: error.todo },
        notes: [...notes].slice(0, 50),
      },
    };
  }
}
