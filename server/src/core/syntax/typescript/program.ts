import type { Node } from 'web-tree-sitter';
import { Paths } from '../path.js';
import type { Call, Expr } from '../python/ast.js';
import type { SyntaxTree } from '../tree.js';
import { type Binding, type BindingReader, bindingOf, isFunction } from './binding.js';
import { named, toExpr } from './convert.js';
import { type Import, type ImportTable, readImports } from './imports.js';

/** A call found by its callee's last name. */
export interface CallSite {
  readonly call: Call;
  /** Offset of the name that matched. */
  readonly at: number;
}
/** A statement or function around a place. */
export interface Block {
  readonly kind: 'function' | 'class' | 'loop' | 'if' | 'try';
  readonly start: number;
  readonly end: number;
  readonly bodyStart: number;
  /** A while's or if's condition; absent for what has none. */
  readonly subject?: Expr;
  /** `for (;;)` and `while (true)`. */
  readonly endless?: true;
}
export interface FunctionInfo {
  readonly name?: string;
  readonly start: number;
  readonly end: number;
  readonly bodyStart: number;
  /** What it returns where it says so, in order. */
  readonly returned: readonly Expr[];
}

/** Questions about one TypeScript or JavaScript program. Places are found in the text and then looked up in the tree, so that the cost follows
 * what is asked and not the size of the file. Answers are plain data; no node leaves. Valid until the next edit. */
export class TypescriptProgram {
  readonly text: string;
  private readonly tree: SyntaxTree;
  private readonly paths = new Paths();
  private readonly boundNames = new Map<string, readonly Binding[]>();
  private readonly knownFunctions = new Map<number, FunctionInfo | undefined>();
  private importTable: ImportTable | undefined;
  constructor(tree: SyntaxTree) {
    this.tree = tree;
    this.text = tree.text;
  }

  /** Calls and constructions where a pattern matches, in order. It needs `g`; its match must begin at the callee's last name. */
  calls(pattern: RegExp): CallSite[] {
    const found: CallSite[] = [];
    pattern.lastIndex = 0;
    for (let match = pattern.exec(this.text); match; match = pattern.exec(this.text)) {
      if (match[0] === '') pattern.lastIndex++;
      const call = this.callAt(match.index);
      if (call) found.push({ call, at: match.index });
    }
    return found;
  }
  /** Calls whose callee's last name is one. */
  callsOf(name: string): CallSite[] {
    return this.places(name).flatMap((at) => {
      const call = this.callAt(at);
      return call ? [{ call, at }] : [];
    });
  }
  /** The call whose callee ends with the name at an offset. */
  callAt(at: number): Call | undefined {
    const chain = this.chain(at);
    let level = chain.length - 1;
    const leaf = chain[level];
    if (!leaf || !/^(?:identifier|property_identifier|type_identifier)$/.test(leaf.type) || leaf.startIndex !== at) return undefined;
    const endsHere = leaf.endIndex;
    while (level > 0 && /^(?:member_expression|non_null_expression)$/.test(chain[level - 1]!.type) && chain[level - 1]!.endIndex <= endsHere + 1) level--;
    // `await create<T>(…)` is read as a call of `await create`.
    if (chain[level - 1]?.type === 'await_expression' && chain[level - 2]?.childForFieldName('function')?.id === chain[level - 1]!.id) level--;
    const parent = chain[level - 1];
    if (!parent || (parent.childForFieldName('function') ?? parent.childForFieldName('constructor'))?.id !== chain[level]!.id) return undefined;
    const expr = toExpr(parent, this.text);
    return expr.kind === 'call' ? expr : undefined;
  }
  /** The calls that hold an offset in their arguments, innermost first. */
  callsAround(at: number): Call[] {
    return this.chain(at)
      .filter((node) => /^(?:call|new)_expression$/.test(node.type) && (node.childForFieldName('arguments')?.startIndex ?? at) < at)
      .reverse()
      .flatMap((node) => {
        const expr = toExpr(node, this.text);
        return expr.kind === 'call' ? [expr] : [];
      });
  }
  /** Statements and functions around an offset, innermost first. */
  blocks(at: number): Block[] {
    return this.chain(at)
      .flatMap((node) => this.toBlock(node))
      .reverse();
  }
  /** The words before an offset in its statement tell `return`. */
  statementStart(at: number): number {
    return this.chain(at).findLast((node) => /_statement$|_declaration$/.test(node.type))?.startIndex ?? at;
  }
  /** Places that give a name a value, in order. */
  bindings(name: string): readonly Binding[] {
    let found = this.boundNames.get(name);
    if (!found) {
      found = this.places(name).flatMap((at) => {
        const chain = this.chain(at);
        const leaf = chain.at(-1);
        if (!leaf || leaf.startIndex !== at || !/identifier/.test(leaf.type)) return [];
        const binding = bindingOf(name, chain, this.reader);
        if (!binding) return [];
        const isProperty = binding.kind === 'parameter' && /\b(?:private|public|protected|readonly)\s+$/.test(this.text.slice(Math.max(0, at - 40), at));
        const { fallback: _, ...rest } = binding;
        return isProperty
          ? [binding, { ...rest, kind: 'member' as const, object: 'this', path: [], value: { kind: 'name' as const, name, start: at, end: at + name.length } }]
          : [binding];
      });
      this.boundNames.set(name, found);
    }
    return found;
  }
  /** The declaration of a name that holds at an offset: of the innermost scope that has one. */
  lookup(name: string, at: number): Binding | undefined {
    const holding = this.bindings(name).filter(
      (one) => one.kind !== 'set' && one.kind !== 'member' && one.object === undefined && one.scope.start <= at && at <= one.scope.end,
    );
    const inner = Math.max(...holding.map((one) => one.scope.start));
    const here = holding.filter((one) => one.scope.start === inner);
    return here.findLast((one) => one.start < at && !within(one.value, at)) ?? here[0];
  }
  /** Assignments to a declared name, where the declaration's scope holds. */
  assigned(declared: Binding): Binding[] {
    return this.bindings(declared.name).filter((one) => one.kind === 'set' && declared.scope.start <= one.start && one.start <= declared.scope.end);
  }
  /** Values that a member of an object is given: `this.model = …`, a class's field, an enum's element. */
  members(object: string, name: string): Binding[] {
    return this.bindings(name).filter((one) => one.object === object && (one.kind === 'member' || one.kind === 'function'));
  }
  /** True where a name is a class of this program. */
  hasClass(name: string): boolean {
    return this.bindings(name).some((one) => one.kind === 'class');
  }
  get imports(): ReadonlyMap<string, Import> {
    return this.readImports().byName;
  }
  /** What the program hands on from other modules, and the modules that it hands on as a whole. */
  get handedOn(): Pick<ImportTable, 'handedOn' | 'stars'> {
    return this.readImports();
  }
  /** A dotted name with its head replaced by what it was imported as: `new OpenAI` → `openai#default`, `ai.embed` → `ai#embed`. */
  qualified(name: string): string {
    const dot = name.indexOf('.');
    const head = (dot < 0 ? name : name.slice(0, dot)).replace(/(\(\)|\[\])+$/, '');
    const found = this.imports.get(head);
    if (!found) return name;
    const rest = name.slice(head.length);
    return found.name === undefined ? `${found.module}#${rest.replace(/^\./, '')}` : `${found.module}#${found.name}${rest}`;
  }
  /** The function that starts at an offset. */
  functionAt(start: number): FunctionInfo | undefined {
    if (!this.knownFunctions.has(start)) this.knownFunctions.set(start, this.readFunction(start));
    return this.knownFunctions.get(start);
  }
  /** What the module gives under `default`. */
  defaultExport(): Expr | undefined {
    for (const at of this.places('default')) {
      const statement = this.chain(at).find((node) => node.type === 'export_statement');
      const value = statement?.childForFieldName('value');
      if (value) return toExpr(value, this.text);
    }
    return undefined;
  }
  /** Offsets of a word, in strings and comments too. */
  places(word: string): readonly number[] {
    return word.includes('$') ? [...this.text.matchAll(new RegExp(word.replaceAll('$', '\\$'), 'g'))].map(({ index }) => index) : this.tree.words.places(word);
  }

  private readonly reader: BindingReader = {
    slice: (node) => this.text.slice(node.startIndex, node.endIndex),
    expr: (node) => (node ? toExpr(node, this.text) : undefined),
  };
  private chain(at: number): Node[] {
    return this.paths.to(this.tree.root(), at);
  }
  private readImports(): ImportTable {
    this.importTable ??= readImports(
      this.text,
      [...this.places('from'), ...this.places('require'), ...this.places('import')].sort((a, b) => a - b),
      (at) => this.chain(at),
    );
    return this.importTable;
  }
  private toBlock(node: Node): Block[] {
    const at = { start: node.startIndex, end: node.endIndex };
    const body = node.childForFieldName('body') ?? node.childForFieldName('consequence');
    const bodyStart = body?.startIndex ?? at.start;
    if (isFunction(node.type)) return [{ kind: 'function', ...at, bodyStart }];
    switch (node.type) {
      case 'class_declaration':
      case 'class':
        return [{ kind: 'class', ...at, bodyStart }];
      case 'while_statement':
      case 'do_statement':
      case 'if_statement': {
        const condition = node.childForFieldName('condition');
        const subject = condition ? toExpr(condition, this.text) : undefined;
        const kind = node.type === 'if_statement' ? 'if' : 'loop';
        const endless = kind === 'loop' && ((subject?.kind === 'boolean' && subject.value) || (subject?.kind === 'number' && subject.value !== 0));
        return [{ kind, ...at, bodyStart, ...(subject ? { subject } : {}), ...(endless ? { endless: true as const } : {}) }];
      }
      case 'for_statement':
        return [{ kind: 'loop', ...at, bodyStart, ...(/^for\s*\(\s*;\s*;/.test(this.text.slice(at.start, bodyStart)) ? { endless: true as const } : {}) }];
      case 'for_in_statement':
        return [{ kind: 'loop', ...at, bodyStart }];
      case 'try_statement':
        return [{ kind: 'try', ...at, bodyStart }];
      default:
        return [];
    }
  }
  private readFunction(start: number): FunctionInfo | undefined {
    const node = this.chain(start).find((one) => one.startIndex === start && isFunction(one.type));
    const body = node?.childForFieldName('body');
    if (!node || !body) return undefined;
    const name = node.childForFieldName('name');
    const returned: Expr[] = [];
    if (body.type !== 'statement_block') returned.push(toExpr(body, this.text));
    else {
      for (const at of this.places('return')) {
        if (at < body.startIndex || at >= body.endIndex) continue;
        const chain = this.chain(at);
        const statement = chain.findLast((one) => one.type === 'return_statement');
        if (statement?.startIndex !== at || chain.findLast((one) => isFunction(one.type))?.id !== node.id) continue;
        const value = named(statement)[0];
        if (value) returned.push(toExpr(value, this.text));
      }
    }
    return {
      ...(name ? { name: this.reader.slice(name) } : {}),
      start,
      end: node.endIndex,
      bodyStart: body.startIndex,
      returned,
    };
  }
}
const within = (expr: Expr | undefined, at: number): boolean => expr !== undefined && expr.start <= at && at < expr.end;
