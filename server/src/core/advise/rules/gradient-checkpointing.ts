import type { Rule } from '../types.js';

/** Recomputation of activations: off where memory allows, on where it does not fit. The result is the same. */
export const gradientCheckpointing: Rule = {
  id: 'gradient-checkpointing',
  kinds: ['training'],
  propose({ facts, fits }) {
    // What the estimator has to assume so that it fits is no setting that could be off.
    const written = facts.raw('grad_ckpt');
    const on = written !== undefined && !/^(false|none)$/i.test(String(written));
    const risk = { level: 'none' as const, evidence: ['recomputes the same activations (Chen et al. 2016)'] };
    if (on && (fits === 'fits' || written !== 'selective'))
      return [{ id: 'no-checkpointing', title: 'no gradient checkpointing', changes: { grad_ckpt: false }, risk, effort: 1 }];
    if (fits === 'fits') return [];
    return [{ id: 'checkpointing', title: 'gradient checkpointing', changes: { grad_ckpt: true }, risk, effort: 1 }];
  },
};
