import { linesAround, linesCrossed } from './around-edit.js';
import type { Change } from './document.js';

interface Known {
  readonly pattern: RegExp;
  /** Where it matched; undefined where it does not. */
  readonly at: number | undefined;
}

/** Whether patterns are somewhere in a text. Follows edits: what was there is looked for at its place, what was not only where it can have come from. */
export class Mentions {
  private text: string;
  private readonly known = new Map<string, Known>();
  constructor(text: string) {
    this.text = text;
  }
  /** The same of another text. */
  of(text: string): Mentions {
    return text === this.text ? this : new Mentions(text);
  }
  /** @param pattern without `g` and `y` */
  has(pattern: RegExp): boolean {
    const key = keyOf(pattern);
    let found = this.known.get(key);
    if (!found) {
      found = { pattern, at: pattern.exec(this.text)?.index };
      this.known.set(key, found);
    }
    return found.at !== undefined;
  }
  /** Takes an edit that leads to `text`. What it leaves open is looked for anew when it is asked for. */
  edit(change: Change, text: string): void {
    this.text = text;
    for (const [key, { pattern, at }] of this.known) {
      if (at === undefined ? this.isStillAbsent(pattern, change) : this.isAt(at, change, pattern, key)) continue;
      this.known.delete(key);
    }
  }
  private isStillAbsent(pattern: RegExp, change: Change): boolean {
    const crossed = linesCrossed(pattern);
    return crossed !== undefined && !pattern.test(linesAround(this.text, change, crossed));
  }
  private isAt(before: number, { start, oldEnd, text }: Change, pattern: RegExp, key: string): boolean {
    const at = before < start ? before : before + text.length - (oldEnd - start);
    if (at < 0) return false;
    const here = hereOf(pattern, key);
    here.lastIndex = at;
    if (!here.test(this.text)) return false;
    this.known.set(key, { pattern, at });
    return true;
  }
}

/** What patterns are made of: to write it anew costs more than most look-ups. */
const keys = new WeakMap<RegExp, string>();
function keyOf(pattern: RegExp): string {
  let found = keys.get(pattern);
  if (found === undefined) {
    found = String(pattern);
    keys.set(pattern, found);
  }
  return found;
}

/** Patterns that match at one place only, by what they are made of. */
const sticky = new Map<string, RegExp>();
function hereOf({ source, flags }: RegExp, key: string): RegExp {
  let found = sticky.get(key);
  if (!found) {
    found = new RegExp(source, `${flags}y`);
    sticky.set(key, found);
  }
  return found;
}
