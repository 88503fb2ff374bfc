// What the compare panel shows, and what it and the extension say to each other. Types and names only.
import type { CommitmentText } from '../core/index.js';
import type { WorkloadRef } from './protocol.js';

/** Kind of the panel, under which the editor restores it. */
export const comparePanelType = 'mlCostLens.compare';

export interface Range {
  readonly low: number;
  readonly likely: number;
  readonly high: number;
}
export type FitsMark = 'fits' | 'tight' | 'does-not-fit' | 'unknown';

export interface CompareParams extends WorkloadRef {
  /** Accelerators in all; absent: as many as the workload states. */
  readonly count?: number;
  /** Only offers of this region. */
  readonly region?: string;
}
/** One workload over the offers that can run it. Numbers are for drawing and sorting; texts are what a person reads. */
export interface CompareResult {
  /** What the workload is: `Fine-tune Llama-3.1-8B`. */
  readonly title: string;
  readonly locale: string;
  readonly kind: string;
  /** What a cost is for: a run or a month. */
  readonly per: 'run' | 'month';
  /** Values that nobody wrote and that the figures rest on. */
  readonly assumptions: readonly { readonly label: string; readonly value: string; readonly why: string }[];
  /** What is missing, with what would make it known. */
  readonly missing: readonly { readonly label: string; readonly need: string }[];
  /** Accelerators in all, as the workload states it; absent: unknown. */
  readonly statedCount?: number;
  /** What it costs as it is now set up, if the unit is the same. */
  readonly now?: { readonly usd: number; readonly text: string; readonly on: string };
  /** First and last day of the prices; empty if there are none. */
  readonly pricesFrom: string;
  readonly pricesTo: string;
  /** Regions of the offers, before one was chosen. */
  readonly regions: readonly string[];
  readonly rows: readonly OfferRow[];
  /** From which use on a commitment is cheaper than paying by the hour. */
  readonly commitments: readonly CommitmentRow[];
}
export interface CommitmentRow extends CommitmentText {
  readonly key: string;
}
/** An offer. An absent number is unknown; its text is then empty. */
export interface OfferRow {
  /** Names the row over updates. */
  readonly key: string;
  readonly accelerator: string;
  readonly acceleratorName: string;
  readonly count: number;
  readonly provider: string;
  readonly region: string;
  readonly instance: string;
  readonly instances: number;
  readonly market: string;
  readonly own: boolean;
  /** Accelerators that are paid for: whole machines may hold more than the workload uses. */
  readonly paid: number;
  /** Machines that each hold too few, joined by their network. */
  readonly overNetwork: boolean;
  /** A time limit is likely to end the run before it is done. */
  readonly stops: boolean;
  readonly usd?: Range;
  readonly usdText: string;
  /** Without its interval, where there is little room. */
  readonly usdShort: string;
  readonly hours?: Range;
  readonly hoursText: string;
  /** Of one request. @unit ms */
  readonly latency?: Range;
  readonly latencyText: string;
  readonly memory?: Range;
  /** Memory of one accelerator. @unit GiB */
  readonly memorySize?: number;
  readonly memoryText: string;
  readonly fits: FitsMark;
  readonly fitsText: string;
  readonly carbon?: Range;
  readonly carbonText: string;
  readonly asOf: string;
}

export type ToPanel =
  /** All there is to show; what was shown before is replaced. */
  | { readonly type: 'data'; readonly ref: WorkloadRef; readonly data: CompareResult }
  /** The workload is no longer there. */
  | { readonly type: 'gone'; readonly text: string }
  /** News for the status line, also spoken. */
  | { readonly type: 'status'; readonly text: string };

export type SavedFormat = 'csv' | 'svg' | 'png';
/** What a page made, to be saved where a person says. */
export interface SaveMessage {
  readonly type: 'save';
  readonly format: SavedFormat;
  readonly content: string | Uint8Array;
}
export type FromPanel =
  /** The page can take messages. */
  | { readonly type: 'ready' }
  /** Another number of accelerators; null: as the workload states it. */
  | { readonly type: 'count'; readonly count: number | null }
  /** Offers of one region only; empty: of all. */
  | { readonly type: 'region'; readonly region: string }
  /** Take the offer of this row for the workspace. */
  | { readonly type: 'use'; readonly key: string }
  | { readonly type: 'openSettings' }
  | { readonly type: 'reveal' }
  | SaveMessage;

/** What the page keeps for its restoration. */
export interface PanelState {
  readonly ref: WorkloadRef;
  readonly count: number | null;
  readonly region: string;
  /** How the person arranged it; checked again when it is read. */
  readonly view: unknown;
}
