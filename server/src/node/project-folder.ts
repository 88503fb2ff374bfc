import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { UsageError } from '../cli/options.js';
import { settingsFileName } from '../core/index.js';

/** The folder, this one or one above it in the same repository, whose `.mlcost.yaml` holds for it: one file costs the same, wherever it is asked from. */
export function settingsFolder(folder: string): string | undefined {
  for (let at = folder; ; at = path.dirname(at)) {
    if (existsSync(path.join(at, settingsFileName))) return at;
    if (existsSync(path.join(at, '.git')) || path.dirname(at) === at) return undefined;
  }
}

/** The folder whose files are read together with a file: what was named, else the one whose settings hold for it, else the working folder where it holds the file, else the file's own.
 * @param file without links */
export async function projectOf(file: string, named: unknown): Promise<string> {
  const folder = await realpath(typeof named === 'string' ? named : '.').catch(() => {
    throw new UsageError(`${String(named)}: no such folder`);
  });
  if (typeof named === 'string') {
    if (file.startsWith(folder + path.sep)) return folder;
    throw new UsageError(`${file} is not in ${named}`);
  }
  return settingsFolder(path.dirname(file)) ?? (file.startsWith(folder + path.sep) ? folder : path.dirname(file));
}
