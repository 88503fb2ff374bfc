import type { TextEdit, WorkspaceEdit } from 'vscode-languageserver';
import type { Session } from './context.js';

interface Change {
  readonly uri: string;
  readonly edit: TextEdit;
}

/** Changes of texts as they stand now, as one edit. Where the client takes versions, it refuses the edit once one of them has changed. */
export function workspaceEdit({ client, documents }: Session, all: readonly Change[]): WorkspaceEdit {
  const byDocument = new Map<string, TextEdit[]>();
  for (const { uri, edit } of all) byDocument.set(uri, [...(byDocument.get(uri) ?? []), edit]);
  if (!client.versionedEdits) return { changes: Object.fromEntries(byDocument) };
  return { documentChanges: [...byDocument].map(([uri, edits]) => ({ textDocument: { uri, version: documents.textVersionOf(uri) }, edits })) };
}
