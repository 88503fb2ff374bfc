import type { Connection } from 'vscode-languageserver';
import { fromBytes, isRunFile } from '../core/index.js';
import { type Host, UnreadableFile } from '../host/host.js';
import { writeWholeRequest } from '../protocol/model-file.js';
import {
  findFilesRequest,
  findRunsRequest,
  type ReadWholeParams,
  readBytesRequest,
  readFileRequest,
  readWholeRequest,
  type WholeFile,
} from '../protocol/protocol.js';

/** Files that only the client can reach: every scheme on the web, and schemes besides `file:` in Node.
 * @param decode bytes as this transport brings them
 * @param encode bytes as this transport takes them */
export const clientFiles = (
  connection: Connection,
  decode: (raw: unknown) => Uint8Array,
  encode: (bytes: Uint8Array) => unknown,
): Pick<Host, 'readText' | 'listFiles' | 'listRuns' | 'readBytes' | 'withFile' | 'writeFile'> => ({
  readText: (uri) => connection.sendRequest<string | null>(readFileRequest, uri),
  listFiles: async (root, signal) => (signal.cancelled ? [] : connection.sendRequest<readonly string[]>(findFilesRequest, root)),
  listRuns: async (root, signal) => (signal.cancelled ? [] : (await connection.sendRequest<readonly string[]>(findRunsRequest, root)).filter(isRunFile)),
  // An editor's file systems give files whole only.
  withFile: async (uri, use, wholeUpTo) => {
    const params: ReadWholeParams = { uri, ...(wholeUpTo === undefined ? {} : { upTo: wholeUpTo }) };
    const found = await connection.sendRequest<WholeFile | null>(readWholeRequest, params);
    if (!found) return null;
    if (found.bytes === undefined)
      throw new UnreadableFile(
        'too-large',
        `${Math.round(found.size / 1e6)} MB: this kind of workspace gives files whole only, and one this large is not loaded`,
      );
    return use(fromBytes(decode(found.bytes)));
  },
  writeFile: async (uri, pieces) => {
    const all: Uint8Array[] = [];
    for await (const piece of pieces) all.push(Uint8Array.from(piece));
    const bytes = new Uint8Array(all.reduce((sum, one) => sum + one.length, 0));
    let at = 0;
    for (const piece of all) {
      bytes.set(piece, at);
      at += piece.length;
    }
    await connection.sendRequest(writeWholeRequest, { uri, bytes: encode(bytes) });
  },
  readBytes: async (uri, limit) => {
    const found = await connection.sendRequest<unknown>(readBytesRequest, uri);
    return found === null ? null : decode(found).subarray(0, limit);
  },
});
