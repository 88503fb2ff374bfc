import type { SyntaxTree } from '../tree.js';
import type { ShellScript } from './script.js';

/** Reads a shell script out of its tree. */
export function readShell(tree: SyntaxTree): ShellScript {
  return { text: tree.text, commands: [], directives: [], variables: [] };
}
