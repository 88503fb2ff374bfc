import { type Decimal, exact, type WasteLedger, type WasteLine, type WasteMoney } from '../core/index.js';
import { type Cell, documentOf, type ReportFormat, type Section } from './sections.js';
import { grouped, shownMoney } from './spend.js';

type Three = Pick<WasteMoney, 'low' | 'likely' | 'high'>;
const text = (amount: Decimal): string => exact.toText(amount);

/** The answer of `mlcost spend waste --format json`: fields may be added, never renamed. */
export const wasteJson = ({ lines, totals, unpriced, unseen, gpuHours }: WasteLedger, span: { readonly from: string; readonly to: string }): object => ({
  version: 1,
  ...{ from: span.from, to: span.to },
  totals: Object.fromEntries(Object.entries(totals).map(([currency, money]) => [currency, threeTexts(money)])),
  gpuHours,
  unpriced,
  lines: lines.map(({ kind, what, owner, quantity, money, need, evidence, fix }) => ({
    kind,
    what,
    owner,
    quantity,
    cost: money ? { ...threeTexts(money), currency: money.currency, basis: money.basis } : null,
    ...(need === undefined ? {} : { need }),
    evidence,
    fix,
  })),
  unknown: unseen,
});
const threeTexts = ({ low, likely, high }: Three): object => ({ low: text(low), likely: text(likely), high: text(high) });

/** Money with its range, where a price list gave it: `52.00 (41.00–68.00)`. */
function rangeOf({ low, likely, high }: Three): Cell {
  const range = exact.compare(low, high) === 0 ? '' : ` (${shownMoney(low)}–${shownMoney(high)})`;
  return { shown: `${shownMoney(likely)}${range}`, exact: text(likely) };
}
function quantityOf({ value, unit }: WasteLine['quantity']): Cell {
  if (value === 0) return 'not told';
  const amount = unit === 'input tokens' ? `${Math.round(value)}` : value.toFixed(value < 10 ? 2 : 1);
  return { shown: `${grouped(amount)} ${unit}`, exact: amount };
}
const ownerText = (owner: WasteLine['owner']): string => owner.team ?? owner.project ?? owner.feature ?? Object.values(owner)[0] ?? '';

/** Waste as a table: what, how much, what it cost, what shows it, what would save it. */
export function wasteSection({ lines, totals, unpriced, unseen }: WasteLedger): Section {
  return {
    title: 'Waste',
    header: ['kind', 'what', 'whose', 'how much', 'cost', 'currency', 'what shows it', 'what would save it'],
    rows: lines.map((line) => [
      line.kind,
      shortened(line.what),
      ownerText(line.owner),
      quantityOf(line.quantity),
      line.money ? rangeOf(line.money) : { shown: 'unknown', exact: '' },
      line.money?.currency ?? '',
      line.money ? line.evidence : `${line.evidence}. Unknown: ${line.need ?? ''}`,
      line.fix,
    ]),
    totals: Object.entries(totals).map(([currency, money]) => ['total', '', '', '', rangeOf(money), currency, '', '']),
    right: [3, 4],
    notes: [
      ...(unpriced > 0
        ? [`${unpriced} ${unpriced === 1 ? 'line has' : 'lines have'} no known price: the total is without ${unpriced === 1 ? 'it' : 'them'}.`]
        : []),
      ...unseen.map(({ kind, need }) => `${kind}: not known. It takes ${need}.`),
    ],
  };
}
const shortened = (name: string): string => (name.length > 60 ? `${name.slice(0, 59)}…` : name);

export function wasteText(ledger: WasteLedger, span: { readonly from: string; readonly to: string }, format: string): string {
  if (format === 'json') return `${JSON.stringify(wasteJson(ledger, span), null, 1)}\n`;
  const section = { ...wasteSection(ledger), title: `Waste from ${span.from} to ${span.to}` };
  if (format !== 'table') return documentOf(section.title, [section], format as ReportFormat);
  // in a terminal a line of its own for each: what shows it, and what would save it
  const { rows, totals = [] } = section;
  const narrow: Section = {
    ...section,
    header: section.header.slice(0, 6),
    rows: rows.map((row) => row.slice(0, 6)),
    totals: totals.map((row) => row.slice(0, 6)),
    notes: [],
  };
  const details = ledger.lines.map(
    ({ kind, what, evidence, money, need, fix }) =>
      `${kind}, ${shortened(what)}\n  ${evidence}${money ? `; ${money.basis}` : `\n  unknown: ${need ?? ''}`}\n  fix: ${fix}\n`,
  );
  const notes = section.notes ?? [];
  return [
    `${section.title}\n`,
    ledger.lines.length === 0 ? 'None was found in what is known.\n' : documentOf(section.title, [narrow], 'table'),
    ...(details.length > 0 ? [details.join('')] : []),
    ...(notes.length > 0 ? [`${notes.join('\n')}\n`] : []),
  ].join('\n');
}
