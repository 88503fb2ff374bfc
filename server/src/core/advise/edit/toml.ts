import type { Document } from '../../text/document.js';
import type { TextEdit } from './edits.js';
import type { Entry } from './entry.js';
import { literal } from './layout.js';
import type { Spelled } from './vocabulary.js';

/** A setting in a table of a TOML file: where its key stands there already, its value; else behind the table's last setting; a table that is not there is made at the end.
 * @returns undefined where the key holds more than a value */
export function inTable({ text, uri }: Document, entry: Entry, setting: Spelled): TextEdit | undefined {
  if (setting.shows?.test(text) === false) return undefined;
  const one = literal(plain, setting.value);
  const written = setting.listed ? `[${one}]` : one;
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const lines = linesOf(text);
  const headers = lines.filter(({ content }) => /^[ \t]*\[/.test(content) && !/,[ \t]*(?:#.*)?$/.test(content));
  const header = setting.table === undefined ? headers.findLast(({ start }) => start < entry.start) : headers.find((one) => nameOf(one) === setting.table);
  const write = (indent: string): string => `${indent}${prefix}${setting.key} = ${written}`;
  // Dotted keys say their table each.
  const prefix = setting.table === undefined ? (/^["']?((?:[\w-]+\.)*)/.exec(text.slice(entry.start))?.[1] ?? '') : '';
  if (setting.table !== undefined && !header) {
    const gap = text === '' || text.endsWith('\n') ? '' : newline;
    return { uri, start: text.length, end: text.length, text: `${gap}${newline}[${setting.table}]${newline}${write('')}${newline}` };
  }
  const next = headers.find(({ start }) => start > (header?.start ?? -1));
  const own = lines.filter(({ start }) => start > (header?.start ?? -1) && (next === undefined || start < next.start));
  const key = new RegExp(`^([ \\t]*["']?${`${prefix}${setting.key}`.replaceAll('.', '\\.')}["']?[ \\t]*=[ \\t]*)([^#]*?)[ \\t]*(?:#.*)?$`);
  for (const { content, start } of own) {
    const [, head, value] = key.exec(content) ?? [];
    if (head === undefined || value === undefined) continue;
    const isPlain = (setting.listed ? /^\[\s*\]$/ : /^(?:"[^"\\]*"|'[^']*'|[\w.+-]+)$/).test(value);
    return isPlain ? { uri, start: start + head.length, end: start + head.length + value.length, text: written } : undefined;
  }
  // A value may go on over several lines; comments at the end of a table speak of the next one.
  const isOwn = setting.table === undefined ? ({ start }: Line) => start <= entry.end : ({ content }: Line) => /^[ \t]*[^\s#]/.test(content);
  const line = own.findLast(isOwn) ?? header ?? { start: entry.start, content: '' };
  const at = line.start + line.content.length;
  return { uri, start: at, end: at, text: `${newline}${write(entry.indent ?? '')}` };
}

const plain = { style: 'toml', quote: '' } as const;
interface Line {
  readonly start: number;
  /** Without its end. */
  readonly content: string;
}
const linesOf = (text: string): Line[] => [...text.matchAll(/^[^\r\n]*/gm)].map((match) => ({ start: match.index, content: match[0] }));
const nameOf = ({ content }: Line): string | undefined => /^[ \t]*\[[ \t]*([\w.-]+)[ \t]*\][ \t]*(?:#.*)?$/.exec(content)?.[1];
