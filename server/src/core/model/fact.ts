import type { Span } from './span.js';

export type FactValue = string | number | boolean;

/** Where a fact comes from. `assumption` and `default` are the two that nobody wrote for this workload. */
export type Origin = 'literal' | 'variable' | 'default' | 'other-file' | 'command-line' | 'measured' | 'assumption';

/** Where a program takes a value from: a configuration file that it loads. */
export interface Configured {
  /** As written; absent where only an option tells. */
  readonly file?: string;
  /** Command-line option that names the file. */
  readonly option?: string;
  /** Keys from the root of the file. */
  readonly path: readonly string[];
  /** True where Hydra composes the file with those of its defaults list. */
  readonly composed?: true;
}

/** A named value about a workload that is in force. Names are those of `fact-names.ts`. */
export interface Fact {
  readonly name: string;
  readonly value: FactValue;
  readonly origin: Origin;
  /** Where the value stands or where it is decided; absent only for library defaults and model-table facts. */
  readonly span?: Span;
  /** Why this value, for the hover: `default of transformers TrainingArguments`, `flag --bs of run.sh`. */
  readonly note?: string;
  /** The command-line flag or configuration key that may override this value, without dashes, `_` for `-`. */
  readonly param?: string;
  /** A configuration file that may state it too, and wins over this value. */
  readonly configured?: Configured;
}

/** A fact that the code decides but that cannot be known from the text. */
export interface UnknownFact {
  readonly name: string;
  /** What stands in the way: `torch.cuda.device_count() is decided at run time`. */
  readonly reason: string;
  /** What would make it known, for a person: `set max_steps or the data set's size`. */
  readonly need: string;
  readonly span?: Span;
  /** As in `Fact`: a launcher may still supply it. */
  readonly param?: string;
  /** A value that another module defines: resolve looks there. */
  readonly configured?: Configured;
  readonly imported?: { readonly module: string; readonly name: string; readonly path?: readonly string[] };
}
