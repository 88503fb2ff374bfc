import { plusDays, type Span } from '../period.js';
import { type CommonSettings, usualLateDays } from './settings.js';

/** What the ledger keeps of a source: which days it told, and up to where they are final. */
export interface SourceState {
  readonly kind: string;
  /** Hash of the settings that decide what it tells. Others: everything is read again. */
  readonly settings: string;
  /** Last day that is not read again; null for none. */
  readonly settled: string | null;
  /** Hash of what each day said. */
  readonly days: Readonly<Record<string, string>>;
  /** Files of its use, by month. */
  readonly usage: Readonly<Record<string, string>>;
}

/** Spans to read, one after the other, so that one that fails keeps what came before it.
 * @param today day in UTC
 * @param again first day to read, whatever is known */
export function spansToRead(
  settings: CommonSettings,
  state: SourceState | undefined,
  fingerprint: string,
  today: string,
  daysAtOnce: number,
  again?: string,
): Span[] {
  const known = state !== undefined && state.settings === fingerprint ? state.settled : null;
  const first = settings.from ?? firstOfLastMonth(today);
  const oldest = Object.keys(state?.days ?? {}).sort()[0];
  const isEarlier = settings.from !== undefined && oldest !== undefined && settings.from < oldest;
  const begun = known === null || isEarlier ? first : plusDays(known, 1);
  let from = again ?? (settings.from !== undefined && settings.from > begun ? settings.from : begun);
  const spans: Span[] = [];
  while (from <= today) {
    const last = plusDays(from, daysAtOnce - 1);
    spans.push({ from, to: last < today ? last : today });
    from = plusDays(last, 1);
  }
  return spans;
}
/** The last day of a span that is final, when it has been read. */
export function settledAfter(settings: CommonSettings, before: string | null, span: Span, today: string): string | null {
  const final = plusDays(today, -1 - (settings.late_days ?? usualLateDays));
  const reached = span.to < final ? span.to : final;
  return reached < span.from ? before : before !== null && before > reached ? before : reached;
}
const firstOfLastMonth = (today: string): string => `${plusDays(`${today.slice(0, 7)}-01`, -1).slice(0, 7)}-01`;
/** What decides the answers of a source, as a text: how often it is read, where it stands in the file and where its secret lies do not. */
export function settingsText(settings: CommonSettings): string {
  const silent = ['from', 'late_days', 'refresh_hours', 'token_env', 'password_env', 'span'];
  return JSON.stringify(
    Object.entries(settings)
      .filter(([key]) => !silent.includes(key))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
