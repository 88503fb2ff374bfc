import type { Configured } from '../../model/fact.js';
import type { Call, Expr } from '../../syntax/python/ast.js';
import type { PythonProgram } from '../../syntax/python/program.js';
import type { Evaluated } from '../shared/evaluated.js';

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
  readonly aliases: Map<string, string>;
  /** The settings file behind an expression. */
  readonly sources: WeakMap<Expr, Configured | undefined>;
}
