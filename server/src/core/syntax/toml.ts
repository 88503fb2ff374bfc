import type { Problem } from '../model/problem.js';
import { maxDepth } from './nesting.js';
import type { Entry, Value } from './value.js';

const maxNodes = 50_000;
const maxProblems = 20;

interface Table {
  readonly kind: 'map';
  readonly entries: Entry[];
  readonly start: number;
  end: number;
}
interface List {
  readonly kind: 'seq';
  readonly items: Value[];
  readonly start: number;
  end: number;
}
interface Key {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** The tables of a TOML text as one value.
 * @source toml.io/en/v1.0.0
 * @errors none: a line that does not parse is a problem and is passed over, the rest is still answered */
export function readToml(uri: string, text: string): { roots: Value[]; problems: Problem[] } {
  const reader = new Reader(text);
  const root = reader.document();
  const problems = reader.faults.map(
    ({ message, start }): Problem => ({ severity: 'warning', code: 'syntax', message, uri, span: { uri, start, end: start } }),
  );
  return { roots: root.entries.length > 0 ? [root] : [], problems };
}

class Reader {
  readonly faults: { readonly message: string; readonly start: number }[] = [];
  private readonly text: string;
  private at = 0;
  private left = maxNodes;
  /** Of tables that were opened, so that long files cost their length. */
  private readonly byName = new WeakMap<Table, Map<string, Entry>>();
  constructor(text: string) {
    this.text = text;
  }

  document(): Table {
    const root: Table = { kind: 'map', entries: [], start: 0, end: this.text.length };
    let table: Table | undefined = root;
    while (this.left-- > 0) {
      this.space(true);
      const start = this.at;
      if (this.at >= this.text.length) break;
      if (this.text[start] === '[') table = this.header(root);
      // What stands under a header that is not understood belongs to nobody.
      else if (!this.setting(table ?? { kind: 'map', entries: [], start, end: start })) this.skipLine('a key and a value are expected');
      else if (table) this.ended(table);
      this.space(false);
      if (this.at < this.text.length && !/[\r\n]/.test(this.text[this.at] as string)) this.skipLine('the line goes on after its value');
    }
    return root;
  }
  private ended(table: Table): void {
    table.end = Math.max(table.end, this.at);
  }

  /** `[a.b]` opens a table, `[[a.b]]` one more of a list. */
  private header(root: Table): Table | undefined {
    const start = this.at;
    const isList = this.text.startsWith('[[', start);
    this.at += isList ? 2 : 1;
    const keys = this.keys();
    if (!keys || !this.text.startsWith(isList ? ']]' : ']', this.at)) {
      this.skipLine('a table’s name is expected');
      return undefined;
    }
    this.at += isList ? 2 : 1;
    const own = keys.pop() as Key;
    const parent = this.under(root, keys, start);
    if (!parent) return undefined;
    if (!isList) return this.under(parent, [own], start);
    const before = this.named(parent, own.name)?.value;
    const made: Table = { kind: 'map', entries: [], start, end: this.at };
    if (before?.kind === 'seq') (before.items as Value[]).push(made);
    else this.put(parent, own, { kind: 'seq', items: [made], start, end: this.at });
    return made;
  }
  /** The table under a path; the last one of a list. */
  private under(from: Table, keys: readonly Key[], start: number): Table | undefined {
    let here = from;
    for (const key of keys) {
      const found = this.named(here, key.name)?.value;
      const next = found?.kind === 'seq' ? found.items.at(-1) : found;
      if (next?.kind === 'map') here = next as Table;
      else if (found) {
        this.fault(`${key.name} is a value, not a table`, key.start);
        return undefined;
      } else {
        const made: Table = { kind: 'map', entries: [], start, end: this.at };
        this.put(here, key, made);
        here = made;
      }
    }
    return here;
  }

  /** `a.b = value` @returns false where it is none */
  private setting(table: Table, depth = 0): boolean {
    const start = this.at;
    const keys = this.keys();
    if (!keys || this.text[this.at] !== '=') return false;
    this.at++;
    this.space(false);
    const value = this.value(depth);
    if (!value) return false;
    const own = keys.pop() as Key;
    const parent = this.under(table, keys, start);
    if (parent) this.put(parent, own, value);
    return true;
  }
  private put(table: Table, { name, start, end }: Key, value: Value): void {
    if (this.named(table, name)) this.fault(`${name} is set a second time`, start);
    const entry: Entry = { key: name, keyStart: start, keyEnd: end, value };
    table.entries.push(entry);
    this.byName.get(table)?.set(name, entry);
  }
  private named(table: Table, name: string): Entry | undefined {
    let known = this.byName.get(table);
    if (!known) {
      known = new Map(table.entries.map((entry) => [entry.key, entry]));
      this.byName.set(table, known);
    }
    return known.get(name);
  }

  private keys(): Key[] | undefined {
    const found: Key[] = [];
    for (;;) {
      this.space(false);
      const start = this.at;
      const quoted = /^["']/.test(this.text[start] ?? '') ? this.line() : undefined;
      const name = quoted ?? this.match(/[\w-]+/y);
      if (name === undefined) return undefined;
      found.push({ name, start, end: this.at });
      this.space(false);
      if (this.text[this.at] !== '.') return found;
      this.at++;
    }
  }

  private value(depth: number): Value | undefined {
    const start = this.at;
    const character = this.text[start];
    if (character === undefined || depth > maxDepth || this.left-- <= 0) return undefined;
    if (character === '[') return this.list(depth);
    if (character === '{') return this.inlineTable(depth);
    if (character === '"' || character === "'") {
      const text = this.text.startsWith(character.repeat(3), start) ? this.lines(character) : this.line();
      return text === undefined ? undefined : { kind: 'scalar', value: text, raw: text, start, end: this.at };
    }
    const raw = this.match(/[^\s,#\]}]+(?: \d\d:[^\s,#\]}]+)?/y);
    const value = raw === undefined ? undefined : plain(raw);
    return value === undefined || raw === undefined ? undefined : { kind: 'scalar', value, raw, start, end: this.at };
  }
  private list(depth: number): Value | undefined {
    const list: List = { kind: 'seq', items: [], start: this.at++, end: this.at };
    for (;;) {
      this.space(true);
      if (this.text[this.at] === ']') break;
      const item = this.value(depth + 1);
      if (!item) return undefined;
      list.items.push(item);
      this.space(true);
      if (this.text[this.at] === ',') this.at++;
      else if (this.text[this.at] !== ']') return undefined;
    }
    list.end = ++this.at;
    return list;
  }
  private inlineTable(depth: number): Value | undefined {
    const table: Table = { kind: 'map', entries: [], start: this.at++, end: this.at };
    for (;;) {
      this.space(true);
      if (this.text[this.at] === '}') break;
      if (!this.setting(table, depth + 1)) return undefined;
      this.space(true);
      if (this.text[this.at] === ',') this.at++;
      else if (this.text[this.at] !== '}') return undefined;
    }
    table.end = ++this.at;
    return table;
  }

  /** A text in quotes on one line, without them. */
  private line(): string | undefined {
    const quoted = this.match(/"(?:[^"\\\r\n]|\\[^\r\n])*"|'[^'\r\n]*'/y);
    if (quoted === undefined) return undefined;
    const inner = quoted.slice(1, -1);
    return quoted.startsWith('"') ? unescaped(inner) : inner;
  }
  /** A text in three quotes; up to two more may stand before the closing ones. */
  private lines(quote: string): string | undefined {
    const start = this.at + 3;
    let end = this.text.indexOf(quote.repeat(3), start);
    while (quote === '"' && end >= 0 && /(?:^|[^\\])(?:\\\\)*\\$/.test(this.text.slice(Math.max(start, end - 50), end)))
      end = this.text.indexOf(quote.repeat(3), end + 1);
    if (end < 0) return undefined;
    for (let more = 0; more < 2 && this.text[end + 3] === quote; more++) end++;
    this.at = end + 3;
    const inner = this.text.slice(start, end).replace(/^\r?\n/, '');
    return quote === '"' ? unescaped(inner.replace(/\\[ \t]*\r?\n\s*/g, '')) : inner;
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }
  /** Blanks; over lines with their comments as well. */
  private space(overLines: boolean): void {
    for (; this.at < this.text.length; this.at++) {
      const character = this.text[this.at] as string;
      if (character === '#') {
        const next = this.text.indexOf('\n', this.at);
        this.at = (next < 0 ? this.text.length : next) - 1;
      } else if (!(character === ' ' || character === '\t' || (overLines && /[\r\n\uFEFF]/.test(character)))) return;
    }
  }
  private skipLine(message: string): void {
    this.fault(message, this.at);
    const next = this.text.indexOf('\n', this.at);
    this.at = next < 0 ? this.text.length : next;
  }
  private fault(message: string, start: number): void {
    if (this.faults.length < maxProblems) this.faults.push({ message, start: Math.min(start, this.text.length) });
  }
}

/** A number or a boolean; a date is kept as it is written. */
function plain(raw: string): string | number | boolean | undefined {
  if (raw === 'true' || raw === 'false') return raw === 'true';
  if (/^[+-]?(?:inf|nan)$/.test(raw)) return raw;
  if (/^\d{4}-\d\d-\d\d|^\d\d:\d\d/.test(raw)) return raw;
  if (/^0x[\da-fA-F_]+$|^0o[0-7_]+$|^0b[01_]+$|^[+-]?\d[\d_]*(?:\.\d[\d_]*)?(?:[eE][+-]?\d[\d_]*)?$/.test(raw)) return Number(raw.replaceAll('_', ''));
  return undefined;
}
const escapes: Readonly<Record<string, string>> = { b: '\b', t: '\t', n: '\n', f: '\f', r: '\r', e: '\u001b' };
const unescaped = (text: string): string =>
  text.replace(/\\(?:u([\da-fA-F]{4})|U([\da-fA-F]{8})|(.))/g, (whole, short: string | undefined, long: string | undefined, letter: string | undefined) => {
    const code = Number.parseInt(short ?? long ?? '', 16);
    if (letter !== undefined) return escapes[letter] ?? letter;
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
