import type { BudgetView, SpendPart, SpendUpdate, SpendView } from '../../../server/src/protocol/spend-panel.js';

/** Pieces of a view, by their keys. */
export type Parts = ReadonlyMap<string, SpendPart>;

/** The pieces after an update: what is new takes the place of what was, what is no longer named is gone; the others stay the same objects. */
export function updated(before: Parts, { keys, parts }: Pick<SpendUpdate, 'keys' | 'parts'>): Parts {
  return new Map(
    keys.flatMap((key): [string, SpendPart][] => {
      const part = parts[key] ?? before.get(key);
      return part === undefined ? [] : [[key, part]];
    }),
  );
}
/** The whole; undefined while a piece is missing. */
export function viewOf(parts: Parts): SpendView | undefined {
  const budgets = [...parts].flatMap(([key, part]) => (key.startsWith('budget/') ? [part as BudgetView] : []));
  const found = { ...Object.fromEntries([...parts].filter(([key]) => !key.startsWith('budget/'))), budgets } as Partial<SpendView>;
  return found.head && found.tree && found.bars && found.anomalies && found.waste && found.units && found.variance ? (found as SpendView) : undefined;
}
