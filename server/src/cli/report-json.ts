import { type Fact, placeOf, type TeamRuns, totalsOf } from '../core/index.js';
import type { Engine, FileReport } from '../host/engine.js';
import { type Advised, lineEdits } from './advise.js';

/** The answer of `mlcost estimate --format json`: contract version 1. Fields may be added, never renamed. */
export function reportJson(engine: Engine, reports: readonly FileReport[], relative: (uri: string) => string, advised: readonly Advised[] = []): object {
  const place = (span: { uri: string; start: number; end: number } | undefined) => {
    const document = span && engine.document(span.uri);
    if (!span || !document) return {};
    const { line, endLine, cell, cellLine } = placeOf(document, span);
    return { file: relative(span.uri), line, endLine, ...(cell === undefined ? {} : { cell, cellLine }) };
  };
  const fact = (one: Fact) => ({ name: one.name, value: one.value, origin: one.origin, ...(one.note ? { note: one.note } : {}), ...place(one.span) });
  return {
    version: 1,
    workloads: reports.flatMap((report) =>
      report.workloads.map(({ workload, estimation, team }) => ({
        id: workload.id,
        kind: workload.kind,
        title: workload.title,
        ...place(workload.span),
        framework: workload.framework,
        ...(workload.fragment ? { fragment: true } : {}),
        ...(workload.countedIn === undefined ? {} : { countedIn: workload.countedIn }),
        facts: workload.facts.map(fact),
        estimates: Object.fromEntries(
          Object.entries(estimation.estimates).map(([name, { low, likely, high, unit, basis }]) => [name, { low, likely, high, unit, basis }]),
        ),
        unknown: [...new Set([...workload.unknown.map((one) => one.name), ...estimation.unknown.map((one) => one.fact)])],
        advice: (advised.find(({ one }) => one.workload === workload)?.advice ?? []).map(({ title, saving, edits }) => ({
          title,
          saving,
          edits: lineEdits(edits ?? [], (uri) => engine.fileOf(uri), relative),
        })),
        ...(team ? { measured: measuredJson(team) } : {}),
      })),
    ),
    totals: totalsJson(reports),
    problems: reports.flatMap((report) =>
      report.problems.map((problem) => ({ file: relative(problem.uri), ...place(problem.span), severity: problem.severity, message: problem.message })),
    ),
  };
}

/** What runs once and what stays on, apart; what has no total is counted, never added as nothing. */
function totalsJson(reports: readonly FileReport[]): object {
  const { once, monthly, onceAtMost, monthlyAtMost, unknown, counted } = totalsOf(reports.flatMap((report) => report.workloads));
  return { usd_once: once, usd_per_month: monthly, usd_once_at_most: onceAtMost, usd_per_month_at_most: monthlyAtMost, counted, unknown };
}

/** Runs of this code, the factors that they give, and the estimates without them. */
const measuredJson = ({ runs, correction, before, drift }: TeamRuns): object => ({
  runs: runs.map(({ run, strength, why, differs, hours, gpuHours, usd }) => ({
    id: run.id,
    match: strength,
    why,
    differs,
    wall_hours: hours,
    gpu_hours: gpuHours,
    usd,
  })),
  ...(correction ? { correction } : {}),
  ...(drift ? { drift: { quantity: drift.quantity, outside: drift.outside, of: drift.of } } : {}),
  before: Object.fromEntries(
    ['gpu_hours', 'wall_hours', 'peak_memory_gib', 'usd', 'output_tokens_per_s'].flatMap((name) => {
      const one = before[name];
      return one ? [[name, { low: one.low, likely: one.likely, high: one.high, unit: one.unit }]] : [];
    }),
  ),
});
