// Set-up on a machine that has only Node 20.19+ and git: packages from the lock file, then the bundles. Each step is skipped when it is up to date.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
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

/** A step of the set-up that did not succeed; its message is all that a person needs to see. */
export class SetupError extends Error {}

/** @errors SetupError if this Node or this folder will not do */
export function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new SetupError(
      `ML Cost Lens needs Node 20.19 or newer; this is ${process.versions.node}. Install a newer Node from nodejs.org and run the command again.`,
    );
  }
  try {
    accessSync(root, constants.W_OK);
  } catch {
    throw new SetupError(
      `${root} cannot be written to, but packages and build results go there. Copy the repository to a folder of your own and run the command again.`,
    );
  }
}

/** Runs a step with a line that says how long it takes.
 * @errors SetupError with the step's output */
export function step(title, command, args, options = {}) {
  const begin = Date.now();
  process.stderr.write(`${title} …`);
  const { status, stdout, stderr, error, signal } = spawnSync(command, args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28, ...options });
  process.stderr.write(` ${((Date.now() - begin) / 1000).toFixed(1)} s${status === 0 ? '' : ' FAILED'}\n`);
  if (status === 0) return;
  // Ctrl+C reaches the child as well
  if (signal === 'SIGINT' || signal === 'SIGTERM') process.exit(130);
  throw new SetupError(`${title} failed:\n${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}`.trimEnd());
}

/** Ends the program with the message of a failed set-up. */
export function endWith(error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
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
    ...['package.json', 'package.nls.json', 'README.md', 'CHANGELOG.md', 'LICENSE', '.vscodeignore', 'media', 'schemas'].map((name) =>
      String(newestIn(path.join(root, name))),
    ),
  );
  if (!existsSync(file) || !isStamped('package', stamp)) {
    const vsce = ['node_modules/@vscode/vsce/vsce', 'package', '--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links', '--out', file];
    step('Packaging the extension', process.execPath, vsce);
    setStamp('package', stamp);
  }
  return file;
}

/** The workbench, its browser and their driver, from npm packages alone. */
export function workbench() {
  if (process.platform !== 'linux') throw new SetupError('The workbench in the browser runs on Linux only.');
  step('Installing a VS Code workbench and a browser (about 180 MB the first time)', 'bash', ['test/e2e/install.sh']);
}

/** Prometheus and PostgreSQL of Debian, for the tests that ask real servers. Where they cannot be had, those tests are left out, and it is said why. */
export function servers() {
  const lacking = [
    ['prometheus', existsSync('/usr/bin/prometheus') && existsSync('/usr/bin/promtool')],
    ['postgresql', existsSync('/usr/lib/postgresql')],
  ].flatMap(([name, isThere]) => (isThere ? [] : [name]));
  if (lacking.length === 0) return;
  const skip = (why) => console.error(`Tests against ${lacking.join(' and ')} are left out: ${why}.`);
  if (process.platform !== 'linux' || !existsSync('/usr/bin/apt-get')) return skip('install them; only Debian and its like are set up by itself');
  if (process.getuid?.() !== 0) return skip(`root installs them: apt-get install ${lacking.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  try {
    step('Updating the list of Debian’s packages', 'apt-get', ['update', '-qq'], { env });
    step(`Installing ${lacking.join(' and ')} for the tests`, 'apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...lacking], { env });
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    skip(error.message.split('\n').slice(-3).join(' '));
  }
}

/** pre-commit itself, in a virtual environment, for the test of the hook. Where it cannot be had, that test is left out, and it is said why. */
export function preCommit() {
  const [folder, version] = [path.join(root, '.cache', 'pre-commit'), '4.6.2'];
  if (existsSync(path.join(folder, 'bin', 'pre-commit')) && isStamped('pre-commit', version)) return;
  try {
    step('Making a virtual environment for pre-commit', 'python3', ['-m', 'venv', '--clear', folder]);
    const install = ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', '--retries', '2', `pre-commit==${version}`];
    step('Installing pre-commit for the test of its hook', path.join(folder, 'bin', 'python'), install, { timeout: 180_000 });
    setStamp('pre-commit', version);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    rmSync(folder, { recursive: true, force: true });
    console.error(`The test of the pre-commit hook is left out: ${error.message.split('\n').slice(-2).join(' ')}`);
  }
}

function newestIn(place) {
  if (!existsSync(place)) return 0;
  const { mtimeMs } = statSync(place);
  if (!statSync(place).isDirectory()) return mtimeMs;
  return readdirSync(place).reduce((newest, name) => Math.max(newest, newestIn(path.join(place, name))), 0);
}
