import * as vscode from 'vscode';
import { type FileNode, type WorkloadNode, type WorkloadsResult, workloadsRequest } from '../../../server/src/protocol/protocol.js';
import type { Running } from './running.js';

interface Label {
  readonly label: string;
  readonly description: string;
}
type Node =
  | { readonly kind: 'file'; readonly file: FileNode }
  | { readonly kind: 'workload'; readonly workload: WorkloadNode }
  | ({ readonly kind: 'label'; readonly icon: string; readonly budget?: string } & Label);

const icons: Readonly<Record<string, string>> = {
  training: 'mortar-board',
  serving: 'server',
  'batch-inference': 'layers',
  'api-call': 'cloud',
  resource: 'vm',
};

/** Workloads by file with totals, and budgets. Empty until something was found: the welcome text says what to do. */
export class WorkloadTree implements vscode.TreeDataProvider<Node> {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.changed.event;
  private running: Running | undefined;
  connect(running: Running): void {
    this.running = running;
    running.onWorkloadsChanged(() => this.changed.fire());
    this.changed.fire();
  }
  refresh(): void {
    this.changed.fire();
  }
  async getChildren(node?: Node): Promise<Node[]> {
    if (!this.running) return [];
    if (node) return node.kind === 'file' ? node.file.workloads.map((workload) => ({ kind: 'workload', workload })) : [];
    const { files, total, budgets } = await this.running.request<WorkloadsResult>(workloadsRequest, null);
    const label = (icon: string, { label: text, description }: Label): Extract<Node, { kind: 'label' }> => ({ kind: 'label', icon, label: text, description });
    return [
      ...(total === '' ? [] : [label('graph', { label: 'Total', description: total })]),
      ...budgets.map((one): Node => ({ ...label('credit-card', { label: `Budget ${one.label}`, description: one.description }), budget: one.label })),
      ...files.map((file): Node => ({ kind: 'file', file })),
    ];
  }
  getTreeItem(node: Node): vscode.TreeItem {
    if (node.kind === 'label') {
      const item = new vscode.TreeItem(node.label);
      item.description = node.description;
      item.iconPath = new vscode.ThemeIcon(node.icon);
      if (node.budget !== undefined) item.command = { title: 'Show Spend', command: 'mlCostLens.spend', arguments: [{ budget: node.budget }] };
      return item;
    }
    if (node.kind === 'file') {
      const item = new vscode.TreeItem(vscode.Uri.parse(node.file.uri), vscode.TreeItemCollapsibleState.Expanded);
      item.description = node.file.total;
      item.iconPath = vscode.ThemeIcon.File;
      item.id = node.file.uri;
      return item;
    }
    const { workload } = node;
    const item = new vscode.TreeItem(workload.label);
    item.description = workload.description;
    item.tooltip = workload.tooltip;
    item.id = `${workload.ref.uri} ${workload.ref.id}`;
    item.contextValue = 'workload';
    const colour = workload.state === 'warn' ? new vscode.ThemeColor('list.warningForeground') : undefined;
    item.iconPath = new vscode.ThemeIcon(
      workload.state === 'warn' ? 'warning' : workload.state === 'unknown' ? 'question' : (icons[workload.kind] ?? 'graph'),
      colour,
    );
    item.command = { title: 'Open', command: 'mlCostLens.reveal', arguments: [{ uri: workload.place.uri, line: workload.place.line }] };
    return item;
  }
}
export const refOf = (argument: unknown): unknown =>
  typeof argument === 'object' && argument !== null && 'workload' in argument ? (argument as { workload: WorkloadNode }).workload.ref : argument;
