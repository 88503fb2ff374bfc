// `npm start [-- PATH] [--no-open]`: sets up, prints what the project at PATH will cost, and opens it in VS Code with the extension loaded.
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { build, endWith, install, packaged, requireNode, root, workbench } from './setup.mjs';

const usage = `usage: npm start [-- [PATH] [--no-open]]
  PATH       project or file to estimate and open (default: the sample project)
  --no-open  print the report only`;
const sample = path.join(root, 'samples', 'support-assistant');

const args = process.argv.slice(2);
if (args.includes('--help') || args.includes('-h')) {
  console.log(usage);
  process.exit(0);
}
const unknown = args.find((arg) => arg.startsWith('-') && arg !== '--no-open');
const [target, ...more] = args.filter((arg) => !arg.startsWith('-'));
if (unknown || more.length > 0) {
  console.error(`${unknown ? `${unknown}: no such option` : 'one PATH only (put a path with spaces in quotes)'}\n${usage}`);
  process.exit(2);
}
// npm runs this in the repository; a path is meant from where the person stands
const project = target === undefined ? sample : path.resolve(process.env.INIT_CWD ?? process.cwd(), target);
try {
  requireReadable(project);
  requireNode();
  install();
  build();
} catch (error) {
  endWith(error);
}
const report = spawnSync(process.execPath, [path.join(root, 'dist', 'cli.js'), 'estimate', project], { stdio: 'inherit' });
if (report.status !== 0) process.exit(report.status ?? 2);
if (!args.includes('--no-open')) await open();

function requireReadable(place) {
  try {
    accessSync(place, constants.R_OK);
  } catch (error) {
    console.error(`${place}: ${error.code === 'ENOENT' ? 'no such file or folder' : 'cannot be read'}`);
    process.exit(2);
  }
}

async function open() {
  const code = (process.env.PATH ?? '')
    .split(path.delimiter)
    .map((folder) => path.join(folder, process.platform === 'win32' ? 'code.cmd' : 'code'))
    .find((file) => existsSync(file));
  if (code) {
    console.log(`\nOpening ${project} in VS Code with the extension loaded.`);
    const quoted = (text) => (process.platform === 'win32' ? `"${text}"` : text);
    const command = [`--extensionDevelopmentPath=${root}`, '--new-window', project].map(quoted);
    const done = spawnSync(quoted(code), command, { stdio: 'inherit', shell: process.platform === 'win32' });
    process.exit(done.status ?? 0);
  }
  if (process.platform !== 'linux') {
    console.log('\nTo see it in the editor, install VS Code with its `code` command on the PATH and run this again.');
    return;
  }
  let vsix;
  try {
    vsix = packaged();
    workbench();
  } catch (error) {
    endWith(error);
  }
  const { startNodeHost } = await import('../test/e2e/hosts.mjs');
  const [folder, file] = statSync(project).isDirectory() ? [project, undefined] : [path.dirname(project), path.basename(project)];
  const host = await startNodeHost({ vsix: [vsix], folder, inPlace: true, settings: { 'workbench.startupEditor': 'readme', 'editor.minimap.enabled': true } });
  const url = host.url(file ?? (folder === sample ? 'train/finetune.py' : undefined));
  console.log(`\nVS Code with ML Cost Lens: ${url}\nIt works on ${folder} itself. Press Ctrl+C to end it.`);
  if (process.env.DISPLAY || process.env.WAYLAND_DISPLAY) {
    spawn('xdg-open', [url], { stdio: 'ignore', detached: true })
      .on('error', () => {})
      .unref();
  }
  await new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, resolve);
  });
  await host.stop();
}
