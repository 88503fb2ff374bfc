import { describe, expect, it } from 'vitest';
import { pairLines } from '../../../tools/calibrate/pairs.js';
import { fitSpreads, type Residual } from '../../../tools/calibrate/spread-model.js';

/** Residuals of both signs about a spread, from several publishers. */
function residuals(spread: number, far: readonly string[], families: number, regime = 'm/a'): Residual[] {
  return Array.from({ length: families * 20 }, (_, at) => ({
    family: `${regime} ${far.join()} ${at % families}`,
    metric: 'm',
    regime,
    residual: spread * [-1.6, -0.7, -0.2, 0.1, 0.5, 1.9][at % 6]!,
    far,
  }));
}

describe('the model of spreads', () => {
  it('finds a distance that doubles the spread, and is never below one', () => {
    const { factors } = fitSpreads([...residuals(0.2, [], 6), ...residuals(0.4, ['chip'], 6), ...residuals(0.1, ['load'], 6)], ['chip', 'load']);
    expect(factors['chip']).toBeGreaterThan(1.4);
    expect(factors['load']).toBe(1);
  });

  it('shares one cause between two distances that always come together', () => {
    const { scale } = fitSpreads([...residuals(0.2, [], 6), ...residuals(0.4, ['chip', 'format'], 6)], ['chip', 'format']);
    const ratio = scale('m', 'm/a', ['chip', 'format']) / scale('m', 'm/a', []);
    expect(ratio).toBeGreaterThan(1.5);
    expect(ratio).toBeLessThan(2.3);
  });

  it('keeps a regime of one publisher near the quantity', () => {
    const { scale } = fitSpreads([...residuals(0.2, [], 8), ...residuals(2, [], 1, 'm/b')], []);
    expect(scale('m', 'm/b', [])).toBeGreaterThan(scale('m', 'm/a', []));
    expect(scale('m', 'm/b', [])).toBeLessThan(2);
  });
});

describe('less precision against more', () => {
  const row = (id: string, weights: string, rate: number) => ({
    id,
    kind: 'serving' as const,
    task: 'llm',
    family: 'a publisher',
    facts: { weights },
    measured: { output_tokens_per_s: rate },
    pair_id: 'one',
    source_id: 's',
    source: 's',
  });
  const rows = [row('base', 'bf16', 100), row('slower', 'w4a16-awq', 80), row('even', 'w4a16-gptq', 101)];
  const answers = (slower: number) =>
    new Map(Object.entries({ base: 100, slower, even: 300 }).map(([id, likely]) => [id, { output_tokens_per_s: { low: likely, likely, high: likely } }]));

  it.each<[string, number, string]>([
    ['right where both say slower', 90, '100 %'],
    ['wrong where it tells faster', 120, '0 %'],
  ])('is %s, and leaves out runs that were even', (_, slower, right) => {
    const all = pairLines(rows, answers(slower)).find((line) => line.startsWith('all'));
    expect(all?.split(' | ').slice(1, 5)).toEqual(['1', '1', '100 %', right]);
  });
});
