import type { Grammars } from '../../syntax/grammars.js';
import { PythonProgram } from '../../syntax/python/program.js';
import { SyntaxTree } from '../../syntax/tree.js';
import type { Document } from '../../text/document.js';

/** Asks the syntax of a Python document; nothing of the tree is kept.
 * @param tree of the document's text, where there is one */
export function askPython<T>(document: Document, grammars: Grammars, tree: SyntaxTree | undefined, ask: (program: PythonProgram) => T): T | undefined {
  const parser = document.language === 'python' ? grammars.parser('python') : undefined;
  if (!parser) return undefined;
  const own = tree ? undefined : new SyntaxTree(parser, document.text);
  try {
    return ask(new PythonProgram(tree ?? (own as SyntaxTree)));
  } finally {
    own?.dispose();
  }
}
