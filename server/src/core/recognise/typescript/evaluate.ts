import type { Fact, FactValue, UnknownFact } from '../../model/fact.js';
import { type Call, dotted, type Expr } from '../../syntax/python/ast.js';
import type { Binding } from '../../syntax/typescript/binding.js';
import type { TypescriptProgram } from '../../syntax/typescript/program.js';
import { asParameter, asVariable, type Evaluated, factOf, maxSteps, type UnknownValue } from '../shared/evaluated.js';
import { computed, plainValue, textMethod } from '../shared/plain-values.js';
import { modelNameOf } from './model-name.js';

/** Evaluates expressions of one TypeScript program by reading: constants, fields, defaults behind `??`. Nothing is run. */
export class TypescriptEvaluator {
  readonly program: TypescriptProgram;
  readonly uri: string;
  private readonly asked = new Set<string>();
  constructor(program: TypescriptProgram, uri: string) {
    this.program = program;
    this.uri = uri;
  }
  /** The value of an expression at its place. */
  value(expr: Expr, steps = 0): Evaluated {
    const open = (reason: string): UnknownValue => ({ known: false, reason, start: expr.start, end: expr.end });
    const plain = plainValue(expr, (part) => this.value(part, steps + 1), steps);
    if (plain) return plain;
    switch (expr.kind) {
      case 'binary':
        return this.binary(expr, steps);
      case 'name':
        return this.name(expr, steps);
      case 'attribute':
        return this.attribute(expr, steps);
      case 'subscript': {
        const found = this.element(expr, steps);
        return found ? asVariable(this.value(found, steps + 1)) : (this.environment(expr) ?? open('an element that the text does not decide'));
      }
      case 'call':
        return this.call(expr, steps);
      default:
        return open('not a value that the text decides');
    }
  }
  /** Follows names, fields, elements and local functions to the expression that is meant: a call, a list, an object … */
  expression(expr: Expr, steps = 0): Expr {
    if (steps > maxSteps) return expr;
    const onward = (next: Expr | undefined): Expr => (next && next !== expr ? this.expression(next, steps + 1) : expr);
    switch (expr.kind) {
      case 'name': {
        const declared = this.program.lookup(expr.name, expr.start);
        return declared ? onward(this.given(declared, steps)) : expr;
      }
      case 'attribute':
        return onward(this.member(expr, steps));
      case 'subscript':
        return onward(this.element(expr, steps));
      case 'call': {
        const name = dotted(expr.callee) ?? '';
        if (/^Object\.(freeze|assign|seal)$/.test(name) && expr.args.length === 1) return onward(expr.args[0]!.value);
        if (/^(?:React\.)?(?:useMemo|cache|memo|once|lazy)$/.test(name)) return onward(this.returnedBy(expr.args[0]?.value));
        return onward(this.returnedBy(expr.callee));
      }
      case 'conditional': {
        const test = this.value(expr.test, steps + 1);
        return test.known ? onward(test.value ? expr.value : expr.otherwise) : expr;
      }
      default:
        return expr;
    }
  }
  /** The full name of what a call calls: `openai#default`, `@ai-sdk/openai#openai`. */
  callee(call: Call): string {
    return this.program.qualified(dotted(call.callee) ?? '');
  }
  /** The value under a key of what an expression means, where that is an object that is written out. */
  entry(expr: Expr | undefined, key: string, steps = 0): Expr | undefined {
    const meant = expr && this.expression(expr, steps + 1);
    if (meant?.kind !== 'dict' || steps > maxSteps) return undefined;
    for (const entry of [...meant.entries].reverse()) {
      if (entry.key?.kind === 'string' ? entry.key.value === key : entry.key && this.isKey(entry.key, key, steps)) return entry.value;
      const spread = entry.key ? undefined : this.entry(entry.value, key, steps + 1);
      if (spread) return spread;
    }
    return undefined;
  }
  /** What a local function returns if it says so at one place; undefined for what is no local function. */
  returnedBy(callee: Expr | undefined): Expr | undefined {
    const returned = this.allReturned(callee);
    return returned.length === 1 ? returned[0] : undefined;
  }
  /** Everything that a local function returns. */
  allReturned(callee: Expr | undefined): readonly Expr[] {
    return (callee && this.functionOf(callee)?.returned) ?? [];
  }
  /** A fact of an expression, or an unknown fact that says why. */
  fact(name: string, expr: Expr, change?: (value: FactValue) => FactValue | undefined): Fact | UnknownFact | undefined {
    return factOf(this.uri, name, this.value(expr), change);
  }

  /** What a declaration gives its name, where the text decides it. */
  private given(declared: Binding, steps: number): Expr | undefined {
    if (declared.kind === 'parameter') return this.fromCaller(declared, steps) ?? declared.fallback;
    if (declared.kind !== 'const') return undefined;
    const later = this.program.assigned(declared).flatMap((one) => one.value ?? []);
    const first = declared.value && declared.value.kind !== 'none' ? partOf(declared.value, declared) : undefined;
    if (later.length === 0) return first;
    return !first && later.length === 1 ? later[0] : undefined;
  }
  /** What the one call of a function gives a parameter. */
  private fromCaller(parameter: Binding, steps: number): Expr | undefined {
    const owner = parameter.owner === undefined ? undefined : this.program.functionAt(parameter.owner);
    const key = `caller ${parameter.start}`;
    if (!owner || this.asked.has(key) || steps > maxSteps) return undefined;
    const name = owner.name === 'constructor' ? this.className(owner.start) : (owner.name ?? this.nameOf(owner.start));
    if (name === undefined) return undefined;
    this.asked.add(key);
    const calls = this.program.callsOf(name).filter(({ at }) => at < owner.start || at > owner.end);
    const [index, ...path] = parameter.path;
    const argument = calls.length === 1 && typeof index === 'number' ? calls[0]!.call.args[index] : undefined;
    let found = argument && !argument.spread ? argument.value : undefined;
    for (const step of path) found = found && typeof step === 'string' ? this.entry(found, step, steps + 1) : undefined;
    this.asked.delete(key);
    return found;
  }
  private className(start: number): string | undefined {
    const block = this.program.blocks(start).find((one) => one.kind === 'class');
    return block && /^(?:abstract\s+)?class\s+([\w$]+)/.exec(this.program.text.slice(block.start, block.start + 200))?.[1];
  }
  /** `ask` of `const ask = async () => …`. */
  private nameOf(start: number): string | undefined {
    return /([\w$]+)\s*(?::[^=]{0,120})?=\s*$/.exec(this.program.text.slice(Math.max(0, start - 160), start))?.[1];
  }
  private functionOf(callee: Expr) {
    if (callee.kind === 'other') return this.program.functionAt(callee.start);
    if (callee.kind === 'name') {
      const declared = this.program.lookup(callee.name, callee.start);
      if (declared?.kind === 'function') return declared.owner === undefined ? undefined : this.program.functionAt(declared.owner);
      const value = declared?.kind === 'const' && declared.path.length === 0 ? declared.value : undefined;
      if (value?.kind === 'call' && /^(?:React\.)?(?:cache|memo|memoize|once|lazy|useCallback)$/.test(dotted(value.callee) ?? ''))
        return value.args[0]?.value.kind === 'other' ? this.program.functionAt(value.args[0].value.start) : undefined;
      return value?.kind === 'other' ? this.program.functionAt(value.start) : undefined;
    }
    if (callee.kind !== 'attribute' || callee.object.kind !== 'name') return undefined;
    const member = this.program.members('this', callee.name)[0];
    const isOwn = callee.object.name === 'this' || this.program.hasClass(callee.object.name);
    return isOwn && member?.kind === 'function' && member.owner !== undefined ? this.program.functionAt(member.owner) : undefined;
  }
  /** What a field, an element of an enum or a key of an object is given. */
  private member(expr: Extract<Expr, { kind: 'attribute' }>, steps: number): Expr | undefined {
    const object = dotted(expr.object);
    if (object === undefined) return this.entry(expr.object, expr.name, steps + 1);
    if (this.asked.has(`${object}.${expr.name}`)) return undefined;
    this.asked.add(`${object}.${expr.name}`);
    try {
      const set = this.program.members(object, expr.name).filter((one) => one.value && one.value.kind !== 'none');
      const values = set.filter((one) => !(one.value!.start <= expr.start && expr.start < one.value!.end));
      if (values.length === 1) return values[0]!.value;
      if (values.length > 1) return undefined;
      const isClass = expr.object.kind === 'name' && this.program.hasClass(expr.object.name);
      const field = isClass ? this.program.members('this', expr.name)[0]?.value : undefined;
      // A getter is read as a field.
      const getter = object === 'this' ? this.program.members('this', expr.name).find((one) => one.kind === 'function') : undefined;
      const returned = getter?.owner === undefined ? undefined : this.program.functionAt(getter.owner)?.returned;
      return field ?? (returned?.length === 1 ? returned[0] : undefined) ?? this.entry(expr.object, expr.name, steps + 1);
    } finally {
      this.asked.delete(`${object}.${expr.name}`);
    }
  }
  private element(expr: Extract<Expr, { kind: 'subscript' }>, steps: number): Expr | undefined {
    const index = this.value(expr.index, steps + 1);
    if (!index.known) return undefined;
    if (typeof index.value === 'string') return this.member({ ...expr, kind: 'attribute', name: index.value }, steps);
    const list = this.expression(expr.object, steps + 1);
    const item = list.kind === 'list' && typeof index.value === 'number' ? list.items[index.value] : undefined;
    return item?.kind === 'spread' ? undefined : item;
  }
  private isKey(key: Expr, name: string, steps: number): boolean {
    const value = this.value(key, steps + 1);
    return value.known && value.value === name;
  }
  private name(expr: Extract<Expr, { kind: 'name' }>, steps: number): Evaluated {
    const here = { start: expr.start, end: expr.end };
    const open = (reason: string): UnknownValue => ({ known: false, reason, ...here });
    const imported = this.program.imports.get(expr.name);
    const declared = this.program.lookup(expr.name, expr.start);
    if (imported && (!declared || declared.kind === 'import' || declared.scope.start === 0)) {
      return { ...open(`${expr.name} comes from ${imported.module}`), imported: { module: imported.module, name: imported.name ?? '*' } };
    }
    if (!declared) {
      const handed = this.program.handedOn.handedOn.get(expr.name);
      const star = this.program.handedOn.stars[0];
      const from = handed ? { module: handed.module, name: handed.name ?? '*' } : star === undefined ? undefined : { module: star, name: expr.name };
      return { ...open(`${expr.name} is not defined in this file`), ...(from ? { imported: from } : {}) };
    }
    if (declared.kind === 'parameter') {
      const caller = this.fromCaller(declared, steps);
      const value = caller ? this.value(caller, steps + 1) : undefined;
      if (value?.known) return asVariable(value);
      if (declared.fallback) return asParameter(this.value(declared.fallback, steps + 1), expr.name);
      return value?.imported ? value : { ...open(`${expr.name} is a parameter that the callers decide`), param: expr.name };
    }
    if (declared.kind !== 'const') return open(`${expr.name} changes while the program runs`);
    const given = this.given(declared, steps);
    if (!given) return open(declared.value ? `${expr.name} is given values in several places` : `${expr.name} is given no value`);
    const value = this.value(given, steps + 1);
    if (!value.known && declared.fallback) return asParameter(this.value(declared.fallback, steps + 1), expr.name);
    return asVariable(value);
  }
  private attribute(expr: Extract<Expr, { kind: 'attribute' }>, steps: number): Evaluated {
    const here = { start: expr.start, end: expr.end };
    const environment = this.environment(expr);
    if (environment) return environment;
    const given = this.member(expr, steps);
    if (given) return asVariable(this.value(given, steps + 1));
    const object = dotted(expr.object) ?? '';
    const [head, ...path] = object.split('.');
    const imported = this.program.imports.get(head ?? '');
    if (imported && !/[()[\]]/.test(object)) {
      const [name, ...rest] = imported.name === undefined ? [...path, expr.name] : [imported.name, ...path, expr.name];
      return {
        known: false,
        reason: `${object}.${expr.name} comes from ${imported.module}`,
        ...here,
        imported: { module: imported.module, name: name!, path: rest },
      };
    }
    return { known: false, reason: `${object === '' ? 'the value' : `${object}.${expr.name}`} is not decided in this file`, ...here, param: expr.name };
  }
  /** `process.env.X` and its kin are set outside. */
  private environment(expr: Expr): UnknownValue | undefined {
    const text = this.program.text.slice(expr.start, expr.end).replaceAll(/[?!]/g, '');
    const name = /^(?:(?:process|Bun|import\.meta|c|ctx|context)\.env|env|Deno\.env\.get)(?:\.|\[["'`]|\(["'`])(\w+)/.exec(text)?.[1];
    if (name === undefined) return undefined;
    return { known: false, reason: `${name} is set outside of the code`, start: expr.start, end: expr.end, param: `env:${name}` };
  }
  private binary(expr: Extract<Expr, { kind: 'binary' }>, steps: number): Evaluated {
    const left = this.value(expr.left, steps + 1);
    if (expr.op === 'or' || expr.op === '??') {
      const given = left.known && (expr.op === '??' ? left.value !== null : Boolean(left.value));
      if (given && left.origin !== 'default') return left;
      if (left.known && left.origin === 'default' && given) return left;
      const right = this.value(expr.right, steps + 1);
      if (left.known) return right;
      // What another module says comes first, once it is read.
      if (left.imported && !right.known) return left;
      return right.known && right.value !== null
        ? {
            ...right,
            origin: 'default',
            param: left.param ?? 'value',
            note: left.param?.startsWith('env:') ? `default where ${left.param.slice(4)} is not set` : 'default where nothing else is given',
          }
        : left;
    }
    if (expr.op === 'and') {
      return left.known && !left.value ? left : this.value(expr.right, steps + 1);
    }
    return computed(expr.op, left, this.value(expr.right, steps + 1), { start: expr.start, end: expr.end });
  }
  private call(expr: Call, steps: number): Evaluated {
    const here = { start: expr.start, end: expr.end };
    const environment = this.environment(expr);
    if (environment) return environment;
    const name = dotted(expr.callee) ?? '';
    const first = expr.args[0]?.value;
    if (/^(?:Number|String|Boolean|(?:Number\.)?parse(?:Int|Float)|Math\.(?:floor|ceil|round))$/.test(name) && first) {
      const value = this.value(first, steps + 1);
      if (!value.known || value.value === null) return value;
      if (name === 'String') return { ...value, value: String(value.value) };
      if (name === 'Boolean') return { ...value, value: Boolean(value.value) };
      const number = Number(value.value);
      if (!Number.isFinite(number)) return { known: false, reason: 'no number', ...here };
      return {
        ...value,
        value: /Int$|floor/.test(name) ? Math.floor(number) : name.endsWith('ceil') ? Math.ceil(number) : name.endsWith('round') ? Math.round(number) : number,
      };
    }
    const text = textMethod(expr, (part) => this.value(part, steps + 1));
    if (text) return text;
    const returned = this.returnedBy(expr.callee);
    if (returned) return asVariable(this.value(returned, steps + 1));
    const model = modelNameOf(this, expr);
    if (model) return this.value(model, steps + 1);
    const imported = expr.callee.kind === 'name' ? this.program.imports.get(expr.callee.name) : undefined;
    return {
      known: false,
      reason: name === '' ? 'the result of a call' : `the result of ${name}()`,
      ...here,
      ...(imported?.name === undefined ? {} : { imported: { module: imported.module, name: imported.name } }),
    };
  }
}

/** The part of a whole that a pattern takes: `b` of `{ a: { b } } = whole`. */
function partOf(whole: Expr, { path, start, end }: Binding): Expr {
  return path.reduce<Expr>(
    (object, step) =>
      typeof step === 'string'
        ? { kind: 'attribute', object, name: step, start: object.start, end: object.end }
        : { kind: 'subscript', object, index: { kind: 'number', value: step, start, end }, start: object.start, end: object.end },
    whole,
  );
}
