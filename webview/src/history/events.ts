import type { HistoryResult, HistoryRunResult, HistoryStepResult } from '../../../server/src/protocol/history.js';

/** A change of the estimate, or a measured run, with its place along the axis. */
export type Event = { readonly key: string; readonly at: number } & (
  | { readonly kind: 'step'; readonly step: HistoryStepResult }
  | { readonly kind: 'run'; readonly run: HistoryRunResult & { readonly usd: number } }
);
/** Events in the order in which one walks over them, and where the last one ends. */
export interface Line {
  readonly events: readonly Event[];
  readonly from: number;
  readonly to: number;
}
/** A step has no width where nothing is behind it: this share of the whole is left for the last. */
const tail = 0.04;

export const keyOf = ({ oid }: HistoryStepResult): string => oid || 'now';

/** @param along where events stand in time, or one beside the other */
export function lineOf({ steps, runs, until }: HistoryResult, along: 'time' | 'steps'): Line {
  const drawn = runs.flatMap((run) => (run.usd === undefined || run.at === undefined ? [] : [{ ...run, usd: run.usd, at: run.at }]));
  const times = [until, ...steps.flatMap(({ at }) => at ?? []), ...drawn.map(({ at }) => at)];
  const [first, last] = [Math.min(...times), Math.max(...times)];
  // What is not committed is younger than all of it.
  const now = last + Math.max(1, (last - first) * tail);
  const timed: Event[] = [
    ...steps.map((step) => ({ kind: 'step' as const, key: keyOf(step), at: step.at ?? now, step })),
    ...drawn.map((run) => ({ kind: 'run' as const, key: `run ${run.id}`, at: run.at, run })),
  ];
  // A merge's commits are not always in the order of their clocks: the steps stay in theirs.
  let reached = Number.NEGATIVE_INFINITY;
  for (const [at, event] of timed.entries()) {
    if (event.kind !== 'step') continue;
    reached = Math.max(reached, event.at);
    timed[at] = { ...event, at: reached };
  }
  const events = timed.sort((a, b) => a.at - b.at);
  if (along === 'steps') return { events: events.map((event, at) => ({ ...event, at })), from: 0, to: Math.max(1, events.length - 0.4) };
  return { events, from: first, to: now + (now - last) };
}

/** Pieces of the estimate between two changes; nothing where it is unknown. */
export function pieces({ events, to }: Line): { readonly step: HistoryStepResult; readonly from: number; readonly to: number }[] {
  const steps = events.flatMap((event) => (event.kind === 'step' ? [event] : []));
  return steps.map(({ step, at }, index) => ({ step, from: at, to: steps[index + 1]?.at ?? to }));
}

/** What is read at an event. */
export function textOf(event: Event): string {
  if (event.kind === 'run') return [event.run.day, 'measured', event.run.text, `${event.run.usdText} at the price of the estimate`].filter(Boolean).join(' · ');
  const { oid, day, author, subject, text, change, because } = event.step;
  return [day, [oid.slice(0, 9), author].filter(Boolean).join(' '), subject, [text, change].filter(Boolean).join(', '), because].filter(Boolean).join(' · ');
}
