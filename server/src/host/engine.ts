import {
  type Assumption,
  askPython,
  type Catalog,
  type Change,
  createDocument,
  createNotebookDocument,
  type Document,
  difference,
  type EstimateContext,
  type Estimation,
  editedDocument,
  estimate,
  type Fact,
  factsFromRuns,
  Grammars,
  grammarOf,
  grammarsFor,
  isDataFile,
  isManifest,
  isRelevant,
  isRunFile,
  isRunRecord,
  type KnownFiles,
  languageOfName,
  learnFrom,
  type Marked,
  type MeasuredRun,
  type MlcostSettings,
  markedBy,
  maxFileLength,
  maxTextLength,
  noSettings,
  type OnAccelerator,
  onLikelyAccelerators,
  type Problem,
  type ResolveInput,
  readDataSet,
  readManifest,
  recognise,
  relativeTo,
  resolve,
  type Sighting,
  type Spec,
  SyntaxTree,
  type TeamRuns,
  type Texts,
  type Workload,
} from '../core/index.js';
import { type Cancellation, type Host, never, type Offered, UnreadableFile } from './host.js';
import { ProductData } from './product-data.js';
import { RunStore } from './run-store.js';
import { isSettingsFile, settingsUri, WorkspaceSettings } from './workspace-settings.js';

/** A workload with its estimation. */
export interface Estimated {
  readonly workload: Workload;
  readonly estimation: Estimation;
  /** On a few likely accelerators, where its own is unknown. */
  readonly alternatives?: readonly OnAccelerator[];
  /** What the team's measured runs say, where some do. */
  readonly team?: TeamRuns;
}
export interface FileReport {
  readonly uri: string;
  /** True while the text does not parse as a whole: findings may be missing. */
  readonly broken?: boolean;
  readonly workloads: readonly Estimated[];
  readonly problems: readonly Problem[];
}
/** What a workspace or a command line chose; everything absent is unknown. */
export interface Preferences extends Offered {
  readonly assumptions: readonly Assumption[];
  /** What holds where neither they nor a `.mlcost.yaml` say anything: an editor's settings. */
  readonly otherwise?: Offered;
}
export interface Progress {
  readonly done: number;
  readonly total: number;
}

/** A workload as the estimator takes it. */
export const specOf = (workload: Workload): Spec => ({
  kind: workload.kind,
  facts: { framework: workload.framework, ...Object.fromEntries(workload.facts.map((fact) => [fact.name, fact.value])) },
});

/** The context for a workload: its team's runs correct every estimate of it, on other machines too. */
export const contextFor = ({ team }: Pick<Estimated, 'team'>, context: EstimateContext): EstimateContext =>
  team?.correction ? { ...context, correction: team.correction } : context;

/** A notebook with another program text: cells keep their order and their lines move along.
 * @assumes the change lies inside cells */
function withText(document: Document, text: string): Document {
  const change = difference(document.text, text);
  if (!change) return document;
  const moved = (at: number): number => (at >= change.oldEnd ? at + change.text.length - (change.oldEnd - change.start) : at);
  const cells = (document.cells ?? []).map((cell) => ({ ...cell, start: moved(cell.start), end: moved(cell.end) }));
  return { ...createDocument('program.py', text, 'python'), uri: document.uri, cells, ...(document.path === undefined ? {} : { path: document.path }) };
}

/** True for a document that has workloads, or may have some with the files that it takes in. */
const maySay = (sighting: Sighting | null | undefined): boolean => (sighting?.workloads.length ?? 0) > 0 || sighting?.joined !== undefined;

/** How many files a scan reads at a time. */
const readAhead = 16;

type Estimates = Omit<Estimated, 'workload'>;
interface Reported {
  readonly catalog: Catalog;
  readonly runs: readonly MeasuredRun[];
  readonly byFacts: ReadonlyMap<string, Estimates>;
}
const withLikely = (spec: Spec, context: EstimateContext): Estimates => {
  const estimation = estimate(spec, context);
  const open = spec.kind !== 'api-call' && estimation.unknown.some(({ fact }) => fact === 'gpu_type');
  return { estimation, ...(open ? { alternatives: onLikelyAccelerators(spec, context) } : {}) };
};

interface Open {
  document: Document;
  /** Absent for languages without a grammar. */
  tree?: SyntaxTree;
  /** Of the present text, once it was asked for. */
  marked?: Marked | undefined;
  version: number;
  sighting?: Sighting;
  /** True where no marker is in the text, so that it was not parsed. */
  skimmed?: boolean;
}

/** The read-on-demand loop around the pure core: holds texts and trees, asks the host for the files that an answer needs, and gives reports.
 * The editor and the command line use the same one, so they print the same numbers. */
export class Engine {
  /** What was asked for on a command line: wins over every `.mlcost.yaml`. */
  preferences: Preferences = { assumptions: [] };
  roots: readonly string[] = [];
  readonly grammars: Grammars;
  private readonly host: Host;
  private readonly open = new Map<string, Open>();
  /** Sightings of files that are not open; null = not there or not relevant. */
  private readonly stored = new Map<string, Sighting | null>();
  /** Texts of a scan's next files, being read. */
  private readonly early = new Map<string, Promise<string | null>>();
  private readonly storedDocuments = new Map<string, Document>();
  private readonly rawNotebooks = new Map<string, Document>();
  readonly data: ProductData;
  private readonly settings: WorkspaceSettings;
  private readonly runStore: RunStore;
  /** The estimates of open documents' last reports and of each root's last scan, by what they depend on: most edits change no fact. */
  private readonly reported = new Map<string, Reported>();
  constructor(host: Host) {
    this.host = host;
    this.data = new ProductData(host);
    this.runStore = new RunStore(host);
    this.settings = new WorkspaceSettings(async (uri) => this.open.get(uri)?.document.text ?? host.readText(uri));
    this.grammars = new Grammars((name) => host.readAsset(name));
  }

  /** Takes a document that an editor shows. */
  openText(uri: string, text: string, languageId?: string): void {
    this.close(uri);
    this.rawNotebooks.delete(uri);
    this.open.set(uri, { document: this.placed(createDocument(uri, text, languageId)), version: 0 });
  }
  /** Takes a notebook's code cells as they stand now; answers what that changed in the program. */
  openNotebook(uri: string, cells: Parameters<typeof createNotebookDocument>[1]): Change | undefined {
    const before = this.open.get(uri);
    this.rawNotebooks.delete(uri);
    const document = this.placed(createNotebookDocument(uri, cells));
    before?.tree?.replace(document.text);
    this.open.set(uri, { document, version: (before?.version ?? 0) + 1, ...(before?.tree ? { tree: before.tree } : {}) });
    return before && difference(before.document.text, document.text);
  }
  /** Takes an edit: the changes in order, each measured on the text that the previous one left; `text` is the result. */
  change(uri: string, changes: readonly Change[], text: string, languageId?: string): void {
    const entry = this.open.get(uri);
    if (!entry) return;
    const document = this.placed(editedDocument(entry.document, changes, text, languageId));
    // A stored notebook shown as text: the program is not the text, so its edits are not the program's.
    if (document.text === text) for (const [at, change] of changes.entries()) entry.tree?.apply(change, at === changes.length - 1 ? document : undefined);
    entry.tree?.replace(document.text);
    const [changed, ...more] = changes;
    const follows = entry.marked && changed && more.length === 0 && document.text === text && document.language === entry.document.language;
    entry.marked = follows ? markedBy(document, { before: entry.marked!, changed }) : undefined;
    entry.document = document;
    entry.version++;
    delete entry.sighting;
    this.forgetSettings(uri);
  }
  close(uri: string): void {
    this.forgetSettings(uri);
    this.open.get(uri)?.tree?.dispose();
    this.reported.delete(uri);
    this.open.delete(uri);
  }
  /** Forgets what was read of a file that changed on disk. */
  forget(uri: string): void {
    if (isRunFile(uri)) for (const root of this.roots) if (uri.startsWith(`${root}/`)) this.runStore.forget(root);
    this.early.delete(uri);
    this.stored.delete(uri);
    this.storedDocuments.delete(uri);
    this.rawNotebooks.delete(uri);
    this.forgetSettings(uri);
  }
  /** Reads the measured runs below a root, so that they count from then on.
   * @returns true if there are some that were not there before */
  async loadRuns(root: string, signal: Cancellation = never): Promise<boolean> {
    if (this.runStore.isLoaded(root)) return false;
    return (await this.runStore.load(root, this.roots, signal)).length > 0;
  }
  /** The measured runs that were read, newest first: those that the settings leave in, or all. */
  async runsOf(root: string | undefined, all = false): Promise<readonly MeasuredRun[]> {
    const found = this.runStore.of(root);
    return found.length === 0 || all ? found : this.runStore.chosen(found, await this.settings.of(root));
  }
  /** True if the file was read, open or not: a change of it may change answers. */
  isKnown(uri: string): boolean {
    return this.stored.has(uri) || this.open.has(uri) || isSettingsFile(uri);
  }
  /** The workspace root that a file belongs to: the innermost. */
  rootOf(uri: string): string | undefined {
    return (
      this.roots.filter((root) => uri === root || uri.startsWith(`${root}/`)).sort((a, b) => b.length - a.length)[0] ??
      (this.roots.length === 1 ? this.roots[0] : undefined)
    );
  }
  /** What the `.mlcost.yaml` that holds for a file says. */
  settingsOf(uri: string): Promise<MlcostSettings> {
    return this.settings.of(this.rootOf(uri));
  }
  document(uri: string): Document | undefined {
    return this.open.get(uri)?.document ?? this.storedDocuments.get(uri);
  }
  /** The texts as they stand, to make edits in. */
  readonly texts: Texts = {
    document: (uri) => this.document(uri),
    python: (uri, ask) => {
      const document = this.document(uri);
      return document && askPython(document, this.grammars, this.open.get(uri)?.tree, ask);
    },
  };
  /** The text that edits of a file are measured on: of a stored notebook its JSON, once it was read for that, else the document's own. */
  fileOf(uri: string): Document | undefined {
    return this.rawNotebooks.get(uri) ?? this.document(uri);
  }
  /** Reads a stored notebook's own text, so that edits can be made of it. */
  async rawNotebook(uri: string): Promise<string | undefined> {
    const raw = this.open.has(uri) ? null : await this.host.readText(uri);
    if (raw === null) return undefined;
    this.rawNotebooks.set(uri, { ...createDocument('notebook.json', raw), uri });
    return raw;
  }
  isOpen(uri: string): boolean {
    return this.open.has(uri);
  }

  /** The report of one document: reads the files that it refers to. */
  async report(uri: string): Promise<FileReport> {
    const sighting = await this.sighting(uri);
    if (!sighting) return { uri, workloads: [], problems: [] };
    const broken = this.open.get(uri)?.tree?.broken ?? sighting.problems.some(({ code }) => code === 'syntax');
    if (!maySay(sighting)) return { uri, broken, workloads: [], problems: sighting.problems };
    const { workloads, problems } = await this.resolved(this.rootOf(uri), [uri]);
    return { uri, broken, workloads: await this.estimated(workloads, uri), problems: [...sighting.problems, ...problems] };
  }
  /** Reads every file below the roots and reports all workloads. Yields between files; a cancelled scan reports what it has. */
  async scan(uris: readonly string[], onProgress: (progress: Progress) => void = () => {}, signal: Cancellation = never): Promise<FileReport[]> {
    let done = 0;
    let asked = 0;
    for (const uri of uris) {
      if (signal.cancelled) break;
      for (; asked < Math.min(uris.length, done + readAhead); asked++) this.readEarly(uris[asked]!);
      await this.sighting(uri);
      done++;
      if (done % 50 === 0 || done === uris.length) {
        onProgress({ done, total: uris.length });
        await this.host.pause();
      }
    }
    this.early.clear();
    const focus = uris.filter((uri) => maySay(this.known(uri)) || (this.known(uri)?.problems.length ?? 0) > 0);
    const byRoot = new Map<string | undefined, string[]>();
    for (const uri of focus) byRoot.set(this.rootOf(uri), [...(byRoot.get(this.rootOf(uri)) ?? []), uri]);
    const estimated: Estimated[] = [];
    const problems: Problem[] = [];
    for (const [root, uris] of byRoot) {
      const resolved = await this.resolved(root, uris);
      problems.push(...resolved.problems);
      estimated.push(...(await this.estimated(resolved.workloads, `scan:${root}`)));
    }
    return focus.map((uri) => ({
      uri,
      workloads: estimated.filter((one) => one.workload.span.uri === uri),
      problems: [...(this.known(uri)?.problems ?? []), ...problems.filter((one) => one.uri === uri)],
    }));
  }
  /** Reads some files so that joins know them: launch scripts beside the program that is open. */
  async index(uris: readonly string[], signal: Cancellation = never): Promise<number> {
    let found = 0;
    for (const [at, uri] of uris.entries()) {
      if (signal.cancelled) break;
      if (this.open.get(uri)?.sighting ?? this.stored.has(uri)) continue;
      if (maySay(await this.sighting(uri))) found++;
      if (at % 10 === 9) await this.host.pause();
    }
    return found;
  }
  /** Everything an estimate depends on besides the workload; with `uri`, what its workspace chose. */
  async context(uri?: string): Promise<EstimateContext> {
    const settings = uri === undefined ? noSettings : await this.settings.of(this.rootOf(uri));
    const { otherwise } = this.preferences;
    const provider = this.preferences.provider ?? settings.provider ?? otherwise?.provider;
    const region = this.preferences.region ?? settings.region ?? otherwise?.region;
    const market = this.preferences.market ?? settings.market ?? otherwise?.market;
    return {
      ...(await this.data.of(settings)),
      ...(provider ? { provider } : {}),
      ...(region ? { region } : {}),
      ...(market ? { market } : {}),
    };
  }

  /** The workloads of a file as they would be with other texts of some documents: nothing is kept.
   * @returns with `sound` false where a text does not parse as it did */
  async reread(texts: ReadonlyMap<string, string>, uri: string): Promise<{ readonly sound: boolean; readonly workloads: readonly Workload[] }> {
    const other = new Map<string, Sighting>();
    for (const [uri, text] of texts) {
      const before = this.document(uri);
      if (!before) return { sound: false, workloads: [] };
      const document = before.cells ? withText(before, text) : this.placed(createDocument(uri, text));
      for (const grammar of grammarsFor(document)) await this.grammars.load(grammar);
      const sighting = recognise(document, this.grammars);
      const faults = (one: Sighting | null | undefined): number => one?.problems.filter(({ code }) => code === 'syntax').length ?? 0;
      if (faults(sighting) > faults(this.known(uri))) return { sound: false, workloads: [] };
      other.set(uri, sighting);
    }
    const root = this.rootOf(uri);
    const context = await this.context(uri);
    const runs = await this.runsOf(root);
    const files: KnownFiles = {
      get: (uri) => other.get(uri) ?? this.known(uri),
      keys: () => this.knownUris(),
      values: () => [...this.knownUris()].map((uri) => other.get(uri) ?? this.known(uri) ?? null).values(),
    };
    const { workloads } = resolve({ ...(await this.input(root, [uri])), files });
    return { sound: true, workloads: workloads.map((one) => factsFromRuns(one, runs, this.roots, context)) };
  }

  /** The workloads of a file as they would be if some facts were not written: what else is said, or a library's default, takes their place. */
  async without(leftOut: (fact: Fact) => boolean, uri: string): Promise<readonly Estimated[]> {
    const { workloads } = resolve({ ...(await this.input(this.rootOf(uri), [uri])), leftOut });
    return this.estimated(workloads);
  }

  private placed(document: Document): Document {
    const path = relativeTo(document.uri, this.roots);
    return path === document.uri ? document : { ...document, path };
  }
  private forgetSettings(uri: string): void {
    if (!isSettingsFile(uri)) return;
    for (const root of this.roots) if (settingsUri(root) === uri) this.settings.forget(root);
  }

  /** Open documents over stored ones, without a copy: there may be thousands. */
  private readonly files: KnownFiles = {
    // What was only skimmed, because no marker is in it, is unknown to who asks for it by name.
    get: (uri) => (this.wanted.has(uri) || !this.skimmed(uri) ? this.known(uri) : undefined),
    keys: () => this.knownUris(),
    values: () => this.knownSightings(),
  };
  private *knownUris(): MapIterator<string> {
    for (const [uri, { sighting }] of this.open) if (sighting) yield uri;
    for (const uri of this.stored.keys()) if (!this.open.get(uri)?.sighting) yield uri;
  }
  private *knownSightings(): MapIterator<Sighting | null> {
    for (const uri of this.knownUris()) yield this.known(uri) ?? null;
  }
  private skimmed(uri: string): boolean {
    const open = this.open.get(uri);
    return open?.sighting ? open.skimmed === true : this.stored.get(uri) === null;
  }
  private known(uri: string): Sighting | null | undefined {
    return this.open.get(uri)?.sighting ?? this.stored.get(uri);
  }
  private async sighting(uri: string): Promise<Sighting | null> {
    const entry = this.open.get(uri);
    if (!entry) return this.storedSighting(uri);
    if (entry.sighting) return entry.sighting;
    const { document, version } = entry;
    if (this.wanted.has(uri) && isManifest(uri) && languageOfName(uri) === undefined) return this.settle(entry, version, readManifest(uri, document.text));
    entry.marked ??= markedBy(document);
    const { marked } = entry;
    entry.skimmed = !this.wanted.has(uri) && !isRelevant(marked);
    if (entry.skimmed) return this.settle(entry, version, { uri, workloads: [], problems: [] });
    const grammar = grammarOf(document);
    if (grammar) {
      const parser = await this.grammars.load(grammar);
      if (entry.version !== version) return this.sighting(uri);
      entry.tree ??= new SyntaxTree(parser, document.text, document.lines);
    } else {
      for (const inner of grammarsFor(document)) await this.grammars.load(inner);
      if (entry.version !== version) return this.sighting(uri);
    }
    return this.settle(entry, version, recognise(document, this.grammars, entry.tree, marked));
  }
  private settle(entry: Open, version: number, sighting: Sighting): Sighting {
    if (entry.version === version) entry.sighting = sighting;
    return sighting;
  }
  private async storedSighting(uri: string): Promise<Sighting | null> {
    const before = this.stored.get(uri);
    if (before !== undefined) return before;
    const sighting = await this.readStored(uri).catch((error: unknown) => this.unread(uri, error));
    this.stored.set(uri, sighting);
    return sighting;
  }
  /** Starts to read a file that a scan will ask for soon: a disk answers several at once, while the files are looked at in their order. */
  private readEarly(uri: string): void {
    if (this.open.has(uri) || this.stored.has(uri) || this.early.has(uri)) return;
    const reading = this.host.readText(uri);
    // Who asks for the text is told of the error; a cancelled scan does not ask.
    reading.catch(() => undefined);
    this.early.set(uri, reading);
  }
  private async readStored(uri: string): Promise<Sighting | null> {
    const text = await (this.early.get(uri) ?? this.host.readText(uri));
    this.early.delete(uri);
    if (text === null || isRunRecord(uri)) return null;
    // Data that a workload names is only counted.
    if (this.wanted.has(uri) && isDataFile(uri) && (languageOfName(uri) === undefined || !isRelevant(markedBy({ language: 'json', text }))))
      return readDataSet(uri, text);
    if (this.wanted.has(uri) && isManifest(uri) && (languageOfName(uri) === undefined || text.length > maxTextLength)) return readManifest(uri, text);
    const read = createDocument(uri, text);
    if (text.length > maxFileLength(uri)) throw new UnreadableFile('too-large', `larger than ${maxFileLength(uri) / 1e6} MB: not read`);
    const marked = markedBy(read);
    if (!isRelevant(marked) && !this.wanted.has(uri)) return null;
    const document = this.placed(read);
    for (const grammar of grammarsFor(document)) await this.grammars.load(grammar);
    this.storedDocuments.set(uri, document);
    return recognise(document, this.grammars, undefined, marked);
  }
  /** A file that cannot be read is named, and the others are answered. JSON of that kind is data, and no one expects an answer from it. */
  private unread(uri: string, error: unknown): Sighting | null {
    if (error instanceof UnreadableFile && languageOfName(uri) === 'json') return null;
    const [code, severity] = error instanceof UnreadableFile ? ([error.reason, 'information'] as const) : (['unreadable', 'warning'] as const);
    return { uri, workloads: [], problems: [{ uri, code, severity, message: error instanceof Error ? error.message : String(error) }] };
  }
  /** Files that another one asked for by name: read even if no marker is in them (a module of constants). */
  private readonly wanted = new Set<string>();
  private async input(root: string | undefined, focus: readonly string[]): Promise<ResolveInput> {
    const { catalog } = await this.context(focus[0]);
    const assumptions = [...this.preferences.assumptions, ...(await this.settings.of(root)).assumptions];
    return { files: this.files, focus, roots: this.roots, catalog, assumptions };
  }
  private async resolved(root: string | undefined, focus: readonly string[]): Promise<{ workloads: readonly Workload[]; problems: readonly Problem[] }> {
    const input = await this.input(root, focus);
    for (let round = 0; ; round++) {
      const { workloads, wants, problems } = resolve(input);
      const unread = wants.filter((uri) => this.known(uri) === undefined || (this.skimmed(uri) && !this.wanted.has(uri)));
      if (unread.length === 0 || round === 8) return { workloads, problems };
      for (const uri of unread) {
        this.wanted.add(uri);
        if (this.stored.get(uri) === null) this.stored.delete(uri);
        const open = this.open.get(uri);
        if (open?.skimmed) delete open.sighting;
        await this.sighting(uri);
      }
    }
  }
  /** Estimates, on likely accelerators too where a workload's own is unknown; equal facts are estimated once.
   * @param of the open document, or the root, whose last report's are taken up and whose are kept: most edits, and most commits, change no fact */
  private async estimated(workloads: readonly Workload[], of?: string): Promise<Estimated[]> {
    const context = await this.context(workloads[0]?.span.uri);
    const { catalog, provider, region, market } = context;
    const runs = await this.runsOf(this.rootOf(workloads[0]?.span.uri ?? ''));
    const last = of === undefined ? undefined : this.reported.get(of);
    const before = last?.catalog === catalog && last.runs === runs ? last.byFacts : undefined;
    const byFacts = new Map<string, Estimates>();
    const found = workloads.map((seen) => {
      const workload = factsFromRuns(seen, runs, this.roots, context);
      const spec = specOf(workload);
      const key = JSON.stringify([spec, provider, region, market, ...(runs.length > 0 ? [workload.span.uri, workload.program] : [])]);
      const estimates = byFacts.get(key) ?? before?.get(key) ?? this.estimatedOne(workload, spec, runs, context);
      byFacts.set(key, estimates);
      return { workload, ...estimates };
    });
    if (of?.startsWith('scan:') || (of !== undefined && this.open.has(of))) this.reported.set(of, { catalog, runs, byFacts });
    return found;
  }
  private estimatedOne(workload: Workload, spec: Spec, runs: readonly MeasuredRun[], context: EstimateContext): Estimates {
    const team = learnFrom(workload, spec, runs, this.roots, context);
    return team ? { ...withLikely(spec, contextFor({ team }, context)), team } : withLikely(spec, context);
  }
}
