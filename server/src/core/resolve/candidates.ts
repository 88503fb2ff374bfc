import type { Fact, UnknownFact } from '../model/fact.js';

/** Where a candidate for a fact comes from, lowest precedence first. The table that the tests check:
 * what nobody wrote < defaults < configuration file < environment < command line < what the code fixes < a person's correction. */
export const ranks = { assumed: 0, library: 1, declared: 2, file: 3, environment: 4, commandLine: 5, fixed: 6, corrected: 7 } as const;
export type Rank = (typeof ranks)[keyof typeof ranks];

/** Facts by name with their precedence; says which is in force and which lose. */
export class Candidates {
  private readonly byName = new Map<string, { fact: Fact; rank: Rank }[]>();
  private readonly undecided = new Map<string, UnknownFact>();

  add(fact: Fact, rank: Rank): void {
    const list = this.byName.get(fact.name);
    if (list) list.push({ fact, rank });
    else this.byName.set(fact.name, [{ fact, rank }]);
  }
  addUnknown(fact: UnknownFact): void {
    if (!this.undecided.has(fact.name)) this.undecided.set(fact.name, fact);
  }
  has(name: string): boolean {
    return this.byName.has(name);
  }
  hasUnknown(name: string): boolean {
    return this.undecided.has(name);
  }
  /** `auto` is no value: it says that another place decides, so any other candidate wins over it. */
  settle(): { facts: Fact[]; unknown: UnknownFact[]; conflicts: Fact[] } {
    const facts: Fact[] = [];
    const conflicts: Fact[] = [];
    for (const list of this.byName.values()) {
      const real = list.filter(({ fact }) => fact.value !== 'auto');
      const pool = real.length > 0 ? real : list;
      const best = pool.reduce((a, b) => (b.rank > a.rank ? b : a));
      facts.push(best.fact);
      // A default that gives way is no conflict; two places that both state a value are.
      for (const other of pool) {
        if (
          other !== best &&
          other.rank >= ranks.file &&
          best.rank < ranks.corrected &&
          String(other.fact.value) !== String(best.fact.value) &&
          !conflicts.some((one) => sameFact(one, other.fact))
        ) {
          conflicts.push(other.fact);
        }
      }
    }
    const unknown = [...this.undecided.values()].filter((one) => !this.byName.has(one.name));
    return { facts, unknown, conflicts };
  }
}
const sameFact = (a: Fact, b: Fact): boolean => a.name === b.name && a.value === b.value;

/** Precedence of what one file says about its own workload. */
export function rankOf(fact: Fact): Rank {
  if (fact.origin === 'assumption') return ranks.assumed;
  if (fact.param?.startsWith('env:')) return ranks.declared;
  if (fact.origin === 'default') return fact.span ? ranks.declared : ranks.library;
  return fact.param !== undefined && fact.origin !== 'literal' ? ranks.declared : ranks.fixed;
}
