import { type Catalog, correctionText, type RunRow, relativeTo, runCells, runHeader, runRows, sharedRow, subject } from '../core/index.js';
import type { Engine, Estimated, FileReport } from '../host/engine.js';
import type { Paint } from './report-table.js';

/** The measured runs below the roots, with the workloads that were estimated. */
export interface FoundRuns {
  readonly rows: readonly RunRow[];
  readonly estimated: readonly Estimated[];
}
export async function foundRuns(engine: Engine, reports: readonly FileReport[]): Promise<FoundRuns> {
  const estimated = reports.flatMap((report) => report.workloads);
  const rows: RunRow[] = [];
  for (const root of engine.roots) {
    const { catalog } = await engine.context(root);
    const here = estimated.filter(({ workload }) => engine.rootOf(workload.span.uri) === root);
    rows.push(...runRows(await engine.runsOf(root, true), await engine.runsOf(root), here, engine.roots, catalog));
  }
  return { rows, estimated };
}

/** The answer of `mlcost runs --format json`: fields may be added, never renamed. */
export const runsJson = ({ rows, estimated }: FoundRuns): object => ({
  version: 1,
  runs: rows.map(({ run, workload, why, ratio, unused }) => ({
    id: run.id,
    kind: run.kind,
    sources: run.sources,
    ...(run.at === undefined ? {} : { at: run.at }),
    ...(run.commit === undefined ? {} : { commit: run.commit }),
    facts: run.facts,
    measured: run.measured,
    workload: workload?.id ?? null,
    why,
    ...(ratio ? { ratio: ratio.value, by: ratio.by } : {}),
    ...(unused === undefined ? {} : { unused }),
  })),
  corrections: estimated.flatMap(({ workload, team }) =>
    team?.correction
      ? [{ workload: workload.id, ...team.correction, ...(team.drift ? { drift: { outside: team.drift.outside, of: team.drift.of } } : {}) }]
      : [],
  ),
});

/** The same for a person. */
export function runsTable({ rows, estimated }: FoundRuns, catalog: Catalog, paint: Paint): string {
  if (rows.length === 0) return 'No measured run found.\n';
  const cells = rows.map((row) => runCells(row, catalog));
  const widths = runHeader.map((name, at) => Math.min(56, Math.max(name.length, ...cells.map((row) => row[at]?.length ?? 0))));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd();
  const corrections = estimated.flatMap(({ workload, team }) => correctionText(subject(workload), team) ?? []);
  return `${[paint.dim(line(runHeader)), ...cells.map(line), ...(corrections.length > 0 ? ['', paint.bold('What they change'), ...corrections.map((text) => `  ${text}`)] : [])].join('\n')}\n`;
}

/** Rows of the shared file. */
export const sharedText = ({ rows }: FoundRuns, engine: Engine, catalog: Catalog): string =>
  rows
    .flatMap(({ run, workload }) => sharedRow(run, workload && relativeTo(workload.span.uri, engine.roots), catalog) ?? [])
    .map((line) => `${line}\n`)
    .join('');
