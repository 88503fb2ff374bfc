import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { sha256 } from '../../../server/src/core/spend/sha256.js';

test.each([0, 1, 55, 56, 63, 64, 65, 119, 120, 1000, 70_000])('%d letters are hashed as OpenSSL hashes them', (length) => {
  const text = Array.from({ length }, (_, at) => 'aé€😀\n\ud800z'[at % 8] ?? '-').join('');
  expect(sha256(text)).toBe(createHash('sha256').update(text, 'utf8').digest('hex'));
});
