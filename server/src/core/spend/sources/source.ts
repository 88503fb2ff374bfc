import type { ZodType } from 'zod';
import type { Decimal } from '../decimal.js';
import type { DimensionName } from '../dimensions.js';
import type { Span } from '../period.js';
import type { CommonSettings } from './settings.js';
import type { UsageRow } from './usage.js';

/** Money of one day, as a source tells it. */
export interface Charge {
  /** `2026-11-01`, UTC. */
  readonly day: string;
  readonly billed: Decimal;
  readonly effective?: Decimal;
  readonly currency: string;
  readonly quantity?: Decimal;
  readonly unit?: string;
  readonly values: Readonly<Partial<Record<DimensionName, string>>>;
  /** ServiceCategory of FOCUS. */
  readonly serviceCategory?: string;
  /** What the bill calls it: a line item, a meter. */
  readonly usage?: string;
}
/** What a source says of some days. Charges and use of the same day with the same values add up. */
export interface SourceAnswer {
  readonly charges: readonly Charge[];
  readonly usage: readonly UsageRow[];
  /** What a person should know: warnings of the server, gaps, what is left out. */
  readonly notes: readonly string[];
  /** Days of which it has kept nothing: what it said of them earlier stands. */
  readonly forgotten?: readonly string[];
}

export interface HttpRequest {
  /** Below the address in the settings. */
  readonly path: string;
  readonly query?: readonly (readonly [name: string, value: string])[];
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** A whole address that an earlier answer named, instead of `path`: the same host, or it is refused. */
  readonly url?: string;
}
export interface SqlAnswer {
  /** Names and types, as the server calls them; PostgreSQL's types are numbers. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** Values as the server writes them. */
  readonly rows: readonly (readonly (string | null)[])[];
}
/** How a source reaches its server. Who gives it holds the secrets, and lets them reach the host of the settings only. */
export interface SourcePort {
  /** The JSON that a server answers; numbers that a double would change come as texts. Busy servers are asked again.
   * @errors SourceError */
  ask(request: HttpRequest): Promise<unknown>;
  /** Statements one after the other in one read-only transaction.
   * @errors SourceError */
  sql<T>(use: (run: (statement: string, parameters: readonly string[]) => Promise<SqlAnswer>) => Promise<T>): Promise<T>;
}

/** A kind of source: one file each. */
export interface SourceKind<S extends CommonSettings = CommonSettings> {
  readonly kind: S['kind'];
  /** Shown before anything else of it. */
  readonly title: string;
  /** Documents that its requests and answers follow. */
  readonly document: string;
  readonly settings: () => ZodType<S>;
  /** Days that are asked for at once. */
  readonly daysAtOnce: number;
  /** Where it is asked. */
  readonly address: (settings: S) => string;
  /** How its secret is carried, unless a user name says that it is a password. */
  readonly secret: 'bearer' | 'x-api-key';
  /** Environment variables that a secret for the provider's own host may stand in. */
  readonly ownEnvironment?: RegExp;
  /** What a web page has to say besides, so that the server answers it. */
  readonly pageHeaders?: Readonly<Record<string, string>>;
  /** What lets it read: said where the server refuses. */
  readonly needs: string;
  /** @param now milliseconds since the epoch
   * @errors SourceError */
  readonly read: (settings: S, days: Span, port: SourcePort, now: number) => Promise<SourceAnswer>;
}
/** A source that could not be read, and what a person can do about it. No secret is in it. */
export class SourceError extends Error {
  readonly todo: string;
  /** Of an HTTP answer; absent where none came. */
  readonly status: number | undefined;
  constructor(message: string, todo: string, status?: number) {
    super(message);
    this.todo = todo;
    this.status = status;
  }
}
