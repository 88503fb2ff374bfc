import * as vscode from 'vscode';
import {
  type FromModelPage,
  type ModelBytes,
  type ModelFileParams,
  type ModelFileResult,
  type ModelFileView,
  modelFileRequest,
  type QuantizeParams,
  type QuantizeResult,
  quantizeRequest,
  type ToModelPage,
  type Traffic,
} from '../../../server/src/protocol/model-file.js';
import type { FedInput } from '../../../server/src/runtime/runtime.js';
import { readModelPageMessage } from './model-messages.js';
import { Runtimes } from './onnx-runtime.js';
import { Page } from './panel-page.js';
import type { Start } from './running.js';
import { readPlain } from './workspace-files.js';

/** Shows model files: read by the server, run in a worker of the page. Nothing is written to them. */
export class ModelEditors implements vscode.CustomReadonlyEditorProvider {
  private readonly start: Start;
  private readonly extension: vscode.Uri;
  private readonly runtimes: Runtimes;
  constructor(start: Start, context: vscode.ExtensionContext) {
    this.start = start;
    this.extension = context.extensionUri;
    this.runtimes = new Runtimes(context);
  }
  openCustomDocument(uri: vscode.Uri): vscode.CustomDocument {
    return { uri, dispose: () => {} };
  }
  resolveCustomEditor({ uri }: vscode.CustomDocument, panel: vscode.WebviewPanel): void {
    new ModelEditor(this.start, this.extension, this.runtimes, uri, panel);
  }
}

class ModelEditor {
  private readonly start: Start;
  private readonly runtimes: Runtimes;
  private readonly extension: vscode.Uri;
  private readonly uri: vscode.Uri;
  private readonly page: Page<FromModelPage, ToModelPage>;
  private shapes: ModelFileParams['shapes'] = {};
  private traffic: Traffic = {};
  private view: ModelFileView | undefined;
  /** What waits for consent. */
  private waiting: (() => Promise<void>) | undefined;
  private latest = 0;
  constructor(start: Start, extension: vscode.Uri, runtimes: Runtimes, uri: vscode.Uri, panel: vscode.WebviewPanel) {
    this.start = start;
    this.extension = extension;
    this.runtimes = runtimes;
    this.uri = uri;
    this.page = new Page(extension, panel, {
      bundle: 'webview-model',
      title: nameOf(uri),
      read: readModelPageMessage,
      answer: (message) => this.answer(message),
      runsModels: true,
    });
    const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(vscode.Uri.joinPath(uri, '..'), nameOf(uri)));
    this.page.until(watcher.onDidChange(() => void this.refresh().catch(() => {}))); // the next change tries again
    this.page.until(watcher);
  }

  private async answer(message: FromModelPage): Promise<void> {
    switch (message.type) {
      case 'ready':
        return this.refresh();
      case 'sizes':
        this.shapes = Object.fromEntries(Object.entries(message.sizes).map(([key, size]) => [key, [size]]));
        return this.refresh();
      case 'traffic':
        this.traffic = message.traffic;
        return this.refresh();
      case 'measure':
        return this.withRuntime(() => this.measure());
      case 'consent':
        if (message.choose ? await this.runtimes.choose() : await this.runtimes.agree()) {
          const next = this.waiting;
          this.waiting = undefined;
          await next?.();
        }
        return;
      case 'quantize':
        return this.quantize(message.embeddings);
    }
  }
  private async refresh(): Promise<void> {
    const mine = ++this.latest;
    const params: ModelFileParams = { uri: this.uri.toString(), shapes: this.shapes, traffic: this.traffic };
    const result = await (await this.start()).request<ModelFileResult>(modelFileRequest, params);
    if (mine !== this.latest || this.page.closed) return;
    if ('problem' in result && this.view) return this.page.say(result.problem);
    if ('problem' in result) return this.page.post({ type: 'problem', text: result.problem });
    this.view = result.view;
    this.page.post({ type: 'view', view: result.view });
  }

  /** Runs what needs the runtime: at once where a person has agreed to a copy, else after the question. */
  private async withRuntime(task: () => Promise<void>): Promise<void> {
    const state = await this.runtimes.state();
    if (state.kind === 'agreed') return task();
    this.waiting = task;
    this.page.post({ type: 'ask', text: state.text, found: state.kind === 'found' });
  }
  private async measure(): Promise<void> {
    const inputs = this.view?.fed;
    if (inputs) await this.run(inputs, await this.bytesOf(this.uri));
  }
  private async run(inputs: readonly FedInput[], model: ModelBytes, changed?: ModelBytes): Promise<void> {
    this.page.say('Loading the runtime…');
    const runtime = await this.runtimes.files(this.extension);
    this.page.post({ type: 'run', runtime, model, inputs, ...(changed ? { changed } : {}) });
  }
  private async bytesOf(uri: vscode.Uri): Promise<ModelBytes> {
    const folder = vscode.Uri.joinPath(uri, '..');
    const outside = await Promise.all((this.view?.outside ?? []).map(async (path) => ({ path, data: await readPlain(vscode.Uri.joinPath(folder, path)) })));
    return { bytes: await readPlain(uri), outside };
  }

  /** Saves a copy beside the file; says how far its answers are from the original's where they can be computed. */
  private async quantize(embeddings: boolean): Promise<void> {
    const target = vscode.Uri.joinPath(this.uri, '..', nameOf(this.uri).replace(/(\.onnx)?$/i, '.int8.onnx'));
    const exists = await vscode.workspace.fs.stat(target).then(
      () => true,
      () => false,
    );
    const replace = 'Replace';
    if (exists && (await vscode.window.showWarningMessage(`${nameOf(target)} is there already.`, replace)) !== replace)
      return this.page.say('Nothing was saved.');
    this.page.say('Quantizing…');
    const params: QuantizeParams = { uri: this.uri.toString(), target: target.toString(), embeddings };
    const result = await (await this.start()).request<QuantizeResult>(quantizeRequest, params);
    if ('problem' in result) return this.page.say(`Not saved: ${result.problem}`);
    const left = result.left.length > 0 ? ` Left as they were: ${result.left.join('; ')}.` : '';
    this.page.say('');
    this.page.post({ type: 'done', text: `Saved as ${nameOf(target)}: ${result.text}.${left}` });
    const inputs = this.view?.fed;
    if (!inputs) return;
    await this.withRuntime(async () => this.run(inputs, await this.bytesOf(this.uri), await this.bytesOf(target)));
  }
}
const nameOf = (uri: vscode.Uri): string => uri.path.slice(uri.path.lastIndexOf('/') + 1);
