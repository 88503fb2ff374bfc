import type { Piece } from './script.js';

/** What a word is made of, before anything is replaced. */
export type Part =
  | { readonly kind: 'text'; readonly text: string; readonly start: number; readonly end: number; readonly quoted: boolean }
  | {
      readonly kind: 'param';
      readonly name: string;
      readonly index?: string;
      /** `:-`, `:=`, `:+`, `%`, `##` … */
      readonly op?: string;
      readonly operand?: readonly Part[];
      /** `${#name}`. */
      readonly length?: true;
      readonly raw: string;
      readonly start: number;
      readonly end: number;
      readonly quoted: boolean;
    }
  | { readonly kind: 'arithmetic'; readonly expression: string; readonly raw: string; readonly start: number; readonly end: number; readonly quoted: boolean }
  | { readonly kind: 'array'; readonly items: readonly RawWord[]; readonly start: number; readonly end: number; readonly quoted: false }
  | {
      readonly kind: 'command';
      readonly inner: readonly [number, number];
      readonly raw: string;
      readonly start: number;
      readonly end: number;
      readonly quoted: boolean;
    }
  /** Text of a string that is read as a command line, with the places that it came from. */
  | { readonly kind: 'piece'; readonly piece: Piece; readonly start: number; readonly end: number; readonly quoted: boolean };
export interface RawWord {
  readonly parts: readonly Part[];
  readonly start: number;
  readonly end: number;
}
export type Token =
  | { readonly kind: 'word'; readonly word: RawWord; readonly start: number; readonly end: number }
  | { readonly kind: 'operator'; readonly text: string; readonly start: number; readonly end: number }
  | { readonly kind: 'newline'; readonly start: number; readonly end: number }
  | { readonly kind: 'heredoc'; readonly start: number; readonly end: number; readonly quoted: boolean };

/** Text in which nothing is special. */
const plain = /[^\s;&|<>()\\'"`$]+/y;
const plainQuoted = /[^\\"`$]+/y;
const simpleParameter = /\$(?:[A-Za-z_]\w*|\d|[@*#?$!-])/y;
const commented = /(?:[ \t]*#[^\n]*\n)+(?=[ \t]*(?:-{1,2}[A-Za-z]|"?\$\{?[A-Za-z_]))/y;
const continuation = /\\[ \t]*(?:#[^\n]*)?\r?\n/y;
const operator = /&&|\|\||;;&?|;&|\|&|&>>|&>|\d*<<<|\d*<<-?|\d*>>|\d*[<>]&-?|\d*>\||\d*[<>]|[;&|()]/y;
const assignment = /^[A-Za-z_]\w*(?:\[[^\]]*\])?\+?=$/;
const parameter = /^(!?)(#?)([A-Za-z_]\w*|\d+|[@*#?$!-])(?:\[([^\]]*)\])?/;
const parameterOperator = /^(?::?[-=+?]|##?|%%?|\/\/?|,,?|\^\^?|:|@)/;
const wordEnd = new Set([' ', '\t', '\n', '\r', ';', '&', '|', '<', '>', '(', ')']);
const maxDepth = 40;

/** The parts of a text as they are between double quotes: a here-document. */
export function quotedParts(text: string, start: number, end: number): readonly Part[] {
  return new Lexer(text, start, end).quoted();
}

/** Splits shell text into words and operators. Lenient: an unclosed quote ends at the end of the text. */
export class Lexer {
  readonly text: string;
  private readonly end: number;
  private at: number;
  private depth = 0;
  private pending: { readonly delimiter: string; readonly quoted: boolean; readonly dash: boolean }[] = [];
  constructor(text: string, start = 0, end: number = text.length) {
    this.text = text;
    this.at = start;
    this.end = end;
  }
  all(): Token[] {
    const tokens: Token[] = [];
    while (this.at < this.end) {
      const before = this.at;
      this.next(tokens);
      if (this.at <= before) this.at = before + 1;
    }
    return tokens;
  }
  quoted(): Part[] {
    const parts: Part[] = [];
    this.region(parts, true, () => false);
    return parts;
  }
  private next(tokens: Token[]): void {
    this.blanks();
    const start = this.at;
    const char = this.text[start];
    if (char === undefined || start >= this.end) return;
    if (char === '\n' || char === '\r') {
      this.at++;
      if (char === '\n') {
        tokens.push({ kind: 'newline', start, end: this.at });
        this.heredocs(tokens);
      }
      return;
    }
    if (char === '#') {
      this.at = this.lineEnd(start);
      return;
    }
    const previous = tokens.at(-1);
    const opens =
      previous === undefined || previous.kind !== 'word' || /^(?:for|if|while|until|then|do|else|elif|!)$/.test(this.text.slice(previous.start, previous.end));
    if (this.text.startsWith('((', start) && opens) {
      const close = this.skip(start + 1, '(', ')');
      this.at = Math.min(this.end, close);
      const inner = { kind: 'text', text: this.text.slice(start, this.at), start, end: this.at, quoted: true } as const;
      tokens.push({ kind: 'word', word: { parts: [inner], start, end: this.at }, start, end: this.at });
      return;
    }
    if ((char === '<' || char === '>') && this.text[start + 1] === '(') {
      this.at = Math.min(this.end, this.skip(start + 1, '(', ')'));
      const word: RawWord = {
        parts: [{ kind: 'command', inner: [start + 2, this.at - 1], raw: this.text.slice(start, this.at), start, end: this.at, quoted: true }],
        start,
        end: this.at,
      };
      tokens.push({ kind: 'word', word, start, end: this.at });
      return;
    }
    operator.lastIndex = start;
    const match = operator.exec(this.text);
    if (match) {
      this.at = Math.min(this.end, start + match[0].length);
      const text = match[0].replace(/^\d+/, '');
      tokens.push({ kind: 'operator', text, start, end: this.at });
      if (text === '<<' || text === '<<-') this.heredocStart(text === '<<-');
      return;
    }
    const word = this.word();
    tokens.push({ kind: 'word', word, start: word.start, end: word.end });
  }
  private lineEnd(from: number): number {
    const found = this.text.indexOf('\n', from);
    return found < 0 || found > this.end ? this.end : found;
  }
  /** Skips blanks and continued lines. A comment between continued lines does not end the command when flags follow: so it is meant. */
  private blanks(): void {
    for (;;) {
      const char = this.text[this.at];
      if (this.at >= this.end) return;
      if (char === ' ' || char === '\t') this.at++;
      else if (char === '\\') {
        continuation.lastIndex = this.at;
        const match = continuation.exec(this.text);
        if (!match) return;
        this.at += match[0].length;
        commented.lastIndex = this.at;
        const comment = commented.exec(this.text);
        if (comment && this.at + comment[0].length <= this.end) this.at += comment[0].length;
      } else return;
    }
  }
  private heredocStart(dash: boolean): void {
    this.blanks();
    const word = this.word();
    const raw = this.text.slice(word.start, word.end);
    const delimiter = raw.replace(/["'\\]/g, '');
    if (delimiter !== '') this.pending.push({ delimiter, quoted: raw !== delimiter, dash });
  }
  private heredocs(tokens: Token[]): void {
    for (const { delimiter, quoted, dash } of this.pending.splice(0)) {
      const start = this.at;
      let line = start;
      let end = this.end;
      while (line < this.end) {
        const stop = this.lineEnd(line);
        const content = this.text.slice(line, stop).replace(/\r$/, '');
        if ((dash ? content.replace(/^\t+/, '') : content) === delimiter) {
          end = line;
          this.at = Math.min(this.end, stop + 1);
          break;
        }
        line = stop + 1;
      }
      if (line >= this.end) this.at = this.end;
      tokens.push({ kind: 'heredoc', start, end, quoted });
    }
  }
  /** Offset after the bracket that closes the one at `from`; quotes inside do not count. */
  private skip(from: number, open: string, close: string, apostrophes = true): number {
    let level = 0;
    for (let at = from; at < this.end; at++) {
      const char = this.text[at];
      if (char === '\\') at++;
      else if (char === "'" && apostrophes) {
        const stop = this.text.indexOf("'", at + 1);
        if (stop < 0 || stop >= this.end) continue;
        at = stop;
      } else if (char === '"') at = this.doubleEnd(at) - 1;
      else if (char === open) level++;
      else if (char === close && --level === 0) return at + 1;
    }
    return this.end;
  }
  private doubleEnd(from: number): number {
    let at = from + 1;
    while (at < this.end) {
      const char = this.text[at];
      if (char === '\\') at += 2;
      else if (char === '"') return at + 1;
      else if (char === '$' && this.text[at + 1] === '(' && this.depth < maxDepth) {
        this.depth++;
        at = this.skip(at + 1, '(', ')');
        this.depth--;
      } else at++;
    }
    return this.end;
  }
  private word(): RawWord {
    const start = this.at;
    const parts: Part[] = [];
    let from = this.at;
    const flush = (): void => {
      if (this.at > from) parts.push({ kind: 'text', text: this.text.slice(from, this.at), start: from, end: this.at, quoted: false });
    };
    while (this.at < this.end) {
      plain.lastIndex = this.at;
      const run = plain.exec(this.text);
      if (run) this.at = Math.min(this.end, this.at + run[0].length);
      if (this.at >= this.end) break;
      const char = this.text[this.at]!;
      if (char === '(' && assignment.test(this.text.slice(start, this.at))) {
        flush();
        parts.push(this.array());
        from = this.at;
        break;
      }
      if (char === '(' && /[@?*+!]/.test(this.text[this.at - 1] ?? '') && this.at > start) {
        this.at = this.skip(this.at, '(', ')');
        continue;
      }
      if (wordEnd.has(char)) break;
      if (char === '\\') {
        flush();
        continuation.lastIndex = this.at;
        const match = continuation.exec(this.text);
        if (match?.[0].trimEnd() === '\\') {
          // A continued line inside a word joins it with the next line's start; blanks there end the word.
          if (/^[ \t]/.test(match[0].slice(1)) || /[ \t]/.test(this.text[this.at + match[0].length] ?? '')) {
            from = this.at;
            break;
          }
          this.at += match[0].length;
        } else if (match) {
          from = this.at;
          break;
        } else {
          if (this.at + 1 < this.end) parts.push({ kind: 'text', text: this.text[this.at + 1]!, start: this.at, end: this.at + 2, quoted: true });
          this.at = Math.min(this.end, this.at + 2);
        }
        from = this.at;
      } else if (char === "'" || char === '"' || char === '`' || char === '$') {
        flush();
        const before = this.at;
        if (char === "'") this.single(parts);
        else if (char === '"') this.double(parts);
        else if (!this.dollar(parts, false)) {
          this.at = before + 1;
          parts.push({ kind: 'text', text: char, start: before, end: this.at, quoted: false });
        }
        from = this.at;
      } else this.at++;
    }
    flush();
    return { parts, start, end: this.at };
  }
  private single(parts: Part[]): void {
    const start = this.at;
    const found = this.text.indexOf("'", start + 1);
    const stop = found < 0 || found >= this.end ? this.end : found;
    parts.push({ kind: 'text', text: this.text.slice(start + 1, stop), start: start + 1, end: stop, quoted: true });
    this.at = Math.min(this.end, stop + 1);
  }
  private double(parts: Part[]): void {
    const start = this.at++;
    const before = parts.length;
    this.region(parts, true, () => this.text[this.at] === '"');
    this.at = Math.min(this.end, this.at + 1);
    if (parts.length === before) parts.push({ kind: 'text', text: '', start: start + 1, end: start + 1, quoted: true });
  }
  /** Text with parameters up to a stop, without word splitting. */
  private region(parts: Part[], quoted: boolean, stop: () => boolean): void {
    let from = this.at;
    const flush = (): void => {
      if (this.at > from) parts.push({ kind: 'text', text: this.text.slice(from, this.at), start: from, end: this.at, quoted });
    };
    while (this.at < this.end && !stop()) {
      if (quoted) {
        plainQuoted.lastIndex = this.at;
        const run = plainQuoted.exec(this.text);
        if (run) {
          this.at = Math.min(this.end, this.at + run[0].length);
          continue;
        }
      }
      const char = this.text[this.at]!;
      if (char === '\\') {
        const next = this.text[this.at + 1] ?? '';
        if (quoted && !'$`"\\\n\r'.includes(next)) {
          this.at += 2;
          continue;
        }
        flush();
        const newline = next === '\n' ? 2 : next === '\r' && this.text[this.at + 2] === '\n' ? 3 : 0;
        if (newline === 0 && next !== '') parts.push({ kind: 'text', text: next, start: this.at, end: this.at + 2, quoted: true });
        this.at = Math.min(this.end, this.at + (newline || 2));
        from = this.at;
      } else if (char === '$' || char === '`') {
        flush();
        const before = this.at;
        if (!this.dollar(parts, quoted)) {
          this.at = before + 1;
          parts.push({ kind: 'text', text: char, start: before, end: this.at, quoted });
        }
        from = this.at;
      } else if (!quoted && (char === '"' || char === "'")) {
        flush();
        if (char === '"') this.double(parts);
        else this.single(parts);
        from = this.at;
      } else this.at++;
    }
    this.at = Math.min(this.at, this.end);
    flush();
  }
  private array(): Part {
    const start = this.at++;
    const items: RawWord[] = [];
    while (this.at < this.end) {
      this.blanks();
      const char = this.text[this.at];
      if (char === undefined || this.at >= this.end || char === ')') break;
      if (char === '#') this.at = this.lineEnd(this.at);
      else if (char === '\n' || char === '\r') this.at++;
      else {
        const before = this.at;
        const word = this.word();
        if (this.at === before) this.at++;
        else items.push(word);
      }
    }
    this.at = Math.min(this.end, this.at + 1);
    return { kind: 'array', items, start, end: this.at, quoted: false };
  }
  /** A parameter, an arithmetic expression or a command substitution; false for a plain `$`. */
  private dollar(parts: Part[], quoted: boolean): boolean {
    const start = this.at;
    const { text } = this;
    if (this.depth >= maxDepth) return false;
    if (text[start] === '`') {
      const found = text.indexOf('`', start + 1);
      if (found < 0 || found >= this.end) return false;
      this.at = found + 1;
      parts.push({ kind: 'command', inner: [start + 1, found], raw: text.slice(start, this.at), start, end: this.at, quoted });
      return true;
    }
    if (text.startsWith('$((', start)) {
      const close = this.skip(start + 1, '(', ')');
      this.at = close;
      if (text[close - 2] === ')')
        parts.push({ kind: 'arithmetic', expression: text.slice(start + 3, close - 2), raw: text.slice(start, close), start, end: close, quoted });
      else parts.push({ kind: 'command', inner: [start + 2, close - 1], raw: text.slice(start, close), start, end: close, quoted });
      return true;
    }
    if (text.startsWith('$(', start)) {
      this.at = this.skip(start + 1, '(', ')');
      parts.push({ kind: 'command', inner: [start + 2, this.at - 1], raw: text.slice(start, this.at), start, end: this.at, quoted });
      return true;
    }
    if (text.startsWith('${', start)) return this.braced(parts, quoted);
    if (text[start + 1] === "'" && !quoted) {
      this.at = start + 1;
      this.single(parts);
      return true;
    }
    if (text[start + 1] === '"' && !quoted) {
      this.at = start + 1;
      this.double(parts);
      return true;
    }
    simpleParameter.lastIndex = start;
    const match = simpleParameter.exec(text);
    if (!match || start + match[0].length > this.end) return false;
    this.at = start + match[0].length;
    parts.push({ kind: 'param', name: match[0].slice(1), raw: match[0], start, end: this.at, quoted });
    return true;
  }
  private braced(parts: Part[], quoted: boolean): boolean {
    const start = this.at;
    const close = this.skip(start + 1, '{', '}', !quoted);
    const innerEnd = this.text[close - 1] === '}' ? close - 1 : close;
    const inner = this.text.slice(start + 2, innerEnd);
    const head = parameter.exec(inner);
    this.at = close;
    if (!head || head[1] === '!') {
      parts.push({ kind: 'command', inner: [start, start], raw: this.text.slice(start, close), start, end: close, quoted });
      return true;
    }
    const op = parameterOperator.exec(inner.slice(head[0].length))?.[0];
    const base = {
      kind: 'param',
      name: head[3]!,
      ...(head[4] === undefined ? {} : { index: head[4] }),
      raw: this.text.slice(start, close),
      start,
      end: close,
      quoted,
    } as const;
    if (head[2] === '#') {
      parts.push({ ...base, length: true });
      return true;
    }
    if (op === undefined) {
      parts.push(base);
      return true;
    }
    const operand: Part[] = [];
    const from = start + 2 + head[0].length + op.length;
    const nested = new Lexer(this.text, from, innerEnd);
    nested.depth = this.depth + 1;
    nested.region(operand, quoted && op !== ':+' && op !== '+', () => false);
    parts.push({ ...base, op, operand });
    return true;
  }
}
