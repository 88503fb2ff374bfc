import { type Catalog, countedText, lensText, measuredText, type Place, placeOf, totalsOf, totalText, type WorkloadKind } from '../core/index.js';
import type { Engine, Estimated, FileReport } from '../host/engine.js';

/** How text is set off on a terminal; each does nothing where there is none. */
export interface Paint {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  yellow(text: string): string;
}
const headings: readonly (readonly [WorkloadKind, string])[] = [
  ['training', 'Training, a run'],
  ['batch-inference', 'Batch inference, a run'],
  ['serving', 'Serving'],
  ['api-call', 'Hosted APIs'],
  ['resource', 'Resources'],
];

/** The answer of `mlcost estimate` for a person: workloads by kind with place, cost and what is missing; totals; problems. */
export function reportTable(engine: Engine, catalog: Catalog, reports: readonly FileReport[], relative: (uri: string) => string, paint: Paint): string {
  const all = reports.flatMap((report) => report.workloads);
  const lines: string[] = [];
  for (const [kind, heading] of headings) {
    const rows = all.filter(({ workload }) => workload.kind === kind);
    if (rows.length === 0) continue;
    lines.push(paint.bold(heading));
    const places = rows.map((row) => placeText(engine, row, relative));
    const width = Math.min(48, Math.max(...places.map((place) => place.length)));
    rows.forEach((row, at) => {
      const { title, state } = lensText({
        workload: row.workload,
        estimation: row.estimation,
        catalog,
        ...(row.alternatives ? { alternatives: row.alternatives } : {}),
      });
      const shown = state === 'warn' ? paint.red(title) : state === 'unknown' ? paint.yellow(title) : title;
      lines.push(`  ${paint.dim((places[at] ?? '').padEnd(width))}  ${shown}`);
      const measured = measuredText(row.team, row.workload);
      if (measured !== undefined) lines.push(`  ${' '.repeat(width)}  ${paint.dim(measured)}`);
      const counted = countedText(row.workload);
      if (counted !== undefined && !title.endsWith(counted)) lines.push(`  ${' '.repeat(width)}  ${paint.dim(counted)}`);
      for (const conflict of row.workload.conflicts) {
        lines.push(
          `  ${' '.repeat(width)}  ${paint.yellow(`${conflict.name} = ${conflict.value} in ${conflict.span ? relative(conflict.span.uri) : 'another place'} loses`)}`,
        );
      }
    });
    lines.push('');
  }
  if (all.length === 0) lines.push('No machine-learning workload found.', '');
  else lines.push(`${paint.bold('Total')}  ${totalText(totalsOf(all))}`, '');
  const problems = reports.flatMap((report) => report.problems.filter((problem) => problem.severity === 'error' || problem.severity === 'warning'));
  if (problems.length > 0) {
    lines.push(paint.bold('Problems'));
    for (const problem of problems.slice(0, 20)) {
      const document = problem.span && engine.document(problem.uri);
      const line = document && problem.span ? `:${placeOf(document, problem.span).line}` : '';
      lines.push(`  ${paint.dim(relative(problem.uri) + line)}  ${problem.message}`);
    }
    if (problems.length > 20) lines.push(`  … and ${problems.length - 20} more`);
    lines.push('');
  }
  return lines.join('\n');
}

function placeText(engine: Engine, { workload }: Estimated, relative: (uri: string) => string): string {
  const document = engine.document(workload.span.uri);
  const place: Place | undefined = document && placeOf(document, workload.span);
  const file = relative(workload.span.uri);
  if (!place) return file;
  return place.cell === undefined ? `${file}:${place.line}` : `${file} cell ${place.cell + 1}`;
}
