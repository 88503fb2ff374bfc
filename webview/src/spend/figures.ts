/** How the page writes what it reads off a drawing. Texts that stand for themselves come from the server. */
export interface Figures {
  /** `$83,000`, as short as it can be told apart. */
  readonly money: (value: number) => string;
  /** For an axis: `$20K`. */
  readonly short: (value: number) => string;
  /** `Oct 24`. */
  readonly day: (day: string) => string;
  /** `Oct 2026`. */
  readonly month: (day: string) => string;
}
const made = new Map<string, Figures>();
export function figuresOf(locale: string, currency: string): Figures {
  const key = `${locale} ${currency}`;
  let found = made.get(key);
  if (!found) {
    found = make(locale, currency);
    made.set(key, found);
  }
  return found;
}
function make(locale: string, currency: string): Figures {
  // a bill may name no currency, or none that is known
  const base: Intl.NumberFormatOptions = /^[A-Z]{3}$/.test(currency) ? { style: 'currency', currency, currencyDisplay: 'narrowSymbol' } : {};
  const cents = new Intl.NumberFormat(locale, { ...base, minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const whole = new Intl.NumberFormat(locale, { ...base, maximumFractionDigits: 0 });
  const compact = new Intl.NumberFormat(locale, { ...base, notation: 'compact', maximumSignificantDigits: 3 });
  const day = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', month: 'short', day: 'numeric' });
  const month = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', month: 'short', year: 'numeric' });
  const date = (text: string): Date => new Date(`${text}T00:00:00Z`);
  return {
    money: (value) => (Math.abs(value) >= 1000 ? whole : cents).format(value).replace(/^-/, '−'),
    short: (value) => (value === 0 ? '0' : compact.format(value).replace(/^-/, '−')),
    day: (text) => day.format(date(text)),
    month: (text) => month.format(date(text)),
  };
}

/** A day some days after another one. */
export const dayAfter = (from: string, days: number): string => new Date(Date.parse(`${from}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
export const daysBetween = (from: string, to: string): number => Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);
