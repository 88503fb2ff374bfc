import { isRunFile } from '../../server/src/core/index.js';
import type { Host } from '../../server/src/host/host.js';
import { testAsset } from './assets.js';

/** A host whose files are given; assets come from the installed packages and `server/data`. */
export function memoryHost(files: Readonly<Record<string, string>>, root = 'file:///w'): Host {
  return {
    readText: async (uri) => files[decodeURIComponent(uri).slice(root.length + 1)] ?? null,
    readAsset: testAsset,
    readAssetText: async (name) => Buffer.from(await testAsset(name)).toString('utf8'),
    listFiles: async () => Object.keys(files).map((name) => `${root}/${name.split('/').map(encodeURIComponent).join('/')}`),
    listRuns: async () =>
      Object.keys(files)
        .map((name) => `${root}/${name.split('/').map(encodeURIComponent).join('/')}`)
        .filter(isRunFile),
    readBytes: async () => null,
    withFile: async () => null,
    writeFile: async () => {},
    now: () => 0,
    pause: async () => {},
    delay: async () => {},
  };
}
