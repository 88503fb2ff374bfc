import type { Proposal, Rule } from '../types.js';

/** Several inputs a forward pass, where a program takes them one by one. */
export const batching: Rule = {
  id: 'batching',
  kinds: ['batch-inference', 'serving'],
  propose({ facts, workload }) {
    if (!/^(transformers|sentence-transformers|diffusers)$/.test(workload.framework)) return [];
    if ((facts.number('batch_size') ?? 1) > 1 || facts.number('concurrency') !== undefined) return [];
    return [4, 16, 64].map(
      (to): Proposal => ({
        id: `batch-${to}`,
        title: `batches of ${to}`,
        changes: { batch_size: to },
        risk: { level: 'none', evidence: ['the same model; padding inside a batch can change the last digits'] },
        effort: 2,
        notes: ['sort inputs by length first: the longest one of a batch decides its time'],
      }),
    );
  },
};
