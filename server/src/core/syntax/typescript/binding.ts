import type { Node } from 'web-tree-sitter';
import type { Expr } from '../python/ast.js';
import { named } from './convert.js';

/** A place that gives a name a value. */
export interface Binding {
  /** `set` is an assignment to what is declared elsewhere; `member` a value for a field or an element of an enum. */
  readonly kind: 'const' | 'set' | 'member' | 'parameter' | 'for' | 'import' | 'function' | 'class' | 'enum';
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** Of a member: `this`, an enum's name, or the object as written. */
  readonly object?: string;
  /** What it is given; for a part of a pattern, the whole that is taken apart. */
  readonly value?: Expr;
  /** Way from the whole to the part: `{ a: { b } }` is `['a', 'b']`. */
  readonly path: readonly (string | number)[];
  /** Of a parameter or a part of a pattern: what it is where nothing is given. */
  readonly fallback?: Expr;
  readonly annotation?: string;
  /** Where the name holds. */
  readonly scope: { readonly start: number; readonly end: number };
  /** Start of the function whose parameter it is. */
  readonly owner?: number;
}
export interface BindingReader {
  slice(node: Node): string;
  expr(node: Node | null): Expr | undefined;
}

export const isFunction = (type: string): boolean =>
  /^(?:function_declaration|function_expression|arrow_function|method_definition|generator_function(?:_declaration)?)$/.test(type);
const isScope = (type: string): boolean => isFunction(type) || /^(?:statement_block|program|for_statement|for_in_statement|class_body|switch_body)$/.test(type);

/** What a name's node binds, if it binds something: the chain is from the root to the name. */
export function bindingOf(name: string, chain: readonly Node[], read: BindingReader): Binding | undefined {
  const leaf = chain.at(-1)!;
  let level = chain.length - 2;
  const parent = chain[level];
  if (!parent) return undefined;
  const isField = (node: Node, field: string, child: Node): boolean => node.childForFieldName(field)?.id === child.id;
  const scopeOf = (from: number): { start: number; end: number } => {
    const node = chain.slice(0, from + 1).findLast((one) => isScope(one.type)) ?? chain[0]!;
    return { start: node.startIndex, end: node.endIndex };
  };
  const base = { name, start: leaf.startIndex, end: leaf.endIndex, path: [] };
  const member = (object: string, value: Node | null, type?: Node | null): Binding => ({
    ...base,
    kind: 'member',
    object,
    scope: scopeOf(level),
    ...valued(read, value),
    ...annotated(read, type),
  });
  switch (parent.type) {
    case 'function_declaration':
    case 'generator_function_declaration':
      return isField(parent, 'name', leaf) ? { ...base, kind: 'function', scope: scopeOf(level - 1), owner: parent.startIndex } : undefined;
    case 'class_declaration':
    case 'abstract_class_declaration':
      return isField(parent, 'name', leaf) ? { ...base, kind: 'class', scope: scopeOf(level - 1) } : undefined;
    case 'enum_declaration':
      return isField(parent, 'name', leaf) ? { ...base, kind: 'enum', scope: scopeOf(level - 1) } : undefined;
    case 'enum_assignment': {
      const owner = chain[level - 2]?.childForFieldName('name');
      return owner && isField(parent, 'name', leaf) ? member(read.slice(owner), parent.childForFieldName('value')) : undefined;
    }
    case 'public_field_definition':
      return isField(parent, 'name', leaf) ? member('this', parent.childForFieldName('value'), parent.childForFieldName('type')) : undefined;
    case 'method_definition':
      return isField(parent, 'name', leaf) && chain[level - 1]?.type === 'class_body'
        ? { ...base, kind: 'function', object: 'this', scope: scopeOf(level - 1), owner: parent.startIndex }
        : undefined;
    case 'import_specifier':
    case 'import_clause':
    case 'namespace_import':
      return { ...base, kind: 'import', scope: scopeOf(0) };
    case 'member_expression': {
      const set = chain[level - 1];
      const object = parent.childForFieldName('object');
      if (!object || !set || !isField(parent, 'property', leaf) || !/^(?:augmented_)?assignment_expression$/.test(set.type) || !isField(set, 'left', parent))
        return undefined;
      return member(read.slice(object), set.childForFieldName('right'));
    }
  }
  // Out of the patterns that it stands in.
  const path: (string | number)[] = [];
  let target = leaf;
  let fallback: Node | null = null;
  for (let steps = 0; steps < 20; steps++) {
    const outer = chain[level];
    if (!outer) return undefined;
    if (outer.type === 'object_pattern' && target.type === 'shorthand_property_identifier_pattern') path.unshift(read.slice(target));
    else if (outer.type === 'object_assignment_pattern' && isField(outer, 'left', target)) {
      fallback = outer.childForFieldName('right');
      path.unshift(read.slice(target));
    } else if (outer.type === 'pair_pattern' && isField(outer, 'value', target))
      path.unshift(read.slice(outer.childForFieldName('key') ?? target).replace(/^["']|["']$/g, ''));
    else if (outer.type === 'assignment_pattern' && isField(outer, 'left', target)) fallback ??= outer.childForFieldName('right');
    else if (outer.type === 'array_pattern') path.unshift(named(outer).findIndex((node) => node.id === target.id));
    else if (outer.type !== 'object_pattern') break;
    target = outer;
    level--;
  }
  const holder = chain[level];
  if (!holder) return undefined;
  const part = { ...base, path, ...(fallback ? { fallback: read.expr(fallback)! } : {}) };
  switch (holder.type) {
    case 'variable_declarator':
      if (!isField(holder, 'name', target)) return undefined;
      return {
        ...part,
        kind: 'const',
        scope: scopeOf(level),
        ...valued(read, holder.childForFieldName('value')),
        ...annotated(read, holder.childForFieldName('type')),
      };
    case 'assignment_expression':
    case 'augmented_assignment_expression':
      return isField(holder, 'left', target) ? { ...part, kind: 'set', scope: scopeOf(level), ...valued(read, holder.childForFieldName('right')) } : undefined;
    case 'for_in_statement':
      return isField(holder, 'left', target) ? { ...part, kind: 'for', scope: scopeOf(level), ...valued(read, holder.childForFieldName('right')) } : undefined;
    case 'arrow_function':
      return isField(holder, 'parameter', target) ? { ...part, kind: 'parameter', path: [0], scope: scopeOf(level), owner: holder.startIndex } : undefined;
    case 'required_parameter':
    case 'optional_parameter': {
      if (!isField(holder, 'pattern', target)) return undefined;
      const list = chain[level - 1];
      const owner = chain.slice(0, level).findLast((node) => isFunction(node.type));
      const index = list ? named(list).findIndex((node) => node.id === holder.id) : -1;
      const whole = holder.childForFieldName('value');
      const given = fallback ?? (path.length === 0 ? whole : null);
      return {
        ...part,
        kind: 'parameter',
        path: [index, ...path],
        scope: scopeOf(level),
        ...(given ? { fallback: read.expr(given)! } : {}),
        ...annotated(read, holder.childForFieldName('type')),
        ...(owner ? { owner: owner.startIndex } : {}),
      };
    }
  }
  return undefined;
}
function valued(read: BindingReader, node: Node | null | undefined): { value?: Expr } {
  const value = node ? read.expr(node) : undefined;
  return value ? { value } : {};
}
const annotated = (read: BindingReader, node: Node | null | undefined): { annotation?: string } =>
  node ? { annotation: read.slice(node).replace(/^:\s*/, '') } : {};
