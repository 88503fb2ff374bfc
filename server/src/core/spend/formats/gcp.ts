import { add, decimal } from '../decimal.js';
import { jsonTags, type SpendFormat, tupleFrom } from './format.js';

const identity = [
  'billing_account_id',
  'service.id',
  'service.description',
  'sku.id',
  'sku.description',
  'usage_start_time',
  'usage_end_time',
  'project.id',
  'location.location',
  'location.region',
  'location.zone',
  'resource.global_name',
  'resource.name',
  'cost_type',
  'currency',
  'adjustment_info.id',
  'usage.unit',
];

/** The Cloud Billing export to BigQuery (standard and detailed), saved as CSV or Parquet with flat column names. Billed is the cost with its credits, which are negative. */
export const gcp: SpendFormat = {
  id: (columns) => (columns.has('resource.name') ? 'gcp-detailed' : 'gcp-standard'),
  source: 'Google Cloud Billing: structure of the standard and detailed data export',
  is: (columns) => columns.has('cost', 'usage_start_time', 'currency') && columns.cell('service.description', 'service') >= 0,
  map: (columns) => {
    const cost = columns.cell('cost');
    const credits = columns.cell('credits', 'credits.amount');
    const type = columns.cell('cost_type');
    const tags = columns.all('labels', 'project.labels', 'tags');
    return {
      start: columns.cell('usage_start_time'),
      end: columns.cell('usage_end_time'),
      billed: (text) => {
        let net = decimal(text(cost));
        const said = text(credits);
        // read as text: a JSON reader would make binary floating point of it
        const amounts = /^[\s[]*-?[\d.]/.test(said)
          ? said.split(/[[\],;\s]+/).filter(Boolean)
          : [...said.matchAll(/"amount"\s*:\s*"?(-?[\d.eE+-]+)/g)].map((one) => one[1] ?? '');
        for (const one of amounts) {
          const amount = decimal(one);
          net = net && amount && add(net, amount);
        }
        return net;
      },
      quantity: columns.cell('usage.amount_in_pricing_units', 'usage.amount'),
      identity: columns.all(...identity.filter((name) => !/^usage_(start|end)_time$/.test(name))),
      resource: columns.cell('resource.global_name', 'resource.name'),
      tags: [...tags, ...columns.tags().map(({ cell }) => cell)],
      ...tupleFrom(columns, {
        provider: () => 'Google Cloud',
        account: columns.cell('billing_account_id'),
        sub_account: columns.cell('project.name', 'project.id'),
        invoice: columns.cell('invoice.month'),
        region: columns.cell('location.region', 'location.location'),
        service: columns.cell('service.description', 'service'),
        charge: (text) => ({ tax: 'Tax', adjustment: 'Adjustment', rounding_error: 'Adjustment' })[text(type)] ?? 'Usage',
        class: (text) => (text(type) === 'adjustment' ? 'Correction' : ''),
        currency: columns.cell('currency'),
        unit: columns.cell('usage.pricing_unit', 'usage.unit'),
        usage: columns.all('sku.description'),
        tags,
        readTags: jsonTags,
        also: [type],
      }),
    };
  },
};
