import { describe, expect, test } from 'vitest';
import { type Digits, english } from '../../server/src/core/text/english.js';
import { randomOf } from '../support/mutate.js';

const formats: [Digits, Intl.NumberFormatOptions][] = [
  [{ significant: 1 }, { maximumSignificantDigits: 1 }],
  [{ significant: 2 }, { maximumSignificantDigits: 2 }],
  [{ significant: 3 }, { maximumSignificantDigits: 3 }],
  [{ significant: 6 }, { maximumSignificantDigits: 6 }],
  [{ least: 0, most: 0 }, { maximumFractionDigits: 0 }],
  [
    { least: 2, most: 2 },
    { minimumFractionDigits: 2, maximumFractionDigits: 2 },
  ],
  [{ least: 0, most: 3 }, {}],
];
const corners = [
  0,
  -0,
  0.5,
  1.5,
  2.5,
  9.5,
  9.95,
  99.5,
  999.5,
  999_999.5,
  0.05,
  0.005,
  0.0049999,
  1.005,
  0.1 + 0.2,
  120,
  1_234_567,
  1e21,
  1.5e-7,
  5e-324,
  1.7e308,
];

describe.each(formats)('%o is written as Intl writes it', (digits, options) => {
  const intl = new Intl.NumberFormat('en-US', options);
  test.each(corners)('%d', (value) => {
    expect(english(value, digits)).toBe(intl.format(value));
    expect(english(-value, digits)).toBe(intl.format(-value));
  });
  test('of any size', () => {
    const random = randomOf(3);
    for (let n = 0; n < 3000; n++) {
      const value = (random(2e9) - 5e8) * 10 ** (random(18) - 14);
      expect(english(value, digits)).toBe(intl.format(value));
      const short = Number((random(1e9) / 10 ** random(9)).toFixed(random(4)));
      expect(english(short, digits)).toBe(intl.format(short));
    }
  });
});
