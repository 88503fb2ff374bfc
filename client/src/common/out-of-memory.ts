import * as vscode from 'vscode';
import { type OutOfMemoryResult, outOfMemoryRequest } from '../../../server/src/protocol/protocol.js';
import type { Reports } from './reports.js';
import type { Start } from './running.js';

/** A log's text: the selection, the open document where it is one, else the clipboard. */
async function logText(): Promise<string> {
  const editor = vscode.window.activeTextEditor;
  const selected = editor && !editor.selection.isEmpty ? editor.document.getText(editor.selection) : '';
  if (selected !== '') return selected;
  const open = editor && /^(?:plaintext|log|Log)$/.test(editor.document.languageId) ? editor.document.getText() : '';
  return open === '' ? vscode.env.clipboard.readText() : open;
}

/** Explains an out-of-memory error or a server's start: which workload, which part of the memory, and the smallest change that fits. */
export async function outOfMemory(start: Start, reports: Reports): Promise<void> {
  const text = await logText();
  const found = text.trim() === '' ? null : await (await start()).request<OutOfMemoryResult | null>(outOfMemoryRequest, { text });
  if (!found) {
    vscode.window.showInformationMessage('No out-of-memory error was found: select it, open the log, or copy it to the clipboard, and run this again.');
    return;
  }
  await reports.show('Out of memory', found.markdown);
  if (!found.keep) return;
  const keep = 'Keep for Estimates';
  if ((await vscode.window.showInformationMessage('What was measured can correct the memory estimates of this workload.', keep)) !== keep) return;
  const file = vscode.Uri.parse(found.keep.uri);
  const before = await vscode.workspace.fs.readFile(file).then(
    (bytes) => new TextDecoder().decode(bytes),
    () => '',
  );
  const text_ = `${before === '' || before.endsWith('\n') ? before : `${before}\n`}${found.keep.row}\n`;
  await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(text_));
}
