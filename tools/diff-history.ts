// Compares each of a repository's last commits with the one before it, as `mlcost diff` does, and says what came out:
//   node scripts/run-ts.mjs tools/diff-history.ts REPOSITORY [COMMITS]
// A false delta is one of a workload none of whose facts stands in a file that the commit touches.
import { realpathSync } from 'node:fs';
import path from 'node:path';
import { GitRepository } from '../server/src/node/git.js';
import { GitProject, type ProjectState } from '../server/src/node/git-project.js';
import { nodeHost } from '../server/src/node/node-host.js';
import { root } from './calibrate/rows.js';

const [place = '.', limit = '200'] = process.argv.slice(2);
const folder = realpathSync(place);
const repository = await GitRepository.at(folder);
const host = nodeHost(path.join(root, 'dist'));
const preferences = { assumptions: [] };
const project = new GitProject(repository, folder, host, preferences);
const commits = (await repository.history('HEAD', Number(limit) + 1)).reverse();

const [first] = commits;
if (!first) throw new Error('no commits');
const startFull = performance.now();
let before: ProjectState = await project.at({ kind: 'commit', name: first.oid, oid: first.oid });
const full = performance.now() - startFull;
let [changed, unclear, appeared, gone, falseOnes] = [0, 0, 0, 0, 0];
const times: number[] = [];
for (const [at, commit] of commits.entries()) {
  const parent = commits[at - 1];
  if (!parent) continue;
  const from = { kind: 'commit', name: parent.oid, oid: parent.oid } as const;
  const to = { kind: 'commit', name: commit.oid, oid: commit.oid } as const;
  const start = performance.now();
  const after = await project.at(to);
  const deltas = await project.deltas(before, after, await repository.renames(from, to));
  times.push(performance.now() - start);
  const touched = await repository.touched(from, to);
  for (const delta of deltas) {
    if (delta.state === 'same') continue;
    if (delta.state === 'changed') changed++;
    else if (delta.state === 'unclear') unclear++;
    else if (delta.state === 'new') appeared++;
    else gone++;
    const places = [delta.before, delta.after].flatMap((side) => side?.workload.facts.map(({ span }) => span?.uri) ?? []);
    places.push(delta.before?.workload.span.uri, delta.after?.workload.span.uri);
    if (!places.some((uri) => uri !== undefined && touched.has(path.relative(folder, decodeURIComponent(uri.replace('file://', '')))))) {
      falseOnes++;
      console.log(
        `false? ${commit.oid.slice(0, 9)} ${delta.state} ${(delta.afterAt ?? delta.beforeAt)?.file}: ${delta.causes.map(({ fact, from, to }) => `${fact} ${from} → ${to}`).join('; ')}`,
      );
    }
  }
  before = after;
}
// The last state, read afresh: going from state to state must have left nothing behind.
const afresh = await new GitProject(repository, folder, host, preferences).at({ kind: 'commit', name: 'HEAD', oid: commits.at(-1)?.oid ?? '' });
const shape = ({ workloads }: ProjectState): string => JSON.stringify(workloads.map(({ at, spec, estimation }) => [at, spec, estimation.estimates]));
times.sort((a, b) => a - b);
console.log(
  `${commits.length - 1} commits: ${changed} changed, ${unclear} unclear, ${appeared} new, ${gone} removed, ${falseOnes} without a touched file · ` +
    `median ${(times[times.length >> 1] ?? 0).toFixed(0)} ms a commit, slowest ${(times.at(-1) ?? 0).toFixed(0)} ms, a full scan ${full.toFixed(0)} ms · ` +
    `${shape(afresh) === shape(before) ? 'the same as read afresh' : 'NOT the same as read afresh'} (${before.workloads.length} workloads)`,
);
repository.close();
