import * as vscode from 'vscode';
import { type WorkloadNode, type WorkloadRef, type WorkloadsResult, workloadsRequest } from '../../../server/src/protocol/protocol.js';
import type { Start } from './running.js';
import { refOf } from './tree.js';

/** The workload that a command is about: named by its argument, else at the cursor, else asked for.
 * @param quietly answers undefined instead of asking or complaining */
export async function pickWorkload(start: Start, argument: unknown, quietly = false): Promise<WorkloadRef | undefined> {
  const given = refOf(argument) as Partial<WorkloadRef> | undefined;
  if (typeof given?.uri === 'string' && typeof given.id === 'string') return { uri: given.uri, id: given.id };
  const { files } = await (await start()).request<WorkloadsResult>(workloadsRequest, null);
  const editor = vscode.window.activeTextEditor;
  const uri = editor?.document.uri.toString();
  const here = files.flatMap((file) => file.workloads).filter((one) => one.place.uri === uri || one.ref.uri === uri);
  const line = editor?.selection.active.line ?? 0;
  const above = here.filter((one) => one.place.line <= line).sort((a, b) => b.place.line - a.place.line)[0];
  if (here.length === 1 || quietly) return (above ?? here[0])?.ref;
  const all = here.length > 0 ? here : files.flatMap((file) => file.workloads);
  if (all.length === 0) {
    vscode.window.showInformationMessage('No ML workload was found yet. Open a file that trains, serves or calls a model, or estimate the workspace.');
    return undefined;
  }
  const items = all.map((workload) => ({ label: workload.label, description: workload.description, detail: place(workload), workload }));
  // The one at the cursor first: Enter takes it.
  const sorted = above ? [...items.filter(({ workload }) => workload === above), ...items.filter(({ workload }) => workload !== above)] : items;
  return (await vscode.window.showQuickPick(sorted, { placeHolder: 'Which workload?', matchOnDescription: true, matchOnDetail: true }))?.workload.ref;
}

/** One text for one workload, of a panel of its own; empty for the whole workspace. */
export const keyOf = (ref: WorkloadRef | null): string => (ref ? `${ref.uri} ${ref.id}` : '');
/** Shows where a workload stands now, or at least its file. */
export async function toWorkload(start: Start, ref: WorkloadRef | null): Promise<void> {
  if (!ref) return;
  const { files } = await (await start()).request<WorkloadsResult>(workloadsRequest, null);
  const found = files.flatMap(({ workloads }) => workloads).find((one) => keyOf(one.ref) === keyOf(ref));
  await vscode.commands.executeCommand('mlCostLens.reveal', found ? { uri: found.place.uri, line: found.place.line } : { uri: ref.uri, line: 0 });
}

const place = ({ place: { uri, line } }: WorkloadNode): string => `${vscode.workspace.asRelativePath(vscode.Uri.parse(uri))}, line ${line + 1}`;
