/** Line starts of a text, for turning offsets into lines and back. Lines end with \n, \r\n or \r, as VS Code counts them. */
export class LineIndex {
  private readonly starts: number[] = [0];
  private readonly length: number;
  constructor(text: string) {
    this.length = text.length;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === 10 || (code === 13 && text.charCodeAt(at + 1) !== 10)) this.starts.push(at + 1);
    }
  }
  get count(): number {
    return this.starts.length;
  }
  /** Zero-based line that holds an offset; offsets outside the text are clamped. */
  lineOf(offset: number): number {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
  /** Offset of a zero-based line's first character. */
  startOf(line: number): number {
    return this.starts[Math.max(0, Math.min(line, this.starts.length - 1))]!;
  }
  endOf(line: number): number {
    return line + 1 < this.starts.length ? this.starts[line + 1]! : this.length;
  }
  /** Zero-based line and UTF-16 column. */
  positionOf(offset: number): { line: number; character: number } {
    const line = this.lineOf(offset);
    return { line, character: Math.max(0, offset - this.startOf(line)) };
  }
  offsetOf(line: number, character: number): number {
    if (line >= this.starts.length) return this.length;
    return Math.min(this.startOf(line) + character, this.endOf(line));
  }
}
