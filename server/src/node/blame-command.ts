import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { blameJson, blameTable, type FileBlame } from '../cli/blame.js';
import { type Parsed, UsageError } from '../cli/options.js';
import type { Paint } from '../cli/report-table.js';
import { blamed, commitsOf } from '../host/blame.js';
import type { Host } from '../host/host.js';
import { projectOf } from './project-folder.js';
import type { Scanned } from './scanned.js';

/** `mlcost blame FILE`: what each line of a file does to the cost, and which commit it comes from. */
export async function blameCommand(parsed: Parsed, host: Host, paint: Paint, scanned: Scanned): Promise<string> {
  const [written = ''] = parsed.args;
  const file = await realpath(written).catch(() => {
    throw new UsageError(`${written}: no such file`);
  });
  const { engine, reports } = await scanned({ ...parsed, args: [await projectOf(file, parsed.values['project'])] }, host);
  const uri = pathToFileURL(file).href;
  const text = (await host.readText(uri)) ?? '';
  const effects = await blamed(
    engine,
    host,
    uri,
    reports.flatMap(({ workloads }) => workloads),
  );
  const root = fileURLToPath(engine.roots[0] ?? pathToFileURL(path.dirname(file)).href);
  const blame: FileBlame = {
    file: path.relative(root, file).replaceAll('\\', '/'),
    effects,
    lines: text.split(/\r\n|\r|\n/),
    ...(await commitsOf(host, uri, text)),
  };
  return parsed.values['format'] === 'json' ? `${JSON.stringify(blameJson(blame), null, 1)}\n` : blameTable(blame, paint);
}
