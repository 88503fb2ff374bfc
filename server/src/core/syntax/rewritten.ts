/** Shell text that another file's commands amount to, and where each of its characters stands in that file. */
export interface Rewritten {
  readonly text: string;
  readonly place: (offset: number) => number;
}

/** Puts such a text together. */
export class Script {
  private text = '';
  private readonly parts: { readonly at: number; readonly source: number; readonly fixed: boolean }[] = [];
  /** Text that stands for something at one place. */
  add(text: string, source: number): void {
    this.parts.push({ at: this.text.length, source, fixed: true });
    this.text += text;
  }
  /** Text of the file, in which uses of a name as the file writes them become the shell's `${NAME}`, and a match without a name `$`.
   * @assumes `used` is global and its first group is the name */
  take(text: string, source: number, used: RegExp): void {
    let last = 0;
    for (const match of text.matchAll(used)) {
      this.copy(text.slice(last, match.index), source + last);
      this.add(match[1] === undefined ? '$' : `\${${match[1]}}`, source + match.index);
      last = match.index + match[0].length;
    }
    this.copy(text.slice(last), source + last);
  }
  copy(text: string, source: number): void {
    if (text === '') return;
    this.parts.push({ at: this.text.length, source, fixed: false });
    this.text += text;
  }
  done(): Rewritten {
    const { parts } = this;
    return {
      text: this.text,
      place: (offset) => {
        let [low, high] = [0, parts.length - 1];
        while (low < high) {
          const middle = (low + high + 1) >> 1;
          if (parts[middle]!.at <= offset) low = middle;
          else high = middle - 1;
        }
        const part = parts[low];
        return part === undefined ? 0 : part.fixed ? part.source : part.source + offset - part.at;
      },
    };
  }
}
