import {
  becauseText,
  csvLine,
  figureText,
  type HistoryAnswer,
  type HistoryAnswerStep,
  type HistoryPoint,
  type HistoryStep,
  sparkline,
  stepText,
  type WorkloadHistory,
} from '../core/index.js';
import { historySvg } from './history-plot.js';
import type { Paint } from './report-table.js';
import { documentOf, plainSection, type Section } from './sections.js';

/** Histories with what was read for them. */
export interface HistoryReport {
  readonly histories: readonly WorkloadHistory[];
  readonly commits: number;
  readonly read: number;
  readonly known: number;
  /** The oldest commits are not in this clone. */
  readonly isShallow: boolean;
}

const note = 'Estimates of every state are made with the prices and tables of today: what changes is the project.';

export function historyText(report: HistoryReport, format: string, paint: Paint): string {
  if (format === 'json') return `${JSON.stringify(historyJson(report), null, 1)}\n`;
  if (format === 'csv') return historyCsv(report);
  if (format === 'svg') return report.histories.map((one) => `${historySvg(one)}\n`).join('');
  if (format === 'html') return documentOf('Cost over commits', report.histories.map(sectionOf), 'html');
  const parts = report.histories.map(
    (one) =>
      `${paint.bold(one.title)} ${paint.dim(one.id)}  ${sparkline(one.points)}  ${figureText((one.uncommitted ?? one.points.at(-1))?.figure)}\n\n${plainSection(sectionOf(one))}`,
  );
  return `${parts.join('\n')}\n${paint.dim(`${note} ${report.commits} commits, ${report.read} states read, ${report.known} known from before.${report.isShallow ? ` ${lack}` : ''}`)}\n`;
}

const stepsOf = ({ points }: WorkloadHistory): { point: HistoryPoint; before: HistoryPoint | undefined }[] =>
  points.map((point, at) => ({ point, before: points[at - 1] }));
const lack = 'The oldest commits are not in this clone: `git fetch --unshallow` brings them.';

function sectionOf(one: WorkloadHistory): Section {
  const cells = (day: string, commit: string, step: HistoryStep, before: HistoryStep | undefined, subject: string): string[] => [
    day,
    commit,
    figureText(step.figure),
    stepText(before, step),
    clip(subject, 60),
    clip(becauseText(step, before) || waits(step), 160),
  ];
  const rows = [
    ...(one.uncommitted ? [cells('now', '', one.uncommitted, one.points.at(-1), 'not committed')] : []),
    ...stepsOf(one)
      .reverse()
      .map(({ point, before }) => cells(point.at.slice(0, 10), point.oid.slice(0, 9), point, before, point.subject)),
  ];
  return {
    title: `${one.title} (${one.id})`,
    header: ['day', 'commit', 'estimate', 'change', 'subject', 'because'],
    rows,
    right: [2, 3],
    notes: one.runs.map((run) => `measured ${[run.at?.slice(0, 10), run.commit?.slice(0, 9), run.text].filter((part) => part !== undefined).join(' · ')}`),
    plot: historySvg(one),
  };
}
const waits = ({ figure, unknown }: HistoryStep): string => (figure || unknown.length === 0 ? '' : `${unknown.join(', ')} unknown`);
const clip = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);

const historyJson = ({ histories, commits, read, known, isShallow }: HistoryReport): HistoryAnswer => ({
  version: 1,
  note,
  commits,
  read,
  known,
  shallow: isShallow,
  workloads: histories.map((one) => ({
    id: one.id,
    title: one.title,
    kind: one.kind,
    points: stepsOf(one).map(({ point, before }) => ({
      commit: point.oid,
      at: point.at,
      author: point.author,
      subject: point.subject,
      ...stepJson(point, before),
    })),
    ...(one.uncommitted ? { uncommitted: stepJson(one.uncommitted, one.points.at(-1)) } : {}),
    runs: one.runs,
    until: one.until,
  })),
});
const stepJson = (step: HistoryStep, before: HistoryStep | undefined): HistoryAnswerStep => ({
  file: step.file,
  line: step.line,
  figure: step.figure ?? null,
  change: stepText(before, step),
  facts: step.causes.map(({ fact, from, to, by }) => ({ fact, from: from ?? null, to: to ?? null, ...(by === undefined ? {} : { by }) })),
  ...(step.figure ? {} : { unknown: step.unknown }),
});

function historyCsv({ histories }: HistoryReport): string {
  const cells = (step: HistoryStep, before: HistoryStep | undefined): string[] => [
    step.figure?.name ?? '',
    step.figure?.unit ?? '',
    ...(['low', 'likely', 'high'] as const).map((end) => (step.figure ? String(step.figure[end]) : '')),
    step.figure?.accelerator ?? '',
    stepText(before, step),
    becauseText(step, before),
  ];
  const rows = histories.flatMap((one) => [
    ...stepsOf(one).map(({ point, before }) => [one.id, point.at, point.oid, point.author, point.subject, ...cells(point, before)]),
    ...(one.uncommitted ? [[one.id, '', '', '', 'not committed', ...cells(one.uncommitted, one.points.at(-1))]] : []),
  ]);
  const header = ['workload', 'at', 'commit', 'author', 'subject', 'quantity', 'unit', 'low', 'likely', 'high', 'accelerator', 'change', 'because'];
  return [header, ...rows].map((row) => csvLine(row)).join('');
}
