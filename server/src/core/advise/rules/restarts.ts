import type { Rule } from '../types.js';

/** A job on interruptible machines that is started again when one of them is taken away. */
export const restarts: Rule = {
  id: 'restarts',
  kinds: ['training'],
  propose({ facts, context }) {
    const isSpot = facts.flag('spot') === true || (context.market === 'spot' && facts.flag('spot') !== false);
    if (!isSpot || facts.flag('restarts') !== false) return [];
    return [
      {
        id: 'restarts',
        title: 'a start again after an interruption',
        changes: { restarts: true },
        unpriced: 'what an interruption that ends the job costs is not known beforehand',
        risk: { level: 'none', evidence: ['the same training, from the last checkpoint on'] },
        effort: 1,
        notes: [
          'the first machine that is taken away ends the job now',
          ...(facts.flag('resume') === true
            ? []
            : ['the program has to go on from its last checkpoint, and that has to lie on a volume that outlives the pod']),
        ],
      },
    ];
  },
};
