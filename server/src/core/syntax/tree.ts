import { Edit, type Node, type Parser, type Tree } from 'web-tree-sitter';
import type { Change } from '../text/document.js';
import { LineIndex } from '../text/line-index.js';
import { Mentions } from '../text/mentions.js';
import { WordIndex } from './python/words.js';

/** A text with its tree. Edits are noted one by one; parsing waits until the tree is asked for. The wasm memory is freed by `dispose`. */
export class SyntaxTree {
  private readonly parser: Parser;
  private current: string;
  private lines: LineIndex;
  private tree: Tree | null = null;
  private top: Node | null = null;
  private stale = true;
  private index: WordIndex | undefined;
  private said: Mentions | undefined;
  constructor(parser: Parser, text: string, lines = new LineIndex(text)) {
    this.parser = parser;
    this.current = text;
    this.lines = lines;
  }
  get text(): string {
    return this.current;
  }
  /** Where the words of the present text stand. */
  get words(): WordIndex {
    this.index ??= new WordIndex(this.current);
    return this.index;
  }
  /** What is somewhere in the present text. */
  get mentions(): Mentions {
    this.said ??= new Mentions(this.current);
    return this.said;
  }
  /** @param after what the change leads to, where somebody holds it already */
  apply(change: Change, after = this.changed(change)): void {
    const { start, oldEnd, text } = change;
    const before = this.lines;
    this.current = after.text;
    this.lines = after.lines;
    this.stale = true;
    this.index?.edit(change, this.current);
    this.said?.edit(change, this.current);
    this.tree?.edit(
      new Edit({
        startIndex: start,
        oldEndIndex: oldEnd,
        newEndIndex: start + text.length,
        startPosition: point(before, start),
        oldEndPosition: point(before, oldEnd),
        newEndPosition: point(this.lines, start + text.length),
      }),
    );
  }
  /** Takes a new text as one edit: what is common at both ends stays. */
  replace(text: string): void {
    const change = difference(this.current, text);
    if (change) this.apply(change);
  }
  /** True while the text does not parse as a whole. */
  get broken(): boolean {
    return this.root()?.hasError ?? false;
  }
  /** The root of the tree of the present text; valid until the next edit. Nodes stay inside `syntax/`. */
  root(): Node | null {
    if (this.stale || !this.tree) {
      const old = this.tree;
      // After an edit little is read again: in short pieces, since each is copied whole into the parser's memory.
      this.tree = this.parser.parse(old ? (at) => piece(this.current, at) : this.current, old);
      old?.delete();
      this.stale = false;
      this.top = this.tree?.rootNode ?? null;
    }
    return this.top;
  }
  /** The tree as text, to compare an edited tree with a fresh one. */
  shape(): string {
    return this.root()?.toString() ?? '';
  }
  dispose(): void {
    this.tree?.delete();
    this.tree = null;
    this.top = null;
    this.index = undefined;
    this.said = undefined;
    this.stale = true;
  }
  private changed(change: Change): { readonly text: string; readonly lines: LineIndex } {
    const text = this.current.slice(0, change.start) + change.text + this.current.slice(change.oldEnd);
    return { text, lines: this.lines.edited(change, text) };
  }
}

/** Some text from an offset on that ends between two characters. */
function piece(text: string, at: number): string {
  const end = at + 256;
  const last = text.charCodeAt(end - 1);
  return text.slice(at, last >= 0xd800 && last < 0xdc00 ? end + 1 : end);
}

/** The smallest single replacement that turns one text into another; undefined if they are equal. */
export function difference(from: string, to: string): Change | undefined {
  if (from === to) return undefined;
  const most = Math.min(from.length, to.length);
  let head = 0;
  while (head < most && from.charCodeAt(head) === to.charCodeAt(head)) head++;
  let tail = 0;
  while (tail < most - head && from.charCodeAt(from.length - 1 - tail) === to.charCodeAt(to.length - 1 - tail)) tail++;
  return { start: head, oldEnd: from.length - tail, text: to.slice(head, to.length - tail) };
}

function point(lines: LineIndex, offset: number): { row: number; column: number } {
  const { line, character } = lines.positionOf(offset);
  return { row: line, column: character };
}
