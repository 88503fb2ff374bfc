import type * as vscode from 'vscode';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';
import type { Running } from '../common/running.js';
import { startWith } from '../common/start.js';

/** The server as a child process over IPC. */
export const start = (context: vscode.ExtensionContext): Promise<Running> =>
  startWith(
    context,
    (options) => {
      const args = ['--code-cache', context.globalStorageUri.fsPath];
      const run = { module: context.asAbsolutePath('dist/server-node.js'), transport: TransportKind.ipc, args };
      return new LanguageClient('mlCostLens', 'ML Cost Lens', { run, debug: run }, options);
    },
    // IPC is JSON
    { encode: (bytes) => Buffer.from(bytes).toString('base64'), decode: (raw) => Buffer.from(String(raw), 'base64') },
    { readSources: true },
  );
