import * as vscode from 'vscode';

/** Bytes above this are data, not code. */
const maxBytes = 8_000_000;
const findLimit = { files: 20_000, ms: 5000 };
// No group in a group: not every search engine that an editor has takes them.
const include =
  '**/{*.py,*.ipynb,*.yaml,*.yml,*.json,*.sh,*.bash,*.slurm,*.sbatch,*.toml,*.tf,*.tofu,*.tfvars,*.hcl,*.nomad,*.pbtxt,*.textproto,*.mk,*.dockerfile,*.ts,*.tsx,*.mts,*.cts,*.js,*.jsx,*.mjs,*.cjs,Dockerfile*,Containerfile*,Makefile,makefile,GNUmakefile,Modelfile*}';
const exclude =
  '**/{node_modules,.git,.hg,.svn,__pycache__,.venv,venv,.tox,site-packages,.ipynb_checkpoints,.terraform,wandb,mlruns,.next,.nuxt,.output,.svelte-kit,bower_components}/**';

/** Files that trackers and trainers leave behind; the server looks at the names once more. */
// The editor's globs take no braces inside braces.
const runs =
  '{**/trainer_state.json,**/training_args.json,**/*_results.json,**/adapter_config.json,**/emissions.csv,**/mlflow.db,**/mlruns.db,**/events.out.tfevents.*,**/wandb-*.json,**/wandb/*/files/config.yaml,**/mlruns/**,**/*qps*.json,**/*bench*.json,**/*throughput*.json,**/*serving*.json,**/*genai*.json,.mlcost/measurements.jsonl}';
const notRuns = '**/{node_modules,.git,.hg,.svn,__pycache__,.venv,venv,.tox,site-packages,.ipynb_checkpoints,.terraform}/**';

/** Text of a file of any scheme; null if there is none, it is too large, or it is no text. */
export async function readText(uri: string): Promise<string | null> {
  try {
    const place = vscode.Uri.parse(uri, true);
    const { size, type } = await vscode.workspace.fs.stat(place);
    if ((type & vscode.FileType.Directory) !== 0 || size > maxBytes) return null;
    const bytes = await vscode.workspace.fs.readFile(place);
    if (bytes.subarray(0, 8192).includes(0)) return null;
    return new TextDecoder().decode(bytes);
  } catch {
    return null; // no such file is an answer, not a failure
  }
}

/** Bytes of a file of any scheme; null if there is none or it is too large. */
export async function readBytes(uri: string): Promise<Uint8Array | null> {
  try {
    const place = vscode.Uri.parse(uri, true);
    const { size, type } = await vscode.workspace.fs.stat(place);
    return (type & vscode.FileType.Directory) !== 0 || size > maxBytes ? null : await vscode.workspace.fs.readFile(place);
  } catch {
    return null; // no such file is an answer, not a failure
  }
}

/** Bytes for a page: in Node a file comes as a `Buffer`, which the editor's messages do not carry as bytes.
 * @errors where there is no such file */
export async function readPlain(place: vscode.Uri): Promise<Uint8Array> {
  return new Uint8Array(await vscode.workspace.fs.readFile(place));
}

/** Models above this are not loaded whole: an editor's host has a gigabyte or two for everything. */
const maxModelBytes = 512_000_000;

/** A model file of any scheme, without its bytes if it is too large; null if there is none. */
export async function readWhole(uri: string, upTo = maxModelBytes): Promise<{ readonly size: number; readonly bytes?: Uint8Array } | null> {
  try {
    const place = vscode.Uri.parse(uri, true);
    const { size, type } = await vscode.workspace.fs.stat(place);
    if ((type & vscode.FileType.Directory) !== 0) return null;
    return size > Math.min(upTo, maxModelBytes) ? { size } : { size, bytes: await vscode.workspace.fs.readFile(place) };
  } catch {
    return null; // no such file is an answer, not a failure
  }
}

/** Files below a folder that somebody may read, within a limit of number and time. */
export const findFiles = (root: string): Promise<string[]> => find(root, include, exclude);
/** Files below a folder that may tell of measured runs, within the same limit. */
export const findRuns = (root: string): Promise<string[]> => find(root, runs, notRuns);

async function find(root: string, include: string, exclude: string): Promise<string[]> {
  const cancel = new vscode.CancellationTokenSource();
  const timer = setTimeout(() => cancel.cancel(), findLimit.ms);
  try {
    const found = await vscode.workspace.findFiles(new vscode.RelativePattern(vscode.Uri.parse(root, true), include), exclude, findLimit.files, cancel.token);
    return found.map((uri) => uri.toString()).sort();
  } finally {
    clearTimeout(timer);
    cancel.dispose();
  }
}
