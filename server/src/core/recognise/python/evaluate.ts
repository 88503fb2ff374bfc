import type { Fact, FactValue, UnknownFact } from '../../model/fact.js';
import { argument, type Call, dotted, type Expr } from '../../syntax/python/ast.js';
import type { Binding } from '../../syntax/python/binding.js';
import type { PythonProgram } from '../../syntax/python/program.js';
import { asParameter, asVariable, type Evaluated, factOf, maxSteps, type UnknownValue } from '../shared/evaluated.js';
import { computed, plainValue, textMethod } from '../shared/plain-values.js';
import { configuredValue } from './configured.js';
import type { Memory, ReadsValues } from './evaluated.js';
import { assignedAttribute, element, entryOf, fills, followed, givenArgument, givenByCaller, isOff } from './follow.js';
import { argparseOption, classNameOf, dataclassField, declaredOption, parameterOption, widgetDefault } from './options.js';

/** Evaluates expressions of one program by reading: constants, arithmetic on them, arguments' and options' defaults. Nothing is run. */
export class Evaluator implements ReadsValues {
  readonly program: PythonProgram;
  readonly memory: Memory = {
    given: new Map(),
    options: new Map(),
    values: new WeakMap(),
    expressions: new WeakMap(),
    off: new Map(),
    aliases: new Map(),
    sources: new WeakMap(),
  };
  readonly uri: string;
  private configured: boolean | undefined;
  constructor(program: PythonProgram, uri: string) {
    this.program = program;
    this.uri = uri;
  }
  /** The value of an expression at its place. */
  value(expr: Expr, steps = 0): Evaluated {
    const known = this.memory.values.get(expr);
    if (known) return known;
    const found = this.evaluated(expr, steps);
    if (steps < maxSteps / 2) this.memory.values.set(expr, found);
    return found;
  }
  private evaluated(expr: Expr, steps: number): Evaluated {
    const open = (reason: string): UnknownValue => ({ known: false, reason, start: expr.start, end: expr.end });
    // sys.argv[1] if len(sys.argv) > 1 else "x"
    if (expr.kind === 'conditional' && expr.value.kind === 'subscript' && dotted(expr.value.object) === 'sys.argv') {
      const otherwise = this.value(expr.otherwise, steps + 1);
      return otherwise.known ? { ...otherwise, origin: 'default', note: 'unless the command line says another' } : otherwise;
    }
    // 256 if torch.cuda.is_available() else 64: what runs costs where there is a GPU
    if (expr.kind === 'conditional' && expr.test.kind === 'call' && /(?:^|\.)cuda\.is_available$/.test(dotted(expr.test.callee) ?? '')) {
      const there = this.value(expr.value, steps + 1);
      if (there.known) return { ...there, note: there.note ?? 'where there is a GPU' };
    }
    const plain = plainValue(expr, (part) => this.value(part, steps + 1), steps);
    if (plain) return plain;
    switch (expr.kind) {
      case 'binary':
        return this.binary(expr, steps);
      case 'name':
        return this.name(expr.name, expr.start, steps) ?? open(`${expr.name} is not defined in this file`);
      case 'attribute':
        return this.attribute(expr, steps);
      case 'subscript': {
        const found = element(this, expr, steps);
        const key = found ? undefined : this.value(expr.index, steps + 1);
        const option = key?.known ? this.optionUnder(this.expression(expr.object, steps + 1), String(key.value)) : undefined;
        return found
          ? asVariable(this.value(found, steps + 1))
          : (option ?? this.environment(expr, steps) ?? configuredValue(this, expr, steps) ?? open('an element that the text does not decide'));
      }
      case 'call':
        return this.call(expr, steps);
      default:
        return open('not a value that the text decides');
    }
  }
  /** Follows names, attributes, elements and local calls to the expression that is meant: a call, a list, a dict … */
  expression(expr: Expr, steps = 0): Expr {
    const known = this.memory.expressions.get(expr);
    if (known) return known;
    const found = followed(this, expr, steps);
    if (steps < maxSteps / 2) this.memory.expressions.set(expr, found);
    return found;
  }
  /** A call's argument by keyword, by position, or out of a dict that is spread into the call. */
  argument(call: Call, keyword: string, position?: number): Expr | undefined {
    return givenArgument(this, call, keyword, position);
  }
  /** The value under a key of what an expression means: a dict, `dict(…)`, a namespace, a constructor's keywords. */
  entry(expr: Expr, key: string): Expr | undefined {
    return entryOf(this, this.expression(expr), key, 0);
  }
  /** True where an `if` around a place is known not to be taken: by a constant, or by an option's default. */
  isOff(at: number): boolean {
    return isOff(this, at);
  }
  /** The default of a command-line option that the program declares, by its attribute name. */
  option(name: string): Evaluated | undefined {
    return declaredOption(this, name);
  }
  /** The name of the class that an expression is an instance of, qualified through the imports. */
  instanceOf(expr: Expr): string | undefined {
    const name = classNameOf(this, expr);
    return name === undefined ? undefined : this.program.qualified(name);
  }
  /** The full dotted name of what a call calls: `transformers.Trainer`. */
  callee(call: Call): string {
    const name = dotted(call.callee);
    if (name === undefined) return '';
    return this.program.qualified(call.callee.kind === 'name' ? this.alias(name) : name);
  }
  /** What a module's own name stands for: `Trainer = transformers.Trainer`. */
  private alias(name: string): string {
    const known = this.memory.aliases.get(name);
    if (known !== undefined) return known;
    const [first, ...others] = this.program.imports.has(name) ? [] : this.program.bindings(name);
    const meant = first?.kind === 'assign' && others.length === 0 && first.scope === -1 && first.value?.kind === 'attribute' ? dotted(first.value) : undefined;
    const found = meant !== undefined && this.program.qualified(meant) !== meant ? meant : name;
    this.memory.aliases.set(name, found);
    return found;
  }
  /** A fact of an expression, or an unknown fact that says why. None (null) is neither: the setting is off. */
  fact(name: string, expr: Expr, change: (value: FactValue) => FactValue | undefined = (value) => value): Fact | UnknownFact | undefined {
    return this.toFact(name, this.value(expr), change);
  }
  /** As `fact`, of a value that is already known. */
  toFact(name: string, found: Evaluated, change: (value: FactValue) => FactValue | undefined = (value) => value): Fact | UnknownFact | undefined {
    return factOf(this.uri, name, found, change);
  }

  private name(name: string, from: number, steps: number): Evaluated | undefined {
    const binding = this.program.lookup(name, from);
    if (binding) return this.bound(binding, steps);
    const imported = this.program.imports.get(name);
    return imported ? this.imported(imported.module, imported.name, from, name) : undefined;
  }
  private bound(binding: Binding, steps: number): Evaluated {
    const here = { start: binding.start, end: binding.end };
    const open = (reason: string): UnknownValue => ({ known: false, reason, ...here });
    if (binding.kind === 'import') {
      const imported = this.program.imports.get(binding.name);
      return imported ? this.imported(imported.module, imported.name, binding.start, binding.name) : open(`${binding.name} is imported`);
    }
    if (binding.kind === 'parameter') {
      const given = givenByCaller(this, binding, steps);
      const value = given ? this.value(given, steps + 1) : undefined;
      if (value?.known) return asVariable(value);
      const option = parameterOption(this, binding, steps);
      if (option) return option;
      if (!binding.value) return value?.imported || value?.param ? value : open(`${binding.name} is a parameter that the callers decide`);
      return asParameter(this.value(binding.value, steps + 1), binding.name);
    }
    if (binding.kind !== 'assign' || !binding.value || binding.index !== undefined) return open(`${binding.name} changes while the program runs`);
    const value = asVariable(this.value(binding.value, steps + 1));
    return value.param === undefined && this.isReplaceable(binding) ? { ...value, param: binding.name } : value;
  }
  /** True for a module's own variable where the module runs further settings over its own: `exec(open("configurator.py").read())`. */
  isReplaceable({ scope, inClass, object }: Binding): boolean {
    if (scope !== -1 || inClass !== undefined || object !== undefined) return false;
    this.configured ??= /\bexec\(\s*open\(/.test(this.program.text);
    return this.configured;
  }
  private imported(module: string, name: string | undefined, start: number, written: string): UnknownValue {
    return {
      known: false,
      reason: `${written} comes from the module ${module}`,
      start,
      end: start + written.length,
      ...(name === undefined ? {} : { imported: { module, name } }),
    };
  }
  private binary(expr: Extract<Expr, { kind: 'binary' }>, steps: number): Evaluated {
    const left = this.value(expr.left, steps + 1);
    if (expr.op === 'or' || expr.op === 'and') {
      // os.environ["X"] or 8
      if (!left.known) {
        const fallback = expr.op === 'or' && left.param !== undefined ? this.value(expr.right, steps + 1) : undefined;
        return fallback?.known && fallback.value !== null ? { ...fallback, origin: 'default', param: left.param! } : left;
      }
      return Boolean(left.value) === (expr.op === 'or') ? left : this.value(expr.right, steps + 1);
    }
    return computed(expr.op, left, this.value(expr.right, steps + 1), { start: expr.start, end: expr.end });
  }
  private attribute(expr: Extract<Expr, { kind: 'attribute' }>, steps: number): Evaluated {
    const here = { start: expr.start, end: expr.end };
    const object = dotted(expr.object) ?? '';
    const set = assignedAttribute(this, expr);
    // args.x = args.x or 8 leads back to itself: the option's own default is meant then.
    // if args.debug: args.epochs = 1
    const assigned = set && (fills(this, set) || !(steps < maxSteps / 2 && isOff(this, set.start))) ? this.bound(set, steps + 1) : undefined;
    if (assigned && (assigned.known || assigned.imported)) return assigned;
    if (this.program.qualified(object) === 'torch') return { known: true, value: expr.name, origin: 'literal', ...here };
    const owner = this.expression(expr.object, steps + 1);
    const entry = owner.kind === 'dict' || owner.kind === 'call' ? entryOf(this, owner, expr.name, steps + 1) : undefined;
    if (entry) return asVariable(this.value(entry, steps + 1));
    const keyed = this.program.keyed(object, expr.name);
    if (keyed) return asVariable(this.value(keyed, steps + 1));
    const configured = configuredValue(this, expr, steps);
    if (configured) return configured;
    const option = this.hyperparameter(expr, object, steps) ?? dataclassField(this, expr, steps) ?? argparseOption(this, expr, steps);
    if (option) return option;
    if (assigned) return assigned;
    const imported = this.program.imports.get(object.split('.')[0] ?? '');
    if (imported) {
      const path = [...object.split('.').slice(1), expr.name];
      return {
        known: false,
        reason: `${object}.${expr.name} comes from the module ${imported.module}`,
        ...here,
        imported: { module: imported.module, name: imported.name ?? path[0]!, path: imported.name === undefined ? path.slice(1) : path },
      };
    }
    return { known: false, reason: `${object}.${expr.name} is not decided in this file`, ...here, param: expr.name };
  }
  /** An option under its name in the dict of all: `vars(parser.parse_args())["lr"]`, `parser.parse_args().__dict__`. */
  private optionUnder(owner: Expr, name: string): Evaluated | undefined {
    const object =
      owner.kind === 'attribute' && owner.name === '__dict__'
        ? owner.object
        : owner.kind === 'call' && this.callee(owner) === 'vars'
          ? owner.args[0]?.value
          : undefined;
    const parsed = object && this.expression(object);
    return parsed?.kind === 'call' && /(?:^|\.)parse_args$/.test(dotted(parsed.callee) ?? '') ? declaredOption(this, name) : undefined;
  }
  /** `self.hparams.lr` is the parameter of the class's constructor that `save_hyperparameters()` kept. */
  private hyperparameter(expr: Extract<Expr, { kind: 'attribute' }>, object: string, steps: number): Evaluated | undefined {
    if (!/^self\.hparams$/.test(object)) return undefined;
    const owner = this.program.blocks(expr.start).find((block) => block.kind === 'class');
    const made = owner && this.program.function('__init__', owner);
    const parameter = made?.parameters.find((one) => one.name === expr.name);
    return parameter ? this.bound({ kind: 'parameter', ...parameter, end: parameter.start + parameter.name.length, scope: made!.start }, steps + 1) : undefined;
  }
  private environment(expr: Expr, steps: number): Evaluated | undefined {
    const call = expr.kind === 'call';
    const name = call ? this.callee(expr) : expr.kind === 'subscript' ? this.program.qualified(dotted(expr.object) ?? '') : '';
    if (!/^(os\.)?(environ(\.get)?|getenv)$/.test(name)) return undefined;
    const key = call ? expr.args[0]?.value : expr.kind === 'subscript' ? expr.index : undefined;
    const variable = key ? this.value(key, steps + 1) : undefined;
    const written = variable?.known ? String(variable.value) : 'an environment variable';
    const fallback = call ? (argument(expr, 'default', 1)?.value ?? undefined) : undefined;
    const value = fallback ? this.value(fallback, steps + 1) : undefined;
    const param = { param: `env:${written}` };
    if (value?.known && value.value !== null) return { ...value, origin: 'default', note: `default where ${written} is not set`, ...param };
    return { known: false, reason: `${written} is set outside of the code`, start: expr.start, end: expr.end, ...param };
  }
  private call(expr: Call, steps: number): Evaluated {
    const here = { start: expr.start, end: expr.end };
    const name = this.callee(expr);
    const first = expr.args[0]?.value;
    const environment = this.environment(expr, steps) ?? widgetDefault(this, expr, steps);
    if (environment) return environment;
    if (/^(int|float|str|bool|pathlib\.Path|Path|os\.path\.expanduser|round|abs|math\.(ceil|floor)|torch\.device)$/.test(name) && first) {
      const value = this.value(first, steps + 1);
      if (!value.known || value.value === null) return value;
      const number = Number(value.value);
      if (name === 'int' || name === 'math.floor')
        return Number.isFinite(number) ? { ...value, value: Math.trunc(number) } : { known: false, reason: 'no number', ...here };
      if (name === 'float') return Number.isFinite(number) ? { ...value, value: number } : { known: false, reason: 'no number', ...here };
      if (name === 'round' || name === 'math.ceil') return { ...value, value: name === 'round' ? Math.round(number) : Math.ceil(number) };
      return name === 'abs'
        ? { ...value, value: Math.abs(number) }
        : name === 'bool'
          ? { ...value, value: Boolean(value.value) }
          : { ...value, value: String(value.value) };
    }
    if ((name === 'max' || name === 'min') && expr.args.length > 1) {
      const values = expr.args.map((arg) => this.value(arg.value, steps + 1));
      const numbers = values.map((value) => (value.known && typeof value.value === 'number' ? value.value : Number.NaN));
      if (numbers.every(Number.isFinite))
        return { known: true, value: name === 'max' ? Math.max(...numbers) : Math.min(...numbers), origin: 'variable', ...here };
    }
    if (/(^|\.)(field|Field|ib)$/.test(name)) {
      const given = argument(expr, 'default', /Field$/.test(name) ? 0 : undefined)?.value;
      if (given) return this.value(given, steps + 1);
    }
    if (/(^|\.)Parameter(String|Integer|Float)$/.test(name)) {
      const given = argument(expr, 'default_value', 1)?.value;
      const value = given && this.value(given, steps + 1);
      if (value?.known) return { ...value, origin: 'default', note: 'default of a pipeline parameter' };
    }
    if (name === 'len' && first) {
      const list = this.expression(first, steps + 1);
      if (list.kind === 'list' || list.kind === 'tuple') return { known: true, value: list.items.length, origin: 'variable', ...here };
    }
    if (expr.callee.kind === 'attribute' && expr.callee.name === 'get' && first) {
      const key = this.value(first, steps + 1);
      const owner = expr.callee.object;
      const meant = this.expression(owner, steps + 1);
      const found = key.known && typeof key.value === 'string' ? entryOf(this, meant, key.value, steps + 1) : undefined;
      if (found) return asVariable(this.value(found, steps + 1));
      const option = key.known ? this.optionUnder(meant, String(key.value)) : undefined;
      if (option) return option;
      const fallback = expr.args[1]?.value;
      if (fallback) {
        const value = this.value(fallback, steps + 1);
        const configured = key.known ? configuredValue(this, { kind: 'subscript', object: owner, index: first, ...here }, steps)?.configured : undefined;
        return value.known
          ? { ...value, origin: 'default', ...(key.known ? { param: String(key.value) } : {}), ...(configured ? { configured } : {}) }
          : { ...value, ...(configured ? { configured } : {}) };
      }
      const configured = key.known ? configuredValue(this, { kind: 'subscript', object: owner, index: first, ...here }, steps) : undefined;
      if (configured) return configured;
    }
    if (name === 'getattr' && first) {
      const key = expr.args[1] ? this.value(expr.args[1].value, steps + 1) : undefined;
      if (key?.known && typeof key.value === 'string') {
        const value = this.value({ kind: 'attribute', object: first, name: key.value, ...here }, steps + 1);
        const fallback = expr.args[2]?.value;
        return value.known || !fallback ? value : asParameter(this.value(fallback, steps + 1), key.value);
      }
    }
    const text = textMethod(expr, (part) => this.value(part, steps + 1));
    if (text) return text;
    const meant = this.expression(expr, steps + 1);
    if (meant !== expr) return asVariable(this.value(meant, steps + 1));
    if (/device_count$|get_world_size$/.test(name)) return { known: false, reason: `${name}() is decided at run time`, ...here };
    return { known: false, reason: name === '' ? 'the result of a call' : `the result of ${name}()`, ...here };
  }
}
