import { describe, expect, test } from 'vitest';
import { editSettings, type SettingEdit } from '../../server/src/core/settings/edit.js';
import { readMlcostFile } from '../../server/src/core/settings/mlcost-file.js';

const edited = (text: string, edit: SettingEdit): string => {
  const { start, oldEnd, text: piece } = editSettings(text, edit);
  const result = text.slice(0, start) + piece + text.slice(oldEnd);
  expect(readMlcostFile('file:///w/.mlcost.yaml', result).problems).toEqual([]);
  return result;
};
const assume = (fact: string, value: string | number | boolean, files?: string): SettingEdit => ({ kind: 'assume', fact, value, ...(files ? { files } : {}) });

describe('an answer is kept with the smallest edit', () => {
  test.each<[string, string, SettingEdit, string]>([
    ['in an empty file', '', { kind: 'set', key: 'provider', value: 'aws' }, 'provider: aws\n'],
    ['behind what is there', '# mine\nregion: us-east-1', { kind: 'set', key: 'provider', value: 'aws' }, '# mine\nregion: us-east-1\nprovider: aws\n'],
    [
      'in the place of the old one, with its comment',
      'provider: gcp # for now\nregion: x\n',
      { kind: 'set', key: 'provider', value: 'aws' },
      'provider: aws # for now\nregion: x\n',
    ],
    ['as the first assumption', 'provider: aws\n', assume('seq_len', 2048), 'provider: aws\nassumptions:\n  seq_len: 2048\n'],
    [
      'among others, before the next section',
      'assumptions:\n    epochs: 3 # a guess\n\nbudgets:\n  - amount: 5\n',
      assume('seq_len', 2048),
      'assumptions:\n    epochs: 3 # a guess\n    seq_len: 2048\n\nbudgets:\n  - amount: 5\n',
    ],
    ['over an old value', 'assumptions:\n  epochs: 3 # a guess\n', assume('epochs', 5), 'assumptions:\n  epochs: 5 # a guess\n'],
    [
      'in a list',
      'assumptions:\n  - fact: epochs\n    value: 3\n\n# money\nprovider: aws\n',
      assume('seq_len', 2048),
      'assumptions:\n  - fact: epochs\n    value: 3\n  - fact: seq_len\n    value: 2048\n\n# money\nprovider: aws\n',
    ],
    [
      'over an old value of a list, for the same files only',
      'assumptions:\n- fact: epochs\n  value: 3\n- files: a/**\n  fact: epochs\n  value: 4\n',
      assume('epochs', 9, 'a/**'),
      'assumptions:\n- fact: epochs\n  value: 3\n- files: a/**\n  fact: epochs\n  value: 9\n',
    ],
    [
      'for some files, which makes a list of the map',
      'assumptions:\n  epochs: 3\n',
      assume('gpu_type', 'L4', 'nb/**'),
      'assumptions:\n  - fact: epochs\n    value: 3\n  - files: nb/**\n    fact: gpu_type\n    value: L4\n',
    ],
    ['with what needs quotes', '', assume('model', '7: b #x'), 'assumptions:\n  model: "7: b #x"\n'],
    ['as a silence', 'provider: aws\n', { kind: 'silence', what: { files: 'tests/**' } }, 'provider: aws\nsilence:\n  - tests/**\n'],
    ['as one more silence', 'silence:\n  - a.py\n', { kind: 'silence', what: { files: 'b.py' } }, 'silence:\n  - a.py\n  - b.py\n'],
    ['as a silence of one code', '', { kind: 'silence', what: { code: 'does-not-fit', files: 'a.py' } }, 'silence:\n  - code: does-not-fit\n    files: a.py\n'],
    ['in a list in one line', 'silence: [a.py]\n', { kind: 'silence', what: { files: 'b.py' } }, 'silence: [a.py, b.py]\n'],
  ])('%s', (_, before, edit, after) => {
    expect(edited(before, edit)).toBe(after);
  });
  test('a silence is not written twice', () => {
    expect(edited('silence:\n  - a.py\n', { kind: 'silence', what: { files: 'a.py' } })).toBe('silence:\n  - a.py\n');
  });
});
