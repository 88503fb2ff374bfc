import type { Proposal, Rule } from '../types.js';

/** Calls a month from which like questions are likely to come again. @assumes */
const many = 10_000;

/** Answers to like questions, given again. How many are alike is for a person to say: its figure is that of a stated share. */
export const semanticCache: Rule = {
  id: 'semantic-cache',
  kinds: ['api-call'],
  propose({ facts, estimation }) {
    const calls = facts.number('calls_per_month');
    if (calls === undefined || facts.flag('semantic_cache') === true || facts.flag('embedding') === true) return [];
    const share = facts.number('semantic_hit_rate');
    const month = estimation.estimates['usd_per_month']?.likely;
    if ((share === undefined && (calls < many || month === undefined)) || (share !== undefined && (share <= 0 || share >= 1))) return [];
    const proposal: Proposal = {
      id: 'semantic-cache',
      title: 'semantic cache',
      changes: { semantic_cache: true },
      risk: { level: 'medium', evidence: ['a like question may want another answer: measure wrong hits on your own cases before you trust it'] },
      effort: 3,
      notes: ['the cache’s own cost (an embedding a call, a vector store) is not in the figure'],
      editable: false,
    };
    if (share !== undefined)
      return [
        {
          ...proposal,
          supposed: { calls_per_month: calls * (1 - share) },
          notes: [`at the stated share of ${Math.round(share * 100)} % hits`, ...(proposal.notes ?? [])],
        },
      ];
    const tenth = Number(((month ?? 0) / 10).toPrecision(2));
    return [
      {
        ...proposal,
        unpriced: 'how many questions are alike is not stated (semantic_hit_rate)',
        notes: [`each tenth of the calls that it answers is about $${tenth} a month`, ...(proposal.notes ?? [])],
      },
    ];
  },
};
