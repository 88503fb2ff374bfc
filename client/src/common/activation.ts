import * as vscode from 'vscode';
import { historyPanelType } from '../../../server/src/protocol/history.js';
import { modelEditorType } from '../../../server/src/protocol/model-file.js';
import { comparePanelType } from '../../../server/src/protocol/panel.js';
import { activeNotification, settingsNotification } from '../../../server/src/protocol/protocol.js';
import { spendPanelType } from '../../../server/src/protocol/spend-panel.js';
import { whatIfPanelType } from '../../../server/src/protocol/what-if.js';
import { registerTools } from './agent-tools.js';
import { registerChat } from './chat.js';
import { registerCommands } from './commands.js';
import { HistoryPanels } from './history-panel.js';
import { isRelevant } from './markers.js';
import { ModelEditors } from './model-editor.js';
import { ComparePanels } from './panel.js';
import { Reports } from './reports.js';
import type { Running } from './running.js';
import { readSettings, section } from './settings.js';
import { SpendAlerts } from './spend-alerts.js';
import { SpendPanels } from './spend-panel.js';
import { type ReadSource, SpendSources } from './spend-sources.js';
import { StatusItem } from './status-item.js';
import { WorkloadTree } from './tree.js';
import { WhatIfPanels } from './what-if-panel.js';

/** Where the two hosts differ. */
export interface Platform {
  /** Loads the language client and starts the server: the heavy part, once, when first needed. */
  start(context: vscode.ExtensionContext): Promise<Running>;
  /** Reads a source of spend. */
  readSource(extension: string): ReadSource;
  /** What only this host registers. */
  register?(context: vscode.ExtensionContext): vscode.Disposable[];
}

let running: Promise<Running> | undefined;
/** Stops what was started. */
export const stop = (): Promise<void> | undefined => running?.then((one) => one.stop()).catch(() => {});

/** Waits for a document with a marker of ML work; until then the extension is this function.
 * @errors a start that fails is said once, and tried again by the next command */
export function activateWith(platform: Platform, context: vscode.ExtensionContext): void {
  const waiting: vscode.Disposable[] = [];
  const tree = new WorkloadTree();
  const sources = new SpendSources(() => start(), context, platform.readSource(context.extensionPath));
  const start = (): Promise<Running> => {
    if (!running) {
      running = platform.start(context);
      running.then(
        (one) => connect(one, context, tree, sources),
        () => {
          running = undefined;
        },
      );
    }
    for (const one of waiting.splice(0)) one.dispose();
    return running;
  };
  const look = (document: vscode.TextDocument): void => {
    if (running !== undefined || !isRelevant(document)) return;
    start().catch((error: unknown) => vscode.window.showErrorMessage(`ML Cost Lens did not start: ${error instanceof Error ? error.message : String(error)}`));
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  waiting.push(
    vscode.workspace.onDidOpenTextDocument(look),
    vscode.workspace.onDidChangeTextDocument(({ document }) => {
      clearTimeout(timer);
      timer = setTimeout(() => look(document), 500);
    }),
  );
  const reports = new Reports();
  const panels = new ComparePanels(start, context.extensionUri);
  const spend = new SpendPanels(start, context);
  const whatIf = new WhatIfPanels(start, context.extensionUri);
  const history = new HistoryPanels(start, context.extensionUri);
  context.subscriptions.push(
    { dispose: () => clearTimeout(timer) },
    ...waiting,
    vscode.window.registerTreeDataProvider('mlCostLens.workloads', tree),
    vscode.workspace.registerTextDocumentContentProvider(Reports.scheme, reports),
    vscode.window.registerWebviewPanelSerializer(comparePanelType, panels),
    vscode.window.registerWebviewPanelSerializer(spendPanelType, spend),
    vscode.window.registerWebviewPanelSerializer(whatIfPanelType, whatIf),
    vscode.window.registerWebviewPanelSerializer(historyPanelType, history),
    vscode.window.registerCustomEditorProvider(modelEditorType, new ModelEditors(start, context), { supportsMultipleEditorsPerDocument: true }),
    sources,
    ...registerCommands(start, reports, tree, panels, whatIf, history, spend, sources),
    ...registerTools(start),
    ...registerChat(start),
    ...(platform.register?.(context) ?? []),
  );
  // Other extensions wait for this function: what is open is looked at behind it.
  const first = setTimeout(() => vscode.workspace.textDocuments.forEach(look), 0);
  context.subscriptions.push({ dispose: () => clearTimeout(first) });
}

/** Joins the light part with what was started. */
function connect(one: Running, context: vscode.ExtensionContext, tree: WorkloadTree, sources: SpendSources): void {
  const status = new StatusItem();
  const tellActive = (): void => {
    const uri = vscode.window.activeTextEditor?.document.uri ?? vscode.window.activeNotebookEditor?.notebook.uri;
    status.show(uri);
    one.notify(activeNotification, { uri: uri?.toString() ?? null });
  };
  tree.connect(one);
  context.subscriptions.push(
    status,
    one.onStatus((params) => status.take(params)),
    sources.watch(one),
    new SpendAlerts(context.workspaceState).watch(one),
    vscode.window.onDidChangeActiveTextEditor(tellActive),
    vscode.window.onDidChangeActiveNotebookEditor(tellActive),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration(section)) one.notify(settingsNotification, readSettings());
      status.draw();
    }),
  );
  tellActive();
}
