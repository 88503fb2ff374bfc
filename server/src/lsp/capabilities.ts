import type { ClientCapabilities } from 'vscode-languageserver';

/** What the client can do, resolved once. */
export interface ClientCapabilitiesOf {
  readonly refreshLenses: boolean;
  readonly refreshHints: boolean;
  readonly pullDiagnostics: boolean;
  readonly refreshDiagnostics: boolean;
  readonly watchFiles: boolean;
  readonly workspaceFolders: boolean;
  /** It takes edits of documents with their versions, and refuses those of an older text. */
  readonly versionedEdits: boolean;
  readonly createFiles: boolean;
}
export const capabilitiesOf = ({ workspace, textDocument }: ClientCapabilities): ClientCapabilitiesOf => ({
  refreshLenses: workspace?.codeLens?.refreshSupport ?? false,
  refreshHints: workspace?.inlayHint?.refreshSupport ?? false,
  pullDiagnostics: textDocument?.diagnostic !== undefined,
  refreshDiagnostics: workspace?.diagnostics?.refreshSupport ?? false,
  watchFiles: workspace?.didChangeWatchedFiles?.dynamicRegistration ?? false,
  workspaceFolders: workspace?.workspaceFolders ?? false,
  versionedEdits: workspace?.workspaceEdit?.documentChanges ?? false,
  createFiles: workspace?.workspaceEdit?.resourceOperations?.includes('create') ?? false,
});
