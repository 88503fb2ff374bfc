import { csvLine, type Decimal, exact, healthLine, type SourceStatus, type SpendReport } from '../core/index.js';
import { type Cell, documentOf, markdownSection, plainSection, type Section } from './sections.js';

const money = (amount: Decimal): string => exact.toText(amount);
/** To the cent, for people; finer where less than a cent was spent. */
export const shownMoney = (amount: Decimal): string => {
  const cents = exact.round(amount, 2);
  return exact.isZero(cents) && !exact.isZero(amount) ? money(exact.round(amount, 6)) : grouped(exact.toText(cents));
};
/** A number as people write it, its thousands apart: `1,196,006`. */
export const grouped = (number: string): string => number.replace(/^-?\d+/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ','));

/** Money in a table: to the cent for people, exact for machines. */
export const moneyCell = (amount: Decimal): Cell => ({ shown: shownMoney(amount), exact: money(amount) });

/** The answer of `mlcost spend report --format json`: fields may be added, never renamed. */
export function spendJson(report: SpendReport, sources: readonly SourceStatus[]): object {
  const { currency, rows, totals } = report;
  const [only] = Object.values(totals);
  const several = Object.keys(totals).length > 1;
  return {
    version: 1,
    currency,
    cost: report.cost,
    from: report.from,
    to: report.to,
    rows: rows.map((row) => ({
      ...row.values,
      ...(currency === null ? { currency: row.currency } : {}),
      cost: money(row.cost),
      charges: row.charges,
      ...(row.unknown > 0 ? { chargesWithoutCost: row.unknown } : {}),
    })),
    total: several ? null : money(only ?? exact.zero),
    totals: Object.fromEntries(Object.entries(totals).map(([name, amount]) => [name, money(amount)])),
    charges: report.charges,
    ...(report.unknown > 0 ? { chargesWithoutCost: report.unknown } : {}),
    ...(sources.length > 0 ? { sources: sources.map((one) => ({ name: one.name, condition: one.condition, health: healthLine(one) })) } : {}),
  };
}

function section(report: SpendReport, sources: readonly SourceStatus[]): Section {
  const whole = new Map(Object.entries(report.totals));
  const row = (values: readonly string[], cost: Decimal, currency: string): string[] => {
    const share = exact.divide(exact.multiply(cost, { digits: 100n, scale: 0 }), whole.get(currency) ?? exact.zero, 1);
    return [...values, shownMoney(cost), currency, share ? `${exact.toText(share, 1)} %` : '–'];
  };
  const kind = report.cost === 'billed' ? 'billed cost' : 'effective cost';
  return {
    title: `${report.from ?? ''} to ${report.to ?? ''}: ${kind}${report.by.length > 0 ? ` by ${report.by.join(', ')}` : ''}`,
    header: [...report.by, kind, 'currency', 'share'],
    rows: [
      ...(report.by.length > 0
        ? report.rows.map((one) =>
            row(
              report.by.map((key) => one.values[key] ?? `(no ${key})`),
              one.cost,
              one.currency,
            ),
          )
        : []),
      ...Object.entries(report.totals).map(([currency, cost]) =>
        row(
          report.by.map((_, at) => (at === 0 ? 'total' : '')),
          cost,
          currency,
        ),
      ),
    ],
    right: [report.by.length, report.by.length + 2],
    notes: [
      ...(report.unknown > 0 ? [`${report.unknown} of ${report.charges} charges do not tell their effective cost: they are not in these sums`] : []),
      ...sources.map((one) => `${one.name}: ${healthLine(one)}`),
    ],
  };
}

/** @param sources those of the settings: how old what they told is stands below the sums */
export function spendText(report: SpendReport, format: string, sources: readonly SourceStatus[] = []): string {
  if (format === 'json') return `${JSON.stringify(spendJson(report, sources), null, 1)}\n`;
  if (format === 'csv') {
    // exact amounts and empty cells: for machines
    const lines = report.rows.map((row) => csvLine([...report.by.map((key) => row.values[key] ?? ''), money(row.cost), row.currency]));
    return `${csvLine([...report.by, 'cost', 'currency'])}${lines.join('')}`;
  }
  const sections = report.charges === 0 ? [] : [section(report, sources)];
  if (format === 'html') return documentOf(sections.length === 0 ? 'No spend in these days' : 'Spend', sections, 'html');
  return sections.map(format === 'markdown' ? markdownSection : plainSection).join('') || 'No spend in these days.\n';
}
