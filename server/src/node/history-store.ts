import { createHash } from 'node:crypto';
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { PastWorkload } from '../core/index.js';

/** A workload of a state, with its id and line there. */
export interface PastPlace {
  readonly past: PastWorkload;
  readonly id: string;
  readonly line: number;
}
export const historyFolder = '.mlcost/history';

/** What states of a project were found to hold, kept by what their files contain: lines of JSON that are only added to.
 * `{w: NAME, …}` is a workload, `{k: STATE, w: [[NAME, id, line], …]}` a state; names are hashes of what they stand for, so nothing kept can be out of date. */
export class HistoryStore {
  private readonly file: string | undefined;
  private readonly workloads = new Map<string, PastWorkload>();
  private readonly names = new Map<PastWorkload, string>();
  private readonly states = new Map<string, readonly PastPlace[]>();
  private waiting = '';
  private constructor(file: string | undefined) {
    this.file = file;
  }
  /** @param folder absent: nothing is kept
   * @param by everything besides the files that the figures depend on */
  static async open(folder: string | undefined, by: readonly (string | Uint8Array)[]): Promise<HistoryStore> {
    const hash = createHash('sha1');
    for (const one of by) hash.update(one).update('\0');
    const store = new HistoryStore(folder === undefined ? undefined : path.join(folder, `${hash.digest('hex').slice(0, 16)}.jsonl`));
    if (store.file === undefined) return store;
    const text = await readFile(store.file, 'utf8').catch(() => '');
    for (const line of text.split('\n')) store.take(line);
    // the end of what another process was stopped in the midst of
    if (text !== '' && !text.endsWith('\n')) store.waiting = '\n';
    return store;
  }
  get(state: string): readonly PastPlace[] | undefined {
    return this.states.get(state);
  }
  /** @returns the same workloads as those that were kept before, where they say the same */
  keep(state: string, found: readonly PastPlace[]): readonly PastPlace[] {
    const own = found.map(({ past, id, line }) => ({ past: this.interned(past), id, line }));
    this.states.set(state, own);
    this.waiting += `${JSON.stringify({ k: state, w: own.map(({ past, id, line }) => [this.names.get(past), id, line]) })}\n`;
    return own;
  }
  /** Writes what was found since. A folder that cannot be written to only makes the next time as slow as this one. */
  async flush(): Promise<void> {
    const text = this.waiting;
    this.waiting = '';
    if (this.file === undefined || text.trim() === '') return;
    try {
      const folder = path.dirname(this.file);
      await mkdir(folder, { recursive: true });
      await writeFile(path.join(folder, '.gitignore'), '*\n', { flag: 'wx' }).catch(() => undefined);
      await appendFile(this.file, text);
    } catch {
      return;
    }
  }
  private interned(past: PastWorkload): PastWorkload {
    const text = JSON.stringify(past);
    const name = createHash('sha1').update(text).digest('hex').slice(0, 20);
    const known = this.workloads.get(name);
    if (known) return known;
    this.workloads.set(name, past);
    this.names.set(past, name);
    this.waiting += `{"w":"${name}","past":${text}}\n`;
    return past;
  }
  private take(line: string): void {
    if (line === '') return;
    try {
      const row = JSON.parse(line) as { w?: string | [string, string, number][]; past?: PastWorkload; k?: string };
      if (typeof row.w === 'string' && row.past) {
        this.workloads.set(row.w, row.past);
        this.names.set(row.past, row.w);
      } else if (row.k !== undefined && Array.isArray(row.w)) {
        const found = row.w.map(([name, id, at]) => ({ past: this.workloads.get(name), id, line: at }));
        if (found.every((one): one is PastPlace => one.past !== undefined)) this.states.set(row.k, found);
      }
    } catch {
      return; // a line that was not written to its end is found anew
    }
  }
}
