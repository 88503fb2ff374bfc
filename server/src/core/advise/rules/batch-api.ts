import type { Rule } from '../types.js';

/** The provider's batch interface, where nobody waits for the answer. */
export const batchApi: Rule = {
  id: 'batch-api',
  kinds: ['api-call'],
  propose({ facts }) {
    if (facts.flag('batch_api') === true || facts.flag('stream') === true) return [];
    return [
      {
        id: 'batch-api',
        title: 'batch interface',
        changes: { batch_api: true },
        risk: { level: 'none', evidence: ['the same model; answers within a day'] },
        effort: 3,
        notes: ['only for work that can wait up to 24 hours; `mlcost calls PATH` writes the program that does it'],
        editable: false,
      },
    ];
  },
};
