// What the what-if panel shows, and what it and the extension say to each other. Types and names only.
import type { Range, SaveMessage } from './panel.js';
import type { WorkloadRef } from './protocol.js';

/** Kind of the panel, under which the editor restores it. */
export const whatIfPanelType = 'mlCostLens.whatIf';
/** Client → server: a workload, or all of them, now and as supposed. */
export const whatIfRequest = 'mlcost/whatIf';
/** Client → server: which fact moves a figure of a workload most. */
export const swingsRequest = 'mlcost/swings';

export type Value = string | number | boolean;
/** Words or facts with what is supposed for each, as they are typed. */
export type Set = Readonly<Record<string, Value>>;

export interface WhatIfParams {
  /** null: every workload that is known of the workspace. */
  readonly ref: WorkloadRef | null;
  /** What is being tried; empty: nothing yet. */
  readonly draft: Set;
  /** Scenarios of `.mlcost.yaml` that stand beside it. */
  readonly shown: readonly string[];
  /** Names the progress of many workloads. */
  readonly token: string;
}
export interface WhatIfResult {
  readonly title: string;
  readonly locale: string;
  /** One workload's kind, or `workspace`. */
  readonly kind: string;
  readonly workloads: number;
  /** What can be supposed here. */
  readonly controls: readonly Control[];
  /** Other facts that can be supposed, by name. */
  readonly facts: readonly { readonly name: string; readonly label: string; readonly now: string }[];
  /** Named scenarios that can be shown. */
  readonly scenarios: readonly { readonly name: string; readonly note: string; readonly set: Set }[];
  /** What is wrong with the draft, by word. */
  readonly mistakes: readonly { readonly word: string; readonly text: string }[];
  /** Columns: now first. */
  readonly sides: readonly SideResult[];
  readonly rows: readonly FigureResult[];
}
export interface Control {
  readonly word: string;
  readonly label: string;
  readonly meaning: string;
  readonly example: string;
  /** What holds now; empty: nobody says. */
  readonly now: string;
  /** True where only these can be chosen; else they are suggestions. */
  readonly closed: boolean;
  readonly choices: readonly { readonly value: string; readonly label: string }[];
}
export interface SideResult {
  readonly name: string;
  readonly changes: readonly string[];
  readonly unused: readonly string[];
  readonly notes: readonly string[];
}
/** A row of the table: a quantity, or a workload's cost. */
export interface FigureResult {
  readonly key: string;
  readonly label: string;
  readonly unit: string;
  /** Where the workload stands, if the row is one. */
  readonly ref?: WorkloadRef;
  readonly figures: readonly CellResult[];
}
export interface CellResult {
  /** Absent: unknown. */
  readonly value?: Range;
  readonly text: string;
  readonly short: string;
  readonly change: string;
  readonly need: string;
}

export interface SwingsParams {
  readonly ref: WorkloadRef;
  /** Absent: the cost that a person decides on. */
  readonly quantity?: string;
}
export interface SwingsResult {
  readonly title: string;
  readonly quantity: string;
  /** Figures that can be asked about. */
  readonly quantities: readonly { readonly name: string; readonly label: string }[];
  readonly now: number;
  readonly nowText: string;
  /** The widest first. */
  readonly swings: readonly SwingResult[];
  readonly untold: readonly string[];
}
export interface SwingResult {
  readonly word: string;
  readonly label: string;
  readonly low: number;
  readonly high: number;
  readonly lowText: string;
  readonly highText: string;
  readonly origin: string;
}

export type ToWhatIf =
  | { readonly type: 'data'; readonly ref: WorkloadRef | null; readonly data: WhatIfResult }
  | { readonly type: 'swings'; readonly data: SwingsResult | null }
  /** The draft is kept under this name, and stands beside others from now on. */
  | { readonly type: 'kept'; readonly name: string }
  | { readonly type: 'progress'; readonly done: number; readonly total: number }
  | { readonly type: 'gone'; readonly text: string }
  | { readonly type: 'status'; readonly text: string };
export type FromWhatIf =
  | { readonly type: 'ready' }
  | { readonly type: 'suppose'; readonly draft: Set; readonly shown: readonly string[] }
  | { readonly type: 'swings'; readonly quantity: string }
  /** Keep the draft in the repository under this name. */
  | { readonly type: 'keep'; readonly name: string; readonly set: Set }
  | { readonly type: 'openSettings' }
  | { readonly type: 'scan' }
  /** The panel of the whole workspace. */
  | { readonly type: 'whole' }
  | { readonly type: 'reveal'; readonly ref: WorkloadRef | null }
  | (SaveMessage & { readonly drawing: Drawing });
/** The two drawings, each with its table. */
export type Drawing = 'bars' | 'tornado';
/** What the page keeps for its restoration. */
export interface WhatIfState {
  readonly ref: WorkloadRef | null;
  readonly draft: Set;
  readonly shown: readonly string[];
  readonly quantity: string;
  readonly bars: string;
}
