import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import * as runtime from 'web-tree-sitter';
import { type GrammarName, grammarFiles, runtimeFile } from '../../server/src/core/syntax/grammars.js';
import { assetPath, testGrammars } from '../support/grammars.js';

interface Source {
  readonly file: string;
  readonly package: string;
  readonly version: string;
  readonly repository: string;
  readonly licence: string;
  readonly sha256: string;
}
interface Sources {
  readonly runtime: Source & { readonly abi: { readonly oldest: number; readonly newest: number } };
  readonly grammars: Readonly<Record<string, Source & { readonly abi: number }>>;
}
const root = path.join(import.meta.dirname, '../..');
const json = (name: string) => JSON.parse(readFileSync(path.join(root, name), 'utf8'));
const sources: Sources = json('grammars/SOURCES.json');
const pinned: Readonly<Record<string, string>> = json('package.json').devDependencies;

/** What the installed package says of itself and of the file. */
function installed(source: Source): Omit<Source, 'file'> {
  const its = json(`node_modules/${source.package}/package.json`);
  const repository: string = typeof its.repository === 'string' ? its.repository : its.repository.url;
  return {
    package: its.name,
    version: its.version,
    repository: repository.replace(/^git\+|\.git$/g, ''),
    licence: its.license,
    sha256: createHash('sha256')
      .update(readFileSync(assetPath(source.file)))
      .digest('hex'),
  };
}

test('every grammar that the code names has its source recorded, and no other', () => {
  expect(Object.fromEntries(Object.entries(sources.grammars).map(([name, { file }]) => [name, file]))).toEqual(grammarFiles);
  expect(sources.runtime.file).toBe(runtimeFile);
});

describe.each(Object.entries<Source>({ runtime: sources.runtime, ...sources.grammars }))('%s', (_, source) => {
  test('is the file of the package, byte for byte, under the licence that is recorded', () => {
    expect(source).toMatchObject(installed(source));
    expect(pinned[source.package]).toBe(source.version);
  });
});

test.each(Object.entries(sources.grammars))('the runtime loads %s, in the ABI that is recorded', async (name, { abi }) => {
  const parser = await testGrammars().load(name as GrammarName);
  expect(parser.language?.abiVersion).toBe(abi);
  const { oldest, newest } = sources.runtime.abi;
  expect({ oldest: runtime.MIN_COMPATIBLE_VERSION, newest: runtime.LANGUAGE_VERSION }).toEqual({ oldest, newest });
  expect(abi).toBeGreaterThanOrEqual(oldest);
  expect(abi).toBeLessThanOrEqual(newest);
});
