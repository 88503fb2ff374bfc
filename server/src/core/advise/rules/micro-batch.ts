import type { FactReader } from '../../estimate/spec.js';
import type { Proposal, Rule } from '../types.js';

/** More samples a pass and fewer passes a step, or the other way round where it does not fit; the optimizer sees the same batch. */
export const microBatch: Rule = {
  id: 'micro-batch',
  kinds: ['training'],
  propose({ facts, fits, estimation }) {
    const batch = facts.number('batch_size');
    if (batch === undefined || batch < 1) return [];
    // Where the whole step's batch is stated, passes follow from it: one setting says all.
    const whole = facts.number('grad_accum') === undefined ? facts.number('global_batch_size') : undefined;
    const members = facts.number('gpus') ?? estimation.estimates['gpus']?.likely ?? facts.number('gpu_count');
    if (whole !== undefined && members === undefined) return [];
    const passes = whole === undefined ? (facts.number('grad_accum') ?? 1) : whole / (batch * (members ?? 1) * shareOf(facts));
    const factors = fits === 'fits' ? [2, 4, 8] : [1 / 2, 1 / 4, 1 / 8];
    return factors.flatMap((factor): Proposal[] => {
      const [to, accumulate] = [batch * factor, passes / factor];
      if (!Number.isInteger(to) || !Number.isInteger(accumulate) || to < 1 || accumulate < 1) return [];
      return [
        {
          id: `micro-batch-${to}`,
          title: `micro-batch ${to} × ${accumulate}`,
          changes: whole === undefined ? { batch_size: to, grad_accum: accumulate } : { batch_size: to },
          risk: { level: 'none', evidence: ['the same samples an optimizer step'] },
          effort: 2,
        },
      ];
    });
  },
};

/** Data-parallel members a device: less than one where devices share a model. */
function shareOf(facts: FactReader): number {
  const width = ['tensor_parallel', 'pipeline_parallel', 'context_parallel'].reduce((all, name) => all * (facts.number(name) ?? 1), 1);
  return 1 / Math.max(1, width);
}
