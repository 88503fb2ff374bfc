import type { Rule } from '../types.js';

/** Interruptible capacity for runs that can go on from a checkpoint. */
export const spot: Rule = {
  id: 'spot',
  kinds: ['training', 'batch-inference'],
  propose({ facts, context }) {
    if (facts.flag('spot') === true || context.market === 'spot') return [];
    return [
      {
        id: 'spot',
        title: 'spot capacity',
        changes: { spot: true },
        risk: { level: 'none', evidence: ['the same computation; an interruption repeats what was done since the last checkpoint'] },
        effort: 3,
        notes: ['needs checkpoints and a start that resumes from them', 'repeated hours are not in the figure'],
      },
    ];
  },
};
