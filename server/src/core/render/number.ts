import type { Interval, Unit } from '../model/estimate.js';
import { durationText } from '../text/duration.js';
import { type Digits, english } from '../text/english.js';

/** How numbers print: two or three significant digits, K and M for large ones, never more precision than the estimate has. */
export interface NumberStyle {
  readonly locale: string;
}
export const plain: NumberStyle = { locale: 'en-US' };

/** Locales that write a number as American English does. */
const isEnglish = /^en(?:-(?:US|GB|CA|AU|NZ))?$/;
const formats = new Map<string, Intl.NumberFormat>();
function written(value: number, digits: Digits, { locale }: NumberStyle): string {
  if (isEnglish.test(locale)) return english(value, digits);
  const key = `${locale}/${JSON.stringify(digits)}`;
  let found = formats.get(key);
  if (!found) {
    const options =
      'significant' in digits ? { maximumSignificantDigits: digits.significant } : { minimumFractionDigits: digits.least, maximumFractionDigits: digits.most };
    found = new Intl.NumberFormat(locale, options);
    formats.set(key, found);
  }
  return found.format(value);
}
const format = (value: number, significant: number, style: NumberStyle): string => (Number.isFinite(value) ? written(value, { significant }, style) : '?');
const whole = (value: number, style: NumberStyle): string => (Number.isFinite(value) ? written(value, { least: 0, most: 0 }, style) : '?');

/** A number with `digits` significant digits; from a million on in M, B and T, thousands in full. */
export function shortNumber(value: number, style: NumberStyle = plain, digits = value >= 100 ? 3 : 2): string {
  const size = Math.abs(value);
  if (size === Number.POSITIVE_INFINITY) return '?';
  for (const [from, unit] of [
    [1e12, 'T'],
    [1e9, 'B'],
    [1e6, 'M'],
  ] as const) {
    // 999,999,999 rounds up to a thousand millions: it is a billion then
    if (size >= from * 0.9995) return `${format(value / from, digits, style)}${unit}`;
  }
  return format(value, size >= 1000 ? Math.max(digits, 2) : digits, style);
}

/** A number of things, as it is: 1,024 devices are not 1,020. From a million on, and for shares of things, as any number. */
export function count(value: number, style: NumberStyle = plain): string {
  return Number.isInteger(value) && Math.abs(value) < 1e6 ? format(value, 6, style) : shortNumber(value, style);
}

/** Dollars: two significant digits, cents as cents are written, never `$0.00` for something that costs.
 * @unit USD */
export function money(usd: number, style: NumberStyle = plain): string {
  if (!Number.isFinite(usd)) return '$?';
  const sign = usd < 0 ? '−' : '';
  const value = Math.abs(usd);
  if (value === 0) return '$0';
  if (value < 0.000_000_1) return `${sign}<$0.0000001`;
  if (value < 0.095) return `${sign}$${format(value, 2, style)}`;
  if (value < 9.95) {
    const rounded = Number(value.toPrecision(2));
    return `${sign}$${Number.isInteger(rounded) ? format(rounded, 2, style) : written(rounded, { least: 2, most: 2 }, style)}`;
  }
  if (value < 1000) return `${sign}$${format(value, value < 100 ? 2 : 3, style)}`;
  return `${sign}$${shortNumber(value, style, value < 1e6 ? 2 : 3)}`;
}

const suffix: Partial<Readonly<Record<Unit, string>>> = {
  'usd/month': '/mo',
  'usd/hour': '/h',
  'usd/1M tokens': '/1M tok',
  'usd/1k requests': '/1k requests',
  'usd/call': ' a call',
};
const words: Partial<Readonly<Record<Unit, string>>> = { tokens: 'tok', 'tokens/s': 'tok/s', 'tokens/s/GPU': 'tok/s/GPU', params: 'parameters' };

/** A value with its unit; units always. */
export function withUnit(value: number, unit: Unit, style: NumberStyle = plain): string {
  if (unit === 'usd') return money(value, style);
  const money_ = suffix[unit];
  if (money_ !== undefined) return `${money(value, style)}${money_}`;
  if (unit === 'share') return `${format(value * 100, value >= 1 ? 3 : 2, style)} %`;
  if (unit === 'h') return duration(value, style);
  if (unit === 'ms' || (unit === 's' && value >= 120)) return time(unit === 'ms' ? value / 1000 : value, style);
  if (unit === 'GiB' && value >= 10) return `${whole(value, style)} GiB`;
  if (unit === 'count') return count(value, style);
  if (unit === 'steps') return `${count(value, style)} steps`;
  const name = words[unit] ?? unit;
  return `${shortNumber(value, style)} ${name}`;
}

const time = (seconds: number, style: NumberStyle): string => durationText(seconds, (number, digits) => format(number, digits, style));

/** Hours as a person says them: `40 min`, `6.2 h`, `4.5 days`. */
export const duration = (hours: number, style: NumberStyle = plain): string => time(hours * 3600, style);

/** Ends of an interval without the unit, for brackets behind the likely value: `17–27`. Empty if both ends print alike. */
export function ends({ low, high }: Interval, unit: Unit, style: NumberStyle = plain): string {
  const bare = (value: number): string => {
    if (unit.startsWith('usd')) return money(value, style).replace('$', '');
    if (unit === 'share') return format(value * 100, value >= 1 ? 3 : 2, style);
    if (unit === 'GiB' && value >= 10) return whole(value, style);
    if (unit === 'count' || unit === 'steps') return count(value, style);
    return shortNumber(value, style);
  };
  const [from, to] = [bare(low), bare(high)];
  if (from === to) return '';
  // Ends that print in different sizes (40 min, 2 h) need their units.
  if (unit === 'h' || (unit === 's' && high >= 120) || (unit === 'ms' && high >= 999.5)) {
    const [least, most] = [withUnit(low, unit, style), withUnit(high, unit, style)];
    return unit === 'ms' && least.replace(/^.* /, '') === most.replace(/^.* /, '')
      ? `${least.replace(/ \S+$/, '')}–${most.replace(/ \S+$/, '')}`
      : `${least}–${most}`;
  }
  return `${from}–${to}`;
}

/** `$52 (41–68)`. */
export function interval(estimate: Interval & { readonly unit: Unit }, style: NumberStyle = plain, withEnds = true): string {
  const middle = withUnit(estimate.likely, estimate.unit, style);
  const range = withEnds ? ends(estimate, estimate.unit, style) : '';
  return range === '' ? middle : `${middle} (${range})`;
}
