import { type Node, parseTree } from 'jsonc-parser';
import { LineIndex } from './line-index.js';

/** One code cell of a notebook's program. */
export interface NotebookCell {
  /** Zero-based among all cells of the notebook. */
  readonly index: number;
  /** Offsets in the program text. */
  readonly start: number;
  readonly end: number;
  /** Of an editor's cell. */
  readonly uri?: string;
  /** Of a stored file: for each line of the cell the 1-based line of the raw JSON. */
  readonly rawLines?: readonly number[];
}

/** Joins the code cells of a stored notebook into one program. Outputs are never read. */
export function readNotebook(raw: string): { program: string; shell?: string; cells: NotebookCell[]; problem?: string } {
  const tree = parseTree(raw, [], { allowTrailingComma: true });
  const list = tree && property(tree, 'cells');
  if (list?.type !== 'array') return { program: '', cells: [], problem: 'not a notebook: no list of cells' };
  const lines = new LineIndex(raw);
  const cells: NotebookCell[] = [];
  let program = '';
  const shells: string[] = [];
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
    cells.push({ index, start: program.length, end: program.length + masked.length, rawLines });
    program += `${masked}\n`;
    shells.push(shellLines(text) ?? blank(text));
  });
  const shell = joinShell(shells);
  return { program, cells, ...(shell === undefined ? {} : { shell }) };
}

/** The shell commands of all cells as one script, each at its offset in the program; undefined where there is none. */
export const joinShell = (cells: readonly string[]): string | undefined =>
  cells.some((cell) => cell.trim() !== '') ? cells.map((cell) => `${cell}\n`).join('') : undefined;
export const blank = (text: string): string => text.replace(/[^\n]/g, ' ');

/** What a cell gives to a shell (`!torchrun …`, a `%%bash` cell), everything else blanked out: offsets stay. */
export function shellLines(text: string): string | undefined {
  if (!/^\s*[%!]/m.test(text)) return undefined;
  const whole = /^(\s*%%(?:bash|sh|script[ \t]+(?:ba)?sh|system|sx)\b[^\n]*\n)([\s\S]*)$/.exec(text);
  if (whole) return blank(whole[1] ?? '') + (whole[2] ?? '');
  if (/^\s*%%/.test(text)) return undefined;
  let found = false;
  let goes = false;
  const lines = text.split('\n').map((line) => {
    const mark = /^[ \t]*(?:!{1,2}|%(?:sx|system)[ \t])/.exec(line)?.[0];
    const taken = goes || mark !== undefined;
    const kept = goes ? line : mark === undefined ? blank(line) : blank(mark) + line.slice(mark.length);
    found ||= taken;
    goes = taken && /\\\s*$/.test(line);
    return kept;
  });
  return found ? lines.join('\n') : undefined;
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

const property = (node: Node, name: string): Node | undefined =>
  node.type === 'object' ? node.children?.find((entry) => entry.children?.[0]?.value === name)?.children?.[1] : undefined;
