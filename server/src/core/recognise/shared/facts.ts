import type { Fact, FactValue, UnknownFact } from '../../model/fact.js';

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

/** What generates the samples of a training by TRL's switch `use_vllm`. */
export const engineOfSamples = (isVllm: FactValue | undefined): string | undefined =>
  isVllm === true ? 'vllm' : isVllm === false ? 'transformers' : undefined;
