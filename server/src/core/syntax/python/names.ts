import type { WordIndex } from './words.js';

const nowhere: readonly number[] = [];

/** Where names stand in a Python text, found without its tree. Each question looks only at the places of the words that it is about, so
 * that its cost follows the answer and not the size of the file. */
export class Names {
  private readonly text: string;
  private readonly words: WordIndex;
  private readonly knownDefinitions = { def: undefined as Definitions | undefined, class: undefined as Definitions | undefined };
  private readonly knownQuoted = new Map<string, readonly number[]>();
  private readonly knownIndexed = new Map<string, boolean>();
  constructor(text: string, words: WordIndex) {
    this.text = text;
    this.words = words;
  }
  /** Offsets of the names that `def` or `class` statements bind, by name. */
  definitions(kind: 'def' | 'class'): Definitions {
    const known = this.knownDefinitions[kind];
    if (known) return known;
    const table = new Map<string, number[]>();
    const pattern = /(?:def|class)[ \t]+(\w+)/y;
    for (const at of this.words.places(kind)) {
      pattern.lastIndex = at;
      const match = this.beginsLine(at) ? pattern.exec(this.text) : null;
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
    return this.words.places(name).filter((at) => {
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

  /** True where only blanks, or `async`, stand before a place in its line. */
  private beginsLine(at: number): boolean {
    let before = blanksStart(this.text, at);
    if (before < at && this.text.endsWith('async', before)) before = blanksStart(this.text, before - 'async'.length);
    return before === 0 || /[\n\r\u2028\u2029]/.test(this.text[before - 1]!);
  }
  private at(word: string, sticky: RegExp): number[] {
    return this.words.places(word).filter((at) => {
      sticky.lastIndex = at;
      return sticky.test(this.text);
    });
  }
  private findQuoted(name: string): number[] {
    const pattern = new RegExp(`(?<=["'](-{0,2}))${name.replaceAll('_', '[-_]')}(?=["'])`, 'y');
    const found: number[] = [];
    // The words of `batch-size` and of `batch_size` begin differently: as `batch`, and as the whole.
    for (let end = name.indexOf('_', 1); ; end = name.indexOf('_', end + 1)) {
      for (const at of this.words.places(end < 0 ? name : name.slice(0, end))) {
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
        found = this.words.places(last).some((at) => /^\[["']/.test(this.text.slice(at + last.length, at + last.length + 2)));
      }
      this.knownIndexed.set(object, found);
    }
    return found;
  }
}
/** Where the blanks before a place begin. */
function blanksStart(text: string, at: number): number {
  let start = at;
  while (start > 0 && (text.charCodeAt(start - 1) === 32 || text.charCodeAt(start - 1) === 9)) start--;
  return start;
}
type Definitions = ReadonlyMap<string, readonly number[]>;
