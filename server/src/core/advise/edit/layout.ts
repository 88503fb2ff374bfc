import type { FactValue } from '../../model/fact.js';
import type { Document } from '../../text/document.js';
import type { TextEdit } from './edits.js';
import type { Entry } from './entry.js';
import type { Spelled, Vocabulary } from './vocabulary.js';

export const isCamel = (key: string): boolean => /[a-z0-9][A-Z]/.test(key);
/** `maxModelLen` and `max-model-len` are one setting; dots of nested names stay. */
export const snake = (key: string): string =>
  key
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll('-', '_')
    .toLowerCase();
export const isSame = (a: string, b: string): boolean => snake(a) === snake(b);
export function isVerbatim({ text }: Document, entry: Entry, value: FactValue): boolean {
  const written = unquoted(text.slice(entry.valueStart, entry.end));
  return (typeof value === 'boolean' ? written.toLowerCase() : written) === String(value);
}
const unquoted = (text: string): string => text.replace(/^(["'])(.*)\1$/s, '$2');

/** A value as the language writes it, in the quotes that stood there. */
export function literal(entry: Pick<Entry, 'style' | 'quote'>, value: FactValue): string {
  const { style, quote } = entry;
  if (style === 'keyword' || style === 'dict' || style === 'assign') {
    if (typeof value === 'boolean') return value ? 'True' : 'False';
    return typeof value === 'string' ? `${quote || '"'}${value}${quote || '"'}` : String(value);
  }
  if (style === 'json') return JSON.stringify(value);
  if (style === 'toml') return typeof value === 'string' ? `${quote || '"'}${value}${quote || '"'}` : String(value);
  if (style === 'flow-args') return `${quote || '"'}${String(value)}${quote || '"'}`;
  if (style === 'args' && typeof value !== 'string') return `"${String(value)}"`;
  // A label's value is a text: it brings the quotes that it needs, where none stand yet.
  return quote ? `${quote}${unquoted(String(value))}${quote}` : String(value);
}

export function replaced(document: Document, entry: Entry, value: FactValue): TextEdit {
  const written = literal(entry, value);
  // YAML takes `True` and `true`: a file keeps to one of them.
  const old = document.text.slice(entry.valueStart, entry.end);
  const text = typeof value === 'boolean' && /^(True|False)$/.test(old) ? (value ? 'True' : 'False') : written;
  return { uri: document.uri, start: entry.valueStart, end: entry.end, text };
}
export function renamed(document: Document, entry: Entry, { key, value }: Spelled): TextEdit {
  const head = document.text.slice(entry.start, entry.valueStart);
  return { uri: document.uri, start: entry.start, end: entry.end, text: head.replace(entry.key, key) + literal(entry, value) };
}
/** Kubernetes wants the same number in limits and in requests, and each kind of replica has a policy: every place of the document's part that says the same. */
export function everywhere(document: Document, entry: Entry, to: FactValue): TextEdit[] {
  const first = replaced(document, entry, to);
  if (entry.style !== 'yaml' || !/\.com\/gpu$|^restartPolicy$/.test(entry.key)) return [first];
  const { text } = document;
  const from = unquoted(text.slice(entry.valueStart, entry.end));
  const start = text.lastIndexOf('\n---', entry.start) + 1;
  const next = text.indexOf('\n---', entry.end);
  const same = new RegExp(`(${entry.key.replaceAll('.', '\\.')}["']?\\s*:[ \\t]+)(["']?)${from}\\2(?![\\w.])`, 'g');
  const edits: TextEdit[] = [];
  for (const match of text.slice(start, next < 0 ? text.length : next).matchAll(same)) {
    const at = start + match.index + (match[1] ?? '').length;
    edits.push({
      uri: document.uri,
      start: at,
      end: start + match.index + match[0].length,
      text: literal({ style: 'yaml', quote: (match[2] ?? '') as '' }, to),
    });
  }
  return edits.some((edit) => edit.start === first.start) ? edits : [first];
}

/** The number behind an accelerator's name: `H100:8`. */
export function countIn({ text }: Document, entry: Entry, value: FactValue): { readonly start: number; readonly end: number } | undefined {
  const [, name, count] = /^(["']?[A-Za-z][\w.-]*:)(\d+)["']?$/.exec(text.slice(entry.valueStart, entry.end)) ?? [];
  if (name === undefined || count === undefined || Number(count) !== value) return undefined;
  const start = entry.valueStart + name.length;
  return { start, end: start + count.length };
}

/** Takes a switch away, with its line where it has one of its own. */
export function removed({ uri, text }: Document, entry: Entry): TextEdit {
  const lineStart = text.lastIndexOf('\n', entry.start - 1) + 1;
  const lineEnd = text.indexOf('\n', entry.end) < 0 ? text.length : text.indexOf('\n', entry.end) + 1;
  const [before, after] = [text.slice(lineStart, entry.start), text.slice(entry.end, lineEnd)];
  const goesOn = /^[ \t]*\\?[ \t]*\r?\n?$/.test(after);
  // The last line of a command takes the mark of continuation of the line above with it.
  if (entry.style === 'flag' && !/\\/.test(after)) {
    const gap = /(?:[ \t]|\\\r?\n)+$/.exec(text.slice(0, entry.start))?.[0] ?? '';
    if (!/^[ \t]*$/.test(before) || /\\\r?\n/.test(gap)) return { uri, start: entry.start - gap.length, end: entry.end, text: '' };
  }
  if (/^[ \t]*(?:-[ \t]+)?$/.test(before) && (goesOn || /^[ \t]*,?[ \t]*(?:#.*)?\r?\n?$/.test(after))) return { uri, start: lineStart, end: lineEnd, text: '' };
  const list = /^[ \t]*,[ \t]*/.exec(after)?.[0];
  if (list !== undefined) return { uri, start: entry.start, end: entry.end + list.length, text: '' };
  const gap = /,?\s*$/.exec(text.slice(0, entry.start))?.[0] ?? '';
  return { uri, start: entry.start - gap.length, end: entry.end, text: '' };
}

/** A switch that says no, as one that says yes. */
export function withoutNo({ uri, text }: Document, { start, end }: Entry): TextEdit {
  const at = start + text.slice(start, end).search(/no[-_]/);
  return { uri, start: at, end: at + 3, text: '' };
}

/** A switch that takes a value as well. */
export function switchedOff({ uri }: Document, { style, quote, end }: Entry): TextEdit {
  const at = end - quote.length;
  return { uri, start: at, end: at, text: style === 'flag' ? ' False' : '=False' };
}

/** A setting behind an entry, laid out as it is; where its key stands in the same block already, its value.
 * @returns undefined where the key holds more than a value */
export function beside(document: Document, entry: Entry, setting: Spelled, words: Vocabulary): TextEdit | undefined {
  const { text, uri } = document;
  const line = entry.style === 'yaml' ? siblingOf(text, entry, setting.key) : undefined;
  if (line === undefined) return added(document, entry, setting, words);
  const [, head = '', gap = '', value = ''] = /^([^:]*:)([ \t]*)([^#\r\n]*?)[ \t]*(?:#.*)?\r?$/.exec(lineAt(text, line)) ?? [];
  const isNested = value === '' && indentOf(lineAt(text, nextLine(text, line))) > indentOf(lineAt(text, line));
  if (isNested || /^[[{|>&*]/.test(value)) return undefined;
  const start = line + head.length + (value === '' ? 0 : gap.length);
  return { uri, start, end: start + value.length, text: `${value === '' ? ' ' : ''}${String(setting.value)}` };
}
/** The line of a key in an entry's block of YAML, by its start. */
function siblingOf(text: string, entry: Entry, key: string): number | undefined {
  const own = text.lastIndexOf('\n', entry.start - 1) + 1;
  const column = entry.start - own;
  const isKey = new RegExp(`^["']?${key}["']?[ \\t]*:(?=[ \\t\\r]|$)`);
  const ends = (content: string): boolean => content.slice(0, column).trim() !== '' && !/^[ \t]*#/.test(content);
  for (let line = own; ; line = text.lastIndexOf('\n', line - 2) + 1) {
    const content = lineAt(text, line);
    if (isKey.test(content.slice(column)) && /^[ -]*$/.test(content.slice(0, column))) return line;
    // The first line of a block may begin with the dash of its list's item.
    if (line === 0 || ends(content)) break;
  }
  for (let line = nextLine(text, own); line < text.length; line = nextLine(text, line)) {
    const content = lineAt(text, line);
    if (ends(content)) break;
    if (isKey.test(content.slice(column))) return line;
  }
  return undefined;
}
const lineAt = (text: string, start: number): string => text.slice(start, nextLine(text, start)).replace(/\n$/, '');
const nextLine = (text: string, start: number): number => (text.indexOf('\n', start) < 0 ? text.length : text.indexOf('\n', start) + 1);
const indentOf = (line: string): number => line.search(/[^ ]|$/);

/** A new setting behind an entry, laid out as it is. */
function added(document: Document, entry: Entry, setting: Spelled, { dashes }: Vocabulary): TextEdit {
  const { text } = document;
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const { indent } = entry;
  const write = ({ key: name, value }: Spelled): string => {
    const key = isCamel(entry.key) ? name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()) : name;
    const flag = `--${dashes ? key.replaceAll('_', '-') : key}`;
    // Engines' switches stand alone; a trainer's take a value.
    const bare = value === true && (dashes || entry.bare);
    switch (entry.style) {
      case 'keyword':
        return `${indent === undefined ? ', ' : `,${newline}${indent}`}${key}=${literal({ style: 'keyword', quote: '' }, value)}`;
      case 'dict':
        return `${indent === undefined ? ', ' : `,${newline}${indent}`}"${key}": ${literal({ style: 'dict', quote: '' }, value)}`;
      case 'json':
        return `${indent === undefined ? ', ' : `,${newline}${indent}`}"${key}": ${JSON.stringify(value)}`;
      case 'toml':
        return `, ${key} = ${literal({ style: 'toml', quote: '' }, value)}`;
      case 'yaml':
        return `${newline}${columns(text, entry)}${key}: ${String(value)}`;
      case 'args':
        return `${newline}${columns(text, entry)}- ${flag}${bare ? '' : `${newline}${columns(text, entry)}- ${literal({ style: 'args', quote: '' }, value)}`}`;
      case 'args=':
        return `${newline}${columns(text, entry)}- ${flag}${bare ? '' : `=${String(value)}`}`;
      case 'flow-args':
        return bare ? `, "${flag}"` : `, "${flag}", "${String(value)}"`;
      case 'flow-args=':
        return `${indent === undefined ? ', ' : `,${newline}${indent}`}"${flag}${bare ? '' : `=${String(value)}`}"`;
      case 'override':
        return `${continued(entry, newline)}${key}=${String(value)}`;
      default:
        return `${continued(entry, newline)}${flag}${bare ? '' : `${entry.style === 'flag=' ? '=' : ' '}${String(value)}`}`;
    }
  };
  // Behind a comment of the same line, where a line is an entry.
  const lineEnd = text.indexOf('\n', entry.end) < 0 ? text.length : text.indexOf('\n', entry.end) - (newline.length - 1);
  const isLine = entry.style === 'yaml' || entry.style === 'args' || entry.style === 'args=';
  // An item in quotes ends with its quote.
  const at = isLine ? lineEnd : entry.end + Number(entry.style === 'flow-args=' && !entry.bare && /["']/.test(text[entry.end] ?? ''));
  return { uri: document.uri, start: at, end: at, text: write(setting) };
}
/** Blanks up to the entry's column: the entry begins a line, or follows a dash. */
function columns(text: string, entry: Entry): string {
  const line = text.slice(text.lastIndexOf('\n', entry.start - 1) + 1, entry.start);
  return line.replace(/[^ \t]/g, ' ');
}
/** A flag on a line of its own goes on as the lines above do. */
const continued = (entry: Entry, newline: string): string => (entry.indent === undefined ? ' ' : ` \\${newline}${entry.indent}`);
