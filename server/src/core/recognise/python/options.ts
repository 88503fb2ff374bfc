import { argument, dotted, type Expr } from '../../syntax/python/ast.js';
import type { ClassInfo } from '../../syntax/python/program.js';
import type { Evaluated, ReadsValues } from './evaluated.js';

/** The default of a command-line option that the program itself declares (argparse, click, absl/tf flags), by its attribute name. */
export function argparseOption(evaluator: ReadsValues, name: string, object: string): Evaluated | undefined {
  if (object === 'self' || !/arg|opt|flag|hparam|param|conf|cfg|namespace/i.test(object)) return undefined;
  const { program } = evaluator;
  const flagged = program.calls(/\b(add_argument|DEFINE_\w+)\b/g).find(({ call }) => optionNames(call.args).includes(name));
  if (!flagged) return undefined;
  const { call } = flagged;
  const defines = /DEFINE_/.test(evaluator.callee(call));
  const given = argument(call, 'default', defines ? 1 : undefined)?.value;
  const here = { start: call.start, end: call.end, param: name };
  const action = argument(call, 'action')?.value;
  if (!given && action?.kind === 'string' && /^store_(true|false)$/.test(action.value)) {
    return { known: true, value: action.value === 'store_false', origin: 'default', note: `--${name} is a switch`, ...here };
  }
  if (!given) return { known: false, reason: `--${name} has no default`, ...here };
  const value = evaluator.value(given, 1);
  return value.known ? { ...value, origin: 'default', param: name, note: `default of --${name}` } : { ...value, param: name };
}

function optionNames(args: readonly { keyword?: string; value: Expr }[]): string[] {
  const dest = args.find((arg) => arg.keyword === 'dest')?.value;
  if (dest?.kind === 'string') return [dest.value];
  return args.flatMap((arg) => (arg.keyword === undefined && arg.value.kind === 'string' ? [arg.value.value.replace(/^-+/, '').replaceAll('-', '_')] : []));
}

/** The default of a field of a dataclass (or options class) that an object is an instance of: parsed, constructed or annotated in this file. */
export function dataclassField(evaluator: ReadsValues, expr: Extract<Expr, { kind: 'attribute' }>, steps: number): Evaluated | undefined {
  const owner = classOf(evaluator, expr.object);
  const field = owner && fieldOf(evaluator, owner, expr.name);
  if (!field) return undefined;
  const here = { start: field.start, end: field.end, param: expr.name };
  if (!field.value) return { known: false, reason: `${owner.name}.${expr.name} has no default`, ...here };
  const value = evaluator.value(field.value, steps + 1);
  return value.known ? { ...value, origin: 'default', param: expr.name, note: `default of ${owner.name}.${expr.name}` } : { ...value, param: expr.name };
}

/** A class's field, its bases in this file included. */
export function fieldOf(evaluator: ReadsValues, owner: ClassInfo, name: string, depth = 0): ClassInfo['fields'][number] | undefined {
  const own = owner.fields.findLast((field) => field.name === name);
  if (own || depth > 8) return own;
  for (const base of owner.bases) {
    const parent = base.kind === 'name' ? evaluator.program.class(base.name) : undefined;
    const found = parent && fieldOf(evaluator, parent, name, depth + 1);
    if (found) return found;
  }
  return undefined;
}

/** The class of this file that an expression is an instance of, or is itself. */
export function classOf(evaluator: ReadsValues, expr: Expr): ClassInfo | undefined {
  const { program } = evaluator;
  if (expr.kind === 'call') return expr.callee.kind === 'name' ? program.class(expr.callee.name) : undefined;
  if (expr.kind !== 'name') return undefined;
  const binding = program.lookup(expr.name, expr.start);
  if (!binding) return program.class(expr.name);
  const annotation = binding.annotation?.match(/\w+/g)?.at(-1);
  if (annotation && program.class(annotation)) return program.class(annotation);
  if (binding.kind === 'class') return program.class(expr.name);
  const value = binding.value;
  if (value?.kind !== 'call') return undefined;
  if (binding.index === undefined && value.callee.kind === 'name' && program.class(value.callee.name)) return program.class(value.callee.name);
  // parser.parse_args_into_dataclasses() answers one instance for each class that the parser was made with
  if (/parse_(args_into_dataclasses|args_and_config|dict|json_file|yaml_file|args)$/.test(dotted(value.callee) ?? '')) {
    const parser = value.callee.kind === 'attribute' ? evaluator.expression(value.callee.object) : undefined;
    const classes = parser?.kind === 'call' ? parser.args[0]?.value : undefined;
    const items = classes?.kind === 'tuple' || classes?.kind === 'list' ? classes.items : classes ? [classes] : [];
    const chosen = items[binding.index ?? 0];
    return chosen?.kind === 'name' ? program.class(chosen.name) : undefined;
  }
  if (/^(tyro\.cli|simple_parsing\.parse|draccus\.parse|chz\.entrypoint|pyrallis\.parse)$/.test(evaluator.callee(value))) {
    const chosen = value.args.find((arg) => arg.keyword === undefined || arg.keyword === 'config_class')?.value;
    return chosen?.kind === 'name' ? program.class(chosen.name) : undefined;
  }
  return undefined;
}
