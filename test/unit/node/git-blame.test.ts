import { expect, test } from 'vitest';
import { readBlame } from '../../../server/src/node/git-blame.js';

const [first, second, none] = ['a', 'b', '0'].map((letter) => letter.repeat(40));
const head = (oid: string | undefined, subject: string): string =>
  `author Ana B\nauthor-mail <ana@example.org>\nauthor-time 1767225600\nauthor-tz +0100\nsummary ${subject}\n${oid === first ? 'boundary\n' : ''}filename old name.py\n`;

test('each line has its commit, named once, whatever the line says', () => {
  const text = [
    `${first} 1 1 1\n${head(first, 'author of all')}\tauthor Eve`,
    `${second} 4 2 2\n${head(second, 'two')}\t\tindented`,
    `${second} 5 3\n\t`,
    `${none} 4 4 1\n${head(none, 'Version of it from standard input')}\tnew`,
    `${first} 2 5 1\n\t${second} 1 1`,
    '',
  ].join('\n');
  const [a, b] = [
    { oid: first, date: '2026-01-01', author: 'Ana B', subject: 'author of all' },
    { oid: second, date: '2026-01-01', author: 'Ana B', subject: 'two' },
  ];
  expect(readBlame(text)).toEqual([a, b, b, undefined, a]);
});
test('an empty file has no lines', () => {
  expect(readBlame('')).toEqual([]);
});
