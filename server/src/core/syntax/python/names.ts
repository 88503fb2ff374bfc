/** Where names stand in a Python text, found without its tree: each index is one pass over the text, made when it is first asked for. */
export class Names {
  private readonly text: string;
  private definitionTable: Readonly<Record<'def' | 'class', ReadonlyMap<string, readonly number[]>>> | undefined;
  private targetTable: ReadonlyMap<string, readonly number[]> | undefined;
  private quotedTable: ReadonlyMap<string, readonly number[]> | undefined;
  private readonly indexed = new Map<string, boolean>();
  constructor(text: string) {
    this.text = text;
  }
  /** Offsets of the names that `def` and `class` statements bind. */
  get definitions(): Readonly<Record<'def' | 'class', ReadonlyMap<string, readonly number[]>>> {
    if (this.definitionTable) return this.definitionTable;
    const table = { def: new Map<string, number[]>(), class: new Map<string, number[]>() };
    const pattern = /^[ \t]*(?:async[ \t]+)?(def|class)[ \t]+(\w+)/gm;
    for (let match = pattern.exec(this.text); match; match = pattern.exec(this.text))
      add(table[match[1] as 'def' | 'class'], match[2]!, match.index + match[0].length - match[2]!.length);
    this.definitionTable = table;
    return table;
  }
  /** Offsets of names by what text follows them: only a target, a parameter or an imported name is followed so. */
  get targets(): ReadonlyMap<string, readonly number[]> {
    this.targetTable ??= places(this.text, /(?<!["'\w-])[A-Za-z_]\w*(?=\s*(?:=(?!=)|[:,)\]#;]|[-+*/|&^%@<>]{1,2}=|$|in\b|as\b))/gm);
    return this.targetTable;
  }
  /** Offsets of short quoted texts by what they would be called as a variable: `"--batch-size"` as `batch_size`. */
  get quoted(): ReadonlyMap<string, readonly number[]> {
    this.quotedTable ??= places(this.text, /(?<=["'])-{0,2}[A-Za-z][\w-]*(?=["'])/g, (written) => written.replace(/^-+/, '').replaceAll('-', '_'));
    return this.quotedTable;
  }
  /** True where an object's element is named by a text somewhere: `config["…`. */
  isIndexed(object: string): boolean {
    let found = this.indexed.get(object);
    if (found === undefined) {
      found = /^[\w.]+$/.test(object) && (this.text.includes(`${object}["`) || this.text.includes(`${object}['`));
      this.indexed.set(object, found);
    }
    return found;
  }
}

function places(text: string, pattern: RegExp, rename: (written: string) => string = (written) => written): Map<string, number[]> {
  const table = new Map<string, number[]>();
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) add(table, rename(match[0]), match.index);
  return table;
}
function add(table: Map<string, number[]>, name: string, at: number): void {
  const known = table.get(name);
  if (known) known.push(at);
  else table.set(name, [at]);
}
