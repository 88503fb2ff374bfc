import type { Catalog } from '../catalog/catalog.js';
import type { State, WorkloadDelta } from '../diff/delta.js';
import type { Span } from '../model/span.js';
import type { PolicyRow, WaiverRow } from '../settings/policy-schema.js';

/** A rule or a waiver with the place where it is written. */
export type Placed<T> = T & { readonly span: Span };

/** What a rule is asked about: a workload, and what became of it where two states are compared. */
export interface Subject {
  readonly state: State;
  /** Path of its file, relative to the workspace folder. */
  readonly file: string;
  readonly delta?: WorkloadDelta;
}
/** What every rule may know besides. */
export interface Surroundings {
  readonly catalog: Catalog;
  readonly tags: Readonly<Record<string, string>>;
  readonly provider?: string;
  readonly region?: string;
  readonly market?: string;
  /** ISO day on which waivers are judged. */
  readonly today: string;
  /** A metric of the two states, where a rule names one. */
  readonly metric?: (file: string, path: string) => { readonly before?: number; readonly after?: number };
}
export type Verdict =
  | { readonly is: 'kept' }
  | { readonly is: 'broken'; readonly why: string; readonly fact?: string }
  /** It cannot be told without these. */
  | { readonly is: 'open'; readonly missing: string };

/** Something that the policy says of a workload, or of itself. */
export interface Finding {
  readonly rule: string;
  readonly level: 'block' | 'warn' | 'note';
  readonly message: string;
  /** The fact to change, or the workload; for a waiver or a rule that is wrong, its own place. */
  readonly span: Span;
  readonly workload?: string;
  readonly waived?: { readonly reason: string; readonly owner: string; readonly expires: string };
}
/** A rule that is kept, where the team wants to hear of it. */
export type Kept = Pick<Finding, 'rule' | 'message' | 'span' | 'workload'>;
export interface PolicyResult {
  readonly findings: readonly Finding[];
  readonly kept: readonly Kept[];
  /** Rules that were asked, rule and workload, and how many could not be decided. */
  readonly asked: number;
  readonly open: number;
}
export interface Policy {
  readonly rules: readonly Placed<PolicyRow>[];
  readonly waivers: readonly Placed<WaiverRow>[];
}
