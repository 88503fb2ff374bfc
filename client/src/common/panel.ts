import * as vscode from 'vscode';
import { type CompareParams, type CompareResult, comparePanelType, type FromPanel, type OfferRow, type ToPanel } from '../../../server/src/protocol/panel.js';
import { compareRequest, type WorkloadRef } from '../../../server/src/protocol/protocol.js';
import { applyChange, openSettings } from './answers.js';
import { settingsFile } from './markers.js';
import { readPanelMessage, readPanelState } from './panel-messages.js';
import { Page } from './panel-page.js';
import { keyOf, toWorkload } from './pick-workload.js';
import type { Start } from './running.js';

/** The compare panels: one a workload, brought to the front when it is asked for again. */
export class ComparePanels implements vscode.WebviewPanelSerializer {
  private readonly start: Start;
  private readonly extension: vscode.Uri;
  private readonly open = new Map<string, ComparePanel>();
  constructor(start: Start, extension: vscode.Uri) {
    this.start = start;
    this.extension = extension;
  }
  async show(ref: WorkloadRef): Promise<void> {
    const there = this.open.get(keyOf(ref));
    if (there) return there.reveal();
    const data = await (await this.start()).request<CompareResult | null>(compareRequest, ref);
    if (!data || data.kind === 'api-call') {
      vscode.window.showInformationMessage(
        data ? 'A hosted API has no accelerators to choose: its provider runs it.' : 'There is nothing to compare: this workload is no longer there.',
      );
      return;
    }
    const panel = vscode.window.createWebviewPanel(comparePanelType, `Compare: ${data.title}`, vscode.ViewColumn.Active, {});
    await this.take(panel, ref, null, '');
  }
  /** The editor was restarted and gives back what was open. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const kept = readPanelState(state);
    if (kept) await this.take(panel, kept.ref, kept.count, kept.region);
    else panel.dispose();
  }
  private async take(panel: vscode.WebviewPanel, ref: WorkloadRef, count: number | null, region: string): Promise<void> {
    const one = new ComparePanel(this.start, this.extension, panel, ref, count, region);
    this.open.set(keyOf(ref), one);
    panel.onDidDispose(() => this.open.delete(keyOf(ref)));
    await one.follow();
  }
}

class ComparePanel {
  private readonly start: Start;
  private readonly page: Page<FromPanel, ToPanel>;
  private readonly ref: WorkloadRef;
  private count: number | null;
  private region: string;
  private rows: readonly OfferRow[] = [];
  private title = '';
  /** Counts requests: an answer that was overtaken is dropped. */
  private latest = 0;
  constructor(start: Start, extension: vscode.Uri, panel: vscode.WebviewPanel, ref: WorkloadRef, count: number | null, region: string) {
    this.start = start;
    this.ref = ref;
    this.count = count;
    this.region = region;
    this.page = new Page(extension, panel, {
      bundle: 'webview-compare',
      title: panel.title,
      read: readPanelMessage,
      answer: (message) => this.answer(message),
    });
  }
  reveal(): void {
    this.page.panel.reveal();
  }
  /** Follows the code: what changes there is computed and drawn anew, while somebody looks. */
  async follow(): Promise<void> {
    const { page } = this;
    page.until(
      (await this.start()).onWorkloadsChanged(() => {
        if (page.panel.visible) void this.refresh().catch(() => {}); // the next change tries again
      }),
    );
  }

  private async answer(message: FromPanel): Promise<void> {
    switch (message.type) {
      case 'ready':
        return this.refresh();
      case 'count':
        this.count = message.count;
        return this.refresh();
      case 'region':
        this.region = message.region;
        return this.refresh();
      case 'use':
        return this.use(message.key);
      case 'openSettings':
        return openSettings();
      case 'reveal':
        return toWorkload(this.start, this.ref);
      case 'save':
        return this.page.save(this.title, message.format, message.content, vscode.workspace.getWorkspaceFolder(vscode.Uri.parse(this.ref.uri))?.uri);
    }
  }
  private async refresh(): Promise<void> {
    const mine = ++this.latest;
    const params: CompareParams = {
      ...this.ref,
      ...(this.count === null ? {} : { count: this.count }),
      ...(this.region === '' ? {} : { region: this.region }),
    };
    const data = await (await this.start()).request<CompareResult | null>(compareRequest, params);
    if (mine !== this.latest || this.page.closed) return;
    if (!data) return this.page.post({ type: 'gone', text: 'This workload is no longer there; what is shown is as it was.' });
    this.rows = data.rows;
    this.title = data.title;
    this.page.panel.title = `Compare: ${data.title}`;
    this.page.post({ type: 'data', ref: this.ref, data });
  }
  /** Keeps the offer of a row as the workspace's, so that its lenses show what the row showed. */
  private async use(key: string): Promise<void> {
    const row = this.rows.find((one) => one.key === key);
    if (!row) return;
    const { accelerator, provider, region, market, own } = row;
    const set = (name: 'accelerator' | 'provider' | 'region' | 'market', value: string) =>
      applyChange(this.start, this.ref.uri, { kind: 'set', key: name, value });
    await set('accelerator', accelerator);
    if (!own) {
      await set('provider', provider);
      if (region !== 'any') await set('region', region);
      await set('market', market);
    }
    this.page.say(`${row.acceleratorName}${own ? '' : ` of ${provider}`} is now this workspace's, where the code says nothing else (kept in ${settingsFile}).`);
    await this.refresh();
  }
}
