import { type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import type { Problem } from '../model/problem.js';
import { maxDepth, nestingOf } from './nesting.js';
import type { Entry, Value } from './value.js';

/** The value of a JSON text; comments and trailing commas are allowed, as the tools that read these files allow them. */
export function readJson(uri: string, text: string): { roots: Value[]; problems: Problem[] } {
  const errors: ParseError[] = [];
  // The parser recurses: text nested deeper than any configuration would overflow the stack.
  if (nestingOf(text) > maxDepth)
    return { roots: [], problems: [{ severity: 'warning', code: 'too-deep', message: `nested more than ${maxDepth} deep: not read`, uri }] };
  const root = parseTree(text, errors, { allowTrailingComma: true, allowEmptyContent: true });
  const problems = errors.slice(0, 20).map(
    (error): Problem => ({
      severity: 'warning',
      code: 'syntax',
      message: printParseErrorCode(error.error),
      uri,
      span: { uri, start: error.offset, end: error.offset + error.length },
    }),
  );
  const value = root && toValue(root, text);
  return { roots: value ? [value] : [], problems };
}

function toValue(node: Node, text: string): Value {
  const at = { start: node.offset, end: node.offset + node.length };
  if (node.type === 'array') return { kind: 'seq', items: (node.children ?? []).map((child) => toValue(child, text)), ...at };
  if (node.type === 'object') {
    const entries = (node.children ?? []).flatMap((property): Entry[] => {
      const [key, value] = property.children ?? [];
      return key && value ? [{ key: String(key.value), keyStart: key.offset, keyEnd: key.offset + key.length, value: toValue(value, text) }] : [];
    });
    return { kind: 'map', entries, ...at };
  }
  const value = node.value as string | number | boolean | null;
  return { kind: 'scalar', value, raw: typeof value === 'string' ? value : text.slice(at.start, at.end), ...at };
}
