import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CsvReader, cellText, csvLine } from '../../../server/src/core/spend/read/csv.js';

/** Rows of a text that comes in pieces of some size. */
function rows(text: string, size = 1 << 20): string[][] {
  const found: string[][] = [];
  const reader = new CsvReader((row) => found.push(Array.from({ length: row.cells }, (_, cell) => cellText(row, cell))));
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size));
  reader.end();
  return found;
}

test.each([
  [
    'a,b\n1,2\n',
    [
      ['a', 'b'],
      ['1', '2'],
    ],
  ],
  [
    'a,b\r\n1,2\r\n',
    [
      ['a', 'b'],
      ['1', '2'],
    ],
  ],
  [
    '\ufeffa,b\n1,2',
    [
      ['a', 'b'],
      ['1', '2'],
    ],
  ],
  ['a\n"x,y"\n', [['a'], ['x,y']]],
  ['a\n"say ""hi"""\n', [['a'], ['say "hi"']]],
  [
    'a,b\n"two\r\nlines",2\n',
    [
      ['a', 'b'],
      ['two\r\nlines', '2'],
    ],
  ],
  [
    'a,b,c\n,,\n',
    [
      ['a', 'b', 'c'],
      ['', '', ''],
    ],
  ],
  [
    'a,b\n1,',
    [
      ['a', 'b'],
      ['1', ''],
    ],
  ],
  ['a\n\n\nx\n', [['a'], ['x']]],
  [
    'a,b\n"",""\n',
    [
      ['a', 'b'],
      ['', ''],
    ],
  ],
  [
    'näme,日本\n"Ü",😀\n',
    [
      ['näme', '日本'],
      ['Ü', '😀'],
    ],
  ],
])('%j', (text, expected) => {
  for (const size of [1 << 20, 1, 2, 3, 7]) expect(rows(text, size), `pieces of ${size}`).toEqual(expected);
});

test('what is written is read again, whatever the pieces', () => {
  // a spreadsheet's formulas get an apostrophe: they do not come back the same
  const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', 'é', '1', ' ') }).filter((text) => !/^[\r]/.test(text));
  fc.assert(
    fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 6 }), fc.integer({ min: 1, max: 9 }), (table, size) => {
      expect(rows(table.map((row) => csvLine(row)).join(''), size)).toEqual(table);
    }),
  );
});
test('a cell that a spreadsheet would run is made text; a negative amount stays one', () =>
  expect(csvLine(['=1+1', '@x', '-5.25', '+1e3', '-a'])).toBe("'=1+1,'@x,-5.25,+1e3,'-a\n"));
test('each row tells the line that it starts at', () => {
  const lines: number[] = [];
  const reader = new CsvReader((row) => lines.push(row.line));
  reader.push(new TextEncoder().encode('a\n"x\ny"\nz\n'));
  reader.end();
  expect(lines).toEqual([1, 2, 4]);
});
