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

/** Cost details of Azure (Enterprise Agreement, Microsoft Customer Agreement, pay as you go). The file is either actual or amortised cost and does not say which: it is read as billed. */
export const azure: SpendFormat = {
  id: () => 'azure-cost-details',
  source: 'Microsoft Cost Management: cost and usage details schema, EA and MCA',
  is: (columns) =>
    columns.cell('MeterCategory') >= 0 && columns.cell('CostInBillingCurrency', 'PreTaxCost', 'Cost') >= 0 && columns.cell('Date', 'UsageDateTime') >= 0,
  map: (columns) => {
    const type = columns.cell('ChargeType');
    const tags = columns.all('Tags');
    return {
      start: columns.cell('Date', 'UsageDateTime'),
      end: -1,
      billed: columns.cell('CostInBillingCurrency', 'PreTaxCost', 'Cost'),
      quantity: columns.cell('Quantity', 'UsageQuantity'),
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
