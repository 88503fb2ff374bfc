// `npm test`: sets up and runs everything. Ends with the line `N passed, N failed`, whatever happens.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { build, install, packaged, requireNode, root, SetupError, workbench } from './setup.mjs';

let passed = 0;
let failed = 0;
const node = (...args) => [process.execPath, args];
const bin = (name) => path.join('node_modules', name);

/** A check that either holds or does not. */
function check(title, [command, args]) {
  const begin = Date.now();
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 });
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${title} (${((Date.now() - begin) / 1000).toFixed(1)} s)`);
  if (status === 0) passed++;
  else {
    failed++;
    console.log(`${stdout}${stderr}`);
  }
}
/** A suite of vitest: its tests count one by one. */
function suite(title, args) {
  const begin = Date.now();
  const report = path.join(root, 'test-output', `${title.replaceAll(' ', '-')}.json`);
  mkdirSync(path.dirname(report), { recursive: true });
  rmSync(report, { force: true });
  const { status } = spawnSync(
    process.execPath,
    [bin('vitest/vitest.mjs'), 'run', ...args, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
    { cwd: root, stdio: 'inherit' },
  );
  const result = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : { numPassedTests: 0, numFailedTests: 0 };
  passed += result.numPassedTests;
  // a file that does not even load has no failed test of its own
  failed += Math.max(result.numFailedTests, status === 0 ? 0 : 1);
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${title} (${((Date.now() - begin) / 1000).toFixed(1)} s)`);
}

/** A step that what follows needs; if it fails, that fails, and what follows is left out. */
function needs(...steps) {
  try {
    for (const one of steps) one();
    return true;
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    failed++;
    console.log(error.message);
    return false;
  }
}

if (needs(requireNode, install)) {
  check('types', node('scripts/typecheck.mjs'));
  check('lint and format', node(bin('@biomejs/biome/bin/biome'), 'check', '.'));
  check('import directions', node(bin('dependency-cruiser/bin/dependency-cruise.mjs'), 'client', 'server', 'webview', '--config', '.dependency-cruiser.cjs'));
  check('dead code', node(bin('knip/bin/knip.js')));
  if (needs(build, packaged)) {
    suite('unit, sessions, command line, package', ['--project', 'core', '--project', 'package', '--project', 'runtime']);
    suite('real servers', ['--project', 'servers']);
    if (needs(workbench)) suite('real editor', ['--project', 'e2e']);
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
