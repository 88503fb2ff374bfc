import { maxDepth } from './nesting.js';
import type { Entry, Value } from './value.js';

const maxNodes = 50_000;

/** Protocol buffers in their text form as a value: messages are maps, in which a repeated field has several entries of its name.
 * @source protobuf.dev/reference/protobuf/textformat-spec
 * @errors none: what does not parse is passed over, the rest is still answered */
export const readPbtxt = (text: string): Value => new Reader(text).message(0, 0);

class Reader {
  private readonly text: string;
  private at = 0;
  private left = maxNodes;
  constructor(text: string) {
    this.text = text;
  }

  /** Fields up to the closing bracket of a message, or to the end. */
  message(start: number, depth: number): Value {
    const entries: Entry[] = [];
    while (this.left-- > 0) {
      this.space();
      const character = this.text[this.at];
      if (character === undefined) break;
      if (character === '}' || character === '>') {
        this.at++;
        if (depth > 0) break;
        continue;
      }
      const keyStart = this.at;
      const key = this.match(/\w[\w.]*|\[[\w./]+\]/y);
      if (key === undefined) {
        this.at++;
        continue;
      }
      const keyEnd = this.at;
      this.space();
      const colon = this.text[this.at] === ':';
      if (colon) this.at++;
      this.space();
      if (!colon && !/[{<[]/.test(this.text[this.at] ?? '')) continue;
      const value = this.value(depth + 1);
      if (value) entries.push({ key, keyStart, keyEnd, value });
    }
    return { kind: 'map', entries, start, end: this.at };
  }

  private value(depth: number): Value | undefined {
    this.space();
    const start = this.at;
    const character = this.text[this.at];
    if (character === undefined || depth > maxDepth) {
      this.at++;
      return undefined;
    }
    if (character === '{' || character === '<') {
      this.at++;
      return this.message(start, depth);
    }
    if (character === '[') {
      this.at++;
      const items: Value[] = [];
      while (this.left-- > 0) {
        this.space();
        if (this.text[this.at] === undefined) break;
        if (this.text[this.at] === ']') {
          this.at++;
          break;
        }
        const before = this.at;
        const item = this.value(depth + 1);
        if (item) items.push(item);
        if (this.at === before) this.at++;
      }
      return { kind: 'seq', items, start, end: this.at };
    }
    if (character === '"' || character === "'") return this.texts();
    const written = this.match(/[-+]?[\w.$][\w.+\-${}]*/y);
    if (written === undefined) return undefined;
    const number = /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?f?$/.test(written) ? Number(written.replace(/f$/, '')) : undefined;
    const value = number ?? (/^(?:true|t)$/i.test(written) ? true : /^(?:false|f)$/i.test(written) ? false : written);
    return { kind: 'scalar', value, raw: written, start, end: this.at };
  }

  /** Adjacent texts are one. */
  private texts(): Value {
    const start = this.at;
    let text = '';
    let end = start;
    for (let quote = this.text[this.at]; quote === '"' || quote === "'"; quote = this.text[this.at]) {
      this.at++;
      const from = this.at;
      while (this.at < this.text.length && this.text[this.at] !== quote && this.text[this.at] !== '\n') this.at += this.text[this.at] === '\\' ? 2 : 1;
      text += this.text.slice(from, this.at).replace(/\\(["'\\])/g, '$1');
      if (this.text[this.at] === quote) this.at++;
      end = Math.min(this.at, this.text.length);
      this.space();
      if (this.left-- <= 0) break;
    }
    return { kind: 'scalar', value: text, raw: text, start, end };
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }
  /** White space, comments, and the separators between fields. */
  private space(): void {
    for (; this.at < this.text.length; this.at++) {
      const character = this.text[this.at] as string;
      if (character === '#') {
        const next = this.text.indexOf('\n', this.at);
        this.at = next < 0 ? this.text.length : next;
      } else if (!/[\s,;]/.test(character)) return;
    }
  }
}
