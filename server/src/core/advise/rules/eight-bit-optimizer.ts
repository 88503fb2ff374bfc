import type { Rule } from '../types.js';

/** Optimizer states of one byte: memory, not time. */
export const eightBitOptimizer: Rule = {
  id: 'eight-bit-optimizer',
  kinds: ['training'],
  propose({ facts, fits }) {
    const now = facts.text('optimizer');
    if (now === undefined || !/^adamw?(_torch|_torch_fused|_hf)?$/i.test(now)) return [];
    const to = fits === 'fits' ? 'adamw_8bit' : 'paged_adamw_8bit';
    return [
      {
        id: 'optimizer-8bit',
        title: fits === 'fits' ? '8-bit Adam' : 'paged 8-bit Adam',
        changes: { optimizer: to },
        risk: { level: 'low', evidence: ['8-bit Adam keeps 32-bit accuracy on language and vision tasks (Dettmers et al. 2022, table 1)'] },
        effort: 1,
        notes: ['needs the bitsandbytes package'],
      },
    ];
  },
};
