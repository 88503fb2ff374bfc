import * as vscode from 'vscode';
import { BrowserMessageReader, BrowserMessageWriter, LanguageClient } from 'vscode-languageclient/browser';
import { askSourceRequest, readKeptRequest, type SourceQuestion, writeKeptRequest } from '../../../server/src/protocol/sources.js';
import type { Running } from '../common/running.js';
import { startWith } from '../common/start.js';
import { askSource, readKept, writeKept } from './source-reach.js';

let worker: Worker | undefined;

/** The server in a worker; where the page's rules refuse one, in this host itself. */
export async function start(context: vscode.ExtensionContext): Promise<Running> {
  const running = await startWith(
    context,
    // Transports, not the worker: VS Code wraps `Worker` here, and the client's `instanceof Worker` says no.
    (options) => new LanguageClient('mlCostLens', 'ML Cost Lens', async () => over(await place(context.extensionUri)), options),
    { encode: (bytes) => bytes, decode: (raw) => raw as Uint8Array },
    {
      readSources: true,
      answer: (client) => {
        client.onRequest(askSourceRequest, (question: SourceQuestion) => askSource(context, question));
        client.onRequest(readKeptRequest, () => readKept(context));
        client.onRequest(writeKeptRequest, (text: string) => writeKept(context, text));
      },
    },
  );
  return {
    ...running,
    stop: async () => {
      await running.stop().catch(() => {});
      worker?.terminate();
    },
  };
}

const over = (port: Worker | MessagePort) => ({ reader: new BrowserMessageReader(port as Worker), writer: new BrowserMessageWriter(port as Worker) });

async function place(extension: vscode.Uri): Promise<Worker | MessagePort> {
  const uri = vscode.Uri.joinPath(extension, 'dist', 'server-browser.js');
  try {
    worker = new Worker(uri.toString(true));
    return worker;
  } catch {
    // A remote extension's address, or a page that refuses workers of other origins: read the file and go on.
  }
  const source = await vscode.workspace.fs.readFile(uri);
  try {
    const url = URL.createObjectURL(new Blob([source as BlobPart], { type: 'text/javascript' }));
    worker = new Worker(url);
    return worker;
  } catch {
    const { port1, port2 } = new MessageChannel();
    new Function('self', new TextDecoder().decode(source))(port2);
    return port1;
  }
}
