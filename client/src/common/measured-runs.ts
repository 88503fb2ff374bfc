import * as vscode from 'vscode';
import { type MarkdownResult, runsRequest, type ShareRunsResult, shareRunsRequest, type WorkloadRef } from '../../../server/src/protocol/protocol.js';
import { applyChange } from './answers.js';
import type { Reports } from './reports.js';
import type { Start } from './running.js';
import { refOf } from './tree.js';

/** The measured runs of the workspace: shown, shared in one file of the repository, or set back. A lens shows those of its workload at once. */
export async function measuredRuns(start: Start, reports: Reports, argument: unknown): Promise<void> {
  const given = refOf(argument) as Partial<WorkloadRef> | undefined;
  if (typeof given?.uri === 'string' && typeof given.id === 'string') return show(start, reports, { uri: given.uri, id: given.id });
  const today = new Date().toISOString().slice(0, 10);
  const picked = await vscode.window.showQuickPick(
    [
      { label: '$(list-flat) Show measured runs', description: 'what was found, and whose each one is', what: 'show' as const },
      { label: '$(repo-push) Share in this repository', description: 'figures, hardware and settings; no code, no names', what: 'share' as const },
      { label: '$(discard) Start afresh', description: `runs before ${today} no longer correct the estimates`, what: 'reset' as const },
    ],
    { placeHolder: 'Measured runs of this workspace' },
  );
  if (picked?.what === 'show') await show(start, reports, undefined);
  else if (picked?.what === 'share') await share(start);
  else if (picked?.what === 'reset') await applyChange(start, vscode.window.activeTextEditor?.document.uri.toString(), { kind: 'reset-runs', since: today });
}

async function show(start: Start, reports: Reports, ref: WorkloadRef | undefined): Promise<void> {
  const found = await (await start()).request<MarkdownResult | null>(runsRequest, ref ? { ref } : {});
  if (found) await reports.show(found.title, found.markdown);
}

async function share(start: Start): Promise<void> {
  const found = await (await start()).request<ShareRunsResult | null>(shareRunsRequest, null);
  if (!found || found.rows === 0) {
    vscode.window.showInformationMessage('No measured run was found that could be shared.');
    return;
  }
  const file = vscode.Uri.parse(found.uri);
  await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(found.text));
  await vscode.window.showTextDocument(file);
}
