import { add, decimal, subtract, zero } from '../decimal.js';
import { jsonTags, type SpendFormat, tupleFrom } from './format.js';

/** AWS line item types in the charge categories of FOCUS. */
const charges: Readonly<Record<string, string>> = {
  Usage: 'Usage',
  DiscountedUsage: 'Usage',
  SavingsPlanCoveredUsage: 'Usage',
  SavingsPlanNegation: 'Usage',
  Fee: 'Purchase',
  RIFee: 'Purchase',
  SavingsPlanUpfrontFee: 'Purchase',
  SavingsPlanRecurringFee: 'Purchase',
  Tax: 'Tax',
  Credit: 'Credit',
  Refund: 'Adjustment',
};
const identity = [
  'bill_payer_account_id',
  'bill_billing_period_start_date',
  'bill_bill_type',
  'bill_billing_entity',
  'line_item_usage_account_id',
  'line_item_line_item_type',
  'line_item_product_code',
  'line_item_usage_type',
  'line_item_operation',
  'line_item_availability_zone',
  'line_item_resource_id',
  'line_item_currency_code',
  'line_item_line_item_description',
  'pricing_rate_code',
  'reservation_reservation_a_r_n',
  'savings_plan_savings_plan_a_r_n',
];

/** The AWS Cost and Usage Report, 2.0 and the older column names. Billed is the unblended cost; effective spreads reservations and savings plans over what they cover. */
export const awsCur: SpendFormat = {
  id: (columns) => (columns.names.some((name) => name.includes('/')) ? 'aws-cur' : 'aws-cur-2.0'),
  source: 'AWS Data Exports User Guide, CUR 2.0 table dictionary; Cost and Usage Reports, amortized cost',
  is: (columns) => columns.has('line_item_unblended_cost', 'line_item_usage_start_date'),
  map: (columns) => {
    const unblended = columns.cell('line_item_unblended_cost');
    const type = columns.cell('line_item_line_item_type');
    const reservation = columns.cell('reservation_effective_cost');
    const plan = columns.cell('savings_plan_savings_plan_effective_cost');
    const arn = columns.cell('reservation_reservation_a_r_n');
    const [unusedUpfront, unusedRecurring] = [
      columns.cell('reservation_unused_amortized_upfront_fee_for_billing_period'),
      columns.cell('reservation_unused_recurring_fee'),
    ];
    const [total, used] = [columns.cell('savings_plan_total_commitment_to_date'), columns.cell('savings_plan_used_commitment')];
    const tags = columns.all('resource_tags', 'cost_category');
    return {
      start: columns.cell('line_item_usage_start_date'),
      end: columns.cell('line_item_usage_end_date'),
      billed: unblended,
      effective: (text) => {
        const amount = (cell: number) => decimal(text(cell));
        switch (text(type)) {
          case 'SavingsPlanCoveredUsage':
            return amount(plan);
          case 'SavingsPlanNegation':
          case 'SavingsPlanUpfrontFee':
            return zero;
          case 'SavingsPlanRecurringFee': {
            const [whole, spent] = [amount(total), amount(used)];
            return whole && spent && subtract(whole, spent);
          }
          case 'DiscountedUsage':
            return amount(reservation);
          case 'RIFee': {
            const [upfront, recurring] = [amount(unusedUpfront), amount(unusedRecurring)];
            return upfront && recurring && add(upfront, recurring);
          }
          case 'Fee':
            return text(arn) === '' ? amount(unblended) : zero;
          default:
            return amount(unblended);
        }
      },
      quantity: columns.cell('line_item_usage_amount'),
      identity: columns.all(...identity),
      resource: columns.cell('line_item_resource_id'),
      tags: [...tags, ...columns.tags().map(({ cell }) => cell)],
      ...tupleFrom(columns, {
        provider: () => 'AWS',
        account: columns.cell('bill_payer_account_id'),
        sub_account: columns.cell('line_item_usage_account_name', 'line_item_usage_account_id'),
        invoice: columns.cell('bill_invoice_id'),
        region: columns.cell('product_region_code', 'product_region', 'line_item_availability_zone'),
        service: columns.cell('product_product_name', 'line_item_product_code'),
        charge: (text) => charges[text(type)] ?? (/Discount$/.test(text(type)) ? 'Credit' : 'Adjustment'),
        class: (text) => (text(type) === 'Refund' ? 'Correction' : ''),
        currency: columns.cell('line_item_currency_code'),
        unit: columns.cell('pricing_unit'),
        usage: columns.all('line_item_usage_type', 'line_item_operation', 'line_item_line_item_description'),
        tags,
        readTags: jsonTags,
        also: [type],
      }),
    };
  },
};
