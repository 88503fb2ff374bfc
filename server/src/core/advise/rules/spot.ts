import type { FactValue } from '../../model/fact.js';
import type { Rule } from '../types.js';

/** Interruptible capacity for runs that can go on from a checkpoint. */
export const spot: Rule = {
  id: 'spot',
  kinds: ['training', 'batch-inference'],
  propose({ facts, context, workload }) {
    // A pool that waits for the next job is never of interruptible machines.
    if (facts.flag('spot') === true || context.market === 'spot' || facts.number('keep_alive') !== undefined) return [];
    const restarts: Readonly<Record<string, FactValue>> = facts.flag('restarts') === false ? { restarts: true } : {};
    return [
      {
        id: 'spot',
        title: 'spot capacity',
        changes: { spot: true, ...restarts },
        // SageMaker bills less time, not a lower price: how much is known when the job has run.
        ...(workload.framework === 'sagemaker'
          ? { unpriced: 'what managed spot training saves is not listed, and stands on the page of a job that has run' }
          : {}),
        risk: { level: 'none', evidence: ['the same computation; an interruption repeats what was done since the last checkpoint'] },
        effort: 3,
        notes: [...(facts.flag('resume') === true ? [] : ['needs checkpoints and a start that resumes from them']), 'repeated hours are not in the figure'],
      },
    ];
  },
};
