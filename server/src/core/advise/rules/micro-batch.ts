import type { Proposal, Rule } from '../types.js';

/** More samples a pass and fewer passes a step, or the other way round where it does not fit; the optimizer sees the same batch. */
export const microBatch: Rule = {
  id: 'micro-batch',
  kinds: ['training'],
  propose({ facts, fits }) {
    const batch = facts.number('batch_size');
    const passes = facts.number('grad_accum') ?? 1;
    if (batch === undefined || batch < 1) return [];
    const factors = fits === 'fits' ? [2, 4, 8] : [1 / 2, 1 / 4, 1 / 8];
    return factors.flatMap((factor): Proposal[] => {
      const [to, accumulate] = [batch * factor, passes / factor];
      if (!Number.isInteger(to) || !Number.isInteger(accumulate) || to < 1 || accumulate < 1) return [];
      return [
        {
          id: `micro-batch-${to}`,
          title: `micro-batch ${to} × ${accumulate}`,
          changes: { batch_size: to, grad_accum: accumulate },
          risk: { level: 'none', evidence: ['the same samples an optimizer step'] },
          effort: 2,
        },
      ];
    });
  },
};
