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
export function readNotebook(raw: string): { program: string; shell?: string; cells: NotebookCell[]; script?: true; problem?: string } {
  const tree = parseTree(raw, [], { allowTrailingComma: true });
  const list = tree && property(tree, 'cells');
  if (list?.type !== 'array') return { program: '', cells: [], problem: 'not a notebook: no list of cells' };
  const script = tree && isScript(tree);
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
    const masked = script ? text : maskMagics(text);
    cells.push({ index, start: program.length, end: program.length + masked.length, rawLines });
    program += `${masked}\n`;
    shells.push((script ? undefined : shellLines(text)) ?? blank(text));
  });
  const shell = joinShell(shells);
  return { program, cells, ...(script ? { script } : {}), ...(shell === undefined ? {} : { shell }) };
}
/** True where the cells are TypeScript or JavaScript (the kernels of Deno, tslab, ijavascript). */
function isScript(tree: Node): true | undefined {
  const metadata = property(tree, 'metadata');
  const kernel = metadata && property(metadata, 'kernelspec');
  const info = metadata && property(metadata, 'language_info');
  const named = [kernel && property(kernel, 'language'), kernel && property(kernel, 'name'), info && property(info, 'name')];
  return named.some((one) => typeof one?.value === 'string' && /^(?:typescript|javascript|deno|tslab|jslab)$/i.test(one.value)) ? true : undefined;
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

/** A replacement in a cell of a stored notebook; offsets count from the cell's start. */
export interface CellEdit {
  readonly cell: number;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}
/** The edits of the raw JSON that change cells of a stored notebook: only the strings of changed lines, in the layout that stands there.
 * @param cell its index among all cells
 * @returns undefined where a cell has no source */
export function rawEdits(raw: string, edits: readonly CellEdit[]): { start: number; end: number; text: string }[] | undefined {
  const tree = parseTree(raw, [], { allowTrailingComma: true });
  const list = tree && property(tree, 'cells');
  const found: { start: number; end: number; text: string }[] = [];
  for (const index of new Set(edits.map(({ cell }) => cell))) {
    const cell = list?.children?.[index];
    const source = cell && property(cell, 'source');
    if (!source) return undefined;
    const pieces = source.type === 'array' ? (source.children ?? []) : [source];
    const before = pieces.map((piece) => String(piece.value));
    const own = edits.filter((edit) => edit.cell === index).sort((a, b) => b.start - a.start);
    const text = own.reduce((all, edit) => all.slice(0, edit.start) + edit.text + all.slice(edit.end), before.join(''));
    const after = source.type === 'array' ? (text.match(/[^\n]*\n|[^\n]+$/g) ?? []) : [text];
    let same = 0;
    while (same < before.length - 1 && same < after.length && before[same] === after[same]) same++;
    let tail = 0;
    while (tail < before.length - same - 1 && tail < after.length - same && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
    const [first, last] = [pieces[same], pieces[before.length - 1 - tail]];
    if (!first || !last) return undefined;
    const gap = source.type === 'array' && pieces[1] ? raw.slice(pieces[0]!.offset + pieces[0]!.length, pieces[1].offset) : ', ';
    const lines = after.slice(same, after.length - tail).map((line) => JSON.stringify(line));
    found.push({ start: first.offset, end: last.offset + last.length, text: lines.join(gap) });
  }
  return found;
}

const property = (node: Node, name: string): Node | undefined =>
  node.type === 'object' ? node.children?.find((entry) => entry.children?.[0]?.value === name)?.children?.[1] : undefined;
