import { isCode } from '../code.js';
import type { Rule } from '../types.js';

/** An end where the score on held-out samples no longer gets better. When that is, nobody knows beforehand. */
export const earlyStopping: Rule = {
  id: 'early-stopping',
  kinds: ['training'],
  propose({ facts, workload }) {
    const epochs = facts.number('epochs');
    if (facts.flag('early_stopping') === true || epochs === undefined || epochs < 3) return [];
    const evaluates = /^(steps|epoch)$/.test(facts.text('eval_strategy') ?? '');
    if (!(evaluates && /^(transformers|trl|sentence-transformers)$/.test(workload.framework)) && !/^(lightning|keras)$/.test(workload.framework)) return [];
    return [
      {
        id: 'early-stopping',
        title: 'early stopping',
        changes: { early_stopping: true },
        unpriced: 'when the score stops getting better is known when it has run',
        risk: {
          level: 'low',
          evidence: ['stopping on held-out loss costs little of the final score and can save most of the time (Prechelt 1998, Early stopping: but when?)'],
        },
        effort: isCode(workload) ? 2 : 3,
        notes: ['a schedule of the learning rate that ends later is cut short: try it with a constant one, or with patience for a third of the run'],
      },
    ];
  },
};
