import { Environment, ParseError } from '@marcbachmann/cel-js';
import type { FactValue } from '../model/fact.js';
import { once } from '../model/once.js';
import { matchesGlob } from '../text/uri.js';
import type { Subject, Surroundings, Verdict } from './types.js';

/** CEL with what a rule may ask: `kind`, `framework`, `title`, `file`, `facts`, `tags`, and every estimate by its name (`usd`, `gpu_hours`).
 * Small on purpose: an expression comes out of a file of somebody's repository.
 * @source Common Expression Language, cel-spec v0.24 */
const environment = once(() =>
  new Environment({ unlistedVariablesAreDyn: true, limits: { maxAstNodes: 1000, maxDepth: 50 } }).registerFunction(
    'glob(string, string): bool',
    (text: string, pattern: string) => matchesGlob(pattern, text),
  ),
);

/** What is wrong with an expression, before anything is judged by it. */
export function faultOf(expression: string): string | undefined {
  if (expression.length > 2000) return 'an expression has at most 2,000 characters';
  // A hostile pattern could keep the editor busy for hours.
  if (/\bmatches\s*\(/.test(expression)) return 'matches() is not available: use glob(file, "train/**"), startsWith(), endsWith() or contains()';
  try {
    environment().parse(expression);
    return undefined;
  } catch (error) {
    return error instanceof ParseError || error instanceof Error ? (error.message.split('\n')[0] ?? 'it does not parse') : 'it does not parse';
  }
}

/** An expression that must be true. What it names and nobody knows leaves it open. */
export function judgeExpression(expression: string, { state, file }: Subject, { tags }: Surroundings): Verdict {
  const fault = faultOf(expression);
  if (fault !== undefined) return { is: 'open', missing: fault };
  const { kind, framework, title } = state.workload;
  try {
    const answer: unknown = environment().parse(expression)({
      ...Object.fromEntries(Object.entries(state.estimation.estimates).map(([name, { likely }]) => [name, likely])),
      kind,
      framework,
      title,
      file,
      tags: { ...tags },
      facts: Object.fromEntries(Object.entries(state.spec.facts).map(([name, value]) => [name, celValue(value)])),
    });
    if (typeof answer !== 'boolean') return { is: 'open', missing: 'a rule answers true or false' };
    return answer ? { is: 'kept' } : { is: 'broken', why: `\`${expression}\` is false` };
  } catch (error) {
    return { is: 'open', missing: error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'an answer' };
  }
}
/** Whole numbers are CEL's `int`, so that `facts.gpus % 8 == 0` works. */
const celValue = (value: FactValue): FactValue | bigint => (typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value);
