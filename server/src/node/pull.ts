import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { healthFile, ledgerFolder, readHealth, type SourceHealth, type SourceSettings, sourceKindOf } from '../core/index.js';
import { type Pulled, pullSource } from '../host/pull.js';
import type { Patience } from '../host/source-asker.js';
import { locked } from './ledger-lock.js';
import { httpAsker } from './source-http.js';
import { ledgerOnDisk, tell } from './source-ledger.js';
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
      const folder = path.join(root, ledgerFolder);
      for (const settings of sources) {
        const kind = sourceKindOf(settings);
        const one = await pullSource(settings, {
          now: port.now(),
          before: (await healthOf(root))[settings.name],
          state: async () => (await ledgerOnDisk(folder)).sources?.[settings.name],
          tell: (span, answer, today) => tell(folder, settings, span, answer, today),
          port: () => {
            const secret = secretOf(kind, settings, port.environment);
            return {
              ask: kind.address(settings).startsWith('http')
                ? httpAsker(kind, settings, secret, port.patience)
                : () => Promise.reject(new Error('not over HTTP')),
              sql: postgresSql(port.postgres, settings, secret),
            };
          },
          ...(port.again === undefined ? {} : { again: port.again }),
          ...(port.onDays ? { onDays: port.onDays } : {}),
        });
        await keepHealth(root, settings.name, one.health);
        pulled.push(one);
      }
      return pulled;
    },
    port.onWait,
  );
}
