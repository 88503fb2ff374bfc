import type { Node } from 'web-tree-sitter';
import type { SyntaxTree } from '../tree.js';
import type { Call, Expr } from './ast.js';
import { named, toExpr } from './convert.js';
import { Paths } from './path.js';

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

/** A place that gives a name a value. */
export interface Binding {
  readonly kind: 'assign' | 'augment' | 'for' | 'parameter' | 'with' | 'import' | 'def' | 'class';
  readonly name: string;
  /** Of the name. */
  readonly start: number;
  readonly end: number;
  /** `config` of `config.batch_size = 8`, `self` of `self.x = 1`; absent for plain names. */
  readonly object?: string;
  /** Absent where there is none (a parameter without default) or where it cannot be told apart (destructuring a call). */
  readonly value?: Expr;
  /** Position in a destructuring assignment whose right side is not taken apart; `value` is then the whole right side. */
  readonly index?: number;
  readonly annotation?: string;
  /** Start of the innermost def around it; -1 at module or class level. */
  readonly scope: number;
  /** Start of the class whose body it stands in directly; absent elsewhere. */
  readonly inClass?: number;
}

export interface Import {
  readonly module: string;
  /** Absent for `import module`. */
  readonly name?: string;
  readonly start: number;
  readonly end: number;
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
  /** Read when asked for: options classes are long. */
  readonly value?: Expr | undefined;
}

export interface FunctionInfo {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly bodyStart: number;
  readonly parameters: readonly { readonly name: string; readonly start: number; readonly end: number; readonly annotation?: string; readonly value?: Expr }[];
  readonly decorators: readonly Expr[];
}

const anywhere = { start: 0, end: Number.POSITIVE_INFINITY };

/** Questions about one Python program. Places are found in the text and then looked up in the tree, so that the cost follows what is
 * asked and not the size of the file. Answers are plain data; no node leaves. Valid until the next edit. */
export class PythonProgram {
  readonly text: string;
  private readonly tree: SyntaxTree;
  private readonly boundNames = new Map<string, readonly Binding[]>();
  private importTable: { byName: Map<string, Import>; stars: string[] } | undefined;
  private readonly knownExprs = new Map<number, Expr>();
  private readonly paths = new Paths();
  private readonly knownClasses = new Map<number, ClassInfo>();
  private readonly knownFunctions = new Map<number, FunctionInfo>();
  private definitionTable: Readonly<Record<'def' | 'class', ReadonlyMap<string, readonly number[]>>> | undefined;
  constructor(tree: SyntaxTree) {
    this.tree = tree;
    this.text = tree.text;
  }

  /** Calls whose callee's last name matches, in order. The pattern needs `g`; its match must begin at that name. */
  calls(pattern: RegExp, within: { start: number; end: number } = anywhere): CallSite[] {
    const found: CallSite[] = [];
    for (const at of this.matches(pattern, within)) {
      const call = this.callAt(at);
      if (call) found.push({ call, at });
    }
    return found;
  }
  /** Offsets where the pattern matches an identifier of the code, not of a string or a comment. */
  matches(pattern: RegExp, within: { start: number; end: number } = anywhere): number[] {
    const found: number[] = [];
    pattern.lastIndex = within.start;
    for (let match = pattern.exec(this.text); match && match.index < within.end; match = pattern.exec(this.text)) {
      if (match[0] === '') pattern.lastIndex++;
      if (this.leaf(match.index)?.type === 'identifier') found.push(match.index);
    }
    return found;
  }
  /** The call whose callee ends with the name at an offset. */
  callAt(at: number): Call | undefined {
    const chain = this.chain(at);
    let level = chain.length - 1;
    if (chain[level]?.type !== 'identifier') return undefined;
    const endsHere = chain[level]!.endIndex;
    while (level > 0 && chain[level - 1]!.type === 'attribute' && chain[level - 1]!.endIndex === endsHere) level--;
    if (level > 1 && chain[level - 1]!.type === 'subscript' && chain[level - 2]!.type === 'call') level--;
    const parent = chain[level - 1];
    if (parent?.type !== 'call' || parent.startIndex !== chain[level]!.startIndex) return undefined;
    const expr = this.expr(parent);
    return expr?.kind === 'call' ? expr : undefined;
  }
  /** The innermost call that holds an offset in its argument list. */
  callAround(at: number): Call | undefined {
    const node = this.chain(at).findLast((candidate) => candidate.type === 'call' && (candidate.childForFieldName('arguments')?.startIndex ?? at) < at);
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
    const level = chain.findLastIndex((node) => node.type === 'block' || node.type === 'module');
    const node = chain[level + 1] ?? chain[level];
    return node ? { start: node.startIndex, end: node.endIndex } : { start: at, end: at };
  }
  /** Start of the innermost def around an offset, -1 at module level. */
  scopeOf(at: number): number {
    return scopeOf(this.chain(at));
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
        .filter((node) => node.type === 'function_definition')
        .map((node) => node.startIndex)
        .reverse(),
      -1,
    ];
    const classes = chain.filter((node) => node.type === 'class_definition').map((node) => node.startIndex);
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
    const at = this.definitions.class.get(name)?.[0];
    return at === undefined ? undefined : this.classNamedAt(at);
  }
  /** Every function and method, in order. */
  functions(): FunctionInfo[] {
    return this.placesOf('def').flatMap((at) => this.functionNamedAt(at) ?? []);
  }
  /** The first function or method of a name, within a span if one is given. */
  function(name: string, within: { start: number; end: number } = anywhere): FunctionInfo | undefined {
    const at = this.definitions.def.get(name)?.find((place) => place >= within.start && place < within.end);
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
    const found: Expr[] = [];
    const pattern = /\breturn\b/g;
    pattern.lastIndex = owner.bodyStart;
    for (let match = pattern.exec(this.text); match && match.index < owner.end; match = pattern.exec(this.text)) {
      const chain = this.chain(match.index);
      const node = chain.at(-2);
      if (node?.type !== 'return_statement' || scopeOf(chain) !== owner.start) continue;
      const value = this.expr(named(node)[0] ?? null);
      if (value) found.push(value);
    }
    return found;
  }
  /** The last value given to an element by name: `config["lr"] = 1e-4`. */
  keyed(object: string, key: string): Expr | undefined {
    if (!/^[\w.]+$/.test(object) || !/^[\w.-]+$/.test(key) || !this.text.includes(`${object}[`)) return undefined;
    const pattern = new RegExp(`(?<![\\w.])${object.replaceAll('.', '\\.')}\\[["']${key.replaceAll('.', '\\.')}["']\\]\\s*=(?!=)`, 'g');
    let found: Expr | undefined;
    for (let match = pattern.exec(this.text); match; match = pattern.exec(this.text)) {
      const node = this.chain(match.index).findLast((candidate) => candidate.type === 'assignment');
      if (node?.startIndex === match.index) found = this.expr(node.childForFieldName('right'));
    }
    return found;
  }

  /** Offsets of the names that `def` and `class` statements bind. */
  private get definitions(): Readonly<Record<'def' | 'class', ReadonlyMap<string, readonly number[]>>> {
    if (this.definitionTable) return this.definitionTable;
    const table = { def: new Map<string, number[]>(), class: new Map<string, number[]>() };
    const pattern = /^[ \t]*(?:async[ \t]+)?(def|class)[ \t]+(\w+)/gm;
    for (let match = pattern.exec(this.text); match; match = pattern.exec(this.text)) {
      const name = match[2]!;
      const places = table[match[1] as 'def' | 'class'];
      const at = match.index + match[0].length - name.length;
      const known = places.get(name);
      if (known) known.push(at);
      else places.set(name, [at]);
    }
    this.definitionTable = table;
    return table;
  }
  private placesOf(kind: 'def' | 'class'): number[] {
    return [...this.definitions[kind].values()].flat().sort((a, b) => a - b);
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
  private toBlock(node: Node, parent: Node | undefined): Block[] {
    const kind = blockKinds[node.type];
    if (!kind) return [];
    const body = node.childForFieldName('body') ?? node.childForFieldName('consequence');
    const at = { kind, start: node.startIndex, end: node.endIndex, bodyStart: body?.startIndex ?? node.endIndex, bodyEnd: body?.endIndex ?? node.endIndex };
    const subject = this.expr(node.childForFieldName('right') ?? node.childForFieldName('condition'));
    const target = kind === 'for' ? this.expr(node.childForFieldName('left')) : undefined;
    const name = kind === 'def' || kind === 'class' ? node.childForFieldName('name') : null;
    const list = node.childForFieldName('superclasses') ?? (kind === 'with' ? named(node)[0] : undefined);
    return [
      {
        ...at,
        ...(subject && { subject }),
        ...(target && { target }),
        ...(name && { name: this.slice(name) }),
        ...(list && { items: named(list).map((item) => toExpr(named(item)[0] && item.type === 'with_item' ? named(item)[0]! : item, this.text)) }),
        ...(name && { decorators: this.decorators(parent) }),
      },
    ];
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
        const value = (): Expr | undefined => this.expr(right);
        return [
          {
            name: this.slice(left),
            start: left.startIndex,
            end: assignment.endIndex,
            ...(type && { annotation: this.slice(type) }),
            get value() {
              return value();
            },
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
    // Not a call, an attribute access or an index: those never bind.
    const pattern = new RegExp(`\\b${name}\\b(?!\\s*[(.[])`, 'g');
    for (let match = pattern.exec(this.text); match; match = pattern.exec(this.text)) {
      if (this.leaf(match.index)?.type !== 'identifier') continue;
      const chain = this.chain(match.index);
      const binding = this.toBinding(name, chain);
      if (binding) found.push(binding);
    }
    for (const kind of ['def', 'class'] as const) {
      for (const at of this.definitions[kind].get(name) ?? []) {
        const chain = this.chain(at);
        if (chain.at(-1)?.type !== 'identifier') continue;
        const outer = chain.slice(0, -2);
        found.push({ kind, name, start: at, end: at + name.length, scope: scopeOf(outer), ...inClass(outer) });
      }
    }
    return found.sort((a, b) => a.start - b.start);
  }
  private toBinding(name: string, chain: Node[]): Binding | undefined {
    const leaf = chain.at(-1)!;
    let level = chain.length - 2;
    let target = leaf;
    let index: number | undefined;
    let object: string | undefined;
    if (chain[level]?.type === 'attribute') {
      const holder = chain[level]!.childForFieldName('object');
      if (!holder || chain[level]!.childForFieldName('attribute')?.startIndex !== leaf.startIndex) return undefined;
      object = this.slice(holder);
      target = chain[level--]!;
    }
    if (chain[level] && /^(pattern_list|tuple_pattern|list_pattern)$/.test(chain[level]!.type)) {
      index = named(chain[level]!).findIndex((node) => node.startIndex === target.startIndex);
      target = chain[level--]!;
    }
    const parent = chain[level];
    if (!parent) return undefined;
    const outer = chain.slice(0, level);
    const base = { name, start: leaf.startIndex, end: leaf.endIndex, scope: scopeOf(outer), ...inClass(outer), ...(object === undefined ? {} : { object }) };
    const isField = (field: string): boolean => parent.childForFieldName(field)?.startIndex === target.startIndex;
    switch (parent.type) {
      case 'assignment':
      case 'augmented_assignment': {
        if (!isField('left')) return undefined;
        const { annotation, value } = this.annotated(parent, 'right');
        const part = index !== undefined && value?.kind === 'tuple' ? value.items[index] : undefined;
        const chosen = part ?? value;
        return {
          ...base,
          kind: parent.type === 'assignment' ? 'assign' : 'augment',
          ...(chosen && { value: chosen }),
          ...(annotation && { annotation }),
          ...(index !== undefined && !part ? { index } : {}),
        };
      }
      case 'named_expression':
        return isField('name') ? { ...base, kind: 'assign', ...this.annotated(parent, 'value') } : undefined;
      case 'for_statement':
      case 'for_in_clause': {
        const value = this.expr(parent.childForFieldName('right'));
        return isField('left') ? { ...base, kind: 'for', ...(value && { value }), ...(index === undefined ? {} : { index }) } : undefined;
      }
      case 'default_parameter':
      case 'typed_default_parameter':
        return isField('name') ? { ...base, kind: 'parameter', scope: scopeOf(outer), ...this.annotated(parent, 'value') } : undefined;
      case 'typed_parameter':
        return { ...base, kind: 'parameter', scope: scopeOf(outer), ...this.annotated(parent, 'value') };
      case 'parameters':
        return { ...base, kind: 'parameter', scope: scopeOf(outer) };
      case 'as_pattern_target': {
        const value = this.expr(named(chain[level - 1]!)[0] ?? null);
        return { ...base, kind: 'with', ...(value && { value }) };
      }
      case 'aliased_import':
      case 'dotted_name':
        return { ...base, kind: 'import' };
      default:
        return undefined;
    }
  }
  private readImports(): { byName: Map<string, Import>; stars: string[] } {
    if (this.importTable) return this.importTable;
    const byName = new Map<string, Import>();
    const stars: string[] = [];
    const pattern = /^[ \t]*(?:from|import)\b/gm;
    for (let match = pattern.exec(this.text); match; match = pattern.exec(this.text)) {
      const node = this.chain(match.index + match[0].length - 1).findLast(
        (candidate) => candidate.type.startsWith('import_') || candidate.type === 'future_import_statement',
      );
      if (!node) continue;
      const from = node.childForFieldName('module_name');
      const module = from ? this.slice(from) : undefined;
      if (named(node).some((child) => child.type === 'wildcard_import') && module) stars.push(module);
      for (const item of named(node)) {
        if (item.startIndex === from?.startIndex) continue;
        const at = { start: item.startIndex, end: item.endIndex };
        const path = item.type === 'aliased_import' ? item.childForFieldName('name') : item.type === 'dotted_name' ? item : null;
        if (!path) continue;
        const written = this.slice(path);
        const alias = item.type === 'aliased_import' ? item.childForFieldName('alias') : null;
        const local = alias ? this.slice(alias) : module === undefined ? (written.split('.')[0] ?? written) : written;
        byName.set(local, module === undefined ? { module: alias ? written : local, ...at } : { module, name: written, ...at });
      }
    }
    this.importTable = { byName, stars };
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
const scopeOf = (chain: readonly Node[]): number => chain.findLast((node) => node.type === 'function_definition')?.startIndex ?? -1;
function inClass(chain: readonly Node[]): { inClass?: number } {
  const owner = chain.findLast((node) => node.type === 'function_definition' || node.type === 'class_definition');
  return owner?.type === 'class_definition' ? { inClass: owner.startIndex } : {};
}
