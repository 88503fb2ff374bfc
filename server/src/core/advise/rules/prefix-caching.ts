import type { Rule } from '../types.js';

/** Prefix caching where it is switched off: prompts that begin alike are computed once. */
export const prefixCaching: Rule = {
  id: 'prefix-caching',
  kinds: ['serving', 'batch-inference'],
  propose({ facts, workload }) {
    if (facts.flag('prompt_cache') !== false || !/^(vllm|sglang)$/.test(workload.framework)) return [];
    return [
      {
        id: 'prefix-caching',
        title: 'prefix caching',
        changes: { prompt_cache: true },
        unpriced: 'what it saves follows from how much of the prompts is the same',
        risk: { level: 'none', evidence: ['the same answers'] },
        effort: 1,
        notes: ['it is on by default: whoever switched it off may know that prompts share nothing'],
      },
    ];
  },
};
