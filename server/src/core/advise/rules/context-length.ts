import type { Rule } from '../types.js';

/** A context that is as long as the requests that are stated. */
export const contextLength: Rule = {
  id: 'context-length',
  kinds: ['serving', 'batch-inference'],
  propose({ facts }) {
    const now = facts.number('max_model_len');
    const [input, output] = [facts.number('input_tokens'), facts.number('output_tokens') ?? facts.number('max_tokens')];
    if (now === undefined || input === undefined || output === undefined) return [];
    // Twice what a mean request holds, in steps of the block size's usual multiples.
    const to = Math.ceil((2 * (input + output)) / 1024) * 1024;
    if (to >= now) return [];
    return [
      {
        id: `context-${to}`,
        title: `context length ${to}`,
        changes: { max_model_len: to },
        risk: { level: 'low', evidence: ['longer requests are refused: look at the longest one first'] },
        effort: 1,
      },
    ];
  },
};
