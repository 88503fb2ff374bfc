/** Line starts of a text, for turning offsets into lines and back. Lines end with \n, \r\n or \r, as VS Code counts them. */
export class LineIndex {
  private readonly starts: readonly number[];
  private readonly length: number;
  /** @param starts of the lines, where they are known already */
  constructor(text: string, starts: readonly number[] = [0, ...startsWithin(text, 1, text.length)]) {
    this.length = text.length;
    this.starts = starts;
  }
  /** The index of the text that an edit leaves: lines around the edit are found anew, those after it move. */
  edited({ start, oldEnd, text }: { readonly start: number; readonly oldEnd: number; readonly text: string }, after: string): LineIndex {
    const end = start + text.length;
    const moved = end - oldEnd;
    // Whether a line starts at an offset depends on the characters on both sides of it.
    const head = this.starts.slice(0, this.lineOf(start - 1) + 1);
    const tail = this.starts.slice(this.lineOf(oldEnd) + 1);
    return new LineIndex(after, [...head, ...startsWithin(after, Math.max(1, start), end), ...tail.map((at) => at + moved)]);
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

/** Offsets from `from` to `to`, both included, where a line starts. */
function startsWithin(text: string, from: number, to: number): number[] {
  const starts: number[] = [];
  for (let at = from; at <= to; at++) {
    const before = text.charCodeAt(at - 1);
    if (before === 10 || (before === 13 && text.charCodeAt(at) !== 10)) starts.push(at);
  }
  return starts;
}
