import { type Call, dotted, type Expr } from '../../syntax/python/ast.js';
import type { ReadsValues } from './evaluated.js';

/** Named values that a call, a dict or a comprehension's element gives. */
export interface Keyed {
  /** The first of several spellings that is given. */
  get(...names: readonly string[]): Expr | undefined;
  /** True if some names come from a place that the text does not show (`**kwargs`). */
  readonly open: boolean;
}
const nothing: Keyed = { get: () => undefined, open: false };
const maxDepth = 8;

/** Reads keyword arguments, dict entries and `**` of dicts that are written out; the last value of a name wins. */
export function keyed(evaluate: ReadsValues, expr: Expr | undefined): Keyed {
  if (!expr) return nothing;
  const found = new Map<string, Expr>();
  const parsed: Expr[] = [];
  const open = collect(evaluate, expr, found, parsed, 0);
  return {
    open,
    get: (...names) => {
      for (const name of names) {
        const value = found.get(name);
        if (value && value.kind !== 'none') return value;
      }
      for (const object of parsed) {
        for (const name of names) {
          const option: Expr = { kind: 'attribute', object, name, start: object.start, end: object.end };
          if (evaluate.value(option).known) return option;
        }
      }
      return undefined;
    },
  };
}

/** The expression that stands for each request: of a list its first item, of a comprehension its element. */
export function elementOf(evaluate: ReadsValues, expr: Expr | undefined): Expr | undefined {
  const meant = expr && evaluate.expression(expr);
  if (meant?.kind === 'list' || meant?.kind === 'tuple') return meant.items[0] && elementOf(evaluate, meant.items[0]);
  return meant?.kind === 'comprehension' ? evaluate.expression(meant.element) : meant;
}

/** How many elements a list or a comprehension over written-out lists has, if the text decides it. */
export function lengthOf(evaluate: ReadsValues, expr: Expr | undefined, depth = 0): number | undefined {
  const meant = expr && evaluate.expression(expr);
  if (!meant || depth > maxDepth) return undefined;
  if (meant.kind === 'list' || meant.kind === 'tuple') return meant.items.some((item) => item.kind === 'spread') ? undefined : meant.items.length;
  if (meant.kind === 'comprehension') {
    // A filter leaves fewer than the source has: the converted form does not show it, the text does.
    if (/\bif\b/.test(evaluate.program.text.slice(meant.sources.at(-1)?.end ?? meant.end, meant.end))) return undefined;
    const lengths = meant.sources.map((source) => lengthOf(evaluate, source, depth + 1));
    return lengths.reduce((product, length) => (product === undefined || length === undefined ? undefined : product * length), 1);
  }
  if (meant.kind === 'call') {
    const name = dotted(meant.callee);
    const first = meant.args[0]?.value;
    if (name === 'range' && meant.args.length === 1 && first) {
      const count = evaluate.value(first);
      return count.known && typeof count.value === 'number' && count.origin !== 'default' ? count.value : undefined;
    }
    if ((name === 'enumerate' || name === 'list' || name === 'tuple') && first) return lengthOf(evaluate, first, depth + 1);
  }
  return undefined;
}

function collect(evaluate: ReadsValues, expr: Expr, found: Map<string, Expr>, parsed: Expr[], depth: number): boolean {
  // A call's own arguments are asked for, not what a function of this file would answer.
  const meant = depth === 0 && expr.kind === 'call' ? expr : evaluate.expression(expr);
  if (depth > maxDepth) return true;
  const open = collectFrom(evaluate, expr, meant, found, parsed, depth);
  return expr.kind === 'name' ? updates(evaluate, expr, found, parsed, depth) || open : open;
}
/** `kwargs.update(max_tokens=300)` of the same function, before the place. */
function updates(evaluate: ReadsValues, { name, start }: Extract<Expr, { kind: 'name' }>, found: Map<string, Expr>, parsed: Expr[], depth: number): boolean {
  const { program } = evaluate;
  let open = false;
  for (const { call, at } of program.callsOf('update')) {
    if (at > start || call.callee.kind !== 'attribute' || dotted(call.callee.object) !== name || program.scopeOf(at) !== program.scopeOf(start)) continue;
    for (const arg of call.args) {
      if (arg.keyword !== undefined) found.set(arg.keyword, arg.value);
      else open = collect(evaluate, arg.value, found, parsed, depth + 1) || open;
    }
  }
  return open;
}
function collectFrom(evaluate: ReadsValues, expr: Expr, meant: Expr, found: Map<string, Expr>, parsed: Expr[], depth: number): boolean {
  if (depth > 0 && optionsOf(evaluate, expr, meant)) {
    parsed.push(optionsOf(evaluate, expr, meant)!);
    return true;
  }
  if (meant.kind === 'dict') {
    let open = false;
    for (const entry of meant.entries) {
      if (!entry.key) open = collect(evaluate, entry.value, found, parsed, depth + 1) || open;
      else if (entry.key.kind === 'string') found.set(entry.key.value, entry.value);
    }
    return open;
  }
  // kwargs.copy(), copy.deepcopy(kwargs)
  const copied = meant.kind === 'call' && depth > 0 ? copyOf(meant) : undefined;
  if (copied) return collect(evaluate, copied, found, parsed, depth + 1);
  if (meant.kind === 'call') {
    let open = depth > 0 && dotted(meant.callee) !== 'dict';
    for (const arg of meant.args) {
      if (arg.spread === 2) open = collect(evaluate, arg.value, found, parsed, depth + 1) || open;
      else if (arg.keyword !== undefined) found.set(arg.keyword, arg.value);
    }
    return open;
  }
  if (meant.kind === 'binary' && (meant.op === '|' || meant.op === 'or')) {
    const left = collect(evaluate, meant.left, found, parsed, depth + 1);
    return collect(evaluate, meant.right, found, parsed, depth + 1) || left;
  }
  return meant.kind !== 'none';
}

function copyOf(call: Call): Expr | undefined {
  if (call.callee.kind === 'attribute' && call.callee.name === 'copy' && call.args.length === 0) return call.callee.object;
  return /^(copy\.)?(deep)?copy$/.test(dotted(call.callee) ?? '') ? call.args[0]?.value : undefined;
}

/** The command-line options in `**args`, `**vars(args)` and `**args.__dict__`. */
function optionsOf(evaluate: ReadsValues, expr: Expr, meant: Expr): Expr | undefined {
  if (meant.kind === 'call' && dotted(meant.callee) === 'vars') return meant.args[0]?.value;
  if (expr.kind === 'attribute' && expr.name === '__dict__') return expr.object;
  const source = meant.kind === 'attribute' && meant.name === '__dict__' ? evaluate.expression(meant.object) : meant;
  return expr.kind === 'name' && source.kind === 'call' && /parse(_known)?_args$/.test(dotted(source.callee) ?? '') ? expr : undefined;
}
