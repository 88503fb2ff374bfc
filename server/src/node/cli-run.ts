import { createReadStream } from 'node:fs';
import { appendFile, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { acceleratorTable } from '../cli/accelerators.js';
import { type Advised, adviseJson, adviseTable, isSafe } from '../cli/advise.js';
import { choicesOf } from '../cli/choices.js';
import { compareCsv, compareDocument, compared, compareJson } from '../cli/compare.js';
import { autoscaleFile, callsFile, proofFile } from '../cli/generate.js';
import { explainedLog, oomJson } from '../cli/oom.js';
import { completion, help, nearest, type Parsed, parse, UsageError } from '../cli/options.js';
import { predictLine } from '../cli/predict.js';
import { reportJson } from '../cli/report-json.js';
import { type Paint, reportTable } from '../cli/report-table.js';
import { foundRuns, runsJson, runsTable, sharedText } from '../cli/runs.js';
import {
  applied,
  editSettings,
  explainMarkdown,
  forensicsText,
  type LinkPlace,
  type Market,
  observedRun,
  placeOf,
  relativeTo,
  type Span,
  settingsFileName,
  sharedRow,
  sharedRunsFile,
  type TextEdit,
} from '../core/index.js';
import { Advisor, type ProvenAdvice } from '../host/advisor.js';
import { Engine, type Estimated, type FileReport } from '../host/engine.js';
import { type Host, type Offered, today } from '../host/host.js';
import { hasOwnMoney } from '../host/policy.js';
import { withNested } from '../host/workspace-settings.js';
import { keepsAudit, noteAdvice } from './audit-notes.js';
import { blameCommand } from './blame-command.js';
import { historyCommand } from './history-command.js';
import { modelFileCommand } from './model-file.js';
import { confined, nodeHost } from './node-host.js';
import { settingsFolder } from './project-folder.js';
import { admissionCommand, checkCommand, diffCommand } from './review-commands.js';
import type { Scanned } from './scanned.js';
import { sourceCommands } from './source-commands.js';
import { spendCommands } from './spend-commands.js';
import { whatIfCommand } from './what-if-command.js';

/** Runs one command.
 * @param assets folder of grammars and tables
 * @returns exit status: 0 with an answer, 2 for wrong use */
export async function main(argv: readonly string[], assets: string): Promise<number> {
  // a reader that has enough (`| head`) is no failure
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
  try {
    const [name] = argv;
    // what stands behind -- is another command's
    const own = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
    if (name === '--help' || name === '-h' || name === 'help' || own.includes('--help') || own.includes('-h')) {
      process.stdout.write(help(...(name === 'help' ? argv.slice(1) : argv)));
      return 0;
    }
    const parsed: Parsed = { ...parse(argv), ...editorsOwn() };
    const limit = process.env['MLCOST_INSIDE'];
    const host = limit === undefined ? nodeHost(assets) : confined(nodeHost(assets), limit);
    const spend = spendCommands[parsed.command.name] ?? sourceCommands[parsed.command.name];
    if (spend) return await spend(parsed, host);
    if (parsed.command.name === 'completion') process.stdout.write(completion(parsed.args[0] ?? ''));
    else if (parsed.command.name === 'predict') await predict(parsed, host);
    else if (parsed.command.name === 'advise') await adviseCommand(parsed, host);
    else if (parsed.command.name === 'autoscale') await autoscaleCommand(parsed, host);
    else if (parsed.command.name === 'calls') await callsCommand(parsed, host);
    else if (parsed.command.name === 'prove') await proveCommand(parsed, host);
    else if (parsed.command.name === 'compare') await compareCommand(parsed, host);
    else if (parsed.command.name === 'what-if') await whatIfCommand(parsed, host, paint(), write, scanned);
    else if (parsed.command.name === 'onnx') write(await modelFileCommand(parsed, host, assets, paint()));
    else if (parsed.command.name === 'policy admission') write(await admissionCommand(parsed, host));
    else if (parsed.command.name === 'blame') write(await blameCommand(parsed, host, paint(), scanned));
    else if (parsed.command.name === 'history') write(await historyCommand(parsed, host, assets, paint(), scanned));
    else if (parsed.command.name === 'diff') return await diffCommand(parsed, host, paint(), write);
    else if (parsed.command.name === 'check') return await checkCommand(parsed, host, paint(), write, scanned);
    else if (parsed.command.name === 'mcp') {
      // The protocol's library is loaded by who speaks it only.
      const { serve } = require('./mcp.js') as typeof import('./mcp.js');
      await serve(parsed.args[0] ?? '.', path.join(assets, 'cli.js'));
    } else if (parsed.command.name === 'oom') await oomCommand(parsed, host);
    else if (parsed.command.name === 'runs') await runsCommand(parsed, host);
    else if (parsed.command.name === 'accelerators') await acceleratorsCommand(parsed, host);
    else await estimateCommand(parsed, host);
    return 0;
  } catch (error) {
    if (error instanceof UsageError) process.stderr.write(`${error.message}\n`);
    else if ((error as NodeJS.ErrnoException).code === 'EPIPE') return 0;
    else process.stderr.write(`mlcost failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return 2;
  }
}

/** What the editor that started this process takes where nobody says anything, as `runTool` hands it on. */
function editorsOwn(): Pick<Parsed, 'otherwise'> {
  const written = process.env['MLCOST_OTHERWISE'];
  return written === undefined ? {} : { otherwise: JSON.parse(written) as Offered };
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

/** Reads what the paths hold, with what the command line chose. */
const scanned: Scanned = async (parsed, host) => {
  const { args, values } = parsed;
  const paths = args.length === 0 ? ['.'] : args;
  const engine = new Engine(host);
  const { preferences } = await choicesOf(parsed, (file) => readFile(file, 'utf8'));
  engine.preferences = preferences;
  const places = await Promise.all(
    paths.map(async (written) => {
      const full = path.resolve(written);
      const found = await stat(full).catch(() => undefined);
      if (!found) throw new UsageError(`${written}: no such file or folder`);
      const folder = found.isDirectory() ? full : path.dirname(full);
      const root = settingsFolder(folder) ?? folder;
      return { uri: pathToFileURL(full).href, folder: pathToFileURL(folder).href, root: pathToFileURL(root).href };
    }),
  );
  engine.roots = [...new Set(places.map((place) => place.root))];
  const cancellation = { cancelled: false };
  process.once('SIGINT', () => {
    cancellation.cancelled = true;
  });
  const files = [...new Set((await Promise.all(places.map((place) => host.listFiles(place.uri, cancellation)))).flat())];
  engine.roots = withNested(engine.roots, files);
  for (const root of engine.roots) await engine.loadRuns(root, cancellation);
  const bar = process.stderr.isTTY && values['quiet'] !== true;
  const reports = await engine.scan(files, ({ done, total }) => bar && process.stderr.write(`\r${done} of ${total} files`), cancellation);
  if (bar) process.stderr.write('\r\u001b[K');
  if (cancellation.cancelled) process.stderr.write('Stopped: this is what was read until then.\n');
  // one path: files relative to it; several: relative to the working folder
  const base = `${places.length === 1 ? (places[0]?.folder ?? '') : pathToFileURL(process.cwd()).href}/`;
  const relative = (uri: string): string =>
    uri.startsWith(base) ? decodeURIComponent(uri.slice(base.length)) : decodeURIComponent(uri.replace(/^file:\/\//, ''));
  return { engine, reports, relative };
};

async function estimateCommand(parsed: Parsed, host: Host): Promise<void> {
  const { engine, reports, relative } = await scanned(parsed, host);
  if (parsed.values['format'] === 'json') {
    write(`${JSON.stringify(reportJson(engine, reports, relative, await advisedOf(engine, host, reports)), null, 1)}\n`);
    return;
  }
  const { catalog } = await engine.context(engine.roots[0]);
  write(reportTable(engine, catalog, reports, relative, paint()));
  if (parsed.values['explain'] === true) {
    for (const { workload, estimation, alternatives, team } of reports.flatMap((report) => report.workloads)) {
      write(
        `${explainMarkdown({ workload, estimation, catalog, ref: { uri: workload.span.uri, id: workload.id }, place: placeIn(engine, relative), ...(alternatives ? { alternatives } : {}), ...(team ? { team } : {}) })}\n\n`,
      );
    }
  }
}

async function compareCommand(parsed: Parsed, host: Host): Promise<void> {
  const limit = Number(parsed.values['limit'] ?? 12);
  if (!Number.isInteger(limit) || limit < 1) throw new UsageError(`--limit takes a whole number from 1, not '${String(parsed.values['limit'])}'`);
  const { engine, reports, relative } = await scanned(parsed, host);
  const context = await engine.context(engine.roots[0]);
  const markets = parsed.values['market'] as readonly Market[] | undefined;
  const all = reports
    .flatMap((report) => report.workloads)
    .filter(({ workload }) => workload.countedIn === undefined)
    .map((one) => compared(one, context, markets));
  const format = parsed.values['format'];
  const place = ({ workload }: Estimated) => ({ file: relative(workload.span.uri), line: (placeIn(engine, relative)(workload.span)?.line ?? 0) + 1 });
  if (format === 'json') write(`${JSON.stringify(compareJson(all, place, parsed.values['limit'] === undefined ? undefined : limit), null, 1)}\n`);
  else if (format === 'csv') write(compareCsv(all, place));
  else if (all.length === 0) write('No machine-learning workload found.\n');
  else write(compareDocument(all, context.catalog, limit, format === 'markdown' || format === 'html' ? format : 'table', paint()));
}

async function adviseCommand(parsed: Parsed, host: Host): Promise<void> {
  const { engine, reports, relative } = await scanned(parsed, host);
  const all = await advisedOf(engine, host, reports);
  const wanted = parsed.values['apply'] as readonly string[] | undefined;
  const chosen = wanted
    ? wanted.map((id) => named(id, all))
    : parsed.values['apply-all-safe'] === true
      ? all.flatMap(({ advice }) => advice.find(isSafe) ?? [])
      : undefined;
  if (chosen) {
    const taken = await apply(chosen, engine, relative);
    const folder = fileURLToPath(engine.roots[0] ?? pathToFileURL('.').href);
    const settings = await engine.settingsOf(engine.roots[0] ?? '');
    for (const one of taken) await noteAdvice(folder, settings, one);
  } else if (parsed.values['format'] === 'json') write(`${JSON.stringify(adviseJson(engine, all, relative), null, 1)}\n`);
  else write(adviseTable(engine, all, relative, paint()));
}

async function autoscaleCommand(parsed: Parsed, host: Host): Promise<void> {
  const { engine, reports } = await scanned(parsed, host);
  write(
    autoscaleFile(
      engine,
      reports.flatMap((report) => report.workloads),
      String(parsed.values['scaler'] ?? 'hpa'),
    ),
  );
}

async function callsCommand(parsed: Parsed, host: Host): Promise<void> {
  const { engine, reports } = await scanned(parsed, host);
  const all = reports.flatMap((report) => report.workloads);
  write(callsFile(all, String(parsed.values['helper'] ?? 'batch'), (await engine.context()).catalog));
}

async function proveCommand(parsed: Parsed, host: Host): Promise<void> {
  const { engine, reports } = await scanned(parsed, host);
  const all = await advisedOf(engine, host, reports);
  const wanted = parsed.values['advice'];
  const advice = typeof wanted === 'string' ? anyNamed(wanted, all) : all.flatMap((one) => one.advice).find(({ risk }) => risk.level !== 'none');
  const one = advice && all.find((each) => each.one.workload.id === advice.workload)?.one;
  if (!advice || !one) throw new UsageError('nothing is advised here that changes quality');
  write(proofFile(one.workload, advice, parsed.values['guard'] === true));
}

/** Advice for each workload that has its own money. */
async function advisedOf(engine: Engine, host: Host, reports: readonly FileReport[]): Promise<Advised[]> {
  const advisor = new Advisor(engine, host);
  const all: Advised[] = [];
  for (const one of reports.flatMap((report) => report.workloads)) {
    if (!hasOwnMoney(one)) continue;
    all.push({ one, advice: await advisor.proven(one), ways: await advisor.ways(one) });
  }
  return all;
}

function anyNamed(id: string, all: readonly Advised[]): ProvenAdvice {
  const ids = all.flatMap(({ advice }) => advice);
  const found = ids.find((advice) => advice.id === id);
  if (found) return found;
  throw new UsageError(
    `no advice is called '${id}'${nearest(
      id,
      ids.map((advice) => advice.id),
    )}`,
  );
}
function named(id: string, all: readonly Advised[]): ProvenAdvice {
  const found = anyNamed(id, all);
  if (!found.edits) throw new UsageError(`'${id}' has no edit: ${found.notes.join('; ') || 'a person has to do it'}`);
  return found;
}

/** Writes edits of several workloads; what touches a place that another one has changed is named and left. */
async function apply(chosen: readonly ProvenAdvice[], engine: Engine, relative: (uri: string) => string): Promise<ProvenAdvice[]> {
  const texts = new Map<string, TextEdit[]>();
  const taken: ProvenAdvice[] = [];
  for (const advice of chosen) {
    const edits = advice.edits ?? [];
    const clash = edits.some((edit) => texts.get(edit.uri)?.some((other) => edit.start <= other.end && other.start <= edit.end));
    if (clash) {
      process.stderr.write(`${advice.id}: left, another advice changes the same place; run it again\n`);
      continue;
    }
    for (const edit of edits) texts.set(edit.uri, [...(texts.get(edit.uri) ?? []), edit]);
    write(`${advice.id}: ${advice.title}\n`);
    taken.push(advice);
  }
  for (const [uri, edits] of texts) {
    const document = engine.fileOf(uri);
    const file = fileURLToPath(uri);
    // Whoever changed the file meanwhile is not overwritten.
    if (!document || (await readFile(file, 'utf8')) !== document.text)
      throw new UsageError(`${relative(uri)} has changed meanwhile: nothing was written to it`);
    await writeFile(file, applied(document.text, edits));
  }
  if (chosen.length === 0) write('Nothing to apply.\n');
  return taken;
}

async function oomCommand({ args, ...rest }: Parsed, host: Host): Promise<void> {
  const [log = '-', project = '.'] = args;
  const text = await (log === '-' ? standardInput() : readFile(log, 'utf8')).catch((error: unknown) => {
    throw new UsageError(`${log}: ${error instanceof Error ? error.message : String(error)}`);
  });
  const { engine, reports } = await scanned({ ...rest, args: [project] }, host);
  const root = engine.roots[0] ?? '';
  const context = await engine.context(root);
  const found = explainedLog(text, reports, context);
  if (!found) throw new UsageError(`${log}: neither an out-of-memory error nor a server's start-up log`);
  write(rest.values['format'] === 'json' ? `${JSON.stringify(oomJson(found), null, 1)}\n` : forensicsText(found));
  if (rest.values['keep'] !== true) return;
  const place = found.workload && relativeTo(found.workload.span.uri, engine.roots);
  const run = place === undefined ? undefined : observedRun(found, place, today(host));
  const row = run && sharedRow(run, place, context.catalog);
  if (row === undefined) {
    process.stderr.write('Nothing to keep: no workload, or no figure of what was needed.\n');
    return;
  }
  const file = path.join(fileURLToPath(root), sharedRunsFile);
  await mkdir(path.dirname(file), { recursive: true });
  await appendFile(file, `${row}\n`);
  process.stderr.write(`Kept in ${file}\n`);
}
async function standardInput(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

async function runsCommand(parsed: Parsed, host: Host): Promise<void> {
  const { engine, reports } = await scanned(parsed, host);
  const root = engine.roots[0] ?? '';
  const found = await foundRuns(engine, reports);
  const { catalog } = await engine.context(root);
  const folder = fileURLToPath(root);
  if (parsed.values['export'] === true) {
    const text = sharedText(found, engine, catalog);
    const file = path.join(folder, sharedRunsFile);
    if (text !== '') {
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, text);
    }
    write(text === '' ? 'No measured run could be shared.\n' : `${text.trimEnd().split('\n').length} runs written to ${file}\n`);
    return;
  }
  if (parsed.values['reset'] === true) {
    const file = path.join(folder, settingsFileName);
    const text = await readFile(file, 'utf8').catch(() => '');
    const since = today(host);
    const { start, oldEnd, text: piece } = editSettings(text, { kind: 'reset-runs', since });
    await writeFile(file, text.slice(0, start) + piece + text.slice(oldEnd));
    write(`Runs before ${since} no longer correct the estimates (${file})\n`);
    return;
  }
  if (parsed.values['format'] === 'json') write(`${JSON.stringify(runsJson(found), null, 1)}\n`);
  else write(runsTable(found, catalog, paint()));
}

async function acceleratorsCommand({ args, values }: Parsed, host: Host): Promise<void> {
  const { catalog } = await new Engine(host).context();
  const chips = args[0] === undefined ? catalog.accelerators : [catalog.accelerator(args[0])].filter((chip) => chip !== undefined);
  if (chips.length === 0)
    throw new UsageError(
      `no accelerator is called '${args[0]}'${nearest(
        args[0] ?? '',
        catalog.accelerators.flatMap((chip) => [chip.id, ...chip.aliases]),
      )}`,
    );
  if (values['format'] === 'json') write(`${JSON.stringify({ version: 1, accelerators: chips }, null, 1)}\n`);
  else write(acceleratorTable(chips, catalog, paint()));
}

const placeIn =
  (engine: Engine, relative: (uri: string) => string) =>
  (span: Span): LinkPlace | undefined => {
    const document = engine.document(span.uri);
    if (!document) return undefined;
    const { line } = placeOf(document, span);
    return { uri: span.uri, line: line - 1, label: `${relative(span.uri)}:${line}` };
  };
const write = (text: string): void => {
  process.stdout.write(text);
};

/** Colours where a person reads them; NO_COLOR and pipes have none. */
function paint(): Paint {
  const on = process.stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '' && process.env['TERM'] !== 'dumb';
  const by = (code: string) => (text: string) => (on ? `\u001b[${code}m${text}\u001b[0m` : text);
  return { bold: by('1'), dim: by('2'), red: by('31'), yellow: by('33') };
}
