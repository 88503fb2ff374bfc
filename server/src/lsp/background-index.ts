import { languageOfName } from '../core/index.js';
import { never } from '../host/host.js';
import { withNested } from '../host/workspace-settings.js';
import type { Session } from './context.js';

/** Time for listing a folder's files; what is found until then is read.
 * @unit ms */
const listLimit = 5000;

/** Whether a file is of a kind that launches or configures others. */
const mayDecide = (uri: string): boolean => ![undefined, 'typescript'].includes(languageOfName(uri)) && !uri.endsWith('.ipynb');

/** Once a root has an open document with a workload, reads the files around it that may launch or configure it. Nothing before, nothing at rest. */
export class BackgroundIndex {
  private readonly session: Session;
  private readonly othersChanged: () => void;
  /** What was read, by root. */
  private readonly started = new Map<string, Set<string>>();
  /** @param othersChanged called when a file that others rest on has been read again */
  constructor(session: Session, othersChanged: () => void) {
    this.session = session;
    this.othersChanged = othersChanged;
  }
  /** Starts for the root of a document, the first time. */
  start(uri: string): void {
    const { engine, settings } = this.session;
    const root = engine.rootOf(uri);
    if (root === undefined || this.started.has(root) || settings.indexMaxFiles <= 0) return;
    this.started.set(root, new Set());
    this.run(root, uri).catch((error: unknown) => this.session.log(`index ${root}: ${error instanceof Error ? error.message : String(error)}`));
  }
  /** Forgets what was started: the folders are others now. */
  anew(): void {
    this.started.clear();
  }
  /** Reads files again that were closed or that changed on disk: what launches or configures another file is found by being known. */
  reread(uris: readonly string[]): void {
    const { engine, settings } = this.session;
    const wanted = uris.filter((uri) => {
      const read = this.started.get(engine.rootOf(uri) ?? '');
      if (!read || !mayDecide(uri) || (!read.has(uri) && read.size >= settings.indexMaxFiles)) return false;
      read.add(uri);
      return true;
    });
    if (wanted.length === 0) return;
    engine
      .index(wanted)
      .then((found) => found > 0 && this.othersChanged())
      .catch((error: unknown) => this.session.log(`read again: ${String(error)}`));
  }
  /** Reads the measured runs of a root again, where they were read before: one of their files changed. */
  again(uri: string): void {
    const { engine } = this.session;
    const root = engine.rootOf(uri);
    if (root === undefined || !this.started.has(root)) return;
    engine
      .loadRuns(root)
      .then(this.othersChanged)
      .catch((error: unknown) => this.session.log(`runs of ${root}: ${String(error)}`));
  }
  private async run(root: string, near: string): Promise<void> {
    const { engine, host, settings } = this.session;
    await host.pause();
    if (await engine.loadRuns(root)) this.session.invalidate();
    const all = await Promise.race([host.listFiles(root, never), host.delay(listLimit).then(() => [])]);
    const roots = withNested(engine.roots, all);
    const hasMore = roots.length > engine.roots.length;
    engine.roots = roots;
    const from = near.split('/');
    const steps = (uri: string): number => {
      const to = uri.split('/');
      let common = 0;
      while (common < Math.min(to.length, from.length) && to[common] === from[common]) common++;
      return to.length + from.length - 2 * common - (languageOfName(uri) === 'shell' ? 1 : 0);
    };
    const nearest = all
      .filter(mayDecide)
      .map((uri) => ({ uri, steps: steps(uri) }))
      .sort((a, b) => a.steps - b.steps || (a.uri < b.uri ? -1 : 1))
      .slice(0, settings.indexMaxFiles)
      .map(({ uri }) => uri);
    for (const uri of nearest) this.started.get(root)?.add(uri);
    const found = await engine.index(nearest);
    // Of two files that were opened together, one was looked at before the other was known.
    if (found > 0 || hasMore || this.session.reports.all().length > 1) this.session.invalidate();
  }
}
