import type { Connection } from 'vscode-languageserver';
import type { Host } from '../host/host.js';
import { findFilesRequest, readFileRequest } from '../protocol/protocol.js';

/** Files that only the client can reach: every scheme on the web, and schemes besides `file:` in Node. */
export const clientFiles = (connection: Connection): Pick<Host, 'readText' | 'listFiles'> => ({
  readText: (uri) => connection.sendRequest<string | null>(readFileRequest, uri),
  listFiles: async (root, signal) => (signal.cancelled ? [] : connection.sendRequest<readonly string[]>(findFilesRequest, root)),
});
