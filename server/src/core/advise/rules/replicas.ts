import { assumedUtilisation } from '../../estimate/compose.js';
import { hoursPerMonth } from '../../estimate/money.js';
import type { Rule } from '../types.js';

/** As many replicas as the stated traffic needs, at the usual share of time busy. */
export const replicas: Rule = {
  id: 'replicas',
  kinds: ['serving'],
  propose({ facts, estimation }) {
    const now = facts.number('replicas');
    const output = facts.number('output_tokens');
    const month = facts.number('calls_per_month');
    const rate = facts.number('requests_per_s') ?? (month === undefined ? undefined : month / (hoursPerMonth * 3600));
    const full = estimation.estimates['saturation_output_tokens_per_s']?.low;
    if (now === undefined || now < 2 || rate === undefined || output === undefined || output <= 0 || full === undefined || full <= 0) return [];
    const to = Math.max(1, Math.ceil((rate * output) / (full * assumedUtilisation)));
    if (to >= now) return [];
    return [
      {
        id: `replicas-${to}`,
        title: to === 1 ? 'one replica' : `${to} replicas`,
        changes: { replicas: to },
        risk: { level: 'none', evidence: ['the same answers; peaks above the stated traffic wait longer'] },
        effort: 1,
        notes: [
          `${to} at ${Math.round(assumedUtilisation * 100)} % busy take the stated traffic, by the low end of their rate`,
          ...(to === 1 ? ['one replica has no spare: a restart is an outage'] : []),
        ],
      },
    ];
  },
};
