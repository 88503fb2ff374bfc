import { utf8 } from '../../text/utf8.js';

/** Takes a row as places in a buffer that is only valid during the call: start and end of each cell's content, without its quotes. */
export type OnRow = (row: CsvRow) => void;
/** A row of the file that is read, as bytes: nothing is decoded before somebody asks. */
export interface CsvRow {
  readonly bytes: Uint8Array;
  /** Start and end of each cell. */
  readonly bounds: Int32Array;
  readonly cells: number;
  /** Doubled quotes stand in some cell. */
  readonly escaped: boolean;
  /** Line that the row starts at, from 1. */
  readonly line: number;
}

const quote = 34;
const comma = 44;
const lineFeed = 10;
const carriageReturn = 13;

/** Reads CSV (RFC 4180: quotes, doubled quotes, line breaks within quotes, CRLF or LF, a byte order mark) in pieces of any size.
 * Memory is one piece and one row. */
export class CsvReader {
  private readonly onRow: OnRow;
  private readonly separator: number;
  private rest: Uint8Array = new Uint8Array(0);
  private bounds = new Int32Array(256);
  private line = 1;
  private begun = false;
  constructor(onRow: OnRow, separator = comma) {
    this.onRow = onRow;
    this.separator = separator;
  }
  push(piece: Uint8Array): void {
    this.read(this.joined(piece), false);
  }
  /** The end of the file: a last row without line break. */
  end(): void {
    this.read(this.joined(new Uint8Array(0)), true);
  }
  private joined(piece: Uint8Array): Uint8Array {
    if (this.rest.length === 0) return piece;
    const all = new Uint8Array(this.rest.length + piece.length);
    all.set(this.rest);
    all.set(piece, this.rest.length);
    return all;
  }

  private read(bytes: Uint8Array, last: boolean): void {
    let at = 0;
    if (!this.begun) {
      if (bytes.length < 3 && !last) {
        this.rest = bytes.slice();
        return;
      }
      this.begun = true;
      if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) at = 3;
    }
    const { separator } = this;
    const highest = Math.max(separator, lineFeed);
    const end = bytes.length;
    let rowStart = at;
    let cells = 0;
    let escaped = false;
    let lines = 0;
    while (at < end) {
      let from = at;
      let to: number;
      if (bytes[at] === quote) {
        from = at + 1;
        at = from;
        for (;;) {
          // nearly every byte is above a quote: one comparison each
          for (; at < end; at++) {
            const byte = bytes[at] as number;
            if (byte > quote) continue;
            if (byte === quote) break;
            if (byte === lineFeed) lines++;
          }
          if (at + 1 < end && bytes[at + 1] === quote) {
            escaped = true;
            at += 2;
          } else break;
        }
        // the quote may be the first of two: the next piece knows
        if (at >= end - 1 && !last) break;
        to = at;
        at++;
        // text behind a closing quote is no CSV: it is left out up to the separator
        while (at < end && bytes[at] !== separator && bytes[at] !== lineFeed) at++;
      } else {
        for (; at < end; at++) {
          const byte = bytes[at] as number;
          if (byte > highest) continue;
          if (byte === separator || byte === lineFeed) break;
        }
        to = at;
        if (at < end && bytes[at] === lineFeed && to > from && bytes[to - 1] === carriageReturn) to--;
      }
      if (at >= end && !last) break;
      if (2 * cells + 2 > this.bounds.length) {
        const more = new Int32Array(this.bounds.length * 2);
        more.set(this.bounds);
        this.bounds = more;
      }
      this.bounds[2 * cells] = from;
      this.bounds[2 * cells + 1] = Math.min(to, end);
      cells++;
      if (at >= end) {
        this.emit(bytes, cells, escaped, lines);
        rowStart = end;
        cells = 0;
      } else if (bytes[at] === lineFeed) {
        this.emit(bytes, cells, escaped, lines + 1);
        at++;
        rowStart = at;
        cells = 0;
        escaped = false;
        lines = 0;
      } else {
        at++;
        if (at >= end && last) {
          // a separator at the very end: one more, empty cell
          this.bounds[2 * cells] = end;
          this.bounds[2 * cells + 1] = end;
          this.emit(bytes, cells + 1, escaped, lines);
          rowStart = end;
        }
      }
    }
    this.rest = bytes.slice(rowStart);
  }
  private emit(bytes: Uint8Array, cells: number, escaped: boolean, lines: number): void {
    const { line, bounds } = this;
    this.line += lines;
    const empty = cells === 1 && (bounds[1] as number) <= (bounds[0] as number);
    if (!empty) this.onRow({ bytes, bounds, cells, escaped, line });
  }
}

/** Text of a cell; empty where the row has none. */
export function cellText({ bytes, bounds, cells, escaped }: CsvRow, cell: number): string {
  if (cell < 0 || cell >= cells) return '';
  const text = utf8(bytes.subarray(bounds[2 * cell], bounds[2 * cell + 1]));
  return escaped ? text.replaceAll('""', '"') : text;
}

/** One row as CSV writes it. Text that a spreadsheet would run as a formula gets an apostrophe before it. */
export const csvLine = (cells: readonly string[]): string => `${cells.map(csvCell).join(',')}\n`;
function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) && !/^[+-]?[\d.]+(e[+-]?\d+)?$/i.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
