/** Puts each flow collection (`[…]`, `{…}`) of a YAML text on one line, by blanks of equal length.
 * Other parsers take a closing quote or bracket that is indented no deeper than its key; the one in use does not. */
export function flattenFlow(text: string): string {
  let result = '';
  let from = 0;
  for (const match of text.matchAll(/(?:^|[:-])[ \t]+(?=[[{])/gm)) {
    const start = match.index + match[0].length;
    if (start < from) continue;
    const end = flowEnd(text, start);
    if (end === undefined) continue;
    result += text.slice(from, start) + text.slice(start, end).replace(/\r?\n/g, (line) => ' '.repeat(line.length));
    from = end;
  }
  return result + text.slice(from);
}

/** Longer than any list of words that a person wrote. */
const longest = 30_000;

/** Where the collection that opens at `start` is closed; undefined where it is on one line, holds a comment, or is not closed. */
function flowEnd(text: string, start: number): number | undefined {
  let depth = 0;
  let lines = 0;
  let quote = '';
  for (let at = start; at < Math.min(text.length, start + longest); at++) {
    const character = text[at] as string;
    if (character === '\n') lines++;
    if (quote !== '') {
      if (quote === '"' && character === '\\') at++;
      else if (character === quote) quote = '';
    } else if ((character === '"' || character === "'") && /[\s,[{:]/.test(text[at - 1] ?? ' ')) quote = character;
    else if (character === '#' && /\s/.test(text[at - 1] ?? '')) return undefined;
    else if (character === '[' || character === '{') depth++;
    else if ((character === ']' || character === '}') && --depth === 0) return lines > 0 ? at + 1 : undefined;
  }
  return undefined;
}
