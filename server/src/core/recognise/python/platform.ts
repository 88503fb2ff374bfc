import type { Expr } from '../../syntax/python/ast.js';
import type { ShellWord, WordSource } from '../../syntax/shell/script.js';
import { parseFlags, type ReadFlag, scalar } from '../shared/command-line.js';
import type { KnownValue } from '../shared/evaluated.js';
import type { PythonInput } from '../types.js';

/** What a platform's SDK is given for another program: options of a dict, words of a list. Both are read as that program's flags. */

/** Entries of a dict as flags, with what is set under its name later: `hyperparameters["epochs"] = 3`. Entries that the text does not decide are open. */
export function dictFlags(input: PythonInput, expr: Expr | undefined): ReadFlag[] {
  const { program, evaluate } = input;
  const meant = expr && evaluate.expression(expr);
  const flags: ReadFlag[] = [];
  if (meant?.kind === 'dict') {
    for (const { key, value } of meant.entries) {
      if (!key) flags.push(...dictFlags(input, value.kind === 'spread' ? value.value : value));
      else if (key.kind === 'string') flags.push(flagOf(input, key.value, key, value));
    }
  } else if (meant?.kind === 'call' && /^(dict|Params)$/.test(evaluate.callee(meant)))
    for (const arg of meant.args) if (arg.keyword !== undefined) flags.push(flagOf(input, arg.keyword, arg, arg.value));
  if (expr?.kind !== 'name') return flags;
  const later = new RegExp(`^[ \\t]*${expr.name}\\[["']([\\w-]+)["']\\][ \\t]*=(?!=)`, 'gm');
  if (!later.test(program.text)) return flags;
  later.lastIndex = 0;
  for (let match = later.exec(program.text); match; match = later.exec(program.text)) {
    const set = program.keyed(expr.name, match[1]!);
    if (set) flags.push(flagOf(input, match[1]!, { start: match.index, end: match.index + match[0].length }, set));
  }
  return flags;
}

/** Items of a list as the words of a command. */
export function listWords(input: PythonInput, expr: Expr | undefined): ShellWord[] {
  const meant = expr && input.evaluate.expression(expr);
  if (meant?.kind === 'binary' && meant.op === '+') return [...listWords(input, meant.left), ...listWords(input, meant.right)];
  if (meant?.kind !== 'list' && meant?.kind !== 'tuple') return [];
  return meant.items.flatMap((item) => {
    if (item.kind === 'spread') return listWords(input, item.value);
    const value = printedValue(input, item);
    if (value) return value.value === null ? [] : [{ text: String(value.value), start: value.start, end: value.end, open: false, ...fromOf(value) }];
    const text = item.kind === 'template' ? item.parts.map((part) => (typeof part === 'string' ? part : '$?')).join('') : '$?';
    return [{ text, start: item.start, end: item.end, open: true }];
  });
}
export const listFlags = (input: PythonInput, expr: Expr | undefined): ReadFlag[] => [...parseFlags(listWords(input, expr)).flags];

/** A text or number that the program decides; `json.dumps(4)` and `str(4)` are what they print. */
function printedValue({ evaluate }: PythonInput, expr: Expr): KnownValue | undefined {
  const printed = expr.kind === 'call' && /^(json\.dumps|repr)$/.test(evaluate.callee(expr)) ? expr.args[0]?.value : expr;
  const value = printed && evaluate.value(printed);
  return value?.known ? value : undefined;
}
const fromOf = ({ origin, param, start, end }: KnownValue): { from?: WordSource } =>
  origin === 'literal' ? {} : { from: { name: param ?? '', start, end, origin: origin === 'default' ? 'default' : 'variable' } };

function flagOf(input: PythonInput, name: string, key: { start: number; end: number }, expr: Expr): ReadFlag {
  const found = printedValue(input, expr);
  const place = found ?? expr;
  const value = found?.value ?? '';
  return {
    name: name.replaceAll('-', '_'),
    value: found ? (typeof value === 'string' ? scalar(value) : value) : input.program.text.slice(expr.start, expr.end),
    open: found === undefined,
    start: key.start,
    end: Math.max(key.end, expr.end),
    valueStart: place.start,
    valueEnd: place.end,
    ...(found ? fromOf(found) : {}),
    more: [],
    form: 'dashes',
  };
}
