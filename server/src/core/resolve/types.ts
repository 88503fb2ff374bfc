import type { Catalog } from '../catalog/catalog.js';
import type { Fact, FactValue } from '../model/fact.js';
import type { Problem } from '../model/problem.js';
import type { Span } from '../model/span.js';
import type { Workload } from '../model/workload.js';
import type { Sighting } from '../recognise/types.js';

/** A value that a person pinned for a workspace, in `.mlcost.yaml`, on the command line, or by a click. */
export interface Assumption {
  readonly fact: string;
  readonly value: FactValue;
  /** Glob over paths relative to the workspace root; absent = everywhere. */
  readonly files?: string;
  readonly span?: Span;
  /** Why this value, as the person wrote it. */
  readonly note?: string;
  /** A correction wins over what the code says; else it only fills what is unknown. */
  readonly override?: boolean;
}

/** What resolving asks of the known documents: a map answers it, and so does a view over several. */
export type KnownFiles = Pick<ReadonlyMap<string, Sighting | null>, 'get' | 'keys' | 'values'>;
export interface ResolveInput {
  /** Every document known, by URI; null = asked for and not there. */
  readonly files: KnownFiles;
  /** Documents whose workloads are wanted; absent = all. */
  readonly focus?: readonly string[];
  /** URIs of the workspace folders, without a trailing slash. */
  readonly roots: readonly string[];
  readonly catalog: Catalog;
  readonly assumptions: readonly Assumption[];
  /** Facts that are to count as not written: what would be in force without them is. */
  readonly leftOut?: (fact: Fact) => boolean;
}
export interface ResolveOutput {
  readonly workloads: readonly Workload[];
  /** Files that would tell more: those not in `files`, and those that had nothing when they were looked through. The caller reads each once and asks again. */
  readonly wants: readonly string[];
  readonly problems: readonly Problem[];
}
