import * as vscode from 'vscode';
import { type AlertsParams, type AlertsResult, alertsRequest, type SpendAlert } from '../../../server/src/protocol/protocol.js';
import type { Running } from './running.js';

/** What was told in this workspace, over reloads. */
const key = 'spendAlerts';
const show = 'Show Spend';
const tomorrow = 'Remind Me Tomorrow';
const mute = 'Mute This Budget';
/** Longer than a period is. @unit h */
const wholePeriod = 24 * 400;

/** Tells of budgets that crossed a threshold or will not last: once for each crossing, until somebody wants to hear of it again or not at all. */
export class SpendAlerts {
  private readonly state: vscode.Memento;
  private asking = Promise.resolve();
  constructor(state: vscode.Memento) {
    this.state = state;
  }
  watch(running: Running): vscode.Disposable {
    this.look(running);
    return running.onSpendChanged(() => this.look(running));
  }
  /** One after the other: a crossing that two changes show is told once. */
  private look(running: Running): void {
    this.asking = this.asking.then(() => this.ask(running, {})).catch(() => {});
  }
  private async ask(running: Running, more: Pick<AlertsParams, 'snooze'>): Promise<void> {
    const memory = this.state.get<string>(key) ?? '';
    const found = await running.request<AlertsResult>(alertsRequest, { memory, ...more } satisfies AlertsParams);
    if (found.memory !== memory) await this.state.update(key, found.memory);
    for (const alert of found.alerts) void this.tell(running, alert);
  }
  private async tell(running: Running, { title, text, severity, about, budget }: SpendAlert): Promise<void> {
    const message = `${title}: ${text}`;
    const tell = severity === 'over' ? vscode.window.showErrorMessage : vscode.window.showWarningMessage;
    const picked = await tell(message, show, tomorrow, mute);
    if (picked === show) await vscode.commands.executeCommand('mlCostLens.spend', { budget });
    else if (picked !== undefined) await this.ask(running, { snooze: { about, hours: picked === mute ? wholePeriod : 24, again: picked === tomorrow } });
  }
}
