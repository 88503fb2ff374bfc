import { argument, type Call, dotted, type Expr } from '../../syntax/python/ast.js';
import type { Binding } from '../../syntax/python/binding.js';
import type { ClassInfo } from '../../syntax/python/program.js';
import type { Evaluated } from '../shared/evaluated.js';
import type { ReadsValues } from './evaluated.js';
import { assignedAttribute, entryOf, givenByCaller } from './follow.js';

/** The default of a command-line option that the program declares (argparse, absl/tf flags), for a read of `object.name`. */
export function argparseOption(evaluator: ReadsValues, expr: Extract<Expr, { kind: 'attribute' }>, steps: number): Evaluated | undefined {
  const object = dotted(expr.object);
  if (object === undefined || object === 'self') return undefined;
  if (!/arg|opt|flag|param|conf|cfg|namespace/i.test(object)) {
    const binding = expr.object.kind === 'name' ? evaluator.program.lookup(expr.object.name, expr.start) : undefined;
    const parsed = binding?.index === 0 && binding.value ? binding.value : evaluator.expression(expr.object, steps + 1);
    if (parsed.kind !== 'call' || !/parse(_known|_intermixed)?_args$/.test(dotted(parsed.callee) ?? '')) return undefined;
  }
  return declaredOption(evaluator, expr.name);
}

/** The default of an option by its attribute name, wherever the program declares it: argparse, click, absl/tf flags. */
export function declaredOption(evaluator: ReadsValues, name: string): Evaluated | undefined {
  const { options } = evaluator.memory;
  if (!options.has(name)) {
    options.set(name, undefined);
    options.set(name, findOption(evaluator, name));
  }
  return options.get(name);
}
function findOption(evaluator: ReadsValues, name: string): Evaluated | undefined {
  const { program } = evaluator;
  if (!/^\w+$/.test(name)) return undefined;
  for (const at of program.quoted(name)) {
    const call = program.callAround(at);
    if (!call || !/(^|\.)(add_arg(ument)?|DEFINE_\w+|option|argument)$/.test(dotted(call.callee) ?? '') || !optionNames(call.args).includes(name)) continue;
    return optionDefault(evaluator, call, name);
  }
  return listedOption(evaluator, name);
}
/** An option that is made of a dict of defaults: `add_dict_to_argparser(parser, dict(batch_size=4))`, `define_flags_with_default(steps=100)`. */
function listedOption(evaluator: ReadsValues, name: string): Evaluated | undefined {
  for (const { call } of evaluator.program.callsOf(
    /^(?:add_dict_to_\w+|add_(?:args|arguments|options)_from_dict|define_flags_with_default|parser_from_dict)$/,
  )) {
    const given = call.args.map((arg) =>
      arg.keyword === name ? arg.value : arg.keyword === undefined ? entryOf(evaluator, evaluator.expression(arg.value, 1), name, 1) : undefined,
    );
    const value = given.find(Boolean);
    const found = value && evaluator.value(value, 1);
    if (found?.known) return { ...found, origin: 'default', param: name, note: `default of --${name}` };
  }
  return undefined;
}
function optionDefault(evaluator: ReadsValues, call: Call, name: string): Evaluated {
  const { program } = evaluator;
  const here = { start: call.start, end: call.end, param: name };
  const note = `default of --${name}`;
  const set = program.callsOf('set_defaults').flatMap((site) => argument(site.call, name)?.value ?? [])[0];
  const changed = set && evaluator.value(set, 1);
  if (changed?.known) return { ...changed, origin: 'default', param: name, note };
  const defines = /DEFINE_/.test(dotted(call.callee) ?? '');
  const given = argument(call, 'default', defines ? 1 : undefined)?.value;
  const action = argument(call, 'action')?.value;
  const isSwitch = (action?.kind === 'string' && /^store_(true|false)$/.test(action.value)) || argument(call, 'is_flag') !== undefined;
  if (!given && isSwitch)
    return { known: true, value: action?.kind === 'string' && action.value === 'store_false', origin: 'default', note: `--${name} is a switch`, ...here };
  if (!given) return { known: false, reason: `--${name} has no default`, ...here };
  const value = evaluator.value(given, 1);
  if (!value.known) return { ...value, param: name };
  const type = dotted(argument(call, 'type')?.value ?? given);
  const number = typeof value.value === 'string' && (type === 'int' || type === 'float') ? Number(value.value) : Number.NaN;
  return { ...value, ...(Number.isFinite(number) ? { value: number } : {}), origin: 'default', param: name, note };
}

function optionNames(args: readonly { keyword?: string; value: Expr }[]): string[] {
  const dest = args.find((arg) => arg.keyword === 'dest')?.value;
  if (dest?.kind === 'string') return [dest.value];
  const written = args.flatMap((arg) => (arg.keyword === undefined && arg.value.kind === 'string' ? [arg.value.value] : []));
  return written.flatMap((one) => one.split('/')).map((one) => one.replace(/^-+/, '').replaceAll('-', '_'));
}

/** The default of a parameter that stands in a decorator or in its own default: click's `@option(default=8)`, `typer.Option(8)`. */
export function parameterOption(evaluator: ReadsValues, parameter: Binding, steps: number): Evaluated | undefined {
  const own = parameter.value;
  if (own?.kind === 'call' && /(^|\.)(Option|Argument)$/.test(dotted(own.callee) ?? '')) {
    const given = argument(own, 'default', 0)?.value;
    const value = given ? evaluator.value(given, steps + 1) : undefined;
    if (value?.known) return { ...value, origin: 'default', param: parameter.name, note: `default of --${parameter.name}` };
    return { known: false, reason: `--${parameter.name} has no default`, start: parameter.start, end: parameter.end, param: parameter.name };
  }
  if (own || !evaluator.program.mentions(/\b(click|option)\b/)) return undefined;
  const { program } = evaluator;
  const owner = program.functionAt(parameter.scope);
  const takesOptions = (decorators: readonly Expr[] | undefined): boolean =>
    decorators?.some((decorator) => /option|argument/.test(dotted(decorator) ?? '')) === true;
  // def main(**kwargs): train(**kwargs)
  const handsOn = (name: string): boolean =>
    program
      .callsOf(name)
      .some(
        ({ call, at }) => call.args.some((arg) => arg.spread === 2) && takesOptions(program.blocks(at).findLast((block) => block.kind === 'def')?.decorators),
      );
  return owner && (takesOptions(owner.decorators) || handsOn(owner.name)) ? declaredOption(evaluator, parameter.name) : undefined;
}

/** `dbutils.widgets.get("name")`: the default that the widget was made with. */
export function widgetDefault(evaluator: ReadsValues, call: Call, steps: number): Evaluated | undefined {
  if (!/(^|\.)widgets\.get$/.test(dotted(call.callee) ?? '')) return undefined;
  const key = call.args[0]?.value;
  if (key?.kind !== 'string') return undefined;
  const made = evaluator.program
    .callsOf(/^(?:combobox|dropdown|text)$/)
    .find((site) => site.call.args[0]?.value.kind === 'string' && site.call.args[0].value.value === key.value)?.call;
  const given = made && argument(made, 'defaultValue', 1)?.value;
  const value = given && evaluator.value(given, steps + 1);
  return value?.known ? { ...value, origin: 'default', param: key.value, note: 'default of a widget' } : undefined;
}

/** The default of a field of a dataclass (or options class) that an object is an instance of: parsed, constructed or annotated in this file. */
export function dataclassField(evaluator: ReadsValues, expr: Extract<Expr, { kind: 'attribute' }>, steps: number): Evaluated | undefined {
  const owner = classOf(evaluator, expr.object, steps);
  const field = owner && fieldOf(evaluator, owner, expr.name);
  if (!field) return undefined;
  const here = { start: field.start, end: field.end, param: expr.name };
  const given = field.value();
  if (!given) return { known: false, reason: `${owner.name}.${expr.name} has no default`, ...here };
  const value = evaluator.value(given, steps + 1);
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
export function classOf(evaluator: ReadsValues, expr: Expr, steps = 0): ClassInfo | undefined {
  const name = classNameOf(evaluator, expr, steps);
  return name === undefined ? undefined : evaluator.program.class(name);
}

/** The name, as written, of the class that an expression is an instance of: `TrainingArguments`, `transformers.TrainingArguments`. */
export function classNameOf(evaluator: ReadsValues, expr: Expr, steps = 0): string | undefined {
  const { program } = evaluator;
  if (steps > 20) return undefined;
  if (expr.kind === 'name') {
    if (expr.name === 'self' || expr.name === 'cls') return program.blocks(expr.start).find((block) => block.kind === 'class')?.name;
    const binding = program.lookup(expr.name, expr.start);
    if (!binding || binding.kind === 'class') return program.class(expr.name) ? expr.name : undefined;
    const annotated = annotatedClass(binding.annotation);
    if (annotated) return annotated;
    if (binding.kind === 'parameter') {
      const given = givenByCaller(evaluator, binding, steps + 1);
      return given ? classNameOf(evaluator, given, steps + 1) : undefined;
    }
    return binding.value ? constructedClass(evaluator, binding.value, binding.index, steps + 1) : undefined;
  }
  if (expr.kind === 'attribute') {
    const bound = assignedAttribute(evaluator, expr);
    if (bound?.value) return annotatedClass(bound.annotation) ?? constructedClass(evaluator, bound.value, bound.index, steps + 1);
    const owner = classOf(evaluator, expr.object, steps + 1);
    const field = owner && fieldOf(evaluator, owner, expr.name);
    const value = field?.value();
    return value ? constructedClass(evaluator, value, undefined, steps + 1) : annotatedClass(field?.annotation);
  }
  return constructedClass(evaluator, expr, undefined, steps + 1);
}
/** `Config` of `Config`, `"Config"`, `Optional[Config]`, `cfg.Config`; containers and plain types are none. */
function annotatedClass(annotation: string | undefined): string | undefined {
  const inner = annotation
    ?.replace(/^(?:typing\.)?Optional\[(.*)\]$/s, '$1')
    .replace(/["']|\s*\|\s*None$/g, '')
    .trim();
  return inner !== undefined &&
    /^[\w.]*[A-Za-z]\w*$/.test(inner) &&
    !/^(int|str|float|bool|dict|list|tuple|Any|object|None|argparse\.Namespace|Namespace)$/.test(inner)
    ? inner
    : undefined;
}

function constructedClass(evaluator: ReadsValues, value: Expr, index: number | undefined, steps: number): string | undefined {
  const { program } = evaluator;
  if (value.kind === 'name' || value.kind === 'attribute') return index === undefined ? classNameOf(evaluator, value, steps) : undefined;
  // parser.parse_args_into_dataclasses()[0]
  if (value.kind === 'subscript' && value.object.kind === 'call' && value.index.kind === 'number')
    return constructedClass(evaluator, value.object, value.index.value, steps + 1);
  if (value.kind !== 'call') return undefined;
  const callee = dotted(value.callee) ?? '';
  // parser.parse_args_into_dataclasses() answers one instance for each class that the parser was made with
  if (/parse_(args_into_dataclasses|args_and_config|dict|json_file|yaml_file|args)$/.test(callee)) {
    const parser = value.callee.kind === 'attribute' ? evaluator.expression(value.callee.object, steps) : undefined;
    const classes = parser?.kind === 'call' ? parser.args[0]?.value : undefined;
    const list = classes ? (classes.kind === 'name' && program.class(classes.name) ? classes : evaluator.expression(classes, steps)) : undefined;
    const items = list?.kind === 'tuple' || list?.kind === 'list' ? list.items : list ? [list] : [];
    return items[index ?? 0] && dotted(items[index ?? 0]!);
  }
  if (/^(tyro\.cli|simple_parsing\.parse|draccus\.parse|chz\.entrypoint|pyrallis\.parse|bentoml\.use_arguments)$/.test(evaluator.callee(value))) {
    const chosen = value.args.find((arg) => arg.keyword === undefined || arg.keyword === 'config_class')?.value;
    return chosen && dotted(chosen);
  }
  if (index === undefined && program.class(callee)) return callee;
  if (value.callee.kind === 'name' && program.lookup(callee, value.start)?.kind === 'def') {
    const owner = program.function(callee);
    const returned = owner ? program.returned(owner) : [];
    const one = returned.length === 1 ? returned[0]! : undefined;
    const part = one?.kind === 'tuple' && index !== undefined ? one.items[index] : one;
    if (part) return index !== undefined && part === one ? constructedClass(evaluator, part, index, steps + 1) : classNameOf(evaluator, part, steps + 1);
    return undefined;
  }
  return index === undefined && /(^|\.)[A-Z]\w*$/.test(callee) ? callee : undefined;
}
