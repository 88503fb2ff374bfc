import type { Fact, UnknownFact } from './fact.js';
import type { Span } from './span.js';

export type WorkloadKind = 'training' | 'serving' | 'batch-inference' | 'api-call' | 'resource';

/** One thing that costs money, with the facts that are in force after joining files. */
export interface Workload {
  /** Stable between runs: made of file, kind, and the order in the file. */
  readonly id: string;
  readonly kind: WorkloadKind;
  readonly framework: string;
  readonly title: string;
  /** Where its lens stands and how far it reaches. */
  readonly span: Span;
  readonly facts: readonly Fact[];
  readonly unknown: readonly UnknownFact[];
  /** Two candidates for one fact that conflict: the one in force is in `facts`, the others here. */
  readonly conflicts: readonly Fact[];
  /** True for a configuration that only says how another workload runs: it has no money of its own. */
  readonly fragment?: true;
  /** Id of the workload that counts this one's money (a script and the line that launches it): never add both. */
  readonly countedIn?: string;
  /** How many commands of the workspace run it, where more than one does: each counts its own money. */
  readonly runs?: number;
  /** URI of the file that this command runs, where it is in the workspace. */
  readonly program?: string;
}
