import { becauseText, csvLine, figureText, type HistoryPoint, sparkline, stepText, type WorkloadHistory } from '../core/index.js';
import { historySvg } from './history-plot.js';
import type { Paint } from './report-table.js';
import { documentOf, plainSection, type Section } from './sections.js';

/** Histories with what was read for them. */
export interface HistoryReport {
  readonly histories: readonly WorkloadHistory[];
  readonly commits: number;
  readonly read: number;
  readonly known: number;
}

const note = 'Estimates of every state are made with the prices and tables of today: what changes is the project.';

export function historyText(report: HistoryReport, format: string, paint: Paint): string {
  if (format === 'json') return `${JSON.stringify(historyJson(report), null, 1)}\n`;
  if (format === 'csv') return historyCsv(report);
  if (format === 'svg') return report.histories.map((one) => `${historySvg(one)}\n`).join('');
  if (format === 'html') return documentOf('Cost over commits', report.histories.map(sectionOf), 'html');
  const parts = report.histories.map(
    (one) =>
      `${paint.bold(one.title)} ${paint.dim(one.id)}  ${sparkline(one.points)}  ${figureText(one.points.at(-1)?.figure)}\n\n${plainSection(sectionOf(one))}`,
  );
  return `${parts.join('\n')}\n${paint.dim(`${note} ${report.commits} commits, ${report.read} states read, ${report.known} known from before.`)}\n`;
}

const stepsOf = ({ points }: WorkloadHistory): { point: HistoryPoint; before: HistoryPoint | undefined }[] =>
  points.map((point, at) => ({ point, before: points[at - 1] }));

function sectionOf(one: WorkloadHistory): Section {
  const rows = stepsOf(one)
    .reverse()
    .map(({ point, before }) => [
      point.at.slice(0, 10),
      point.oid.slice(0, 9),
      figureText(point.figure),
      stepText(before, point),
      clip(point.subject, 60),
      clip(becauseText(point, before) || waits(point), 160),
    ]);
  return {
    title: `${one.title} (${one.id})`,
    header: ['day', 'commit', 'estimate', 'change', 'subject', 'because'],
    rows,
    right: [2, 3],
    notes: one.runs.map((run) => `measured ${[run.at?.slice(0, 10), run.commit?.slice(0, 9), run.text].filter((part) => part !== undefined).join(' · ')}`),
    plot: historySvg(one),
  };
}
const waits = ({ figure, unknown }: HistoryPoint): string => (figure || unknown.length === 0 ? '' : `${unknown.join(', ')} unknown`);
const clip = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);

/** The answer of `mlcost history --format json`: fields may be added, never renamed. */
const historyJson = ({ histories, commits, read, known }: HistoryReport): object => ({
  version: 1,
  note,
  commits,
  read,
  known,
  workloads: histories.map((one) => ({
    id: one.id,
    title: one.title,
    kind: one.kind,
    points: stepsOf(one).map(({ point, before }) => ({
      commit: point.oid,
      at: point.at,
      author: point.author,
      subject: point.subject,
      file: point.file,
      line: point.line,
      figure: point.figure ?? null,
      change: stepText(before, point),
      facts: point.causes.map(({ fact, from, to, by }) => ({ fact, from: from ?? null, to: to ?? null, ...(by === undefined ? {} : { by }) })),
      ...(point.figure ? {} : { unknown: point.unknown }),
    })),
    runs: one.runs,
  })),
});

function historyCsv({ histories }: HistoryReport): string {
  const rows = histories.flatMap((one) =>
    stepsOf(one).map(({ point, before }) => [
      one.id,
      point.at,
      point.oid,
      point.author,
      point.subject,
      point.figure?.name ?? '',
      point.figure?.unit ?? '',
      ...(['low', 'likely', 'high'] as const).map((end) => (point.figure ? String(point.figure[end]) : '')),
      point.figure?.accelerator ?? '',
      stepText(before, point),
      becauseText(point, before),
    ]),
  );
  const header = ['workload', 'at', 'commit', 'author', 'subject', 'quantity', 'unit', 'low', 'likely', 'high', 'accelerator', 'change', 'because'];
  return [header, ...rows].map((row) => csvLine(row)).join('');
}
