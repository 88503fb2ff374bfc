import type { Change } from '../../text/document.js';

const nowhere: readonly number[] = [];
const word = /\b[A-Za-z_]\w*/g;

interface Entry {
  /** Offsets, in order. */
  readonly places: number[];
  /** Those of them that an opening parenthesis follows. */
  readonly called: number[];
}

/** Where every word of a text stands, in strings and comments too. Follows edits: what they do not touch is moved, not read again. */
export class WordIndex {
  private text: string;
  private readonly entries = new Map<string, Entry>();
  /** Words that are or were called; grows, so that a pattern is tried once for each. */
  private calledWords: string[] = [];
  private readonly isCalledWord = new Set<string>();
  private readonly matched = new Map<string, { tried: number; words: string[] }>();
  constructor(text: string) {
    this.text = text;
    this.read(0, text.length);
  }
  places(name: string): readonly number[] {
    return this.entries.get(name)?.places ?? nowhere;
  }
  called(name: string): readonly number[] {
    return this.entries.get(name)?.called ?? nowhere;
  }
  /** Every word with its offsets. */
  *[Symbol.iterator](): IterableIterator<[string, readonly number[]]> {
    for (const [name, { places }] of this.entries) yield [name, places];
  }
  /** Offsets, in order, of the called words that a pattern matches. */
  calledLike(pattern: RegExp): readonly number[] {
    const key = String(pattern);
    let known = this.matched.get(key);
    if (!known) {
      known = { tried: 0, words: [] };
      this.matched.set(key, known);
    }
    for (; known.tried < this.calledWords.length; known.tried++) {
      const tried = this.calledWords[known.tried]!;
      if (pattern.test(tried)) known.words.push(tried);
    }
    return known.words.flatMap((name) => this.called(name)).sort((a, b) => a - b);
  }
  /** Takes an edit that leads to `text`. */
  edit({ start, oldEnd, text: inserted }: Change, text: string): void {
    const moved = start + inserted.length - oldEnd;
    // A word at either end may have grown or shrunk, and the one before may have won or lost its parenthesis.
    const from = wordStart(text, spaceStart(text, wordStart(text, start)));
    const to = wordEnd(this.text, oldEnd);
    this.text = text;
    for (const [name, { places, called }] of this.entries) {
      shift(places, from, to, moved);
      shift(called, from, to, moved);
      if (places.length === 0) this.entries.delete(name);
    }
    this.read(from, to + moved);
    if (this.calledWords.length > 4 * this.entries.size + 1000) this.forgetCalled();
  }

  /** Notes the words that start in a stretch of the text which has none noted. */
  private read(from: number, to: number): void {
    word.lastIndex = from;
    for (let match = word.exec(this.text); match && match.index < to; match = word.exec(this.text)) {
      let [name] = match;
      let entry = this.entries.get(name);
      if (!entry) {
        name = detached(name);
        entry = { places: [], called: [] };
        this.entries.set(name, entry);
      }
      insert(entry.places, match.index);
      if (!isOpened(this.text, word.lastIndex)) continue;
      insert(entry.called, match.index);
      if (this.isCalledWord.has(name)) continue;
      name = detached(name);
      this.isCalledWord.add(name);
      this.calledWords.push(name);
    }
  }
  private forgetCalled(): void {
    this.matched.clear();
    this.calledWords = [...this.entries].flatMap(([name, { called }]) => (called.length > 0 ? [name] : []));
    this.isCalledWord.clear();
    for (const name of this.calledWords) this.isCalledWord.add(name);
  }
}

/** A copy that stands alone: an engine keeps a piece of a text as a view, and with it the whole text that an edit has long replaced. */
const detached = (piece: string): string => ` ${piece}`.slice(1);
const isWord = (code: number): boolean => (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 95;
const isSpace = (code: number): boolean => code === 32 || (code >= 9 && code <= 13) || (code > 127 && /\s/.test(String.fromCharCode(code)));

function wordStart(text: string, at: number): number {
  let start = at;
  while (start > 0 && isWord(text.charCodeAt(start - 1))) start--;
  return start;
}
function spaceStart(text: string, at: number): number {
  let start = at;
  while (start > 0 && isSpace(text.charCodeAt(start - 1))) start--;
  return start;
}
function wordEnd(text: string, at: number): number {
  let end = at;
  while (end < text.length && isWord(text.charCodeAt(end))) end++;
  return end;
}
function isOpened(text: string, end: number): boolean {
  let at = end;
  while (at < text.length && isSpace(text.charCodeAt(at))) at++;
  return text.charCodeAt(at) === 40;
}

/** Index of the first offset from `at` on. */
function firstFrom(offsets: readonly number[], at: number): number {
  let low = 0;
  let high = offsets.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (offsets[middle]! < at) low = middle + 1;
    else high = middle;
  }
  return low;
}
/** Takes out the offsets of `[from, to)` and moves those after it. */
function shift(offsets: number[], from: number, to: number, moved: number): void {
  const { length } = offsets;
  if (length === 0 || offsets[length - 1]! < from) return;
  const first = firstFrom(offsets, from);
  let next = first;
  for (let at = first; at < length; at++) if (offsets[at]! >= to) offsets[next++] = offsets[at]! + moved;
  offsets.length = next;
}
function insert(offsets: number[], at: number): void {
  if (offsets.length === 0 || offsets[offsets.length - 1]! < at) offsets.push(at);
  else offsets.splice(firstFrom(offsets, at), 0, at);
}
