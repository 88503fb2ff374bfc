import type { Fact, Origin, UnknownFact } from '../../../model/fact.js';
import { attributeOf, type HclBody, type HclExpr } from '../../../syntax/hcl/ast.js';

/** An expression after names are followed, and how it came there. */
export interface Followed {
  readonly expr: HclExpr;
  readonly origin: Origin;
  /** The variable that may be set from outside, as `var.x`. */
  readonly param?: string;
}
/** What a value hangs on that this file does not say. */
export interface Missing {
  /** As written: `var.gpu_type`, `data.aws_ami.x.id`. */
  readonly missing: string;
  readonly steps?: readonly (string | number)[];
}
export interface Plain {
  readonly value: string | number | boolean;
  readonly start: number;
  readonly end: number;
  readonly origin: Origin;
  readonly param?: string;
}

const maxHops = 12;
const maxCopies = 20;
/** Names that name others many times over would be followed without an end. */
const maxSteps = 50_000;
const sameValue = /^(?:to(?:list|set|string|number|bool)|try|coalesce|coalescelist|one|flatten|distinct|compact|nonsensitive|abspath|trimspace)$/;

/** What names mean in one file: variables by their defaults, or by what a values file gives, and locals. */
export class Scope {
  private readonly variables = new Map<string, HclExpr | undefined>();
  private readonly locals = new Map<string, HclExpr>();
  private readonly given = new Map<string, HclExpr>();
  private readonly text: string;
  private each: { readonly key: HclExpr; readonly value: HclExpr } | undefined;
  private left = maxSteps;
  constructor(body: HclBody, text: string, isValues: boolean) {
    this.text = text;
    for (const block of body.blocks) {
      if (block.type === 'variable' && block.labels[0] !== undefined) this.variables.set(block.labels[0], attributeOf(block.body, 'default')?.value);
      if (block.type === 'locals') for (const entry of block.body.attributes) this.locals.set(entry.key, entry.value);
    }
    if (isValues) for (const entry of body.attributes) this.given.set(entry.key, entry.value);
  }

  /** The scopes of a block's copies: `each.key` and `each.value` of every entry of its `for_each`.
   * @source developer.hashicorp.com/terraform/language/meta-arguments/for_each: of a set both are the element */
  copies(expr: HclExpr): { readonly name: string; readonly scope: Scope }[] {
    const found = this.follow(expr);
    if ('missing' in found) return [];
    const { start, end } = found.expr;
    const each =
      found.expr.kind === 'object'
        ? found.expr.entries.map(({ key, value }) => ({ key: { kind: 'literal' as const, value: key, start, end }, value }))
        : found.expr.kind === 'list'
          ? found.expr.items.map((item) => ({ key: item, value: item }))
          : [];
    return each.slice(0, maxCopies).flatMap((one) => {
      const name = this.plain(one.key);
      if ('missing' in name) return [];
      const scope = new Scope({ attributes: [], blocks: [] }, this.text, false);
      for (const kind of ['variables', 'locals', 'given'] as const)
        for (const [key, value] of this[kind]) (scope[kind] as Map<string, HclExpr | undefined>).set(key, value);
      scope.each = one;
      return [{ name: String(name.value), scope }];
    });
  }

  /** Follows names, choices and plain functions to what stands there. */
  follow(expr: HclExpr, hops = 0): Followed | Missing {
    if (hops > maxHops || this.left-- <= 0) return { missing: this.written(expr) };
    switch (expr.kind) {
      case 'literal':
      case 'list':
      case 'object':
        return { expr, origin: 'literal' };
      case 'template':
        return this.joined(expr, hops);
      case 'path':
        return this.path(expr.steps, expr, hops);
      case 'choice': {
        const test = this.plain(expr.test, hops + 1);
        if ('missing' in test) return test.steps ? test : { missing: this.written(expr.test) };
        if (typeof test.value !== 'boolean') return { missing: this.written(expr.test) };
        return withSource(this.follow(test.value ? expr.yes : expr.no, hops + 1), test);
      }
      case 'operation':
        return this.operation(expr, hops);
      case 'call':
        return this.call(expr.name, expr.args, expr, hops);
      default:
        return { missing: this.written(expr) };
    }
  }
  /** A text, number or boolean; of a list the first. */
  plain(expr: HclExpr, hops = 0): Plain | Missing {
    const found = this.follow(expr, hops);
    if ('missing' in found) return found;
    if (found.expr.kind === 'list') {
      const [first] = found.expr.items;
      return first && hops < maxHops ? withPlainSource(this.plain(first, hops + 1), found) : { missing: this.written(expr) };
    }
    if (found.expr.kind !== 'literal' || found.expr.value === null) return { missing: this.written(expr) };
    const { value, start, end } = found.expr;
    return { value, start, end, origin: found.origin, ...(found.param === undefined ? {} : { param: found.param }) };
  }
  /** Plain values of a list, or of one value. */
  all(expr: HclExpr): Plain[] {
    const found = this.follow(expr);
    if ('missing' in found) return [];
    const items = found.expr.kind === 'list' ? found.expr.items.slice(0, 50) : [found.expr];
    return items.flatMap((item) => {
      const value = this.plain(item, 1);
      return 'missing' in value ? [] : [withPlainSource(value, found) as Plain];
    });
  }
  /** What a name of this file is to the other files of its folder. */
  exported(uri: string, path: readonly string[]): Fact | UnknownFact | undefined {
    const [kind, name, ...rest] = path;
    const start = kind === 'var' ? (this.given.get(name ?? '') ?? this.variables.get(name ?? '')) : kind === 'local' ? this.locals.get(name ?? '') : undefined;
    if (!start) return undefined;
    const expr = this.step({ expr: start, origin: 'literal' }, rest, 0);
    const value = 'missing' in expr ? expr : this.plain(expr.expr, 1);
    return 'missing' in value
      ? undefined
      : { name: path.join('.'), value: value.value, origin: value.origin, span: { uri, start: value.start, end: value.end } };
  }
  /** True where this file gives a variable's value, beyond a default. */
  gives(name: string): boolean {
    return this.given.has(name);
  }

  private written(expr: HclExpr): string {
    return this.text.slice(expr.start, Math.min(expr.end, expr.start + 60)).replace(/\s+/g, ' ') || 'a value';
  }
  private path(steps: readonly (string | number)[], expr: HclExpr, hops: number): Followed | Missing {
    const [kind, name, ...rest] = steps;
    const missing: Missing = { missing: this.written(expr), steps };
    if (typeof name !== 'string') return missing;
    if (kind === 'local') {
      const value = this.locals.get(name);
      const found = value && this.follow(value, hops + 1);
      if (!found || 'missing' in found) return found ?? missing;
      return this.step({ ...found, origin: found.origin === 'literal' ? 'variable' : found.origin }, rest, hops);
    }
    if (kind === 'each' && this.each && (name === 'value' || name === 'key')) {
      const found = this.follow(this.each[name], hops + 1);
      return 'missing' in found ? found : this.step({ ...found, origin: found.origin === 'literal' ? 'variable' : found.origin }, rest, hops);
    }
    if (kind !== 'var') return missing;
    const value = this.given.get(name) ?? this.variables.get(name);
    const found = value && this.follow(value, hops + 1);
    if (!found || 'missing' in found) return missing;
    if (found.expr.kind === 'literal' && found.expr.value === null) return missing;
    return this.step({ expr: found.expr, origin: 'default', param: `var.${steps.slice(1).join('.')}` }, rest, hops);
  }
  private step(from: Followed, steps: readonly (string | number)[], hops: number): Followed | Missing {
    let here: Followed = from;
    for (const step of steps) {
      const next =
        here.expr.kind === 'object'
          ? here.expr.entries.findLast((entry) => entry.key === String(step))?.value
          : here.expr.kind === 'list' && typeof step === 'number'
            ? here.expr.items[step]
            : undefined;
      const found = next && this.follow(next, hops + 1);
      if (!found) return { missing: steps.join('.') };
      if ('missing' in found) return found;
      here = { ...here, expr: found.expr };
    }
    return here;
  }
  private joined(expr: HclExpr & { kind: 'template' }, hops: number): Followed | Missing {
    let text = '';
    let source: Plain | undefined;
    for (const part of expr.parts) {
      if (typeof part === 'string') text += part;
      else {
        const value = this.plain(part, hops + 1);
        if ('missing' in value) return value.steps ? { missing: value.missing } : value;
        text += String(value.value);
        source ??= value.origin === 'literal' ? undefined : value;
      }
    }
    const { start, end } = expr;
    return { expr: { kind: 'literal', value: text.slice(0, 1000), start, end }, origin: source?.origin ?? 'literal' };
  }
  private operation(expr: HclExpr & { kind: 'operation' }, hops: number): Followed | Missing {
    const left = this.plain(expr.left, hops + 1);
    if (expr.operator === '!') {
      if ('missing' in left || typeof left.value !== 'boolean') return 'missing' in left ? left : { missing: this.written(expr) };
      return { expr: { kind: 'literal', value: !left.value, start: expr.start, end: expr.end }, origin: left.origin };
    }
    const right = this.plain(expr.right, hops + 1);
    if ('missing' in left) return left;
    if ('missing' in right) return right;
    const value = operate(expr.operator, left.value, right.value);
    const source = left.origin === 'literal' ? right : left;
    return value === undefined
      ? { missing: this.written(expr) }
      : { expr: { kind: 'literal', value, start: expr.start, end: expr.end }, origin: source.origin === 'literal' ? 'literal' : source.origin };
  }
  private call(name: string, args: readonly HclExpr[], expr: HclExpr, hops: number): Followed | Missing {
    const [first] = args;
    const missing: Missing = { missing: this.written(expr) };
    if (!first) return missing;
    if (name === 'try' || name === 'coalesce' || name === 'coalescelist') {
      for (const arg of args.slice(0, 8)) {
        const found = this.follow(arg, hops + 1);
        if ('missing' in found) {
          // A value that another file may give comes before the ones after it.
          if (found.steps?.[0] === 'var' || found.steps?.[0] === 'local') return found;
          continue;
        }
        if (found.expr.kind === 'literal' && (found.expr.value === null || found.expr.value === '')) continue;
        return found;
      }
      return missing;
    }
    if (name === 'lookup' && args.length >= 2) {
      const [map, key] = [this.follow(first, hops + 1), this.plain(args[1]!, hops + 1)];
      if ('missing' in key) return key;
      const entry = !('missing' in map) && map.expr.kind === 'object' ? map.expr.entries.findLast((one) => one.key === String(key.value)) : undefined;
      if (entry) return this.follow(entry.value, hops + 1);
      return 'missing' in map || !args[2] ? ('missing' in map ? map : missing) : this.follow(args[2], hops + 1);
    }
    if (name === 'length') {
      const found = this.follow(first, hops + 1);
      if ('missing' in found) return found;
      const size = found.expr.kind === 'list' ? found.expr.items.length : found.expr.kind === 'object' ? found.expr.entries.length : undefined;
      return size === undefined ? missing : { ...found, expr: { kind: 'literal', value: size, start: expr.start, end: expr.end } };
    }
    if (name === 'max' || name === 'min') {
      const values = args.slice(0, 20).map((arg) => this.plain(arg, hops + 1));
      const open = values.find((value) => 'missing' in value);
      if (open) return open as Missing;
      const numbers = values.map((value) => Number((value as Plain).value));
      return { expr: { kind: 'literal', value: Math[name](...numbers), start: expr.start, end: expr.end }, origin: (values[0] as Plain).origin };
    }
    if (name === 'lower' || name === 'upper') {
      const found = this.plain(first, hops + 1);
      if ('missing' in found) return found;
      const value = name === 'lower' ? String(found.value).toLowerCase() : String(found.value).toUpperCase();
      return { expr: { kind: 'literal', value, start: found.start, end: found.end }, origin: found.origin, ...(found.param ? { param: found.param } : {}) };
    }
    return sameValue.test(name) ? this.follow(first, hops + 1) : missing;
  }
}

function operate(operator: string, left: string | number | boolean, right: string | number | boolean): number | boolean | undefined {
  if (operator === '==') return String(left) === String(right);
  if (operator === '!=') return String(left) !== String(right);
  if (typeof left === 'boolean' && typeof right === 'boolean') return operator === '&&' ? left && right : operator === '||' ? left || right : undefined;
  const [a, b] = [Number(left), Number(right)];
  if (!Number.isFinite(a) || !Number.isFinite(b)) return undefined;
  const results: Readonly<Record<string, number | boolean>> = {
    '+': a + b,
    '-': a - b,
    '*': a * b,
    '/': a / b,
    '%': a % b,
    '<': a < b,
    '>': a > b,
    '<=': a <= b,
    '>=': a >= b,
  };
  const found = results[operator];
  return typeof found === 'number' && !Number.isFinite(found) ? undefined : found;
}

/** A value that a variable's default chose may be chosen otherwise. */
const withSource = (found: Followed | Missing, by: { readonly origin: Origin; readonly param?: string }): Followed | Missing =>
  'missing' in found || by.origin === 'literal' || found.origin !== 'literal' ? found : { ...found, origin: by.origin };
const withPlainSource = (found: Plain | Missing, by: { readonly origin: Origin; readonly param?: string }): Plain | Missing =>
  'missing' in found || by.origin === 'literal' || found.origin !== 'literal'
    ? found
    : { ...found, origin: by.origin, ...(by.param === undefined ? {} : { param: by.param }) };
