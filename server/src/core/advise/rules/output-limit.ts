import { estimate } from '../../estimate/estimate.js';
import type { Rule } from '../types.js';

/** A limit of the output, where a call has none: usual answers cost the same, the longest have a bound. */
export const outputLimit: Rule = {
  id: 'output-limit',
  kinds: ['api-call'],
  propose({ facts, context, workload }) {
    // Others have words of their own for it, or answer with no text.
    if (!/^(openai|azure-openai|openai-compatible|groq|together|fireworks|cerebras|litellm|langchain-(?!ollama).+)$/.test(workload.framework)) return [];
    const usual = facts.number('output_tokens');
    if (usual === undefined || usual <= 0 || facts.has('max_tokens') || facts.has('reasoning_effort')) return [];
    // Four times the usual answer, in steps of 256: longer ones are rare, and mostly runaways.
    const limit = Math.ceil((4 * usual) / 256) * 256;
    const most = estimate({ kind: workload.kind, facts: { ...facts.spec.facts, max_tokens: limit, output_tokens: limit } }, context).estimates['usd_per_call']
      ?.likely;
    // A model that is listed nowhere may make images or speech: what bounds those is no number of tokens.
    if (most === undefined && facts.has('model')) return [];
    return [
      {
        id: 'output-limit',
        title: `at most ${limit} tokens of output`,
        changes: { max_tokens: limit },
        unpriced: 'usual answers cost the same',
        risk: { level: 'low', evidence: ['longer answers are cut: look at the reason for which they stop'] },
        effort: 1,
        ...(most === undefined
          ? {}
          : { notes: [`no call costs more than about $${Number(most.toPrecision(2))} for its output of ${limit} tokens and its input`] }),
      },
    ];
  },
};
