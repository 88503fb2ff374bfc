import type { FactValue } from '../../../model/fact.js';
import type { Workload } from '../../../model/workload.js';
import { type Call, dotted } from '../../../syntax/python/ast.js';
import type { PythonProgram } from '../../../syntax/python/program.js';

/** What a change of code, not of a setting, works on. */
export interface Code {
  readonly workload: Workload;
  readonly program: PythonProgram;
}
export interface Change {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}
/** Puts facts into force that no setting of the file holds: a call, an import, a line behind the model. */
export interface Recipe {
  /** The facts that it writes together. */
  readonly facts: readonly string[];
  /** @param to what a fact shall be; undefined where it stays
   * @returns undefined where the code has no place for it that is known */
  write(code: Code, to: (fact: string) => FactValue | undefined): readonly Change[] | undefined;
}

/** A keyword behind a call's last argument, laid out as the arguments are. */
export function withKeyword({ program: { text } }: Code, call: Call, keyword: string): Change {
  const last = call.args.at(-1);
  if (!last) return { start: call.end - 1, end: call.end - 1, text: keyword };
  const line = text.slice(text.lastIndexOf('\n', last.start - 1) + 1, last.start);
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  return { start: last.end, end: last.end, text: /^[ \t]+$/.test(line) ? `,${newline}${line}${keyword}` : `, ${keyword}` };
}

/** A line of its own behind the statement at an offset, as deep as it is. */
export function lineAfter({ program }: Code, at: number, line: string): Change {
  const { text } = program;
  const statement = program.statement(at);
  const start = text.lastIndexOf('\n', statement.start - 1) + 1;
  const indent = /^[ \t]*/.exec(text.slice(start, statement.start))?.[0] ?? '';
  // Behind a comment of the same line.
  const comment = /^[ \t]*(?:#[^\r\n]*)?/.exec(text.slice(statement.end))?.[0] ?? '';
  const end = statement.end + comment.trimEnd().length;
  return { start: end, end, text: `${text.includes('\r\n') ? '\r\n' : '\n'}${indent}${line}` };
}

type Wanted = readonly [module: string, name?: string | undefined, as?: string];

/** The last import at the program's top level that has run when a place is reached. A notebook's later cells import as well. */
export function lastImport({ program }: Code, before: number): number | undefined {
  const tops = [...program.imports.values()].filter(({ start }) => start < before && program.blocks(start).length === 0 && program.scopeOf(start) < 0);
  return tops.length === 0 ? undefined : Math.max(...tops.map(({ start }) => start));
}
/** Changes with imports of the names that they use and that the program does not have yet: one more change, since they share a place.
 * @returns undefined where no import stands before what uses the names */
export function withImports(code: Code, changes: readonly Change[], wanted: readonly Wanted[]): Change[] | undefined {
  const { program } = code;
  const first = Math.min(...changes.map(({ start }) => start));
  const missing = wanted.filter(([module, name, as]) => {
    const found = program.imports.get(as ?? name ?? module);
    const isThere = found !== undefined && (found.start < first || program.scopeOf(first) >= 0);
    return !(isThere && (name === undefined ? found.module === module : found.name === name));
  });
  if (missing.length === 0) return [...changes];
  const last = lastImport(code, first);
  if (last === undefined) return undefined;
  const byModule = new Map<string, string[]>();
  const lines: string[] = [];
  for (const [module, name, as] of missing) {
    if (name === undefined) lines.push(`import ${module}${as === undefined ? '' : ` as ${as}`}`);
    else byModule.set(module, [...(byModule.get(module) ?? []), name]);
  }
  for (const [module, names] of byModule) lines.push(`from ${module} import ${names.sort().join(', ')}`);
  const newline = program.text.includes('\r\n') ? '\r\n' : '\n';
  return [...changes, { ...lineAfter(code, last, ''), text: lines.map((line) => `${newline}${line}`).join('') }];
}

/** Calls that load weights by a name, of the model and not of its tokenizer, in the part of the program that the workload is of. */
export function modelLoads({ program }: Code): Call[] {
  return program
    .callsOf('from_pretrained')
    .map(({ call }) => call)
    .filter((call) =>
      /(?:^|\.)(?:AutoModel\w*|\w+For(?:CausalLM|SequenceClassification|ConditionalGeneration|TokenClassification|\w+))\.from_pretrained$/.test(
        dotted(call.callee) ?? '',
      ),
    );
}
/** The name that a call's value is bound to. */
export function boundName({ program }: Code, call: Call): string | undefined {
  const { start } = program.statement(call.start);
  return /^([A-Za-z_]\w*)\s*(?::[^=\n]+)?=\s*$/.exec(program.text.slice(start, call.start))?.[1];
}
