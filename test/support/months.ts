import { decimal, zero } from '../../server/src/core/spend/decimal.js';
import { Dictionary } from '../../server/src/core/spend/dictionary.js';
import { type DimensionName, dimensionNames } from '../../server/src/core/spend/dimensions.js';
import type { LedgerMonth } from '../../server/src/core/spend/report.js';

/** A charge of a made-up ledger; in US dollars if the tags do not say. */
export interface Charge {
  readonly day: string;
  readonly cost: string;
  readonly tags?: Partial<Record<DimensionName, string>>;
}
/** A ledger of some charges. */
export function ledger(charges: readonly Charge[]): LedgerMonth[] {
  return [...new Set(charges.map(({ day }) => day.slice(0, 7)))].sort().map((month) => {
    const dictionary = new Dictionary();
    const rows = charges
      .filter(({ day }) => day.startsWith(month))
      .map(({ day, cost, tags }) => ({
        day: Number(day.slice(8)),
        tuple: dictionary.id(dimensionNames.map((name) => ({ currency: 'USD', ...tags })[name] ?? '')),
        billed: decimal(cost) ?? zero,
        effective: zero,
        withoutEffective: 1,
        quantity: undefined,
        charges: 1,
      }));
    return { month, dictionary, rows };
  });
}
