import type { Rule } from '../types.js';

/** More of the GPU's memory for the KV cache. */
export const memoryShare: Rule = {
  id: 'memory-share',
  kinds: ['serving', 'batch-inference'],
  propose({ facts, workload }) {
    const now = facts.number('gpu_mem_util');
    if (now === undefined || now >= 0.92 || !/^(vllm|sglang)$/.test(workload.framework)) return [];
    return [
      {
        id: 'memory-share',
        title: 'gpu_memory_utilization 0.95',
        changes: { gpu_mem_util: 0.95 },
        risk: { level: 'none', evidence: ['the same computation; less room for other processes on the GPU'] },
        effort: 1,
      },
    ];
  },
};
