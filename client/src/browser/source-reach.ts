import * as vscode from 'vscode';
import type { SourceQuestion, SourceReply } from '../../../server/src/protocol/sources.js';
import { pullSourceRequest } from '../../../server/src/protocol/sources.js';
import { type ReadSource, storedSecret } from '../common/spend-sources.js';

/** Longest wait for an answer. @unit ms */
const patience = 60_000;
/** Largest answer that is handed on. @unit B */
const largest = 64 << 20;
const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/i;

/** Reads a source in the server beside this page, which asks through `askSource`. */
export const readSource: ReadSource = async (running, root, name) =>
  (await running.request<string | null>(pullSourceRequest, { root: root.toString(), name })) ?? undefined;

/** Asks a server for a source of spend as a page may. The secret is added here: it was stored for this host and variable, and goes nowhere else. */
export async function askSource(context: vscode.ExtensionContext, { url, method, headers, body, secret }: SourceQuestion): Promise<SourceReply> {
  const to = new URL(url);
  const failed = (failure: Extract<SourceReply, { failure: string }>['failure']): SourceReply => ({ failure, origin: self.origin });
  if (!vscode.workspace.isTrusted || !/^https?:$/.test(to.protocol)) return failed('network');
  if (to.protocol === 'http:' && !loopback.test(to.hostname) && self.isSecureContext) return failed('mixed');
  const all = new Headers(headers);
  if (secret) {
    const stored = await storedSecret(context, { host: to.hostname, variable: secret.variable });
    if (stored === undefined) return failed('no-secret');
    if (secret.as === 'bearer') all.set('authorization', `Bearer ${stored}`);
    else if (secret.as === 'x-api-key') all.set('x-api-key', stored);
    else all.set('authorization', `Basic ${base64(`${secret.as.user}:${stored}`)}`);
  }
  try {
    const response = await fetch(to, {
      method,
      headers: all,
      redirect: 'manual',
      credentials: 'omit',
      cache: 'no-store',
      referrerPolicy: 'no-referrer',
      signal: AbortSignal.timeout(patience),
      ...(body === undefined ? {} : { body }),
    });
    if (response.type === 'opaqueredirect') return failed('redirect');
    const bytes = await bounded(response);
    if (!bytes) return failed('too-large');
    return { status: response.status, text: new TextDecoder().decode(bytes), retryAfter: response.headers.get('retry-after') };
  } catch (error) {
    if (error instanceof DOMException && error.name === 'TimeoutError') return failed('timeout');
    return failed((await isThere(to)) ? 'cors' : 'network');
  }
}
/** A page is not told why it got nothing: a request that asks for no answer, and carries no secret, tells whether somebody is there. */
const isThere = (to: URL): Promise<boolean> =>
  fetch(to.origin, { mode: 'no-cors', credentials: 'omit', cache: 'no-store', referrerPolicy: 'no-referrer', signal: AbortSignal.timeout(10_000) }).then(
    () => true,
    () => false,
  );
async function bounded(response: Response): Promise<Uint8Array | undefined> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  const reader = response.body?.getReader();
  for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
    size += next.value.length;
    if (size > largest) {
      await reader?.cancel();
      return undefined;
    }
    pieces.push(next.value);
  }
  const all = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
const base64 = (text: string): string => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

/** What sources told lies beside the workspace, in VS Code's own storage for it: never in the repository. */
const keptFile = (context: vscode.ExtensionContext): vscode.Uri | undefined =>
  context.storageUri && vscode.Uri.joinPath(context.storageUri, 'spend-sources.json');
export async function readKept(context: vscode.ExtensionContext): Promise<string | null> {
  const file = keptFile(context);
  try {
    return file ? new TextDecoder().decode(await vscode.workspace.fs.readFile(file)) : null;
  } catch {
    return null; // nothing was kept yet
  }
}
export async function writeKept(context: vscode.ExtensionContext, text: string): Promise<void> {
  const file = keptFile(context);
  if (!file) throw new Error('no folder is open');
  await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(text));
}
