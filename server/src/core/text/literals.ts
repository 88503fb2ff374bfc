/** Shorter texts are in every file. */
const shortest = 3;

/** Texts, in small letters, of which at least one is in whatever a pattern matches; undefined where none is worth looking for. */
export function literalsOf({ source }: RegExp): readonly string[] | undefined {
  const found = new Reader(source).alternatives();
  return found && shortestOf(found) >= shortest ? found : undefined;
}

const shortestOf = (texts: readonly string[]): number => Math.min(...texts.map(({ length }) => length));
/** Words that stand in most programs: to look for them spares nothing. */
const common: ReadonlySet<string> = new Set(['class', 'from', 'import']);
/** How much a text tells: long ones are rare, and what is too short is not looked for at all. */
const worthOf = (text: string): number => (text.length >= shortest && common.has(text) ? shortest - 0.5 : text.length);
const leastWorth = (texts: readonly string[]): number => Math.min(...texts.map(worthOf));
const meanWorth = (texts: readonly string[]): number => texts.reduce((sum, text) => sum + worthOf(text), 0) / texts.length;
/** The better of two. */
function better(a: readonly string[] | undefined, b: readonly string[]): readonly string[] {
  const more = a ? leastWorth(a) - leastWorth(b) || meanWorth(a) - meanWorth(b) : -1;
  return a && more >= 0 ? a : b;
}

/** Reads the source of a pattern for what it cannot match without. What it does not understand ends a text. */
class Reader {
  private at = 0;
  private readonly source: string;
  constructor(source: string) {
    this.source = source;
  }
  /** Up to the end or the group's end. */
  alternatives(): readonly string[] | undefined {
    let all: readonly string[] | undefined = [];
    for (;;) {
      const one = this.sequence();
      all = all && one && [...all, ...one];
      if (this.source[this.at] !== '|') return all;
      this.at++;
    }
  }
  private sequence(): readonly string[] | undefined {
    let best: readonly string[] | undefined;
    let run = '';
    const end = (): void => {
      if (run !== '') best = better(best, [run]);
      run = '';
    };
    while (this.at < this.source.length && !'|)'.includes(this.source[this.at]!)) {
      const piece = this.piece();
      if (piece === 'nothing') continue;
      const times = this.repeated();
      if (typeof piece === 'string' && times !== 'perhaps') run += piece;
      if (typeof piece !== 'string' || times !== 'once') end();
      if (typeof piece === 'object' && times !== 'perhaps') best = better(best, piece);
    }
    end();
    return best;
  }
  /** One character, what a group needs, undefined for any other thing that matches, 'nothing' for what only looks at the place. */
  private piece(): string | readonly string[] | undefined {
    const character = this.source[this.at++]!;
    if (character === '^' || character === '$') return 'nothing';
    if (character === '.') return undefined;
    if (character === '[') return this.set();
    if (character === '(') return this.group();
    return character === '\\' ? this.escaped() : character.toLowerCase();
  }
  private escaped(): string | undefined {
    const character = this.source[this.at++]!;
    if (/[bB]/.test(character)) return 'nothing';
    return /\w/.test(character) ? undefined : character;
  }
  /** Both cases of one letter are that letter. */
  private set(): string | undefined {
    const start = this.at;
    for (; this.source[this.at] !== ']'; this.at++) if (this.source[this.at] === '\\') this.at++;
    const members = this.source.slice(start, this.at++).toLowerCase();
    return /^([a-z])\1$/.test(members) ? members[0] : undefined;
  }
  private group(): string | readonly string[] | undefined {
    const kind = /^\?(?:[:=!]|<[=!]|<\w+>)/.exec(this.source.slice(this.at))?.[0] ?? '';
    this.at += kind.length;
    const inner = this.alternatives();
    this.at++;
    return /[=!]$/.test(kind) ? 'nothing' : inner;
  }
  private repeated(): 'once' | 'perhaps' | 'often' {
    const [written] = /^(?:[*+?]|\{\d+(?:,\d*)?\})\??/.exec(this.source.slice(this.at)) ?? [''];
    this.at += written.length;
    if (written === '') return 'once';
    return /^(?:[*?]|\{0)/.test(written) ? 'perhaps' : 'often';
  }
}

/** Finds in one pass which of many patterns a text may match: each needs one of its literals. */
export class Hints<T> {
  private readonly always: readonly T[];
  /** By the text that is found: those that need it, or the beginning of it. */
  private readonly needing = new Map<string, readonly T[]>();
  private readonly pattern: RegExp | undefined;
  constructor(all: readonly T[], patternOf: (one: T) => RegExp) {
    const needs = all.map((one) => [one, literalsOf(patternOf(one))] as const);
    this.always = needs.flatMap(([one, literals]) => (literals ? [] : [one]));
    const literals = [...new Set(needs.flatMap(([, literals]) => literals ?? []))].sort((a, b) => b.length - a.length);
    for (const text of literals)
      this.needing.set(
        text,
        needs.flatMap(([one, own]) => (own?.some((literal) => text.startsWith(literal)) ? [one] : [])),
      );
    this.pattern = literals.length === 0 ? undefined : new RegExp(literals.map((text) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')).join('|'), 'gi');
  }
  /** What the text may match; the others it does not. */
  in(text: string): ReadonlySet<T> {
    const found = new Set(this.always);
    const { pattern } = this;
    if (!pattern) return found;
    pattern.lastIndex = 0;
    for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
      for (const one of this.needing.get(match[0].toLowerCase()) ?? []) found.add(one);
      // Literals may overlap.
      pattern.lastIndex = match.index + 1;
    }
    return found;
  }
  /** The same as a pattern to test; undefined where any text may match. */
  get any(): string | undefined {
    return this.always.length > 0 ? undefined : this.pattern?.source;
  }
}
