import type { Rule } from '../types.js';

/** One replica that stays warm, where a service is down between requests: what it costs more, and what nobody waits for then. */
export const warmPool: Rule = {
  id: 'warm-pool',
  kinds: ['serving'],
  propose({ facts, estimation: { estimates } }) {
    const [up, always, starts, start] = ['usd_per_month_to_zero', 'usd_per_month', 'cold_starts_per_month', 'cold_start_s'].map(
      (name) => estimates[name]?.likely,
    );
    if (facts.number('min_replicas') !== 0 || up === undefined || always === undefined || starts === undefined || start === undefined) return [];
    const more = always - up;
    return [
      {
        id: 'warm-pool',
        title: 'one replica that stays warm',
        changes: {},
        unpriced: 'it saves waiting, not money',
        risk: { level: 'none', evidence: ['the same answers'] },
        effort: 1,
        notes: [
          `about ${Math.round(starts)} starts of ${Math.round(start)} s a month are not waited for`,
          more > 0 ? `it costs about $${Number(more.toPrecision(2))} a month more` : 'it costs no more: starts keep a replica up as long',
        ],
        editable: false,
      },
    ];
  },
};
