import { describe, expect, test } from 'vitest';
import { completeSettings, explainSetting } from '../../server/src/core/settings/assist.js';

const words = (marked: string): string[] => {
  const offset = marked.indexOf('|');
  return completeSettings(marked.replace('|', ''), offset, undefined).map(({ label }) => label);
};

describe('completion in .mlcost.yaml knows the place', () => {
  test.each<[string, readonly string[], readonly string[]]>([
    ['|', ['accelerator', 'budgets', 'assumptions'], ['amount', 'seq_len']],
    ['provider: aws\nbud|', ['budgets'], ['amount']],
    ['budgets:\n  - |', ['amount', 'period', 'name'], ['budgets', 'fact']],
    ['budgets:\n- amount: 5\n  |', ['period', 'thresholds'], ['budgets']],
    ['budgets:\n  - amount: 5\n    period: |', ['month', 'year'], ['amount']],
    ['assumptions:\n  |', ['seq_len', 'dataset_size'], ['fact']],
    ['assumptions:\n  - |', ['fact', 'value', 'files'], ['seq_len']],
    ['assumptions:\n  - fact: |', ['seq_len', 'gpu_type'], ['fact']],
    ['assumptions:\n  grad_ckpt: |', ['true', 'false'], []],
    ['market: |', ['spot', 'on-demand'], []],
    ['provider: |', ['aws', 'gcp'], []],
    ['traffic:\n  |', ['calls_per_month'], ['seq_len']],
  ])('%j', (text, some, none) => {
    const found = words(text);
    expect(found).toEqual(expect.arrayContaining([...some]));
    for (const one of none) expect(found).not.toContain(one);
  });
});

test('hover says what a key means, by its place', () => {
  const text = 'market: spot\nassumptions:\n  seq_len: 5\nbudgets:\n  - amount: 5\n';
  const at = (word: string) => explainSetting(text, text.indexOf(word) + 1)?.markdown;
  expect(at('market')).toContain('How machines are rented');
  expect(at('seq_len')).toContain('sequence length');
  expect(at('amount')).toContain('Money for one period');
  expect(explainSetting(text, text.indexOf('spot'))?.markdown).toContain('How machines are rented');
});
