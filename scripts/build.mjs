// Bundles the product into dist/: client and server for both hosts, the command line, the webview, and the files they read.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
process.chdir(root);
const require = createRequire(import.meta.url);
const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
const production = !process.argv.includes('--dev');
const base = {
  bundle: true,
  minify: production,
  sourcemap: production ? false : 'linked',
  target: 'es2022',
  legalComments: 'none',
  logLevel: 'warning',
  outdir: 'dist',
};
// esbuild follows "import" to the ESM build, whose import.meta is empty in a cjs bundle.
const alias = { 'web-tree-sitter': require.resolve('web-tree-sitter'), 'jsonc-parser': require.resolve('jsonc-parser').replace('/umd/', '/esm/') };
const bundles = [
  { entry: 'client/src/node/main.ts', name: 'client-node', platform: 'node', format: 'cjs', external: ['vscode'] },
  { entry: 'client/src/browser/main.ts', name: 'client-browser', platform: 'browser', format: 'cjs', external: ['vscode'] },
  { entry: 'server/src/node/main.ts', name: 'server-node', platform: 'node', format: 'cjs', alias },
  { entry: 'server/src/browser/main.ts', name: 'server-browser', platform: 'browser', format: 'iife', alias: { 'jsonc-parser': alias['jsonc-parser'] } },
  {
    entry: 'server/src/node/cli-main.ts',
    name: 'cli',
    platform: 'node',
    format: 'cjs',
    external: ['./cli-run.js'],
    define: { VERSION: JSON.stringify(version) },
    banner: { js: '#!/usr/bin/env node' },
  },
  { entry: 'server/src/node/cli-run.ts', name: 'cli-run', platform: 'node', format: 'cjs', alias },
  { entry: 'webview/src/main.tsx', name: 'webview', platform: 'browser', format: 'iife' },
].filter(({ entry }) => existsSync(entry));

rmSync('dist', { recursive: true, force: true });
mkdirSync('dist', { recursive: true });
await Promise.all(bundles.map(({ entry, name, ...options }) => build({ ...base, entryPoints: { [name]: entry }, ...options })));
for (const file of ['web-tree-sitter/web-tree-sitter.wasm', 'tree-sitter-python/tree-sitter-python.wasm', 'tree-sitter-bash/tree-sitter-bash.wasm']) {
  cpSync(require.resolve(file), path.join('dist', path.basename(file)));
}
for (const file of readdirSync('server/data')) if (/\.(csv|json)$/.test(file)) cpSync(path.join('server/data', file), path.join('dist', file));
