import type { Node } from 'web-tree-sitter';

/** The way from the root to a place. Nodes are asked for their children once; after that a look-up is a search in arrays.
 * Climbing by `parent` costs the runtime a descent for each step, so this goes down. */
export class Paths {
  private readonly children = new Map<number, readonly Node[]>();
  private readonly ends = new Map<number, number>();
  private readonly types = new Map<number, string>();

  /** Nodes from the root to the leaf at an offset. */
  to(root: Node | null, at: number): Node[] {
    const nodes: Node[] = [];
    for (let node: Node | undefined = root ?? undefined; node; node = this.childAt(node, at)) nodes.push(node);
    return nodes;
  }
  /** A node's type, asked of the runtime once. */
  typeOf(node: Node): string {
    let found = this.types.get(node.id);
    if (found === undefined) {
      found = node.type;
      this.types.set(node.id, found);
    }
    return found;
  }
  private childAt(node: Node, at: number): Node | undefined {
    const all = this.childrenOf(node);
    let low = 0;
    let high = all.length - 1;
    if (high < 0 || all[0]!.startIndex > at) return undefined;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (all[middle]!.startIndex <= at) low = middle;
      else high = middle - 1;
    }
    const found = all[low]!;
    return this.endOf(found) > at ? found : undefined;
  }
  private childrenOf(node: Node): readonly Node[] {
    let found = this.children.get(node.id);
    if (!found) {
      found = node.children.filter((child): child is Node => child !== null);
      this.children.set(node.id, found);
    }
    return found;
  }
  private endOf(node: Node): number {
    let found = this.ends.get(node.id);
    if (found === undefined) {
      found = node.endIndex;
      this.ends.set(node.id, found);
    }
    return found;
  }
}
