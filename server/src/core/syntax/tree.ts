import { Edit, type Node, type Parser, type Tree } from 'web-tree-sitter';
import { LineIndex } from '../text/line-index.js';

/** One change of a text, measured on the text that the previous change left. */
export interface Change {
  readonly start: number;
  readonly oldEnd: number;
  readonly text: string;
}

/** A text with its tree. Edits are noted one by one; parsing waits until the tree is asked for. The wasm memory is freed by `dispose`. */
export class SyntaxTree {
  private readonly parser: Parser;
  private current: string;
  private tree: Tree | null = null;
  private stale = true;
  constructor(parser: Parser, text: string) {
    this.parser = parser;
    this.current = text;
  }
  get text(): string {
    return this.current;
  }
  apply({ start, oldEnd, text }: Change): void {
    if (this.tree) {
      const before = new LineIndex(this.current);
      const startPosition = point(before, start);
      const after = this.current.slice(0, start) + text + this.current.slice(oldEnd);
      const inserted = new LineIndex(text);
      const last = inserted.count - 1;
      const newEndPosition =
        last === 0
          ? { row: startPosition.row, column: startPosition.column + text.length }
          : { row: startPosition.row + last, column: text.length - inserted.startOf(last) };
      this.tree.edit(
        new Edit({
          startIndex: start,
          oldEndIndex: oldEnd,
          newEndIndex: start + text.length,
          startPosition,
          oldEndPosition: point(before, oldEnd),
          newEndPosition,
        }),
      );
      this.current = after;
    } else this.current = this.current.slice(0, start) + text + this.current.slice(oldEnd);
    this.stale = true;
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
      this.tree = this.parser.parse(this.current, old);
      old?.delete();
      this.stale = false;
    }
    return this.tree?.rootNode ?? null;
  }
  /** The tree as text, to compare an edited tree with a fresh one. */
  shape(): string {
    return this.root()?.toString() ?? '';
  }
  dispose(): void {
    this.tree?.delete();
    this.tree = null;
    this.stale = true;
  }
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
