import { grouped } from '../grouped.js';
import { eachDay, type Span } from '../period.js';
import { sha256 } from '../sha256.js';
import { chargeCells, summed } from './charges.js';
import { type SourceState, settingsText, settledAfter } from './plan.js';
import type { CommonSettings } from './settings.js';
import type { Charge, SourceAnswer } from './source.js';
import { type UsageRow, usageText } from './usage.js';

/** What became of some days of a source. */
export interface Told {
  /** Days that say something else than before. */
  readonly changed: readonly string[];
  readonly charges: number;
  /** Of the changed days, by currency. */
  readonly billed: Readonly<Record<string, string>>;
  readonly replaced: Readonly<Record<string, string>>;
}
/** What an answer changes of what a source had said. */
export interface SourceChange {
  readonly before: SourceState;
  readonly after: SourceState;
  readonly changed: readonly string[];
  /** The settings are another question: what was said of days before these goes. */
  readonly isAnew: boolean;
  /** What goes out. */
  readonly isGone: (day: string) => boolean;
  /** Of the changed days. */
  readonly charges: readonly Charge[];
  readonly usage: readonly UsageRow[];
}

/** Hash of the settings that decide what a source tells. */
export const fingerprintOf = (settings: CommonSettings): string => sha256(settingsText(settings)).slice(0, 16);

/** Holds an answer against what a source said before: days that say the same are left as they are.
 * @param known undefined: it has told nothing
 * @param today day in UTC */
export function changeOf(settings: CommonSettings, known: SourceState | undefined, span: Span, answer: SourceAnswer, today: string): SourceChange {
  const fingerprint = fingerprintOf(settings);
  const before: SourceState = known ?? { kind: settings.kind, settings: fingerprint, settled: null, days: {}, usage: {} };
  const isAnew = before.settings !== fingerprint;
  const { tags = {} } = settings;
  const byDay = grouped(summed(answer.charges, settings), ({ day }) => day);
  const used = grouped(
    answer.usage.map((row) => ({ ...row, values: { ...tags, ...row.values } })),
    ({ day }) => day,
  );
  const unknown = new Set(answer.forgotten);
  const days: Record<string, string> = Object.fromEntries(Object.entries(before.days).filter(([day]) => !isAnew || day >= span.from));
  const changed: string[] = [];
  for (const day of eachDay(span)) {
    if (unknown.has(day)) continue;
    const said = [...(byDay.get(day) ?? []).map((one) => JSON.stringify(chargeCells(one, settings.name))), usageText(used.get(day) ?? [])].join('\n');
    const digest = sha256(said).slice(0, 16);
    if (days[day] === digest) continue;
    if (said !== '' || days[day] !== undefined) changed.push(day);
    days[day] = digest;
  }
  const goes = new Set(changed);
  return {
    before,
    after: { ...before, kind: settings.kind, settings: fingerprint, settled: settledAfter(settings, isAnew ? null : before.settled, span, today), days },
    changed,
    isAnew,
    isGone: (day) => goes.has(day) || (isAnew && day < span.from),
    charges: changed.flatMap((day) => byDay.get(day) ?? []),
    usage: changed.flatMap((day) => used.get(day) ?? []),
  };
}
