import type { Graph, Node } from './model.js';
import { namesInside } from './names.js';
import { type Shaped, sizeOf } from './shaped.js';

/** The most bytes of values that are alive at the same time while a graph runs in its order.
 * @assumes every value has memory of its own from the node that makes it to the last that needs it; a view keeps what it shows alive.
 * Engines reuse memory in place and merge operators, so that they may need less. Scratch memory of kernels is not in it. */
export class PeakMemory {
  /** @unit B @unknown undefined once a size was */
  most: number | undefined = 0;
  private now = 0;
  private at = 0;
  /** Last node that needs a value; outputs of the graph are needed to the end. */
  private readonly last = new Map<string, number>();
  private readonly sizes = new Map<string, number>();
  /** Whose memory a view shows. */
  private readonly shows = new Map<string, string>();
  private readonly ending = new Map<number, string[]>();

  constructor(graph: Graph, inputs: readonly (readonly [name: string, shaped: Shaped | undefined])[]) {
    graph.nodes.forEach((node, at) => {
      for (const name of [...node.inputs, ...namesInside(node)]) if (name !== '') this.last.set(name, at);
    });
    for (const { name } of graph.outputs) this.last.set(name, Number.POSITIVE_INFINITY);
    for (const [name, shaped] of inputs) this.born(name, sizeOf(shaped));
    this.note();
  }
  ran(node: Node, outputs: readonly (Shaped | undefined)[], isConstant: boolean): void {
    const at = this.at++;
    if (isConstant) return; // computed once, when the model is loaded
    node.outputs.forEach((name, which) => {
      if (name === '') return;
      const [source] = node.inputs;
      if (outputs[which]?.view && source !== undefined && source !== '') this.keep(source, name);
      else this.born(name, sizeOf(outputs[which]));
    });
    this.note();
    for (const name of this.ending.get(at) ?? []) this.die(name, at);
    for (const name of node.outputs) if (!this.last.has(this.root(name))) this.die(name, at);
  }
  private root(name: string): string {
    const shown = this.shows.get(name);
    return shown === undefined ? name : this.root(shown);
  }
  private keep(source: string, name: string): void {
    const root = this.root(source);
    this.shows.set(name, root);
    const [mine, theirs] = [this.last.get(name), this.last.get(root)];
    if (mine !== undefined && mine > (theirs ?? -1)) {
      this.last.set(root, mine);
      this.end(root);
    }
  }
  private born(name: string, bytes: number | undefined): void {
    if (bytes === undefined) {
      this.most = undefined;
      return;
    }
    this.sizes.set(name, bytes);
    this.now += bytes;
    this.end(name);
  }
  private end(name: string): void {
    const at = this.last.get(name);
    if (at === undefined || at === Number.POSITIVE_INFINITY) return;
    const there = this.ending.get(at);
    if (there) there.push(name);
    else this.ending.set(at, [name]);
  }
  private die(name: string, at: number): void {
    const bytes = this.sizes.get(name);
    if (bytes === undefined || (this.last.get(name) ?? at) > at) return;
    this.sizes.delete(name);
    this.now -= bytes;
  }
  private note(): void {
    if (this.most !== undefined) this.most = Math.max(this.most, this.now);
  }
}
