import * as vscode from 'vscode';
import {
  type FromSpendPage,
  type SpendPanelParams,
  type SpendPanelResult,
  type SpendQuery,
  type SpendTrouble,
  spendPanelRequest,
  spendPanelType,
  type ToSpendPage,
} from '../../../server/src/protocol/spend-panel.js';
import { openSettings } from './answers.js';
import { Page } from './panel-page.js';
import type { Start } from './running.js';
import { readKeptSpend, readSpendMessage } from './spend-messages.js';

/** Where the arrangement of the last session is kept, for this workspace. */
const keptAt = 'spend';
/** The age of the data is told anew, and a new day begins: now and then the panel is asked for again. @unit ms */
const every = 600_000;

/** The spend panel: one, brought to the front when it is asked for again. */
export class SpendPanels implements vscode.WebviewPanelSerializer {
  private readonly start: Start;
  private readonly extension: vscode.Uri;
  private readonly memory: vscode.Memento;
  private open: SpendPanel | undefined;
  constructor(start: Start, { extensionUri, workspaceState }: vscode.ExtensionContext) {
    this.start = start;
    this.extension = extensionUri;
    this.memory = workspaceState;
  }
  /** @param budget name of the one that somebody came for */
  async show(budget?: string): Promise<void> {
    if (this.open) this.open.page.panel.reveal();
    else await this.take(vscode.window.createWebviewPanel(spendPanelType, 'Spend Against Budgets', vscode.ViewColumn.Active, {}));
    if (budget !== undefined) this.open?.lookAt(budget);
  }
  /** The editor was restarted and gives back what was open. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    await this.take(panel);
  }
  private async take(panel: vscode.WebviewPanel): Promise<void> {
    const one = new SpendPanel(this.start, this.extension, this.memory, panel);
    this.open = one;
    panel.onDidDispose(() => {
      if (this.open === one) this.open = undefined;
    });
    await one.follow();
  }
}

class SpendPanel {
  readonly page: Page<FromSpendPage, ToSpendPage>;
  private readonly start: Start;
  private readonly memory: vscode.Memento;
  private root: string | undefined;
  private query: SpendQuery | undefined;
  /** How the page is arranged; what it means is the page's own matter. */
  private view: unknown;
  /** Stamps of what the page has; undefined until it can take anything. */
  private known: Readonly<Record<string, string>> | undefined;
  private budget: string | undefined;
  /** Counts requests: an answer that was overtaken is dropped. */
  private latest = 0;
  constructor(start: Start, extension: vscode.Uri, memory: vscode.Memento, panel: vscode.WebviewPanel) {
    this.start = start;
    this.memory = memory;
    const { root, query, view } = readKeptSpend(memory.get(keptAt));
    this.root = root;
    this.query = query;
    this.view = view;
    this.page = new Page(extension, panel, {
      bundle: 'webview-spend',
      title: panel.title,
      read: readSpendMessage,
      answer: (message) => this.answer(message),
    });
  }
  lookAt(budget: string): void {
    this.budget = budget;
    this.post();
  }
  /** Follows the ledger and the settings: what is new there is drawn, while somebody looks. */
  async follow(): Promise<void> {
    const { page } = this;
    const again = (): void => {
      if (page.panel.visible) void this.refresh().catch(() => {}); // the next change tries again
    };
    const timer = setInterval(again, every);
    page.until({ dispose: () => clearInterval(timer) });
    page.until((await this.start()).onSpendChanged(again));
  }

  private async answer(message: FromSpendPage): Promise<void> {
    switch (message.type) {
      case 'ready':
        // a page that was hidden begins anew
        this.known = {};
        if (this.view !== undefined) this.page.post({ type: 'restore', view: this.view });
        this.post();
        return this.refresh();
      case 'refresh':
        return this.refresh();
      case 'query':
        this.root = message.root;
        this.query = message.query;
        await this.keep();
        return this.refresh();
      case 'keep':
        this.view = message.view;
        return this.keep();
      case 'openSettings':
        return openSettings();
      case 'reveal':
        await vscode.commands.executeCommand('mlCostLens.reveal', { uri: message.uri, line: message.line });
        return;
      case 'save':
        return this.page.save(message.name, message.format, message.content, this.root === undefined ? undefined : vscode.Uri.parse(this.root, true));
    }
  }
  private async refresh(): Promise<void> {
    if (this.known === undefined) return;
    const mine = ++this.latest;
    const params: SpendPanelParams = {
      known: this.known,
      ...(this.root === undefined ? {} : { root: this.root }),
      ...(this.query === undefined ? {} : { query: this.query }),
    };
    const found = await (await this.start()).request<SpendPanelResult | SpendTrouble>(spendPanelRequest, params);
    if (mine !== this.latest || this.page.closed) return;
    if ('trouble' in found) return this.page.post({ type: 'trouble', text: found.trouble });
    this.known = found.update.stamps;
    this.page.post({ type: 'data', ...found });
  }
  /** The budget that somebody came for, once the page can show it. */
  private post(): void {
    if (this.known === undefined || this.budget === undefined) return;
    this.page.post({ type: 'budget', name: this.budget });
    this.budget = undefined;
  }
  private async keep(): Promise<void> {
    await this.memory.update(keptAt, { root: this.root, query: this.query, view: this.view });
  }
}
