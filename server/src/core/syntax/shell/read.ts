import { readDirectives, schedulerVariables } from './directives.js';
import { Environment, expand, expandWhole, type ShellValue, slicePiece, toWord } from './expand.js';
import { type Part, quotedParts, type RawWord } from './lexer.js';
import { parseShell, type SimpleStatement, type Statement } from './parse.js';
import { placesOf, relocate } from './relocate.js';
import type { Directive, Piece, ShellCommand, ShellScript, ShellVariable, ShellWord } from './script.js';
import { globMatches, testHolds } from './test.js';

/** Reads a shell script, or shell text inside another file (a container's command, a CI step), where `offset` is its place.
 * No grammar is asked: what matters is the order of commands and what their variables hold then, which a tree does not say,
 * and strings that are run (`bash -c "$LAUNCHER $SCRIPT"`) are no part of one. */
export function readShell(text: string, offset = 0): ShellScript {
  const directives = readDirectives(text);
  const reader = new Reader(text, directives);
  const script = { text, commands: reader.read(parseShell(text)), directives, variables: reader.variables };
  return offset === 0 ? script : placedScript(script, (at) => at + offset);
}

const maxNesting = 12;
const maxCommands = 5000;
const builtins = new Set(['export', 'declare', 'local', 'readonly', 'typeset']);
const assigned = /^([A-Za-z_]\w*)(?:\[([^\]]*)\])?(\+?)=/;

/** Follows a script from top to bottom with what its variables hold. Tests that the text decides choose a branch; others are read both ways. */
class Reader {
  readonly variables: ShellVariable[] = [];
  private readonly text: string;
  private readonly commands: ShellCommand[] = [];
  private environment = new Environment();
  /** Exported variables; replaced, never changed, so that a command keeps those of its time. */
  private exported: ReadonlyMap<string, ShellValue | undefined> = new Map();
  private readonly functions = new Map<string, readonly Statement[]>();
  private readonly called = new Set<string>();
  private readonly calls = new Map<string, number>();
  private nesting = 0;
  private outer: ShellCommand | undefined;
  constructor(text: string, directives: readonly Directive[]) {
    this.text = text;
    for (const [name, piece] of schedulerVariables(directives)) {
      this.environment.set(name, { kind: 'scalar', pieces: [piece], origin: 'default' });
    }
  }
  read(statements: readonly Statement[]): ShellCommand[] {
    countCalls(statements, this.calls, 0);
    this.run(statements);
    // Functions that nobody calls in this file are called by others, or by a name that is put together.
    for (const [name, body] of this.functions) if (!this.called.has(name)) this.call(name, body, []);
    return this.commands;
  }
  private run(statements: readonly Statement[]): void {
    if (this.nesting > maxNesting * 5) return;
    this.nesting++;
    for (const statement of statements) if (this.commands.length < maxCommands) this.statement(statement);
    this.nesting--;
  }
  private statement(statement: Statement): void {
    switch (statement.kind) {
      case 'simple':
        this.simple(statement);
        return;
      case 'pipe':
        this.run(statement.parts);
        return;
      case 'group': {
        const before = this.environment;
        if (statement.subshell) this.environment = new Environment(before);
        this.run(statement.body);
        this.environment = before;
        return;
      }
      case 'logic': {
        const holds = this.test([statement.left]);
        if (holds !== undefined) {
          if (holds === (statement.op === '&&')) this.statement(statement.right);
        } else if (isTest(statement.left)) this.branches([[statement.right]], true);
        else {
          this.statement(statement.left);
          // What runs only after a failure is no run of the script.
          if (statement.op === '&&') this.statement(statement.right);
          else this.branches([[statement.right]], true);
        }
        return;
      }
      case 'if': {
        const open: (readonly Statement[])[] = [];
        for (const { test, body } of statement.branches) {
          const holds = this.test(test);
          if (holds === false) continue;
          if (!test.every(isTest)) this.run(test);
          if (holds === undefined) {
            open.push(body);
            continue;
          }
          if (open.length === 0) this.run(body);
          else this.branches([...open, body], false);
          return;
        }
        if (open.length > 0) this.branches(statement.otherwise ? [...open, statement.otherwise] : open, !statement.otherwise);
        else if (statement.otherwise) this.run(statement.otherwise);
        return;
      }
      case 'case':
        this.caseOf(statement);
        return;
      case 'for': {
        const items = statement.items?.flatMap((item) => this.fields(item));
        if (statement.name) {
          const only = items?.length === 1 && !items[0]!.open ? items[0] : undefined;
          this.environment.set(statement.name, { kind: 'scalar', pieces: only?.pieces ?? [openPiece(`$${statement.name}`)], origin: 'variable' });
        }
        this.branches([statement.body], true);
        return;
      }
      case 'while':
        this.branches([statement.body], true);
        return;
      case 'function':
        this.functions.set(statement.name, statement.body);
        return;
    }
  }
  private caseOf({ subject, clauses }: Extract<Statement, { kind: 'case' }>): void {
    const word = subject ? toWord(expandWhole(subject.parts, this.environment)) : undefined;
    if (word && !word.open) {
      for (const { patterns, body } of clauses) {
        const matching = patterns.map((pattern) => globMatches(toWord(expandWhole(pattern.parts, this.environment)), word.text));
        if (matching.includes(true)) {
          this.run(body);
          return;
        }
        if (matching.includes(undefined)) break;
      }
    }
    const rest = clauses.some(({ patterns }) => patterns.some((pattern) => this.text.slice(pattern.start, pattern.end) === '*'));
    this.branches(
      clauses.map(({ body }) => body),
      !rest || word === undefined,
    );
  }
  /** Reads alternatives of which one is taken at run time, each from the same start, and joins what they leave behind. */
  private branches(bodies: readonly (readonly Statement[])[], mayBeNone: boolean): void {
    const before = this.environment;
    const after = bodies.map((body) => {
      if (body.length === 0) return before;
      this.environment = new Environment(before);
      this.run(body);
      return this.environment;
    });
    this.environment = before;
    const changed = new Set(after.flatMap((environment) => (environment === before ? [] : [...environment.changes()])));
    const joined = new Map<string, ShellValue>();
    for (const name of changed) {
      const start = before.get(name);
      // What is only added to stays: `OPTIONS="$OPTIONS --debug"` under a condition.
      if (start?.kind === 'scalar' && mayBeNone && after.every((environment) => extendsText(environment.get(name), start))) {
        joined.set(name, { ...start, pieces: uncertain(start.pieces) });
        continue;
      }
      if (start && !isOpen(start) && (mayBeNone || after.some((environment) => environment.get(name) === start))) {
        const changes = after.flatMap((environment) => environment.get(name) ?? []).filter((value) => value !== start);
        const [unknown] = changes.filter(isOpen);
        // What a command line may replace stays as the default; what the script itself computes is not known, and neither is what starts out empty.
        if (!unknown) {
          if (start.kind === 'scalar') joined.set(name, { ...start, pieces: uncertain(start.pieces) });
        } else if (start.kind === 'scalar' && textOf(start) !== '' && changes.filter(isOpen).every(fromCommandLine))
          joined.set(name, { ...start, pieces: uncertain(start.pieces), origin: 'default' });
        else joined.set(name, { kind: 'scalar', pieces: [openPiece(`$${name}`)], origin: 'variable' });
        continue;
      }
      const values = after.flatMap((environment) => environment.get(name) ?? []).filter((value) => value !== start);
      const known = values.filter((value) => !isOpen(value));
      const [first] = known;
      const agreed = first && known.every((value) => textOf(value) === textOf(first));
      const complete = mayBeNone || values.length === after.length || !start || isOpen(start) || (first && textOf(start) === textOf(first));
      if (agreed && complete && known.length === values.length)
        joined.set(name, first.kind === 'scalar' && (mayBeNone || values.length < after.length) ? { ...first, origin: 'default' } : first);
      else joined.set(name, { kind: 'scalar', pieces: [openPiece(`$${name}`)], origin: 'variable' });
    }
    for (const [name, value] of joined) before.set(name, value);
  }
  private test(statements: readonly Statement[]): boolean | undefined {
    const [only] = statements;
    if (!only || statements.length !== 1) return undefined;
    if (only.kind === 'logic') {
      const [left, right] = [this.test([only.left]), this.test([only.right])];
      if (left === undefined || right === undefined) {
        if (only.op === '&&' && (left === false || (right === false && isTest(only.left)))) return false;
        return only.op === '||' && left === true ? true : undefined;
      }
      return only.op === '&&' ? left && right : left || right;
    }
    if (only.kind !== 'simple' || !isTest(only)) return undefined;
    const words = only.words.flatMap((word) => this.fields(word));
    // Which stages of a recipe run is chosen by each who starts it.
    if (words.some(({ from }) => /^(?:stop_?|start_?)?stage$/i.test(from?.name ?? ''))) return undefined;
    return testHolds(words, (name) => {
      const value = this.environment.get(name);
      return value?.kind === 'scalar' && !isOpen(value) && /^-?\d+$/.test(textOf(value)) ? Number(textOf(value)) : undefined;
    });
  }
  private fields(word: RawWord): ShellWord[] {
    return expand(word, this.environment);
  }
  private simple(statement: SimpleStatement): void {
    const { words, start, end } = statement;
    let first = 0;
    while (first < words.length && assignmentOf(words[first]!)) first++;
    const own = words.slice(0, first);
    if (first === words.length) {
      for (const word of own) this.assign(word, false);
      return;
    }
    const fields = words.slice(first).flatMap((word) => this.fields(word));
    const name = fields[0]?.text;
    if (name === undefined) return;
    if (builtins.has(name)) {
      const exports = name === 'export' || (name !== 'local' && words.slice(first + 1).some((word) => /^-\w*x/.test(this.plain(word))));
      for (const word of words.slice(first + 1)) {
        if (assignmentOf(word)) this.assign(word, exports);
        else if (exports && /^\w+$/.test(this.plain(word))) this.export(this.plain(word));
      }
      return;
    }
    if (name === 'unset') {
      for (const field of fields.slice(1)) this.environment.delete(field.text);
      return;
    }
    if (name === 'read' || name === 'mapfile' || name === 'readarray' || name === 'getopts') {
      for (const field of fields.slice(1)) {
        if (!/^[A-Za-z_]\w*$/.test(field.text)) continue;
        const document = name === 'read' && statement.heredocs[0];
        const parts: readonly Part[] = !document
          ? []
          : document.quoted
            ? [{ kind: 'text', text: this.text.slice(document.start, document.end), start: document.start, end: document.end, quoted: true }]
            : quotedParts(this.text, document.start, document.end);
        this.environment.set(field.text, {
          kind: 'scalar',
          pieces: document ? expandWhole(parts, this.environment) : [openPiece(`$${field.text}`)],
          origin: 'variable',
        });
        if (document) this.variables.push({ name: field.text, value: field, start: document.start, end: document.end, exported: false });
      }
      return;
    }
    const environment = own.flatMap((word) => {
      const given = assignmentOf(word);
      const value = given && toWord(expandWhole(given.value, this.environment));
      return given && value ? [{ name: given.name, value, start: word.start, end: word.end, exported: true }] : [];
    });
    const body = this.functions.get(name);
    if (body) {
      this.call(name, body, fields.slice(1));
      return;
    }
    const command = this.command(start, end, fields, environment);
    // `: "${VAR:=8}"` only assigns, and a test only tests.
    if (name === ':' || name === '[' || name === '[[' || name === 'test' || name.startsWith('((')) return;
    this.commands.push(command);
    this.nested(command, fields);
    if (statement.heredocs.length > 0 && /^(?:sbatch|bash|sh|ssh|srun|qsub|bsub)$/.test(name)) {
      for (const heredoc of statement.heredocs) this.inside(command, () => this.run(parseShell(this.text, heredoc.start, heredoc.end)));
    }
  }
  private command(start: number, end: number, words: readonly ShellWord[], environment: readonly ShellVariable[]): ShellCommand {
    const elsewhere = words.length > 0 && words.every((word) => word.start < start || word.start >= end);
    const home = elsewhere ? this.homeOf(words) : undefined;
    const first = home && words.find((word) => word.start >= home.start && word.start < home.end);
    const { exported } = this;
    return {
      start: first ? first.start : start,
      end: home ? home.end : end > start ? end : Math.max(start, ...words.map((word) => word.end)),
      words,
      environment,
      exported: (name) => {
        const value = exported.get(name);
        if (value?.kind !== 'scalar') return undefined;
        return toWord(
          value.pieces.map((piece) => (piece.from ? piece : { ...piece, from: { name, start: piece.start, end: piece.end, origin: value.origin } })),
        );
      },
      ...(this.outer && { outer: this.outer }),
    };
  }
  /** The variable that puts a command together, `CMD="$LAUNCHER train.py $ARGS"`; else the one that its first word stands in. */
  private homeOf(words: readonly ShellWord[]): ShellVariable | undefined {
    const ends = [words[0]!, words.at(-1)!];
    const holds = (variable: ShellVariable, word: ShellWord): boolean => word.start >= variable.start && word.start < variable.end;
    return (
      this.variables.findLast(
        (variable) => words.some((word) => holds(variable, word)) && ends.every((word) => word.text !== '' && variable.value.text.includes(word.text)),
      ) ?? this.variables.findLast((variable) => holds(variable, words[0]!))
    );
  }
  /** Strings that are run as command lines: `bash -c "…"`, `eval …`, `sbatch --wrap="…"`. */
  private nested(command: ShellCommand, fields: readonly ShellWord[]): void {
    if (this.nesting > maxNesting) return;
    let run: readonly ShellWord[] = [];
    if (fields[0]?.text === 'eval') run = fields.slice(1);
    else {
      const shell = fields.findIndex(
        (field, index) => /^(?:\S*\/)?(?:ba|da|z|k)?sh$/.test(field.text) && /^-\w*c$/.test(optionAfter(fields, index)?.text ?? ''),
      );
      const flag = shell < 0 ? -1 : fields.findIndex((field, index) => index > shell && /^-\w*c$/.test(field.text));
      const wrapped = fields[0]?.text === 'sbatch' ? fields.findIndex((field) => /^--wrap(?:=|$)/.test(field.text)) : -1;
      if (flag >= 0) run = fields.slice(flag + 1, flag + 2);
      else if (wrapped >= 0) {
        const word = fields[wrapped]!;
        run = word.text === '--wrap' ? fields.slice(wrapped + 1, wrapped + 2) : [cutWord(word, '--wrap='.length)];
      } else if (/^(?:tmux|screen)$/.test(fields[0]?.text ?? '')) run = fields.filter((field) => /\s/.test(field.text)).slice(0, 1);
      else if (/^(?:ssh|pdsh)$/.test(fields[0]?.text ?? ''))
        run = fields
          .slice(1)
          .filter((field) => /\s/.test(field.text))
          .slice(-1);
    }
    if (run.length === 0) return;
    const pieces = run.flatMap((word, index) => [
      ...(index > 0 ? [{ text: ' ', start: word.start, end: word.start, open: false }] : []),
      ...flat(word.pieces ?? [], 0),
    ]);
    const text = pieces.map((piece) => piece.text).join('');
    if (text.length > 50_000 || !/\S/.test(text)) return;
    const statements = parseShell(text).map((statement) => relocate(statement, placesOf(pieces)));
    this.inside(command, () => this.run(statements));
  }
  private inside(command: ShellCommand, body: () => void): void {
    const { outer } = this;
    this.outer = command;
    this.nesting++;
    body();
    this.nesting--;
    this.outer = outer;
  }
  private call(name: string, body: readonly Statement[], args: readonly ShellWord[]): void {
    if (this.called.has(name) || this.nesting > maxNesting * 4) return;
    this.called.add(name);
    const before = this.environment;
    const given = Array.from({ length: 9 }, (_, index) => before.get(String(index + 1)));
    // Arguments are known where the function is called once; otherwise they differ.
    const once = (this.calls.get(name) ?? 0) <= 1;
    for (const index of given.keys()) {
      const word = once ? args[index] : undefined;
      if (word) before.set(String(index + 1), { kind: 'scalar', pieces: word.pieces ?? [], origin: 'variable' });
      else before.delete(String(index + 1));
    }
    this.run(body);
    for (const [index, value] of given.entries()) {
      if (value) before.set(String(index + 1), value);
      else before.delete(String(index + 1));
    }
  }
  private export(name: string): void {
    this.exported = new Map(this.exported).set(name, this.environment.get(name));
  }
  private plain(word: RawWord): string {
    return word.parts.map((part) => (part.kind === 'text' ? part.text : part.kind === 'piece' ? part.piece.text : '$')).join('');
  }
  private assign(word: RawWord, exports: boolean): void {
    const given = assignmentOf(word);
    if (!given) return;
    const old = this.environment.get(given.name);
    const array = given.value.find((part) => part.kind === 'array');
    if (array?.kind === 'array') {
      const items = array.items.flatMap((item) => this.fields(item)).map((field) => field.pieces ?? []);
      const base = given.append && old?.kind === 'array' ? old.items : [];
      this.environment.set(given.name, { kind: 'array', items: [...base, ...items].slice(0, 3000) });
    } else {
      const pieces = expandWhole(given.value, this.environment);
      if (given.index !== undefined) {
        const items = old?.kind === 'array' ? [...old.items] : [];
        const index = Number(given.index);
        if (Number.isInteger(index) && index >= 0 && index < 1000) items[index] = pieces;
        this.environment.set(given.name, { kind: 'array', items: Array.from(items, (item) => item ?? []) });
      } else if (given.append && old?.kind === 'array')
        this.environment.set(given.name, { kind: 'array', items: [...old.items.slice(0, -1), [...(old.items.at(-1) ?? []), ...pieces]] });
      else {
        const before = given.append && old?.kind === 'scalar' ? old.pieces : [];
        const origin = old?.kind === 'scalar' && given.append ? old.origin : 'variable';
        this.environment.set(given.name, { kind: 'scalar', pieces: [...before, ...pieces].slice(0, 3000), origin });
      }
    }
    const value = this.environment.get(given.name);
    if (exports || this.exported.has(given.name)) this.export(given.name);
    this.variables.push({
      name: given.name,
      value: value?.kind === 'scalar' ? toWord(value.pieces) : { text: this.text.slice(word.start, word.end), start: word.start, end: word.end, open: true },
      start: word.start,
      end: word.end,
      exported: this.exported.has(given.name),
    });
  }
}

const openPiece = (text: string): Piece => ({ text, start: 0, end: 0, open: true });
const uncertain = (pieces: readonly Piece[]): Piece[] =>
  pieces.length === 0 ? [{ text: '', start: 0, end: 0, open: false, maybe: true }] : pieces.map((piece) => ({ ...piece, maybe: true }));
const fromCommandLine = (value: ShellValue): boolean =>
  value.kind === 'scalar' && value.pieces.every((piece) => !piece.open || /\$\{?(?:\d|@|\*|#|OPTARG\b)/.test(piece.text));
const isOpen = (value: ShellValue): boolean => (value.kind === 'scalar' ? value.pieces.some((piece) => piece.open) : false);
const textOf = (value: ShellValue): string =>
  value.kind === 'scalar'
    ? value.pieces.map((piece) => piece.text).join('')
    : value.items.map((item) => item.map((piece) => piece.text).join('')).join('\u0001');
const extendsText = (value: ShellValue | undefined, start: ShellValue): boolean =>
  value?.kind === 'scalar' && /\S/.test(textOf(start)) && textOf(value).startsWith(textOf(start));
const optionAfter = (fields: readonly ShellWord[], index: number): ShellWord | undefined =>
  fields.slice(index + 1, index + 4).find((field) => /^-\w*c$/.test(field.text));
const flat = (pieces: readonly Piece[], depth: number): Piece[] =>
  pieces.flatMap((piece) => (piece.inside && depth < 20 && (/\s/.test(piece.text) || piece.inside.length > 1) ? flat(piece.inside, depth + 1) : [piece]));

function assignmentOf(word: RawWord): { name: string; index?: string; append: boolean; value: readonly Part[] } | undefined {
  const [head, ...rest] = word.parts;
  if (!head || (head.kind !== 'text' && head.kind !== 'piece') || head.quoted) return undefined;
  const text = head.kind === 'text' ? head.text : head.piece.text;
  if (!text.includes('=')) return undefined;
  const match = assigned.exec(text);
  if (!match) return undefined;
  const cut = match[0].length;
  const remaining: Part[] =
    text.length === cut
      ? []
      : head.kind === 'text'
        ? [{ ...head, text: text.slice(cut), start: head.start + cut }]
        : [{ ...head, piece: slicePiece(head.piece, cut, text.length) }];
  return { name: match[1]!, ...(match[2] === undefined ? {} : { index: match[2] }), append: match[3] === '+', value: [...remaining, ...rest] };
}
function isTest(statement: Statement): boolean {
  if (statement.kind === 'logic') return isTest(statement.left) && isTest(statement.right);
  if (statement.kind !== 'simple') return false;
  const head = statement.words[0]?.parts[0];
  return head?.kind === 'text' && (/^(?:\[\[?|test|true|false|:)$/.test(head.text) || head.text.startsWith('(('));
}
function countCalls(statements: readonly Statement[], counts: Map<string, number>, depth: number): void {
  if (depth > 60) return;
  const visit = (inner: readonly Statement[]): void => countCalls(inner, counts, depth + 1);
  for (const statement of statements) {
    switch (statement.kind) {
      case 'simple': {
        const head = statement.words.find((word) => !assignmentOf(word))?.parts[0];
        if (head?.kind === 'text') counts.set(head.text, (counts.get(head.text) ?? 0) + 1);
        break;
      }
      case 'if':
        for (const branch of statement.branches) {
          visit(branch.test);
          visit(branch.body);
        }
        visit(statement.otherwise ?? []);
        break;
      case 'for':
      case 'group':
      case 'function':
        visit(statement.body);
        break;
      case 'while':
        visit(statement.test);
        visit(statement.body);
        break;
      case 'case':
        for (const clause of statement.clauses) visit(clause.body);
        break;
      case 'logic':
        visit([statement.left, statement.right]);
        break;
      case 'pipe':
        visit(statement.parts);
        break;
    }
  }
}
function cutWord(word: ShellWord, from: number): ShellWord {
  const places = placesOf(word.pieces ?? []);
  return toWord(places(from, word.text.length));
}
/** A script with its places in the file that its text was made from. */
export function placedScript(script: ShellScript, at: (offset: number) => number): ShellScript {
  // The last character tells where something ends: what follows it may stand elsewhere.
  const place = <T extends { readonly start: number; readonly end: number }>(one: T): T => {
    const start = at(one.start);
    return { ...one, start, end: one.end > one.start ? Math.max(start, at(one.end - 1) + 1) : start };
  };
  const word = ({ pieces: _pieces, ...one }: ShellWord): ShellWord => ({ ...place(one), ...(one.from && { from: place(one.from) }) });
  const variable = (one: ShellVariable): ShellVariable => ({ ...place(one), value: word(one.value) });
  const command = (one: ShellCommand): ShellCommand => ({
    ...place(one),
    words: one.words.map(word),
    environment: one.environment.map(variable),
    exported: (name) => {
      const value = one.exported(name);
      return value && word(value);
    },
    ...(one.outer && { outer: command(one.outer) }),
  });
  return { text: script.text, commands: script.commands.map(command), directives: script.directives.map(place), variables: script.variables.map(variable) };
}
