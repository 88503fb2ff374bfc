import { offerQuery } from '../../estimate/money.js';
import type { Rule } from '../types.js';

/** Samples in the region that reads them: between regions each gigabyte is paid for, at each pass over the data. */
export const coLocation: Rule = {
  id: 'co-location',
  kinds: ['training', 'batch-inference'],
  propose({ facts, context, workload }) {
    const { provider, region } = offerQuery({ kind: workload.kind, facts: facts.spec.facts }, context);
    const data = facts.text('data_region');
    if (data === undefined || region === undefined || data === region) return [];
    const price = context.catalog.storage.find((row) => row.provider === provider && /^Inter-region/.test(row.service));
    return [
      {
        id: 'co-location',
        title: `data in ${region}`,
        changes: { data_region: region },
        unpriced: 'what is read again at each pass is not known',
        risk: { level: 'none', evidence: ['the same samples, nearer'] },
        effort: 3,
        notes: [
          ...(price
            ? [`${data} → ${region}: about $${price.usd} a GB that is read (${price.source}, ${price.asOf})`]
            : [`${data} → ${region}: no price is listed`]),
          'copying it once is paid for as well',
        ],
        editable: false,
      },
    ];
  },
};
