import type { Proposal, Rule } from '../types.js';

/** Copies of a model on fewer GPUs each, instead of one that is spread over all: less is sent between GPUs for each token. */
export const dataParallel: Rule = {
  id: 'data-parallel',
  kinds: ['serving', 'batch-inference'],
  propose({ facts, workload }) {
    const shards = facts.number('tensor_parallel');
    // Copies over several machines are started otherwise than one that is spread over them.
    if ((facts.number('pipeline_parallel') ?? 1) > 1 || (facts.number('num_nodes') ?? 1) > 1) return [];
    if (shards === undefined || shards < 2 || (facts.number('data_parallel') ?? 1) > 1 || !/^(vllm|sglang)$/.test(workload.framework)) return [];
    return [2, 4, 8].flatMap((copies): Proposal[] => {
      const to = shards / copies;
      if (!Number.isInteger(to)) return [];
      return [
        {
          id: `copies-${copies}`,
          title: `${copies} copies on ${to === 1 ? 'one GPU' : `${to} GPUs`} each`,
          changes: { tensor_parallel: to, data_parallel: copies },
          risk: { level: 'none', evidence: ['the same computation; a single request is answered more slowly'] },
          effort: 2,
        },
      ];
    });
  },
};
