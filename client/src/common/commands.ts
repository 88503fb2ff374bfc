import * as vscode from 'vscode';
import {
  estimateDocumentRequest,
  explainRequest,
  type MarkdownResult,
  type ScanResult,
  scanRequest,
  type WorkloadRef,
  type WorkloadsResult,
  workloadsRequest,
} from '../../../server/src/protocol/protocol.js';
import { answerFact, applyChange, chooseAccelerator, chooseProvider, openSettings, pinAssumption, setAssumption } from './answers.js';
import { Blame } from './blame.js';
import { adviceTaken, makeCheaper } from './cheaper.js';
import type { HistoryPanels } from './history-panel.js';
import { measuredRuns } from './measured-runs.js';
import { outOfMemory } from './out-of-memory.js';
import type { ComparePanels } from './panel.js';
import { pickWorkload } from './pick-workload.js';
import type { Reports } from './reports.js';
import type { Start } from './running.js';
import { section } from './settings.js';
import type { SpendPanels } from './spend-panel.js';
import type { SpendSources } from './spend-sources.js';
import type { WorkloadTree } from './tree.js';
import type { WhatIfPanels } from './what-if-panel.js';

/** All commands. Arguments come from lenses and hovers: they are ids, checked again here. */
export function registerCommands(
  start: Start,
  reports: Reports,
  tree: WorkloadTree,
  panels: ComparePanels,
  whatIf: WhatIfPanels,
  history: HistoryPanels,
  spend: SpendPanels,
  sources: SpendSources,
): vscode.Disposable[] {
  const command = (name: string, run: (argument: unknown) => unknown): vscode.Disposable =>
    vscode.commands.registerCommand(`mlCostLens.${name}`, async (argument: unknown) => {
      try {
        await run(argument);
      } catch (error) {
        if (error instanceof vscode.CancellationError) return;
        const output = 'Show Output';
        const picked = await vscode.window.showErrorMessage(`ML Cost Lens: ${error instanceof Error ? error.message : String(error)}`, output);
        if (picked === output) (await start()).showOutput();
      }
    });
  const withWorkload = (name: string, run: (ref: WorkloadRef) => unknown) =>
    command(name, async (argument) => {
      const ref = await pickWorkload(start, argument);
      if (ref) await run(ref);
    });
  const blame = new Blame(start, reports);
  return [
    blame,
    command('blame', () => blame.toggle()),
    command('estimateFile', async (argument) => {
      const uri =
        argument instanceof vscode.Uri ? argument : (vscode.window.activeTextEditor?.document.uri ?? vscode.window.activeNotebookEditor?.notebook.uri);
      if (!uri) return vscode.window.showInformationMessage('Open a file to estimate it.');
      const found = await (await start()).request<MarkdownResult | null>(estimateDocumentRequest, { uri: uri.toString() });
      if (found && found.markdown !== '') return reports.show(`Cost of ${found.title}`, found.markdown);
      return vscode.window.showInformationMessage(`No ML workload was found in ${found?.title ?? 'this file'}.`);
    }),
    command('estimateWorkspace', () => estimateWorkspace(start, reports, tree)),
    withWorkload('explain', async (ref) => {
      const found = await (await start()).request<MarkdownResult | null>(explainRequest, ref);
      if (found) await reports.show(found.title, found.markdown);
      else vscode.window.showInformationMessage('This workload is no longer there.');
    }),
    withWorkload('compare', (ref) => panels.show(ref)),
    withWorkload('history', (ref) => history.show(ref)),
    command('whatIf', (argument) => whatIfOf(start, whatIf, argument)),
    command('adviceTaken', (argument) => adviceTaken(start, argument)),
    withWorkload('makeCheaper', (ref) => makeCheaper(start, ref)),
    withWorkload('setAssumption', (ref) => setAssumption(start, ref)),
    withWorkload('pinAssumption', (ref) => pinAssumption(start, ref)),
    command('answer', (argument) => answerFact(start, argument)),
    command('chooseAccelerator', async () => chooseAccelerator(start, await pickWorkload(start, undefined, true))),
    command('chooseProvider', async () => chooseProvider(start, await pickWorkload(start, undefined, true))),
    command('spend', (argument) => spend.show(budgetOf(argument))),
    command('outOfMemory', () => outOfMemory(start, reports)),
    command('measuredRuns', (argument) => measuredRuns(start, reports, argument)),
    command('openSettingsFile', () => openSettings()),
    command('silence', (argument) => silence(start, argument)),
    command('reveal', reveal),
    command('spendSource', (argument) => sources.choose(argument)),
    command('toggleLenses', async () => {
      const configuration = vscode.workspace.getConfiguration(section);
      await configuration.update('display', configuration.get('display') === 'off' ? undefined : 'off', vscode.ConfigurationTarget.Global);
    }),
    command('refresh', async () => {
      await start();
      tree.refresh();
    }),
    command('showOutput', async () => (await start()).showOutput()),
    command('openWalkthrough', () => vscode.commands.executeCommand('workbench.action.openWalkthrough', 'ml-cost-lens.ml-cost-lens#start', false)),
  ];
}

/** The workload at the cursor, or the one that the tree names; without one it is asked for, the whole workspace first. */
async function whatIfOf(start: Start, panels: WhatIfPanels, argument: unknown): Promise<void> {
  if (argument === 'workspace') return panels.show(null);
  const ref = await pickWorkload(start, argument, true);
  const { files } = await (await start()).request<WorkloadsResult>(workloadsRequest, null);
  if (ref || files.length === 0) return panels.show(ref ?? null);
  const whole = { label: 'The whole workspace', description: '', ref: null };
  const items = files.flatMap(({ workloads }) => workloads).map(({ label, description, ref: one }) => ({ label, description, ref: one }));
  const picked = await vscode.window.showQuickPick([whole, ...items], { placeHolder: 'What if … for which workload?', matchOnDescription: true });
  if (picked) await panels.show(picked.ref);
}

async function estimateWorkspace(start: Start, reports: Reports, tree: WorkloadTree): Promise<void> {
  if (!vscode.workspace.workspaceFolders?.length) {
    vscode.window.showInformationMessage('Open a folder to estimate it.');
    return;
  }
  const running = await start();
  const token = `scan-${Math.random().toString(36).slice(2)}`;
  const result = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: 'ML Cost Lens: reading the workspace', cancellable: true },
    async (progress, cancel) => {
      let before = 0;
      const listening = running.onProgress(({ token: of, done, total }) => {
        if (of !== token || total === 0) return;
        progress.report({ message: `${done} of ${total} files`, increment: ((done - before) / total) * 100 });
        before = done;
      });
      try {
        return await running.request<ScanResult>(scanRequest, { token }, cancel);
      } finally {
        listening.dispose();
      }
    },
  );
  tree.refresh();
  const open = 'Open Report';
  const text = result.cancelled ? `Stopped. Until then: ${result.summary}` : result.summary;
  if (result.markdown === '') vscode.window.showWarningMessage(text);
  else if ((await vscode.window.showInformationMessage(text, open)) === open) await reports.show('Cost of this workspace', result.markdown);
}

/** Silences a workload, a file or a code; what exactly is asked where it is not said. */
async function silence(start: Start, argument: unknown): Promise<void> {
  const { uri, id, code } = (typeof argument === 'object' && argument !== null ? argument : {}) as { uri?: unknown; id?: unknown; code?: unknown };
  const file = typeof uri === 'string' ? vscode.Uri.parse(uri) : vscode.window.activeTextEditor?.document.uri;
  if (!file) return;
  const path = vscode.workspace.asRelativePath(file, false);
  const folder = path.includes('/') ? `${path.slice(0, path.lastIndexOf('/'))}/**` : undefined;
  const choices = [
    ...(typeof code === 'string'
      ? [
          { label: `Every “${code}”`, what: { code } },
          { label: `“${code}” in this file`, what: { code, files: path } },
        ]
      : []),
    ...(typeof id === 'string' ? [{ label: 'This workload', what: { workload: id } }] : []),
    { label: `This file (${path})`, what: { files: path } },
    ...(folder === undefined ? [] : [{ label: `This folder (${folder})`, what: { files: folder } }]),
  ];
  const picked = await vscode.window.showQuickPick(choices, { placeHolder: 'What should ML Cost Lens not show? (kept in .mlcost.yaml)' });
  if (picked) await applyChange(start, file.toString(), { kind: 'silence', what: picked.what });
}

/** The budget that a lens or the status bar names. */
function budgetOf(argument: unknown): string | undefined {
  const { budget } = (typeof argument === 'object' && argument !== null ? argument : {}) as { budget?: unknown };
  return typeof budget === 'string' ? budget : undefined;
}

async function reveal(argument: unknown): Promise<void> {
  const { uri, line } = (typeof argument === 'object' && argument !== null ? argument : {}) as { uri?: unknown; line?: unknown };
  if (typeof uri !== 'string' || typeof line !== 'number') return;
  const place = vscode.Uri.parse(uri, true);
  const at = new vscode.Range(line, 0, line, 0);
  if (place.scheme === 'vscode-notebook-cell') {
    const notebook = vscode.workspace.notebookDocuments.find((one) => one.getCells().some((cell) => cell.document.uri.toString() === place.toString()));
    const cell = notebook?.getCells().find((one) => one.document.uri.toString() === place.toString());
    if (notebook && cell) await vscode.window.showNotebookDocument(notebook, { selections: [new vscode.NotebookRange(cell.index, cell.index + 1)] });
    return;
  }
  // A file with an editor of its own is no text.
  if (/\.(onnx|safetensors|gguf)$/i.test(place.path)) await vscode.commands.executeCommand('vscode.open', place);
  else await vscode.window.showTextDocument(place, { selection: at });
}
