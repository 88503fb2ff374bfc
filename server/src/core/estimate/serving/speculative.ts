import { decodeStep, type Runner } from './llm.js';
import { effect, type Theta } from './theta.js';
import type { Draft, ServingCase } from './workload.js';

/** Tokens that one verified step yields: (1 − α^(γ+1)) ÷ (1 − α) for γ proposed tokens that are each accepted with probability α.
 * @source arXiv:2211.17192 equation 1 */
export const tokensPerStep = ({ tokens, acceptance }: Draft): number => (acceptance >= 1 ? tokens + 1 : (1 - acceptance ** (tokens + 1)) / (1 - acceptance));

/** How much faster a sequence decodes with a draft: yield ÷ (verification + drafts), in steps without one.
 * The verification computes γ + 1 tokens a sequence over the same cache, so that it is nearly free while weights are streamed, and costs its compute in a large batch.
 * Where no acceptance is stated, the fitted gain at batch 1 fades with the batch (arXiv:2302.01318 §4).
 * @limits accepted tokens are taken to be independent */
export function speculativeGain(each: ServingCase, run: Runner, theta: Theta, batch: number, context: number): number {
  if (!each.speculative) return 1;
  const { draft } = each;
  if (draft === undefined) return Math.max(1, effect(theta, 'tree') / (1 + batch / 32));
  const plain = decodeStep(run, theta, batch, context).total;
  const verified = decodeStep(run, theta, batch * (draft.tokens + 1), context / (draft.tokens + 1)).total;
  return (tokensPerStep(draft) * plain) / (verified + draft.tokens * draft.cost * plain);
}
