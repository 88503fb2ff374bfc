import * as vscode from 'vscode';
import {
  type FromHistory,
  type HistoryParams,
  type HistoryResult,
  type HistoryTrouble,
  historyPanelType,
  historyRequest,
  type ToHistory,
} from '../../../server/src/protocol/history.js';
import type { WorkloadRef } from '../../../server/src/protocol/protocol.js';
import { readHistoryMessage, readHistoryRef } from './history-messages.js';
import { Page } from './panel-page.js';
import { keyOf, toWorkload } from './pick-workload.js';
import type { Start } from './running.js';

/** The panels that show an estimate over the commits: one a workload, brought to the front when asked for again. */
export class HistoryPanels implements vscode.WebviewPanelSerializer {
  private readonly start: Start;
  private readonly extension: vscode.Uri;
  private readonly open = new Map<string, HistoryPanel>();
  constructor(start: Start, extension: vscode.Uri) {
    this.start = start;
    this.extension = extension;
  }
  async show(ref: WorkloadRef): Promise<void> {
    const there = this.open.get(keyOf(ref));
    if (there) return there.reveal();
    await this.take(vscode.window.createWebviewPanel(historyPanelType, 'History', vscode.ViewColumn.Active, {}), ref);
  }
  /** The editor was restarted and gives back what was open. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const ref = readHistoryRef(state);
    if (ref) await this.take(panel, ref);
    else panel.dispose();
  }
  private async take(panel: vscode.WebviewPanel, ref: WorkloadRef): Promise<void> {
    const one = new HistoryPanel(this.start, this.extension, panel, ref);
    this.open.set(keyOf(ref), one);
    panel.onDidDispose(() => this.open.delete(keyOf(ref)));
    await one.follow();
  }
}

class HistoryPanel {
  private readonly start: Start;
  private readonly page: Page<FromHistory, ToHistory>;
  private readonly ref: WorkloadRef;
  private readonly token = `history-${Math.random().toString(36).slice(2)}`;
  private title = 'history';
  /** The question that is being answered: it ends when the page goes, or nobody waits. */
  private asking: vscode.CancellationTokenSource | undefined;
  constructor(start: Start, extension: vscode.Uri, panel: vscode.WebviewPanel, ref: WorkloadRef) {
    this.start = start;
    this.ref = ref;
    this.page = new Page(extension, panel, {
      bundle: 'webview-history',
      title: panel.title,
      read: readHistoryMessage,
      answer: (message) => this.answer(message),
    });
  }
  reveal(): void {
    this.page.panel.reveal();
  }
  /** Tells how far the commits are. */
  async follow(): Promise<void> {
    const { page } = this;
    page.until({ dispose: () => this.asking?.cancel() });
    page.until(
      (await this.start()).onProgress(({ token, done, total }) => {
        if (token === this.token) page.post({ type: 'progress', done, total });
      }),
    );
  }

  private async answer(message: FromHistory): Promise<void> {
    switch (message.type) {
      case 'ready':
      case 'refresh':
        return this.read();
      case 'stop':
        this.asking?.cancel();
        return;
      case 'reveal':
        return toWorkload(this.start, this.ref);
      case 'copy':
        await vscode.env.clipboard.writeText(message.oid);
        return this.page.say(`Copied ${message.oid.slice(0, 9)}.`);
      case 'save':
        return this.page.save(
          `history ${this.title}`,
          message.format,
          message.content,
          vscode.workspace.getWorkspaceFolder(vscode.Uri.parse(this.ref.uri))?.uri,
        );
    }
  }
  private async read(): Promise<void> {
    this.asking?.cancel();
    const asking = new vscode.CancellationTokenSource();
    this.asking = asking;
    this.page.post({ type: 'working' });
    const params: HistoryParams = { ref: this.ref, token: this.token };
    const data = await (await this.start()).request<HistoryResult | HistoryTrouble>(historyRequest, params, asking.token);
    if (asking !== this.asking || this.page.closed) return;
    if (asking.token.isCancellationRequested)
      return this.page.post({ type: 'trouble', text: 'Stopped. What was read until then is kept: it goes on from there.' });
    if ('trouble' in data) return this.page.post({ type: 'trouble', text: data.trouble });
    this.title = data.title;
    this.page.panel.title = `History: ${data.title}`;
    this.page.post({ type: 'data', ref: this.ref, data });
  }
}
