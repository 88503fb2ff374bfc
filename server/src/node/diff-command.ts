import { readFile, realpath } from 'node:fs/promises';
import { choicesOf } from '../cli/choices.js';
import { type Comparison, diffJson, diffMarkdown, diffTable } from '../cli/diff.js';
import { type Parsed, UsageError } from '../cli/options.js';
import type { Paint } from '../cli/report-table.js';
import type { Host } from '../host/host.js';
import { GitRepository, type State as GitState } from './git.js';
import { GitProject } from './git-project.js';

/** `mlcost diff BASE [HEAD]`: the text of the answer. */
export async function diffCommand(parsed: Parsed, host: Host, paint: Paint): Promise<string> {
  const comparison = await comparisonOf(parsed, host);
  const format = parsed.values['format'];
  if (format === 'json') return `${JSON.stringify(diffJson(comparison), null, 1)}\n`;
  return format === 'markdown' ? diffMarkdown(comparison) : diffTable(comparison, paint);
}

/** Reads both states of a repository. */
async function comparisonOf(parsed: Parsed, host: Host): Promise<Comparison> {
  const folder = await projectFolder(parsed.values['project']);
  const repository = await GitRepository.at(folder);
  try {
    const [before, after] = await statesOf(parsed, repository);
    const { preferences } = await choicesOf(parsed, (file) => readFile(file, 'utf8'));
    const project = new GitProject(repository, folder, host, preferences);
    const one = await project.at(before);
    const other = await project.at(after);
    const deltas = await project.deltas(one, other, await repository.renames(before, after));
    return {
      before: named(before),
      after: named(after),
      deltas,
      states: { before: one.workloads, after: other.workloads },
      team: { ...(one.team === undefined ? {} : { before: one.team }), ...(other.team === undefined ? {} : { after: other.team }) },
      problems: other.problems,
    };
  } finally {
    repository.close();
  }
}

/** The two states that a command line means: `A B`, `A...B` (from where they parted), `A` against the tracked files as they stand, or against what is staged. */
async function statesOf({ args, values }: Parsed, repository: GitRepository): Promise<[GitState & { kind: 'commit' }, GitState]> {
  const [written = '', head] = args;
  const range = /^(.*?)(\.\.\.?)(.*)$/.exec(written);
  if (range && head !== undefined) throw new UsageError(`'${written}' already names both sides`);
  const [, from = written, dots, to = head] = range ?? [];
  if (values['staged'] === true && to !== undefined) throw new UsageError('--staged takes one commit: the other side is what is staged');
  const before = dots === '...' ? await repository.mergeBase(from || 'HEAD', to || 'HEAD') : await repository.commit(from || 'HEAD');
  if (to !== undefined) return [before, await repository.commit(to || 'HEAD')];
  return [before, values['staged'] === true ? { kind: 'staged' } : { kind: 'worktree' }];
}
const named = (state: GitState): Comparison['before'] =>
  state.kind === 'commit' ? { name: state.name, commit: state.oid } : { name: state.kind === 'staged' ? 'staged' : 'work tree' };

/** The project's folder without links, as git names it. */
async function projectFolder(written: Parsed['values'][string] | undefined): Promise<string> {
  const place = typeof written === 'string' ? written : '.';
  return realpath(place).catch(() => {
    throw new UsageError(`${place}: no such folder`);
  });
}
