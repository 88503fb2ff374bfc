// What the history panel shows, and what it and the extension say to each other. Types and names only.
import type { Range, SaveMessage } from './panel.js';
import type { WorkloadRef } from './protocol.js';

/** Kind of the panel, under which the editor restores it. */
export const historyPanelType = 'mlCostLens.history';
/** Client → server: the estimate of a workload over the commits; cancellable; progress by notification. */
export const historyRequest = 'mlcost/history';

export interface HistoryParams {
  readonly ref: WorkloadRef;
  /** Names the progress. */
  readonly token: string;
}
/** One workload over the commits. Numbers are for drawing; texts are what a person reads. */
export interface HistoryResult {
  readonly title: string;
  readonly locale: string;
  /** What is followed: `cost of a run`, on what it is estimated. */
  readonly quantity: string;
  readonly unit: string;
  /** How many commits were looked at. */
  readonly commits: number;
  /** Of which the files had to be read this time. */
  readonly read: number;
  /** The oldest commits are not in this clone. */
  readonly isShallow: boolean;
  /** Oldest first; the last one may be what is not committed. */
  readonly steps: readonly HistoryStepResult[];
  readonly runs: readonly HistoryRunResult[];
  /** Time of the last commit. @unit ms */
  readonly until: number;
}
export interface HistoryStepResult {
  /** Commit, or empty for what is not committed. */
  readonly oid: string;
  /** Absent: not committed. @unit ms */
  readonly at?: number;
  readonly day: string;
  readonly author: string;
  readonly subject: string;
  /** Absent: unknown, or another figure than the one that is followed. */
  readonly value?: Range;
  readonly text: string;
  /** What it did: `new`, `+31 %`. */
  readonly change: string;
  readonly because: string;
}
export interface HistoryRunResult {
  readonly id: string;
  /** @unit ms */
  readonly at?: number;
  readonly day: string;
  readonly commit: string;
  readonly text: string;
  /** Its GPU-hours at the price of the estimate; absent: not known, or the figure is no money. @unit USD */
  readonly usd?: number;
  readonly usdText: string;
}
/** Why there is no history, and what would make one. */
export interface HistoryTrouble {
  readonly trouble: string;
}

export type ToHistory =
  | { readonly type: 'data'; readonly ref: WorkloadRef; readonly data: HistoryResult }
  | { readonly type: 'progress'; readonly done: number; readonly total: number }
  /** It is being worked out. */
  | { readonly type: 'working' }
  /** What is shown stays. */
  | { readonly type: 'trouble'; readonly text: string }
  | { readonly type: 'status'; readonly text: string };
export type FromHistory =
  | { readonly type: 'ready' }
  | { readonly type: 'refresh' }
  /** Nobody waits any longer. */
  | { readonly type: 'stop' }
  | { readonly type: 'reveal' }
  /** Take the name of a commit to the clipboard. */
  | { readonly type: 'copy'; readonly oid: string }
  | SaveMessage;
/** What the page keeps for its restoration. */
export interface HistoryState {
  readonly ref: WorkloadRef;
  /** Commit that is looked at; empty: the newest. */
  readonly selected: string;
  /** Whether steps stand where they are in time, or one beside the other. */
  readonly along: 'time' | 'steps';
}
