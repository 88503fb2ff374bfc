import { collectRuns, isBinaryRun, type MeasuredRun, type MlcostSettings, matchesGlob, type RunFile, runLimits } from '../core/index.js';
import { type Cancellation, type Host, never } from './host.js';

/** How many files are read at a time. */
const readAhead = 16;

const none: readonly MeasuredRun[] = [];

/** The measured runs of each workspace root: read when somebody asks for them, kept until one of their files changes. */
export class RunStore {
  private readonly host: Host;
  private readonly loading = new Map<string, Promise<readonly MeasuredRun[]>>();
  private readonly loaded = new Map<string, readonly MeasuredRun[]>();
  private readonly choices = new WeakMap<MlcostSettings, { readonly from: readonly MeasuredRun[]; readonly chosen: readonly MeasuredRun[] }>();
  constructor(host: Host) {
    this.host = host;
  }
  /** Reads the runs below a root; those that were read stay. */
  load(root: string, roots: readonly string[], signal: Cancellation = never): Promise<readonly MeasuredRun[]> {
    let found = this.loading.get(root);
    if (!found) {
      found = this.read(root, roots, signal);
      this.loading.set(root, found);
      found.then(
        (runs) => this.loading.get(root) === found && this.loaded.set(root, runs),
        () => this.loading.delete(root),
      );
    }
    return found;
  }
  /** What was read so far: the same list until another one is read, so that estimates made with it still hold. */
  of(root: string | undefined): readonly MeasuredRun[] {
    return (root === undefined ? undefined : this.loaded.get(root)) ?? none;
  }
  isLoaded(root: string): boolean {
    return this.loaded.has(root);
  }
  forget(root: string): void {
    this.loading.delete(root);
    this.loaded.delete(root);
  }

  /** The runs that the settings leave in: the same list for the same settings. */
  chosen(found: readonly MeasuredRun[], settings: MlcostSettings): readonly MeasuredRun[] {
    const before = this.choices.get(settings);
    if (before?.from === found) return before.chosen;
    const { use, since, ignore = [] } = settings.runs;
    const isIn = ({ id, at }: MeasuredRun): boolean =>
      (since === undefined || (at !== undefined && at >= since)) && !ignore.some((glob) => matchesGlob(glob, id));
    const chosen = use === false ? [] : found.filter(isIn);
    this.choices.set(settings, { from: found, chosen });
    return chosen;
  }

  private async read(root: string, roots: readonly string[], signal: Cancellation): Promise<readonly MeasuredRun[]> {
    const uris = (await this.host.listRuns(root, signal)).slice(0, runLimits.files);
    const files: RunFile[] = [];
    for (let at = 0; at < uris.length && !signal.cancelled; at += readAhead) {
      files.push(...(await Promise.all(uris.slice(at, at + readAhead).map((uri) => this.file(uri)))).filter((file) => file !== undefined));
      await this.host.pause();
    }
    return collectRuns(files, roots);
  }
  /** A file that cannot be read tells nothing. */
  private async file(uri: string): Promise<RunFile | undefined> {
    try {
      if (isBinaryRun(uri)) {
        const bytes = await this.host.readBytes(uri, runLimits.bytes);
        return bytes ? { uri, bytes } : undefined;
      }
      const text = await this.host.readText(uri);
      return text === null ? undefined : { uri, text };
    } catch {
      return undefined;
    }
  }
}
