import type { Fact, UnknownFact } from '../../model/fact.js';
import { dotted, type Expr } from '../../syntax/python/ast.js';
import type { TypescriptEvaluator } from './evaluate.js';

/** Named settings that an object gives. */
export interface Options {
  /** The first of several spellings that is given. */
  get(...names: readonly string[]): Expr | undefined;
  /** What hides names that the text does not show: a spread, a parameter that is handed on. */
  readonly hidden?: Expr;
}
const nothing: Options = { get: () => undefined };
const maxDepth = 8;

/** Reads an object that is written out, spreads of such objects, and `Object.assign`; the last value of a name wins. */
export function optionsOf(evaluate: TypescriptEvaluator, expr: Expr | undefined): Options {
  if (!expr) return nothing;
  const found = new Map<string, Expr>();
  const hidden = collect(evaluate, expr, found, 0);
  return {
    ...(hidden ? { hidden } : {}),
    get: (...names) => {
      for (const name of names) {
        const value = found.get(name);
        if (value && value.kind !== 'none') return value;
      }
      return undefined;
    },
  };
}
/** Collects names; answers the part that the text does not show, if there is one. */
function collect(evaluate: TypescriptEvaluator, expr: Expr, found: Map<string, Expr>, depth: number): Expr | undefined {
  const meant = evaluate.expression(expr);
  if (depth > maxDepth) return expr;
  if (meant.kind === 'dict') {
    let hidden: Expr | undefined;
    for (const { key, value } of meant.entries) {
      if (!key) hidden = collect(evaluate, value, found, depth + 1) ?? hidden;
      else if (key.kind === 'string') found.set(key.value, value);
    }
    added(evaluate, expr, found);
    return hidden;
  }
  // ...(thinking ? { thinking: … } : {}), ...(stream && { … }): what may be given.
  if (meant.kind === 'conditional') {
    const hidden = collect(evaluate, meant.otherwise, found, depth + 1);
    return collect(evaluate, meant.value, found, depth + 1) ?? hidden;
  }
  if (meant.kind === 'binary' && meant.op === 'and') return collect(evaluate, meant.right, found, depth + 1);
  if (meant.kind === 'binary') {
    const hidden = collect(evaluate, meant.right, found, depth + 1);
    return collect(evaluate, meant.left, found, depth + 1) ?? hidden;
  }
  if (meant.kind === 'call' && dotted(meant.callee) === 'Object.assign') {
    return meant.args.reduce<Expr | undefined>((hidden, arg) => collect(evaluate, arg.value, found, depth + 1) ?? hidden, undefined);
  }
  return meant.kind === 'none' || (meant.kind === 'boolean' && !meant.value) ? undefined : meant;
}
/** `body.max_tokens = 100` after `const body = { … }`. */
function added({ program }: TypescriptEvaluator, expr: Expr, found: Map<string, Expr>): void {
  if (expr.kind !== 'name') return;
  const pattern = new RegExp(`(?<![\\w$.])${expr.name.replaceAll('$', '\\$')}\\.([\\w$]+)\\s*=(?!=)`, 'g');
  for (const [, key] of program.text.matchAll(pattern)) {
    const value = program.members(expr.name, key!).at(-1)?.value;
    if (value && !found.has(key!)) found.set(key!, value);
  }
}

/** The expression that stands for each request: of a list its first item, of a `map` what it makes of each. */
export function elementOf(evaluate: TypescriptEvaluator, expr: Expr | undefined): Expr | undefined {
  const meant = expr && evaluate.expression(expr);
  if (meant?.kind === 'list') return meant.items[0] && elementOf(evaluate, meant.items[0]);
  if (meant?.kind === 'call' && meant.callee.kind === 'attribute' && /^(?:map|flatMap)$/.test(meant.callee.name))
    return evaluate.returnedBy(meant.args[0]?.value) ?? meant;
  return meant;
}

/** How many elements a list has, if the text decides it; through `map`, which keeps their number. */
export function lengthOf(evaluate: TypescriptEvaluator, expr: Expr | undefined, depth = 0): number | undefined {
  const meant = expr && evaluate.expression(expr);
  if (!meant || depth > maxDepth) return undefined;
  if (meant.kind === 'list') return meant.items.some((item) => item.kind === 'spread') ? undefined : meant.items.length;
  if (meant.kind !== 'call') return undefined;
  if (meant.callee.kind === 'attribute' && meant.callee.name === 'map') return lengthOf(evaluate, meant.callee.object, depth + 1);
  const name = dotted(meant.callee);
  const first = meant.args[0]?.value;
  if (name === 'Array' && first && meant.args.length === 1) return numberOf(evaluate, first);
  const length = name === 'Array.from' ? evaluate.entry(first, 'length') : undefined;
  if (length) return numberOf(evaluate, length);
  const isFilled = meant.callee.kind === 'attribute' && /^(?:fill|keys|entries)$/.test(meant.callee.name);
  return isFilled && meant.callee.kind === 'attribute' ? lengthOf(evaluate, meant.callee.object, depth + 1) : undefined;
}
function numberOf(evaluate: TypescriptEvaluator, expr: Expr): number | undefined {
  const value = evaluate.value(expr);
  return value.known && typeof value.value === 'number' && value.origin !== 'default' ? value.value : undefined;
}

/** A setting's fact: the expression's value, an unknown with the reason; with `required` also where a spread hides it. */
export function setting(
  evaluate: TypescriptEvaluator,
  name: string,
  given: Options,
  spellings: readonly string[],
  required = false,
): Fact | UnknownFact | undefined {
  const expr = given.get(...spellings);
  if (expr) return evaluate.fact(name, expr, (value) => (value === '' ? undefined : value));
  const { hidden } = given;
  if (!required || !hidden) return undefined;
  return {
    name,
    reason: `${name.replaceAll('_', ' ')} comes in through ${evaluate.program.text.slice(hidden.start, Math.min(hidden.end, hidden.start + 40))}, which this place does not show`,
    need: `write ${name.replaceAll('_', ' ')} at the call`,
    span: { uri: evaluate.uri, start: hidden.start, end: hidden.end },
  };
}
