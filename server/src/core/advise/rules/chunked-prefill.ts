import type { Rule } from '../types.js';

/** Prompts in pieces, where that is switched off: a long one does not hold up the answers of all others. */
export const chunkedPrefill: Rule = {
  id: 'chunked-prefill',
  kinds: ['serving', 'batch-inference'],
  propose({ facts, workload }) {
    if (facts.flag('chunked_prefill') !== false || workload.framework !== 'vllm') return [];
    return [
      {
        id: 'chunked-prefill',
        title: 'chunked prefill',
        changes: { chunked_prefill: true },
        unpriced: 'what it saves follows from how prompts and answers come together',
        risk: { level: 'none', evidence: ['the same answers; prompts are computed in pieces between decode steps (Agrawal et al. 2024, Sarathi-Serve)'] },
        effort: 1,
        notes: ['it is on by default in present releases: whoever switched it off may have measured why'],
      },
    ];
  },
};
