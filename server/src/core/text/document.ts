import type { Span } from '../model/span.js';
import { linesAround } from './around-edit.js';
import { type Language, languageOf } from './language.js';
import { LineIndex } from './line-index.js';
import { blank, type CellEdit, joinShell, maskMagics, type NotebookCell, rawEdits, readNotebook, shellLines } from './notebook.js';

/** One change of a text, measured on the text that the previous change left. */
export interface Change {
  readonly start: number;
  readonly oldEnd: number;
  readonly text: string;
}

/** A text by URI. A notebook is one program: `text` is its code cells joined, and `place` maps back to the stored file or to the cell. */
export interface Document {
  readonly uri: string;
  /** Relative to the workspace root, where it is known: what folders above it are called says nothing about the file. */
  readonly path?: string;
  readonly language: Language;
  /** The program text that recognisers read; spans are offsets in it. */
  readonly text: string;
  readonly lines: LineIndex;
  /** A notebook's code cells in order, with where each stands in `text`; absent for plain files. */
  readonly cells?: readonly NotebookCell[];
  /** Where shell commands are looked for: a notebook's at their offsets in `text`, all else blank; a Makefile's whole text; absent where there are none. */
  readonly shell?: string;
}

/** Where a span stands for a person: 1-based lines of the file as stored, and of the cell. */
export interface Place {
  readonly uri: string;
  readonly line: number;
  readonly endLine: number;
  readonly cell?: number;
  readonly cellLine?: number;
  readonly cellUri?: string;
}

/** A document of a plain text, or of a stored `.ipynb` file.
 * @errors a notebook that is no JSON yields a document without cells and an empty program; `problem` says so */
export function createDocument(uri: string, text: string, languageId?: string): Document & { readonly problem?: string } {
  const language = languageOf(uri, languageId) ?? 'python';
  if (/\.ipynb$/i.test(uri)) {
    const { program, shell, cells, script, problem } = readNotebook(text);
    return {
      uri,
      language: script ? 'typescript' : 'python',
      text: program,
      lines: new LineIndex(program),
      cells,
      ...(shell === undefined ? {} : { shell }),
      ...(problem === undefined ? {} : { problem }),
    };
  }
  return { uri, language, text, lines: new LineIndex(text), ...shellIn(language, text) };
}
const shellLine = /^[ \t]*!\w/m;
/** A notebook that is kept as Python text has its shell escapes in it; a Makefile is made of commands. */
function shellIn(language: Language, text: string): { shell?: string } {
  if (language === 'makefile') return { shell: text };
  const shell = language === 'python' && text.includes('!') && shellLine.test(text) ? shellLines(text) : undefined;
  return shell === undefined ? {} : { shell };
}

/** A plain text's document after an edit whose changes, in order, lead to `text`: its lines follow the changes instead of being counted anew. */
export function editedDocument(before: Document, changes: readonly Change[], text: string, languageId?: string): Document {
  if (before.cells || /\.ipynb$/i.test(before.uri)) return createDocument(before.uri, text, languageId);
  let current = before.text;
  let { lines } = before;
  for (const [at, change] of changes.entries()) {
    const isLast = at === changes.length - 1;
    if (isLast && !leadsTo(current, change, text)) return createDocument(before.uri, text, languageId);
    // The text as it was given, not a copy of it that only this document would hold.
    current = isLast ? text : current.slice(0, change.start) + change.text + current.slice(change.oldEnd);
    lines = lines.edited(change, current);
  }
  if (current !== text) return createDocument(before.uri, text, languageId);
  const language = languageOf(before.uri, languageId) ?? 'python';
  const [changed, ...more] = changes;
  // Where there was no shell line, only an edit of a line can have made it one.
  const hasNone = before.shell === undefined && more.length === 0 && changed && !shellLine.test(linesAround(text, changed, 0));
  return { uri: before.uri, language, text, lines, ...(hasNone ? {} : shellIn(language, text)) };
}

/** True if a change of a text makes the other one of it. */
const leadsTo = (before: string, { start, oldEnd, text }: Change, after: string): boolean =>
  after.length === before.length + text.length - (oldEnd - start) &&
  after.startsWith(text, start) &&
  after.slice(0, start) === before.slice(0, start) &&
  after.slice(start + text.length) === before.slice(oldEnd);

/** A notebook document out of an editor's cells, which have URIs and no raw lines. */
export function createNotebookDocument(uri: string, cells: readonly { readonly uri: string; readonly text: string; readonly index: number }[]): Document {
  let program = '';
  const placed: NotebookCell[] = [];
  const shells: string[] = [];
  for (const cell of cells) {
    const text = maskMagics(cell.text);
    placed.push({ index: cell.index, start: program.length, end: program.length + text.length, uri: cell.uri });
    program += `${text}\n`;
    shells.push(shellLines(cell.text) ?? blank(cell.text));
  }
  const shell = joinShell(shells);
  return { uri, language: 'python', text: program, lines: new LineIndex(program), cells: placed, ...(shell === undefined ? {} : { shell }) };
}

/** Edits of a stored notebook's program as edits of its file.
 * @returns undefined where one reaches over cells */
export function storedEdits(document: Document, raw: string, edits: readonly { readonly start: number; readonly end: number; readonly text: string }[]) {
  const inCells: CellEdit[] = [];
  for (const { start, end, text } of edits) {
    const cell = cellAt(document, start);
    if (!cell || end > cell.end) return undefined;
    inCells.push({ cell: cell.index, start: start - cell.start, end: end - cell.start, text });
  }
  return rawEdits(raw, inCells);
}

/** Cell that holds an offset of the program. */
export function cellAt(document: Document, offset: number): NotebookCell | undefined {
  const cells = document.cells ?? [];
  let found: NotebookCell | undefined;
  for (const cell of cells) if (cell.start <= offset) found = cell;
  return found;
}

export function placeOf(document: Document, span: Span): Place {
  const line = document.lines.lineOf(span.start);
  const endLine = document.lines.lineOf(Math.max(span.start, span.end - 1));
  const cell = cellAt(document, span.start);
  if (!cell) return { uri: document.uri, line: line + 1, endLine: endLine + 1 };
  const first = document.lines.lineOf(cell.start);
  const raw = (at: number): number => cell.rawLines?.[at - first] ?? at - first + 1;
  return {
    uri: document.uri,
    line: raw(line),
    endLine: raw(Math.max(line, Math.min(endLine, document.lines.lineOf(cell.end)))),
    cell: cell.index,
    cellLine: line - first + 1,
    ...(cell.uri === undefined ? {} : { cellUri: cell.uri }),
  };
}
