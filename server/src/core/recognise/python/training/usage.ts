import { splitCommand } from '../../shared/command-line.js';
import { runOfWords } from '../../shared/run.js';
import { factsOfTraining } from '../../shared/training-flags.js';
import type { PythonInput } from '../../types.js';
import type { FactSet } from './fact-set.js';

/** What the usage at the top of a file gives on the command line, where neither the code nor a declared field says anything:
 * the first command of the module's docstring that runs this very file. */
export function addUsage(input: PythonInput, facts: FactSet): void {
  const { document, program } = input;
  const docstring = /^(?:[ \t]*(?:#[^\n]*)?\n)*[ \t]*[rR]?("""|''')([\s\S]*?)\1/.exec(program.text);
  const name = document.uri.match(/[^/]+$/)?.[0];
  if (!docstring || name === undefined) return;
  const from = docstring.index + docstring[0].length - 3 - docstring[2]!.length;
  const pattern = /^[ \t$]*(?:[A-Z_]+=\S+[ \t]+)*(?:python3?|accelerate[ \t]+launch|torchrun|deepspeed|uv[ \t]+run)\b(?:[^\n]*\\\n)*[^\n]*/gm;
  for (const match of docstring[2]!.matchAll(pattern)) {
    if (!match[0].includes(`/${name}`) && !match[0].includes(` ${name}`)) continue;
    const start = from + match.index + (/^[ \t$]*/.exec(match[0])?.[0].length ?? 0);
    const run = runOfWords(document.uri, splitCommand(match[0].replace(/^[ \t$]*/, ''), start));
    if (run?.purpose.kind !== 'training') return;
    for (const fact of factsOfTraining(document.uri, run.flags)) {
      if (!('value' in fact)) continue;
      const flag = run.flags.find(({ start, end }) => fact.span !== undefined && fact.span.start >= start && fact.span.end <= end)?.name;
      facts.add({ ...fact, origin: 'default', ...(flag === undefined ? {} : { param: flag }), note: 'in the usage at the top of the file' });
    }
    return;
  }
}
