import type { BudgetView, TreeLine } from '../../../server/src/protocol/spend-panel.js';
import { isList, isObject, isText } from '../shared/checks.js';

/** How a person arranged the panel: kept over hiding, restarts and sessions. */
export interface View {
  /** Budget that is drawn large; empty: the worst. */
  readonly budget: string;
  /** Lines of the way from team to category that are open. */
  readonly open: readonly string[];
  /** Budgets beyond the first ones. */
  readonly all: boolean;
  /** Line of the tree whose parts are drawn as areas; empty: the top. */
  readonly area: string;
}
export const firstView: View = { budget: '', open: [], all: false, area: '' };
const mostOpen = 500;

/** A view as it was kept; what is not understood starts anew. */
export function readView(kept: unknown): View {
  if (!isObject(kept)) return firstView;
  return {
    budget: isText(kept['budget']) ? kept['budget'] : firstView.budget,
    open: isList(kept['open'], isText) ? (kept['open'] as string[]).slice(-mostOpen) : firstView.open,
    all: kept['all'] === true,
    area: isText(kept['area']) ? kept['area'] : firstView.area,
  };
}

/** The budget that is drawn large: the chosen one, else the first, which is the worst. */
export const chosen = (budgets: readonly BudgetView[], name: string): BudgetView | undefined => budgets.find((one) => one.name === name) ?? budgets[0];

/** Lines whose lines above are all open. */
export function visible(lines: readonly TreeLine[], open: ReadonlySet<string>): TreeLine[] {
  const shown: TreeLine[] = [];
  let hidden = Number.POSITIVE_INFINITY;
  for (const line of lines) {
    if (line.depth > hidden) continue;
    hidden = line.hasChildren && !open.has(line.id) ? line.depth : Number.POSITIVE_INFINITY;
    shown.push(line);
  }
  return shown;
}

/** Budgets in the order shown: each followed by its parts. */
export function nested(budgets: readonly BudgetView[]): { readonly budget: BudgetView; readonly depth: number }[] {
  const names = new Set(budgets.map(({ name }) => name));
  const below = (parent: string | undefined, depth: number, seen: ReadonlySet<string>): { budget: BudgetView; depth: number }[] =>
    budgets
      .filter((one) => (parent === undefined ? one.parent === undefined || !names.has(one.parent) : one.parent === parent) && !seen.has(one.name))
      .flatMap((budget) => [{ budget, depth }, ...below(budget.name, depth + 1, new Set([...seen, budget.name]))]);
  const found = below(undefined, 0, new Set());
  // parts of each other have no top
  const shown = new Set(found.map(({ budget }) => budget.name));
  return [...found, ...budgets.filter(({ name }) => !shown.has(name)).map((budget) => ({ budget, depth: 0 }))];
}
