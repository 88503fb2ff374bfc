// Checks every TypeScript project: one for each host, so that Node's, the worker's and the page's types never mix.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const projects = ['server/src/core', 'server', 'server/src/node', 'server/src/browser', 'client', 'client/src/node', 'client/src/browser', 'webview', 'test'];
const hasCode = (dir) => existsSync(dir) && readdirSync(dir, { recursive: true }).some((file) => /\.tsx?$/.test(String(file)));
mkdirSync(path.join(root, '.cache'), { recursive: true });
const check = (project) =>
  new Promise((resolve) => {
    if (!hasCode(path.join(root, project))) return resolve(0);
    const info = path.join(root, '.cache', `${project.replaceAll('/', '-')}.tsbuildinfo`);
    const child = spawn(
      process.execPath,
      [path.join(root, 'node_modules/typescript/bin/tsc'), '-p', path.join(root, project), '--incremental', '--tsBuildInfoFile', info],
      { cwd: root, stdio: 'inherit' },
    );
    child.on('close', resolve);
  });
let failed = 0;
const queue = [...projects];
await Promise.all(
  [0, 1].map(async () => {
    for (let project = queue.shift(); project; project = queue.shift()) if ((await check(project)) !== 0) failed++;
  }),
);
process.exit(failed === 0 ? 0 : 1);
