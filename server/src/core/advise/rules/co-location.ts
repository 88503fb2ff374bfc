import { transferPrice } from '../../estimate/data-costs.js';
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
    const price = transferPrice(context.catalog, provider, data, region);
    return [
      {
        id: 'co-location',
        title: `data in ${region}`,
        changes: { data_region: region },
        unpriced:
          facts.number('dataset_gb') === undefined ? 'how large the data set is (dataset_gb) is not stated' : 'no price is listed between these regions',
        risk: { level: 'none', evidence: ['the same samples, nearer'] },
        effort: 3,
        notes: [
          ...(price
            ? [`${data} → ${region}: about $${price.usd} a GB that is read (${price.source}, ${price.asOf})`]
            : [`${data} → ${region}: no price is listed, and the further apart the dearer`]),
          'copying it once is paid for as well',
        ],
        editable: false,
      },
    ];
  },
};
