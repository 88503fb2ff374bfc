import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type ByteSource, fromBytes, isRunFile, languageOfName, maxTextLength } from '../core/index.js';
import { type Host, UnreadableFile } from '../host/host.js';
import { type Entry, type GitRepository, onDisk } from './git.js';
import { decode, inSkippedFolder } from './node-host.js';

const largestBlob = 512_000_000;

/** A host whose files are those of one state of a repository, at the places where a checkout has them. */
export class GitHost implements Host {
  /** The files in view; another state is another map. */
  view: ReadonlyMap<string, Entry> = new Map();
  readonly readAsset: Host['readAsset'];
  readonly readAssetText: Host['readAssetText'];
  readonly now: Host['now'];
  readonly pause: Host['pause'];
  readonly delay: Host['delay'];
  private readonly repository: GitRepository;
  private readonly disk: Host;
  constructor(repository: GitRepository, disk: Host) {
    this.repository = repository;
    this.disk = disk;
    ({ readAsset: this.readAsset, readAssetText: this.readAssetText, now: this.now, pause: this.pause, delay: this.delay } = disk);
  }
  uriOf(name: string): string {
    return pathToFileURL(path.join(this.repository.folder, name)).href;
  }
  async readText(uri: string): Promise<string | null> {
    return this.textIn(this.view, uri);
  }
  /** A file's text in a state that may no longer be in view. */
  async textIn(view: ReadonlyMap<string, Entry>, uri: string): Promise<string | null> {
    const entry = this.entry(uri, view);
    if (!entry) return null;
    if (entry.oid === onDisk) return this.disk.readText(uri);
    if ((entry.size ?? 0) > maxTextLength * 4)
      throw new UnreadableFile('too-large', `${Math.round((entry.size ?? 0) / 1e6)} MB: larger than ${maxTextLength / 1e6} MB, not read`);
    const text = decode(await this.repository.blob(entry.oid));
    if (text === null) throw new UnreadableFile('binary', 'binary content: not read');
    return text;
  }
  async readBytes(uri: string, limit: number): Promise<Uint8Array | null> {
    const entry = this.entry(uri);
    if (!entry) return null;
    return entry.oid === onDisk ? this.disk.readBytes(uri, limit) : (await this.repository.blob(entry.oid)).subarray(0, limit);
  }
  async withFile<T>(uri: string, use: (source: ByteSource) => Promise<T>): Promise<T | null> {
    const entry = this.entry(uri);
    if (!entry) return null;
    if (entry.oid === onDisk) return this.disk.withFile(uri, use);
    // git gives a blob whole
    if ((entry.size ?? 0) > largestBlob) throw new UnreadableFile('too-large', `${Math.round((entry.size ?? 0) / 1e6)} MB: not read from an earlier state`);
    return use(fromBytes(await this.repository.blob(entry.oid)));
  }
  async writeFile(): Promise<void> {
    throw new Error('an earlier state is not written to');
  }
  async listFiles(root: string): Promise<readonly string[]> {
    return this.listed(root, (name) => languageOfName(name) !== undefined && !inSkippedFolder(name, 'code'));
  }
  async listRuns(root: string): Promise<readonly string[]> {
    return this.listed(root, (name) => isRunFile(name) && !inSkippedFolder(name, 'runs'));
  }
  private entry(uri: string, view: ReadonlyMap<string, Entry> = this.view): Entry | undefined {
    if (!uri.startsWith('file:')) return undefined;
    return view.get(path.relative(this.repository.folder, fileURLToPath(uri)).replaceAll('\\', '/'));
  }
  private listed(root: string, wanted: (name: string) => boolean): string[] {
    const below = path.relative(this.repository.folder, fileURLToPath(root)).replaceAll('\\', '/');
    return [...this.view.keys()]
      .filter((name) => (below === '' || name === below || name.startsWith(`${below}/`)) && wanted(name))
      .map((name) => [name.split('/'), this.uriOf(name)] as const)
      .sort(([a], [b]) => byFolders(a, b))
      .map(([, uri]) => uri);
  }
}
/** The order in which a walk through the folders finds files. */
function byFolders(a: readonly string[], b: readonly string[]): number {
  for (let at = 0; at < Math.min(a.length, b.length); at++) {
    const [x = '', y = ''] = [a[at], b[at]];
    if (x !== y) return x < y ? -1 : 1;
  }
  return a.length - b.length;
}
