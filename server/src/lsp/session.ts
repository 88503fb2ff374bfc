import { type Connection, DidChangeWatchedFilesNotification, TextDocumentSyncKind } from 'vscode-languageserver';
import { Engine } from '../host/engine.js';
import type { Host } from '../host/host.js';
import { activeNotification, defaultSettings, type InitOptions, type Settings } from '../protocol/protocol.js';
import { type ClientCapabilitiesOf, capabilitiesOf } from './capabilities.js';
import { onCodeLens } from './code-lens.js';
import { Documents } from './documents.js';
import { onHover } from './hover.js';
import { Reports } from './reports.js';

/** What every request handler works on. */
export interface Session {
  readonly connection: Connection;
  readonly host: Host;
  readonly engine: Engine;
  readonly documents: Documents;
  readonly reports: Reports;
  settings: Settings;
  locale: string;
  client: ClientCapabilitiesOf;
  /** Asks the editor to draw again. */
  refresh(): void;
  log(message: string): void;
}

/** The language server, the same in every host. */
export function startServer(connection: Connection, host: Host): Session {
  const engine = new Engine(host);
  const log = (message: string) => connection.console.error(message);
  const reports: Reports = new Reports(engine, () => documents, log);
  const documents: Documents = new Documents(engine, {
    opened: () => {},
    changed: (uri, changes) => reports.edited(uri, changes),
    closed: (uri) => reports.closed(uri),
  });
  const session: Session = {
    connection,
    host,
    engine,
    documents,
    reports,
    settings: defaultSettings,
    locale: 'en-US',
    client: capabilitiesOf({}),
    refresh: () => {},
    log,
  };
  connection.onInitialize((params) => {
    const options = params.initializationOptions as Partial<InitOptions> | undefined;
    session.client = capabilitiesOf(params.capabilities);
    session.locale = options?.locale ?? 'en-US';
    session.settings = { ...defaultSettings, ...options?.settings };
    engine.roots = (params.workspaceFolders ?? []).map(({ uri }) => uri.replace(/\/$/, ''));
    return {
      serverInfo: { name: 'ML Cost Lens' },
      capabilities: {
        textDocumentSync: TextDocumentSyncKind.Incremental,
        notebookDocumentSync: { notebookSelector: [{ notebook: { notebookType: 'jupyter-notebook' }, cells: [{ language: 'python' }] }] },
        codeLensProvider: { resolveProvider: true },
        hoverProvider: true,
      },
    };
  });
  onCodeLens(session);
  onHover(session);
  void DidChangeWatchedFilesNotification;
  void activeNotification;
  documents.listen(connection);
  connection.listen();
  return session;
}

/** One failure answers one request with what stands in for it, and is written down. */
export async function guarded<T>(session: Session, name: string, otherwise: () => T, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    session.log(`${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return otherwise();
  }
}
