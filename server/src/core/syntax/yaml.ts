import { isAlias, isMap, isPair, isScalar, isSeq, type Node, parseAllDocuments } from 'yaml';
import type { Problem } from '../model/problem.js';
import { maxDepth, nestingOf } from './nesting.js';
import { maskTemplates } from './template.js';
import type { Entry, Value } from './value.js';
import { flattenFlow } from './yaml-flow.js';

/** More nodes than any configuration that a person wrote: an alias bomb ends here. */
const maxNodes = 100_000;
/** Longer than any configuration: parsing it would hold up the editor. */
const maxDocument = 300_000;
const maxProblems = 20;

/** The documents of a YAML text. Templates (`{{ … }}`) are masked first, so that they read as unknown text and not as broken YAML.
 * Scalars are read as YAML 1.2 has it; `yes`, `60_000` and `1e5` are left to whoever wants a boolean or a number.
 * @errors what does not parse is a problem at its place; the rest is still answered, the other documents in any case */
export function readYaml(uri: string, text: string): { roots: Value[]; problems: Problem[] } {
  const problems: Problem[] = [];
  const problem = (message: string, start: number, end: number, code = 'syntax'): void => {
    if (problems.length < maxProblems) problems.push({ severity: 'warning', code, message, uri, span: { uri, start, end } });
  };
  const masked = maskTemplates(text);
  const budget = { left: maxNodes };
  const roots: Value[] = [];
  for (const { start, part } of documentsOf(masked)) {
    // The parser recurses: text nested deeper than any configuration would overflow the stack.
    if (nestingOf(part) > maxDepth || compactNesting.test(part)) problem(`nested more than ${maxDepth} deep: not read`, start, start, 'too-deep');
    else if (part.length > maxDocument) problem(`a document of more than ${maxDocument / 1000} kB: not read`, start, start, 'too-large');
    else roots.push(...readDocument(text, part, start, budget, problem));
  }
  if (budget.left <= 0) problem('too many nodes: aliases multiply, the rest is not read', 0, 0, 'too-large');
  return { roots, problems };
}

function readDocument(
  text: string,
  part: string,
  offset: number,
  budget: { left: number },
  problem: (message: string, start: number, end: number) => void,
): Value[] {
  let documents: ReturnType<typeof parse>;
  try {
    documents = parse(part);
    if (documents.some(({ errors }) => errors.some(({ code }) => code === 'BAD_INDENT' || code === 'MISSING_CHAR'))) {
      const flat = flattenFlow(part);
      const again = flat === part ? documents : parse(flat);
      if (errorsOf(again) < errorsOf(documents)) documents = again;
    }
  } catch (error) {
    problem(error instanceof Error ? (error.message.split('\n')[0] ?? 'does not parse') : 'does not parse', offset, offset);
    return [];
  }
  if (!Array.isArray(documents)) return [];
  return documents.flatMap((document) => {
    for (const error of document.errors) problem(error.message.split('\n')[0] ?? 'does not parse', offset + error.pos[0], offset + error.pos[1]);
    const root = document.contents ? new Converter(text, offset, budget).value(document.contents, 0) : undefined;
    return root ? [root] : [];
  });
}

const parse = (part: string) => parseAllDocuments(part, { keepSourceTokens: false, uniqueKeys: false, logLevel: 'silent' });
const errorsOf = (documents: ReturnType<typeof parse>): number => documents.reduce((sum, { errors }) => sum + errors.length, 0);

/** Texts between `---` lines. Definitions of Kubernetes kinds are left out: long schemas without values. */
function documentsOf(text: string): { start: number; part: string }[] {
  const starts = [0, ...[...text.matchAll(/^---(?=\s|$)/gm)].map((match) => match.index).filter((index) => index > 0)];
  return starts
    .map((start, index) => ({ start, part: text.slice(start, starts[index + 1]) }))
    .filter(({ part }) => /^(?![ \t]*(?:#|%|---[ \t]*$))[ \t]*\S/m.test(part) && !/^kind:[ \t]*CustomResourceDefinition/m.test(part));
}

/** Hundreds of `- - - -` or `? ? ? ?` on one line. */
const compactNesting = /(?:[-?] ){100}/;

/** Turns the parser's nodes into values, each anchor as it stands at that point of the document. */
class Converter {
  private readonly anchors = new Map<string, Node>();
  private readonly open = new Set<Node>();
  private readonly text: string;
  private readonly offset: number;
  private readonly budget: { left: number };
  /** Ranges of the parser count from `offset` of the text. */
  constructor(text: string, offset: number, budget: { left: number }) {
    this.text = text;
    this.offset = offset;
    this.budget = budget;
  }

  private range(node: Node): [number, number] {
    const [start, end] = node.range ?? [0, 0];
    return [this.offset + start, this.offset + end];
  }

  value(node: unknown, depth: number): Value | undefined {
    if (this.budget.left-- <= 0 || depth > maxDepth) return undefined;
    if (isAlias(node)) {
      const target = this.anchors.get(node.source);
      if (!target || this.open.has(target)) return undefined;
      return this.convert(target, depth);
    }
    const plain = node as Node | null;
    const anchor = isScalar(plain) || isMap(plain) || isSeq(plain) ? plain.anchor : undefined;
    if (plain && anchor) this.anchors.set(anchor, plain);
    return plain ? this.convert(plain, depth) : undefined;
  }

  private convert(node: Node, depth: number): Value | undefined {
    const [start, end] = this.range(node);
    if (isScalar(node)) {
      const value = node.value;
      const plain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
      const block = node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED';
      return {
        kind: 'scalar',
        value: typeof value === 'bigint' ? Number(value) : plain,
        raw: typeof value === 'string' ? value : this.text.slice(start, end),
        start,
        end,
        ...(node.tag?.startsWith('!') && !node.tag.startsWith('!!') ? { tag: node.tag } : {}),
        ...(block ? { textStart: this.text.indexOf('\n', start) + 1 } : {}),
      };
    }
    if (!isSeq(node) && !isMap(node)) return undefined;
    this.open.add(node);
    const made: Value = isSeq(node)
      ? { kind: 'seq', items: node.items.flatMap((item) => this.value(isPair(item) ? undefined : item, depth + 1) ?? []), start, end }
      : { kind: 'map', entries: this.entries(node.items, depth), start, end };
    this.open.delete(node);
    return made;
  }

  private entries(items: readonly unknown[], depth: number): Entry[] {
    const entries: Entry[] = [];
    const merged: Entry[] = [];
    for (const pair of items) {
      if (!isPair(pair) || !isScalar(pair.key)) continue;
      const [keyStart, keyEnd] = this.range(pair.key);
      const value = this.value(pair.value, depth + 1) ?? { kind: 'scalar' as const, value: null, raw: '', start: keyEnd, end: keyEnd };
      const key = String(pair.key.value);
      // Of several merged maps the first wins; the map's own keys win over all.
      if (key === '<<' && pair.key.type === 'PLAIN') {
        const sources = value.kind === 'seq' ? value.items : [value];
        for (const source of sources) if (source.kind === 'map') merged.unshift(...source.entries);
      } else entries.push({ key, keyStart, keyEnd, value });
    }
    return [...merged, ...entries];
  }
}
