const nowhere: readonly number[] = [];

/** Where names stand in a Python text, found without its tree. One pass collects every word; each further question looks only at the
 * places of the words that it is about, so that its cost follows the answer and not the size of the file. */
export class Names {
  private readonly text: string;
  private wordTable: ReadonlyMap<string, readonly number[]> | undefined;
  private calledTable: ReadonlyMap<string, readonly number[]> | undefined;
  private readonly knownDefinitions = { def: undefined as Definitions | undefined, class: undefined as Definitions | undefined };
  private readonly knownQuoted = new Map<string, readonly number[]>();
  private readonly knownIndexed = new Map<string, boolean>();
  constructor(text: string) {
    this.text = text;
  }
  /** Every word with its offsets, in strings and comments too. */
  get words(): ReadonlyMap<string, readonly number[]> {
    if (this.wordTable) return this.wordTable;
    const table = new Map<string, number[]>();
    const pattern = /\b[A-Za-z_]\w*/g;
    for (let match = pattern.exec(this.text); match; match = pattern.exec(this.text)) {
      const known = table.get(match[0]);
      if (known) known.push(match.index);
      else table.set(match[0], [match.index]);
    }
    this.wordTable = table;
    return table;
  }
  /** Words that an opening parenthesis follows somewhere, with the offsets where it does. */
  get called(): ReadonlyMap<string, readonly number[]> {
    if (this.calledTable) return this.calledTable;
    const table = new Map<string, readonly number[]>();
    for (const [word, places] of this.words) {
      const called = places.filter((at) => this.isOpened(at + word.length));
      if (called.length > 0) table.set(word, called);
    }
    this.calledTable = table;
    return table;
  }
  /** Offsets of the names that `def` or `class` statements bind, by name. */
  definitions(kind: 'def' | 'class'): Definitions {
    const known = this.knownDefinitions[kind];
    if (known) return known;
    const table = new Map<string, number[]>();
    const pattern = /(?<=^[ \t]*(?:async[ \t]+)?)(?:def|class)[ \t]+(\w+)/my;
    for (const at of this.words.get(kind) ?? nowhere) {
      pattern.lastIndex = at;
      const match = pattern.exec(this.text);
      if (!match) continue;
      const places = table.get(match[1]!) ?? [];
      places.push(at + match[0].length - match[1]!.length);
      table.set(match[1]!, places);
    }
    this.knownDefinitions[kind] = table;
    return table;
  }
  /** Offsets of a name by what text follows it: only a target, a parameter or an imported name is followed so. */
  targets(name: string): readonly number[] {
    const follows = /\s*(?:=(?!=)|[:,)\]#;]|[-+*/|&^%@<>]{1,2}=|$|in\b|as\b)/my;
    return (this.words.get(name) ?? nowhere).filter((at) => {
      follows.lastIndex = at + name.length;
      return !/["'-]/.test(this.text[at - 1] ?? '') && follows.test(this.text);
    });
  }
  /** Offsets of short quoted texts by what they would be called as a variable: `"--batch-size"` as `batch_size`. */
  quoted(name: string): readonly number[] {
    let found = this.knownQuoted.get(name);
    if (!found) {
      found = /^[A-Za-z]\w*$/.test(name) ? this.findQuoted(name) : nowhere;
      this.knownQuoted.set(name, found);
    }
    return found;
  }
  /** Offsets where `object["key"] =` gives an element a value. */
  keyed(object: string, key: string): readonly number[] {
    if (!this.isIndexed(object) || !/^[\w.-]+$/.test(key) || this.quoted(key.replaceAll('-', '_')).length === 0) return nowhere;
    const pattern = new RegExp(`(?<![\\w.])${object.replaceAll('.', '\\.')}\\[["']${key.replaceAll('.', '\\.')}["']\\]\\s*=(?!=)`, 'y');
    return this.at(object.split('.')[0]!, pattern);
  }
  /** Offsets of the import statements' first words. */
  imports(): readonly number[] {
    const atLineStart = /(?<=^[ \t]*)\w/my;
    return [...this.at('from', atLineStart), ...this.at('import', atLineStart)].sort((a, b) => a - b);
  }

  private at(word: string, sticky: RegExp): number[] {
    return (this.words.get(word) ?? nowhere).filter((at) => {
      sticky.lastIndex = at;
      return sticky.test(this.text);
    });
  }
  private isOpened(end: number): boolean {
    const next = this.text.charCodeAt(end);
    // Nearly every word is told by the one character after it.
    if (next > 32 && next < 128) return next === 40;
    let at = end;
    while (/\s/.test(this.text[at] ?? '')) at++;
    return this.text[at] === '(';
  }
  private findQuoted(name: string): number[] {
    const pattern = new RegExp(`(?<=["'](-{0,2}))${name.replaceAll('_', '[-_]')}(?=["'])`, 'y');
    const found: number[] = [];
    // The words of `batch-size` and of `batch_size` begin differently: as `batch`, and as the whole.
    for (let end = name.indexOf('_', 1); ; end = name.indexOf('_', end + 1)) {
      for (const at of this.words.get(end < 0 ? name : name.slice(0, end)) ?? nowhere) {
        pattern.lastIndex = at;
        const match = pattern.exec(this.text);
        if (match) found.push(at - match[1]!.length);
      }
      if (end < 0) break;
    }
    return found.sort((a, b) => a - b);
  }
  /** True where an object's element is named by a text somewhere: `config["…`. */
  private isIndexed(object: string): boolean {
    let found = this.knownIndexed.get(object);
    if (found === undefined) {
      found = /^[A-Za-z_][\w.]*$/.test(object);
      if (found) {
        const last = object.slice(object.lastIndexOf('.') + 1);
        found = this.words.get(last)?.some((at) => /^\[["']/.test(this.text.slice(at + last.length, at + last.length + 2))) ?? false;
      }
      this.knownIndexed.set(object, found);
    }
    return found;
  }
}
type Definitions = ReadonlyMap<string, readonly number[]>;
