import type { Fact, UnknownFact } from '../model/fact.js';

/** Where a candidate for a fact comes from, lowest precedence first. The table that the tests check:
 * what nobody wrote < defaults < configuration file < environment < command line < what the code fixes < a person's correction. */
export const ranks = { assumed: 0, library: 1, declared: 2, file: 3, environment: 4, commandLine: 5, fixed: 6, corrected: 7 } as const;
export type Rank = (typeof ranks)[keyof typeof ranks];

/** Facts by name with their precedence; says which is in force and which lose. */
export class Candidates {
  private readonly byName = new Map<string, { fact: Fact; rank: Rank }[]>();
  private readonly undecided = new Map<string, { fact: UnknownFact; rank: Rank | undefined }>();
  private readonly leftOut: ((fact: Fact) => boolean) | undefined;
  /** @param leftOut facts that are to count as not written */
  constructor(leftOut?: (fact: Fact) => boolean) {
    this.leftOut = leftOut;
  }

  add(fact: Fact, rank: Rank): void {
    if (this.leftOut?.(fact)) return;
    const list = this.byName.get(fact.name);
    if (list) list.push({ fact, rank });
    else this.byName.set(fact.name, [{ fact, rank }]);
  }
  /** A value that is decided where it cannot be seen. With a rank it beats what stands lower (`--nnodes $N` is not the file's count); without one, any value beats it. */
  addUnknown(fact: UnknownFact, rank?: Rank): void {
    const before = this.undecided.get(fact.name);
    if (!before || (rank ?? -1) > (before.rank ?? -1)) this.undecided.set(fact.name, { fact, rank });
  }
  has(name: string): boolean {
    return this.byName.has(name);
  }
  hasUnknown(name: string): boolean {
    return this.undecided.has(name);
  }
  /** The value in force so far. */
  value(name: string): Fact | undefined {
    const list = this.pool(name);
    return list.length === 0 || this.beaten(name, list) ? undefined : bestOf(list).fact;
  }
  /** `auto` is no value: it says that another place decides, so any other candidate wins over it. */
  settle(): { facts: Fact[]; unknown: UnknownFact[]; conflicts: Fact[] } {
    const facts: Fact[] = [];
    const conflicts: Fact[] = [];
    const beaten = new Set<string>();
    for (const name of this.byName.keys()) {
      const pool = this.pool(name);
      // What a command decides at run time beats the defaults below it, and leaves room for a person's assumption.
      const left = this.beaten(name, pool) ? pool.filter(({ rank }) => rank === ranks.assumed) : pool;
      if (left.length === 0) {
        beaten.add(name);
        continue;
      }
      const best = bestOf(left);
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
    const unknown = [...this.undecided.values()].map(({ fact }) => fact).filter(({ name }) => !this.byName.has(name) || beaten.has(name));
    return { facts, unknown, conflicts };
  }
  private pool(name: string): { fact: Fact; rank: Rank }[] {
    const list = this.byName.get(name) ?? [];
    const real = list.filter(({ fact }) => !isVague(fact));
    return real.length > 0 ? real : list;
  }
  private beaten(name: string, pool: readonly { rank: Rank }[]): boolean {
    const rank = this.undecided.get(name)?.rank;
    return rank !== undefined && pool.every((one) => one.rank < rank);
  }
}
/** `auto` says that another place decides; DeepSpeed without a stage leaves the stage to its own configuration. */
const isVague = ({ name, value }: Fact): boolean => value === 'auto' || (name === 'strategy' && value === 'deepspeed');
const bestOf = <T extends { rank: Rank }>(pool: readonly T[]): T => pool.reduce((a, b) => (b.rank > a.rank ? b : a));
const sameFact = (a: Fact, b: Fact): boolean => a.name === b.name && a.value === b.value;

/** Precedence of what one file says about its own workload. */
export function rankOf(fact: Fact): Rank {
  if (fact.origin === 'assumption') return ranks.assumed;
  if (fact.param?.startsWith('env:')) return ranks.declared;
  if (fact.origin === 'default') return fact.span ? ranks.declared : ranks.library;
  return fact.param !== undefined && fact.origin !== 'literal' ? ranks.declared : ranks.fixed;
}
