import { DiagnosticSeverity, type Range } from 'vscode-languageserver';
import { cellAt, type Document, type Severity, type Span } from '../core/index.js';

export interface Located {
  /** URI that the editor knows: a cell's own inside an open notebook. */
  readonly uri: string;
  readonly range: Range;
}

/** Where a span stands for the editor. */
export function locate(document: Document, span: { readonly start: number; readonly end: number }): Located {
  const at = (offset: number) => document.lines.positionOf(offset);
  const cell = cellAt(document, span.start);
  if (!cell) return { uri: document.uri, range: { start: at(span.start), end: at(span.end) } };
  const first = document.lines.lineOf(cell.start);
  const end = Math.min(span.end, cell.end);
  if (cell.uri !== undefined) {
    const inside = (offset: number) => ({ line: at(offset).line - first, character: at(offset).character });
    return { uri: cell.uri, range: { start: inside(span.start), end: inside(Math.max(span.start, end)) } };
  }
  // A stored notebook shown as JSON: whole raw lines, their columns are not the program's.
  const raw = (offset: number) => (cell.rawLines?.[document.lines.lineOf(offset) - first] ?? 1) - 1;
  return { uri: document.uri, range: { start: { line: raw(span.start), character: 0 }, end: { line: raw(Math.max(span.start, end - 1)) + 1, character: 0 } } };
}

/** Offset in the program of a position in a document or cell; undefined where the cell is not part of it. */
export function offsetIn(document: Document, uri: string, position: { readonly line: number; readonly character: number }): number | undefined {
  if (!document.cells) return document.lines.offsetOf(position.line, position.character);
  const cell = document.cells.find((one) => one.uri === uri);
  if (!cell) return undefined;
  return Math.min(document.lines.offsetOf(document.lines.lineOf(cell.start) + position.line, position.character), cell.end);
}

export const severityOf = (severity: Severity): DiagnosticSeverity =>
  ({ error: DiagnosticSeverity.Error, warning: DiagnosticSeverity.Warning, information: DiagnosticSeverity.Information, hint: DiagnosticSeverity.Hint })[
    severity
  ];

/** A span after edits: it moves with the text; what was deleted as a whole is gone. */
export function shifted(span: Span, changes: readonly { readonly start: number; readonly oldEnd: number; readonly text: string }[]): Span | undefined {
  let { start, end } = span;
  for (const change of changes) {
    const delta = change.text.length - (change.oldEnd - change.start);
    if (change.oldEnd <= start && !(change.start === start && change.oldEnd === start)) {
      start += delta;
      end += delta;
    } else if (change.start === start && change.oldEnd === start) {
      // text typed right before it pushes it on only if it brings a new line
      if (change.text.includes('\n')) start += delta;
      end += delta;
    } else if (change.start <= start && change.oldEnd >= end) return undefined;
    else {
      if (change.start < start) start = change.start + change.text.length;
      if (change.start < end) end = change.oldEnd <= end ? end + delta : change.start;
    }
    if (end <= start) return undefined;
  }
  return { uri: span.uri, start, end };
}
