import type { Fact } from '../model/fact.js';
import type { Workload } from '../model/workload.js';
import type { SeenWorkload, Sighting } from '../recognise/types.js';
import type { Files } from './files.js';
import type { ResolveInput } from './types.js';

/** A workload where it stands. */
export interface Placed {
  readonly sighting: Sighting;
  readonly seen: SeenWorkload;
  readonly id: string;
}

/** What joining one workload asks about the others. */
export interface Joins {
  readonly input: ResolveInput;
  readonly files: Files;
  readonly placed: (sighting: Sighting) => readonly Placed[];
  /** What a command runs, where it is in the workspace. */
  readonly runs: (launch: Placed) => Sighting | undefined;
  /** Commands that run the file or give it as the run's configuration, without those in the file itself. */
  readonly launchersOf: (sighting: Sighting) => readonly Placed[];
  /** A workload after joining: the same for everybody who asks; undefined inside its own joining. */
  readonly joined: (one: Placed) => Workload | undefined;
  /** Workloads whose files take a file in, by that file's URI. */
  readonly takers: () => ReadonlyMap<string, readonly Placed[]>;
  /** Scalers and what they scale, by folder and object. */
  readonly scaled: () => { readonly scalers: ReadonlyMap<string, Placed>; readonly objects: ReadonlyMap<string, Placed> };
  /** What commands that submit a job ask for, by the job's URI. */
  readonly submitted: () => ReadonlyMap<string, readonly Fact[]>;
  /** Ids of the first workloads that use configuration files, by the files' URIs. */
  readonly users: () => ReadonlyMap<string, string>;
}
