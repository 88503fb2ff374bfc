import { encoderTokens } from './pass.js';
import type { ServingCase } from './workload.js';

/** A length that stands in where nobody states it: it is listed with the assumptions, never taken in silence. */
export const shortContext = 512;

/** Frames that the encoder makes of a window of 30 s (arXiv:2212.04356 §2.2). */
export const speechFrames = 1500;

/** Prompt and answer that a sequence in the cache has, and which of the two nobody stated.
 * @assumes `shortContext` for one that is not stated, or half of a shorter `max_model_len` */
export function heldLengths(each: ServingCase): {
  readonly input: number;
  readonly output: number;
  readonly taken: readonly ('input_tokens' | 'output_tokens')[];
} {
  const usual = Math.min(shortContext, each.maxModelLen === undefined ? shortContext : each.maxModelLen / 2);
  if (each.task === 'speech') return { input: speechFrames, output: each.outputTokens ?? 120, taken: [] };
  if (each.task === 'encoder')
    return { input: each.inputTokens ?? encoderTokens(each), output: 0, taken: each.inputTokens === undefined ? ['input_tokens'] : [] };
  return {
    input: each.inputTokens ?? usual,
    output: each.outputTokens ?? usual,
    taken: [...(each.inputTokens === undefined ? (['input_tokens'] as const) : []), ...(each.outputTokens === undefined ? (['output_tokens'] as const) : [])],
  };
}
