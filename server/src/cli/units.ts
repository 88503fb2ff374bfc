import { exact, type UnitCost } from '../core/index.js';
import { documentOf, type ReportFormat, type Section } from './sections.js';
import { grouped, moneyCell } from './spend.js';

/** The answer of `mlcost spend units --format json`: fields may be added, never renamed. */
export const unitsJson = (units: readonly UnitCost[], currency: string): object => ({
  version: 1,
  currency,
  units: units.map(({ name, per, of, month, cost, count, price, days, until, need }) => ({
    name,
    per: exact.toText(per, 0),
    ...(of ? { [of.key]: of.value } : {}),
    month,
    cost: cost ? exact.toText(cost) : null,
    count: count ? exact.toText(count, 0) : null,
    price: price ? exact.toText(price) : null,
    ...(days === undefined ? {} : { days }),
    ...(until === undefined ? {} : { until }),
    ...(need === undefined ? {} : { need }),
  })),
});
/** What one of something costs, as a table. */
export const unitsSection = (units: readonly UnitCost[], currency: string): Section => ({
  title: 'What one costs',
  header: ['', 'of', 'month', `cost, ${currency}`, 'count', 'price'],
  rows: units.map(({ name, per, of, month, cost, count, price, days, until }) => [
    `${grouped(exact.toText(per, 0))} ${name}`,
    of ? (of.value ?? `(no ${of.key})`) : '',
    days !== undefined ? `${month}, ${days} days` : until === undefined ? month : `${month}, until ${until}`,
    cost ? moneyCell(cost) : { shown: 'unknown', exact: '' },
    count ? { shown: grouped(exact.toText(count, 0)), exact: exact.toText(count, 0) } : { shown: 'unknown', exact: '' },
    price
      ? { shown: exact.toText(exact.round(price, 6)), exact: exact.toText(price) }
      : { shown: count && exact.isZero(count) ? 'nothing counted' : 'unknown', exact: '' },
  ]),
  right: [3, 4, 5],
  notes: [...new Set(units.flatMap(({ need, count }) => (need === undefined || (count && exact.isZero(count)) ? [] : [`Unknown: ${need}.`])))],
});

export const unitsText = (units: readonly UnitCost[], currency: string, format: string): string =>
  format === 'json'
    ? `${JSON.stringify(unitsJson(units, currency), null, 1)}\n`
    : documentOf('What one costs', [unitsSection(units, currency)], format as ReportFormat);
