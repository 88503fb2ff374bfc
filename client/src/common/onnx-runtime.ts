import * as vscode from 'vscode';
import type { RuntimeFiles } from '../../../server/src/protocol/model-file.js';
import { readPlain } from './workspace-files.js';

const name = 'onnxruntime-web';
const script = 'ort.wasm.bundle.min.mjs';
const wasm = 'ort-wasm-simd-threaded.wasm';
const key = 'onnxRuntime';

export type RuntimeState = { readonly kind: 'agreed' } | { readonly kind: 'found' | 'missing'; readonly text: string };
interface Copy {
  readonly folder: vscode.Uri;
  readonly version: string;
}

/** The copy of onnxruntime-web that a person lets run: it is not shipped, and code of a workspace never runs without a yes. */
export class Runtimes {
  private readonly context: vscode.ExtensionContext;
  private found: Copy | undefined;
  constructor(context: vscode.ExtensionContext) {
    this.context = context;
  }
  async state(): Promise<RuntimeState> {
    const kept = this.context.workspaceState.get<string>(key);
    const agreed = kept === undefined ? undefined : await copyIn(vscode.Uri.parse(kept, true));
    if (agreed) {
      this.found = agreed;
      return { kind: 'agreed' };
    }
    if (!vscode.workspace.isTrusted)
      return {
        kind: 'missing',
        text: `Measuring takes ${name}, which is not part of this extension. In a workspace that is not trusted, its own copy is not used.`,
      };
    for (const { uri } of vscode.workspace.workspaceFolders ?? []) {
      this.found = await copyIn(vscode.Uri.joinPath(uri, 'node_modules', name));
      if (this.found)
        return {
          kind: 'found',
          text: `Measuring runs ${name} ${this.found.version} from node_modules of this workspace, in a worker without network. Nothing leaves this machine.`,
        };
    }
    return {
      kind: 'missing',
      text: `Measuring takes ${name}, which is too large to be part of this extension. Install it (npm install ${name}) and try again, or choose the folder that it is installed in.`,
    };
  }
  /** Keeps the copy that was found, for this workspace. */
  async agree(): Promise<boolean> {
    if (!this.found) return false;
    await this.context.workspaceState.update(key, this.found.folder.toString());
    return true;
  }
  /** Asks for a folder. @returns false if none was chosen @errors where it holds no such package */
  async choose(): Promise<boolean> {
    const [folder] = (await vscode.window.showOpenDialog({ canSelectFolders: true, canSelectFiles: false, openLabel: `Use This ${name}` })) ?? [];
    if (!folder) return false;
    const found = (await copyIn(folder)) ?? (await copyIn(vscode.Uri.joinPath(folder, 'node_modules', name)));
    if (!found) throw new Error(`there is no ${name} in that folder`);
    this.found = found;
    return this.agree();
  }
  async files(extension: vscode.Uri): Promise<RuntimeFiles> {
    if (!this.found) throw new Error(`there is no ${name}`);
    const { folder, version } = this.found;
    const read = (file: string) => readPlain(vscode.Uri.joinPath(folder, 'dist', file));
    const worker = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(extension, 'dist', 'model-worker.js'));
    return { version, script: await read(script), wasm: await read(wasm), worker: new TextDecoder().decode(worker) };
  }
}

/** The package in a folder, if that is what it holds. */
async function copyIn(folder: vscode.Uri): Promise<Copy | undefined> {
  try {
    const { name: called, version } = JSON.parse(new TextDecoder().decode(await vscode.workspace.fs.readFile(vscode.Uri.joinPath(folder, 'package.json'))));
    await vscode.workspace.fs.stat(vscode.Uri.joinPath(folder, 'dist', script));
    return called === name && typeof version === 'string' ? { folder, version } : undefined;
  } catch {
    return undefined; // no such folder is an answer, not a failure
  }
}
