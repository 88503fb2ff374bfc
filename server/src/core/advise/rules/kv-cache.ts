import { riskOf } from '../quality.js';
import { inTier } from '../tier.js';
import type { Rule } from '../types.js';

/** A KV cache of one byte a value: twice the tokens in the same memory. */
export const kvCache: Rule = {
  id: 'kv-cache',
  kinds: ['serving', 'batch-inference'],
  propose({ facts, workload, book, params }) {
    const now = facts.text('kv_cache_dtype');
    if ((now !== undefined && now !== 'auto' && !/16/.test(now)) || !/^(vllm|sglang|tgi)$/.test(workload.framework)) return [];
    const to = workload.framework === 'vllm' ? 'fp8' : workload.framework === 'sglang' ? 'fp8_e5m2' : 'fp8_e4m3fn';
    return [
      {
        id: 'kv-fp8',
        title: 'FP8 KV cache',
        changes: { kv_cache_dtype: to },
        risk: inTier(riskOf(book.quality, 'kv-fp8', 'low', params), workload),
        effort: 1,
      },
    ];
  },
};
