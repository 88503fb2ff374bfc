import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { FilePlace, Located } from '../cli/diff.js';
import {
  deltaOf,
  isRunFile,
  languageOfName,
  type MlcostSettings,
  matchWorkloads,
  type Problem,
  placeOf,
  type State,
  type Surroundings,
  surroundingsOf,
} from '../core/index.js';
import { changeNoise } from '../host/blame.js';
import { contextFor, Engine, type Estimated, type Preferences, specOf } from '../host/engine.js';
import { type Host, today } from '../host/host.js';
import { hasOwnMoney } from '../host/policy.js';
import { settingsUri, withNested } from '../host/workspace-settings.js';
import type { Entry, GitRepository, State as GitState } from './git.js';
import { onDisk } from './git.js';
import { GitHost } from './git-host.js';

/** A workload of one state with its place, which only that state's text can tell. */
export interface Found extends State {
  readonly one: Estimated;
  readonly at: FilePlace;
}
/** A project as one state of its repository has it. */
export interface ProjectState {
  readonly workloads: readonly Found[];
  /** Its `.mlcost.yaml`. */
  readonly settings: MlcostSettings;
  /** Text of a file, by its path in the project. */
  readonly text: (name: string) => Promise<string | null>;
  readonly problems: readonly { readonly file: string; readonly line?: number; readonly severity: Problem['severity']; readonly message: string }[];
}

/** A project over the states of its repository. One engine reads them in turn: from one state to the next only what differs is read again. */
export class GitProject {
  private readonly folder: string;
  private readonly root: string;
  private readonly repository: GitRepository;
  private readonly files: GitHost;
  private readonly engine: Engine;
  private readonly host: Host;
  private last: ProjectState | undefined;
  constructor(repository: GitRepository, folder: string, host: Host, preferences: Preferences) {
    this.repository = repository;
    this.folder = folder;
    this.host = host;
    this.files = new GitHost(repository, host);
    this.engine = new Engine(this.files);
    this.engine.preferences = preferences;
    this.root = pathToFileURL(folder).href;
    this.engine.roots = [this.root];
  }
  get settingsUri(): string {
    return settingsUri(this.root);
  }
  async at(state: GitState): Promise<ProjectState> {
    return this.atView(await this.repository.files(state));
  }
  /** The state whose files these are. */
  async atView(view: ReadonlyMap<string, Entry>): Promise<ProjectState> {
    const changed = [...differing(this.files.view, view)].filter((name) => this.counts(name));
    for (const name of changed) this.engine.forget(this.files.uriOf(name));
    this.files.view = view;
    if (changed.length > 0 || !this.last) this.last = await this.read(view);
    return this.last;
  }
  /** True for a file that an answer may depend on: one that can be read for workloads, tells of runs, or was read for another one. */
  private counts(name: string): boolean {
    return languageOfName(name) !== undefined || isRunFile(name) || this.engine.isKnown(this.files.uriOf(name));
  }
  private async read(view: ReadonlyMap<string, Entry>): Promise<ProjectState> {
    const files = await this.files.listFiles(this.root);
    this.engine.roots = withNested([this.root], files);
    for (const root of this.engine.roots) await this.engine.loadRuns(root);
    const reports = await this.engine.scan(files);
    return {
      settings: await this.engine.settingsOf(this.root),
      text: (name) => this.files.textIn(view, pathToFileURL(path.join(this.folder, name)).href),
      workloads: reports
        .flatMap(({ workloads }) => workloads)
        .filter(hasOwnMoney)
        .map((one) => ({
          workload: one.workload,
          estimation: one.estimation,
          spec: specOf(one.workload),
          ...(one.alternatives ? { alternatives: one.alternatives } : {}),
          one,
          at: this.place(one.workload.span.uri, one.workload.span),
        })),
      problems: reports
        .flatMap(({ problems }) => problems)
        .map(({ uri, span, severity, message }) => ({ ...(span ? this.place(uri, span) : { file: this.relative(uri) }), severity, message })),
    };
  }
  /** What became of each workload.
   * @param renamed where files were moved to, by their former paths */
  async deltas(before: ProjectState, after: ProjectState, renamed: ReadonlyMap<string, string>): Promise<Located[]> {
    const noise = await changeNoise(this.host);
    const context = await this.engine.context(this.root);
    const moved = new Map([...renamed].map(([from, to]) => [this.files.uriOf(from), this.files.uriOf(to)]));
    return matchWorkloads(before.workloads, after.workloads, moved).map((pair) => {
      const side = pair.after ?? pair.before;
      return {
        ...deltaOf(pair, side ? contextFor(side.one, context) : context, noise),
        ...(pair.before ? { beforeAt: pair.before.at } : {}),
        ...(pair.after ? { afterAt: pair.after.at } : {}),
      };
    });
  }
  /** What a policy may know besides the workloads of a state. */
  async surroundings(settings: MlcostSettings, metric: Surroundings['metric']): Promise<Surroundings> {
    return surroundingsOf(settings.tags, await this.engine.context(this.root), today(this.host), metric);
  }
  private relative(uri: string): string {
    return path.relative(this.folder, fileURLToPath(uri)).replaceAll('\\', '/');
  }
  place(uri: string, span: Parameters<typeof placeOf>[1]): FilePlace {
    const document = this.engine.document(uri);
    return { file: this.relative(uri), line: document ? placeOf(document, span).line : 1 };
  }
}

/** Paths whose content is not known to be the same. */
function differing(before: ReadonlyMap<string, Entry>, after: ReadonlyMap<string, Entry>): Set<string> {
  const found = new Set<string>();
  for (const [name, { oid }] of before) if (oid === onDisk || after.get(name)?.oid !== oid) found.add(name);
  for (const [name, { oid }] of after) if (oid === onDisk || !before.has(name)) found.add(name);
  return found;
}
