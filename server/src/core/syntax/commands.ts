import { readJustfile } from './justfile.js';
import { readMakefile } from './makefile.js';
import { type Rewritten, Script } from './rewritten.js';

/** The commands that a file keeps under names, as a shell script: a Makefile's recipes, a justfile's, a Procfile's processes. */
export function readCommands(uri: string, text: string): Rewritten {
  const name = uri.slice(uri.lastIndexOf('/') + 1);
  return /^Procfile/i.test(name) ? readProcfile(text) : /^\.?justfile$|\.just$/i.test(name) ? readJustfile(text) : readMakefile(text);
}

/** `name: command` a line.
 * @source devcenter.heroku.com/articles/procfile */
function readProcfile(text: string): Rewritten {
  const script = new Script();
  for (const match of text.matchAll(/^([\w-]+:[ \t]*)([^\n]*)/gm)) {
    script.copy(match[2]!, match.index + match[1]!.length);
    script.add('\n', match.index + match[0].length);
  }
  return script.done();
}
