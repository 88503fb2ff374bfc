import {
  CodeLensRefreshRequest,
  type Connection,
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  FileChangeType,
  PublishDiagnosticsNotification,
  TextDocumentSyncKind,
} from 'vscode-languageserver';
import { isRunFile } from '../core/index.js';
import { Advisor } from '../host/advisor.js';
import { CommitStates } from '../host/commit-states.js';
import { Engine } from '../host/engine.js';
import type { Host } from '../host/host.js';
import { NamedModels } from '../host/named-models.js';
import { SpendStore } from '../host/spend-store.js';
import { isSettingsFile } from '../host/workspace-settings.js';
import {
  activeNotification,
  defaultSettings,
  type InitOptions,
  type Settings,
  settingsNotification,
  workloadsChangedNotification,
} from '../protocol/protocol.js';
import { spendChangedNotification } from '../protocol/spend-panel.js';
import { onAdvice, onAdviceTaken } from './advice.js';
import { onAlerts } from './alerts.js';
import { onAnswer } from './answers.js';
import { BackgroundIndex } from './background-index.js';
import { onBlame } from './blame.js';
import { capabilitiesOf } from './capabilities.js';
import { onChoices } from './choices.js';
import { onCodeAction } from './code-action.js';
import { onCodeLens } from './code-lens.js';
import { onCompare } from './compare.js';
import { onCompletion } from './completion.js';
import { debounced, type Session } from './context.js';
import { diagnosticsOf, onDiagnostics } from './diagnostics.js';
import { Documents } from './documents.js';
import { onExplain } from './explain.js';
import { onHistory } from './history.js';
import { onHover } from './hover.js';
import { onInlayHints } from './inlay-hints.js';
import { onModelFile } from './model-file.js';
import { onOutOfMemory } from './out-of-memory.js';
import { Reports } from './reports.js';
import { onRuns } from './runs.js';
import { onScan } from './scan.js';
import { onSettingEdit } from './setting-edit.js';
import { onSpendPanel } from './spend-panel.js';
import { onSpendSources } from './spend-sources.js';
import { onTool } from './tools.js';
import { onWhatIf } from './what-if.js';
import { onWorkloads, sendStatus } from './workloads.js';

/** Files whose changes on disk may change an answer. */
const watched = '**/*.{py,yaml,yml,json,jsonl,sh,bash,slurm,sbatch,toml,csv,ts,tsx,mts,cts,js,jsx,mjs,cjs}';
/** How long typing rests before what depends on a text is drawn again.
 * @unit ms */
const rest = 300;

/** The language server, the same in every host. */
export function startServer(connection: Connection, host: Host): void {
  const engine = new Engine(host);
  let gone = false;
  const log = (message: string) => {
    if (!gone) connection.console.error(message);
  };
  const notify = (method: string, params?: object): void => {
    if (!gone) connection.sendNotification(method, params).catch((error: unknown) => log(`${method}: ${String(error)}`));
  };
  const reports: Reports = new Reports(engine, () => documents, log);
  const documents: Documents = new Documents(engine, {
    opened: (uri) => {
      settled(uri);
      if (isSettingsFile(uri)) session.invalidate();
    },
    changed: (uri, changes) => {
      reports.edited(uri, changes);
      settled(uri);
      // Another file's text may be what this one's numbers rest on.
      if (isSettingsFile(uri)) othersChanged();
      else if (reports.all().some((other) => other !== uri)) textsChanged();
    },
    closed: (uri) => {
      reports.closed(uri);
      background.reread([uri]);
      if (!session.client.pullDiagnostics) notify(PublishDiagnosticsNotification.method, { uri, diagnostics: [] });
      treeChanged();
    },
  });
  const draw = debounced(host, 50, () => {
    if (gone) return;
    const { client } = session;
    const quietly = (request: Promise<unknown>) => void request.catch((error: unknown) => log(`refresh: ${String(error)}`));
    if (client.refreshLenses) quietly(connection.sendRequest(CodeLensRefreshRequest.type));
    if (client.refreshHints) quietly(connection.languages.inlayHint.refresh());
    if (client.refreshDiagnostics) quietly(connection.languages.diagnostics.refresh());
    if (session.active !== undefined) settled(session.active);
  });
  const session: Session = {
    connection,
    host,
    engine,
    advisor: new Advisor(engine, host),
    spend: new SpendStore(host, log),
    commits: new CommitStates(host, () => spendChanged(), log),
    models: new NamedModels(host),
    documents,
    reports,
    settings: defaultSettings,
    locale: 'en-US',
    client: capabilitiesOf({}),
    readsSources: false,
    scanned: [],
    active: undefined,
    refresh: draw,
    invalidate: () => {
      redraw();
      spendChanged();
    },
    notify,
    log,
  };
  let folders: readonly string[] = [];
  const redraw = (): void => {
    reports.invalidate();
    draw();
  };
  const textsChanged = debounced(host, rest, redraw);
  const othersChanged = debounced(host, rest, () => session.invalidate());
  const background = new BackgroundIndex(session, othersChanged);
  const spendChanged = debounced(host, rest, () => notify(spendChangedNotification));
  const treeChanged = debounced(host, rest, () => notify(workloadsChangedNotification));
  const waiting = new Set<string>();
  const settle = debounced(host, rest, () => {
    const uris = [...waiting];
    waiting.clear();
    if (gone) return;
    void (async () => {
      for (const uri of uris) {
        const answer = await reports.get(uri);
        if (answer.workloads.length > 0) background.start(uri);
        if (!session.client.pullDiagnostics && engine.isOpen(uri))
          notify(PublishDiagnosticsNotification.method, { uri, diagnostics: await diagnosticsOf(session, uri, uri) });
      }
      await sendStatus(session);
      treeChanged();
    })().catch((error: unknown) => log(`after an edit: ${String(error)}`));
  });
  /** What follows an edit once it rests: diagnostics for clients that do not pull, the status bar, the tree. */
  function settled(uri: string): void {
    waiting.add(uri);
    settle();
  }
  const take = (settings: Partial<Settings>): void => {
    session.settings = { ...defaultSettings, ...settings };
    const { provider, region, market } = session.settings;
    engine.preferences = { assumptions: [], otherwise: { ...(provider ? { provider } : {}), ...(region ? { region } : {}), ...(market ? { market } : {}) } };
  };

  connection.onInitialize((params) => {
    const options = params.initializationOptions as Partial<InitOptions> | undefined;
    session.client = capabilitiesOf(params.capabilities);
    session.locale = canonical(options?.locale);
    session.readsSources = options?.readsSources === true;
    take(options?.settings ?? {});
    folders = (params.workspaceFolders ?? []).map(({ uri }) => uri.replace(/\/$/, ''));
    engine.roots = folders;
    return {
      serverInfo: { name: 'ML Cost Lens' },
      capabilities: {
        textDocumentSync: TextDocumentSyncKind.Incremental,
        notebookDocumentSync: { notebookSelector: [{ notebook: { notebookType: 'jupyter-notebook' }, cells: [{ language: 'python' }] }] },
        codeLensProvider: { resolveProvider: false },
        hoverProvider: true,
        inlayHintProvider: true,
        completionProvider: { triggerCharacters: [':', ' ', '-'] },
        codeActionProvider: { codeActionKinds: ['quickfix', 'refactor'] },
        diagnosticProvider: { interFileDependencies: true, workspaceDiagnostics: false },
        workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
      },
    };
  });
  connection.onInitialized(() => {
    if (session.client.watchFiles)
      connection.client
        .register(DidChangeWatchedFilesNotification.type, { watchers: [{ globPattern: watched }] })
        .catch((error: unknown) => log(`watch files: ${String(error)}`));
    if (session.client.workspaceFolders)
      connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
        const gone = new Set(removed.map(({ uri }) => uri.replace(/\/$/, '')));
        folders = [...folders.filter((root) => !gone.has(root)), ...added.map(({ uri }) => uri.replace(/\/$/, ''))];
        engine.roots = folders;
        background.anew();
        session.invalidate();
      });
  });
  connection.onShutdown(() => {
    gone = true;
  });
  connection.onDidChangeWatchedFiles(({ changes }) => {
    const known = changes.filter(({ uri }) => (engine.isKnown(uri) || isRunFile(uri)) && !(engine.isOpen(uri) && !isSettingsFile(uri)));
    for (const { uri } of known) if (!engine.isOpen(uri)) engine.forget(uri);
    for (const { uri } of known) if (isRunFile(uri)) background.again(uri);
    background.reread(changes.filter(({ uri, type }) => type !== FileChangeType.Deleted && !engine.isOpen(uri)).map(({ uri }) => uri));
    const told = new Set(changes.flatMap(({ uri }) => session.spend.rootTold(uri) ?? []));
    for (const root of told) session.spend.forget(root);
    if (told.size > 0) spendChanged();
    if (known.length + told.size > 0) othersChanged();
  });
  connection.onNotification(DidChangeConfigurationNotification.type, () => {}); // settings come by our own message, complete
  connection.onNotification(settingsNotification, (settings: Settings) => {
    take(settings);
    session.invalidate();
  });
  connection.onNotification(activeNotification, ({ uri }: { uri: string | null }) => {
    session.active = uri === null ? undefined : documents.programOf(uri);
    if (session.active !== undefined) settled(session.active);
  });
  for (const handle of [
    onCodeLens,
    onHover,
    onInlayHints,
    onDiagnostics,
    onCompletion,
    onCodeAction,
    onExplain,
    onScan,
    onWorkloads,
    onAlerts,
    onCompare,
    onAdvice,
    onAdviceTaken,
    onChoices,
    onRuns,
    onBlame,
    onHistory,
    onAnswer,
    onTool,
    onOutOfMemory,
    onSettingEdit,
    onModelFile,
    onWhatIf,
    onSpendPanel,
    onSpendSources,
  ])
    handle(session);
  documents.listen(connection);
  connection.listen();
}

/** A locale that number formats take. */
function canonical(locale: string | undefined): string {
  try {
    return Intl.getCanonicalLocales(locale ?? 'en-US')[0] ?? 'en-US';
  } catch {
    return 'en-US';
  }
}
