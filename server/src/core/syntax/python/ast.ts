/** Plain expressions of Python, converted from the syntax tree on demand. Offsets are those of the program text. */
interface Located {
  readonly start: number;
  readonly end: number;
}
export type Expr = Located &
  (
    | { readonly kind: 'string'; readonly value: string }
    | { readonly kind: 'number'; readonly value: number }
    | { readonly kind: 'boolean'; readonly value: boolean }
    | { readonly kind: 'none' }
    | { readonly kind: 'name'; readonly name: string }
    | { readonly kind: 'attribute'; readonly object: Expr; readonly name: string }
    | { readonly kind: 'call'; readonly callee: Expr; readonly args: readonly Arg[] }
    | { readonly kind: 'list' | 'tuple' | 'set'; readonly items: readonly Expr[] }
    | { readonly kind: 'dict'; readonly entries: readonly DictEntry[] }
    | { readonly kind: 'binary'; readonly op: string; readonly left: Expr; readonly right: Expr }
    | { readonly kind: 'unary'; readonly op: string; readonly operand: Expr }
    | { readonly kind: 'conditional'; readonly test: Expr; readonly value: Expr; readonly otherwise: Expr }
    | { readonly kind: 'subscript'; readonly object: Expr; readonly index: Expr }
    /** An f-string; strings among the parts are literal text. */
    | { readonly kind: 'template'; readonly parts: readonly (string | Expr)[] }
    /** `*x` and `**x` outside of a call's arguments. */
    | { readonly kind: 'spread'; readonly value: Expr }
    /** A list or set comprehension or a generator: what it makes of each element, and what it runs over. */
    | { readonly kind: 'comprehension'; readonly element: Expr; readonly sources: readonly Expr[] }
    /** What is not taken apart: lambda, dict comprehension, a broken part. */
    | { readonly kind: 'other'; readonly type: string }
  );
export interface Arg extends Located {
  /** Keyword's name; absent for a positional argument. */
  readonly keyword?: string;
  /** `*args` (1) or `**kwargs` (2). */
  readonly spread?: 1 | 2;
  readonly value: Expr;
}
export interface DictEntry extends Located {
  /** Absent for `**other`. */
  readonly key?: Expr;
  readonly value: Expr;
}
export type Call = Extract<Expr, { kind: 'call' }>;

/** `a.b.c` as written, if an expression is names and attributes only; a called object shows as `a()`, a subscripted one as `a[]`. */
export function dotted(expr: Expr): string | undefined {
  if (expr.kind === 'name') return expr.name;
  const inner = expr.kind === 'attribute' || expr.kind === 'subscript' ? dotted(expr.object) : expr.kind === 'call' ? dotted(expr.callee) : undefined;
  if (inner === undefined) return undefined;
  return expr.kind === 'attribute' ? `${inner}.${expr.name}` : expr.kind === 'call' ? `${inner}()` : `${inner}[]`;
}
/** A call's argument by keyword, else by position. */
export const argument = (call: Call, keyword: string, position?: number): Arg | undefined =>
  call.args.find((arg) => arg.keyword === keyword) ??
  (position === undefined ? undefined : call.args.filter((arg) => arg.keyword === undefined && arg.spread === undefined)[position]);
