import { type Rewritten, Script } from './rewritten.js';

/** The recipes of a Makefile as a shell script: its variables first, as make knows them all before it runs any recipe.
 * @source www.gnu.org/software/make/manual, sections 5 and 6 */
export function readMakefile(text: string): Rewritten {
  const script = new Script();
  const recipes: { from: number; line: string }[] = [];
  let at = 0;
  let defining = false;
  while (at < text.length) {
    const end = logicalEnd(text, at);
    const line = text.slice(at, end);
    if (/^(?:define|endef)\b/.test(line)) defining = line.startsWith('define');
    else if (!defining && line.startsWith('\t')) recipes.push({ from: at, line });
    else if (!defining) assign(script, line, at);
    at = end + 1;
  }
  for (const { from, line } of recipes) {
    const bare = /^[\t ]*[@+-]*[\t ]*/.exec(line)?.[0].length ?? 0;
    if (line[bare] !== '#') script.take(line.slice(bare), from + bare, used);
    script.add('\n', from + line.length);
  }
  return script.done();
}

/** End of a line, over those that a backslash continues. */
function logicalEnd(text: string, start: number): number {
  for (let from = start; ; ) {
    const end = text.indexOf('\n', from);
    if (end < 0) return text.length;
    if (!/\\\r?$/.test(text.slice(Math.max(start, end - 2), end))) return end;
    from = end + 1;
  }
}

function assign(script: Script, line: string, start: number): void {
  const match = /^ *(?:export +|override +)*([A-Za-z_]\w*)[ \t]*(\?|::?|\+)?=[ \t]*/.exec(line);
  if (!match?.[1]) return;
  const [whole, name, operator] = match;
  const from = start + whole.length;
  const value = line.slice(whole.length).replace(/(?:^|[ \t])#.*$/s, '');
  // make hands quotes on to the shell; in a shell variable they would be part of the text.
  const plain = value.replace(/["'`]|\\\r?\n/g, (one) => ' '.repeat(one.length));
  script.add(`export ${name}="`, start);
  if (operator === '?') script.add(`\${${name}:-`, start);
  if (operator === '+') script.add(`\${${name}} `, start);
  script.take(plain.trimEnd(), from, used);
  script.add(operator === '?' ? '}"\n' : '"\n', from + plain.length);
}
/** `$(NAME)`, and `$$` for the shell's own. */
const used = /\$\((\w+)\)|\$\$/g;
