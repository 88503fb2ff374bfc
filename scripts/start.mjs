// `npm start [-- PATH] [--no-open]`: sets up, prints what the project at PATH will cost, and opens it in VS Code with the extension loaded.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { build, install, packaged, requireNode, root, workbench } from './setup.mjs';

const args = process.argv.slice(2);
const unknown = args.find((arg) => arg.startsWith('-') && !['--no-open', '--help', '-h'].includes(arg));
const [target, ...more] = args.filter((arg) => !arg.startsWith('-'));
if (unknown || more.length > 0 || args.includes('--help') || args.includes('-h')) {
  console.error(
    'usage: npm start [-- PATH] [-- --no-open]\n  PATH       project to estimate and open (default: the sample project)\n  --no-open  print the report only',
  );
  process.exit(unknown || more.length > 0 ? 2 : 0);
}
const project = path.resolve(process.env.INIT_CWD ?? process.cwd(), target ?? path.join(root, 'samples', 'support-assistant'));
if (!existsSync(project)) {
  console.error(`${project}: no such file or folder`);
  process.exit(2);
}
requireNode();
install();
build();
const report = spawnSync(process.execPath, [path.join(root, 'dist', 'cli.js'), 'estimate', project], { stdio: 'inherit' });
if (report.status !== 0) process.exit(report.status ?? 2);
if (!args.includes('--no-open')) await open();

async function open() {
  const names = process.platform === 'win32' ? ['code.cmd'] : ['code'];
  const code = names
    .flatMap((name) => (process.env.PATH ?? '').split(path.delimiter).map((folder) => path.join(folder, name)))
    .find((file) => existsSync(file));
  if (code) {
    console.log(`\nOpening ${project} in VS Code with the extension loaded.`);
    const done = spawnSync(code, [`--extensionDevelopmentPath=${root}`, '--new-window', project], { stdio: 'inherit', shell: process.platform === 'win32' });
    process.exit(done.status ?? 0);
  }
  const vsix = packaged();
  workbench();
  const { startNodeHost } = await import('../test/e2e/hosts.mjs');
  const folder = existsSync(path.join(project, '.')) && !path.extname(project) ? project : path.dirname(project);
  const host = await startNodeHost({ vsix: [vsix], folder, inPlace: true, settings: { 'workbench.startupEditor': 'readme' } });
  const url = host.url();
  console.log(`\nVS Code with ML Cost Lens: ${url}\nIt works on ${folder} itself. Press Ctrl+C to end it.`);
  const opener = process.platform === 'darwin' ? 'open' : 'xdg-open';
  if (process.platform === 'darwin' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY)
    spawn(opener, [url], { stdio: 'ignore', detached: true })
      .on('error', () => {})
      .unref();
  await new Promise((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  await host.stop();
}
