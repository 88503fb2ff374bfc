import { readShell } from '../../syntax/shell/read.js';
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
      const name = textOf(at(item, 'name') ?? at(item, 'key'));
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
  const at = shell > 0 && /(?:^|\/)(?:ba|z|da)?sh$/.test(words[0]?.text ?? '') ? scriptIndex(values) : -1;
  const script = values[at];
  if (!script) return words.length > 0 ? [words] : [];
  // What stands after the script and its name is what `"$@"` in it holds.
  const rest = values.slice(at + 2).flatMap((value) => itemWords(source, value, environment));
  return commandsOfText(source, script, environment).map((command) => command.flatMap((word) => (/^\$(?:[@*]|\{[@*]\})$/.test(word.text) ? rest : [word])));
}
/** Item that follows `-c`. */
const scriptIndex = (values: readonly Value[]): number => {
  const next = values.findIndex((value) => /^-\w*c$/.test(textOf(value) ?? '')) + 1;
  return textOf(values[next]) === '--' ? next + 1 : next;
};

/** Commands of a shell text that is a scalar of the file, read as a script: its variables, functions and nested shells are followed. */
export function commandsOfText(source: string, value: Value, environment: ReadonlyMap<string, Value> = new Map()): Words[] {
  const text = textOf(value);
  if (text === undefined || value.kind !== 'scalar' || text.length > longest) return [];
  const places = value.uri === undefined ? align(text, source, value.textStart ?? value.start, value.end) : [value.start];
  const { prefix, given } = assignments(environment);
  // Places in the assignments in front are those of the container's variables.
  const place = (offset: number): number => {
    if (offset >= prefix.length) return places[Math.min(offset - prefix.length, places.length - 1)] ?? value.start;
    return given.findLast((one) => one.at <= offset)?.value.start ?? value.start;
  };
  const script = readShell(prefix + filledIn(text));
  return script.commands.filter((command) => command.end > prefix.length).map(({ words }) => words.map((word) => inFile(moved(word, place), value.uri)));
}
/** `<your-model>` is to be filled in by whoever runs the command, as a variable would be: the shell would read a file of that name. */
const filledIn = (text: string): string =>
  text.replace(/(?<=[\s="'])<([A-Za-z][\w-]*)>(?=["'\s]|$)/g, (_whole, name: string) => `$${name.replaceAll('-', '_')}_`);
/** A word with the document that it stands in. */
export const inFile = (word: ShellWord, uri: string | undefined): ShellWord => (uri === undefined ? word : { ...word, uri });
/** Longer texts are programs, not launch lines. */
const longest = 60_000;

/** The container's variables as assignments in front of its script. */
function assignments(environment: ReadonlyMap<string, Value>): { prefix: string; given: { at: number; value: Value }[] } {
  let prefix = '';
  const given: { at: number; value: Value }[] = [];
  for (const [name, value] of environment) {
    const written = textOf(value);
    if (written === undefined || isTemplated(written) || /\$[({A-Za-z_]|['\n]/.test(written)) continue;
    given.push({ at: prefix.length, value });
    prefix += `export ${name}='${written}'\n`;
  }
  return { prefix, given };
}

function moved({ pieces: _pieces, from, ...word }: ShellWord, place: (offset: number) => number): ShellWord {
  const range = (at: { start: number; end: number }) => {
    const start = place(at.start);
    return { start, end: Math.max(start, place(Math.max(at.start, at.end - 1)) + 1) };
  };
  return { ...word, ...range(word), open: word.open || isTemplated(word.text), ...(from && { from: { ...from, ...range(from) } }) };
}

/** Words of one item of a list; `--a 1 --b 2` in one item is split. */
function itemWords(source: string, value: Value, environment: ReadonlyMap<string, Value>): ShellWord[] {
  const [name, given] = [at(value, 'name'), at(value, 'value')];
  // Charts write a flag and its value as an entry.
  if (name && /^--?[A-Za-z]/.test(textOf(name) ?? ''))
    return [name, ...(given && textOf(given) !== '' ? [given] : [])].flatMap((one) => itemWords(source, one, environment));
  const text = textOf(value);
  if (text === undefined || value.kind !== 'scalar') return [];
  if (/^--?[A-Za-z][\w-]*\s+\S/.test(text) || /\s--[a-z]/.test(text)) return commandsOfText(source, value, environment).flat();
  const quoted = value.uri === undefined && /^["']/.test(source.slice(value.start, value.start + 1)) ? 1 : 0;
  const start = value.start + quoted;
  const filled = text.replace(/\$\((\w+)\)|\$\{(\w+)\}|\$(\w+)/g, (whole, a?: string, b?: string, c?: string) => {
    const written = textOf(environment.get(a ?? b ?? c ?? ''));
    return written === undefined || /\$/.test(written) ? whole : written;
  });
  const variable = /\$\(?\{?(\w+)/.exec(text)?.[1];
  const from = filled !== text && variable ? environment.get(variable) : undefined;
  const byDefault = filled.replace(/\$\{(\w+):?-([^{}]*)\}/g, '$2');
  const isDefault = byDefault !== filled;
  const word = inFile(plainWord(byDefault, start, Math.max(start, value.end - quoted)), value.uri);
  const open = word.open || isTemplated(byDefault);
  if (from && variable)
    return [
      { ...word, open, from: { name: variable, start: from.start, end: from.end, ...(from.uri === undefined ? {} : { uri: from.uri }), origin: 'variable' } },
    ];
  return [{ ...word, open, ...(isDefault ? { from: { name: variable ?? '', start, end: word.end, origin: 'default' as const } } : {}) }];
}
