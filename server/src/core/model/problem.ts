import type { Span } from './span.js';

export type Severity = 'error' | 'warning' | 'information' | 'hint';
/** Something wrong with the input, at its place. The rest of the file is still answered. */
export interface Problem {
  readonly severity: Severity;
  /** Stable, for documentation and for silencing: `syntax`, `too-large`, `unknown-key`. */
  readonly code: string;
  readonly message: string;
  readonly uri: string;
  readonly span?: Span;
}
