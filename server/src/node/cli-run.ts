import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { completion, help, type Parsed, parse, UsageError } from '../cli/options.js';
import { predictLine } from '../cli/predict.js';
import { reportJson } from '../cli/report-json.js';
import { Engine, type FileReport } from '../host/engine.js';
import type { Host } from '../host/host.js';
import { nodeHost } from './node-host.js';

/** Runs one command.
 * @param assets folder of grammars and tables
 * @returns exit status: 0 with an answer, 2 for wrong use */
export async function main(argv: readonly string[], assets: string): Promise<number> {
  try {
    const [name] = argv;
    if (name === '--help' || name === '-h' || name === 'help' || argv.includes('--help') || argv.includes('-h')) {
      process.stdout.write(help(name === 'help' ? argv[1] : name));
      return 0;
    }
    const parsed = parse(argv);
    const host = nodeHost(assets);
    if (parsed.command.name === 'completion') process.stdout.write(completion(parsed.args[0] ?? ''));
    else if (parsed.command.name === 'predict') await predict(parsed, host);
    else await estimateCommand(parsed, host);
    return 0;
  } catch (error) {
    if (error instanceof UsageError) process.stderr.write(`${error.message}\n`);
    else if ((error as NodeJS.ErrnoException).code === 'EPIPE') return 0;
    else process.stderr.write(`mlcost failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return 2;
  }
}

async function predict({ args, values }: Parsed, host: Host): Promise<void> {
  const context = await new Engine(host).context();
  const input = args[0] === undefined || args[0] === '-' ? process.stdin : createReadStream(args[0]);
  const failed = new Promise<never>((_, reject) => {
    input.on('error', (error: Error) => reject(new UsageError(`${args[0]}: ${error.message}`)));
  });
  const answer = async (): Promise<void> => {
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      if (line.trim() === '') continue;
      if (!process.stdout.write(`${predictLine(line, context, { terms: values['terms'] === true })}\n`))
        await new Promise((resolve) => process.stdout.once('drain', resolve));
    }
  };
  await Promise.race([answer(), failed]);
}

async function estimateCommand({ args, values }: Parsed, host: Host): Promise<void> {
  const paths = args.length === 0 ? ['.'] : args;
  const engine = new Engine(host);
  const places = await Promise.all(
    paths.map(async (written) => {
      const full = path.resolve(written);
      const found = await stat(full).catch(() => undefined);
      if (!found) throw new UsageError(`${written}: no such file or folder`);
      return { uri: pathToFileURL(full).href, folder: pathToFileURL(found.isDirectory() ? full : path.dirname(full)).href };
    }),
  );
  engine.roots = [...new Set(places.map((place) => place.folder))];
  const cancellation = { cancelled: false };
  process.once('SIGINT', () => {
    cancellation.cancelled = true;
  });
  const files = [...new Set((await Promise.all(places.map((place) => host.listFiles(place.uri, cancellation)))).flat())];
  const bar = process.stderr.isTTY && values['quiet'] !== true;
  const reports: FileReport[] = await engine.scan(files, ({ done, total }) => bar && process.stderr.write(`\r${done} of ${total} files`), cancellation);
  if (bar) process.stderr.write('\r\u001b[K');
  // one path: files relative to it; several: relative to the working folder
  const base = `${places.length === 1 ? (places[0]?.folder ?? '') : pathToFileURL(process.cwd()).href}/`;
  const relative = (uri: string): string =>
    uri.startsWith(base) ? decodeURIComponent(uri.slice(base.length)) : decodeURIComponent(uri.replace(/^file:\/\//, ''));
  process.stdout.write(`${JSON.stringify(reportJson(engine, reports, relative), null, 1)}\n`);
}
