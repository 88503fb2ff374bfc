import type { Change, Span } from '../core/index.js';
import type { Engine, Estimated, FileReport } from '../host/engine.js';
import type { Documents } from './documents.js';
import { shifted } from './to-lsp.js';

/** A workload as it is shown: its estimate, and where it stands now. */
export interface ShownWorkload extends Estimated {
  readonly span: Span;
}
export interface Answer {
  readonly uri: string;
  readonly workloads: readonly ShownWorkload[];
  readonly problems: FileReport['problems'];
  /** Compares answers: equal if nothing that they depend on changed. */
  readonly stamp: string;
}

interface Held {
  stamp?: string;
  pending?: Promise<Answer>;
  answer?: Answer;
  /** The last answer of a text that parsed, with spans moved along with every edit since. */
  sound?: ShownWorkload[];
}

/** Reports by document: one computation a version, and the last good answer while a text is broken or a computation fails. */
export class Reports {
  private readonly engine: Engine;
  private readonly documents: () => Documents;
  private readonly held = new Map<string, Held>();
  private readonly log: (message: string) => void;
  /** Counts changes of what all reports depend on: settings, prices, other files. */
  private epoch = 0;
  constructor(engine: Engine, documents: () => Documents, log: (message: string) => void) {
    this.engine = engine;
    this.documents = documents;
    this.log = log;
  }
  /** The answer for the text as it stands. Never rejects. */
  get(uri: string): Promise<Answer> {
    const held = this.of(uri);
    const stamp = this.stamp(uri);
    if (held.pending && held.stamp === stamp) return held.pending;
    held.stamp = stamp;
    held.pending = this.compute(uri, stamp, held);
    return held.pending;
  }
  /** The answer if it is there already. */
  ready(uri: string): Answer | undefined {
    const answer = this.held.get(uri)?.answer;
    return answer?.stamp === this.stamp(uri) ? answer : undefined;
  }
  /** The last answer, whatever changed since, at its present places. */
  last(uri: string): Answer | undefined {
    return this.held.get(uri)?.answer;
  }
  edited(uri: string, changes: readonly Change[]): void {
    const held = this.held.get(uri);
    if (!held) return;
    if (held.sound) held.sound = move(held.sound, changes);
    if (held.answer) held.answer = { ...held.answer, workloads: move(held.answer.workloads, changes) };
  }
  closed(uri: string): void {
    this.held.delete(uri);
  }
  /** Everything is to be computed anew. */
  invalidate(): void {
    this.epoch++;
  }
  all(): string[] {
    return [...this.held.keys()];
  }
  stamp(uri: string): string {
    return `${this.documents().versionOf(uri)}/${this.epoch}`;
  }

  private of(uri: string): Held {
    let held = this.held.get(uri);
    if (!held) {
      held = {};
      this.held.set(uri, held);
    }
    return held;
  }
  private async compute(uri: string, stamp: string, held: Held): Promise<Answer> {
    try {
      const report = await this.engine.report(uri);
      const found = report.workloads.map((one) => ({ ...one, span: one.workload.span }));
      if (held.stamp !== stamp) return held.pending ?? { uri, workloads: found, problems: report.problems, stamp };
      const { sound } = held;
      // Lines must not jump while a word is half typed: what was there stays until the text parses again.
      const keep = report.broken === true && sound !== undefined && sound.length > found.length;
      if (report.broken !== true) held.sound = found;
      const answer: Answer = { uri, workloads: keep ? sound : found, problems: report.problems, stamp };
      held.answer = answer;
      return answer;
    } catch (error) {
      this.log(`${uri}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      if (held.stamp === stamp) delete held.pending; // the next request tries again
      return held.answer ?? { uri, workloads: [], problems: [failure(uri, error)], stamp: `${stamp}/failed` };
    }
  }
}

const failure = (uri: string, error: unknown): FileReport['problems'][number] => ({
  severity: 'information',
  code: 'internal',
  message: `The cost of this file could not be worked out: ${error instanceof Error ? error.message : String(error)}. The output channel has more.`,
  uri,
});

const move = (workloads: readonly ShownWorkload[], changes: readonly Change[]): ShownWorkload[] =>
  workloads.flatMap((one) => {
    const span = shifted(one.span, changes);
    return span ? [{ ...one, span }] : [];
  });
