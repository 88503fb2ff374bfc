import type { Figure } from '../diff/history.js';
import type { FactValue } from '../model/fact.js';
import { factLabel } from '../model/fact-names.js';
import { changeText } from './delta.js';
import { type NumberStyle, plain, withUnit } from './number.js';
import { showValue } from './words.js';

/** A workload as it became. */
export interface HistoryStep {
  readonly file: string;
  readonly line: number;
  readonly figure?: Figure;
  /** Facts that changed, with the part that each has in the change where it can be told. */
  readonly causes: readonly {
    readonly fact: string;
    readonly from?: FactValue;
    readonly to?: FactValue;
    readonly by?: number;
  }[];
  readonly unknown: readonly string[];
}
/** A commit that changed a workload. */
export interface HistoryPoint extends HistoryStep {
  readonly oid: string;
  /** ISO time. */
  readonly at: string;
  readonly author: string;
  readonly subject: string;
}
/** A measured run of a workload. */
export interface HistoryRun {
  readonly id: string;
  readonly at?: string;
  readonly commit?: string;
  /** What was measured, for a person. */
  readonly text: string;
  /** Its GPU-hours at the price of the estimate. @unit USD */
  readonly usd?: number;
}
export interface WorkloadHistory {
  readonly id: string;
  readonly title: string;
  readonly kind: string;
  /** How many commits were looked at, from the oldest on. */
  readonly commits: number;
  /** Oldest first: where it appears, and each commit that changed it. */
  readonly points: readonly HistoryPoint[];
  /** What the files as they stand make of the last commit. */
  readonly uncommitted?: HistoryStep;
  readonly runs: readonly HistoryRun[];
  /** Time of the last commit. */
  readonly until: string;
}

/** The answer of `mlcost history --format json`: fields may be added, never renamed. */
export interface HistoryAnswer {
  readonly version: 1;
  readonly note: string;
  readonly commits: number;
  readonly read: number;
  readonly known: number;
  readonly shallow: boolean;
  readonly workloads: readonly {
    readonly id: string;
    readonly title: string;
    readonly kind: string;
    readonly points: readonly (HistoryAnswerStep & { readonly commit: string; readonly at: string; readonly author: string; readonly subject: string })[];
    readonly uncommitted?: HistoryAnswerStep;
    readonly runs: readonly HistoryRun[];
    readonly until: string;
  }[];
}
export interface HistoryAnswerStep {
  readonly file: string;
  readonly line: number;
  readonly figure: Figure | null;
  readonly change: string;
  readonly facts: readonly { readonly fact: string; readonly from: FactValue | null; readonly to: FactValue | null; readonly by?: number }[];
  readonly unknown?: readonly string[];
}

export const figureText = (figure: Figure | undefined, style: NumberStyle = plain): string => {
  if (!figure) return '$?';
  const on = figure.accelerator === undefined ? '' : ` on ${figure.count === undefined ? '' : `${figure.count}×`}${figure.accelerator}`;
  return `${figure.name.endsWith('_max') ? 'at most ' : ''}${withUnit(figure.likely, figure.unit, style)}${on}`;
};
/** True for figures of which one can be said to be more than the other. */
export const comparableFigures = (a: Figure | undefined, b: Figure | undefined): boolean =>
  a !== undefined && b !== undefined && a.name === b.name && a.accelerator === b.accelerator;

/** What a commit did: `new`, `+31 %`, `now known`; empty where the figure stayed. */
export function stepText(before: HistoryStep | undefined, now: HistoryStep): string {
  if (!before) return 'new';
  const [a, b] = [before.figure, now.figure];
  if (a && b && comparableFigures(a, b)) return Math.abs(b.likely - a.likely) <= 1e-6 * Math.abs(a.likely) ? '' : changeText(a.likely, b.likely);
  if (!a && b) return 'now known';
  if (a && !b) return 'no longer known';
  return a && b ? 'another figure' : '';
}
export const becauseText = ({ causes }: HistoryStep, before: HistoryStep | undefined): string =>
  causes
    .map(({ fact, from, to, by }) => {
      const side = (value: typeof from): string => (value === undefined ? 'not stated' : showValue(value));
      const part = by === undefined || !before?.figure ? '' : `: ${changeText(before.figure.likely, before.figure.likely + by)}`;
      return `${factLabel(fact)} ${side(from)} → ${side(to)}${part}`;
    })
    .join('; ');

const bars = '▁▂▃▄▅▆▇█';
/** A line of bars over the commits, as high as the figure: a dot where it is unknown. Each change has its place. */
export function sparkline(points: readonly HistoryPoint[], most = 48): string {
  const shown = points.length <= most ? points : Array.from({ length: most }, (_, at) => points[Math.round((at * (points.length - 1)) / (most - 1))]);
  const last = points.findLast(({ figure }) => figure)?.figure;
  const values = shown.map((point) => (point && comparableFigures(point.figure, last) ? point.figure?.likely : undefined));
  const top = Math.max(...values.map((value) => value ?? 0));
  return values
    .map((value) => (value === undefined ? '·' : bars[Math.min(bars.length - 1, Math.floor((value / (top || 1)) * (bars.length - 0.001)))]))
    .join('');
}
