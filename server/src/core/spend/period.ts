// Days are texts, `2026-11-01`: they sort, and no clock is in them.

/** First and last day, both counted. */
export interface Span {
  readonly from: string;
  readonly to: string;
}
/** When a budget begins anew. */
export type Period =
  | { readonly kind: 'day' | 'week' | 'month' | 'quarter' | 'year' }
  /** Spans of a number of days, one behind the other, before the first as well. */
  | { readonly kind: 'sprint'; readonly start: string; readonly days: number }
  | ({ readonly kind: 'fixed' } & Span);

const msADay = 86_400_000;
const ms = (day: string): number => Date.parse(`${day}T00:00:00Z`);
const text = (time: number): string => new Date(time).toISOString().slice(0, 10);
/** Whether a text is a day that exists. */
export const isDay = (written: string): boolean => /^\d{4}-\d\d-\d\d$/.test(written) && new Date(`${written}T00:00:00Z`).toJSON()?.slice(0, 10) === written;
/** The day, in UTC, of a time.
 * @param seconds since the epoch */
export const dayOfSeconds = (seconds: number): string => text(seconds * 1000);
export const plusDays = (day: string, days: number): string => text(ms(day) + days * msADay);
/** Days from one to the other, both counted. */
export const daysIn = ({ from, to }: Span): number => Math.round((ms(to) - ms(from)) / msADay) + 1;
/** A day, or the last one of a span that it is behind. */
export const within = (day: string, { to }: Span): string => [day, to].sort()[0] as string;
export const laterOf = (...days: readonly [string, ...string[]]): string => [...days].sort().at(-1) ?? days[0];
/** 0 for Sunday to 6. */
export const weekdayOf = (day: string): number => new Date(ms(day)).getUTCDay();
export function* eachDay({ from, to }: Span): Iterable<string> {
  for (let day = from; day <= to; day = plusDays(day, 1)) yield day;
}

const clocks = new Map<string, Intl.DateTimeFormat>();
/** The day that it is somewhere.
 * @param now milliseconds since the epoch
 * @param zone of IANA, `Europe/Berlin`; UTC if it is not said
 * @errors RangeError for a zone that does not exist */
export function dayIn(now: number, zone = 'UTC'): string {
  let format = clocks.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' });
    clocks.set(zone, format);
  }
  const parts = format.formatToParts(new Date(now));
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? '';
  return `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`;
}
export function isZone(zone: string): boolean {
  try {
    dayIn(0, zone);
    return true;
  } catch {
    return false;
  }
}

/** The span of a period that a day is in. A fixed one is the same for every day. */
export function spanOf(period: Period, day: string): Span {
  const [year = 0, month = 0] = day.split('-').map(Number);
  const months = (first: number, count: number): Span => ({ from: text(Date.UTC(year, first - 1, 1)), to: text(Date.UTC(year, first - 1 + count, 0)) });
  switch (period.kind) {
    case 'day':
      return { from: day, to: day };
    case 'week': {
      const from = plusDays(day, -((weekdayOf(day) + 6) % 7));
      return { from, to: plusDays(from, 6) };
    }
    case 'month':
      return months(month, 1);
    case 'quarter':
      return months(3 * Math.floor((month - 1) / 3) + 1, 3);
    case 'year':
      return months(1, 12);
    case 'sprint': {
      const number = Math.floor((ms(day) - ms(period.start)) / msADay / period.days);
      const from = plusDays(period.start, number * period.days);
      return { from, to: plusDays(from, period.days - 1) };
    }
    case 'fixed':
      return { from: period.from, to: period.to };
  }
}
/** The span before; a fixed one has none. */
export const spanBefore = (period: Period, span: Span): Span | undefined => (period.kind === 'fixed' ? undefined : spanOf(period, plusDays(span.from, -1)));
