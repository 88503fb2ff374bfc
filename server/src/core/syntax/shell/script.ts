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
  readonly start: number;
  readonly end: number;
  /** True where the text still holds something that is decided at run time. */
  readonly open: boolean;
  /** Where the value stands if it came out of a variable. */
  readonly from?: { readonly name: string; readonly start: number; readonly end: number; readonly origin: 'variable' | 'default' };
}
export interface ShellCommand {
  readonly start: number;
  readonly end: number;
  readonly words: readonly ShellWord[];
  /** `VAR=value` in front of the command. */
  readonly environment: readonly ShellVariable[];
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
  readonly name: string;
  readonly value: string;
  readonly start: number;
  readonly end: number;
}
