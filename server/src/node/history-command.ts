import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { choicesOf } from '../cli/choices.js';
import { type HistoryReport, historyText } from '../cli/history.js';
import { type Parsed, UsageError } from '../cli/options.js';
import type { Paint } from '../cli/report-table.js';
import { type FoundRuns, foundRuns } from '../cli/runs.js';
import {
  causesOf,
  comparableFigures,
  type EstimateContext,
  factDeltas,
  followed,
  type HistoryPoint,
  type HistoryRun,
  type HistoryStep,
  type Moment,
  type PastWorkload,
  pastWorkload,
  placeOf,
  type RunRow,
  runCells,
  type Spec,
  specOn,
  traced,
  type WorkloadHistory,
} from '../core/index.js';
import { type Engine, specOf } from '../host/engine.js';
import type { Host } from '../host/host.js';
import { hasOwnMoney } from '../host/policy.js';
import { GitRepository } from './git.js';
import { type CommitMoment, momentsOf } from './git-history.js';
import { GitProject } from './git-project.js';
import { HistoryStore, historyFolder, type PastPlace } from './history-store.js';
import { projectFolder } from './review-commands.js';
import type { Scanned } from './scanned.js';

declare const VERSION: string;

/** `mlcost history FILE|WORKLOAD`: how estimates changed over the commits. */
export async function historyCommand(parsed: Parsed, host: Host, assets: string, paint: Paint, scanned: Scanned): Promise<string> {
  const { values } = parsed;
  const folder = await projectFolder(values['project']);
  const limit = values['limit'] === undefined ? 1_000_000 : Number(values['limit']);
  if (!Number.isInteger(limit) || limit < 1) throw new UsageError(`--limit takes a whole number from 1, not '${String(values['limit'])}'`);
  const repository = await GitRepository.at(folder);
  try {
    const commits = await repository.changes(typeof values['to'] === 'string' ? values['to'] : 'HEAD', limit);
    const { preferences } = await choicesOf(parsed, (file) => readFile(file, 'utf8'));
    const tables = ['catalog.jsonl', 'coefficients.json', 'program.js'].map((name) => readFile(path.join(assets, name)));
    const store = await HistoryStore.open(values['no-cache'] === true ? undefined : path.join(folder, historyFolder), [
      VERSION,
      folder,
      JSON.stringify(preferences),
      ...(await Promise.all(tables)),
    ]);
    const project = new GitProject(repository, folder, host, preferences);
    const bar = process.stderr.isTTY && values['quiet'] !== true;
    const lines = values['progress'] === true;
    const { moments, counts } = await momentsOf(commits, repository, project, store, (done) => {
      if (lines && (done % 10 === 0 || done === commits.length)) process.stderr.write(`${done} of ${commits.length} commits\n`);
      else if (bar && (done % 20 === 0 || done === commits.length)) process.stderr.write(`\r${done} of ${commits.length} commits`);
    });
    if (bar && !lines) process.stderr.write('\r\u001b[K');
    // The project as it stands on the disk knows the runs, most of which are not in git, and what nobody has committed yet.
    const { engine, reports } = await scanned({ ...parsed, args: [folder] }, host);
    const context = await engine.context(engine.roots[0]);
    const runs = await foundRuns(engine, reports);
    const places = placesOf(runs.estimated, engine, folder);
    const head = moments.at(-1);
    const isNow = head !== undefined && values['to'] === undefined;
    const now = isNow && {
      places,
      workloads: places.map(({ past }) => past),
      renamed: await repository.renames({ kind: 'commit', name: 'HEAD', oid: head.commit.oid }, { kind: 'worktree' }),
    };
    const word = parsed.args[0] ?? '';
    // What another file's workload counts has no money of its own: the other one is what is meant.
    const fileOf = (uri: string): string => path.relative(folder, fileURLToPath(uri)).replaceAll('\\', '/');
    const counting = runs.estimated.flatMap(({ workload: { id, span, countedIn } }) =>
      countedIn !== undefined && means(word, id, fileOf(span.uri), folder) ? [countedIn] : [],
    );
    const chosen = (all: readonly PastPlace[]): PastPlace[] => all.filter(({ id, past }) => means(word, id, past.file, folder) || counting.includes(id));
    // What is no longer there as the files stand may still be in the last commit.
    const last = (now && chosen(now.places).length > 0 && now) || head;
    const found = chosen(last?.places ?? []);
    if (found.length === 0) throw unknownWord(word, (now || head)?.places ?? [], isNow);
    const report: HistoryReport = {
      histories: found.map((place) => historyOf(place, moments, last === now ? now : undefined, runs, context)),
      commits: commits.length,
      ...counts,
      isShallow: await repository.isShallow(),
    };
    return historyText(report, typeof values['format'] === 'string' ? values['format'] : 'table', paint);
  } finally {
    repository.close();
  }
}

/** True where a word means a workload: by its id, or by its file. */
const means = (written: string, id: string, file: string, folder: string): boolean =>
  id === written || file === written || file === path.relative(folder, path.resolve(written)).replaceAll('\\', '/');
function unknownWord(written: string, places: readonly PastPlace[], isNow: boolean): UsageError {
  const some = places.slice(0, 5).map(({ id }) => id);
  const where = isNow ? 'of this project, nor of its last commit,' : 'of that commit';
  return new UsageError(
    `no workload ${where} is called '${written}' or stands in such a file${some.length > 0 ? `; there are ${some.join(', ')}${places.length > 5 ? ' …' : ''}` : ''}`,
  );
}

/** The workloads of the files as they stand, as a commit would hold them. */
const placesOf = (estimated: FoundRuns['estimated'], engine: Engine, folder: string): PastPlace[] =>
  estimated.filter(hasOwnMoney).map((one) => {
    const { workload, estimation, alternatives } = one;
    const { span } = workload;
    const document = engine.document(span.uri);
    const file = path.relative(folder, fileURLToPath(span.uri)).replaceAll('\\', '/');
    const past = pastWorkload({ workload, estimation, spec: specOf(workload), ...(alternatives ? { alternatives } : {}) }, file);
    return { past, id: workload.id, line: document ? placeOf(document, span).line : 1 };
  });

/** @param now the files as they stand, where they are what the place is of */
function historyOf(
  place: PastPlace,
  moments: readonly CommitMoment[],
  now: (Moment & { readonly places: readonly PastPlace[] }) | undefined,
  { rows, estimated }: FoundRuns,
  context: EstimateContext,
): WorkloadHistory {
  const last = moments.at(-1);
  const today = estimated.find(({ workload }) => workload.id === place.id)?.estimation.estimates;
  const hourly = today?.['usd'] && today['gpu_hours'] ? today['usd'].likely / today['gpu_hours'].likely : undefined;
  const trace = traced(now ? [...moments, now] : moments, (now ?? last)?.places.indexOf(place) ?? -1);
  const figures = followed(trace);
  const points: HistoryPoint[] = [];
  let uncommitted: HistoryStep | undefined;
  let before: { past: PastWorkload; at: number } | undefined;
  for (const [at, past] of trace.entries()) {
    if (!past || past === before?.past) continue;
    const moment = moments[at];
    const figure = figures[at];
    const causes = before ? causesBetween(before.past, past, figures[before.at], figure, context) : [];
    const changed = !before || causes.length > 0 || figure?.likely !== figures[before.at]?.likely;
    if (changed) {
      const line = (moment ?? now)?.places.find((one) => one.past === past)?.line ?? 1;
      const step: HistoryStep = { file: past.file, line, ...(figure ? { figure } : {}), causes, unknown: past.unknown };
      if (!moment) uncommitted = step;
      else {
        const { oid, at: time, author, subject } = moment.commit;
        points.push({ oid, at: time, author, subject, ...step });
      }
    }
    before = { past, at };
  }
  return {
    id: place.id,
    title: place.past.title,
    kind: place.past.kind,
    commits: moments.length,
    points,
    ...(uncommitted ? { uncommitted } : {}),
    runs: rows.filter(({ workload }) => workload?.id === place.id).map((row) => runOf(row, hourly, context)),
    until: last?.commit.at ?? '',
  };
}

/** Facts that changed, those first that move the figure most; without a figure on both sides, or on another accelerator, what changed without its part. */
function causesBetween(
  a: PastWorkload,
  b: PastWorkload,
  from: HistoryPoint['figure'],
  to: HistoryPoint['figure'],
  context: EstimateContext,
): HistoryPoint['causes'] {
  const spec = ({ kind, framework, facts }: PastWorkload): Spec => {
    const own: Spec = { kind, facts: { framework, ...facts } };
    return to?.accelerator === undefined ? own : specOn(own, to.accelerator, to.count);
  };
  const [before, after] = [spec(a), spec(b)];
  const changes = factDeltas(before, after);
  if (!from || !to || !comparableFigures(from, to)) return changes;
  const causes = causesOf(before, after, changes, to.name, context);
  return causes ? causes.filter(({ by }) => Math.abs(by) > 1e-6 * Math.abs(from.likely)).sort((x, y) => Math.abs(y.by) - Math.abs(x.by)) : changes;
}

/** @param hourly price of a GPU-hour in the estimate @unit USD */
function runOf(row: RunRow, hourly: number | undefined, context: EstimateContext): HistoryRun {
  const { run } = row;
  const [, , , on, measured, , against] = runCells(row, context.catalog);
  const { wall_hours: wall, gpu_hours: own } = run.measured;
  const { gpus } = run.facts;
  const hours = own ?? (wall === undefined || typeof gpus !== 'number' ? undefined : wall * gpus);
  return {
    id: run.id,
    ...(run.at === undefined ? {} : { at: run.at }),
    ...(run.commit === undefined ? {} : { commit: run.commit }),
    text: [on, measured, against].filter((part) => part !== undefined && part !== '').join(' · '),
    ...(hours === undefined || hourly === undefined ? {} : { usd: hours * hourly }),
  };
}
