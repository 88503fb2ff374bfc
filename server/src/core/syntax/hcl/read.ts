import { maxDepth } from '../nesting.js';
import type { HclBlock, HclBody, HclEntry, HclExpr } from './ast.js';

/** More expressions and blocks than any configuration that a person wrote. */
const maxNodes = 100_000;

/** Reads a text of HashiCorp's configuration language.
 * No grammar is asked: the language is small, and a reader of its own yields plain data at once, without a file to load first.
 * @errors none: what does not parse is skipped to the end of its line, the rest is still answered */
export function readHcl(text: string): HclBody {
  return new Reader(text).body();
}

/** One expression that stands between two places of a text. */
export const readHclExpression = (text: string, start: number, end: number): HclExpr => new Reader(text, start, end).expression();

const identifier = /[\p{L}_][\p{L}\p{N}_-]*/uy;
const numeral = /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const operators = ['||', '&&', '==', '!=', '<=', '>=', '<', '>', '+', '-', '*', '/', '%'];
const precedence: Readonly<Record<string, number>> = {
  '||': 1,
  '&&': 2,
  '==': 3,
  '!=': 3,
  '<': 4,
  '>': 4,
  '<=': 4,
  '>=': 4,
  '+': 5,
  '-': 5,
  '*': 6,
  '/': 6,
  '%': 6,
};

class Reader {
  private readonly text: string;
  private at = 0;
  private readonly stop: number;
  private depth = 0;
  /** In brackets a line may end anywhere. */
  private inside = 0;
  private left = maxNodes;
  constructor(text: string, start = 0, end = text.length) {
    this.text = text;
    this.at = start;
    this.stop = end;
  }

  body(): HclBody {
    const attributes: HclEntry[] = [];
    const blocks: HclBlock[] = [];
    while (this.left-- > 0) {
      this.space(true);
      if (this.at >= this.stop || (this.depth > 0 && this.text[this.at] === '}')) break;
      const start = this.at;
      const name = this.name();
      if (name === undefined) {
        this.skipLine();
        continue;
      }
      this.space(false);
      if (this.text[this.at] === '=' && this.text[this.at + 1] !== '=') {
        this.at++;
        attributes.push({ key: name, keyStart: start, value: this.expression() });
        this.skipLine();
        continue;
      }
      const labels: string[] = [];
      for (let label = this.name(); label !== undefined; label = this.name()) {
        labels.push(label);
        this.space(false);
      }
      if (this.text[this.at] !== '{') {
        this.skipLine();
        continue;
      }
      const body = this.block();
      blocks.push({ type: name, labels, body, start, end: this.at });
    }
    return { attributes, blocks };
  }

  /** The body in braces, at its opening one. */
  private block(): HclBody {
    if (this.depth >= maxDepth) {
      this.skipBrackets();
      return { attributes: [], blocks: [] };
    }
    this.at++;
    this.depth++;
    const inside = this.inside;
    this.inside = 0;
    const body = this.body();
    this.inside = inside;
    this.depth--;
    if (this.text[this.at] === '}') this.at++;
    return body;
  }

  expression(): HclExpr {
    this.space(this.inside > 0);
    const start = this.at;
    if (this.depth >= maxDepth || this.left-- <= 0) return this.other(start);
    this.depth++;
    const left = this.binary(0);
    this.space(this.inside > 0);
    let found = left;
    if (this.text[this.at] === '?' && this.at < this.stop) {
      this.at++;
      const yes = this.expression();
      this.space(this.inside > 0);
      if (this.text[this.at] === ':') {
        this.at++;
        const no = this.expression();
        found = { kind: 'choice', test: left, yes, no, start, end: no.end };
      } else found = { kind: 'other', start, end: this.at };
    }
    this.depth--;
    return found;
  }

  private binary(level: number): HclExpr {
    let left = this.unary();
    for (;;) {
      this.space(this.inside > 0);
      const operator = operators.find((one) => this.text.startsWith(one, this.at));
      const strength = operator === undefined ? undefined : precedence[operator];
      if (operator === undefined || strength === undefined || strength <= level || this.at >= this.stop || this.left-- <= 0) return left;
      // `//` and `/*` open a comment, which `space` has passed; what is left is an operator.
      this.at += operator.length;
      this.depth++;
      const right = this.depth > maxDepth ? this.other(this.at) : this.binary(strength);
      this.depth--;
      left = { kind: 'operation', operator, left, right, start: left.start, end: right.end };
    }
  }

  private unary(): HclExpr {
    this.space(this.inside > 0);
    const start = this.at;
    let sign = '';
    while ((this.text[this.at] === '-' || this.text[this.at] === '!') && this.at < this.stop) {
      sign += this.text[this.at++];
      this.space(this.inside > 0);
    }
    const found = this.postfix(this.primary());
    if (sign === '') return found;
    if (sign === '-' && found.kind === 'literal' && typeof found.value === 'number') return { ...found, value: -found.value, start };
    if (sign === '!' && found.kind === 'literal' && typeof found.value === 'boolean') return { ...found, value: !found.value, start };
    return sign === '!' ? { kind: 'operation', operator: '!', left: found, right: found, start, end: found.end } : { kind: 'other', start, end: found.end };
  }

  private primary(): HclExpr {
    const start = this.at;
    const character = this.at < this.stop ? this.text[this.at] : undefined;
    if (character === '"') return this.quoted();
    if (character === '<' && this.text[this.at + 1] === '<') return this.heredoc();
    if (character === '[') return this.list();
    if (character === '{') return this.object();
    if (character === '(') {
      this.at++;
      const found = this.bracketed(() => this.expression());
      this.space(true);
      if (this.text[this.at] === ')') this.at++;
      return found;
    }
    const written = this.match(numeral);
    if (written !== undefined) return { kind: 'literal', value: Number(written), start, end: this.at };
    const name = this.match(identifier);
    if (name === undefined) return { kind: 'other', start, end: start };
    if (name === 'true' || name === 'false') return { kind: 'literal', value: name === 'true', start, end: this.at };
    if (name === 'null') return { kind: 'literal', value: null, start, end: this.at };
    if (this.text[this.at] === '(' && this.at < this.stop) {
      this.at++;
      const args = this.items(')');
      return { kind: 'call', name, args, start, end: this.at };
    }
    return { kind: 'path', steps: [name], start, end: this.at };
  }

  /** Attributes and indices after a value. */
  private postfix(value: HclExpr): HclExpr {
    let found = value;
    for (;;) {
      const next = this.at < this.stop ? this.text[this.at] : undefined;
      if (next === '.') {
        this.at++;
        const step = this.match(identifier) ?? this.match(/\d+/y);
        if (step === undefined) {
          if (this.text[this.at] === '*') this.at++;
          found = { kind: 'other', start: value.start, end: this.at };
        } else found = stepped(found, /^\d/.test(step) ? Number(step) : step, this.at);
      } else if (next === '[') {
        this.at++;
        const [index] = this.items(']');
        const step = index?.kind === 'literal' && (typeof index.value === 'string' || typeof index.value === 'number') ? index.value : undefined;
        found = step === undefined ? { kind: 'other', start: value.start, end: this.at } : stepped(found, step, this.at);
      } else return found;
      if (this.left-- <= 0) return found;
    }
  }

  private list(): HclExpr {
    const start = this.at++;
    if (this.isLoop()) return this.skipLoop(start);
    const items = this.items(']');
    return { kind: 'list', items, start, end: this.at };
  }

  /** Expressions between commas, up to and over the closing bracket. */
  private items(close: string): HclExpr[] {
    return this.bracketed(() => {
      const items: HclExpr[] = [];
      for (;;) {
        this.space(true);
        if (this.at >= this.stop || this.left-- <= 0) return items;
        if (this.text[this.at] === close) {
          this.at++;
          return items;
        }
        const before = this.at;
        items.push(this.expression());
        this.space(true);
        if (this.text.startsWith('...', this.at)) this.at += 3;
        this.space(true);
        if (this.text[this.at] === ',') this.at++;
        else if (this.text[this.at] !== close) {
          // Something that is no list: a brace of an outer block ends it, else one character is passed.
          if (this.text[this.at] === '}' || this.text[this.at] === ']' || this.text[this.at] === ')') return items;
          if (this.at === before) this.at++;
        }
      }
    });
  }

  private object(): HclExpr {
    const start = this.at++;
    if (this.isLoop()) return this.skipLoop(start);
    const entries = this.bracketed(() => {
      const found: HclEntry[] = [];
      for (;;) {
        this.space(true);
        if (this.at >= this.stop || this.left-- <= 0) return found;
        if (this.text[this.at] === '}') {
          this.at++;
          return found;
        }
        const before = this.at;
        const key = this.key();
        this.space(true);
        if (key !== undefined && (this.text[this.at] === '=' || this.text[this.at] === ':')) {
          this.at++;
          // An entry ends with its line.
          const inside = this.inside;
          this.inside = 0;
          found.push({ key, keyStart: before, value: this.expression() });
          this.inside = inside;
          this.space(false);
          if (this.text[this.at] === ',') this.at++;
        } else if (this.text[this.at] === ']' || this.text[this.at] === ')') return found;
        else if (this.text[this.at] === ',' || this.at === before) this.at++;
      }
    });
    return { kind: 'object', entries, start, end: this.at };
  }
  private key(): string | undefined {
    if (this.text[this.at] !== '(') return this.name() ?? this.match(numeral);
    const found = this.primary();
    return found.kind === 'literal' ? String(found.value) : found.kind === 'path' ? found.steps.join('.') : '';
  }

  private isLoop(): boolean {
    const before = this.at;
    this.space(true);
    const found = this.text.startsWith('for', this.at) && /\s/.test(this.text[this.at + 3] ?? '');
    this.at = before;
    return found;
  }
  private skipLoop(start: number): HclExpr {
    this.at = start;
    this.skipBrackets();
    return { kind: 'other', start, end: this.at };
  }
  private bracketed<T>(read: () => T): T {
    this.inside++;
    const found = read();
    this.inside--;
    return found;
  }

  /** `"text ${expression} text"`; a text of one expression is that expression, as the language has it. */
  private quoted(): HclExpr {
    const start = this.at++;
    const parts: (string | HclExpr)[] = [];
    let plain = '';
    const flush = (): void => {
      if (plain !== '') parts.push(plain);
      plain = '';
    };
    while (this.at < this.stop) {
      const character = this.text[this.at] as string;
      if (character === '"' || character === '\n') break;
      if (character === '\\') {
        const next = this.text[this.at + 1] ?? '';
        plain += next === 'n' ? '\n' : next === 't' ? '\t' : next;
        this.at += 2;
      } else if ((character === '$' || character === '%') && this.text[this.at + 1] === character && this.text[this.at + 2] === '{') {
        plain += `${character}{`;
        this.at += 3;
      } else if ((character === '$' || character === '%') && this.text[this.at + 1] === '{') {
        flush();
        parts.push(this.interpolation());
      } else {
        plain += character;
        this.at++;
      }
    }
    if (this.text[this.at] === '"') this.at++;
    flush();
    return templateOf(parts, start, Math.min(this.at, this.stop));
  }
  private interpolation(): HclExpr {
    const start = this.at;
    const directive = this.text[start] === '%';
    this.at += 2;
    if (this.text[this.at] === '~') this.at++;
    const found = directive ? undefined : this.bracketed(() => this.expression());
    this.space(true);
    if (this.text[this.at] === '~') this.at++;
    if (!directive && this.text[this.at] === '}') {
      this.at++;
      return found!;
    }
    // What is left open to the end of the text is not looked through again at every level.
    if (this.at < this.stop) {
      this.at = start + 1;
      this.skipBrackets();
    }
    return { kind: 'other', start, end: this.at };
  }

  private heredoc(): HclExpr {
    const start = this.at;
    const mark = /<<-?([\p{L}_][\p{L}\p{N}_-]*)[^\n]*\n?/uy;
    const opened = this.match(mark);
    if (opened === undefined) return this.other(start);
    const word = /[\p{L}\p{N}_-]+/u.exec(opened.replace(/^<<-?/, ''))?.[0] ?? '';
    const from = this.at;
    for (let line = from; line < this.stop; ) {
      const next = this.text.indexOf('\n', line);
      const end = next < 0 || next > this.stop ? this.stop : next;
      if (this.text.slice(line, end).trim() === word) {
        this.at = end;
        return { kind: 'literal', value: this.text.slice(from, line), start, end: line };
      }
      line = end + 1;
    }
    this.at = this.stop;
    return { kind: 'literal', value: this.text.slice(from, this.stop), start, end: this.stop };
  }

  private other(start: number): HclExpr {
    if (/[([{]/.test(this.text[this.at] ?? '')) this.skipBrackets();
    return { kind: 'other', start, end: this.at };
  }
  private name(): string | undefined {
    if (this.text[this.at] !== '"') return this.match(identifier);
    const found = this.quoted();
    return found.kind === 'literal' ? String(found.value) : '';
  }
  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found === undefined || this.at + found.length > this.stop) return undefined;
    this.at += found.length;
    return found;
  }

  /** White space and comments; over ends of lines only where the language allows. */
  private space(lines: boolean): void {
    while (this.at < this.stop) {
      const character = this.text[this.at] as string;
      if (character === '\n' || character === '\r') {
        if (!lines) return;
        this.at++;
      } else if (character === ' ' || character === '\t' || character === '\ufeff') this.at++;
      else if (character === '#' || (character === '/' && this.text[this.at + 1] === '/')) this.toLineEnd();
      else if (character === '/' && this.text[this.at + 1] === '*') {
        const close = this.text.indexOf('*/', this.at + 2);
        this.at = close < 0 ? this.stop : close + 2;
      } else return;
    }
  }
  private toLineEnd(): void {
    const next = this.text.indexOf('\n', this.at);
    this.at = next < 0 || next > this.stop ? this.stop : next;
  }
  /** To the end of the line, or to the brace that closes the block on it. */
  private skipLine(): void {
    while (this.at < this.stop && this.text[this.at] !== '\n') {
      const character = this.text[this.at] as string;
      if (character === '}' && this.depth > 0) return;
      if (character === '#' || (character === '/' && this.text[this.at + 1] === '/')) this.toLineEnd();
      else if (character === '"') this.skipQuoted();
      else if (/[([{]/.test(character)) this.skipBrackets();
      else this.at++;
    }
  }
  private skipQuoted(): void {
    for (this.at++; this.at < this.stop; this.at++) {
      const character = this.text[this.at];
      if (character === '\\') this.at++;
      else if (character === '"' || character === '\n') {
        this.at++;
        return;
      }
    }
  }
  /** From an opening bracket over its closing one. */
  private skipBrackets(): void {
    let open = 0;
    while (this.at < this.stop) {
      const character = this.text[this.at] as string;
      if (character === '"') {
        this.skipQuoted();
        continue;
      }
      if (character === '#' || (character === '/' && this.text[this.at + 1] === '/')) {
        this.toLineEnd();
        continue;
      }
      this.at++;
      if (/[([{]/.test(character)) open++;
      else if (/[)\]}]/.test(character) && --open <= 0) return;
    }
  }
}

function stepped(value: HclExpr, step: string | number, end: number): HclExpr {
  // A name of more steps than anyone writes would be copied at every step.
  return value.kind === 'path' && value.steps.length < 40 ? { ...value, steps: [...value.steps, step], end } : { kind: 'other', start: value.start, end };
}
function templateOf(parts: readonly (string | HclExpr)[], start: number, end: number): HclExpr {
  const [only] = parts;
  if (only === undefined) return { kind: 'literal', value: '', start, end };
  if (parts.length === 1) return typeof only === 'string' ? { kind: 'literal', value: only, start, end } : { ...only, start, end };
  return { kind: 'template', parts, start, end };
}
