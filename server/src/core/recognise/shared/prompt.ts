import type { Fact, UnknownFact } from '../../model/fact.js';
import type { Expr } from '../../syntax/python/ast.js';
import { dotted } from '../../syntax/python/ast.js';
import type { Evaluated } from './evaluated.js';

/** What reading a prompt asks of a program, in whatever language. */
export interface ReadsPrompt {
  readonly uri: string;
  value(expr: Expr): Evaluated;
  expression(expr: Expr): Expr;
  readonly program: { readonly text: string; lookup(name: string, at: number): { readonly kind: string } | undefined };
}

/** Keys of a message that are no text for the model. */
const silent = /^(role|type|name|id|tool_call_id|cache_control|detail|ttl|media_type|cacheControl|providerOptions|toolCallId)$/;
const maxDepth = 12;
const otherScripts = /[\u0250-\u1fff\u2e80-\uffef]/;

/** Characters of a prompt that is written out; the tokens are unknown where any part of it comes at run time. */
export function promptFact(evaluate: ReadsPrompt, ...parts: readonly (Expr | undefined)[]): Fact | UnknownFact | undefined {
  const given = parts.filter((part): part is Expr => part !== undefined);
  const [first, last] = [given[0], given.at(-1)];
  if (!first || !last) return undefined;
  const seen = { variable: false, text: '' };
  const lengths = given.map((part) => lengthOf(evaluate, part, seen, 0));
  const open = given.find((_, at) => lengths[at] === undefined || (lengths[at] === 0 && given.length === 1));
  if (open) {
    return {
      name: 'input_tokens',
      reason: seen.text === '' ? 'the prompt is built at run time' : `the prompt is built at run time; ${seen.text.length} characters of it are written here`,
      need: 'state the tokens of a typical prompt',
      span: { uri: evaluate.uri, start: open.start, end: open.end },
    };
  }
  const chars = lengths.reduce<number>((sum, length) => sum + (length ?? 0), 0);
  // Latin text and code go by their length; in other scripts the tokens depend on the characters.
  const [name, value] = otherScripts.test(seen.text) ? (['prompt_text', seen.text] as const) : (['prompt_chars', chars] as const);
  return { name, value, origin: seen.variable ? 'variable' : 'literal', span: { uri: evaluate.uri, start: first.start, end: last.end } };
}

/** What an agent reads beside the prompt that is written: instructions of its own, its tools, and what these answer. */
export const agentTokens = (uri: string, { start, end }: { readonly start: number; readonly end: number }): UnknownFact => ({
  name: 'input_tokens',
  reason: 'the agent adds its own instructions, its tools and what they read',
  need: 'state the tokens of a typical turn',
  span: { uri, start, end },
});

function lengthOf(evaluate: ReadsPrompt, expr: Expr, seen: { variable: boolean; text: string }, depth: number): number | undefined {
  if (depth > maxDepth) return undefined;
  const sum = (items: readonly Expr[]): number | undefined => {
    const lengths = items.map((item) => lengthOf(evaluate, item, seen, depth + 1));
    return lengths.reduce((total, length) => (total === undefined || length === undefined ? undefined : total + length), 0);
  };
  switch (expr.kind) {
    case 'string':
      seen.text += expr.value;
      return expr.value.length;
    case 'none':
      return 0;
    case 'template':
      return sum(expr.parts.map((part) => (typeof part === 'string' ? { kind: 'string', value: part, start: expr.start, end: expr.end } : part)));
    case 'list':
    case 'tuple':
      return sum(expr.items);
    case 'dict': {
      const texts = expr.entries.filter((entry) => !(entry.key?.kind === 'string' && silent.test(entry.key.value)));
      if (texts.some((entry) => entry.key?.kind !== 'string' || !/^(content|text|parts|input_text|system|prompt)$/.test(entry.key.value))) return undefined;
      return sum(texts.map((entry) => entry.value));
    }
    case 'binary':
      return expr.op === '+' ? sum([expr.left, expr.right]) : undefined;
    case 'call': {
      const name = dotted(expr.callee) ?? '';
      if (/(^|\.)(strip|lstrip|rstrip|trim\w*)$/.test(name) && expr.callee.kind === 'attribute') return lengthOf(evaluate, expr.callee.object, seen, depth + 1);
      if (expr.callee.kind === 'attribute' && expr.callee.name === 'join') return joined(expr.callee.object, expr.args[0]?.value, sum);
      if (!/(^|\.)(dedent|cleandoc|TextBlockParam|TextBlock|(System|Human|AI|User|Assistant)?Message|MessageParam|Part|Content|from_text|Prompt)$/.test(name))
        return undefined;
      const inner =
        expr.args.find((arg) => arg.keyword !== undefined && /^(content|text|parts)$/.test(arg.keyword)) ?? expr.args.find((arg) => arg.keyword === undefined);
      return inner ? lengthOf(evaluate, inner.value, seen, depth + 1) : undefined;
    }
    case 'name':
    case 'attribute':
    case 'subscript': {
      const meant = evaluate.expression(expr);
      if (expr.kind === 'name') {
        if (grows(evaluate, expr.name)) return undefined;
        // A parameter's default is not what its callers send.
        if (evaluate.program.lookup(expr.name, expr.start)?.kind === 'parameter' && meant.kind !== 'list') {
          const given = evaluate.value(expr);
          if (!given.known || given.origin === 'default') return undefined;
        }
      }
      seen.variable = true;
      if (meant !== expr && meant.kind !== 'name') return lengthOf(evaluate, meant, seen, depth + 1);
      const value = evaluate.value(expr);
      if (!value.known || value.origin === 'default' || value.value === null) return undefined;
      seen.text += String(value.value);
      return String(value.value).length;
    }
    case 'number':
    case 'boolean':
      return String(expr.value).length;
    default:
      return undefined;
  }
}
/** `['a', b].join('\n')` and Python's `'\n'.join(['a', b])`: the parts with what stands between them. */
function joined(object: Expr, first: Expr | undefined, sum: (items: readonly Expr[]) => number | undefined): number | undefined {
  const [list, between] = object.kind === 'list' ? [object, first] : [first, object];
  if (list?.kind !== 'list' && list?.kind !== 'tuple') return undefined;
  const separators = between ? Array.from({ length: Math.max(0, list.items.length - 1) }, () => between) : [];
  return sum([...list.items, ...separators]);
}
/** A conversation that the program adds to has no fixed length. */
const grows = (evaluate: ReadsPrompt, name: string): boolean =>
  new RegExp(`(?<![\\w$])${name.replaceAll('$', '\\$')}(\\.(append|extend|insert|push|unshift|splice)\\(|\\s*\\+=)`).test(evaluate.program.text);
