// Checks every TypeScript project: one for each host, so that Node's, the worker's and the page's types never mix.
// Projects refer to each other, so that each file is checked once; declarations go to .cache/types.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const projects = ['server/src/node', 'server/src/browser', 'client/src/node', 'client/src/browser', 'webview', 'test'];
const { status } = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '--build', ...projects], { cwd: root, stdio: 'inherit' });
process.exit(status ?? 1);
