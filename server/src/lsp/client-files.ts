import type { Connection } from 'vscode-languageserver';
import { isRunFile } from '../core/index.js';
import type { Host } from '../host/host.js';
import { findFilesRequest, findRunsRequest, readBytesRequest, readFileRequest } from '../protocol/protocol.js';

/** Files that only the client can reach: every scheme on the web, and schemes besides `file:` in Node.
 * @param decode bytes as this transport brings them */
export const clientFiles = (connection: Connection, decode: (raw: unknown) => Uint8Array): Pick<Host, 'readText' | 'listFiles' | 'listRuns' | 'readBytes'> => ({
  readText: (uri) => connection.sendRequest<string | null>(readFileRequest, uri),
  listFiles: async (root, signal) => (signal.cancelled ? [] : connection.sendRequest<readonly string[]>(findFilesRequest, root)),
  listRuns: async (root, signal) => (signal.cancelled ? [] : (await connection.sendRequest<readonly string[]>(findRunsRequest, root)).filter(isRunFile)),
  readBytes: async (uri, limit) => {
    const found = await connection.sendRequest<unknown>(readBytesRequest, uri);
    return found === null ? null : decode(found).subarray(0, limit);
  },
});
