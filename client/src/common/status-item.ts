import * as vscode from 'vscode';
import type { StatusParams } from '../../../server/src/protocol/protocol.js';
import { section } from './settings.js';

const icons: Readonly<Record<StatusParams['state'], string>> = { ok: '$(graph)', warn: '$(warning)', unknown: '$(question)', none: '' };

/** What the document in front costs, in the status bar. */
export class StatusItem implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('mlCostLens.status', vscode.StatusBarAlignment.Right, 90);
  private params: StatusParams | undefined;
  constructor() {
    this.item.name = 'ML Cost Lens';
  }
  /** Another document came to the front: nothing is shown until the server has said what it costs. */
  show(uri: vscode.Uri | undefined): void {
    if (uri === undefined) this.params = undefined;
    this.draw();
  }
  take(params: StatusParams): void {
    this.params = params;
    this.draw();
  }
  draw(): void {
    const { params } = this;
    const enabled = vscode.workspace.getConfiguration(section).get('statusBar.enabled', true);
    if (!enabled || params === undefined || params.state === 'none') {
      this.item.hide();
      return;
    }
    this.item.command =
      params.budget === undefined
        ? 'mlCostLens.estimateFile'
        : { command: 'mlCostLens.spend', title: 'Show Spend Against Budgets', arguments: [{ budget: params.budget }] };
    this.item.text = `${icons[params.state]} ${params.text}`;
    const tooltip = new vscode.MarkdownString();
    tooltip.appendText(params.tooltip);
    this.item.tooltip = tooltip;
    this.item.accessibilityInformation = { label: `ML cost: ${params.text}` };
    this.item.backgroundColor = params.state === 'warn' ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    this.item.show();
  }
  dispose(): void {
    this.item.dispose();
  }
}
