import { csvLine, exact, perOwner, type Statement } from '../core/index.js';
import { documentOf, markdownSection, plainSection, type Section } from './sections.js';
import { shownMoney } from './spend.js';

/** The answer of `mlcost spend statement --format json`. */
export const statementJson = (statement: Statement): object => ({
  version: 1,
  currency: statement.currency,
  from: statement.from,
  to: statement.to,
  rows: perOwner(statement).map(({ owner, own, shared, cost }) => ({
    [statement.by]: owner,
    own: exact.toText(own),
    shared: exact.toText(shared),
    cost: exact.toText(cost),
  })),
  lines: statement.lines.map(({ owner, rule, cost }) => ({ [statement.by]: owner, rule: rule ?? null, cost: exact.toText(cost) })),
  untagged: exact.toText(statement.untagged),
  undivided: statement.undivided.map(({ rule, cost, days }) => ({ rule, cost: exact.toText(cost), days })),
  total: exact.toText(statement.total),
});

/** Whose the money is, with the rule that made each line. */
export function statementText(statement: Statement, format: string): string {
  if (format === 'json') return `${JSON.stringify(statementJson(statement), null, 1)}\n`;
  if (format === 'csv')
    return (
      csvLine([statement.by, 'rule', 'cost', 'currency']) +
      statement.lines.map(({ owner, rule, cost }) => csvLine([owner ?? '', rule ?? '', exact.toText(cost), statement.currency])).join('')
    );
  if (format === 'focus') return focusText(statement);
  const section: Section = {
    title: `Spend by ${statement.by}`,
    header: [statement.by, 'by rule', `cost, ${statement.currency}`],
    rows: [
      ...statement.lines.map(({ owner, rule, cost }) => [owner ?? `(no ${statement.by})`, rule ?? 'its own', shownMoney(cost)]),
      ['total', '', shownMoney(statement.total)],
    ],
    right: [2],
    notes: statement.undivided.map(({ rule, cost, days }) => `${rule}: ${shownMoney(cost)} on ${days} days has no measured use and is nobody's`),
  };
  if (format === 'markdown') return markdownSection(section);
  return format === 'html' ? documentOf(section.title, [section], 'html') : plainSection(section);
}
/** For other tools: charges in FOCUS columns, one a line of the statement. */
function focusText({ by, currency, lines, from, to }: Statement): string {
  const end = to === null ? '' : new Date(Date.parse(`${to}T00:00:00Z`) + 86_400_000).toISOString().replace('.000', '');
  const header = [
    'BilledCost',
    'EffectiveCost',
    'BillingCurrency',
    'ChargeCategory',
    'ChargePeriodStart',
    'ChargePeriodEnd',
    'ChargeDescription',
    'Tags',
    'x_AllocationRule',
  ];
  const rows = lines.map(({ owner, rule, cost }) =>
    csvLine([
      exact.toText(cost),
      exact.toText(cost),
      currency,
      'Usage',
      from === null ? '' : `${from}T00:00:00Z`,
      end,
      rule === undefined ? `Spend of ${owner ?? `no ${by}`}` : `Share of ${owner ?? 'nobody'} by rule ${rule}`,
      owner === null ? '{}' : JSON.stringify({ [by]: owner }),
      rule ?? '',
    ]),
  );
  return csvLine(header) + rows.join('');
}
