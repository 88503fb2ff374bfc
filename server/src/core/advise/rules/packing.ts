import type { Rule } from '../types.js';

/** Several samples a sequence instead of padding. */
export const packing: Rule = {
  id: 'packing',
  kinds: ['training'],
  propose({ facts }) {
    if (facts.flag('packing') !== false || facts.flag('flash_attention') === false) return [];
    return [
      {
        id: 'packing',
        title: 'packing instead of padding',
        changes: { packing: true },
        risk: { level: 'low', evidence: ['fewer, fuller steps an epoch; with FlashAttention samples do not see each other (Krell et al. 2021)'] },
        effort: 1,
      },
    ];
  },
};
