import { fileURLToPath } from 'node:url';
import type { CodeWorkload } from '../core/index.js';
import type { Host } from '../host/host.js';
import { GitRepository } from './git.js';
import { GitProject } from './git-project.js';

/** The workloads of a project at commits of its repository, one after the other: from one to the next only what differs is read.
 * @returns without those that are not there */
export async function codeAt(root: string, host: Host, commits: readonly string[]): Promise<ReadonlyMap<string, readonly CodeWorkload[]>> {
  const found = new Map<string, readonly CodeWorkload[]>();
  if (!root.startsWith('file:')) return found;
  const folder = fileURLToPath(root);
  const repository = await GitRepository.at(folder).catch(() => undefined);
  if (!repository) return found;
  try {
    const project = new GitProject(repository, folder, host, { assumptions: [] });
    for (const commit of commits) {
      const state = await repository.commit(commit).catch(() => undefined);
      if (!state) continue;
      const { workloads } = await project.at(state);
      found.set(
        commit,
        workloads.map(({ one: { workload, estimation }, at: { file } }) => ({ workload, estimation, file })),
      );
    }
    return found;
  } finally {
    repository.close();
  }
}
