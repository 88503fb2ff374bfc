import type * as vscode from 'vscode';
import { activateWith, stop } from '../common/activation.js';
import { readSource } from './source-reach.js';

export function activate(context: vscode.ExtensionContext): void {
  // One file on the web: what is imported here is evaluated when it is first needed.
  activateWith({ start: async (own) => (await import('./client-start.js')).start(own), readSource: () => readSource }, context);
}
export const deactivate = (): Promise<void> | undefined => stop();
