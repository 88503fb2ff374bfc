// Bundles the product into dist/: client and server for both hosts, the command line, the webview, and the files they read.
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
// The client tests a document's text before it starts anything: with the recognisers' own markers, so that the two cannot drift.
const define = { ML_MARKERS: JSON.stringify(await markers()) };
// The parser's Node branch asks for `fs` by `require`, which no worker has.
const browserParser = {
  name: 'browser-parser',
  setup: ({ onLoad }) =>
    onLoad({ filter: /[\\/]web-tree-sitter\.js$/ }, ({ path: file }) => {
      const text = readFileSync(file, 'utf8');
      const contents = text.replaceAll('if (ENVIRONMENT_IS_NODE) {', 'if (false) {');
      if (contents === text) throw new Error('web-tree-sitter has changed: no Node branch found');
      return { contents };
    }),
};
// pg's other half asks for a native library when somebody wants it; nobody here does.
const withoutNative = {
  name: 'without-native',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^pg-native$/ }, ({ path: name }) => ({ path: name, namespace: 'none' }));
    onLoad({ filter: /.*/, namespace: 'none' }, () => ({ contents: 'module.exports = undefined;' }));
  },
};
const bundles = [
  // In Node the language client is a second file, read when a document with a marker opens; on the web, where there is one file, it is evaluated then.
  {
    entry: 'client/src/node/main.ts',
    name: 'client-node',
    platform: 'node',
    format: 'cjs',
    external: ['vscode', './client-start.js'],
    define,
    supported: { 'dynamic-import': false }, // by `require`: starting the loader of modules costs the host more than the file
  },
  { entry: 'client/src/node/client-start.ts', name: 'client-start', platform: 'node', format: 'cjs', external: ['vscode'], define },
  { entry: 'client/src/browser/main.ts', name: 'client-browser', platform: 'browser', format: 'cjs', external: ['vscode'], define },
  { entry: 'server/src/node/main.ts', name: 'server-node', platform: 'node', format: 'cjs' },
  // The server and the command line in one file: most of each is the same. A function, so that it can run with the code kept from an earlier start.
  {
    entry: 'server/src/node/program.ts',
    name: 'program',
    platform: 'node',
    format: 'cjs',
    alias,
    charset: 'ascii',
    external: ['./mcp.js', './postgres-client.js'],
    define: { VERSION: JSON.stringify(version) },
    banner: { js: '(function (require, __dirname) { const module = { exports: {} };' },
    footer: { js: 'return module.exports; })' },
  },
  {
    entry: 'server/src/browser/main.ts',
    name: 'server-browser',
    platform: 'browser',
    format: 'iife',
    alias: { 'jsonc-parser': alias['jsonc-parser'] },
    plugins: [browserParser],
  },
  {
    entry: 'server/src/node/cli-main.ts',
    name: 'cli',
    platform: 'node',
    format: 'cjs',
    define: { VERSION: JSON.stringify(version) },
    banner: { js: '#!/usr/bin/env node' },
  },
  { entry: 'server/src/node/postgres-client.ts', name: 'postgres-client', platform: 'node', format: 'cjs', plugins: [withoutNative] },
  { entry: 'server/src/node/mcp.ts', name: 'mcp', platform: 'node', format: 'cjs', define: { VERSION: JSON.stringify(version) } },
  { entry: 'webview/src/compare/main.tsx', name: 'webview-compare', platform: 'browser', format: 'iife' },
  { entry: 'webview/src/what-if/main.tsx', name: 'webview-what-if', platform: 'browser', format: 'iife' },
  { entry: 'webview/src/history/main.tsx', name: 'webview-history', platform: 'browser', format: 'iife' },
  { entry: 'webview/src/spend/main.tsx', name: 'webview-spend', platform: 'browser', format: 'iife' },
  { entry: 'webview/src/model/main.tsx', name: 'webview-model', platform: 'browser', format: 'iife' },
  { entry: 'webview/src/model/worker.ts', name: 'model-worker', platform: 'browser', format: 'iife' },
].filter(({ entry }) => existsSync(entry));

async function markers() {
  const { recognisers, modelFileMarker, Hints } = await evaluated(
    "export { recognisers } from './server/src/core/recognise/registry.js'; export { modelFileMarker } from './server/src/core/recognise/model-file-names.js'; export { Hints } from './server/src/core/text/literals.js';",
  );
  return [...new Set(recognisers.map(({ language }) => language))].map((language) => {
    // Any language may name a model file.
    const all = [...recognisers.filter((one) => one.language === language).map(({ marker }) => marker), modelFileMarker];
    return [language, new Hints(all, (marker) => marker).any ?? '', all.map(({ source, flags }) => [source, flags])];
  });
}
/** The data tables as a running product reads them: their texts are read here, once. */
async function packedTables() {
  const { catalogFiles, readTables, packTables } = await evaluated(
    "export { catalogFiles, readTables } from './server/src/core/catalog/read-tables.js'; export { packTables } from './server/src/core/catalog/tables.js';",
  );
  return packTables(readTables(Object.fromEntries(catalogFiles.map((file) => [file, readFileSync(path.join('server/data', file), 'utf8')]))));
}
/** What a piece of the product's own source exports. */
async function evaluated(contents) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root, loader: 'ts' },
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    target: 'es2022',
    logLevel: 'warning',
    alias,
  });
  const module = { exports: {} };
  new Function('module', 'exports', 'require', outputFiles[0].text)(module, module.exports, require);
  return module.exports;
}

rmSync('dist', { recursive: true, force: true });
mkdirSync('dist', { recursive: true });
await Promise.all(bundles.map(({ entry, name, ...options }) => build({ ...base, entryPoints: { [name]: entry }, ...options })));
// `charset` leaves regular expressions as they are, and the file is read as bytes: an escape means the same there.
const ascii = readFileSync('dist/program.js', 'utf8').replace(/[^\0-\x7f]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
writeFileSync('dist/program.js', ascii);
for (const file of [
  'web-tree-sitter/web-tree-sitter.wasm',
  'tree-sitter-python/tree-sitter-python.wasm',
  'tree-sitter-typescript/tree-sitter-typescript.wasm',
  'tree-sitter-typescript/tree-sitter-tsx.wasm',
]) {
  cpSync(require.resolve(file), path.join('dist', path.basename(file)));
}
for (const file of ['coefficients.json', 'legality.csv', 'quality.json', 'change-noise.json']) cpSync(`server/data/${file}`, `dist/${file}`);
writeFileSync('dist/catalog.jsonl', await packedTables());
