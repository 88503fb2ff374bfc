import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { recognisers } from '../../server/src/core/recognise/registry.js';
import { formatsPage } from '../../tools/formats/page.js';

test('the page of formats is the one that the recognisers make (npm run formats)', () => {
  expect(readFileSync('docs/formats.md', 'utf8')).toBe(formatsPage());
});
test('each recogniser has its own name', () => {
  const names = recognisers.map((one) => `${one.language}/${one.id}`);
  expect(new Set(names).size).toBe(names.length);
});
