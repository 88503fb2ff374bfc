import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LineCommit } from '../host/host.js';
import { GitRepository } from './git.js';

/** Which commit each line of a file's text comes from.
 * @errors where the file is in no repository, or git has no commit of it */
export async function lineCommits(uri: string, text: string): Promise<readonly (LineCommit | undefined)[]> {
  if (!uri.startsWith('file:')) throw new Error('git is reached for files of this machine only');
  const file = await realpath(fileURLToPath(uri));
  const repository = await GitRepository.at(path.dirname(file));
  const name = path.relative(repository.folder, file).replaceAll('\\', '/');
  return await repository.blame(name, text).catch(() => {
    throw new Error(`git has no commit of ${name}`);
  });
}
