import type { FactValue } from '../../model/fact.js';
import { riskOf } from '../quality.js';
import type { Proposal, Rule, Subject } from '../types.js';

/** A service on half or a quarter of its GPUs, alone or with what makes its weights small enough. */
export const fewerGpus: Rule = {
  id: 'fewer-gpus',
  kinds: ['serving', 'batch-inference'],
  propose(subject) {
    const { facts } = subject;
    const shards = facts.number('tensor_parallel');
    if (shards === undefined || shards < 2) return [];
    const counts = ['gpu_count', 'gpus'].filter((fact) => facts.number(fact) !== undefined);
    // A machine is rented whole: fewer GPUs of it cost the same.
    if (facts.text('instance_type') !== undefined || counts.some((fact) => facts.number(fact) !== shards)) return [];
    return [2, 4, 8].flatMap((factor): Proposal[] => {
      const to = shards / factor;
      if (!Number.isInteger(to) || to < 1) return [];
      const changes: Record<string, FactValue> = { tensor_parallel: to };
      for (const fact of counts) changes[fact] = to;
      const plain: Proposal = {
        id: `gpus-${to}`,
        title: to === 1 ? 'one GPU' : `${to} GPUs`,
        changes,
        risk: { level: 'none', evidence: ['the same computation; less room for concurrent requests'] },
        effort: 2,
      };
      return [plain, ...withSmallWeights(subject, plain)];
    });
  },
};

function withSmallWeights({ facts, workload, book, params }: Subject, plain: Proposal): Proposal[] {
  if (facts.text('quantization') !== undefined || !/^(vllm|sglang|tgi)$/.test(workload.framework)) return [];
  return [
    {
      ...plain,
      id: `${plain.id}-fp8`,
      title: `FP8 weights on ${plain.title}`,
      changes: { ...plain.changes, quantization: 'fp8' },
      risk: riskOf(book.quality, 'weights-fp8', 'low', params),
    },
  ];
}
