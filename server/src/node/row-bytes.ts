import type { CsvRow } from '../core/index.js';

/** Rows of texts as a CSV file would have them, in a buffer that is used again for each row. */
export class RowBytes {
  private readonly encoder = new TextEncoder();
  private bytes = new Uint8Array(4096);
  private bounds = new Int32Array(128);
  private line = 0;
  of(cells: readonly string[]): CsvRow {
    if (this.bounds.length < 2 * cells.length) this.bounds = new Int32Array(2 * cells.length);
    let at = 0;
    cells.forEach((cell, index) => {
      while (at + 3 * cell.length > this.bytes.length) {
        const more = new Uint8Array(this.bytes.length * 2);
        more.set(this.bytes);
        this.bytes = more;
      }
      this.bounds[2 * index] = at;
      at += this.encoder.encodeInto(cell, this.bytes.subarray(at)).written;
      this.bounds[2 * index + 1] = at;
    });
    this.line++;
    return { bytes: this.bytes, bounds: this.bounds, cells: cells.length, escaped: false, line: this.line };
  }
}
