// What the spend panel draws and says. Numbers are for drawing and sorting, texts are what a person reads; plain data, so that it can be sent and kept.

export type SpendState = 'ok' | 'warn' | 'over' | 'unknown';
export interface Choice {
  readonly key: string;
  readonly label: string;
}
export interface SpendCard {
  readonly label: string;
  readonly value: string;
  readonly detail: string;
  readonly state?: SpendState;
}
/** Where the figures come from. */
export interface SpendSource {
  readonly name: string;
  readonly detail: string;
  readonly state: 'ok' | 'trouble';
}
export interface SpendHead {
  readonly title: string;
  readonly locale: string;
  readonly currency: string;
  /** `September 2026`. */
  readonly period: string;
  /** How old the data are, always said: `Data until 2026-09-21, 66 days ago`. */
  readonly age: string;
  readonly stale: boolean;
  /** False: the ledger has no day of the period, which is not 0. */
  readonly known: boolean;
  /** Absent: there is something to show. */
  readonly empty?: { readonly text: string; readonly steps: readonly string[] };
  readonly notes: readonly string[];
  readonly sources: readonly SpendSource[];
  readonly cards: readonly SpendCard[];
  readonly periods: readonly Choice[];
  readonly teams: readonly Choice[];
  readonly dimensions: readonly Choice[];
  readonly costs: readonly Choice[];
  readonly query: { readonly period: string; readonly team: string | null; readonly by: string; readonly cost: string };
}
export interface SpendThreshold {
  readonly percent: number;
  readonly amount: number;
  readonly text: string;
  readonly reached: boolean;
}
export interface BudgetView {
  readonly name: string;
  readonly parent?: string;
  readonly owner: string;
  readonly currency: string;
  readonly state: SpendState;
  readonly stateText: string;
  readonly from: string;
  readonly to: string;
  readonly periodText: string;
  readonly allowed: number;
  readonly allowedText: string;
  readonly spent?: number;
  readonly spentText: string;
  readonly remainingText: string;
  /** Of what is allowed, in percent. */
  readonly percent?: number;
  readonly forecast?: { readonly low: number; readonly likely: number; readonly high: number };
  readonly forecastText: string;
  readonly exhaustion: string | null;
  readonly exhaustionText: string;
  /** Against what was planned until the last known day. */
  readonly planText: string;
  readonly thresholds: readonly SpendThreshold[];
  /** Sums with each day from `from` on: those known, those planned, those to come. */
  readonly days: readonly number[];
  readonly planned: readonly number[];
  readonly ahead: { readonly low: readonly number[]; readonly likely: readonly number[]; readonly high: readonly number[] };
  readonly notes: readonly string[];
}
/** A line of the way from a team to what its money went for, in the order shown. */
export interface TreeLine {
  readonly id: string;
  /** From 0. */
  readonly depth: number;
  readonly level: string;
  readonly label: string;
  /** False: the charges do not say. */
  readonly named: boolean;
  readonly cost: number;
  readonly costText: string;
  /** Of everything shown, in percent. */
  readonly share: number;
  readonly shareText: string;
  readonly steps: readonly number[];
  readonly hasChildren: boolean;
  /** Where code names it. */
  readonly place?: SpendPlace;
}
export interface SpendPlace {
  readonly uri: string;
  readonly line: number;
  readonly label: string;
}
export interface BarsView {
  /** What the bars are divided by, in words. */
  readonly by: string;
  readonly unit: 'day' | 'week' | 'month';
  readonly starts: readonly string[];
  /** Costs are of the first bars, as far as the ledger goes: the others are not known. */
  readonly parts: readonly {
    readonly label: string;
    /** False: what has no value, or values that are too small. */
    readonly named: boolean;
    readonly costs: readonly number[];
    readonly costText: string;
    readonly shareText: string;
  }[];
}
/** Something that a person should look at. */
export interface FindingLine {
  readonly id: string;
  readonly title: string;
  readonly detail: string;
  readonly amount: string;
  readonly fix?: string;
  readonly place?: SpendPlace;
}
/** Money that brought nothing. */
export interface WasteView {
  /** `unknown` where nothing tells; never 0 for what is not known. */
  readonly total: string;
  readonly lines: readonly FindingLine[];
  /** Kinds of waste that nothing tells of, with what would. */
  readonly unseen: readonly string[];
}
export interface UnitLine {
  readonly id: string;
  readonly what: string;
  readonly month: string;
  readonly price: string;
  readonly detail: string;
}
/** What code said that something costs against what was billed for it. */
export interface VarianceLine {
  readonly id: string;
  readonly title: string;
  /** The file, the run or the days, the model version, the commit. */
  readonly detail: string;
  readonly state: 'inside' | 'above' | 'below' | 'unknown';
  readonly billedText: string;
  readonly estimateText: string;
  /** `+38 %`; empty where it is not known. */
  readonly differenceText: string;
  /** As shares of the likely estimate, for drawing: 1 is as estimated. Absent: not known. */
  readonly drawn?: { readonly billed: number; readonly low: number; readonly high: number };
  /** What it comes from, or what would make it known. */
  readonly why: readonly string[];
  readonly place?: SpendPlace;
}
export interface VarianceView {
  readonly lines: readonly VarianceLine[];
  /** `What was billed lies in the interval of the estimate for 3 of 4.` */
  readonly notes: readonly string[];
}
export interface SpendView {
  readonly head: SpendHead;
  readonly budgets: readonly BudgetView[];
  readonly tree: readonly TreeLine[];
  readonly bars: BarsView;
  readonly anomalies: readonly FindingLine[];
  readonly waste: WasteView;
  readonly units: readonly UnitLine[];
  readonly variance: VarianceView;
}
