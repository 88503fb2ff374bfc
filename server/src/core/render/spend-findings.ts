import { compare, type Decimal, sum, toNumber, toText } from '../spend/decimal.js';
import type { SpendPanel } from '../spend/panel.js';
import type { WasteLedger, WasteLine } from '../spend/waste/types.js';
import { amountText, billText } from './budget.js';
import type { NumberStyle } from './number.js';
import type { FindingLine, UnitLine, WasteView } from './spend-view.js';
import { dayText, dimensionWords, monthText } from './spend-words.js';

/** Days that stand out, with what made them so. */
export const anomalyLines = ({ anomalies, currency }: SpendPanel, style: NumberStyle): FindingLine[] =>
  anomalies.map(({ day, cost, expected, causes }) => {
    const more = cost - expected;
    const text = (value: number): string => billText({ digits: BigInt(Math.round(value * 100)), scale: 2 }, currency, style);
    return {
      id: day,
      title: dayText(day, style),
      amount: `${more < 0 ? '−' : '+'}${text(Math.abs(more))}`,
      detail: [
        `${text(cost)} where ${text(expected)} is usual`,
        causes
          .map(
            ({ key, value, share, kind }) =>
              `${dimensionWords[key] ?? key} ${value}${kind === 'new' || kind === 'gone' ? ` (${kind})` : ''}: ${share >= 0.95 ? 'all' : `${Math.round(100 * share)} %`} of it`,
          )
          .join(', ') || 'no one tag explains it',
      ].join('; '),
    };
  });

/** What brought nothing for its money; what is not known of is named, and not 0. */
export function wasteView(ledger: WasteLedger | undefined, { query: { team } }: Pick<SpendPanel, 'query'>, style: NumberStyle): WasteView {
  if (!ledger) return { total: 'unknown', lines: [], unseen: [] };
  const lines = ledger.lines.filter(({ owner }) => team === null || (owner.team ?? '') === team);
  const totals = new Map<string, Decimal[]>();
  for (const { money } of lines) if (money) totals.set(money.currency, [...(totals.get(money.currency) ?? []), money.likely]);
  const sums =
    team === null
      ? Object.entries(ledger.totals).map(([currency, { likely }]) => billText(likely, currency, style))
      : [...totals].map(([currency, all]) => billText(sum(all), currency, style));
  return {
    total: sums.join(' and ') || (lines.length > 0 ? 'price unknown' : 'none known'),
    lines: lines.map((line, at) => wasteLine(line, at, style)),
    unseen: ledger.unseen.map(({ kind, need }) => `${kind}: it takes ${need}`),
  };
}
function wasteLine({ kind, what, owner, money, need, evidence, fix }: WasteLine, at: number, style: NumberStyle): FindingLine {
  const whose = owner.team ?? owner.project ?? owner.feature;
  const text = (amount: Decimal): string => billText(amount, money?.currency ?? '', style);
  const range = money && compare(money.low, money.high) !== 0 ? `${text(money.low)}–${text(money.high)} by ${money.basis}` : money?.basis;
  return {
    id: `${kind} ${what} ${at}`,
    title: [`${kind}: ${what}`, whose].filter(Boolean).join(' · '),
    amount: money ? text(money.likely) : 'unknown',
    detail: [evidence, range, need === undefined ? undefined : `its money would be known with ${need}`].filter(Boolean).join('; '),
    fix,
  };
}

/** What one of something costs, and out of what that was told. */
export const unitLines = ({ units, currency }: SpendPanel, style: NumberStyle): UnitLine[] =>
  units.map(({ name, per, of, month, cost, count, price, days, until, need }) => ({
    id: [name, of?.value, month].filter((part) => part !== undefined).join(' '),
    what: [isOne(per) ? `one of ${name}` : `${toText(per, 0)} ${name}`, of && (of.value ?? `no ${dimensionWords[of.key] ?? of.key}`)]
      .filter(Boolean)
      .join(' · '),
    month: monthText(month, style),
    price: price ? amountText(price, currency, style) : 'unknown',
    detail: [
      [cost && billText(cost, currency, style), price && count && `for ${toNumber(count).toLocaleString(style.locale)}`].filter(Boolean).join(' '),
      !price || days === undefined ? '' : `${days} days counted`,
      !price || until === undefined ? '' : `money until ${until}`,
      need === undefined ? '' : `not known: ${need}`,
    ]
      .filter(Boolean)
      .join(', '),
  }));
const isOne = (value: Decimal): boolean => compare(value, { digits: 1n, scale: 0 }) === 0;
