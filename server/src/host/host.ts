import type { Advice, ByteSource, CodeWorkload, Market, MlcostSettings } from '../core/index.js';

/** All that the product asks of where it runs: one implementation for Node, one for a web worker. */
export interface Host {
  /** Text of a workspace file, or null where there is none.
   * @errors UnreadableFile for what is there and is not read */
  readText(uri: string): Promise<string | null>;
  /** A file shipped with the product: grammars and data tables. */
  readAsset(name: string): Promise<Uint8Array>;
  readAssetText(name: string): Promise<string>;
  /** URIs of the files below a folder that have one of the extensions or names of `languageOfName`; leaves out folders that hold no one's own code. */
  listFiles(root: string, signal: Cancellation): Promise<readonly string[]>;
  /** URIs of the files below a folder that may tell of measured runs (`isRunFile`), the folders of trackers among them. */
  listRuns(root: string, signal: Cancellation): Promise<readonly string[]>;
  /** The first bytes of a file of any kind, or null where there is none. */
  readBytes(uri: string, limit: number): Promise<Uint8Array | null>;
  /** Lets a file be read in pieces, of any size; closes it afterwards.
   * @param wholeUpTo largest file that is worth loading where files come whole only @unit B
   * @returns null where there is none
   * @errors UnreadableFile for what this host cannot read in pieces and is too large to be read whole */
  withFile<T>(uri: string, use: (source: ByteSource) => Promise<T>, wholeUpTo?: number): Promise<T | null>;
  /** Writes a file, piece by piece where the host can; what was there is replaced when all is written.
   * @errors where it cannot be written */
  writeFile(uri: string, pieces: AsyncIterable<Uint8Array>): Promise<void>;
  /** Which commit each line of a text comes from, by its place among the lines; undefined for a line that no commit has.
   * Absent where no repository can be reached.
   * @errors Error that says why there is none for this file */
  lineCommits?(uri: string, text: string): Promise<readonly (LineCommit | undefined)[]>;
  /** The workloads of the project in a folder at commits of its repository, without those that are not there.
   * Absent where no repository can be reached. */
  codeAt?(root: string, commits: readonly string[]): Promise<ReadonlyMap<string, readonly CodeWorkload[]>>;
  /** Writes into the audit log of a workspace folder that keeps one that advice was taken. Absent where none can be reached.
   * @errors where it cannot be written */
  noteAdvice?(root: string, settings: MlcostSettings, advice: TakenAdvice): Promise<void>;
  /** How sources of spend are read where no process can be started for it. Absent where one reads them into the ledger. */
  readonly sources?: import('./source-reach.js').SourceReach;
  /** Answers by a command of `mlcost` for the project in a folder. Absent where no process can be started.
   * @param root URI of the folder
   * @errors Error with what the command says */
  runTool?(root: string, command: ToolCommand, asked?: ToolAsked): Promise<string>;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Lets other work go first; scans yield between files. */
  pause(): Promise<void>;
  /** Ends after some milliseconds: for debouncing and time limits. */
  delay(ms: number): Promise<void>;
}
/** A command of `mlcost`, with the places in the project that it is about. */
export interface ToolCommand {
  readonly words: readonly string[];
  readonly paths: readonly string[];
}
/** Who rents the machines, where, and how. */
export interface Offered {
  readonly provider?: string;
  readonly region?: string;
  readonly market?: Market;
}
/** How a command's answer is asked for. */
export interface ToolAsked {
  /** What holds where nobody says anything, as in the editor's own figures. */
  readonly otherwise?: Offered;
  /** As long, and as late, as it is: a page reads it, and no model. */
  readonly isWhole?: boolean;
  readonly onProgress?: (done: number, total: number) => void;
  /** Takes what ends the command, for when nobody waits any longer. */
  readonly onEnd?: (end: () => void) => void;
}
/** What the audit log says of advice. */
export type TakenAdvice = Pick<Advice, 'id' | 'workload' | 'title' | 'changes'>;
/** A commit that a line comes from. */
export interface LineCommit {
  readonly oid: string;
  /** ISO day, UTC. */
  readonly date: string;
  readonly author: string;
  readonly subject: string;
}
export interface Cancellation {
  readonly cancelled: boolean;
}
export const never: Cancellation = { cancelled: false };

/** The day that it is, in UTC. */
export const today = (host: Pick<Host, 'now'>): string => new Date(host.now()).toISOString().slice(0, 10);

/** A file that is there and is not read. */
export class UnreadableFile extends Error {
  readonly reason: 'too-large' | 'binary';
  constructor(reason: UnreadableFile['reason'], message: string) {
    super(message);
    this.reason = reason;
  }
}
