import { decimal, isZero } from '../decimal.js';
import { jsonTags, type SpendFormat, tupleFrom } from './format.js';

const identity = [
  'BillingAccountId',
  'BillingProfileId',
  'SubscriptionId',
  'ResourceId',
  'InstanceId',
  'MeterId',
  'MeterName',
  'MeterCategory',
  'MeterSubCategory',
  'ResourceLocation',
  'ConsumedService',
  'ProductName',
  'Product',
  'ChargeType',
  'PricingModel',
  'Frequency',
  'ReservationId',
  'BenefitId',
  'PublisherName',
  'UnitOfMeasure',
  'BillingCurrency',
  'BillingCurrencyCode',
];

const commitment = /^(reservation|savings ?plan)$/i;
const unused = /^unused/i;

/** Cost details of Azure (Enterprise Agreement, Microsoft Customer Agreement, pay as you go). Actual and amortised cost have the same columns: what is covered by a commitment costs nothing in the one, and its share in the other, where the purchase is left out and what was not used is a row of its own.
 * What a file calls its cost is read as billed; effective is what is the same in both, and what an amortised file says. */
export const azure: SpendFormat = {
  id: () => 'azure-cost-details',
  source: 'Microsoft Cost Management: cost and usage details schema, EA and MCA; actual and amortized reservation and savings plan costs',
  is: (columns) =>
    columns.cell('MeterCategory') >= 0 && columns.cell('CostInBillingCurrency', 'PreTaxCost', 'Cost') >= 0 && columns.cell('Date', 'UsageDateTime') >= 0,
  map: (columns) => {
    const type = columns.cell('ChargeType');
    const tags = columns.all('Tags');
    const model = columns.cell('PricingModel');
    const billed = columns.cell('CostInBillingCurrency', 'PreTaxCost', 'Cost');
    const quantity = columns.cell('Quantity', 'UsageQuantity');
    const isUsage = (text: string): boolean => /^usage$/i.test(text);
    return {
      start: columns.cell('Date', 'UsageDateTime'),
      end: -1,
      billed,
      // without the columns nothing tells
      ...(type < 0 || model < 0
        ? {}
        : {
            effective: (text) => {
              const isCommitted = commitment.test(text(model));
              const cost = decimal(text(billed));
              if (unused.test(text(type)) || !isCommitted) return cost;
              return isUsage(text(type)) && cost && !isZero(cost) ? cost : undefined;
            },
            view: (text) => {
              if (unused.test(text(type))) return 'amortised';
              if (!commitment.test(text(model))) return undefined;
              const cost = decimal(text(billed));
              const isNothing = !cost || isZero(cost);
              if (isUsage(text(type))) return isNothing ? (text(quantity) === '' || Number(text(quantity)) === 0 ? undefined : 'actual') : 'amortised';
              return /^purchase$/i.test(text(type)) && !isNothing ? 'actual' : undefined;
            },
          }),
      quantity,
      identity: columns.all(...identity),
      resource: columns.cell('ResourceId', 'InstanceId'),
      tags: [...tags, ...columns.tags().map(({ cell }) => cell)],
      ...tupleFrom(columns, {
        provider: () => 'Microsoft',
        account: columns.cell('BillingAccountId', 'BillingAccountName'),
        sub_account: columns.cell('SubscriptionName', 'SubscriptionId', 'SubscriptionGuid'),
        invoice: columns.cell('InvoiceId', 'InvoiceNumber'),
        region: columns.cell('ResourceLocation'),
        service: columns.cell('MeterCategory'),
        charge: (text) =>
          ({ usage: 'Usage', purchase: 'Purchase', tax: 'Tax', refund: 'Adjustment' })[text(type).toLowerCase()] ?? (type < 0 ? 'Usage' : 'Adjustment'),
        class: (text) => (/refund/i.test(text(type)) ? 'Correction' : ''),
        currency: columns.cell('BillingCurrency', 'BillingCurrencyCode', 'Currency'),
        unit: columns.cell('UnitOfMeasure'),
        usage: columns.all('MeterSubCategory', 'MeterName', 'ProductName', 'Product'),
        tags,
        // older exports leave the braces out
        readTags: (text) => jsonTags(text === '' || text.startsWith('{') ? text : `{${text}}`),
        also: [type],
      }),
    };
  },
};
