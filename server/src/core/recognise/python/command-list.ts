import type { Fact, UnknownFact } from '../../model/fact.js';
import type { Expr } from '../../syntax/python/ast.js';
import type { FunctionInfo } from '../../syntax/python/program.js';
import { engineFlags } from '../shared/engine-flags.js';
import type { FlagMeaning } from '../shared/flag-facts.js';
import type { PythonInput } from '../types.js';

/** The engine options in a command that a function gives back as a list of words: `["vllm", "serve", model, "--max-model-len", "4096"]`. */
export function commandFacts({ program, evaluate }: PythonInput, owner: FunctionInfo): (Fact | UnknownFact | undefined)[] {
  const list = program.returned(owner).map((one) => evaluate.expression(one))[0];
  const words = list?.kind === 'list' ? list.items : [];
  const [first, second, model] = words;
  const table = /^(?:vllm|sglang)$/.test(textOf(first)) && textOf(second) === 'serve' ? engineFlags[textOf(first) as 'vllm' | 'sglang'] : undefined;
  if (!table) return [];
  const named = words.flatMap((word, index) => {
    const [, name, joined] = /^--?([\w-]+)(?:=(.+))?$/.exec(textOf(word)) ?? [];
    const meaning = name === undefined ? undefined : table[name.replaceAll('-', '_')];
    const next = words[index + 1];
    const value = joined === undefined ? next : word;
    if (!meaning || !value || (joined === undefined && /^-/.test(textOf(value)))) return [];
    return (Array.isArray(meaning) ? (meaning as readonly FlagMeaning[]) : [meaning as FlagMeaning]).map(({ fact, change }) =>
      evaluate.fact(fact, plain(value), (read) => {
        const written = joined ?? read;
        const scalar = typeof written === 'string' && /^\d+(?:\.\d+)?$/.test(written) ? Number(written) : written;
        return change ? change(scalar) : scalar;
      }),
    );
  });
  return [...named, model && textOf(model) !== '' && !textOf(model).startsWith('-') ? evaluate.fact('model', model) : undefined];
}
const textOf = (expr: Expr | undefined): string => (expr?.kind === 'string' ? expr.value : '');
/** `x` of `str(x)`. */
const plain = (expr: Expr): Expr =>
  expr.kind === 'call' && expr.callee.kind === 'name' && expr.callee.name === 'str' && expr.args[0] ? expr.args[0].value : expr;
