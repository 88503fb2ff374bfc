import * as vscode from 'vscode';
import type { SavedFormat } from '../../../server/src/protocol/panel.js';
import { nonce, panelHtml } from './panel-html.js';

interface PageOptions<From> {
  /** Name of its script and style sheet in `dist`. */
  readonly bundle: string;
  readonly title: string;
  /** Checks what the page says; undefined for what is not understood. */
  readonly read: (sent: unknown) => From | undefined;
  /** A failure of it is told in the page's status line. */
  readonly answer: (message: From) => Promise<void>;
  readonly runsModels?: boolean;
}

/** A page in the editor: its rules, its files, and the messages both ways. */
export class Page<From, To> {
  closed = false;
  readonly panel: vscode.WebviewPanel;
  constructor(extension: vscode.Uri, panel: vscode.WebviewPanel, { bundle, title, read, answer, runsModels }: PageOptions<From>) {
    this.panel = panel;
    const { webview } = panel;
    const dist = vscode.Uri.joinPath(extension, 'dist');
    webview.options = { enableScripts: true, localResourceRoots: [dist] };
    panel.onDidDispose(() => {
      this.closed = true;
    });
    webview.onDidReceiveMessage((sent: unknown) => {
      const message = read(sent);
      if (message !== undefined) answer(message).catch((error: unknown) => this.say(`Not done: ${error instanceof Error ? error.message : String(error)}`));
    });
    const address = (name: string): string => webview.asWebviewUri(vscode.Uri.joinPath(dist, name)).toString();
    webview.html = panelHtml({
      title,
      script: address(`${bundle}.js`),
      style: address(`${bundle}.css`),
      source: webview.cspSource,
      nonce: nonce(),
      ...(runsModels === undefined ? {} : { runsModels }),
    });
  }
  post(message: To): void {
    if (!this.closed) void this.panel.webview.postMessage(message);
  }
  /** News for the page's status line: every page has one. */
  say(text: string): void {
    if (!this.closed) void this.panel.webview.postMessage({ type: 'status', text });
  }
  /** Ends something together with the page, also where it has ended before. */
  until(listening: vscode.Disposable): void {
    if (this.closed) listening.dispose();
    else this.panel.onDidDispose(() => listening.dispose());
  }
  /** Asks where to and saves what the page made. */
  async save(name: string, format: SavedFormat, content: string | Uint8Array, folder = vscode.workspace.workspaceFolders?.[0]?.uri): Promise<void> {
    const file = await vscode.window.showSaveDialog({
      ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, `${name.replace(/[^\p{L}\p{N}.-]+/gu, '-').replace(/^-|-$/g, '') || 'figures'}.${format}`) } : {}),
      filters: { [format.toUpperCase()]: [format] },
    });
    if (!file) return;
    await vscode.workspace.fs.writeFile(file, typeof content === 'string' ? new TextEncoder().encode(content) : content);
    this.say(`Saved as ${vscode.workspace.asRelativePath(file)}.`);
  }
}
