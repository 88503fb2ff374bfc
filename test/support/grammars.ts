import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Grammars } from '../../server/src/core/syntax/grammars.js';

const require = createRequire(import.meta.url);
const places: Readonly<Record<string, string>> = {
  'web-tree-sitter.wasm': 'web-tree-sitter/web-tree-sitter.wasm',
  'tree-sitter-python.wasm': 'tree-sitter-python/tree-sitter-python.wasm',
  'tree-sitter-typescript.wasm': 'tree-sitter-typescript/tree-sitter-typescript.wasm',
  'tree-sitter-tsx.wasm': 'tree-sitter-typescript/tree-sitter-tsx.wasm',
};
let shared: Grammars | undefined;
/** Grammars out of the installed packages, loaded once a test process. */
export function testGrammars(): Grammars {
  shared ??= new Grammars(async (name) => readFile(assetPath(name)));
  return shared;
}
export const assetPath = (name: string): string => (places[name] ? require.resolve(places[name]) : path.join(import.meta.dirname, '../../server/data', name));
