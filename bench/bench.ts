import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { activation } from './activation.js';
import { editTimes, oneFile, workspace } from './core.js';
import { opening } from './editor.js';
import { inTurn, median, type Row, row } from './measure.js';
import { install } from './neighbours.js';
import { panel } from './panel.js';
import { spend } from './spend.js';

/** Start of the command line against that of Node itself. */
function start(): Row[] {
  const cli = [path.resolve('dist/cli.js'), '--version'];
  const { a, b } = inTurn(
    15,
    () => void spawnSync(process.execPath, cli),
    () => void spawnSync(process.execPath, ['-e', '0']),
  );
  return [row('mlcost --version / node -e 0', median(a) / median(b), ' ×', 1.5, `${median(a).toFixed(0)} / ${median(b).toFixed(0)} ms`)];
}
function size(): Row[] {
  const vsix = readdirSync('.')
    .filter((name) => name.endsWith('.vsix'))
    .map((name) => statSync(name).size / 2 ** 20);
  return vsix.length === 0 ? [] : [row('size of the .vsix', Math.max(...vsix), ' MiB', 3)];
}

function installWorkbench(): void {
  const { status, stderr } = spawnSync('bash', ['test/e2e/install.sh'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}
/** Needs the workbench that `npm test` and `npm start` install. */
async function atStart(): Promise<Row[]> {
  if (process.platform !== 'linux') return [];
  installWorkbench();
  return activation();
}

/** Needs the browser that comes with the workbench. */
async function drawing(): Promise<Row[]> {
  installWorkbench();
  return panel();
}
const parts: Readonly<Record<string, () => Promise<Row[]> | Row[]>> = {
  file: oneFile,
  workspace: () => workspace(neighbours),
  editor: () => opening(neighbours),
  activation: atStart,
  spend: () => spend(neighbours),
  panel: drawing,
  start,
  size,
};
if (process.argv.includes('--edits')) {
  process.stdout.write(JSON.stringify(await editTimes()));
  process.exit(0);
}
const asked = process.argv.slice(2).filter((arg) => !arg.startsWith('-'));
const neighbours = !process.argv.includes('--alone');
if (!existsSync('dist/cli.js')) throw new Error('build first: npm run build');
if (neighbours) install();
const rows: Row[] = [];
for (const [name, part] of Object.entries(parts)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  console.error(`${name} …`);
  rows.push(...(await part()));
}
console.log('what | measured | bound |\n--- | --- | --- | ---');
for (const { what, measured, bound, ok } of rows) console.log(`${what} | ${measured} | ${bound} | ${ok ? 'holds' : 'MISSED'}`);
process.exit(rows.every((one) => one.ok) ? 0 : 1);
