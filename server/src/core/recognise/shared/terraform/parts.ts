import type { HclBlock, HclBody, HclEntry, HclExpr } from '../../../syntax/hcl/ast.js';

/** A block or an object, alike: Terraform writes the parts of a machine as either. */
export interface Part {
  /** Type of the block or key of the object; of a list's items the list's key. */
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly entries: readonly HclEntry[];
  readonly children: readonly Part[];
  readonly parent?: Part;
}

const maxParts = 5000;

/** A block with everything inside it as parts. */
export function partsOf(block: HclBlock): Part {
  return new Builder().ofBody(block.type, block.body, block.start, block.end, undefined, 0);
}
/** The objects of a value as parts of one that has nothing itself. */
export function partsOfValue(name: string, value: HclExpr, start: number, end: number): Part {
  const part = new Builder().ofEntries(name, [{ key: name, keyStart: start, value }], start, end, undefined, 0);
  return { ...part, entries: [] };
}

interface Open extends Part {
  readonly children: Part[];
}

class Builder {
  private left = maxParts;
  ofBody(name: string, body: HclBody, start: number, end: number, parent: Part | undefined, depth: number): Part {
    const part = this.ofEntries(name, body.attributes, start, end, parent, depth) as Open;
    for (const block of body.blocks) {
      if (this.left-- <= 0 || depth > 60) break;
      // `dynamic "guest_accelerator" { content { … } }` stands for blocks of that type.
      const content = block.type === 'dynamic' ? block.body.blocks.find(({ type }) => type === 'content') : undefined;
      const named = content ? (block.labels[0] ?? block.type) : block.type;
      part.children.push(this.ofBody(named, content?.body ?? block.body, block.start, block.end, part, depth + 1));
    }
    return part;
  }
  ofEntries(name: string, entries: readonly HclEntry[], start: number, end: number, parent: Part | undefined, depth: number): Part {
    const part: Open = { name, start, end, entries, children: [], ...(parent && { parent }) };
    for (const entry of entries) this.inside(entry.key, entry.value, entry.keyStart, part, depth);
    return part;
  }
  private inside(key: string, value: HclExpr, start: number, part: Open, depth: number): void {
    if (this.left-- <= 0 || depth > 60) return;
    if (value.kind === 'object') part.children.push(this.ofEntries(key, value.entries, start, value.end, part, depth + 1));
    else if (value.kind === 'list') for (const item of value.items) this.inside(key, item, item.start, part, depth + 1);
    else if (value.kind === 'call') for (const arg of value.args) this.inside(key, arg, start, part, depth + 1);
    else if (value.kind === 'choice') this.inside(key, value.yes, start, part, depth + 1);
  }
}

/** A part and all parts inside it, outermost first; `skip` leaves a part out with what is in it. */
export function* within(part: Part, skip: (part: Part) => boolean = () => false): Generator<Part> {
  yield part;
  for (const child of part.children) if (!skip(child)) yield* within(child, skip);
}
/** A part and those around it, innermost first. */
export function* around(part: Part): Generator<Part> {
  for (let here: Part | undefined = part; here; here = here.parent) yield here;
}
export const isInside = (inner: Part, outer: Part): boolean => [...around(inner)].includes(outer);
