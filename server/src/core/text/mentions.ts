import { linesAround, linesCrossed } from './around-edit.js';

/** Whether patterns are somewhere in a text. Follows edits: what was not there is looked for only where it can have come from. */
export class Mentions {
  private text: string;
  private readonly known = new Map<string, { readonly pattern: RegExp; found: boolean }>();
  constructor(text: string) {
    this.text = text;
  }
  /** @param pattern without `g` and `y` */
  has(pattern: RegExp): boolean {
    const key = String(pattern);
    let entry = this.known.get(key);
    if (!entry) {
      entry = { pattern, found: pattern.test(this.text) };
      this.known.set(key, entry);
    }
    return entry.found;
  }
  /** Takes an edit that leads to `text`. */
  edit(change: { readonly start: number; readonly text: string }, text: string): void {
    this.text = text;
    for (const [key, entry] of this.known) {
      const crossed = entry.found ? undefined : linesCrossed(entry.pattern);
      if (crossed === undefined) this.known.delete(key);
      else entry.found = entry.pattern.test(linesAround(text, change, crossed));
    }
  }
}
