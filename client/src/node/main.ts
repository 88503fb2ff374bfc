import type * as vscode from 'vscode';
import { activateWith, stop } from '../common/activation.js';
import { registerMcpServers } from '../common/agent-tools.js';
import { readSource } from './read-source.js';

export function activate(context: vscode.ExtensionContext): void {
  // The language client costs more to load than all the rest: it is a file of its own.
  activateWith(
    {
      start: async (own) => (await import('./client-start.js')).start(own),
      readSource,
      register: (own) => registerMcpServers(own, process.execPath),
    },
    context,
  );
}
export const deactivate = (): Promise<void> | undefined => stop();
