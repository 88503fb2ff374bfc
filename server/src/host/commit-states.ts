import type { CodeWorkload } from '../core/index.js';
import type { Host } from './host.js';
import type { CommitCode } from './spend-variance.js';

/** Commits that are kept. */
const most = 64;

/** The code of commits for whoever does not wait: what is not known yet is read beside, and then told. A commit never changes, so each is read once. */
export class CommitStates {
  private readonly host: Host;
  private readonly told: () => void;
  private readonly log: (message: string) => void;
  private readonly known = new Map<string, readonly CodeWorkload[] | null>();
  private readonly reading = new Set<string>();
  /** @param told called when more is known */
  constructor(host: Host, told: () => void, log: (message: string) => void) {
    this.host = host;
    this.told = told;
    this.log = log;
  }
  at(root: string, commits: readonly string[]): CommitCode {
    if (!this.host.codeAt) return new Map();
    const key = (commit: string): string => `${root}\n${commit}`;
    const missing = commits.filter((commit) => !this.known.has(key(commit)) && !this.reading.has(key(commit)));
    if (missing.length > 0) void this.read(root, missing, key);
    return new Map(
      commits.flatMap((commit): [string, readonly CodeWorkload[] | 'reading'][] => {
        if (this.reading.has(key(commit))) return [[commit, 'reading']];
        const found = this.known.get(key(commit));
        return found ? [[commit, found]] : [];
      }),
    );
  }
  private async read(root: string, commits: readonly string[], key: (commit: string) => string): Promise<void> {
    for (const commit of commits) this.reading.add(key(commit));
    let found: ReadonlyMap<string, readonly CodeWorkload[]> = new Map();
    try {
      found = (await this.host.codeAt?.(root, commits)) ?? found;
    } catch (error) {
      this.log(`code of commits: ${error instanceof Error ? error.message : String(error)}`);
    }
    for (const commit of commits) {
      this.reading.delete(key(commit));
      // one that is not there is not asked for again
      this.known.set(key(commit), found.get(commit) ?? null);
    }
    for (const one of [...this.known.keys()].slice(0, Math.max(0, this.known.size - most))) this.known.delete(one);
    this.told();
  }
}
