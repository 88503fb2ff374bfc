import { dimensionsOf } from '../../estimate/dimensions.js';
import type { Rule } from '../types.js';

/** Attention without its full matrix in memory: the same result. */
export const flashAttention: Rule = {
  id: 'flash-attention',
  kinds: ['training'],
  propose({ facts, context }) {
    const precision = facts.text('precision');
    // Its kernels take 16-bit inputs only (Dao-AILab/flash-attention README).
    if (facts.flag('flash_attention') !== false || (precision !== 'bf16' && precision !== 'fp16')) return [];
    // And heads of up to 256 (the same).
    if ((dimensionsOf(facts, context.catalog)?.headDim ?? 0) > 256) return [];
    return [
      {
        id: 'flash-attention',
        title: 'FlashAttention-2',
        changes: { flash_attention: true },
        risk: { level: 'none', evidence: ['exact attention (Dao 2023)'] },
        effort: 1,
        notes: ['needs the flash-attn package'],
      },
    ];
  },
};
