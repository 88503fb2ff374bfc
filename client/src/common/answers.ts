import * as vscode from 'vscode';
import {
  type Choice,
  type ChoicesResult,
  choicesRequest,
  type SettingChange,
  type SettingEditResult,
  settingEditRequest,
  type WorkloadRef,
} from '../../../server/src/protocol/protocol.js';
import { settingsFile } from './markers.js';
import type { Start } from './running.js';

type Value = string | number | boolean;

/** Writes a change to the workspace's `.mlcost.yaml`, as an edit that undo takes back, and saves it unless it had unsaved work. */
export async function applyChange(start: Start, uri: string | undefined, change: SettingChange): Promise<void> {
  const result = await (await start()).request<SettingEditResult | null>(settingEditRequest, { ...(uri === undefined ? {} : { uri }), change });
  if (!result) throw new Error(`open a folder first: the answer is kept in its ${settingsFile}`);
  if (result.edits.length === 0) return;
  const file = vscode.Uri.parse(result.uri);
  const edit = new vscode.WorkspaceEdit();
  if (!result.exists) edit.createFile(file, { ignoreIfExists: true });
  const wasDirty = vscode.workspace.textDocuments.some((one) => one.uri.toString() === file.toString() && one.isDirty);
  for (const { start: from, end, text } of result.edits) edit.replace(file, new vscode.Range(from.line, from.character, end.line, end.character), text);
  if (!(await vscode.workspace.applyEdit(edit))) throw new Error(`${settingsFile} could not be changed`);
  if (!wasDirty) await (await vscode.workspace.openTextDocument(file)).save();
}

/** Asks for a value: out of the choices, or typed. */
async function ask(start: Start, ref: WorkloadRef | undefined, what: string): Promise<Choice['value'] | undefined> {
  const found = await (await start()).request<ChoicesResult | null>(choicesRequest, { ...(ref ? { ref } : {}), what });
  if (!found) return undefined;
  const { title, placeholder, choices, open } = found;
  if (choices.length === 0) {
    if (!open) {
      vscode.window.showInformationMessage('There is nothing to choose here.');
      return undefined;
    }
    const typed = await vscode.window.showInputBox({
      title,
      prompt: placeholder,
      validateInput: (text) => (text.trim() === '' ? 'A value is needed' : undefined),
    });
    return typed === undefined ? undefined : parse(typed);
  }
  const other = { label: '$(edit) Another value …', description: '', value: undefined };
  const items: { label: string; description: string; detail?: string; value: Value | undefined }[] = [...choices, ...(open ? [other] : [])];
  const picked = await vscode.window.showQuickPick(items, { title, placeHolder: placeholder, matchOnDescription: true, matchOnDetail: true });
  if (picked !== other) return picked?.value;
  const typed = await vscode.window.showInputBox({ title, prompt: placeholder });
  return typed === undefined || typed.trim() === '' ? undefined : parse(typed);
}

/** The accelerator of the workspace; then, where nobody has said it, who provides it: without that a price is a range over providers. */
export async function chooseAccelerator(start: Start, ref: WorkloadRef | undefined): Promise<void> {
  const value = await ask(start, ref, 'gpu_type');
  if (value === undefined) return;
  await applyChange(start, ref?.uri, { kind: 'set', key: 'accelerator', value: String(value) });
  const next = await (await start()).request<ChoicesResult | null>(choicesRequest, { ...(ref ? { ref } : {}), what: 'provider' });
  if (next?.answered === false) await chooseProvider(start, ref);
}
export async function chooseProvider(start: Start, ref: WorkloadRef | undefined): Promise<void> {
  const provider = await ask(start, ref, 'provider');
  if (provider === undefined) return;
  await applyChange(start, ref?.uri, { kind: 'set', key: 'provider', value: String(provider) });
  const region = await ask(start, ref, 'region');
  if (region !== undefined) await applyChange(start, ref?.uri, { kind: 'set', key: 'region', value: String(region) });
}

/** The click on a lens that asks for something. */
export async function answerFact(start: Start, argument: unknown): Promise<void> {
  const { uri, id, fact } = (typeof argument === 'object' && argument !== null ? argument : {}) as { uri?: unknown; id?: unknown; fact?: unknown };
  if (typeof uri !== 'string' || typeof id !== 'string' || typeof fact !== 'string') return;
  const ref = { uri, id };
  if (fact === 'gpu_type') return chooseAccelerator(start, ref);
  if (fact === 'provider' || fact === 'region') return chooseProvider(start, ref);
  if (fact === 'traffic') return sayTraffic(start, ref);
  await assume(start, ref, fact);
}

export async function setAssumption(start: Start, ref: WorkloadRef): Promise<void> {
  const fact = await ask(start, ref, 'assumption');
  if (typeof fact === 'string') await answerFact(start, { ...ref, fact });
}

/** Keeps a value that nobody wrote, as it is now. */
export async function pinAssumption(start: Start, ref: WorkloadRef): Promise<void> {
  const picked = await ask(start, ref, 'pin');
  if (typeof picked !== 'string') return;
  const at = picked.indexOf('=');
  await keep(start, ref, picked.slice(0, at), parse(picked.slice(at + 1)));
}

/** How long the requests of a service are and how many come: asked once, kept as assumptions. */
async function sayTraffic(start: Start, ref: WorkloadRef): Promise<void> {
  const lengths = /^(\d+)\D+(\d+)$/.exec(String((await ask(start, ref, 'traffic')) ?? '').trim());
  if (!lengths) return;
  const rate = await vscode.window.showInputBox({
    title: 'Requests a second',
    prompt: 'How many requests come in a second? Empty: that stays unknown, and a price a token is at the usual share of time busy',
    validateInput: (text) => (text.trim() === '' || Number(text) > 0 ? undefined : 'A number above 0, or nothing'),
  });
  if (rate === undefined) return;
  const said = { input_tokens: Number(lengths[1]), output_tokens: Number(lengths[2]), ...(rate.trim() === '' ? {} : { requests_per_s: Number(rate) }) };
  const scope = await whereItHolds(ref, `${lengths[1]} tokens in, ${lengths[2]} out${rate.trim() === '' ? '' : `, ${rate} requests/s`}`);
  if (!scope) return;
  for (const [fact, value] of Object.entries(said))
    await applyChange(start, ref.uri, { kind: 'assume', fact, value, ...(scope.files === undefined ? {} : { files: scope.files }) });
}

async function assume(start: Start, ref: WorkloadRef, fact: string): Promise<void> {
  const value = await ask(start, ref, fact);
  if (value !== undefined) await keep(start, ref, fact, value);
}

function whereItHolds(ref: WorkloadRef, title: string): Thenable<{ readonly files: string | undefined } | undefined> {
  const path = vscode.workspace.asRelativePath(vscode.Uri.parse(ref.uri), false);
  return vscode.window.showQuickPick(
    [
      { label: 'In this file', description: path, files: path },
      { label: 'In the whole workspace', description: '', files: undefined },
    ],
    { title, placeHolder: `Where does it hold? (kept in ${settingsFile})` },
  );
}
async function keep(start: Start, ref: WorkloadRef, fact: string, value: Value): Promise<void> {
  const scope = await whereItHolds(ref, `${fact}: ${value}`);
  if (scope) await applyChange(start, ref.uri, { kind: 'assume', fact, value, ...(scope.files === undefined ? {} : { files: scope.files }) });
}

/** Opens `.mlcost.yaml` of the first folder, or a new one. */
export async function openSettings(): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (!folder) throw new Error(`open a folder first: ${settingsFile} stands at its root`);
  const file = vscode.Uri.joinPath(folder.uri, settingsFile);
  const exists = await vscode.workspace.fs.stat(file).then(
    () => true,
    () => false,
  );
  if (!exists) await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(template));
  await vscode.window.showTextDocument(file);
}
const template = `# What the code does not say. Every value is shown as an assumption, and the code wins where it says something else.
# accelerator: H100
# provider: aws
# region: us-east-1
# assumptions:
#   seq_len: 2048
# budgets:
#   - name: my-team
#     amount: 5000
`;

function parse(text: string): Value {
  const trimmed = text.trim();
  if (trimmed === 'true' || trimmed === 'false') return trimmed === 'true';
  const number = Number(trimmed.replace(/(?<=\d)[_,](?=\d{3})/g, ''));
  return trimmed !== '' && Number.isFinite(number) ? number : trimmed;
}
