import type { Node } from 'web-tree-sitter';
import type { Arg, DictEntry, Expr } from './ast.js';

const maxDepth = 200;

/** Converts an expression's node to plain data. Deep nesting ends as `other`, it never overflows the stack. */
export function toExpr(node: Node, text: string, depth = 0): Expr {
  const start = node.startIndex;
  const end = node.endIndex;
  const other = (): Expr => ({ kind: 'other', type: node.type, start, end });
  if (depth > maxDepth) return other();
  const sub = (child: Node): Expr => toExpr(child, text, depth + 1);
  const field = (name: string): Expr | undefined => {
    const child = node.childForFieldName(name);
    return child ? sub(child) : undefined;
  };
  const own = (): string => text.slice(start, end);
  switch (node.type) {
    case 'identifier':
      return { kind: 'name', name: own(), start, end };
    case 'integer':
    case 'float': {
      const value = pythonNumber(own());
      return value === undefined ? other() : { kind: 'number', value, start, end };
    }
    case 'true':
    case 'false':
      return { kind: 'boolean', value: node.type === 'true', start, end };
    case 'none':
      return { kind: 'none', start, end };
    case 'string':
      return stringExpr(node, text, depth);
    case 'concatenated_string': {
      const parts = named(node).map(sub);
      if (parts.every((part) => part.kind === 'string')) return { kind: 'string', value: parts.map((part) => part.value).join(''), start, end };
      return {
        kind: 'template',
        parts: parts.flatMap((part) => (part.kind === 'template' ? part.parts : part.kind === 'string' ? [part.value] : [part])),
        start,
        end,
      };
    }
    case 'attribute': {
      const object = field('object');
      const name = node.childForFieldName('attribute');
      return object && name ? { kind: 'attribute', object, name: text.slice(name.startIndex, name.endIndex), start, end } : other();
    }
    case 'call': {
      const callee = field('function');
      const list = node.childForFieldName('arguments');
      return callee && list ? { kind: 'call', callee, args: toArgs(list, text, depth), start, end } : other();
    }
    case 'subscript': {
      const object = field('value');
      const index = field('subscript');
      return object && index ? { kind: 'subscript', object, index, start, end } : other();
    }
    case 'list':
    case 'tuple':
    case 'set':
      return { kind: node.type, items: named(node).map(sub), start, end };
    case 'expression_list':
    case 'pattern_list':
    case 'tuple_pattern':
    case 'list_pattern':
      return { kind: 'tuple', items: named(node).map(sub), start, end };
    case 'dictionary':
      return { kind: 'dict', entries: named(node).flatMap((entry) => toEntry(entry, sub)), start, end };
    case 'as_pattern':
    case 'parenthesized_expression':
    case 'await':
    case 'type': {
      const inner = named(node)[0];
      return inner ? sub(inner) : other();
    }
    case 'named_expression':
      return field('value') ?? other();
    case 'binary_operator':
    case 'boolean_operator': {
      const left = field('left');
      const right = field('right');
      const op = node.childForFieldName('operator');
      return left && right && op ? { kind: 'binary', op: text.slice(op.startIndex, op.endIndex), left, right, start, end } : other();
    }
    case 'comparison_operator': {
      const [left, right, ...more] = named(node);
      if (!left || !right || more.length > 0) return other();
      return { kind: 'binary', op: text.slice(left.endIndex, right.startIndex).trim(), left: sub(left), right: sub(right), start, end };
    }
    case 'unary_operator':
    case 'not_operator': {
      const operand = field('argument');
      return operand ? { kind: 'unary', op: node.type === 'not_operator' ? 'not' : (text[start] ?? ''), operand, start, end } : other();
    }
    case 'conditional_expression': {
      const [value, test, otherwise] = named(node);
      return value && test && otherwise ? { kind: 'conditional', value: sub(value), test: sub(test), otherwise: sub(otherwise), start, end } : other();
    }
    case 'list_comprehension':
    case 'set_comprehension':
    case 'generator_expression': {
      const element = field('body');
      const sources = named(node).flatMap((clause) => {
        const source = clause.type === 'for_in_clause' ? clause.childForFieldName('right') : null;
        return source ? [sub(source)] : [];
      });
      return element ? { kind: 'comprehension', element, sources, start, end } : other();
    }
    case 'list_splat':
    case 'dictionary_splat': {
      const inner = named(node)[0];
      return inner ? { kind: 'spread', value: sub(inner), start, end } : other();
    }
    default:
      return other();
  }
}

/** Children that are named and no comments. */
export const named = (node: Node): Node[] => node.namedChildren.filter((child): child is Node => child !== null && child.type !== 'comment');

function toArgs(list: Node, text: string, depth: number): Arg[] {
  if (list.type === 'generator_expression') {
    const at = { start: list.startIndex, end: list.endIndex };
    return [{ value: toExpr(list, text, depth + 1), ...at }];
  }
  return named(list).flatMap((node): Arg[] => {
    const at = { start: node.startIndex, end: node.endIndex };
    if (node.type === 'keyword_argument') {
      const name = node.childForFieldName('name');
      const value = node.childForFieldName('value');
      return name && value ? [{ keyword: text.slice(name.startIndex, name.endIndex), value: toExpr(value, text, depth + 1), ...at }] : [];
    }
    if (node.type === 'list_splat' || node.type === 'dictionary_splat') {
      const inner = named(node)[0];
      return inner ? [{ spread: node.type === 'list_splat' ? 1 : 2, value: toExpr(inner, text, depth + 1), ...at }] : [];
    }
    return node.type === 'ERROR' ? [] : [{ value: toExpr(node, text, depth + 1), ...at }];
  });
}

function toEntry(node: Node, sub: (node: Node) => Expr): DictEntry[] {
  const at = { start: node.startIndex, end: node.endIndex };
  if (node.type === 'pair') {
    const key = node.childForFieldName('key');
    const value = node.childForFieldName('value');
    return key && value ? [{ key: sub(key), value: sub(value), ...at }] : [];
  }
  const inner = node.type === 'dictionary_splat' ? named(node)[0] : undefined;
  return inner ? [{ value: sub(inner), ...at }] : [];
}

function stringExpr(node: Node, text: string, depth: number): Expr {
  const { startIndex: start, endIndex: end } = node;
  const children = node.children.filter((child): child is Node => child !== null);
  const from = children.find((child) => child.type === 'string_start')?.endIndex ?? start + 1;
  const to = children.findLast((child) => child.type === 'string_end')?.startIndex ?? end;
  const raw = text.slice(start, from).toLowerCase().includes('r');
  const literal = (a: number, b: number): string => (raw ? text.slice(a, b) : unescaped(text.slice(a, b)));
  const holes = children.filter((child) => child.type === 'interpolation');
  if (holes.length === 0) return { kind: 'string', value: literal(from, to), start, end };
  const parts: (string | Expr)[] = [];
  let at = from;
  for (const hole of holes) {
    if (hole.startIndex > at) parts.push(literal(at, hole.startIndex));
    const inner = hole.childForFieldName('expression') ?? named(hole)[0];
    parts.push(inner ? toExpr(inner, text, depth + 1) : { kind: 'other', type: 'interpolation', start: hole.startIndex, end: hole.endIndex });
    at = hole.endIndex;
  }
  if (to > at) parts.push(literal(at, to));
  return { kind: 'template', parts, start, end };
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\', "'": "'", '"': '"', '\n': '', '0': '\0' };
const unescaped = (text: string): string => (text.includes('\\') ? text.replace(/\\([\s\S])/g, (all, code: string) => escapes[code] ?? all) : text);

/** A Python number literal: `60_000`, `1e-4`, `0x10`, `5.`; undefined for complex ones. */
export function pythonNumber(literal: string): number | undefined {
  const plain = literal.replaceAll('_', '').toLowerCase();
  if (plain.endsWith('j')) return undefined;
  const value = Number(plain.endsWith('l') ? plain.slice(0, -1) : plain);
  return Number.isFinite(value) ? value : undefined;
}
