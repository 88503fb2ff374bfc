import { exact, type Kpi } from '../core/index.js';
import type { Cell, Section } from './sections.js';
import { moneyCell } from './spend.js';

function shownValue({ value }: Kpi): Cell {
  if (!value) return { shown: 'unknown', exact: '' };
  if (value.kind === 'share') return { shown: `${(100 * value.share).toFixed(1)} %`, exact: String(value.share) };
  const cents = exact.toNumber(value.amount) >= 0.01;
  return cents ? moneyCell(value.amount) : { shown: exact.toText(exact.round(value.amount, 8)), exact: exact.toText(value.amount) };
}
/** Figures by which spend is steered, as a table. */
export const kpiSection = (kpis: readonly Kpi[]): Section => ({
  title: 'Key figures',
  header: ['figure', 'value', 'currency', 'from'],
  rows: kpis.map((one) => [
    one.name,
    shownValue(one),
    one.value?.kind === 'money' ? one.value.currency : '',
    one.need === undefined ? one.basis : `unknown: it takes ${one.need}`,
  ]),
  right: [1],
});
