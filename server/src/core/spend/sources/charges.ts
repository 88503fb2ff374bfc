import { add, type Decimal, toText } from '../decimal.js';
import { dimensionNames, tagNames } from '../dimensions.js';
import type { CommonSettings } from './settings.js';
import type { Charge } from './source.js';

/** Columns that charges of a source go into the ledger with: those of FOCUS. */
export const chargeColumns = [
  'BilledCost',
  'EffectiveCost',
  'BillingCurrency',
  'ChargePeriodStart',
  'ConsumedQuantity',
  'ConsumedUnit',
  'ProviderName',
  'BillingAccountId',
  'SubAccountName',
  'InvoiceId',
  'RegionId',
  'ServiceName',
  'ServiceCategory',
  'ChargeCategory',
  'ChargeClass',
  'ChargeDescription',
  'Tags',
  'x_SpendSource',
] as const;

/** Charges with the tags of their source, those that say the same added up, in order: the same charges give the same list, however the server splits them. */
export function summed(charges: Iterable<Charge>, { tags = {} }: Pick<CommonSettings, 'tags'>): Charge[] {
  const sums = new Map<string, { -readonly [K in keyof Charge]: Charge[K] }>();
  for (const charge of charges) {
    const all = { ...tags, ...charge.values };
    const values = Object.fromEntries(dimensionNames.flatMap((name) => (all[name] ? [[name, all[name]]] : [])));
    const { day, currency, unit = '', serviceCategory = '', usage = '' } = charge;
    // who tells an effective cost and who does not are not added
    const key = JSON.stringify([day, currency, unit, serviceCategory, usage, values, charge.effective === undefined, charge.quantity === undefined]);
    const known = sums.get(key);
    if (!known) sums.set(key, { ...charge, values });
    else {
      known.billed = add(known.billed, charge.billed);
      if (known.effective && charge.effective) known.effective = add(known.effective, charge.effective);
      if (known.quantity && charge.quantity) known.quantity = add(known.quantity, charge.quantity);
    }
  }
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, charge]) => charge);
}
const shown = (amount: Decimal | undefined): string => (amount ? toText(amount, 0) : '');
/** The cells of a charge, in the order of `chargeColumns`. */
export function chargeCells(
  { day, billed, effective, currency, quantity, unit = '', values, serviceCategory = '', usage = '' }: Charge,
  source: string,
): string[] {
  const tags = Object.fromEntries(tagNames.flatMap((name) => (values[name] ? [[name, values[name]]] : [])));
  return [
    shown(billed),
    shown(effective),
    currency,
    `${day}T00:00:00Z`,
    shown(quantity),
    unit,
    values.provider ?? '',
    values.account ?? '',
    values.sub_account ?? '',
    values.invoice ?? '',
    values.region ?? '',
    values.service ?? '',
    serviceCategory,
    values.charge ?? 'Usage',
    values.class ?? '',
    usage,
    JSON.stringify(tags),
    source,
  ];
}
