import * as vscode from 'vscode';

/** Reports as read-only documents, shown as rendered Markdown where the editor can. */
export class Reports implements vscode.TextDocumentContentProvider {
  static readonly scheme = 'mlcost-report';
  private readonly texts = new Map<string, string>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.path) ?? 'This report is no longer there. Run its command again.';
  }
  async show(title: string, markdown: string): Promise<void> {
    const uri = vscode.Uri.from({ scheme: Reports.scheme, path: `/${title.replace(/[\\/:?#]+/g, ' ').trim() || 'report'}.md` });
    this.texts.set(uri.path, markdown);
    this.changed.fire(uri);
    try {
      // Asking for the list of commands first would not do: this one is there only once its extension is active.
      await vscode.commands.executeCommand('markdown.showPreview', uri);
    } catch {
      await vscode.window.showTextDocument(uri, { preview: true });
    }
  }
}
