import { createHash } from 'node:crypto';
import { type Moment, pastWorkload } from '../core/index.js';
import type { Entry, GitRepository } from './git.js';
import type { CommitChanges } from './git-log.js';
import type { GitProject } from './git-project.js';
import type { HistoryStore, PastPlace } from './history-store.js';

/** A project at a commit. */
export interface CommitMoment extends Moment {
  readonly commit: CommitChanges;
  readonly places: readonly PastPlace[];
}
export interface HistoryCounts {
  /** Commits whose files had to be read. */
  read: number;
  /** Commits whose files were known from before. */
  known: number;
}
/** How many commits' findings wait in memory before they are written: no more are lost where somebody does not wait for the end. */
const flushEvery = 20;

/** A project through commits, the oldest first: a state is read only if no state with the same files was read before. */
export async function momentsOf(
  commits: readonly CommitChanges[],
  repository: GitRepository,
  project: GitProject,
  store: HistoryStore,
  onProgress: (done: number) => void = () => {},
): Promise<{ readonly moments: CommitMoment[]; readonly counts: HistoryCounts }> {
  const counts: HistoryCounts = { read: 0, known: 0 };
  const moments: CommitMoment[] = [];
  const [first] = commits;
  if (!first) return { moments, counts };
  const view = await repository.files({ kind: 'commit', name: first.oid, oid: first.oid });
  let state = 0n;
  for (const [name, { oid }] of view) state ^= hashOf(name, oid);
  let last: { state: bigint; places: readonly PastPlace[]; workloads: Moment['workloads'] } | undefined;
  for (const [at, commit] of commits.entries()) {
    if (at > 0) state ^= changed(view, commit);
    if (last?.state !== state) {
      const key = state.toString(16);
      let places = store.get(key);
      if (places) counts.known++;
      else {
        counts.read++;
        const { workloads } = await project.atView(new Map(view));
        places = store.keep(
          key,
          workloads.map((found) => ({ past: pastWorkload(found, found.at.file), id: found.workload.id, line: found.at.line })),
        );
      }
      last = { state, places, workloads: same(places, last?.places) ? (last?.workloads ?? []) : places.map(({ past }) => past) };
    }
    moments.push({ commit, places: last.places, workloads: last.workloads, renamed: commit.renamed });
    if (at % flushEvery === flushEvery - 1) await store.flush();
    onProgress(at + 1);
  }
  await store.flush();
  return { moments, counts };
}

/** Takes a commit's changes into the files; answers what they do to the state's hash. */
function changed(view: Map<string, Entry>, { files }: CommitChanges): bigint {
  let difference = 0n;
  for (const [name, oid] of files) {
    const before = view.get(name);
    if (before) difference ^= hashOf(name, before.oid);
    if (oid === undefined) view.delete(name);
    else {
      view.set(name, { oid, size: undefined });
      difference ^= hashOf(name, oid);
    }
  }
  return difference;
}
/** Texts for people are never read. */
const unread = /\.(?:md|mdx|rst|png|jpe?g|gif|svg|webp|mp4|pdf)$/i;
function hashOf(name: string, oid: string): bigint {
  return unread.test(name) ? 0n : BigInt(`0x${createHash('sha1').update(`${name}\0${oid}`).digest('hex')}`);
}
const same = (a: readonly PastPlace[], b: readonly PastPlace[] | undefined): boolean =>
  b !== undefined && a.length === b.length && a.every((one, at) => one.past === b[at]?.past);
