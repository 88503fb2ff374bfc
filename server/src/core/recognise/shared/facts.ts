import type { Fact, UnknownFact } from '../../model/fact.js';

/** Splits what an expression gave into facts and unknown facts. */
export function sortFacts(found: readonly (Fact | UnknownFact | undefined)[]): { facts: Fact[]; unknown: UnknownFact[] } {
  const facts: Fact[] = [];
  const unknown: UnknownFact[] = [];
  for (const one of found) {
    if (!one) continue;
    if ('value' in one) facts.push(one);
    else unknown.push(one);
  }
  return { facts, unknown };
}
