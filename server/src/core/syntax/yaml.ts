import { isAlias, isMap, isPair, isScalar, isSeq, LineCounter, type Node, parseAllDocuments } from 'yaml';
import type { Problem } from '../model/problem.js';
import type { Entry, Value } from './value.js';

/** More nodes than any configuration that a person wrote: an alias bomb ends here. */
const maxNodes = 100_000;
const maxDepth = 100;

/** The documents of a YAML text. Templates (`{{ … }}`) are masked first, so that they read as unknown text and not as broken YAML.
 * @errors what does not parse is a problem at its place; the rest is still answered */
export function readYaml(uri: string, text: string): { roots: Value[]; problems: Problem[] } {
  const problems: Problem[] = [];
  let left = maxNodes;
  const problem = (message: string, start: number, end: number): void => {
    problems.push({ severity: 'warning', code: 'syntax', message, uri, span: { uri, start, end } });
  };
  const documents = parseAllDocuments(maskTemplates(text), {
    lineCounter: new LineCounter(),
    keepSourceTokens: false,
    uniqueKeys: false,
    merge: true,
    logLevel: 'silent',
  });
  if (!Array.isArray(documents)) return { roots: [], problems };
  const roots = documents.flatMap((document) => {
    for (const error of document.errors) problem(error.message.split('\n')[0] ?? 'does not parse', error.pos[0], error.pos[1]);
    const toValue = (node: unknown, depth: number): Value | undefined => {
      if (left-- <= 0 || depth > maxDepth) return undefined;
      if (isAlias(node)) return toValue(node.resolve(document), depth + 1);
      const [start, end] = (node as Node | null)?.range ?? [0, 0];
      if (isScalar(node)) {
        const value = node.value;
        const plain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
        const block = node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED';
        return {
          kind: 'scalar',
          value: plain,
          raw: typeof value === 'string' ? value : text.slice(start, end),
          start,
          end,
          ...(block ? { textStart: text.indexOf('\n', start) + 1 } : {}),
        };
      }
      if (isSeq(node)) return { kind: 'seq', items: node.items.flatMap((item) => toValue(item, depth + 1) ?? []), start, end };
      if (!isMap(node)) return undefined;
      const entries: Entry[] = [];
      for (const pair of node.items) {
        if (!isPair(pair) || !isScalar(pair.key)) continue;
        const value = toValue(pair.value, depth + 1) ?? {
          kind: 'scalar' as const,
          value: null,
          raw: '',
          start: pair.key.range?.[1] ?? start,
          end: pair.key.range?.[1] ?? start,
        };
        const key = String(pair.key.value);
        if (key === '<<') {
          for (const source of value.kind === 'seq' ? value.items : [value]) if (source.kind === 'map') entries.unshift(...source.entries);
        } else entries.push({ key, keyStart: pair.key.range?.[0] ?? start, keyEnd: pair.key.range?.[1] ?? start, value });
      }
      return { kind: 'map', entries, start, end };
    };
    const root = document.contents ? toValue(document.contents, 0) : undefined;
    return root ? [root] : [];
  });
  if (left <= 0) problem('too many nodes: aliases multiply, the rest is not read', 0, 0);
  return { roots, problems };
}

/** Template actions become text of equal length: a line that holds nothing else a comment, others a word. */
function maskTemplates(text: string): string {
  if (!text.includes('{{')) return text;
  return text
    .replace(/^([ \t]*)\{\{[^\n]*?\}\}[ \t]*$/gm, (line) => `#${line.slice(1)}`)
    .replace(/\{\{[^\n]*?\}\}/g, (action) => `\u00a7${action.slice(1, -1).replace(/[^\w.]/g, '_')}\u00a7`);
}
/** True for text that stands for a masked template: its value is decided elsewhere. */
export const isTemplated = (value: unknown): boolean => typeof value === 'string' && value.includes('\u00a7');
