import type { Node } from 'web-tree-sitter';
import type { Expr } from './ast.js';
import { named } from './convert.js';

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

/** What telling a binding from a use asks of the program. */
export interface BindingReader {
  typeOf(node: Node): string;
  slice(node: Node): string;
  expr(node: Node | null): Expr | undefined;
  place(chain: readonly Node[]): { scope: number; inClass?: number };
}

/** What a name's node binds, if it binds something: the chain is from the root to the name. */
export function bindingOf(name: string, chain: readonly Node[], read: BindingReader): Binding | undefined {
  const leaf = chain.at(-1)!;
  let level = chain.length - 2;
  let target = leaf;
  let index: number | undefined;
  let object: string | undefined;
  if (chain[level] && read.typeOf(chain[level]!) === 'attribute') {
    const holder = chain[level]!.childForFieldName('object');
    if (!holder || chain[level]!.childForFieldName('attribute')?.startIndex !== leaf.startIndex) return undefined;
    object = read.slice(holder);
    target = chain[level--]!;
  }
  if (chain[level] && /^(pattern_list|tuple_pattern|list_pattern)$/.test(read.typeOf(chain[level]!))) {
    index = named(chain[level]!).findIndex((node) => node.startIndex === target.startIndex);
    target = chain[level--]!;
  }
  const parent = chain[level];
  if (!parent) return undefined;
  if (!binders.has(read.typeOf(parent))) return undefined;
  const outer = chain.slice(0, level);
  const base = {
    name,
    start: leaf.startIndex,
    end: leaf.endIndex,
    ...read.place(outer),
    ...(object === undefined ? {} : { object }),
  };
  const isField = (field: string): boolean => parent.childForFieldName(field)?.startIndex === target.startIndex;
  switch (read.typeOf(parent)) {
    case 'assignment':
    case 'augmented_assignment': {
      if (!isField('left')) return undefined;
      const { annotation, value } = annotated(read, parent, 'right');
      const part = index !== undefined && value?.kind === 'tuple' ? value.items[index] : undefined;
      const chosen = part ?? value;
      return {
        ...base,
        kind: read.typeOf(parent) === 'assignment' ? 'assign' : 'augment',
        ...(chosen && { value: chosen }),
        ...(annotation && { annotation }),
        ...(index !== undefined && !part ? { index } : {}),
      };
    }
    case 'named_expression':
      return isField('name') ? { ...base, kind: 'assign', ...annotated(read, parent, 'value') } : undefined;
    case 'for_statement':
    case 'for_in_clause': {
      const value = read.expr(parent.childForFieldName('right'));
      return isField('left') ? { ...base, kind: 'for', ...(value && { value }), ...(index === undefined ? {} : { index }) } : undefined;
    }
    case 'default_parameter':
    case 'typed_default_parameter':
      return isField('name') ? { ...base, kind: 'parameter', ...annotated(read, parent, 'value') } : undefined;
    case 'typed_parameter':
      return { ...base, kind: 'parameter', ...annotated(read, parent, 'value') };
    case 'parameters':
    case 'dictionary_splat_pattern':
      return { ...base, kind: 'parameter' };
    case 'as_pattern_target': {
      const value = read.expr(named(chain[level - 1]!)[0] ?? null);
      return { ...base, kind: 'with', ...(value && { value }) };
    }
    case 'aliased_import':
    case 'dotted_name':
      return { ...base, kind: 'import' };
    default:
      return undefined;
  }
}

function annotated(read: BindingReader, node: Node, valueField: string): { annotation?: string; value?: Expr } {
  const type = node.childForFieldName('type');
  const value = read.expr(node.childForFieldName(valueField));
  return { ...(type && { annotation: read.slice(type) }), ...(value && { value }) };
}
const binders = new Set([
  'assignment',
  'augmented_assignment',
  'named_expression',
  'for_statement',
  'for_in_clause',
  'default_parameter',
  'typed_default_parameter',
  'typed_parameter',
  'parameters',
  'dictionary_splat_pattern',
  'lambda_parameters',
  'as_pattern_target',
  'aliased_import',
  'dotted_name',
]);
