import { riskOf } from '../quality.js';
import { inTier } from '../tier.js';
import type { Proposal, Rule } from '../types.js';

/** Weights of a served model in fewer bits. */
export const weights: Rule = {
  id: 'weights',
  kinds: ['serving', 'batch-inference'],
  propose({ facts, workload, book, params }) {
    if (
      facts.text('quantization') !== undefined ||
      /(^|[-_/])(awq|gptq|fp8|int4|int8|w4a16|w8a8|gguf|bnb|nvfp4|mxfp4|4bit|8bit)([-_.]|$)/i.test(facts.text('model') ?? '')
    )
      return [];
    if (!/^(vllm|sglang|tgi)$/.test(workload.framework)) return [];
    const found: Proposal[] = [
      {
        id: 'weights-fp8',
        title: 'FP8 weights',
        changes: { quantization: 'fp8' },
        risk: inTier(riskOf(book.quality, 'weights-fp8', 'low', params), workload),
        effort: 1,
        notes: ['quantized while loading; a checkpoint in FP8 loads faster'],
      },
    ];
    if (workload.framework !== 'tgi')
      found.push({
        id: 'weights-awq',
        title: 'AWQ 4-bit weights',
        changes: { quantization: 'awq' },
        risk: inTier(riskOf(book.quality, 'weights-awq', 'medium', params), workload),
        effort: 3,
        notes: ['needs a checkpoint in AWQ: whether one exists for this model, and its licence, is not known here'],
        editable: false,
      });
    return found;
  },
};
