import { type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process';
import path from 'node:path';
import { UsageError } from '../cli/options.js';
import type { LineCommit } from '../host/host.js';
import { readBlame } from './git-blame.js';
import { type CommitChanges, commitFormat, readChanges } from './git-log.js';

/** What a state of a repository holds at a path. */
export interface Entry {
  /** `onDisk` where the work tree's own text counts. */
  readonly oid: string;
  readonly size: number | undefined;
}
/** A state of a repository: a commit, what is staged, or the work tree's tracked files. */
export type State = { readonly kind: 'commit'; readonly name: string; readonly oid: string } | { readonly kind: 'staged' } | { readonly kind: 'worktree' };

export const onDisk = 'on disk';

/** Nothing that a repository configures may run while it is read, nothing is fetched, and its index is left as it is. */
const safe = [
  '-c',
  'core.fsmonitor=false',
  '-c',
  'core.hooksPath=/dev/null',
  '-c',
  'diff.external=',
  '-c',
  'core.quotePath=false',
  '-c',
  'log.showSignature=false',
  '-c',
  'log.showRoot=true',
];
type Environment = Readonly<Record<string, string | undefined>>;
const environment: Environment = { ...process.env, GIT_OPTIONAL_LOCKS: '0', GIT_NO_LAZY_FETCH: '1', GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' };

/** The environment in which filters that a configuration names (`filter.lfs.clean`) are none: git runs them on files that it compares. */
async function withoutFilters(folder: string): Promise<Environment> {
  const names = await run(folder, environment, ['config', '--null', '--name-only', '--get-regexp', '^filter\\.']).catch(() => '');
  const settings = records(names).map((name) => [name, name.endsWith('.required') ? 'false' : ''] as const);
  const entries = settings.flatMap(([name, value], at) => [
    [`GIT_CONFIG_KEY_${at}`, name],
    [`GIT_CONFIG_VALUE_${at}`, value],
  ]);
  return { ...environment, GIT_CONFIG_COUNT: String(settings.length), ...Object.fromEntries(entries) };
}

/** Git's objects, read by git itself: nothing is checked out. */
export class GitRepository {
  /** The top folder. */
  readonly folder: string;
  private reader: ObjectReader | undefined;
  private readonly environment: Environment;
  private constructor(folder: string, environment: Environment) {
    this.folder = folder;
    this.environment = environment;
  }
  /** @errors UsageError where the place is in no repository, or git is not installed */
  static async at(place: string): Promise<GitRepository> {
    const top = await run(place, environment, ['rev-parse', '--show-toplevel']).catch((error: Error) => {
      throw new UsageError(/ENOENT/.test(error.message) ? 'git is needed for this and was not found' : `${place} is in no git repository`);
    });
    const folder = path.resolve(top.replace(/\n$/, ''));
    return new GitRepository(folder, await withoutFilters(folder));
  }
  /** @errors UsageError for a name that means no commit */
  async commit(name: string): Promise<State & { kind: 'commit' }> {
    const oid = await this.git(['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]).catch(() => '');
    if (oid.trim() === '') throw new UsageError(`no commit is called '${name}' here; a shallow clone holds only its newest ones (fetch-depth: 0)`);
    return { kind: 'commit', name, oid: oid.trim() };
  }
  /** Where two lines of work parted. */
  async mergeBase(a: string, b: string): Promise<State & { kind: 'commit' }> {
    const [one, other] = [await this.commit(a), await this.commit(b)];
    const oid = (await this.git(['merge-base', one.oid, other.oid]).catch(() => '')).trim();
    if (oid === '') throw new UsageError(`'${a}' and '${b}' have no common commit here; a shallow clone may lack it (fetch-depth: 0)`);
    return { kind: 'commit', name: a, oid };
  }
  /** Files by path: no links, no submodules. */
  async files(state: State): Promise<Map<string, Entry>> {
    const found = new Map<string, Entry>();
    if (state.kind === 'commit') {
      for (const line of records(await this.git(['ls-tree', '-r', '-z', '--long', '--full-tree', state.oid]))) {
        const [, mode, oid, size, name] = /^(\d+) \w+ ([0-9a-f]+) +(\d+|-)\t(.*)$/s.exec(line) ?? [];
        if (mode?.startsWith('100') && oid && name) found.set(name, { oid, size: Number(size) });
      }
    } else {
      for (const line of records(await this.git(['ls-files', '-s', '-z', '--full-name', ':/']))) {
        const [, mode, oid, stage, name] = /^(\d+) ([0-9a-f]+) (\d)\t(.*)$/s.exec(line) ?? [];
        if (mode?.startsWith('100') && stage === '0' && oid && name) found.set(name, { oid, size: undefined });
      }
      // What differs from the index is read from the disk, and is no object that could be named.
      if (state.kind === 'worktree')
        for (const name of records(await this.git(['diff-files', '-z', '--name-only', '--no-ext-diff', '--ignore-submodules=all'])))
          if (found.has(name)) found.set(name, { oid: onDisk, size: undefined });
    }
    return found;
  }
  /** Where files were moved to between two states, by their former paths. */
  async renames(before: State & { kind: 'commit' }, after: State): Promise<ReadonlyMap<string, string>> {
    const range = after.kind === 'commit' ? [before.oid, after.oid] : after.kind === 'staged' ? ['--cached', before.oid] : [before.oid];
    const among = (least: string): Promise<string> =>
      this.git(['diff', '--name-status', '--diff-filter=R', '-z', least, '--no-ext-diff', '--no-textconv', '--ignore-submodules=all', ...range, '--']);
    // A clone without some contents can still tell what was moved as it stood.
    const words = records(await among('-M').catch(() => among('-M100%')));
    const renamed = new Map<string, string>();
    for (let at = 0; at + 2 < words.length; at += 3) renamed.set(words[at + 1] ?? '', words[at + 2] ?? '');
    return renamed;
  }
  /** Paths that differ between two commits. */
  async touched(before: State & { kind: 'commit' }, after: State & { kind: 'commit' }): Promise<ReadonlySet<string>> {
    return new Set(records(await this.git(['diff', '--name-only', '--no-renames', '-z', '--no-ext-diff', '--no-textconv', before.oid, after.oid, '--'])));
  }
  /** Commits that led to a state, the newest first. */
  async history(name: string, limit: number): Promise<{ oid: string; date: string; subject: string }[]> {
    const { oid } = await this.commit(name);
    return records(await this.git(['log', '-z', '--first-parent', `--max-count=${limit}`, '--format=%H%x09%cs%x09%s', oid])).map((line) => {
      const [oid = '', date = '', ...subject] = line.split('\t');
      return { oid, date, subject: subject.join('\t') };
    });
  }
  /** Commits that led to a state with what each changed against its first parent, the oldest first. One git process answers all. */
  async changes(name: string, limit: number): Promise<CommitChanges[]> {
    const { oid } = await this.commit(name);
    const among = (likeness: string): Promise<string> =>
      this.git([
        'log',
        '-z',
        '--first-parent',
        '-m',
        '--raw',
        '--no-abbrev',
        likeness,
        '--reverse',
        '--no-ext-diff',
        '--no-textconv',
        '--ignore-submodules=all',
        `--max-count=${limit}`,
        `--format=${commitFormat}`,
        oid,
      ]);
    // A clone without some contents can still tell what was moved as it stood.
    return readChanges(await among('-M').catch(() => among('-M100%')));
  }
  /** An object's bytes. One git process answers all. */
  blob(oid: string): Promise<Uint8Array> {
    this.reader ??= new ObjectReader(spawn('git', [...safe, 'cat-file', '--batch'], { cwd: this.folder, env: this.environment }));
    return this.reader.read(oid);
  }
  close(): void {
    this.reader?.close();
    this.reader = undefined;
  }
  /** Which commit each line of a text comes from, through renames of its file; undefined for a line that no commit has.
   * @param name path of the file from the repository's folder */
  async blame(name: string, text: string): Promise<readonly (LineCommit | undefined)[]> {
    return readBlame(await this.git(['blame', '--porcelain', '--root', '--no-textconv', '--contents', '-', '--', name], text));
  }
  /** True where the oldest commits are not in this clone. */
  async isShallow(): Promise<boolean> {
    return (await this.git(['rev-parse', '--is-shallow-repository'])).trim() === 'true';
  }
  private git(args: readonly string[], input?: string): Promise<string> {
    return run(this.folder, this.environment, args, input);
  }
}

/** The commit that a folder stands at, and whether files differ from it; nothing where no repository tells. */
export async function commitOf(folder: string): Promise<{ commit?: string; dirty?: boolean }> {
  const env = await withoutFilters(folder);
  const said = (args: readonly string[]): Promise<string | undefined> => run(folder, env, args, undefined, 5000).catch(() => undefined);
  const [commit, changes] = await Promise.all([said(['rev-parse', 'HEAD']), said(['status', '--porcelain', '--untracked-files=no'])]);
  return { ...(commit ? { commit: commit.trim() } : {}), ...(changes === undefined ? {} : { dirty: changes.trim() !== '' }) };
}

const records = (text: string): string[] => text.split('\0').filter((line) => line !== '');

/** @param timeout 0: none @unit ms */
function run(cwd: string, env: Environment, args: readonly string[], input?: string, timeout = 0): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile('git', [...safe, ...args], { cwd, env, timeout, maxBuffer: 1 << 30 }, (error, out) => (error ? reject(error) : resolve(out)));
    // git may end before it has read all
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}

/** Answers of `git cat-file --batch`, in the order of the questions: `<oid> blob <size>`, the bytes, a line end; or `<oid> missing`. */
class ObjectReader {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly waiting: { resolve(bytes: Uint8Array): void; reject(error: Error): void }[] = [];
  private chunks: Buffer[] = [];
  private held = 0;
  /** Bytes that the answer at the front still takes; undefined while its header is not read. */
  private needed: number | undefined;
  constructor(child: ChildProcessWithoutNullStreams) {
    this.child = child;
    child.stdout.on('data', (chunk: Buffer) => {
      this.chunks.push(chunk);
      this.held += chunk.length;
      this.answer();
    });
    const failed = (why: string): void => {
      for (const { reject } of this.waiting.splice(0)) reject(new Error(`git cat-file ${why}`));
    };
    child.on('error', (error) => failed(error.message));
    child.on('close', () => failed('ended'));
    child.stdin.on('error', () => undefined);
  }
  read(oid: string): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.child.stdin.write(`${oid}\n`);
    });
  }
  close(): void {
    this.child.stdin.end();
  }
  private answer(): void {
    for (;;) {
      if (this.needed !== undefined && this.held < this.needed + 1) return;
      const all = this.chunks.length === 1 ? (this.chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(this.chunks);
      this.chunks = [all];
      if (this.needed === undefined) {
        const end = all.indexOf(10);
        if (end < 0) return;
        const [, type, size] = all.toString('latin1', 0, end).split(' ');
        this.keep(all.subarray(end + 1));
        if (type === 'missing' || size === undefined) this.waiting.shift()?.reject(new Error('the object is not in this clone'));
        else this.needed = Number(size);
      } else {
        this.waiting.shift()?.resolve(new Uint8Array(all.subarray(0, this.needed)));
        this.keep(all.subarray(this.needed + 1));
        this.needed = undefined;
      }
    }
  }
  private keep(rest: Buffer): void {
    this.chunks = [rest];
    this.held = rest.length;
  }
}
