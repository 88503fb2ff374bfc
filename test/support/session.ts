import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import {
  type CodeAction,
  type CodeLens,
  createConnection,
  createProtocolConnection,
  type Diagnostic,
  type DocumentDiagnosticReport,
  type Hover,
  type InlayHint,
  ProposedFeatures,
  type ProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { fromBytes, isRunFile } from '../../server/src/core/index.js';
import type { Host } from '../../server/src/host/host.js';
import { startServer } from '../../server/src/lsp/session.js';
import type { Settings } from '../../server/src/protocol/protocol.js';
import { testAsset } from './assets.js';

export interface SessionOptions {
  /** Files of the workspace, by path below its root. */
  readonly files?: Readonly<Record<string, string>>;
  readonly settings?: Partial<Settings>;
  /** The editor can read sources of spend. */
  readonly readsSources?: boolean;
  /** False: an editor that takes edits only without the versions of their documents. */
  readonly versionedEdits?: boolean;
  /** Starts the built server as a process and speaks over stdio. */
  readonly spawned?: boolean;
  /** A connection to a server that is already there. */
  readonly connection?: ProtocolConnection;
  /** What the server can reach besides files. */
  readonly host?: Partial<Host>;
  /** Answers in place of a shipped file; throws to play a missing one. */
  readonly asset?: (name: string, otherwise: () => Promise<Uint8Array>) => Promise<Uint8Array>;
}
export const root = 'memfs:/w';

/** An editor for tests: it speaks the whole protocol with the real server, in words of a user. */
export class Editor {
  readonly connection: ProtocolConnection;
  readonly texts = new Map<string, TextDocument>();
  readonly log: string[] = [];
  readonly status: { uri: string; text: string; tooltip: string; state: string }[] = [];
  readonly progress: { done: number; total: number }[] = [];
  readonly files: Map<string, string>;
  refreshes = 0;
  private readonly child: ChildProcess | undefined;
  private readonly waiting: (() => void)[] = [];
  private constructor(connection: ProtocolConnection, files: Map<string, string>, child?: ChildProcess) {
    this.connection = connection;
    this.files = files;
    this.child = child;
  }
  static async start(options: SessionOptions = {}): Promise<Editor> {
    const files = new Map(Object.entries(options.files ?? {}).map(([name, text]) => [`${root}/${name}`, text]));
    const [connection, child] = options.connection ? [options.connection] : options.spawned ? spawned() : inProcess(options, files);
    const editor = new Editor(connection, files, child);
    connection.onNotification('window/logMessage', ({ message }: { message: string }) => editor.note(() => editor.log.push(message)));
    connection.onNotification('mlcost/status', (params: { uri: string; text: string; tooltip: string; state: string }) =>
      editor.note(() => editor.status.push(params)),
    );
    connection.onNotification('mlcost/progress', (params: { done: number; total: number }) => editor.note(() => editor.progress.push(params)));
    connection.onRequest('mlcost/readFile', (uri: string) => files.get(uri) ?? null);
    connection.onRequest('mlcost/findFiles', (from: string) => [...files.keys()].filter((uri) => uri.startsWith(`${from}/`)).sort());
    connection.onRequest('mlcost/findRuns', (from: string) => [...files.keys()].filter((uri) => uri.startsWith(`${from}/`) && isRunFile(uri)).sort());
    connection.onRequest('mlcost/readBytes', () => null);
    connection.onRequest('client/registerCapability', () => null);
    connection.onRequest('workspace/configuration', () => [options.settings ?? {}]);
    for (const what of ['codeLens', 'inlayHint', 'diagnostic']) {
      connection.onRequest(`workspace/${what}/refresh`, () => {
        editor.note(() => editor.refreshes++);
        return null;
      });
    }
    connection.listen();
    await connection.sendRequest('initialize', {
      processId: null,
      rootUri: root,
      workspaceFolders: [{ uri: root, name: 'w' }],
      initializationOptions: { locale: 'en-US', settings: options.settings ?? {}, readsSources: options.readsSources === true },
      capabilities: {
        workspace: {
          codeLens: { refreshSupport: true },
          inlayHint: { refreshSupport: true },
          diagnostics: { refreshSupport: true },
          didChangeWatchedFiles: { dynamicRegistration: true },
          workspaceEdit: { documentChanges: options.versionedEdits ?? true, resourceOperations: ['create'] },
        },
        textDocument: { diagnostic: {} },
      },
    });
    await connection.sendNotification('initialized', {});
    return editor;
  }
  uri(name: string): string {
    return name.includes(':') ? name : `${root}/${name}`;
  }
  async open(name: string, text = this.files.get(this.uri(name)) ?? '', languageId = languageOf(name)): Promise<void> {
    const document = TextDocument.create(this.uri(name), languageId, 1, text);
    this.texts.set(document.uri, document);
    await this.connection.sendNotification('textDocument/didOpen', { textDocument: { uri: document.uri, languageId, version: 1, text } });
  }
  async close(name: string): Promise<void> {
    this.texts.delete(this.uri(name));
    await this.connection.sendNotification('textDocument/didClose', { textDocument: { uri: this.uri(name) } });
  }
  /** Replaces the `nth` occurrence of a piece of the text; several pairs are one edit with several cursors, from the end of the text to its start. */
  async replace(name: string, ...pairs: readonly (readonly [string, string])[]): Promise<void> {
    const document = this.text(name);
    const changes = pairs
      .map(([from, to]) => {
        const start = document.getText().indexOf(from);
        if (start < 0) throw new Error(`no ${JSON.stringify(from)} in ${name}`);
        return { range: { start: document.positionAt(start), end: document.positionAt(start + from.length) }, text: to };
      })
      .sort((a, b) => b.range.start.line - a.range.start.line || b.range.start.character - a.range.start.character);
    await this.edit(name, changes);
  }
  async edit(name: string, changes: { range: { start: Position; end: Position }; text: string }[]): Promise<void> {
    const document = this.text(name);
    TextDocument.update(document, changes, document.version + 1);
    await this.connection.sendNotification('textDocument/didChange', {
      textDocument: { uri: document.uri, version: document.version },
      contentChanges: changes,
    });
  }
  text(name: string): TextDocument {
    const document = this.texts.get(this.uri(name));
    if (!document) throw new Error(`${name} is not open`);
    return document;
  }
  async lensList(name: string): Promise<CodeLens[]> {
    // Waits for the answer, however slow the machine: the list alone has a time limit and is drawn again later.
    await this.connection.sendRequest('textDocument/hover', { textDocument: { uri: this.uri(name) }, position: { line: 0, character: 0 } });
    const list = (await this.connection.sendRequest('textDocument/codeLens', { textDocument: { uri: this.uri(name) } })) as CodeLens[];
    return Promise.all(list.map(async (lens) => (lens.command ? lens : ((await this.connection.sendRequest('codeLens/resolve', lens)) as CodeLens))));
  }
  /** Lenses as `line: title`, lines from 1. */
  async lenses(name: string): Promise<string[]> {
    return (await this.lensList(name)).map((lens) => `${lens.range.start.line + 1}: ${lens.command?.title}`);
  }
  async hover(name: string, piece: string): Promise<string | null> {
    const document = this.text(name);
    const position = document.positionAt(document.getText().indexOf(piece));
    const hover = (await this.connection.sendRequest('textDocument/hover', { textDocument: { uri: this.uri(name) }, position })) as Hover | null;
    return hover === null ? null : (hover.contents as { value: string }).value;
  }
  async problems(name: string): Promise<Diagnostic[]> {
    const report = (await this.connection.sendRequest('textDocument/diagnostic', { textDocument: { uri: this.uri(name) } })) as DocumentDiagnosticReport;
    return report.kind === 'full' ? report.items : [];
  }
  /** Actions that the light bulb offers at a zero-based line. */
  async actions(name: string, line: number): Promise<CodeAction[]> {
    const range = { start: { line, character: 0 }, end: { line, character: 0 } };
    const params = { textDocument: { uri: this.uri(name) }, range, context: { diagnostics: [] } };
    return ((await this.connection.sendRequest('textDocument/codeAction', params)) as CodeAction[] | null) ?? [];
  }
  async hints(name: string): Promise<InlayHint[]> {
    const range = { start: { line: 0, character: 0 }, end: { line: 10_000, character: 0 } };
    return ((await this.connection.sendRequest('textDocument/inlayHint', { textDocument: { uri: this.uri(name) }, range })) as InlayHint[] | null) ?? [];
  }
  /** A document's lenses once one of them is like this; what the server works out in the background comes when it comes. */
  async lensesWith(name: string, like: RegExp, ms = 10_000): Promise<string[]> {
    let lenses: string[] = [];
    const end = Date.now() + ms;
    while (Date.now() < end) {
      const before = this.refreshes;
      lenses = await this.lenses(name);
      if (lenses.some((lens) => like.test(lens))) return lenses;
      await this.until(() => this.refreshes > before, end - Date.now()).catch(() => undefined);
    }
    throw new Error(`no lens like ${like} in time, but ${JSON.stringify(lenses)}`);
  }
  /** Waits until something that the server sent makes a condition true. */
  async until(condition: () => boolean, ms = 10_000): Promise<void> {
    const end = Date.now() + ms;
    while (!condition()) {
      if (Date.now() > end) throw new Error('did not happen in time');
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 200);
        this.waiting.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }
  async stop(): Promise<void> {
    await this.connection.sendRequest('shutdown');
    // Inside the test's own process `exit` would end it.
    if (this.child) await this.connection.sendNotification('exit');
    this.connection.end();
    this.connection.dispose();
    this.child?.kill();
  }
  private note(work: () => void): void {
    work();
    for (const wake of this.waiting.splice(0)) wake();
  }
}
interface Position {
  readonly line: number;
  readonly character: number;
}

function inProcess(options: SessionOptions, files: ReadonlyMap<string, string>): [ProtocolConnection, undefined] {
  const [up, down] = [new PassThrough(), new PassThrough()];
  const readAsset = async (name: string) => (options.asset ? options.asset(name, () => testAsset(name)) : testAsset(name));
  const server = createConnection(ProposedFeatures.all, new StreamMessageReader(up), new StreamMessageWriter(down));
  const host: Host = {
    readText: async (uri) => files.get(uri) ?? null,
    readAsset,
    readAssetText: async (name) => Buffer.from(await readAsset(name)).toString('utf8'),
    listFiles: async (from) => [...files.keys()].filter((uri) => uri.startsWith(`${from}/`)).sort(),
    listRuns: async (from) => [...files.keys()].filter((uri) => uri.startsWith(`${from}/`) && isRunFile(uri)).sort(),
    readBytes: async (uri) => (files.has(uri) ? Buffer.from(files.get(uri) ?? '') : null),
    writeFile: async () => {},
    withFile: async (uri, use) => (files.has(uri) ? use(fromBytes(Buffer.from(files.get(uri) ?? ''))) : null),
    now: () => Date.now(),
    pause: () => new Promise((resolve) => setImmediate(resolve)),
    delay: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    ...options.host,
  };
  startServer(server, host);
  return [createProtocolConnection(new StreamMessageReader(down), new StreamMessageWriter(up)), undefined];
}

export const builtServer = path.join(import.meta.dirname, '../../dist/server-node.js');
function spawned(): [ProtocolConnection, ChildProcess] {
  const child = spawn(process.execPath, [builtServer, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
  return [createProtocolConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin)), child];
}
const languageOf = (name: string): string =>
  ({ py: 'python', yaml: 'yaml', yml: 'yaml', json: 'json', sh: 'shellscript', ts: 'typescript', tsx: 'typescriptreact', js: 'javascript' })[
    name.slice(name.lastIndexOf('.') + 1)
  ] ?? 'plaintext';
