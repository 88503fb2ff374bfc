import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { reportJson } from '../cli/report-json.js';
import { Engine } from '../host/engine.js';
import { never } from '../host/host.js';
import { nodeHost } from './node-host.js';

const [command, ...rest] = process.argv.slice(2);
if (command === 'estimate') {
  const target = path.resolve(rest.find((arg) => !arg.startsWith('-') && arg !== 'json') ?? '.');
  const host = nodeHost(__dirname);
  const engine = new Engine(host);
  const root = pathToFileURL(target).href;
  engine.roots = [root];
  const run = async () => {
    const reports = await engine.scan(await host.listFiles(root, never));
    const base = `${root}/`;
    process.stdout.write(
      `${JSON.stringify(
        reportJson(engine, reports, (uri) => (uri.startsWith(base) ? decodeURIComponent(uri.slice(base.length)) : uri)),
        null,
        1,
      )}\n`,
    );
  };
  void run();
} else process.exitCode = 2;
