import * as vscode from 'vscode';
import { type ScanResult, scanRequest, type WorkloadRef } from '../../../server/src/protocol/protocol.js';
import {
  type FromWhatIf,
  type Set as Supposed,
  type SwingsParams,
  type SwingsResult,
  swingsRequest,
  type ToWhatIf,
  type WhatIfParams,
  type WhatIfResult,
  whatIfPanelType,
  whatIfRequest,
} from '../../../server/src/protocol/what-if.js';
import { applyChange, openSettings } from './answers.js';
import { settingsFile } from './markers.js';
import { Page } from './panel-page.js';
import { keyOf, toWorkload } from './pick-workload.js';
import type { Start } from './running.js';
import { readWhatIfMessage, readWhatIfState } from './what-if-messages.js';

/** The what-if panels: one a workload and one for the workspace, brought to the front when asked for again. */
export class WhatIfPanels implements vscode.WebviewPanelSerializer {
  private readonly start: Start;
  private readonly extension: vscode.Uri;
  private readonly open = new Map<string, WhatIfPanel>();
  constructor(start: Start, extension: vscode.Uri) {
    this.start = start;
    this.extension = extension;
  }
  /** @param ref null: the whole workspace */
  async show(ref: WorkloadRef | null): Promise<void> {
    const there = this.open.get(keyOf(ref));
    if (there) return there.reveal();
    await this.take(vscode.window.createWebviewPanel(whatIfPanelType, 'What if', vscode.ViewColumn.Active, {}), ref, {}, []);
  }
  /** The editor was restarted and gives back what was open. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const kept = readWhatIfState(state);
    if (kept) await this.take(panel, kept.ref, kept.draft, kept.shown);
    else panel.dispose();
  }
  private async take(panel: vscode.WebviewPanel, ref: WorkloadRef | null, draft: Supposed, shown: readonly string[]): Promise<void> {
    const one = new WhatIfPanel(this.start, this.extension, panel, ref, draft, shown);
    this.open.set(keyOf(ref), one);
    panel.onDidDispose(() => this.open.delete(keyOf(ref)));
    await one.follow();
  }
}

class WhatIfPanel {
  private readonly start: Start;
  private readonly page: Page<FromWhatIf, ToWhatIf>;
  private readonly ref: WorkloadRef | null;
  private readonly token = `what-if-${Math.random().toString(36).slice(2)}`;
  private draft: Supposed;
  private shown: readonly string[];
  private quantity = '';
  private title = 'what if';
  /** The question that is being answered: one that follows makes its answer worthless. */
  private asking: vscode.CancellationTokenSource | undefined;
  constructor(start: Start, extension: vscode.Uri, panel: vscode.WebviewPanel, ref: WorkloadRef | null, draft: Supposed, shown: readonly string[]) {
    this.start = start;
    this.ref = ref;
    this.draft = draft;
    this.shown = shown;
    this.page = new Page(extension, panel, {
      bundle: 'webview-what-if',
      title: panel.title,
      read: readWhatIfMessage,
      answer: (message) => this.answer(message),
    });
  }
  reveal(): void {
    this.page.panel.reveal();
  }
  /** Follows the code and the settings while somebody looks, and tells how far many workloads are. */
  async follow(): Promise<void> {
    const { page } = this;
    const running = await this.start();
    page.until(
      running.onWorkloadsChanged(() => {
        if (page.panel.visible) void this.refresh().catch(() => {}); // the next change tries again
      }),
    );
    page.until(
      running.onProgress(({ token, done, total }) => {
        if (token === this.token) page.post({ type: 'progress', done, total });
      }),
    );
  }

  private async answer(message: FromWhatIf): Promise<void> {
    switch (message.type) {
      case 'ready':
        return this.refresh();
      case 'suppose':
        ({ draft: this.draft, shown: this.shown } = message);
        return this.columns();
      case 'swings':
        this.quantity = message.quantity;
        return this.swings();
      case 'keep':
        return this.keep(message.name, message.set);
      case 'openSettings':
        return openSettings();
      case 'whole':
        await vscode.commands.executeCommand('mlCostLens.whatIf', 'workspace');
        return;
      case 'scan':
        return this.scan();
      case 'reveal':
        return toWorkload(this.start, message.ref ?? this.ref);
      case 'save':
        return this.page.save(
          `${message.drawing === 'bars' ? 'what if' : 'what moves'} ${this.title}`,
          message.format,
          message.content,
          this.ref ? vscode.workspace.getWorkspaceFolder(vscode.Uri.parse(this.ref.uri))?.uri : undefined,
        );
    }
  }
  private async refresh(): Promise<void> {
    await this.columns();
    await this.swings();
  }
  private async columns(): Promise<void> {
    this.asking?.cancel();
    const asking = new vscode.CancellationTokenSource();
    this.asking = asking;
    const params: WhatIfParams = { ref: this.ref, draft: this.draft, shown: this.shown, token: this.token };
    const data = await (await this.start()).request<WhatIfResult | null>(whatIfRequest, params, asking.token);
    if (asking !== this.asking || this.page.closed) return;
    if (!data) return this.page.post({ type: 'gone', text: 'This workload is no longer there; what is shown is as it was.' });
    this.title = data.title;
    this.page.panel.title = `What if: ${data.title}`;
    this.page.post({ type: 'data', ref: this.ref, data });
  }
  private async swings(): Promise<void> {
    if (!this.ref) return;
    const params: SwingsParams = { ref: this.ref, ...(this.quantity === '' ? {} : { quantity: this.quantity }) };
    this.page.post({ type: 'swings', data: await (await this.start()).request<SwingsResult | null>(swingsRequest, params) });
  }
  /** Reads the workspace, with its progress in the page. */
  private async scan(): Promise<void> {
    this.page.say('Reading the workspace …');
    const { summary } = await (await this.start()).request<ScanResult>(scanRequest, { token: this.token });
    this.page.say(summary);
    await this.refresh();
    await vscode.commands.executeCommand('mlCostLens.refresh');
  }
  /** Writes the draft to the repository's scenarios; from then on it stands beside other drafts under its name. */
  private async keep(name: string, set: Supposed): Promise<void> {
    await applyChange(this.start, this.ref?.uri, { kind: 'scenario', name, set });
    this.shown = [...this.shown.filter((one) => one !== name), name];
    this.draft = {};
    this.page.post({ type: 'kept', name });
    this.page.say(`Kept as ‘${name}’ in ${settingsFile}.`);
    await this.columns();
  }
}
