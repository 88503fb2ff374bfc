import { fnv1a } from '../text/fnv.js';
import type { BudgetView, SpendView } from './spend-view.js';

/** A view in pieces that change apart from each other, so that only what is new has to be sent. */
export type SpendPart = SpendView[Exclude<keyof SpendView, 'budgets'>] | BudgetView;
export interface SpendUpdate {
  /** All pieces that there are now, in their order. */
  readonly keys: readonly string[];
  /** What each of them is known by. */
  readonly stamps: Readonly<Record<string, string>>;
  /** Those that whoever asks does not have yet. */
  readonly parts: Readonly<Record<string, SpendPart>>;
}
/** Names the piece of a budget. */
export const budgetKey = (name: string): string => `budget/${name}`;

/** What is new in a view for somebody who has pieces with these stamps. */
export function spendUpdate({ budgets, ...others }: SpendView, known: Readonly<Record<string, string>>): SpendUpdate {
  const all: [string, SpendPart][] = [...Object.entries(others), ...budgets.map((one): [string, SpendPart] => [budgetKey(one.name), one])];
  const stamps = Object.fromEntries(all.map(([key, part]) => [key, stampOf(part)]));
  return { keys: all.map(([key]) => key), stamps, parts: Object.fromEntries(all.filter(([key]) => known[key] !== stamps[key])) };
}
/** Length and hash: a change of a piece that keeps both is as good as impossible. */
function stampOf(part: SpendPart): string {
  const text = JSON.stringify(part);
  return `${text.length.toString(36)}-${fnv1a(text)}`;
}
