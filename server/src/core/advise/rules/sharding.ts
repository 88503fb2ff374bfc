import type { Proposal, Rule } from '../types.js';

const stages: readonly string[] = ['ddp', 'zero1', 'zero2', 'zero3'];

/** Less sharding means less communication; more means less memory. The result is the same. */
export const sharding: Rule = {
  id: 'sharding',
  kinds: ['training'],
  propose({ facts, fits, estimation }) {
    const at = stages.indexOf(facts.text('strategy') ?? '');
    const many = (facts.number('gpus') ?? estimation.estimates['gpus']?.likely ?? facts.number('gpu_count') ?? facts.number('nproc_per_node') ?? 1) > 1;
    if (at < 0 || !many) return [];
    // ZeRO stages are one key of one file; DDP is another program.
    const others = fits === 'fits' ? stages.slice(1, Math.max(at, 1)) : stages.slice(Math.max(at, 0) + 1);
    return others.map(
      (to): Proposal => ({
        id: `strategy-${to}`,
        title: `ZeRO-${to.slice(-1)}`,
        changes: { strategy: to },
        risk: { level: 'none', evidence: ['the same update, placed differently (Rajbhandari et al. 2020)'] },
        effort: at === 0 ? 3 : 1,
      }),
    );
  },
};
