import type { Fact, UnknownFact } from '../../model/fact.js';
import type { Grammars } from '../../syntax/grammars.js';
import type { Expr } from '../../syntax/python/ast.js';
import { PythonProgram } from '../../syntax/python/program.js';
import { SyntaxTree } from '../../syntax/tree.js';
import type { Document } from '../../text/document.js';
import { Evaluator } from './evaluate.js';

/** Answers what a name of this module is to a module that imports it: `BATCH`, `TrainConfig.lr`, `cfg["batch"]`. Parses when asked. */
export function exportedFrom(document: Document, grammars: Grammars): (path: readonly string[]) => Fact | UnknownFact | undefined {
  const known = new Map<string, Fact | UnknownFact | undefined>();
  return (path) => {
    const key = path.join('.');
    if (!known.has(key)) {
      const parser = grammars.parser('python');
      if (!parser) return undefined;
      const tree = new SyntaxTree(parser, document.text);
      const end = document.text.length;
      let expr: Expr = { kind: 'name', name: path[0] ?? '', start: end, end };
      for (const name of path.slice(1)) expr = { kind: 'attribute', object: expr, name, start: end, end };
      known.set(key, new Evaluator(new PythonProgram(tree), document.uri).fact(key, expr));
      tree.dispose();
    }
    return known.get(key);
  };
}
