import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { Grammars } from '../../server/src/core/syntax/grammars.js';
import { withLessMemory } from '../../server/src/core/syntax/runtime-memory.js';
import { assetPath } from '../support/grammars.js';

test('the parser begins with a quarter of the memory that its runtime asks for, and takes more when a text needs it', async () => {
  // A runtime that still asked for 32 MiB would refuse this one.
  const memory = new WebAssembly.Memory({ initial: 128, maximum: 32_768 });
  const parser = await new Grammars(async (name) => readFile(assetPath(name)), memory).load('python');
  expect(memory.buffer.byteLength).toBeLessThan(16 * 2 ** 20);
  const text = 'x = [1, 2, 3]\n'.repeat(50_000);
  const tree = parser.parse(text);
  expect(tree?.rootNode.hasError).toBe(false);
  expect(tree?.rootNode.endIndex).toBe(text.length);
  expect(memory.buffer.byteLength).toBeGreaterThan(16 * 2 ** 20);
  tree?.delete();
});
test('a runtime that asks in another way is left as it is', () => {
  const core = new Uint8Array(readFileSync(assetPath('web-tree-sitter.wasm')));
  const { wasmBinary, INITIAL_MEMORY } = withLessMemory(core);
  expect(INITIAL_MEMORY).toBe(8 * 2 ** 20);
  expect(withLessMemory(wasmBinary)).toEqual({ wasmBinary });
});
