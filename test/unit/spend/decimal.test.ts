import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  add,
  compare,
  type Decimal,
  decimal,
  divide,
  multiply,
  negate,
  ofNumber,
  round,
  split,
  subtract,
  sum,
  toText,
} from '../../../server/src/core/spend/decimal.js';

const of = (text: string): Decimal => decimal(text) as Decimal;

describe('reading and writing', () => {
  test.each([
    ['12.50', '12.50'],
    ['-0.10', '-0.10'],
    ['0', '0.00'],
    ['-0', '0.00'],
    ['+7', '7.00'],
    ['.5', '0.50'],
    ['5.', '5.00'],
    ['1e-7', '0.0000001'],
    ['2.5E3', '2500.00'],
    ['0.00000314', '0.00000314'],
    ['123456789012345678901234567890.123456789', '123456789012345678901234567890.123456789'],
    [' 3.1400 ', '3.14'],
  ])('%s is %s', (text, expected) => expect(toText(of(text))).toBe(expected));
  test.each(['', '.', '-', '1,000.00', '$5', '1.2.3', 'NaN', 'Infinity', '0x10', '1e99999', '1e401', '5 USD'])('%j is no number', (text) =>
    expect(decimal(text)).toBeUndefined(),
  );
  test('a double is taken as the shortest decimal that reads back to it', () => {
    expect(toText(ofNumber(0.1) as Decimal)).toBe('0.10');
    expect(toText(ofNumber(1e-9) as Decimal)).toBe('0.000000001');
    expect(ofNumber(Number.NaN)).toBeUndefined();
  });
});

describe('arithmetic is exact', () => {
  test('a tenth, ten million times, is a million', () => {
    let total: Decimal = of('0');
    for (let at = 0; at < 100_000; at++) total = add(total, of('0.1'));
    expect(toText(total)).toBe('10000.00');
  });
  const some = fc.tuple(fc.bigInt(-(10n ** 20n), 10n ** 20n), fc.nat(12)).map(([digits, scale]): Decimal => ({ digits, scale }));
  test('sums do not depend on the order, and what was added can be taken away', () => {
    fc.assert(
      fc.property(fc.array(some, { maxLength: 20 }), some, (list, one) => {
        const forward = sum(list);
        expect(compare(forward, sum([...list].reverse()))).toBe(0);
        expect(compare(subtract(add(forward, one), one), forward)).toBe(0);
        expect(compare(decimal(toText(forward)) as Decimal, forward)).toBe(0);
      }),
    );
  });
  test('parts of a split add up to the whole, and each is within a unit of its share', () => {
    fc.assert(
      fc.property(some, fc.array(fc.nat(1000), { minLength: 1, maxLength: 9 }), (amount, shares) => {
        const weights = shares.map((share) => of(String(share)));
        const parts = split(amount, weights, 2);
        const whole = shares.reduce((a, b) => a + b, 0);
        if (whole === 0) {
          expect(parts).toBeUndefined();
          return; // what an expectation returns is no verdict of the property
        }
        expect(compare(sum(parts ?? []), amount)).toBe(0);
        parts?.forEach((part, at) => {
          const exact = divide(multiply(amount, weights[at] as Decimal), of(String(whole)), 40) as Decimal;
          const apart = subtract(part, exact);
          const size = compare(apart, of('0')) < 0 ? negate(apart) : apart;
          expect(compare(size, { digits: 1n, scale: Math.max(2, amount.scale) })).toBeLessThanOrEqual(0);
        });
      }),
    );
  });
  test.each([
    ['0.125', 2, '0.12'],
    ['0.135', 2, '0.14'],
    ['-0.125', 2, '-0.12'],
    ['2.5', 0, '2'],
    ['3.5', 0, '4'],
    ['1.005', 2, '1.00'],
    ['1.0051', 2, '1.01'],
  ])('%s to %d digits is %s: halves to even', (text, scale, expected) => expect(toText(round(of(text), scale), 0)).toBe(toText(of(expected), 0)));
  test('nothing is divided by nothing', () => expect(divide(of('1'), of('0'), 2)).toBeUndefined());
});
