import {
  type DaySpan,
  daysIn,
  fingerprintOf,
  plusDays,
  type SourceAnswer,
  SourceError,
  type SourceHealth,
  type SourcePort,
  type SourceSettings,
  type SourceState,
  sourceKindOf,
  spansToRead,
  type Told,
} from '../core/index.js';

/** Where a source is read from, and where what it tells is kept. */
export interface PullPlace {
  /** @unit ms */
  readonly now: number;
  /** How it was the last time. */
  readonly before: SourceHealth | undefined;
  /** What it has told. */
  readonly state: () => Promise<SourceState | undefined>;
  /** Keeps what it says of some days, as a whole or not at all. */
  readonly tell: (span: DaySpan, answer: SourceAnswer, today: string) => Promise<Told>;
  /** @errors SourceError */
  readonly port: () => SourcePort;
  /** First day to read, whatever is known. */
  readonly again?: string;
  readonly onDays?: (name: string, from: string, to: string) => void;
}
export interface Pulled {
  readonly name: string;
  readonly kind: string;
  readonly told: readonly Told[];
  readonly health: SourceHealth;
}

/** Answers of servers that would have to hold too much at once: they are asked for fewer days. */
const tooMuch = new Set<number | undefined>([413, 422]);
function halves({ from, to }: DaySpan): DaySpan[] {
  const middle = plusDays(from, Math.floor(daysIn({ from, to }) / 2) - 1);
  return [
    { from, to: middle },
    { from: plusDays(middle, 1), to },
  ];
}
/** Reads a source, the same way in every host. A failure is part of its health. */
export async function pullSource(settings: SourceSettings, place: PullPlace): Promise<Pulled> {
  const kind = sourceKindOf(settings);
  const { now, before } = place;
  const tried = new Date(now).toISOString();
  const today = tried.slice(0, 10);
  const told: Told[] = [];
  const notes = new Set<string>();
  let through = before?.through;
  const base = { name: settings.name, kind: settings.kind, told };
  try {
    const source = place.port();
    const spans = spansToRead(settings, await place.state(), fingerprintOf(settings), today, kind.daysAtOnce, place.again);
    for (let span = spans.shift(); span; span = spans.shift()) {
      place.onDays?.(settings.name, span.from, span.to);
      const isOneDay = span.from === span.to;
      const answer = await kind.read(settings, span, source, now).catch((error: unknown) => {
        if (error instanceof SourceError && tooMuch.has(error.status) && !isOneDay) return undefined;
        throw error;
      });
      if (!answer) {
        spans.unshift(...halves(span));
        continue;
      }
      for (const note of answer.notes) notes.add(note);
      told.push(await place.tell(span, answer, today));
      const last = [...answer.charges, ...answer.usage].reduce((latest, { day }) => (day > latest ? day : latest), '');
      if (last !== '' && (through === undefined || last > through)) through = last;
    }
    return { ...base, health: { tried, read: tried, ...(through === undefined ? {} : { through }), notes: [...notes].slice(0, 50) } };
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    const { read } = before ?? {};
    return {
      ...base,
      health: {
        tried,
        ...(read === undefined ? {} : { read }),
        ...(through === undefined ? {} : { through }),
        error: { message: error.message, todo: error.todo },
        notes: [...notes].slice(0, 50),
      },
    };
  }
}
