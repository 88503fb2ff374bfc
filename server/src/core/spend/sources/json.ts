import { type Decimal, decimal, zero } from '../decimal.js';
import { SourceError } from './source.js';

/** Reads JSON; numbers of more than 15 digits become texts, because a double would change them. Undefined for what is no JSON. */
export function exactJson(text: string): unknown {
  const kept = text.replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g, (token) =>
    token.startsWith('"') || token.replace(/[eE].*$|[-.]|^-?0\.0*/g, '').length <= 15 ? token : `"${token}"`,
  );
  try {
    return JSON.parse(kept) as unknown;
  } catch {
    return undefined;
  }
}
export const fieldOf = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((found, key) => (typeof found === 'object' && found !== null ? (found as Record<string, unknown>)[key] : undefined), value);
/** A text, or a number as text; empty where there is none. */
export function textOf(value: unknown, ...path: readonly string[]): string {
  const found = fieldOf(value, ...path);
  return typeof found === 'string' ? found : typeof found === 'number' ? String(found) : '';
}
/** An exact amount; undefined where there is none. */
export const amountOf = (value: unknown, ...path: readonly string[]): Decimal | undefined => {
  const text = textOf(value, ...path);
  return text === '' ? undefined : decimal(text);
};
/** A count that an answer leaves out where there is none of it. */
export const countOf = (value: unknown, ...path: readonly string[]): Decimal => amountOf(value, ...path) ?? zero;
export const entriesOf = (value: unknown, ...path: readonly string[]): [string, unknown][] => {
  const found = fieldOf(value, ...path);
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? Object.entries(found) : [];
};
/** A list that the answer must have: without it, nothing would look like no spend.
 * @errors SourceError */
export function listOf(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = fieldOf(value, ...path);
  if (Array.isArray(found)) return found as unknown[];
  throw new SourceError(`the answer has no list '${path.join('.')}'`, 'check that the address is that of the API, not of its web page');
}
