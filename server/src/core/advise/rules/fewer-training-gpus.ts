import type { FactValue } from '../../model/fact.js';
import type { Proposal, Rule } from '../types.js';

/** A run on half or a quarter of its GPUs: it waits less for the network, and takes longer. The optimizer sees the same batch. */
export const fewerTrainingGpus: Rule = {
  id: 'fewer-training-gpus',
  kinds: ['training'],
  propose({ facts, fits }) {
    if (fits !== 'fits' || facts.text('instance_type') !== undefined || (facts.number('num_nodes') ?? 1) > 1) return [];
    const counts = ['gpus', 'gpu_count', 'nproc_per_node'].filter((fact) => facts.number(fact) !== undefined);
    const now = counts[0] === undefined ? undefined : facts.number(counts[0]);
    const width = ['tensor_parallel', 'pipeline_parallel', 'context_parallel', 'expert_parallel'].some((fact) => (facts.number(fact) ?? 1) > 1);
    if (now === undefined || now < 2 || width || counts.some((fact) => facts.number(fact) !== now)) return [];
    const whole = facts.number('global_batch_size') !== undefined;
    const passes = facts.number('grad_accum') ?? 1;
    return [2, 4, 8].flatMap((factor): Proposal[] => {
      const to = now / factor;
      if (!Number.isInteger(to)) return [];
      const changes: Record<string, FactValue> = Object.fromEntries(counts.map((fact) => [fact, to]));
      if (!whole) changes['grad_accum'] = passes * factor;
      return [
        {
          id: `gpus-${to}`,
          title: to === 1 ? 'one GPU' : `${to} GPUs`,
          changes,
          risk: { level: 'none', evidence: ['the same samples an optimizer step'] },
          effort: 2,
          notes: ['cheaper, not faster: look at the hours'],
        },
      ];
    });
  },
};
