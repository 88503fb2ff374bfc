import * as vscode from 'vscode';
import { type AdviceResult, type AdvisedChange, adviceRequest, adviceTakenNotification, type WorkloadRef } from '../../../server/src/protocol/protocol.js';
import type { Start } from './running.js';

/** Tells the server that advice was taken: the audit log of the workspace is to know. */
export const adviceTaken = async (start: Start, taken: unknown): Promise<void> => (await start()).notify(adviceTakenNotification, taken);

/** Shows what makes a workload cheaper, and makes the chosen edit: one undo takes it back. */
export async function makeCheaper(start: Start, ref: WorkloadRef): Promise<void> {
  const ask = async () => (await start()).request<AdviceResult | null>(adviceRequest, ref);
  const found = await ask();
  if (!found || (found.advice.length === 0 && found.compared.length === 0)) {
    vscode.window.showInformationMessage(found ? `Nothing was found that makes “${found.title}” cheaper.` : 'This workload is no longer there.');
    return;
  }
  const editable = found.advice.filter(({ changes }) => changes.length > 0);
  const others = found.advice.filter(({ changes }) => changes.length === 0);
  const item = (one: AdviceResult['advice'][number]) => ({ label: one.label, description: one.description, detail: one.detail, one });
  const heading = (label: string) => ({ label, kind: vscode.QuickPickItemKind.Separator, one: undefined });
  const picked = await vscode.window.showQuickPick(
    [
      ...(editable.length > 0 ? [heading('Edits this workspace'), ...editable.map(item)] : []),
      ...(others.length > 0 ? [heading('Has to be done by hand'), ...others.map(item)] : []),
      ...found.compared.flatMap(([title = '', ...lines]) => [heading(title), ...lines.map((line) => ({ label: line.trim(), one: undefined }))]),
    ],
    {
      title: `Make cheaper: ${found.title}`,
      placeHolder: 'Each saving is estimated by itself: they do not add up',
      matchOnDescription: true,
      matchOnDetail: true,
    },
  );
  if (!picked?.one) return;
  if (picked.one.changes.length === 0) {
    vscode.window.showInformationMessage(`${picked.one.label} · ${picked.one.description}. ${picked.one.detail}`);
    return;
  }
  // Files may have changed while the list was open: the edit is that of the texts as they are now, or none.
  const { id, label } = picked.one;
  const changes = (await ask())?.advice.find((one) => one.id === id)?.changes ?? [];
  const stand = await Promise.all(changes.map(stands));
  if (changes.length === 0 || stand.includes(false)) {
    vscode.window.showWarningMessage(`Nothing was changed: the files are no longer those for which “${label}” was found.`);
    return;
  }
  const edit = new vscode.WorkspaceEdit();
  for (const { uri, range, text } of changes)
    edit.replace(vscode.Uri.parse(uri), new vscode.Range(range.start.line, range.start.character, range.end.line, range.end.character), text);
  if (!(await vscode.workspace.applyEdit(edit))) throw new Error('the edit could not be applied: the file has changed');
  await adviceTaken(start, picked.one.taken);
}

/** The lines that a change touches are what they were when it was found. */
async function stands({ uri, range, lines }: AdvisedChange): Promise<boolean> {
  const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(uri)).then(
    (found) => found,
    () => undefined, // a file that is gone is changed
  );
  return (
    document !== undefined && lines.every((line, at) => range.start.line + at < document.lineCount && document.lineAt(range.start.line + at).text === line)
  );
}
