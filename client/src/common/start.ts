import * as vscode from 'vscode';
import { type BaseLanguageClient, type LanguageClientOptions, RevealOutputChannelOn } from 'vscode-languageclient';
import { writeWholeRequest } from '../../../server/src/protocol/model-file.js';
import {
  assetRequest,
  findFilesRequest,
  findRunsRequest,
  type InitOptions,
  type ProgressParams,
  progressNotification,
  type ReadWholeParams,
  readBytesRequest,
  readFileRequest,
  readWholeRequest,
  type StatusParams,
  statusNotification,
  workloadsChangedNotification,
} from '../../../server/src/protocol/protocol.js';
import { spendChangedNotification } from '../../../server/src/protocol/spend-panel.js';
import { hoverCommands } from './command-ids.js';
import { languageIds, settingsFile } from './markers.js';
import type { Running } from './running.js';
import { readSettings } from './settings.js';
import { findFiles, findRuns, readBytes, readText, readWhole } from './workspace-files.js';

export type CreateClient = (options: LanguageClientOptions) => BaseLanguageClient;

/** How a transport carries bytes. */
export interface ByteCode {
  encode(bytes: Uint8Array): unknown;
  decode(raw: unknown): Uint8Array;
}

/** Starts the server and answers what it asks. */
/** @param can what this host can besides */
export async function startWith(
  context: vscode.ExtensionContext,
  create: CreateClient,
  code: ByteCode,
  can: { readonly readSources?: boolean; readonly answer?: (client: BaseLanguageClient) => void } = {},
): Promise<Running> {
  const options: LanguageClientOptions = {
    documentSelector: [...languageIds.map((language) => ({ language })), { pattern: `**/${settingsFile}` }], // every scheme, and cells
    outputChannelName: 'ML Cost Lens',
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    markdown: { isTrusted: { enabledCommands: [...hoverCommands] }, supportHtml: false },
    initializationOptions: { locale: vscode.env.language, settings: readSettings(), readsSources: can.readSources === true } satisfies InitOptions,
  };
  const client = create(options);
  const status = new vscode.EventEmitter<StatusParams>();
  const progress = new vscode.EventEmitter<ProgressParams>();
  const changed = new vscode.EventEmitter<void>();
  const spendChanged = new vscode.EventEmitter<void>();
  context.subscriptions.push(status, progress, changed, spendChanged);
  // All handlers stand before start(): the server asks as soon as a document opens.
  client.onRequest(assetRequest, async (name: string) =>
    code.encode(await vscode.workspace.fs.readFile(vscode.Uri.joinPath(context.extensionUri, 'dist', name.replace(/.*[/\\]/, '')))),
  );
  client.onRequest(readFileRequest, readText);
  client.onRequest(findFilesRequest, findFiles);
  client.onRequest(findRunsRequest, findRuns);
  client.onRequest(readBytesRequest, async (uri: string) => {
    const bytes = await readBytes(uri);
    return bytes && code.encode(bytes);
  });
  client.onRequest(readWholeRequest, async ({ uri, upTo }: ReadWholeParams) => {
    const found = await readWhole(uri, upTo);
    return found && { size: found.size, ...(found.bytes ? { bytes: code.encode(found.bytes) } : {}) };
  });
  client.onRequest(writeWholeRequest, async ({ uri, bytes }: { uri: string; bytes: unknown }) => {
    await vscode.workspace.fs.writeFile(vscode.Uri.parse(uri, true), code.decode(bytes));
  });
  can.answer?.(client);
  client.onNotification(statusNotification, (params: StatusParams) => status.fire(params));
  client.onNotification(progressNotification, (params: ProgressParams) => progress.fire(params));
  client.onNotification(workloadsChangedNotification, () => changed.fire());
  client.onNotification(spendChangedNotification, () => spendChanged.fire());
  await client.start();
  return {
    // A token that is absent would be sent as a second parameter, where the server expects its own.
    request: (method, params, token) => (token ? client.sendRequest(method, params, token) : client.sendRequest(method, params)),
    notify: (method, params) => void client.sendNotification(method, params).catch(() => {}), // a stopped server needs no news
    onStatus: status.event,
    onProgress: progress.event,
    onWorkloadsChanged: changed.event,
    onSpendChanged: spendChanged.event,
    showOutput: () => client.outputChannel.show(true),
    stop: () => client.stop(),
  };
}
