import * as vscode from 'vscode';
import { type BaseLanguageClient, type LanguageClientOptions, RevealOutputChannelOn } from 'vscode-languageclient';
import { assetRequest, findFilesRequest, type InitOptions, readFileRequest } from '../../../server/src/protocol/protocol.js';
import { languageIds } from './markers.js';
import type { Running } from './running.js';
import { readSettings } from './settings.js';
import { findFiles, readText } from './workspace-files.js';

export type CreateClient = (options: LanguageClientOptions) => BaseLanguageClient;

/** Starts the server and answers what it asks. */
export async function startWith(context: vscode.ExtensionContext, create: CreateClient, encode: (bytes: Uint8Array) => unknown): Promise<Running> {
  const options: LanguageClientOptions = {
    documentSelector: languageIds.map((language) => ({ language })), // every scheme, and cells
    outputChannelName: 'ML Cost Lens',
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    initializationOptions: { locale: vscode.env.language, settings: readSettings() } satisfies InitOptions,
  };
  const client = create(options);
  // All handlers stand before start(): the server asks as soon as a document opens.
  client.onRequest(assetRequest, async (name: string) =>
    encode(await vscode.workspace.fs.readFile(vscode.Uri.joinPath(context.extensionUri, 'dist', name.replace(/.*[/\\]/, '')))),
  );
  client.onRequest(readFileRequest, readText);
  client.onRequest(findFilesRequest, findFiles);
  await client.start();
  return { stop: () => client.stop() };
}
