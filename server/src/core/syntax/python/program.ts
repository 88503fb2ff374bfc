import type { Node } from 'web-tree-sitter';
import { Paths } from '../path.js';
import type { SyntaxTree } from '../tree.js';
import type { Call, Expr } from './ast.js';
import { type Binding, type BindingReader, bindingOf } from './binding.js';
import { named, toExpr } from './convert.js';
import { type Import, type ImportTable, readImports } from './imports.js';
import { Names } from './names.js';
import type { WordIndex } from './words.js';

/** A call found by its callee's last name. */
export interface CallSite {
  readonly call: Call;
  /** Offset of the name that matched. */
  readonly at: number;
}

/** A compound statement around a place. */
export interface Block {
  readonly kind: 'def' | 'class' | 'for' | 'while' | 'with' | 'if' | 'try' | 'comprehension' | 'lambda';
  readonly start: number;
  readonly end: number;
  /** Where the body begins: the header is `[start, bodyStart)`. */
  readonly bodyStart: number;
  /** Where the body ends; what follows up to `end` is an `else` or `except`. */
  readonly bodyEnd: number;
  /** Of a def or class. */
  readonly name?: string;
  /** A for's iterable, a while's or if's condition. */
  readonly subject?: Expr;
  /** A for's target. */
  readonly target?: Expr;
  /** A class's bases; a with's items. */
  readonly items?: readonly Expr[];
  readonly decorators?: readonly Expr[];
}

/** A class's own statement list, as far as it matters. */
export interface ClassInfo {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly bases: readonly Expr[];
  readonly decorators: readonly Expr[];
  readonly fields: readonly Field[];
}
export interface Field {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly annotation?: string;
  /** Read when asked for: options classes are long. A function: V8 keeps the getter of an object, and all that it holds, until a full collection. */
  readonly value: () => Expr | undefined;
}

export interface FunctionInfo {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly bodyStart: number;
  readonly parameters: readonly { readonly name: string; readonly start: number; readonly end: number; readonly annotation?: string; readonly value?: Expr }[];
  readonly decorators: readonly Expr[];
}

interface Range {
  readonly start: number;
  readonly end: number;
}
const anywhere: Range = { start: 0, end: Number.POSITIVE_INFINITY };

/** Questions about one Python program. Places are found in the text and then looked up in the tree, so that the cost follows what is
 * asked and not the size of the file. Answers are plain data; no node leaves. Valid until the next edit. */
export class PythonProgram {
  readonly text: string;
  /** Every word of the text, in strings and comments too. */
  readonly words: WordIndex;
  private readonly tree: SyntaxTree;
  private readonly boundNames = new Map<string, readonly Binding[]>();
  private importTable: ImportTable | undefined;
  private readonly knownBlocks = new Map<number, readonly Block[]>();
  private readonly knownReturns = new Map<number, Expr[]>();
  private readonly knownExprs = new Map<number, Expr>();
  private readonly knownCalls = new Map<string, readonly CallSite[]>();
  private readonly knownCallees = new Map<number, Call | undefined>();
  private readonly knownMatches = new Map<string, readonly number[]>();
  private readonly paths = new Paths();
  private readonly knownClasses = new Map<number, ClassInfo>();
  private readonly knownFunctions = new Map<number, FunctionInfo>();
  private readonly names: Names;
  constructor(tree: SyntaxTree) {
    this.tree = tree;
    this.text = tree.text;
    this.words = tree.words;
    this.names = new Names(tree.text, tree.words);
  }

  /** Calls whose callee's last name is one, or matches, in order. A pattern is tried once for each name that is called anywhere. */
  callsOf(name: string | RegExp, within: Range = anywhere): readonly CallSite[] {
    const key = typeof name === 'string' ? name : String(name);
    let sites = this.knownCalls.get(key);
    if (!sites) {
      sites = this.sites(typeof name === 'string' ? this.words.called(name) : this.words.calledLike(name));
      this.knownCalls.set(key, sites);
    }
    return within === anywhere ? sites : sites.filter(({ at }) => at >= within.start && at < within.end);
  }
  /** Calls where a pattern matches that also says what stands around the name, in order. It needs `g`; its match must begin at the callee's last name. */
  calls(pattern: RegExp): readonly CallSite[] {
    return this.sites(this.matches(pattern));
  }
  /** Offsets where the pattern matches an identifier of the code, not of a string or a comment. */
  matches(pattern: RegExp): readonly number[] {
    const known = this.knownMatches.get(String(pattern));
    if (known) return known;
    const found: number[] = [];
    pattern.lastIndex = 0;
    for (let match = pattern.exec(this.text); match; match = pattern.exec(this.text)) {
      if (match[0] === '') pattern.lastIndex++;
      if (this.isIdentifier(this.leaf(match.index))) found.push(match.index);
    }
    this.knownMatches.set(String(pattern), found);
    return found;
  }
  /** True if a pattern is somewhere in the text, in strings and comments too. */
  mentions(pattern: RegExp): boolean {
    return this.tree.mentions.has(pattern);
  }
  /** Offsets of a word, in strings and comments too. */
  places(word: string, within: Range = anywhere): readonly number[] {
    const all = this.words.places(word);
    return within === anywhere ? all : all.filter((at) => at >= within.start && at < within.end);
  }
  /** Offsets where a name of the code stands and no parenthesis follows: it is handed on, assigned or asked for something. */
  uses(name: string): readonly number[] {
    const called = new Set(this.words.called(name));
    return this.places(name).filter((at) => !called.has(at) && this.isIdentifier(this.leaf(at)));
  }
  /** The call whose callee ends with the name at an offset. */
  callAt(at: number): Call | undefined {
    if (this.knownCallees.has(at)) return this.knownCallees.get(at);
    const found = this.findCall(at);
    this.knownCallees.set(at, found);
    return found;
  }
  /** The innermost call that holds an offset in its argument list. */
  callAround(at: number): Call | undefined {
    const node = this.chain(at).findLast(
      (candidate) => this.paths.typeOf(candidate) === 'call' && (candidate.childForFieldName('arguments')?.startIndex ?? at) < at,
    );
    const expr = this.expr(node ?? null);
    return expr?.kind === 'call' ? expr : undefined;
  }
  /** The compound statements around an offset, innermost first. */
  blocks(at: number): Block[] {
    const chain = this.chain(at);
    return chain.flatMap((node, level) => this.toBlock(node, chain[level - 1])).reverse();
  }
  /** Span of the simple statement that holds an offset. */
  statement(at: number): { start: number; end: number } {
    const chain = this.chain(at);
    const level = chain.findLastIndex((node) => /^(block|module)$/.test(this.paths.typeOf(node)));
    const node = chain[level + 1] ?? chain[level];
    return node ? { start: node.startIndex, end: node.endIndex } : { start: at, end: at };
  }
  /** Start of the innermost def around an offset, -1 at module level. */
  scopeOf(at: number): number {
    return this.scope(this.chain(at));
  }
  /** True where parts of the program around an offset do not parse. */
  brokenAt(at: number): boolean {
    return this.chain(at).some((node) => node.type === 'ERROR');
  }

  /** Every place that gives a name a value, in order; attribute targets (`config.name = …`) included, with their object. */
  bindings(name: string): readonly Binding[] {
    let found = this.boundNames.get(name);
    if (!found) {
      found = this.findBindings(name);
      this.boundNames.set(name, found);
    }
    return found;
  }
  /** The binding of a plain name in force at an offset: of the innermost scope that has one, the last before it, else that scope's last. */
  lookup(name: string, at: number): Binding | undefined {
    const plain = this.bindings(name).filter((binding) => binding.object === undefined);
    if (plain.length === 0) return undefined;
    const chain = this.chain(Math.min(at, Math.max(0, this.text.length - 1)));
    const scopes = [
      ...chain
        // A parameter's default means what it means outside.
        .filter((node) => this.paths.typeOf(node) === 'function_definition' && !this.isInParameters(node, at))
        .map((node) => node.startIndex)
        .reverse(),
      -1,
    ];
    const classes = chain.filter((node) => this.paths.typeOf(node) === 'class_definition').map((node) => node.startIndex);
    for (const [depth, scope] of scopes.entries()) {
      const here = plain.filter((binding) => binding.scope === scope && (binding.inClass === undefined || (depth === 0 && classes.includes(binding.inClass))));
      if (here.length === 0) continue;
      // On its own right side a name still means what it meant before.
      const before = here.filter((binding) => binding.start < at && !(binding.value && at >= binding.value.start && at < binding.value.end));
      return (depth === 0 ? before.at(-1) : undefined) ?? (depth === 0 && before.length === 0 && scope === -1 ? here[0] : here.at(-1));
    }
    return undefined;
  }
  get imports(): ReadonlyMap<string, Import> {
    return this.readImports().byName;
  }
  /** Modules of `from module import *`. */
  get starImports(): readonly string[] {
    return this.readImports().stars;
  }
  /** A dotted name with its head replaced by what it was imported as: `OpenAI` → `openai.OpenAI`, `tf.keras` → `tensorflow.keras`. */
  qualified(name: string): string {
    const dot = name.indexOf('.');
    const head = dot < 0 ? name : name.slice(0, dot);
    const found = this.imports.get(head.replace(/(\(\)|\[\])+$/, ''));
    if (!found) return name;
    const full = found.name === undefined ? found.module : `${found.module}.${found.name}`;
    return full + head.slice(head.replace(/(\(\)|\[\])+$/, '').length) + (dot < 0 ? '' : name.slice(dot));
  }
  /** Every class, in order. */
  classes(): ClassInfo[] {
    return this.placesOf('class').flatMap((at) => this.classNamedAt(at) ?? []);
  }
  /** The first class of a name. */
  class(name: string): ClassInfo | undefined {
    const at = this.names.definitions('class').get(name)?.[0];
    return at === undefined ? undefined : this.classNamedAt(at);
  }
  /** Every function and method, in order. */
  functions(): FunctionInfo[] {
    return this.placesOf('def').flatMap((at) => this.functionNamedAt(at) ?? []);
  }
  /** The first function or method of a name, within a span if one is given. */
  function(name: string, within: Range = anywhere): FunctionInfo | undefined {
    const at = this.names
      .definitions('def')
      .get(name)
      ?.find((place) => place >= within.start && place < within.end);
    return at === undefined ? undefined : this.functionNamedAt(at);
  }
  /** The function that starts at an offset, as `Binding.scope` says it. */
  functionAt(start: number): FunctionInfo | undefined {
    const chain = start < 0 ? [] : this.chain(start);
    const level = chain.findIndex((node) => node.type === 'function_definition' && node.startIndex === start);
    return level < 0 ? undefined : this.toFunction(chain[level]!, chain[level - 1]);
  }
  /** What a function returns where it says so, in order; nested functions' returns are theirs. */
  returned(owner: FunctionInfo): Expr[] {
    const known = this.knownReturns.get(owner.start);
    if (known) return known;
    const found: Expr[] = [];
    this.knownReturns.set(owner.start, found);
    for (const at of this.places('return', { start: owner.bodyStart, end: owner.end })) {
      const chain = this.chain(at);
      const node = chain.at(-2);
      if (node?.type !== 'return_statement' || this.scope(chain) !== owner.start) continue;
      const value = this.expr(named(node)[0] ?? null);
      if (value) found.push(value);
    }
    return found;
  }
  /** Offsets of a name in quotes, dashes before and between its words disregarded: `"--batch-size"` for `batch_size`. */
  quoted(name: string): readonly number[] {
    return this.names.quoted(name);
  }
  /** The last value given to an element by name: `config["lr"] = 1e-4`. */
  keyed(object: string, key: string): Expr | undefined {
    let found: Expr | undefined;
    for (const at of this.names.keyed(object, key)) {
      const node = this.chain(at).findLast((candidate) => this.paths.typeOf(candidate) === 'assignment');
      if (node?.startIndex === at) found = this.expr(node.childForFieldName('right'));
    }
    return found;
  }

  private sites(places: readonly number[]): CallSite[] {
    return places.flatMap((at) => {
      const call = this.callAt(at);
      return call ? [{ call, at }] : [];
    });
  }
  private findCall(at: number): Call | undefined {
    const chain = this.chain(at);
    let level = chain.length - 1;
    if (!this.isIdentifier(chain[level])) return undefined;
    const endsHere = chain[level]!.endIndex;
    while (level > 0 && this.paths.typeOf(chain[level - 1]!) === 'attribute' && chain[level - 1]!.endIndex === endsHere) level--;
    if (level > 1 && this.paths.typeOf(chain[level - 1]!) === 'subscript' && this.paths.typeOf(chain[level - 2]!) === 'call') level--;
    const parent = chain[level - 1];
    if (!parent || this.paths.typeOf(parent) !== 'call' || parent.startIndex !== chain[level]!.startIndex) return undefined;
    const expr = this.expr(parent);
    return expr?.kind === 'call' ? expr : undefined;
  }
  private placesOf(kind: 'def' | 'class'): number[] {
    return [...this.names.definitions(kind).values()].flat().sort((a, b) => a - b);
  }
  private classNamedAt(at: number): ClassInfo | undefined {
    const chain = this.chain(at);
    const node = chain.at(-2);
    return node?.type === 'class_definition' && node.childForFieldName('name')?.startIndex === at ? this.toClass(node, chain.at(-3)) : undefined;
  }
  private functionNamedAt(at: number): FunctionInfo | undefined {
    const chain = this.chain(at);
    const node = chain.at(-2);
    return node?.type === 'function_definition' && node.childForFieldName('name')?.startIndex === at ? this.toFunction(node, chain.at(-3)) : undefined;
  }
  /** What telling a binding from a use asks of the program. */
  private readonly reader: BindingReader = {
    typeOf: (node) => this.paths.typeOf(node),
    slice: (node) => this.slice(node),
    expr: (node) => this.expr(node),
    place: (chain) => ({ scope: this.scope(chain), ...this.inClass(chain) }),
  };
  private isInParameters(node: Node, at: number): boolean {
    const list = node.childForFieldName('parameters');
    return list !== null && at >= list.startIndex && at < list.endIndex;
  }
  private isIdentifier(node: Node | undefined): boolean {
    return node !== undefined && this.paths.typeOf(node) === 'identifier';
  }
  private scope(chain: readonly Node[]): number {
    return chain.findLast((node) => this.paths.typeOf(node) === 'function_definition')?.startIndex ?? -1;
  }
  private inClass(chain: readonly Node[]): { inClass?: number } {
    const owner = chain.findLast((node) => /^(function|class)_definition$/.test(this.paths.typeOf(node)));
    return owner && this.paths.typeOf(owner) === 'class_definition' ? { inClass: owner.startIndex } : {};
  }
  private leaf(at: number): Node | undefined {
    return this.chain(at).at(-1);
  }
  /** Nodes from the root to the leaf at an offset. */
  private chain(at: number): Node[] {
    return this.paths.to(this.tree.root(), at);
  }
  private expr(node: Node | null): Expr | undefined {
    if (!node) return undefined;
    let found = this.knownExprs.get(node.id);
    if (!found) {
      found = toExpr(node, this.text);
      this.knownExprs.set(node.id, found);
    }
    return found;
  }
  private slice(node: Node): string {
    return this.text.slice(node.startIndex, node.endIndex);
  }
  private decorators(parent: Node | undefined): Expr[] {
    if (parent?.type !== 'decorated_definition') return [];
    return named(parent)
      .filter((node) => node.type === 'decorator')
      .flatMap((node) => this.expr(named(node)[0] ?? null) ?? []);
  }
  private toBlock(node: Node, parent: Node | undefined): readonly Block[] {
    const kind = blockKinds[this.paths.typeOf(node)];
    if (!kind) return [];
    const known = this.knownBlocks.get(node.id);
    if (known) return known;
    const body = node.childForFieldName('body') ?? node.childForFieldName('consequence');
    const at = { kind, start: node.startIndex, end: node.endIndex, bodyStart: body?.startIndex ?? node.endIndex, bodyEnd: body?.endIndex ?? node.endIndex };
    const subject = this.expr(node.childForFieldName('right') ?? node.childForFieldName('condition'));
    const target = kind === 'for' ? this.expr(node.childForFieldName('left')) : undefined;
    const name = kind === 'def' || kind === 'class' ? node.childForFieldName('name') : null;
    const list = node.childForFieldName('superclasses') ?? (kind === 'with' ? named(node)[0] : undefined);
    const found: Block[] = [
      {
        ...at,
        ...(subject && { subject }),
        ...(target && { target }),
        ...(name && { name: this.slice(name) }),
        ...(list && { items: named(list).map((item) => toExpr(named(item)[0] && item.type === 'with_item' ? named(item)[0]! : item, this.text)) }),
        ...(name && { decorators: this.decorators(parent) }),
      },
    ];
    this.knownBlocks.set(node.id, found);
    return found;
  }
  private toClass(node: Node, parent: Node | undefined): ClassInfo {
    const known = this.knownClasses.get(node.startIndex);
    if (known) return known;
    const name = node.childForFieldName('name');
    const bases = node.childForFieldName('superclasses');
    const body = node.childForFieldName('body');
    const found: ClassInfo = {
      name: name ? this.slice(name) : '',
      start: node.startIndex,
      end: node.endIndex,
      bases: bases ? named(bases).map((base) => toExpr(base, this.text)) : [],
      decorators: this.decorators(parent),
      fields: (body ? named(body) : []).flatMap((statement) => {
        const assignment = statement.type === 'expression_statement' ? named(statement)[0] : undefined;
        const left = assignment?.type === 'assignment' ? assignment.childForFieldName('left') : null;
        if (!assignment || left?.type !== 'identifier') return [];
        const type = assignment.childForFieldName('type');
        const right = assignment.childForFieldName('right');
        return [
          {
            name: this.slice(left),
            start: left.startIndex,
            end: assignment.endIndex,
            ...(type && { annotation: this.slice(type) }),
            value: () => this.expr(right),
          },
        ];
      }),
    };
    this.knownClasses.set(node.startIndex, found);
    return found;
  }
  private toFunction(node: Node, parent: Node | undefined): FunctionInfo {
    const known = this.knownFunctions.get(node.startIndex);
    if (known) return known;
    const name = node.childForFieldName('name');
    const list = node.childForFieldName('parameters');
    const found: FunctionInfo = {
      name: name ? this.slice(name) : '',
      start: node.startIndex,
      end: node.endIndex,
      bodyStart: node.childForFieldName('body')?.startIndex ?? node.endIndex,
      decorators: this.decorators(parent),
      parameters: (list ? named(list) : []).flatMap((parameter) => {
        const id = parameter.type === 'identifier' ? parameter : (parameter.childForFieldName('name') ?? named(parameter)[0]);
        return id?.type === 'identifier'
          ? [{ name: this.slice(id), start: id.startIndex, end: parameter.endIndex, ...this.annotated(parameter, 'value') }]
          : [];
      }),
    };
    this.knownFunctions.set(node.startIndex, found);
    return found;
  }
  private annotated(node: Node, valueField: string): { annotation?: string; value?: Expr } {
    const type = node.childForFieldName('type');
    const value = this.expr(node.childForFieldName(valueField));
    return { ...(type && { annotation: this.slice(type) }), ...(value && { value }) };
  }
  private findBindings(name: string): Binding[] {
    const found: Binding[] = [];
    for (const at of this.names.targets(name)) {
      const chain = this.chain(at);
      if (!this.isIdentifier(chain.at(-1))) continue;
      const binding = bindingOf(name, chain, this.reader);
      if (binding) found.push(binding);
    }
    for (const kind of ['def', 'class'] as const) {
      for (const at of this.names.definitions(kind).get(name) ?? []) {
        const chain = this.chain(at);
        if (!this.isIdentifier(chain.at(-1))) continue;
        const outer = chain.slice(0, -2);
        found.push({ kind, name, start: at, end: at + name.length, scope: this.scope(outer), ...this.inClass(outer) });
      }
    }
    return found.sort((a, b) => a.start - b.start);
  }
  private readImports(): ImportTable {
    this.importTable ??= readImports(this.text, this.names.imports(), (at) => this.chain(at));
    return this.importTable;
  }
}

const blockKinds: Readonly<Record<string, Block['kind']>> = {
  function_definition: 'def',
  class_definition: 'class',
  for_statement: 'for',
  while_statement: 'while',
  with_statement: 'with',
  if_statement: 'if',
  elif_clause: 'if',
  try_statement: 'try',
  list_comprehension: 'comprehension',
  generator_expression: 'comprehension',
  dictionary_comprehension: 'comprehension',
  lambda: 'lambda',
};
