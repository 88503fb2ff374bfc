// What the spend panel shows, and what it and the extension say to each other. Types and names only.
import type { SpendUpdate } from '../core/index.js';
import type { SaveMessage } from './panel.js';

export type {
  BarsView,
  BudgetView,
  FindingLine,
  SpendHead,
  SpendPart,
  SpendPlace,
  SpendState,
  SpendUpdate,
  SpendView,
  TreeLine,
  UnitLine,
  VarianceLine,
  VarianceView,
} from '../core/index.js';

/** Kind of the panel, under which the editor restores it. */
export const spendPanelType = 'mlCostLens.spend';
/** Client → server: what is new in the spend of a workspace folder. */
export const spendPanelRequest = 'mlcost/spendPanel';
/** Server → client: the spend of a workspace folder may be another one now. */
export const spendChangedNotification = 'mlcost/spendChanged';

/** What a person wants to see; the server checks it again. */
export interface SpendQuery {
  readonly period: string;
  readonly team: string | null;
  readonly by: string;
  readonly cost: string;
}
export interface SpendPanelParams {
  /** Workspace folder; absent: the first that has budgets or spend. */
  readonly root?: string;
  readonly query?: SpendQuery;
  /** Stamps of the pieces that the page has. */
  readonly known: Readonly<Record<string, string>>;
}
export interface SpendPanelResult {
  readonly root: string;
  readonly roots: readonly { readonly uri: string; readonly label: string }[];
  readonly update: SpendUpdate;
}
/** The same where something went wrong: what is shown stays. */
export interface SpendTrouble {
  readonly trouble: string;
}

export type ToSpendPage =
  /** What is new; pieces that are no longer named are gone. */
  | ({ readonly type: 'data' } & SpendPanelResult)
  /** How a person arranged the panel the last time. */
  | { readonly type: 'restore'; readonly view: unknown }
  /** The budget that somebody came for. */
  | { readonly type: 'budget'; readonly name: string }
  /** Spend could not be read, in words; empty: it can again. */
  | { readonly type: 'trouble'; readonly text: string }
  /** News for the status line, also spoken. */
  | { readonly type: 'status'; readonly text: string };

export type FromSpendPage =
  /** The page can take messages, and has nothing. */
  | { readonly type: 'ready' }
  /** Another folder or question. */
  | { readonly type: 'query'; readonly root: string; readonly query: SpendQuery }
  /** How a person arranged the panel: kept for the next time. */
  | { readonly type: 'keep'; readonly view: unknown }
  | { readonly type: 'reveal'; readonly uri: string; readonly line: number }
  | { readonly type: 'openSettings' }
  | { readonly type: 'refresh' }
  | (SaveMessage & { readonly name: string });
