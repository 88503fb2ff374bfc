import { Environment, expand } from '../../syntax/shell/expand.js';
import { Lexer } from '../../syntax/shell/lexer.js';
import type { ShellWord } from '../../syntax/shell/script.js';
import { isTemplated } from '../../syntax/template.js';
import { at, entriesOf, itemsOf, textOf, type Value } from '../../syntax/value.js';
import { plainWord } from '../shared/command-line.js';
import { align } from './nested.js';

/** A command of a configuration file: its words, with places in the document. */
export type Words = readonly ShellWord[];

/** Environment variables of a container, as Kubernetes (`[{name, value}]`) or compose (a map, or `NAME=value`) have them. */
export function environmentOf(...sources: readonly (Value | undefined)[]): ReadonlyMap<string, Value> {
  const found = new Map<string, Value>();
  for (const source of sources) {
    for (const entry of entriesOf(source)) if (entry.value.kind === 'scalar') found.set(entry.key, entry.value);
    for (const item of itemsOf(source)) {
      const name = textOf(at(item, 'name'));
      const value = at(item, 'value');
      const [, key, text] = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(textOf(item) ?? '') ?? [];
      if (name && value?.kind === 'scalar') found.set(name, value);
      else if (key && text !== undefined && item.kind === 'scalar') found.set(key, { ...item, value: text, raw: text });
    }
  }
  return found;
}

/** The commands that a container runs: the items of its entry point and arguments are words, a text is split as the shell splits it.
 * @assumes `source` is the text that the values stand in */
export function commandsOf(source: string, parts: readonly (Value | undefined)[], environment: ReadonlyMap<string, Value> = new Map()): Words[] {
  const values = parts.flatMap((part) => (part?.kind === 'seq' ? part.items : part ? [part] : []));
  const listed = parts.some((part) => part?.kind === 'seq');
  if (!listed) return values.flatMap((value) => commandsOfText(source, value, environment));
  const words = values.flatMap((value) => itemWords(source, value, environment));
  const shell = words.findIndex((word, index) => index < 4 && /^-\w*c$/.test(word.text));
  const script = shell > 0 && /(?:^|\/)(?:ba|z|da)?sh$/.test(words[0]?.text ?? '') ? values[scriptIndex(values)] : undefined;
  return script ? commandsOfText(source, script, environment) : words.length > 0 ? [words] : [];
}
/** Item that follows `-c`. */
const scriptIndex = (values: readonly Value[]): number => {
  const next = values.findIndex((value) => /^-\w*c$/.test(textOf(value) ?? '')) + 1;
  return textOf(values[next]) === '--' ? next + 1 : next;
};

/** Commands of a shell text that is a scalar of the file. */
export function commandsOfText(source: string, value: Value, environment: ReadonlyMap<string, Value> = new Map(), depth = 0): Words[] {
  const text = textOf(value);
  if (text === undefined || value.kind !== 'scalar' || text.length > longest) return [];
  const places = align(text, source, value.textStart ?? value.start, value.end);
  const place = (offset: number): number => (offset >= outside ? offset - outside : (places[Math.min(offset, places.length - 1)] ?? value.start));
  const variables = new Environment();
  for (const [name, set] of environment) {
    const written = textOf(set);
    if (written === undefined || isTemplated(written) || /\$[({A-Za-z_]/.test(written)) continue;
    variables.set(name, { kind: 'scalar', origin: 'variable', pieces: [{ text: written, start: set.start + outside, end: set.end + outside, open: false }] });
  }
  const commands: ShellWord[][] = [];
  let words: ShellWord[] = [];
  let redirected = false;
  const close = (): void => {
    if (words.length > 0) commands.push(words);
    words = [];
  };
  for (const token of new Lexer(text).all()) {
    if (token.kind === 'word') {
      if (redirected) redirected = false;
      else {
        const made = expand(token.word, variables);
        const first = made[0];
        const set = words.length === 0 && first ? /^(?:export\s+)?([A-Za-z_]\w*)=([\s\S]*)$/.exec(first.text) : null;
        if (set?.[1] && first)
          variables.set(set[1], { kind: 'scalar', origin: 'variable', pieces: [{ text: set[2] ?? '', start: first.start, end: first.end, open: first.open }] });
        else words.push(...made);
      }
    } else if (token.kind === 'operator' && /[<>]/.test(token.text)) redirected = !/&-$|^<<-?$/.test(token.text);
    else if (token.kind !== 'heredoc') close();
  }
  close();
  return commands.flatMap((command) => {
    const inner = nestedScript(command);
    if (inner && depth < 3)
      return commandsOfText(source, { kind: 'scalar', value: inner.text, raw: inner.text, start: place(inner.start), end: value.end }, environment, depth + 1);
    return [command.map(({ pieces: _pieces, from, ...word }) => moved(word, place, from))];
  });
}
/** Longer texts are programs, not launch lines. */
const longest = 60_000;
/** Places of the environment's values are in the document already; they are kept apart from places in the text by this much. */
const outside = 1e9;

function moved(word: ShellWord, place: (offset: number) => number, from: ShellWord['from']): ShellWord {
  const start = place(word.start);
  const end = Math.max(start, place(Math.max(word.start, word.end - 1)) + 1);
  return { ...word, open: word.open || isTemplated(word.text), start, end, ...(from && { from: { ...from, start: place(from.start), end: place(from.end) } }) };
}
/** The text after `sh -c` inside a text. */
function nestedScript(words: Words): ShellWord | undefined {
  if (!/(?:^|\/)(?:ba|z|da)?sh$/.test(words[0]?.text ?? '')) return undefined;
  const dash = words.findIndex((word, index) => index > 0 && /^-\w*c$/.test(word.text));
  return dash > 0 ? words[dash + 1] : undefined;
}

/** Words of one item of a list; `--a 1 --b 2` in one item is split. */
function itemWords(source: string, value: Value, environment: ReadonlyMap<string, Value>): ShellWord[] {
  const text = textOf(value);
  if (text === undefined || value.kind !== 'scalar') return [];
  if (/^--?[A-Za-z][\w-]*\s+\S/.test(text) || /\s--[a-z]/.test(text)) return commandsOfText(source, value, environment).flat();
  const quoted = /^["']/.test(source.slice(value.start, value.start + 1)) ? 1 : 0;
  const start = value.start + quoted;
  const filled = text.replace(/\$\((\w+)\)|\$\{(\w+)\}|\$(\w+)/g, (whole, a?: string, b?: string, c?: string) => {
    const written = textOf(environment.get(a ?? b ?? c ?? ''));
    return written === undefined || /\$/.test(written) ? whole : written;
  });
  const name = /\$\(?\{?(\w+)/.exec(text)?.[1];
  const from = filled !== text && name ? environment.get(name) : undefined;
  const byDefault = filled.replace(/\$\{(\w+):?-([^{}]*)\}/g, '$2');
  const isDefault = byDefault !== filled;
  const word = plainWord(byDefault, start, Math.max(start, value.end - quoted));
  const open = word.open || isTemplated(byDefault);
  if (from && name) return [{ ...word, open, from: { name, start: from.start, end: from.end, origin: 'variable' } }];
  return [{ ...word, open, ...(isDefault ? { from: { name: name ?? '', start, end: word.end, origin: 'default' as const } } : {}) }];
}
