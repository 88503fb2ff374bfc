import { type Columns, jsonTags, type SpendFormat, tupleFrom } from './format.js';

/** The columns that tell one charge from another in FOCUS; amounts, names for display, tags and the invoice, which comes later, are left out. */
const identity = [
  'BillingAccountId',
  'SubAccountId',
  'BillingPeriodStart',
  'BillingCurrency',
  'ProviderName',
  'ServiceProviderName',
  'ServiceName',
  'ChargeCategory',
  'ChargeClass',
  'ChargeDescription',
  'ChargeFrequency',
  'CapacityReservationId',
  'CapacityReservationStatus',
  'CommitmentDiscountId',
  'CommitmentDiscountStatus',
  'PricingCategory',
  'RegionId',
  'AvailabilityZone',
  'ResourceId',
  'SkuId',
  'SkuPriceId',
  'SkuMeter',
  'x_Operation',
  'x_UsageType',
  'x_ServiceCode',
  'x_SpendSource',
];
const version = (columns: Columns): string =>
  columns.has('InvoiceId') || columns.has('PricingCurrency') || columns.has('BillingAccountType')
    ? '1.2'
    : columns.has('ServiceSubcategory') || columns.has('CapacityReservationId') || columns.has('SkuMeter')
      ? '1.1'
      : '1.0';

/** FOCUS, the FinOps Open Cost and Usage Specification, 1.0 to 1.2. BilledCost is the invoice, EffectiveCost the same charges with commitments amortised: never one plus the other. */
export const focus: SpendFormat = {
  id: (columns) => `focus-${version(columns)}`,
  source: 'FOCUS 1.0, 1.1, 1.2: columns',
  is: (columns) => columns.has('BilledCost') && columns.cell('ChargePeriodStart', 'BillingPeriodStart') >= 0,
  map: (columns) => {
    const effective = columns.cell('EffectiveCost');
    const tags = columns.all('Tags');
    return {
      start: columns.cell('ChargePeriodStart', 'BillingPeriodStart'),
      end: columns.cell('ChargePeriodEnd'),
      billed: columns.cell('BilledCost'),
      ...(effective < 0 ? {} : { effective }),
      quantity: columns.cell('ConsumedQuantity', 'PricingQuantity'),
      identity: columns.all(...identity),
      resource: columns.cell('ResourceId'),
      tags: [...tags, ...columns.tags().map(({ cell }) => cell)],
      ...tupleFrom(columns, {
        provider: columns.cell('ProviderName', 'ServiceProviderName', 'InvoiceIssuerName'),
        account: columns.cell('BillingAccountId'),
        sub_account: columns.cell('SubAccountName', 'SubAccountId'),
        invoice: columns.cell('InvoiceId'),
        region: columns.cell('RegionId', 'RegionName'),
        service: columns.cell('ServiceName'),
        charge: columns.cell('ChargeCategory'),
        class: columns.cell('ChargeClass'),
        currency: columns.cell('BillingCurrency'),
        unit: columns.cell('ConsumedUnit', 'PricingUnit'),
        source: columns.cell('x_SpendSource'),
        serviceCategory: columns.cell('ServiceCategory'),
        usage: columns.all('SkuMeter', 'x_UsageType', 'ServiceSubcategory', 'ChargeDescription'),
        tags,
        readTags: jsonTags,
      }),
    };
  },
};
