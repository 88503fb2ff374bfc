import type { FactValue, Origin, UnknownFact } from '../../model/fact.js';
import type { Call, Expr } from '../../syntax/python/ast.js';
import type { PythonProgram } from '../../syntax/python/program.js';

/** A value that the program's text decides, with where it stands, or why the text does not decide it. */
export type Evaluated = KnownValue | UnknownValue;
export interface KnownValue {
  readonly known: true;
  readonly value: FactValue | null;
  readonly origin: Origin;
  readonly start: number;
  readonly end: number;
  /** Command-line option that may replace it. */
  readonly param?: string;
  readonly note?: string;
}
export interface UnknownValue {
  readonly known: false;
  readonly reason: string;
  readonly start: number;
  readonly end: number;
  readonly param?: string;
  readonly imported?: NonNullable<UnknownFact['imported']>;
}

/** What the parts of the evaluation ask of each other. */
export interface ReadsValues {
  readonly program: PythonProgram;
  value(expr: Expr, steps?: number): Evaluated;
  expression(expr: Expr, steps?: number): Expr;
  callee(call: Call): string;
  /** Answers remembered for this program. */
  readonly memory: Memory;
}
export interface Memory {
  readonly given: Map<number, Expr | undefined>;
  readonly options: Map<string, Evaluated | undefined>;
  readonly values: WeakMap<Expr, Evaluated>;
  readonly expressions: WeakMap<Expr, Expr>;
  readonly off: Map<number, boolean>;
}
/** Longest chain of names, calls and attributes that is followed. */
export const maxSteps = 60;
