/** A part of a Go template. Offsets are those of the template. */
export type Part =
  | { readonly kind: 'text'; readonly text: string; readonly start: number }
  | { readonly kind: 'print'; readonly pipeline: Pipeline; readonly start: number; readonly end: number }
  | { readonly kind: 'set'; readonly name: string; readonly pipeline: Pipeline }
  | {
      readonly kind: 'block';
      readonly keyword: 'if' | 'with' | 'range';
      readonly names: readonly string[];
      readonly pipeline: Pipeline;
      readonly body: readonly Part[];
      readonly otherwise: readonly Part[];
    };
/** Commands from left to right: each is given what the one before it made as its last argument. */
export type Pipeline = readonly (readonly Operand[])[];
export type Operand =
  | { readonly kind: 'field'; readonly root: string; readonly path: readonly string[] }
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | { readonly kind: 'word'; readonly name: string }
  | { readonly kind: 'nested'; readonly pipeline: Pipeline; readonly path: readonly string[] };

const maxDepth = 40;

/** The parts of a template; `define` blocks are left out, as they are printed where they are included.
 * @source pkg.go.dev/text/template */
export function parseTemplate(text: string): readonly Part[] {
  const actions = actionsOf(text);
  let at = 0;
  let next = 0;
  const plain = (parts: Part[], end: number, trimStart: boolean, trimEnd: boolean): void => {
    let [start, stop] = [at, end];
    if (trimStart) while (start < stop && /\s/.test(text[start]!)) start++;
    if (trimEnd) while (stop > start && /\s/.test(text[stop - 1]!)) stop--;
    if (stop > start) parts.push({ kind: 'text', text: text.slice(start, stop), start });
  };
  const trims = (index: number): boolean => index >= 0 && actions[index]?.trimsAfter === true;
  /** Parts up to the action that ends the block; answers its words. */
  const parts = (found: Part[], depth: number): string => {
    for (; next < actions.length; ) {
      const match = actions[next]!;
      plain(found, match.start, trims(next - 1), match.trimsBefore);
      at = match.end;
      const { body } = match;
      next++;
      if (body.startsWith('/*') || depth > maxDepth) continue;
      if (/^(?:end|else)\b/.test(body)) return body;
      const [, keyword, rest = ''] = /^(if|with|range|define|block)\b\s*([\s\S]*)$/.exec(body) ?? [];
      if (keyword === undefined) {
        const [, name, value] = /^\$(\w+)\s*:?=\s*([\s\S]+)$/.exec(body) ?? [];
        if (name !== undefined && value !== undefined) found.push({ kind: 'set', name, pipeline: parsePipeline(value) });
        else found.push({ kind: 'print', pipeline: parsePipeline(body), start: match.start, end: at });
        continue;
      }
      const inner: Part[] = [];
      const ended = parts(inner, depth + 1);
      const otherwise: Part[] = [];
      if (ended.startsWith('else')) alternative(ended, otherwise, depth + 1);
      if (keyword === 'define' || keyword === 'block') continue;
      const [, names, value] = /^((?:\$\w+\s*,\s*)?\$\w+)\s*:?=\s*([\s\S]+)$/.exec(rest) ?? [];
      found.push({
        kind: 'block',
        keyword: keyword as 'if',
        names: names?.split(',').map((one) => one.trim().slice(1)) ?? [],
        pipeline: parsePipeline(value ?? rest),
        body: inner,
        otherwise,
      });
    }
    plain(found, text.length, trims(next - 1), false);
    at = text.length;
    return '';
  };
  /** `else`, or `else if` with a block of its own. */
  const alternative = (words: string, found: Part[], depth: number): void => {
    const [, keyword, rest] = /^else\s+(if|with)\s+([\s\S]+)$/.exec(words) ?? [];
    if (keyword === undefined || rest === undefined) {
      parts(found, depth);
      return;
    }
    const inner: Part[] = [];
    const ended = parts(inner, depth + 1);
    const otherwise: Part[] = [];
    if (ended.startsWith('else') && depth < maxDepth) alternative(ended, otherwise, depth + 1);
    found.push({ kind: 'block', keyword: keyword as 'if', names: [], pipeline: parsePipeline(rest), body: inner, otherwise });
  };
  const found: Part[] = [];
  // A stray `end` ends nothing.
  while (next < actions.length || at < text.length) parts(found, 0);
  return found;
}

interface Action {
  readonly start: number;
  readonly end: number;
  readonly body: string;
  readonly trimsBefore: boolean;
  readonly trimsAfter: boolean;
}
function actionsOf(text: string): Action[] {
  const found: Action[] = [];
  for (let start = text.indexOf('{{'); start >= 0; ) {
    const close = text.indexOf('}}', start + 2);
    if (close < 0) break;
    const inside = text.slice(start + 2, close);
    const [trimsBefore, trimsAfter] = [inside.startsWith('-'), inside.endsWith('-')];
    found.push({ start, end: close + 2, body: inside.slice(trimsBefore ? 1 : 0, trimsAfter ? -1 : undefined).trim(), trimsBefore, trimsAfter });
    start = text.indexOf('{{', close + 2);
  }
  return found;
}

const token = /"(?:[^"\\]|\\.)*"|`[^`]*`|\(|\)|\||-?\d+(?:\.\d+)?(?![\w.])|\$?(?:\.?[\w-]+)(?:\.[\w-]+)*|\$|\.|\S/g;
function parsePipeline(text: string): Pipeline {
  const tokens = text.match(token) ?? [];
  let at = 0;
  const pipeline = (depth: number): Pipeline => {
    const commands: Operand[][] = [[]];
    while (at < tokens.length) {
      const one = tokens[at++]!;
      if (one === ')') break;
      if (one === '|') commands.push([]);
      else if (one === '(') {
        const inner = depth > maxDepth ? [] : pipeline(depth + 1);
        const path = /^\.\w/.test(tokens[at] ?? '') ? tokens[at++]!.slice(1).split('.') : [];
        commands.at(-1)!.push({ kind: 'nested', pipeline: inner, path });
      } else commands.at(-1)!.push(operand(one));
    }
    return commands;
  };
  return pipeline(0);
}
function operand(text: string): Operand {
  if (text.startsWith('"')) return { kind: 'literal', value: text.slice(1, -1).replace(/\\(.)/g, (_, one: string) => (one === 'n' ? '\n' : one)) };
  if (text.startsWith('`')) return { kind: 'literal', value: text.slice(1, -1) };
  if (/^-?\d/.test(text)) return { kind: 'literal', value: Number(text) };
  if (text === 'true' || text === 'false') return { kind: 'literal', value: text === 'true' };
  if (text === 'nil') return { kind: 'literal', value: null };
  if (text === '.') return { kind: 'field', root: '.', path: [] };
  if (text.startsWith('.')) return { kind: 'field', root: '.', path: text.slice(1).split('.') };
  if (text.startsWith('$')) {
    const [root = '', ...path] = text.slice(1).split('.');
    return { kind: 'field', root: `$${root}`, path };
  }
  return { kind: 'word', name: text };
}
