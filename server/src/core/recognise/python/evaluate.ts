import type { Fact, FactValue, Origin, UnknownFact } from '../../model/fact.js';
import { argument, type Call, dotted, type Expr } from '../../syntax/python/ast.js';
import type { Binding, PythonProgram } from '../../syntax/python/program.js';
import type { Evaluated, KnownValue, ReadsValues, UnknownValue } from './evaluated.js';
import { argparseOption, dataclassField } from './options.js';

const maxSteps = 60;

/** Evaluates expressions of one program by reading: constants, arithmetic on them, arguments' and options' defaults. Nothing is run. */
export class Evaluator implements ReadsValues {
  readonly program: PythonProgram;
  readonly uri: string;
  constructor(program: PythonProgram, uri: string) {
    this.program = program;
    this.uri = uri;
  }
  /** The value of an expression at its place. */
  value(expr: Expr, steps = 0): Evaluated {
    const here = { start: expr.start, end: expr.end };
    const literal = (value: FactValue | null): KnownValue => ({ known: true, value, origin: 'literal', ...here });
    const open = (reason: string): UnknownValue => ({ known: false, reason, ...here });
    if (steps > maxSteps) return open('defined in terms of itself');
    switch (expr.kind) {
      case 'string':
      case 'number':
      case 'boolean':
        return literal(expr.value);
      case 'none':
        return literal(null);
      case 'template': {
        let text = '';
        let origin: Origin = 'literal';
        for (const part of expr.parts) {
          const value = typeof part === 'string' ? literal(part) : this.value(part, steps + 1);
          if (!value.known) return { ...value, ...here };
          if (typeof part !== 'string') origin = 'variable';
          text += String(value.value);
        }
        return { known: true, value: text, origin, ...here };
      }
      case 'unary': {
        const operand = this.value(expr.operand, steps + 1);
        if (!operand.known) return operand;
        if (expr.op === 'not') return { ...operand, value: !operand.value };
        return typeof operand.value === 'number'
          ? { ...operand, value: expr.op === '-' ? -operand.value : operand.value, ...here }
          : open(`${expr.op} of something that is no number`);
      }
      case 'binary':
        return this.binary(expr, steps);
      case 'conditional': {
        const test = this.value(expr.test, steps + 1);
        if (test.known) return this.value(test.value ? expr.value : expr.otherwise, steps + 1);
        const [a, b] = [this.value(expr.value, steps + 1), this.value(expr.otherwise, steps + 1)];
        return a.known && b.known && a.value === b.value ? a : open('depends on a condition that is decided at run time');
      }
      case 'name':
        return this.name(expr.name, expr.start, steps) ?? open(`${expr.name} is not defined in this file`);
      case 'attribute':
        return this.attribute(expr, steps);
      case 'subscript': {
        const element = this.element(expr, steps);
        return element ? asVariable(this.value(element, steps + 1)) : (this.environment(expr, steps) ?? open('an element that the text does not decide'));
      }
      case 'call':
        return this.call(expr, steps);
      default:
        return open('not a value that the text decides');
    }
  }
  /** Follows names, attributes and elements to the expression that is meant: a call, a list, a dict … */
  expression(expr: Expr, steps = 0): Expr {
    if (steps > maxSteps) return expr;
    if (expr.kind === 'name') {
      const binding = this.program.lookup(expr.name, expr.start);
      if (binding?.kind === 'assign' && binding.value && binding.index === undefined) return this.expression(binding.value, steps + 1);
    }
    if (expr.kind === 'attribute') {
      const bound = this.program.bindings(expr.name).filter((binding) => binding.object === dotted(expr.object) && binding.kind === 'assign');
      const value = (bound.findLast((binding) => binding.start < expr.start) ?? bound.at(-1))?.value;
      if (value) return this.expression(value, steps + 1);
      const owner = this.expression(expr.object, steps + 1);
      const field = owner.kind === 'call' ? argument(owner, expr.name)?.value : undefined;
      if (field) return this.expression(field, steps + 1);
    }
    if (expr.kind === 'subscript') {
      const element = this.element(expr, steps);
      if (element) return this.expression(element, steps + 1);
    }
    return expr;
  }
  /** The full dotted name of what a call calls: `transformers.Trainer`. */
  callee(call: Call): string {
    const name = dotted(call.callee);
    return name === undefined ? '' : this.program.qualified(name);
  }
  /** A fact of an expression, or an unknown fact that says why. None (null) is neither: the setting is off. */
  fact(name: string, expr: Expr, change: (value: FactValue) => FactValue | undefined = (value) => value): Fact | UnknownFact | undefined {
    const found = this.value(expr);
    const span = { uri: this.uri, start: found.start, end: found.end };
    const param = found.param === undefined ? {} : { param: found.param };
    if (!found.known) {
      return {
        name,
        reason: found.reason,
        need: `write ${name.replaceAll('_', ' ')} where it can be read, or set it for this workload`,
        span,
        ...param,
        ...(found.imported ? { imported: found.imported } : {}),
      };
    }
    const value = found.value === null ? undefined : change(found.value);
    return value === undefined ? undefined : { name, value, origin: found.origin, span, ...param, ...(found.note === undefined ? {} : { note: found.note }) };
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
      const given = this.givenByCaller(binding, steps);
      if (given) return given;
      if (!binding.value) return open(`${binding.name} is a parameter that the callers decide`);
      const value = this.value(binding.value, steps + 1);
      return value.known
        ? {
            ...value,
            origin: value.origin === 'literal' ? 'default' : value.origin,
            param: value.param ?? binding.name,
            note: value.note ?? `default of the parameter ${binding.name}`,
          }
        : value;
    }
    if (binding.kind !== 'assign' || !binding.value || binding.index !== undefined) return open(`${binding.name} changes while the program runs`);
    return asVariable(this.value(binding.value, steps + 1));
  }
  /** A parameter whose function is called just once in this file has that call's argument. */
  private givenByCaller(parameter: Binding, steps: number): Evaluated | undefined {
    const owner = this.program.functions().find((candidate) => candidate.start === parameter.scope);
    if (!owner) return undefined;
    const calls = this.program.calls(new RegExp(`\\b${owner.name}\\b(?=\\s*\\()`, 'g')).filter((site) => site.at < owner.start || site.at > owner.end);
    const position = owner.parameters
      .filter((candidate) => candidate.name !== 'self' && candidate.name !== 'cls')
      .findIndex((candidate) => candidate.name === parameter.name);
    const given = calls.flatMap((site) => argument(site.call, parameter.name, position < 0 ? undefined : position) ?? []);
    if (calls.length !== 1 || given.length !== 1) return undefined;
    const value = this.value(given[0]!.value, steps + 1);
    return value.known ? asVariable(value) : undefined;
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
    const here = { start: expr.start, end: expr.end };
    const left = this.value(expr.left, steps + 1);
    if (expr.op === 'or' || expr.op === 'and') {
      if (!left.known) return left;
      return Boolean(left.value) === (expr.op === 'or') ? left : this.value(expr.right, steps + 1);
    }
    const right = this.value(expr.right, steps + 1);
    if (!left.known) return { ...left, ...(left.imported ? {} : here) };
    if (!right.known) return { ...right, ...(right.imported ? {} : here) };
    const value = arithmetic(expr.op, left.value, right.value);
    if (value === undefined) return { known: false, reason: `${expr.op} is not computed here`, ...here };
    const origin =
      left.origin === 'literal' && right.origin === 'literal' ? 'literal' : left.origin === 'default' || right.origin === 'default' ? 'default' : 'variable';
    return { known: true, value, origin, ...here };
  }
  private attribute(expr: Extract<Expr, { kind: 'attribute' }>, steps: number): Evaluated {
    const here = { start: expr.start, end: expr.end };
    const object = dotted(expr.object) ?? '';
    const own = this.program.bindings(expr.name).filter((binding) => binding.object === object && binding.kind === 'assign');
    const set = own.findLast((binding) => binding.start < expr.start) ?? own.at(-1);
    if (set) return this.bound(set, steps + 1);
    const qualified = this.program.qualified(object);
    if (qualified === 'torch') return { known: true, value: expr.name, origin: 'literal', ...here };
    const option = argparseOption(this, expr.name, object) ?? dataclassField(this, expr, steps);
    if (option) return option;
    const meant = this.expression(expr, steps + 1);
    if (meant !== expr) return asVariable(this.value(meant, steps + 1));
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
  /** The element that an index with a known key means, of a dict or list that is written out. */
  private element(expr: Extract<Expr, { kind: 'subscript' }>, steps: number): Expr | undefined {
    const key = this.value(expr.index, steps + 1);
    const owner = this.expression(expr.object, steps + 1);
    if (!key.known) return undefined;
    if (owner.kind === 'dict') return owner.entries.findLast((entry) => entry.key?.kind === 'string' && entry.key.value === key.value)?.value;
    if ((owner.kind === 'list' || owner.kind === 'tuple') && typeof key.value === 'number') return owner.items.at(key.value);
    return owner.kind === 'call' && dotted(owner.callee) === 'dict' ? argument(owner, String(key.value))?.value : undefined;
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
    const environment = this.environment(expr, steps);
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
    if (/(^|\.)field$/.test(name)) {
      const given = argument(expr, 'default')?.value;
      if (given) return this.value(given, steps + 1);
    }
    if (name === 'len' && first) {
      const list = this.expression(first, steps + 1);
      if (list.kind === 'list' || list.kind === 'tuple') return { known: true, value: list.items.length, origin: 'variable', ...here };
    }
    if (expr.callee.kind === 'attribute' && expr.callee.name === 'get' && first) {
      const owner = this.expression(expr.callee.object, steps + 1);
      const key = this.value(first, steps + 1);
      const found =
        owner.kind === 'dict' && key.known
          ? owner.entries.findLast((entry) => entry.key?.kind === 'string' && entry.key.value === key.value)?.value
          : undefined;
      if (found) return asVariable(this.value(found, steps + 1));
      const fallback = expr.args[1]?.value;
      if (fallback) {
        const value = this.value(fallback, steps + 1);
        return value.known ? { ...value, origin: 'default', ...(key.known ? { param: String(key.value) } : {}) } : value;
      }
    }
    if (/device_count$|get_world_size$/.test(name)) return { known: false, reason: `${name}() is decided at run time`, ...here };
    return { known: false, reason: name === '' ? 'the result of a call' : `the result of ${name}()`, ...here };
  }
}

/** A value that reached its use by name. A default or an import stays what it is. */
export const asVariable = (value: Evaluated): Evaluated => (value.known && value.origin === 'literal' ? { ...value, origin: 'variable' } : value);

function arithmetic(op: string, a: FactValue | null, b: FactValue | null): FactValue | undefined {
  if (op === '==') return a === b;
  if (op === '!=') return a !== b;
  if (op === '+' && typeof a === 'string' && typeof b === 'string') return a + b;
  if (op === '/' && typeof a === 'string' && typeof b === 'string') return `${a.replace(/\/$/, '')}/${b}`;
  if (typeof a !== 'number' || typeof b !== 'number') return undefined;
  const value = operators[op]?.(a, b);
  return typeof value === 'boolean' || (value !== undefined && Number.isFinite(value)) ? value : undefined;
}
const operators: Readonly<Record<string, (a: number, b: number) => number | boolean>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '//': (a, b) => Math.floor(a / b),
  '%': (a, b) => a - b * Math.floor(a / b),
  '**': (a, b) => a ** b,
  '<<': (a, b) => a * 2 ** b,
  '>>': (a, b) => Math.floor(a / 2 ** b),
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
  '<=': (a, b) => a <= b,
  '>=': (a, b) => a >= b,
};
