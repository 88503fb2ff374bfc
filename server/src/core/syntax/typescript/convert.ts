import type { Node } from 'web-tree-sitter';
import type { Arg, DictEntry, Expr } from '../python/ast.js';

const maxDepth = 200;
/** Operators by the names that the other language has for them. */
const operators: Readonly<Record<string, string>> = { '||': 'or', '&&': 'and', '===': '==', '!==': '!=', '||=': 'or', '??=': '??' };

/** Converts an expression's node to the plain data that Python's are converted to: an object is a dict, `new X(…)` a call, `this` a name; what only
 * says a type or waits (`as`, `satisfies`, `!`, `await`) is left out. Deep nesting ends as `other`, it never overflows the stack. */
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
    case 'shorthand_property_identifier':
    case 'type_identifier':
    case 'this':
    case 'super':
      return { kind: 'name', name: own(), start, end };
    case 'number': {
      const value = Number(own().replaceAll('_', '').replace(/n$/, ''));
      return Number.isFinite(value) ? { kind: 'number', value, start, end } : other();
    }
    case 'true':
    case 'false':
      return { kind: 'boolean', value: node.type === 'true', start, end };
    case 'null':
    case 'undefined':
      return { kind: 'none', start, end };
    case 'string':
      return { kind: 'string', value: unescaped(text.slice(start + 1, end - 1)), start, end };
    case 'template_string':
      return template(node, text, depth);
    case 'member_expression': {
      const object = field('object');
      const name = node.childForFieldName('property');
      return object && name ? { kind: 'attribute', object, name: text.slice(name.startIndex, name.endIndex), start, end } : other();
    }
    case 'subscript_expression': {
      const object = field('object');
      const index = field('index');
      return object && index ? { kind: 'subscript', object, index, start, end } : other();
    }
    case 'call_expression':
    case 'new_expression': {
      const callee = field(node.type === 'call_expression' ? 'function' : 'constructor');
      const list = node.childForFieldName('arguments');
      if (!callee || (list !== null && list.type !== 'arguments')) return other();
      return { kind: 'call', callee, args: list ? named(list).flatMap((arg) => toArg(arg, sub)) : [], start, end };
    }
    case 'import':
      return { kind: 'name', name: 'import', start, end };
    case 'array':
      return { kind: 'list', items: named(node).map(sub), start, end };
    case 'object':
      return { kind: 'dict', entries: named(node).flatMap((entry) => toEntry(entry, text, sub)), start, end };
    case 'binary_expression':
    case 'augmented_assignment_expression': {
      const left = field('left');
      const right = field('right');
      const op = node.childForFieldName('operator');
      const written = op ? text.slice(op.startIndex, op.endIndex) : '';
      return left && right ? { kind: 'binary', op: operators[written] ?? written, left, right, start, end } : other();
    }
    case 'assignment_expression':
      return field('right') ?? other();
    case 'unary_expression': {
      const operand = field('argument');
      const op = text[start] ?? '';
      return operand && /[-+!]/.test(op) ? { kind: 'unary', op: op === '!' ? 'not' : op, operand, start, end } : other();
    }
    case 'ternary_expression': {
      const test = field('condition');
      const value = field('consequence');
      const otherwise = field('alternative');
      return test && value && otherwise ? { kind: 'conditional', test, value, otherwise, start, end } : other();
    }
    case 'spread_element': {
      const inner = named(node)[0];
      return inner ? { kind: 'spread', value: sub(inner), start, end } : other();
    }
    case 'await_expression':
    case 'as_expression':
    case 'satisfies_expression':
    case 'non_null_expression':
    case 'instantiation_expression': {
      const inner = named(node)[0];
      return inner ? sub(inner) : other();
    }
    case 'parenthesized_expression':
    case 'sequence_expression':
    case 'type_assertion': {
      const inner = named(node).at(-1);
      return inner ? sub(inner) : other();
    }
    default:
      return other();
  }
}

/** Children that are named and no comments. */
export const named = (node: Node): Node[] => node.namedChildren.filter((child): child is Node => child !== null && child.type !== 'comment');

function toArg(node: Node, sub: (node: Node) => Expr): Arg[] {
  const at = { start: node.startIndex, end: node.endIndex };
  if (node.type === 'ERROR') return [];
  const inner = node.type === 'spread_element' ? named(node)[0] : undefined;
  return inner ? [{ spread: 1, value: sub(inner), ...at }] : [{ value: sub(node), ...at }];
}

function toEntry(node: Node, text: string, sub: (node: Node) => Expr): DictEntry[] {
  const at = { start: node.startIndex, end: node.endIndex };
  const nameOf = (key: Node): Expr => {
    const here = { start: key.startIndex, end: key.endIndex };
    if (key.type === 'computed_property_name') return named(key)[0] ? sub(named(key)[0]!) : { kind: 'other', type: key.type, ...here };
    return key.type === 'string' ? sub(key) : { kind: 'string', value: text.slice(here.start, here.end), ...here };
  };
  switch (node.type) {
    case 'pair': {
      const key = node.childForFieldName('key');
      const value = node.childForFieldName('value');
      return key && value ? [{ key: nameOf(key), value: sub(value), ...at }] : [];
    }
    case 'shorthand_property_identifier':
      return [{ key: nameOf(node), value: sub(node), ...at }];
    case 'method_definition': {
      const name = node.childForFieldName('name');
      return name ? [{ key: nameOf(name), value: { kind: 'other', type: node.type, ...at }, ...at }] : [];
    }
    case 'spread_element':
      return named(node)[0] ? [{ value: sub(named(node)[0]!), ...at }] : [];
    default:
      return [];
  }
}

function template(node: Node, text: string, depth: number): Expr {
  const { startIndex: start, endIndex: end } = node;
  const parts: (string | Expr)[] = [];
  let at = start + 1;
  for (const hole of named(node)) {
    if (hole.type !== 'template_substitution') continue;
    if (hole.startIndex > at) parts.push(unescaped(text.slice(at, hole.startIndex)));
    const inner = named(hole)[0];
    parts.push(inner ? toExpr(inner, text, depth + 1) : { kind: 'other', type: hole.type, start: hole.startIndex, end: hole.endIndex });
    at = hole.endIndex;
  }
  if (end - 1 > at) parts.push(unescaped(text.slice(at, end - 1)));
  if (parts.every((part) => typeof part === 'string')) return { kind: 'string', value: parts.join(''), start, end };
  return { kind: 'template', parts, start, end };
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', v: '\v', '0': '\0', '\n': '' };
/** Text as it is at run time; an escape without a meaning of its own is the character. */
const unescaped = (text: string): string =>
  text.includes('\\')
    ? text.replace(/\\(?:u\{([0-9a-f]+)\}|u([0-9a-f]{4})|x([0-9a-f]{2})|([\s\S]))/gi, (_all, braced, four, two, plain: string) => {
        const code = braced ?? four ?? two;
        if (code === undefined) return escapes[plain] ?? plain;
        const point = Number.parseInt(code, 16);
        return point <= 0x10ffff ? String.fromCodePoint(point) : '';
      })
    : text;
