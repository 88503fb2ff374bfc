import * as vscode from 'vscode';
import { type BlameResult, blameRequest } from '../../../server/src/protocol/protocol.js';
import type { Reports } from './reports.js';
import type { Start } from './running.js';

/** What each line of the document in front costs or saves, behind the line; the same command, or an edit, takes it away. */
export class Blame implements vscode.Disposable {
  private readonly start: Start;
  private readonly reports: Reports;
  private readonly marks: Record<'money' | 'quiet', vscode.TextEditorDecorationType>;
  private readonly listening: vscode.Disposable;
  private shown: vscode.TextEditor | undefined;
  constructor(start: Start, reports: Reports) {
    this.start = start;
    this.reports = reports;
    const behind = (color: string) => vscode.window.createTextEditorDecorationType({ after: { margin: '0 0 0 3em', color: new vscode.ThemeColor(color) } });
    this.marks = { money: behind('editorCodeLens.foreground'), quiet: behind('disabledForeground') };
    this.listening = vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (contentChanges.length > 0 && this.shown?.document === document) this.clear();
    });
  }
  async toggle(): Promise<void> {
    const notebook = vscode.window.activeNotebookEditor?.notebook;
    const editor = vscode.window.activeTextEditor;
    const uri = notebook?.uri ?? editor?.document.uri;
    if (!uri) {
      vscode.window.showInformationMessage('Open a file to see what its lines cost.');
      return;
    }
    if (editor && this.shown === editor) return this.clear();
    this.clear();
    const version = editor?.document.version;
    const found = await (await this.start()).request<BlameResult | null>(blameRequest, { uri: uri.toString() });
    if (!found || found.lines.length === 0) {
      vscode.window.showInformationMessage(`No ML workload takes a fact from ${uri.path.slice(uri.path.lastIndexOf('/') + 1)}.`);
      return;
    }
    // A notebook's lines are those of its file, which nobody sees.
    if (notebook || !editor) return this.reports.show('What each line costs', found.markdown);
    if (editor.document.version !== version) return;
    const marks = (quiet: boolean): vscode.DecorationOptions[] =>
      found.lines
        .filter(({ effect, line }) => (effect === 'none') === quiet && line < editor.document.lineCount)
        .map(({ line, text, hover }) => {
          const { end } = editor.document.lineAt(line).range;
          return {
            range: new vscode.Range(end, end),
            renderOptions: { after: { contentText: text } },
            hoverMessage: Object.assign(new vscode.MarkdownString(hover), { isTrusted: { enabledCommands: ['mlCostLens.history'] } }),
          };
        });
    editor.setDecorations(this.marks.money, marks(false));
    editor.setDecorations(this.marks.quiet, marks(true));
    this.shown = editor;
    if (found.note !== undefined) vscode.window.setStatusBarMessage(`ML Cost Lens: ${found.note}`, 10_000);
  }
  private clear(): void {
    this.shown?.setDecorations(this.marks.money, []);
    this.shown?.setDecorations(this.marks.quiet, []);
    this.shown = undefined;
  }
  dispose(): void {
    this.listening.dispose();
    this.marks.money.dispose();
    this.marks.quiet.dispose();
  }
}
