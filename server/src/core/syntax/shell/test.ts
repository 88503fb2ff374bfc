import { arithmetic } from './arithmetic.js';
import type { ShellWord } from './script.js';

/** Whether a test (`[ … ]`, `[[ … ]]`, `test …`, `(( … ))`) holds, or undefined where that is decided at run time. */
export function testHolds(words: readonly ShellWord[], numberOf: (name: string) => number | undefined): boolean | undefined {
  if (words.some((word) => word.maybe)) return undefined;
  const first = words[0]?.text;
  if (first === 'true' || first === ':') return true;
  if (first === 'false') return false;
  if (first?.startsWith('((')) {
    const value = arithmetic(first.slice(2, -2), numberOf);
    return value === undefined ? undefined : value !== 0;
  }
  if (first === 'test') return expression(words.slice(1));
  const last = words.at(-1)?.text;
  if ((first === '[' && last === ']') || (first === '[[' && last === ']]')) return expression(words.slice(1, -1));
  return undefined;
}

function expression(words: readonly ShellWord[]): boolean | undefined {
  for (const [op, short] of [
    ['||', '-o'],
    ['&&', '-a'],
  ] as const) {
    const at = words.findIndex((word, index) => index > 0 && index < words.length - 1 && (word.text === op || word.text === short));
    if (at < 0) continue;
    const left = expression(words.slice(0, at));
    const right = expression(words.slice(at + 1));
    if (op === '||') return left === true || right === true ? true : left === false && right === false ? false : undefined;
    return left === false || right === false ? false : left === true && right === true ? true : undefined;
  }
  const [a, b, c] = words;
  if (!a) return undefined;
  if (a.text === '!') {
    const inner = expression(words.slice(1));
    return inner === undefined ? undefined : !inner;
  }
  if (a.text === '(' && words.at(-1)?.text === ')') return expression(words.slice(1, -1));
  if (words.length === 1) {
    if (a.text === '-z') return true;
    if (a.text === '-n') return false;
    return a.open ? undefined : a.text !== '';
  }
  if (words.length === 2 && b) {
    if (b.open) return undefined;
    return a.text === '-z' ? b.text === '' : a.text === '-n' ? b.text !== '' : undefined;
  }
  if (words.length !== 3 || !b || !c || a.open || c.open) return undefined;
  const [left, right] = [a.text, c.text];
  const [x, y] = [Number(left || Number.NaN), Number(right || Number.NaN)];
  const numbers = Number.isFinite(x) && Number.isFinite(y);
  switch (b.text) {
    case '=':
    case '==':
      return /[*?[]/.test(right) ? undefined : left === right;
    case '!=':
      return /[*?[]/.test(right) ? undefined : left !== right;
    case '-eq':
      return numbers ? x === y : undefined;
    case '-ne':
      return numbers ? x !== y : undefined;
    case '-gt':
      return numbers ? x > y : undefined;
    case '-ge':
      return numbers ? x >= y : undefined;
    case '-lt':
      return numbers ? x < y : undefined;
    case '-le':
      return numbers ? x <= y : undefined;
    default:
      return undefined;
  }
}

/** Whether a `case` pattern matches, or undefined where that is not clear. */
export function globMatches(pattern: ShellWord, text: string): boolean | undefined {
  if (pattern.open) return undefined;
  if (!/[*?[]/.test(pattern.text)) return pattern.text === text;
  if (pattern.text.includes('[') || pattern.text.length > 60) return undefined;
  const parts = pattern.text.split('*').map((part) => part.replace(/[.+^${}()|\\]/g, '\\$&').replaceAll('?', '.'));
  return parts.length > 4 ? undefined : new RegExp(`^${parts.join('.*')}$`, 's').test(text);
}
