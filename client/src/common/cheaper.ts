import * as vscode from 'vscode';
import { type AdviceResult, adviceRequest, type WorkloadRef } from '../../../server/src/protocol/protocol.js';
import type { Start } from './running.js';

/** Shows what makes a workload cheaper, and makes the chosen edit: one undo takes it back. */
export async function makeCheaper(start: Start, ref: WorkloadRef): Promise<void> {
  const found = await (await start()).request<AdviceResult | null>(adviceRequest, ref);
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
  const edit = new vscode.WorkspaceEdit();
  for (const { uri, range, text } of picked.one.changes)
    edit.replace(vscode.Uri.parse(uri), new vscode.Range(range.start.line, range.start.character, range.end.line, range.end.character), text);
  if (!(await vscode.workspace.applyEdit(edit))) throw new Error('the edit could not be applied: the file has changed');
}
