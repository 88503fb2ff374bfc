/** A shell script as far as it matters: its commands in order, with words whose variables are replaced where they are known. */
export interface ShellScript {
  readonly text: string;
  readonly commands: readonly ShellCommand[];
  /** `#SBATCH` and other directive comments, in order. */
  readonly directives: readonly Directive[];
  /** Every assignment, in order. */
  readonly variables: readonly ShellVariable[];
}
export interface ShellWord {
  /** With known variables replaced. Undefined parts stay as written: `$SLURM_NNODES`. */
  readonly text: string;
  /** Where the word is written: on the command's line, or in the array or string that it was put into. */
  readonly start: number;
  readonly end: number;
  /** Document that it is written in, where that is another one. */
  readonly uri?: string;
  /** True where the text still holds something that is decided at run time. */
  readonly open: boolean;
  /** Where the value stands if it came out of a variable. */
  readonly from?: WordSource;
  /** As in `Piece`. */
  readonly maybe?: boolean;
  /** Pieces with places of their own, for reading the word as a command line (`bash -c "$LAUNCHER $SCRIPT"`). */
  readonly pieces?: readonly Piece[];
}
/** A default may be replaced from outside (`${GPUS:-8}`, a directive); a variable is a constant of the script. */
export interface WordSource {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly uri?: string;
  readonly origin: 'variable' | 'default';
}
/** A run of a word's text that stands in one place. */
export interface Piece {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly open: boolean;
  readonly from?: WordSource;
  /** True where another value is given under a condition: the text stays, but no test is decided by it. */
  readonly maybe?: boolean;
  /** The pieces of a variable's value where they stand, when this piece is a use of it. */
  readonly inside?: readonly Piece[];
}
export interface ShellCommand {
  readonly start: number;
  readonly end: number;
  readonly words: readonly ShellWord[];
  /** `VAR=value` in front of the command. */
  readonly environment: readonly ShellVariable[];
  /** Variables that the script exported before the command. */
  readonly exported: (name: string) => ShellWord | undefined;
  /** The command that runs this one out of a string: `srun … bash -c "…"`. */
  readonly outer?: ShellCommand;
}
export interface ShellVariable {
  readonly name: string;
  readonly value: ShellWord;
  readonly start: number;
  readonly end: number;
  readonly exported: boolean;
}
export interface Directive {
  readonly scheduler: 'slurm' | 'pbs' | 'lsf';
  /** Long name without dashes, `_` for `-`: `gpus_per_node`. */
  readonly name: string;
  readonly value: string;
  readonly start: number;
  readonly end: number;
}
