import type { FactValue, Origin } from '../../model/fact.js';
import type { Call, Expr } from '../../syntax/python/ast.js';
import { arithmetic, type Evaluated, type KnownValue, maxSteps, type UnknownValue } from './evaluated.js';

/** Values of expressions that mean the same in every language that is read: literals, templates, signs, choices. Undefined for the other kinds.
 * @param value how the language's evaluator reads a part */
export function plainValue(expr: Expr, value: (part: Expr) => Evaluated, steps: number): Evaluated | undefined {
  const here = { start: expr.start, end: expr.end };
  const literal = (found: FactValue | null): KnownValue => ({ known: true, value: found, origin: 'literal', ...here });
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
        const read = typeof part === 'string' ? literal(part) : value(part);
        if (!read.known) return { ...read, ...here };
        if (typeof part !== 'string') origin = 'variable';
        text += String(read.value);
      }
      return { known: true, value: text, origin, ...here };
    }
    case 'unary': {
      const operand = value(expr.operand);
      if (!operand.known) return operand;
      if (expr.op === 'not') return { ...operand, value: !operand.value };
      return typeof operand.value === 'number'
        ? { ...operand, value: expr.op === '-' ? -operand.value : operand.value, ...here }
        : open(`${expr.op} of something that is no number`);
    }
    case 'conditional': {
      const test = value(expr.test);
      if (test.known) return value(test.value ? expr.value : expr.otherwise);
      const [a, b] = [value(expr.value), value(expr.otherwise)];
      return a.known && b.known && a.value === b.value ? a : open('depends on a condition that is decided at run time');
    }
    default:
      return undefined;
  }
}

/** What an operator makes of two parts. What a flag or another module gives for a part is not the whole. */
export function computed(op: string, left: Evaluated, right: Evaluated, here: { readonly start: number; readonly end: number }): Evaluated {
  if (!left.known) return { known: false, reason: left.reason, ...here };
  if (!right.known) return { known: false, reason: right.reason, ...here };
  const value = arithmetic(op, left.value, right.value);
  if (value === undefined) return { known: false, reason: `${op} is not computed here`, ...here };
  const origin =
    left.origin === 'literal' && right.origin === 'literal' ? 'literal' : left.origin === 'default' || right.origin === 'default' ? 'default' : 'variable';
  const param = left.param ?? right.param;
  return { known: true, value, origin, ...here, ...(param === undefined || origin !== 'default' ? {} : { note: `follows from --${param}` }) };
}

const methods = new Map<string, (text: string) => string>([
  ['strip', (text) => text.trim()],
  ['trim', (text) => text.trim()],
  ['lower', (text) => text.toLowerCase()],
  ['toLowerCase', (text) => text.toLowerCase()],
  ['upper', (text) => text.toUpperCase()],
  ['toUpperCase', (text) => text.toUpperCase()],
  ['toString', (text) => text],
  ['valueOf', (text) => text],
]);
/** The value of a text's own method: `MODEL.lower()`, `model.trim()`. */
export function textMethod({ callee, args }: Call, value: (part: Expr) => Evaluated): Evaluated | undefined {
  const change = callee.kind === 'attribute' && args.length === 0 ? methods.get(callee.name) : undefined;
  if (!change || callee.kind !== 'attribute') return undefined;
  const read = value(callee.object);
  return read.known && typeof read.value === 'string' ? { ...read, value: change(read.value) } : read;
}
