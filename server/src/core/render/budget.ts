import { type BudgetState, hasMoneyLeft } from '../spend/budget.js';
import { compare, type Decimal, ofNumber, toNumber } from '../spend/decimal.js';
import { money, type NumberStyle, plain } from './number.js';

/** An amount of money, short, in its own currency. */
export function amountText(amount: Decimal, currency: string, style: NumberStyle = plain): string {
  const value = toNumber(amount);
  return currency === 'USD'
    ? money(value, style)
    : new Intl.NumberFormat(style.locale, { style: 'currency', currency, maximumSignificantDigits: 3 }).format(value);
}
const bills = new Map<string, Intl.NumberFormat>();
/** An amount of a bill: whole units from a thousand on, cents below, so that lines can be compared. */
export function billText(amount: Decimal, currency: string, { locale }: NumberStyle = plain): string {
  const value = toNumber(amount);
  const digits = Math.abs(value) >= 1000 ? 0 : 2;
  const key = `${locale} ${currency} ${digits}`;
  let format = bills.get(key);
  if (!format) {
    const fraction = { minimumFractionDigits: digits, maximumFractionDigits: digits };
    // a bill may name no currency, or none that is known
    format = /^[A-Z]{3}$/.test(currency)
      ? new Intl.NumberFormat(locale, { style: 'currency', currency, currencyDisplay: 'narrowSymbol', ...fraction })
      : new Intl.NumberFormat(locale, fraction);
    bills.set(key, format);
  }
  return format.format(value).replace(/^-/, '−');
}
const percent = (part: Decimal, whole: Decimal): string => `${Math.round((100 * toNumber(part)) / toNumber(whole))} %`;

/** `ml-platform 63 % · forecast 104 %`; undefined where nothing is known of this period. */
export function spentText({ budget, allowed, spent, forecast }: BudgetState): string | undefined {
  if (!spent || compare(allowed, { digits: 0n, scale: 0 }) <= 0) return undefined;
  return [`${budget.name} ${percent(spent, allowed)}`, forecast && `forecast ${percent(forecast.likely, allowed)}`].filter(Boolean).join(' · ');
}
/** The same in full: for a tooltip. */
export function spentDetail(state: BudgetState, style: NumberStyle = plain): string {
  const { budget, allowed, spent, forecast, exhaustion, through, notes } = state;
  const text = (amount: Decimal): string => amountText(amount, budget.currency, style);
  return [
    spent ? `${budget.name}: ${text(spent)} of ${text(allowed)}` : `${budget.name}: ${text(allowed)}, spend unknown`,
    forecast && `forecast ${text(forecast.likely)} (${text(forecast.low)}–${text(forecast.high)})`,
    exhaustion === null ? undefined : `used up on ${exhaustion}`,
    spent && through !== null ? `data until ${through}` : undefined,
    ...notes,
  ]
    .filter(Boolean)
    .join(' · ');
}
const when: Readonly<Record<string, string>> = {
  day: 'today',
  week: 'this week',
  month: 'this month',
  quarter: 'this quarter',
  year: 'this year',
  sprint: 'this sprint',
  fixed: 'of its dates',
};

/** What a run would take of what is left: `$52 of $1,240 left this month · ml-platform`. Undefined where either is not known, or the budget is in another currency.
 * @param usd likely cost of the run */
export function takesText(usd: number, state: BudgetState, style: NumberStyle = plain): { readonly text: string; readonly blocked: boolean } | undefined {
  const { budget, remaining } = state;
  const cost = ofNumber(usd);
  if (!remaining || !cost || budget.currency !== 'USD') return undefined;
  const span = when[budget.period.kind] ?? '';
  if (!hasMoneyLeft(state)) return { text: `nothing left ${span} · ${budget.name}`, blocked: true };
  // all that is left is too much: what reaches a budget is over it
  const blocked = compare(cost, remaining) >= 0;
  return { text: `${money(usd, style)} of ${amountText(remaining, 'USD', style)} left ${span}${blocked ? ', too much' : ''} · ${budget.name}`, blocked };
}
