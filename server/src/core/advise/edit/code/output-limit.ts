import type { FactValue } from '../../../model/fact.js';
import type { Workload } from '../../../model/workload.js';
import { dotted } from '../../../syntax/python/ast.js';
import { type Change, type Recipe, withKeyword } from './recipe.js';
import { callWithin } from './trainer.js';

/** How an interface calls the limit of its output, by the method that is called.
 * @source OpenAI API reference: chat completions take `max_completion_tokens` (reasoning models nothing else), responses `max_output_tokens`; others with that interface `max_tokens`.
 * LangChain documentation, chat models: `max_tokens` is a standard parameter */
function keyOf(framework: string, method: string): string | undefined {
  if (/responses\.(?:with_\w+\.)?(create|parse|stream)$/.test(method)) return 'max_output_tokens';
  if (/chat\.completions\.(?:with_\w+\.)?(create|parse|stream)$/.test(method))
    return /^(azure-)?openai$/.test(framework) ? 'max_completion_tokens' : 'max_tokens';
  if (/^langchain-(?!ollama)/.test(framework)) return /(?:^|\.)Chat[A-Z]\w*$/.test(method) ? 'max_tokens' : undefined;
  return /(?:^|\.)a?completion$/.test(method) && framework === 'litellm' ? 'max_tokens' : undefined;
}

/** A limit of the output of a hosted call. */
export const outputLimit: Recipe = {
  facts: ['max_tokens'],
  write(code, to) {
    const { workload } = code;
    const limit = to('max_tokens');
    if (workload.kind !== 'api-call' || typeof limit !== 'number') return undefined;
    const call = callWithin(
      code,
      /^(?:create|parse|stream|a?completion|Chat[A-Z]\w*)$/,
      (one) => keyOf(workload.framework, dotted(one.callee) ?? '') !== undefined,
    );
    const key = call && keyOf(workload.framework, dotted(call.callee) ?? '');
    if (!call || key === undefined || call.args.some((arg) => arg.spread !== undefined)) return undefined;
    return [withKeyword(code, call, `${key}=${limit}`)];
  },
};

/** The same in TypeScript, behind the model's name, or behind the variable that holds it. */
export function outputLimitTypescript(text: string, workload: Workload, fact: string, value: FactValue | undefined): Change[] | undefined {
  const { start, end } = workload.span;
  if (fact !== 'max_tokens' || typeof value !== 'number') return undefined;
  const [found, ...others] = text.slice(start, end).matchAll(/\bmodel\s*:\s*(?:"[^"\n]*"|'[^'\n]*'|`[^`\n]*`|[\w$.#]+)(?=\s*[,}])/g);
  if (!found || others.length > 0) return undefined;
  const head = text.slice(start, start + found.index);
  const key = keyOf(workload.framework, /([\w.#$]+)\s*(?:<[^>]*>)?\(\s*\{[^{}]*$/.exec(head)?.[1] ?? '');
  const at = start + found.index + found[0].length;
  if (key === undefined || new RegExp(`\\b${key}\\s*:`).test(text.slice(start, end))) return undefined;
  return [{ start: at, end: at, text: `, ${key}: ${value}` }];
}
