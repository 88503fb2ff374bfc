import { Lexer, type RawWord, type Token } from './lexer.js';

export interface SimpleStatement {
  readonly kind: 'simple';
  readonly words: readonly RawWord[];
  readonly start: number;
  readonly end: number;
  readonly heredocs: { readonly start: number; readonly end: number; readonly quoted: boolean }[];
}
export type Statement =
  | SimpleStatement
  | {
      readonly kind: 'if';
      readonly branches: readonly { readonly test: readonly Statement[]; readonly body: readonly Statement[] }[];
      readonly otherwise?: readonly Statement[];
    }
  | { readonly kind: 'for'; readonly name?: string; readonly items?: readonly RawWord[]; readonly body: readonly Statement[] }
  | { readonly kind: 'while'; readonly test: readonly Statement[]; readonly body: readonly Statement[] }
  | {
      readonly kind: 'case';
      readonly subject?: RawWord;
      readonly clauses: readonly { readonly patterns: readonly RawWord[]; readonly body: readonly Statement[] }[];
    }
  | { readonly kind: 'function'; readonly name: string; readonly body: readonly Statement[] }
  | { readonly kind: 'group'; readonly body: readonly Statement[]; readonly subshell: boolean }
  | { readonly kind: 'logic'; readonly op: '&&' | '||'; readonly left: Statement; readonly right: Statement }
  | { readonly kind: 'pipe'; readonly parts: readonly Statement[] };

const maxDepth = 60;
const maxLinks = 200;
const none: ReadonlySet<string> = new Set();
const closers = new Set(['then', 'do', 'done', 'fi', 'elif', 'else', 'esac', '}']);

/** Statements of a shell text. Lenient: what makes no sense is passed over, and the rest is still read. */
export function parseShell(text: string, start = 0, end: number = text.length): Statement[] {
  const parser = new Parser(text, new Lexer(text, start, end).all());
  return parser.everything();
}

class Parser {
  private readonly text: string;
  private readonly tokens: readonly Token[];
  private at = 0;
  private depth = 0;
  private readonly waiting: SimpleStatement[] = [];
  constructor(text: string, tokens: readonly Token[]) {
    this.text = text;
    this.tokens = tokens;
  }
  everything(): Statement[] {
    const all: Statement[] = [];
    while (this.at < this.tokens.length) {
      const before = this.at;
      all.push(...this.list(none));
      // A closing word without an opening one: passed over.
      if (this.at === before) this.at++;
    }
    return all;
  }
  private get token(): Token | undefined {
    return this.tokens[this.at];
  }
  private isOperator(...texts: readonly string[]): boolean {
    const token = this.token;
    return token?.kind === 'operator' && texts.includes(token.text);
  }
  /** Plain text of a word token: keywords are never quoted. */
  private keyword(): string | undefined {
    const token = this.token;
    if (token?.kind !== 'word' || token.word.parts.length !== 1) return undefined;
    const part = token.word.parts[0]!;
    return part.kind === 'text' && !part.quoted ? part.text : undefined;
  }
  private separators(): void {
    for (;;) {
      const token = this.token;
      if (token?.kind === 'newline') this.at++;
      else if (token?.kind === 'heredoc') {
        this.waiting.shift()?.heredocs.push(token);
        this.at++;
      } else if (this.isOperator(';', '&')) this.at++;
      else return;
    }
  }
  private list(until: ReadonlySet<string>): Statement[] {
    const found: Statement[] = [];
    if (this.depth > maxDepth) {
      this.at = this.tokens.length;
      return found;
    }
    this.depth++;
    for (;;) {
      this.separators();
      const keyword = this.keyword();
      if (!this.token || (keyword !== undefined && (until.has(keyword) || closers.has(keyword))) || this.isOperator(')', ';;', ';&', ';;&')) break;
      const before = this.at;
      const statement = this.andOr();
      if (statement) found.push(statement);
      if (this.at === before) this.at++;
    }
    this.depth--;
    return found;
  }
  private andOr(): Statement | undefined {
    let left = this.pipeline();
    for (let links = 0; left && links < maxLinks && this.isOperator('&&', '||'); links++) {
      const op = this.token!.kind === 'operator' && (this.token as { text: string }).text === '&&' ? '&&' : '||';
      this.at++;
      this.separators();
      const right = this.pipeline();
      if (!right) break;
      left = { kind: 'logic', op, left, right };
    }
    return left;
  }
  private pipeline(): Statement | undefined {
    const parts: Statement[] = [];
    for (;;) {
      while (this.keyword() === '!' || this.keyword() === 'time') this.at++;
      const statement = this.command();
      if (statement) parts.push(statement);
      if (!this.isOperator('|')) break;
      this.at++;
      if (this.isOperator('&')) this.at++;
      this.separators();
    }
    return parts.length > 1 ? { kind: 'pipe', parts } : parts[0];
  }
  private command(): Statement | undefined {
    if (this.isOperator('(')) {
      this.at++;
      const body = this.list(none);
      if (this.isOperator(')')) this.at++;
      this.redirections();
      return { kind: 'group', body, subshell: true };
    }
    switch (this.keyword()) {
      case '{': {
        this.at++;
        const body = this.list(new Set(['}']));
        this.close('}');
        return { kind: 'group', body, subshell: false };
      }
      case 'if':
        return this.conditional();
      case 'for':
      case 'select':
        return this.forLoop();
      case 'while':
      case 'until': {
        this.at++;
        const test = this.list(new Set(['do']));
        this.eat('do');
        const body = this.list(new Set(['done']));
        this.close('done');
        return { kind: 'while', test, body };
      }
      case 'case':
        return this.caseOf();
      case 'function': {
        this.at++;
        const name = this.keyword() ?? '';
        this.at++;
        return this.functionBody(name);
      }
      case '[[':
        return this.test();
      default: {
        const name = this.keyword();
        const [next, after] = [this.tokens[this.at + 1], this.tokens[this.at + 2]];
        if (name && next?.kind === 'operator' && next.text === '(' && after?.kind === 'operator' && after.text === ')') {
          this.at++;
          return this.functionBody(name);
        }
        return this.simple();
      }
    }
  }
  private eat(keyword: string): boolean {
    if (this.keyword() !== keyword) return false;
    this.at++;
    return true;
  }
  private close(keyword: string): void {
    if (this.eat(keyword)) this.redirections();
  }
  private redirections(): void {
    for (let token = this.token; token?.kind === 'operator' && /[<>]/.test(token.text); token = this.token) {
      this.at++;
      if (!/-$|^<<-?$/.test(token.text) && this.token?.kind === 'word') this.at++;
    }
  }
  private functionBody(name: string): Statement {
    if (this.isOperator('(')) this.at++;
    if (this.isOperator(')')) this.at++;
    this.separators();
    this.depth++;
    const body = this.depth > maxDepth ? undefined : this.command();
    this.depth--;
    return { kind: 'function', name, body: body ? [body] : [] };
  }
  private conditional(): Statement {
    this.at++;
    const branches: { test: Statement[]; body: Statement[] }[] = [];
    let otherwise: Statement[] | undefined;
    const ends = new Set(['elif', 'else', 'fi']);
    for (;;) {
      const test = this.list(new Set(['then']));
      this.eat('then');
      branches.push({ test, body: this.list(ends) });
      if (this.eat('elif')) continue;
      if (this.eat('else')) otherwise = this.list(new Set(['fi']));
      break;
    }
    this.close('fi');
    return { kind: 'if', branches, ...(otherwise && { otherwise }) };
  }
  private forLoop(): Statement {
    this.at++;
    const head = this.token;
    const name = this.keyword();
    let items: RawWord[] | undefined;
    if (head?.kind === 'word') this.at++;
    if (this.keyword() === 'in') {
      this.at++;
      items = [];
      for (let token = this.token; token?.kind === 'word'; token = this.token) {
        items.push(token.word);
        this.at++;
      }
    }
    this.separators();
    this.eat('do');
    const body = this.list(new Set(['done']));
    this.close('done');
    return { kind: 'for', ...(name && /^\w+$/.test(name) ? { name } : {}), ...(items && { items }), body };
  }
  private caseOf(): Statement {
    this.at++;
    const subject = this.token?.kind === 'word' ? this.token.word : undefined;
    this.at++;
    this.separators();
    this.eat('in');
    const clauses: { patterns: RawWord[]; body: Statement[] }[] = [];
    for (;;) {
      this.separators();
      if (!this.token || this.keyword() === 'esac') break;
      const before = this.at;
      if (this.isOperator('(')) this.at++;
      const patterns: RawWord[] = [];
      for (let token = this.token; token && !this.isOperator(')') && token.kind !== 'newline'; token = this.token) {
        if (token.kind === 'word') patterns.push(token.word);
        this.at++;
      }
      if (this.isOperator(')')) this.at++;
      clauses.push({ patterns, body: this.list(new Set(['esac'])) });
      if (this.isOperator(';;', ';&', ';;&')) this.at++;
      else if (this.keyword() !== 'esac' && this.isOperator(')')) this.at++;
      if (this.at === before) break;
    }
    this.close('esac');
    return { kind: 'case', ...(subject && { subject }), clauses };
  }
  private test(): Statement {
    const start = this.token!.start;
    const words: RawWord[] = [];
    let end = start;
    for (let token = this.token; token; token = this.token) {
      if (token.kind === 'heredoc') break;
      const last = this.keyword() === ']]';
      if (token.kind === 'word') words.push(token.word);
      else if (token.kind === 'operator') {
        const { text, start: from, end: to } = token;
        words.push({ parts: [{ kind: 'text', text, start: from, end: to, quoted: false }], start: from, end: to });
      }
      this.at++;
      end = token.end;
      if (last) break;
    }
    return { kind: 'simple', words, start, end, heredocs: [] };
  }
  private simple(): Statement | undefined {
    const words: RawWord[] = [];
    let start: number | undefined;
    let end = 0;
    let documents = 0;
    for (let token = this.token; token; token = this.token) {
      if (token.kind === 'word') words.push(token.word);
      else if (token.kind === 'operator' && /[<>]/.test(token.text)) {
        const target = this.tokens[this.at + 1];
        if (/^<<-?$/.test(token.text)) documents++;
        else if (!token.text.endsWith('-') && target?.kind === 'word') {
          this.at++;
          end = target.end;
        }
      } else break;
      start ??= token.start;
      end = Math.max(end, token.end);
      this.at++;
    }
    if (start === undefined) return undefined;
    const statement: SimpleStatement = { kind: 'simple', words, start, end, heredocs: [] };
    for (let index = 0; index < documents; index++) this.waiting.push(statement);
    return statement;
  }
}
