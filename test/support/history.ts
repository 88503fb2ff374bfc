import type { HistoryResult, HistoryRunResult, HistoryStepResult } from '../../server/src/protocol/history.js';

export const day = (text: string): number => Date.parse(`${text}T12:00:00Z`);
/** A commit that changed an estimate. @param likely absent: nothing is known there */
export function step(date: string, likely: number | undefined, change: Partial<HistoryStepResult> = {}): HistoryStepResult {
  return {
    oid: date.replaceAll(/\D/g, '').padEnd(40, 'a'),
    at: day(date),
    day: date,
    author: 'Ana',
    subject: `what was done on ${date}`,
    ...(likely === undefined ? {} : { value: { low: likely * 0.7, likely, high: likely * 1.4 } }),
    text: likely === undefined ? 'unknown' : `$${likely} ($${Math.round(likely * 0.7)} to $${Math.round(likely * 1.4)})`,
    change: '+31 %',
    because: 'batch size 8 → 4: +31 %',
    ...change,
  };
}
/** What nobody has committed. */
export function uncommitted(likely: number): HistoryStepResult {
  const { at: _at, ...now } = step('now', likely, { oid: '', author: '', subject: 'not committed' });
  return now;
}
export const run = (date: string, usd: number | undefined, change: Partial<HistoryRunResult> = {}): HistoryRunResult => ({
  id: `run-${date}`,
  at: day(date),
  day: date,
  commit: '',
  text: '8×H100 · 3.1 h',
  ...(usd === undefined ? {} : { usd }),
  usdText: usd === undefined ? '' : `$${usd}`,
  ...change,
});
export const historyOf = (steps: readonly HistoryStepResult[], runs: readonly HistoryRunResult[] = [], change: Partial<HistoryResult> = {}): HistoryResult => ({
  title: 'Fine-tune Llama-3.1-8B',
  locale: 'en-US',
  quantity: 'Cost of a run',
  unit: 'usd',
  commits: 210,
  read: 3,
  isShallow: false,
  steps,
  runs,
  until: day('2026-10-20'),
  ...change,
});
