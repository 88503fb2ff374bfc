import type * as vscode from 'vscode';
import type { ProgressParams, StatusParams } from '../../../server/src/protocol/protocol.js';

/** The started part of the extension, as the light part sees it. */
export interface Running {
  request<T>(method: string, params: unknown, token?: vscode.CancellationToken): Promise<T>;
  notify(method: string, params: unknown): void;
  readonly onStatus: vscode.Event<StatusParams>;
  readonly onProgress: vscode.Event<ProgressParams>;
  readonly onWorkloadsChanged: vscode.Event<void>;
  readonly onSpendChanged: vscode.Event<void>;
  showOutput(): void;
  stop(): Promise<void>;
}
/** Gives the started part, starting it if need be. */
export type Start = () => Promise<Running>;
