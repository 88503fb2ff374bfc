import { type Rewritten, Script } from './rewritten.js';

/** The recipes of a justfile as a shell script, its variables first; a recipe's parameters are variables with their defaults.
 * @source just.systems/man/en */
export function readJustfile(text: string): Rewritten {
  const script = new Script();
  const recipes: (readonly [from: number, line: string])[] = [];
  const lines = [...text.matchAll(/^(?:[^\n]*\\\r?\n)*[^\n]*$/gm)].map((match) => [match.index, match[0]] as const);
  for (const [from, line] of lines) {
    const set = /^(?:export\s+)?([\w-]+)\s*:=\s*(["'])(.*)\2\s*$/.exec(line);
    if (set) assign(script, set[1]!, set[3]!, from + line.indexOf(set[2]!) + 1, false);
    else if (line.trim() !== '' && !/^\s*#|^\[/.test(line) && !/:=/.test(line.split(':')[0] ?? '')) recipes.push([from, line]);
  }
  for (const [from, line] of recipes) {
    if (/^\S/.test(line)) {
      const head = /^@?[\w-]+((?:\s+[+*$]?[\w-]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[\w.-]+))?)*)\s*:(?!=)/.exec(line)?.[1] ?? '';
      const at = line.indexOf(head);
      for (const one of head.matchAll(/([\w-]+)\s*=\s*(["']?)([^"'\s]*)\2/g))
        assign(script, one[1]!, one[3]!, from + at + one.index + one[0].lastIndexOf(one[3]!), true);
      continue;
    }
    const bare = /^\s*[@-]*\s*/.exec(line)![0].length;
    if (line[bare] !== '#') script.take(line.slice(bare), from + bare, used);
    script.add('\n', from + line.length);
  }
  return script.done();
}
function assign(script: Script, written: string, value: string, source: number, isParameter: boolean): void {
  const name = written.replaceAll('-', '_');
  script.add(isParameter ? `export ${name}="\${${name}:-` : `export ${name}="`, source);
  script.take(value.replace(/["`]/g, ' '), source, used);
  script.add(isParameter ? '}"\n' : '"\n', source + value.length);
}
/** `{{name}}` */
const used = /\{\{\s*([A-Za-z_]\w*)\s*\}\}/g;
