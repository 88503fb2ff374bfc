import type { Connection } from 'vscode-languageserver';
import { noteAdviceIn } from '../host/audit.js';
import type { Host } from '../host/host.js';
import { clientFiles } from '../lsp/client-files.js';
import { assetRequest } from '../protocol/protocol.js';
import { askSourceRequest, readKeptRequest, writeKeptRequest } from '../protocol/sources.js';

/** The host in a web worker: the client reads every file, and sends bytes that arrive as they left (structured clone). */
export function webHost(connection: Connection): Host {
  const readAsset = (name: string) => connection.sendRequest<Uint8Array>(assetRequest, name);
  const files = clientFiles(
    connection,
    (raw) => raw as Uint8Array,
    (bytes) => bytes,
  );
  return {
    ...files,
    noteAdvice: (root, settings, advice) => noteAdviceIn({ ...files, now: () => Date.now() }, root, settings, advice),
    readAsset,
    readAssetText: async (name) => new TextDecoder().decode(await readAsset(name)),
    // the client holds the secrets, and what is kept
    sources: {
      ask: (question) => connection.sendRequest(askSourceRequest, question),
      readKept: () => connection.sendRequest(readKeptRequest),
      writeKept: (text) => connection.sendRequest(writeKeptRequest, text),
    },
    now: () => Date.now(),
    pause: () => new Promise((resolve) => setTimeout(resolve)),
    delay: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  };
}
