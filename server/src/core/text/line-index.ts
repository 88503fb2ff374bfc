/** Line starts of a text, for turning offsets into lines and back. Lines end with \n, \r\n or \r, as VS Code counts them. */
export class LineIndex {
  private readonly text: string;
  /** Of the thousands of files of a scan, few are asked for a line. */
  private known: readonly number[] | undefined;
  /** @param starts of the lines, where they are known already */
  constructor(text: string, starts?: readonly number[]) {
    this.text = text;
    this.known = starts;
  }
  /** The index of the text that an edit leaves: lines around the edit are found anew, those after it move. */
  edited({ start, oldEnd, text }: { readonly start: number; readonly oldEnd: number; readonly text: string }, after: string): LineIndex {
    const end = start + text.length;
    const moved = end - oldEnd;
    // Whether a line starts at an offset depends on the characters on both sides of it.
    const kept = this.lineOf(start - 1) + 1;
    const first = this.lineOf(oldEnd) + 1;
    const inside = startsWithin(after, Math.max(1, start), end);
    const starts = new Array<number>(kept + inside.length + this.starts.length - first);
    for (let line = 0; line < kept; line++) starts[line] = this.starts[line]!;
    for (const [at, place] of inside.entries()) starts[kept + at] = place;
    const ahead = kept + inside.length - first;
    for (let line = first; line < this.starts.length; line++) starts[line + ahead] = this.starts[line]! + moved;
    return new LineIndex(after, starts);
  }
  private get starts(): readonly number[] {
    this.known ??= [0, ...startsWithin(this.text, 1, this.text.length)];
    return this.known;
  }
  get count(): number {
    return this.starts.length;
  }
  /** Zero-based line that holds an offset; offsets outside the text are clamped. */
  lineOf(offset: number): number {
    const { starts } = this;
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
  /** Offset of a zero-based line's first character. */
  startOf(line: number): number {
    return this.starts[Math.max(0, Math.min(line, this.starts.length - 1))]!;
  }
  endOf(line: number): number {
    return line + 1 < this.starts.length ? this.starts[line + 1]! : this.text.length;
  }
  /** Zero-based line and UTF-16 column. */
  positionOf(offset: number): { line: number; character: number } {
    const line = this.lineOf(offset);
    return { line, character: Math.max(0, offset - this.startOf(line)) };
  }
  offsetOf(line: number, character: number): number {
    if (line >= this.starts.length) return this.text.length;
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
