import type { Fact, UnknownFact } from '../../model/fact.js';
import type { Grammars } from '../../syntax/grammars.js';
import type { Expr } from '../../syntax/python/ast.js';
import { SyntaxTree } from '../../syntax/tree.js';
import { TypescriptProgram } from '../../syntax/typescript/program.js';
import type { Document } from '../../text/document.js';
import { factOf } from '../shared/evaluated.js';
import { TypescriptEvaluator } from './evaluate.js';

/** Answers what a name of this module is to a module that imports it: `MODEL`, `MODELS.fast`, a function's one result. Parses when asked. */
export function exportedFrom(
  document: Document,
  grammar: 'typescript' | 'tsx',
  grammars: Grammars,
): (path: readonly string[]) => Fact | UnknownFact | undefined {
  const known = new Map<string, Fact | UnknownFact | undefined>();
  return (path) => {
    const key = path.join('.');
    if (!known.has(key)) {
      const parser = grammars.parser(grammar);
      if (!parser) return undefined;
      const tree = new SyntaxTree(parser, document.text);
      known.set(key, read(new TypescriptEvaluator(new TypescriptProgram(tree), document.uri), path, document.text.length));
      tree.dispose();
    }
    return known.get(key);
  };
}
function read(evaluate: TypescriptEvaluator, path: readonly string[], end: number): Fact | UnknownFact | undefined {
  const [first = '', ...rest] = path[0] === '*' ? path.slice(1) : path;
  const name: Expr = { kind: 'name', name: first, start: end, end };
  const head = first === 'default' ? evaluate.program.defaultExport() : name;
  if (!head) return undefined;
  const expr = rest.reduce<Expr>((object, key) => ({ kind: 'attribute', object, name: key, start: end, end }), head);
  // A function is asked for what it returns.
  const returned = rest.length === 0 ? evaluate.returnedBy(head) : undefined;
  return factOf(evaluate.uri, path.join('.'), evaluate.value(returned ?? expr));
}
