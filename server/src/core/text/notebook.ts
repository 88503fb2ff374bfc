import { type Node, parseTree } from 'jsonc-parser';
import { LineIndex } from './line-index.js';

/** One code cell of a notebook's program. */
export interface NotebookCell {
  /** Zero-based among all cells of the notebook. */
  readonly index: number;
  /** Offsets in the program text. */
  readonly start: number;
  readonly end: number;
  /** What the cell hands to a shell (`!` lines, `%%bash` cells), each character at its place in the cell, everything else blank. */
  readonly shell?: string;
  /** Of an editor's cell. */
  readonly uri?: string;
  /** Of a stored file: for each line of the cell the 1-based line of the raw JSON. */
  readonly rawLines?: readonly number[];
}

/** Joins the code cells of a stored notebook into one program. Outputs are never read. */
export function readNotebook(raw: string): { program: string; cells: NotebookCell[]; problem?: string } {
  const tree = parseTree(raw, [], { allowTrailingComma: true });
  const list = tree && property(tree, 'cells');
  if (list?.type !== 'array') return { program: '', cells: [], problem: 'not a notebook: no list of cells' };
  const lines = new LineIndex(raw);
  const cells: NotebookCell[] = [];
  let program = '';
  (list.children ?? []).forEach((cell, index) => {
    if (property(cell, 'cell_type')?.value !== 'code') return;
    const source = property(cell, 'source');
    const pieces = source?.type === 'array' ? (source.children ?? []) : source ? [source] : [];
    let text = '';
    const rawLines: number[] = [];
    for (const piece of pieces) {
      if (typeof piece.value !== 'string') continue;
      const line = lines.lineOf(piece.offset) + 1;
      if (text === '' || text.endsWith('\n')) rawLines.push(line);
      for (let at = piece.value.indexOf('\n'); at >= 0 && at < piece.value.length - 1; at = piece.value.indexOf('\n', at + 1)) rawLines.push(line);
      text += piece.value;
    }
    const masked = maskMagics(text);
    cells.push({ index, start: program.length, end: program.length + masked.length, rawLines, ...shellPart(text) });
    program += `${masked}\n`;
  });
  return { program, cells };
}

/** Lines of IPython magic and shell escapes become comments of equal length: offsets stay, Python parses. `%%bash` cells go whole. */
export function maskMagics(text: string): string {
  if (!/^\s*[%!]/m.test(text)) return text;
  // %%writefile train.py: the cell is a program of its own
  if (/^\s*%%(?!time|timeit|capture|prun|memit|writefile\s[^\n]*\.py\s*(?:\n|$))/.test(text)) return text.replace(/[^\n]+/g, (line) => `#${line.slice(1)}`);
  // a shell escape goes on where its line ends with a backslash
  return text.replace(
    /^([ \t]*)([%!])((?:[^\n]*\\\n)*[^\n]*)$/gm,
    (_, indent: string, _mark: string, rest: string) => `${indent}#${rest.replace(/\n./g, '\n#')}`,
  );
}

const blank = (text: string): string => text.replace(/[^\n]/g, ' ');
/** The part of a cell's source that a shell runs, if there is one. */
export function shellPart(source: string): { shell?: string } {
  if (!/^[ \t]*[%!]/m.test(source)) return {};
  const whole = /^\s*%%(?:bash|sh|script)\b[^\n]*/.exec(source);
  if (whole) return { shell: blank(whole[0]) + source.slice(whole[0].length) };
  let shell = '';
  let at = 0;
  const escapes = /^[ \t]*!((?:[^\n]*\\\n)*[^\n]*)$/gm;
  for (let match = escapes.exec(source); match; match = escapes.exec(source)) {
    const start = match.index + match[0].length - match[1]!.length;
    shell += blank(source.slice(at, start)) + match[1]!;
    at = match.index + match[0].length;
  }
  return at === 0 ? {} : { shell: shell + blank(source.slice(at)) };
}

const property = (node: Node, name: string): Node | undefined =>
  node.type === 'object' ? node.children?.find((entry) => entry.children?.[0]?.value === name)?.children?.[1] : undefined;
