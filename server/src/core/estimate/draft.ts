import type { AssumedFact, Estimate, Estimation, Interval, MissingFact, Term, Unit } from '../model/estimate.js';
import type { Unknown } from '../model/maybe.js';
import { isSound } from './interval.js';

/** An estimation in the making: quantities are added to what another part answered, and gaps stay named once. */
export class Draft {
  readonly estimates: Record<string, Estimate>;
  readonly assumed: AssumedFact[];
  readonly notes: string[];
  private readonly missing = new Map<string, MissingFact>();

  constructor(start: Estimation = { estimates: {}, unknown: [], assumed: [], notes: [] }) {
    this.estimates = { ...start.estimates };
    this.assumed = [...start.assumed];
    this.notes = [...start.notes];
    for (const gap of start.unknown) this.missing.set(gap.fact, gap);
  }

  /** Adds a quantity; one that is not a finite, ordered interval is left out. */
  add(name: string, interval: Interval, unit: Unit, basis: string, term?: Term): void {
    if (!isSound(interval)) return;
    this.estimates[name] = { low: interval.low, likely: interval.likely, high: interval.high, unit, basis, ...(term ? { term } : {}) };
  }

  /** Names what is missing for quantities that are not answered. */
  miss(gap: Unknown, ...blocks: readonly string[]): void {
    const open = blocks.filter((name) => this.estimates[name] === undefined);
    for (const fact of gap.facts) {
      const before = this.missing.get(fact);
      this.missing.set(fact, { fact, need: before?.need ?? gap.need, blocks: [...new Set([...(before?.blocks ?? []), ...open])] });
    }
  }

  assume(...facts: readonly AssumedFact[]): void {
    for (const fact of facts) if (!this.assumed.some((other) => other.fact === fact.fact)) this.assumed.push(fact);
  }

  note(...texts: readonly string[]): void {
    for (const text of texts) if (!this.notes.includes(text)) this.notes.push(text);
  }

  done(): Estimation {
    // What blocks most stands first; a gap that blocks nothing only widens a range.
    const unknown = [...this.missing.values()].sort((a, b) => b.blocks.length - a.blocks.length);
    return { estimates: this.estimates, unknown, assumed: this.assumed, notes: this.notes };
  }
}
