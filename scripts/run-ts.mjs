// Runs a TypeScript tool of this repository: `node scripts/run-ts.mjs tools/calibrate.ts [ARG…]`.
// Node 20 does not strip types itself; the bundle goes to .cache and keeps source maps for readable stacks.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const [entry, ...args] = process.argv.slice(2);
if (!entry) {
  console.error('usage: run-ts.mjs FILE.ts [ARG…]');
  process.exit(2);
}
const out = path.join(root, '.cache', 'tools', `${path.basename(entry, '.ts')}.mjs`);
mkdirSync(path.dirname(out), { recursive: true });
await build({
  entryPoints: [path.resolve(entry)],
  outfile: out,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  sourcemap: 'inline',
  logLevel: 'warning',
});
process.argv = [process.argv[0], out, ...args];
process.setSourceMapsEnabled?.(true);
await import(pathToFileURL(out).href);
