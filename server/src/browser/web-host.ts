import type { Connection } from 'vscode-languageserver';
import type { Host } from '../host/host.js';
import { clientFiles } from '../lsp/client-files.js';
import { assetRequest } from '../protocol/protocol.js';

/** The host in a web worker: the client reads every file, and sends bytes that arrive as they left (structured clone). */
export function webHost(connection: Connection): Host {
  const readAsset = (name: string) => connection.sendRequest<Uint8Array>(assetRequest, name);
  return {
    ...clientFiles(
      connection,
      (raw) => raw as Uint8Array,
      (bytes) => bytes,
    ),
    readAsset,
    readAssetText: async (name) => new TextDecoder().decode(await readAsset(name)),
    now: () => Date.now(),
    pause: () => new Promise((resolve) => setTimeout(resolve)),
    delay: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  };
}
