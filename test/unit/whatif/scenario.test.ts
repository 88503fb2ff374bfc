import { describe, expect, test } from 'vitest';
import { type Change, readChange } from '../../../server/src/core/model/scenario.js';
import { completeSettings, explainSetting } from '../../../server/src/core/settings/assist.js';
import { editSettings } from '../../../server/src/core/settings/edit.js';
import { readMlcostFile } from '../../../server/src/core/settings/mlcost-file.js';

describe('a supposition is read as it is written', () => {
  test.each<[string, string | number | boolean, Change]>([
    ['traffic', '200/s', { perSecond: 200 }],
    ['traffic', '30/min', { perSecond: 0.5 }],
    ['traffic', '7200 per hour', { perSecond: 2 }],
    ['traffic', '86400/day', { perSecond: 1 }],
    ['traffic', '100k/month', { perMonth: 100_000 }],
    ['traffic', '1.5M a month', { perMonth: 1_500_000 }],
    ['traffic', '2x', { by: 2 }],
    ['traffic', '+25%', { by: 1.25 }],
    ['context', 32768, { to: 32768 }],
    ['context', '32k', { to: 32_000 }],
    ['context', '0.5x', { by: 0.5 }],
    ['batch', '1_024', { to: 1024 }],
    ['accelerator', 'h100', { accelerator: 'h100' }],
    ['accelerator', '4xl40s', { accelerator: 'l40s', count: 4 }],
    ['accelerator', '8 × A100-80GB', { accelerator: 'A100-80GB', count: 8 }],
    ['utilisation', '60%', { to: 0.6 }],
    ['utilisation', 1, { to: 1 }],
    ['commitment', 'reserved-3y', { market: 'reserved-3y' }],
    ['commitment', 'none', { market: 'on-demand' }],
    ['grad_ckpt', 'off', { to: false }],
    ['epochs', '−50%', { by: 0.5 }],
    ['output_tokens', 300, { to: 300 }],
    ['precision', 'fp8', { to: 'fp8' }],
  ])('%s = %s', (word, value, change) => {
    const read = readChange(word, value);
    expect(typeof read).toBe('object');
    for (const [key, expected] of Object.entries(change)) {
      const found = (read as Readonly<Record<string, unknown>>)[key];
      if (typeof expected === 'number') expect(found).toBeCloseTo(expected, 9);
      else expect(found).toEqual(expected);
    }
  });
  test.each<[string, string | number | boolean, RegExp]>([
    ['traffic', 200, /amount in a time/],
    ['traffic', 'lots/s', /amount in a time/],
    ['traffic', '0/s', /amount in a time/],
    ['traffic', '-20%x', /amount in a time/],
    ['context', 1.5, /whole number/],
    ['context', 0, /whole number/],
    ['batch', 'large', /a number/],
    ['utilisation', 1.2, /share/],
    ['utilisation', '0%', /share/],
    ['commitment', 'reserved-5y', /one of on-demand/],
    ['accelerator', '0xh100', /a name/],
    ['accelerator', '', /a name/],
    ['model', 7, /a name/],
    ['grad_ckpt', 'perhaps', /on or off/],
    ['epochs', '0x', /a number/],
    ['sequence', 5, /neither a word nor a fact/],
  ])('%s = %s is not understood', (word, value, said) => {
    expect(readChange(word, value)).toMatch(said);
  });
});

const read = (text: string) => readMlcostFile('file:///w/.mlcost.yaml', text);
const marked = (text: string): string[] => read(text).problems.map(({ message, span }) => `${text.slice(span?.start ?? 0, span?.end ?? 0)}: ${message}`);

describe('scenarios and ranges of .mlcost.yaml', () => {
  test('are read in words and facts', () => {
    const { settings, problems } = read(
      'scenarios:\n  - name: busy\n    note: the sale\n    files: deploy/**\n    set:\n      traffic: 3x\n      output_tokens: 400\nranges:\n  calls_per_month: [50000, 200000]\n  context: [0.5x, 2x]\n',
    );
    expect(problems).toEqual([]);
    expect(settings.scenarios).toEqual([{ name: 'busy', note: 'the sale', files: 'deploy/**', set: { traffic: '3x', output_tokens: 400 } }]);
    expect(settings.ranges).toEqual({ calls_per_month: [50_000, 200_000], context: ['0.5x', '2x'] });
  });
  test.each<[string, string, readonly RegExp[]]>([
    ['a word that is none', 'scenarios:\n  - name: a\n    set:\n      trafic: 2x\n', [/^trafic: neither .* did you mean `traffic`/]],
    ['a value that is none', 'scenarios:\n  - name: a\n    set:\n      traffic: 200\n', [/^200: traffic is an amount/]],
    ['a fact with a value of another kind', 'scenarios:\n  - name: a\n    set:\n      epochs: many\n', [/^many: epochs is a number/]],
    ['a commitment that nobody sells', 'scenarios:\n  - name: a\n    set:\n      commitment: 5y\n', [/^5y: /]],
    ['a scenario without a name', 'scenarios:\n  - set:\n      traffic: 2x\n', [/`name` is missing/]],
    ['a scenario that supposes nothing', 'scenarios:\n  - name: a\n', [/`set` is missing/]],
    ['a name that is taken', 'scenarios:\n  - name: a\n    set: { traffic: 2x }\n  - name: a\n    set: { traffic: 3x }\n', [/^a: there is another scenario/]],
    ['a mistyped key', 'scenarios:\n  - name: a\n    sett: { traffic: 2x }\n    set: { traffic: 2x }\n', [/^sett: .*did you mean `set`/]],
    ['a range with one end', 'ranges:\n  epochs: [1]\n', [/./]],
    ['a range of nothing', 'ranges:\n  epoch: [1, 2]\n', [/^epoch: neither .* did you mean `epochs`/]],
    ['a range whose end is no number', 'ranges:\n  epochs: [1, many]\n', [/epochs is a number/]],
  ])('%s is a mistake at its place', (_, text, said) => {
    const found = marked(text);
    expect(found).toHaveLength(said.length);
    for (const [at, one] of said.entries()) expect(found[at]).toMatch(one);
  });
  test('what is right beside a mistake still holds', () => {
    const { settings } = read('scenarios:\n  - name: a\n    set:\n      trafic: 2x\n      context: 4096\n  - name: b\n    set: { traffic: 2x }\n');
    expect(settings.scenarios.map(({ name, set }) => [name, set])).toEqual([
      ['a', { context: 4096 }],
      ['b', { traffic: '2x' }],
    ]);
  });
  test('are completed with words first, then facts, and values where there are some', () => {
    const words = (text: string): string[] => completeSettings(text.replace('|', ''), text.indexOf('|'), undefined).map(({ label }) => label);
    expect(words('scenarios:\n  - name: a\n    set:\n      |')).toEqual(expect.arrayContaining(['traffic', 'commitment', 'seq_len']));
    expect(words('scenarios:\n  - name: a\n    set:\n      |').filter((one) => one === 'model')).toHaveLength(1);
    expect(words('scenarios:\n  - name: a\n    |')).toEqual(expect.arrayContaining(['set', 'note', 'files']));
    expect(words('scenarios:\n  - name: a\n    set:\n      commitment: |')).toContain('reserved-1y');
    expect(words('ranges:\n  |')).toContain('calls_per_month');
    const text = 'scenarios:\n  - name: a\n    set:\n      traffic: 2x\n';
    expect(explainSetting(text, text.indexOf('traffic') + 1)?.markdown).toContain('200/s');
  });
});

describe('a scenario is saved with the smallest edit', () => {
  const saved = (text: string, name: string, set: Record<string, string | number | boolean>): string => {
    const { start, oldEnd, text: piece } = editSettings(text, { kind: 'scenario', name, set });
    const result = text.slice(0, start) + piece + text.slice(oldEnd);
    const { settings, problems } = read(result);
    expect(problems).toEqual([]);
    expect(settings.scenarios.find((one) => one.name === name)?.set).toEqual(set);
    return result;
  };
  test.each<[string, string, string, Record<string, string | number>, string]>([
    ['in an empty file', '', 'busy', { traffic: '2x', batch: 8 }, 'scenarios:\n  - name: busy\n    set:\n      traffic: "2x"\n      batch: 8\n'],
    [
      'behind others, with their comments',
      '# ours\nscenarios:\n  # the sale\n  - name: busy\n    set:\n      traffic: 2x # a guess\n\nprovider: aws\n',
      'h100',
      { accelerator: 'h100' },
      '# ours\nscenarios:\n  # the sale\n  - name: busy\n    set:\n      traffic: 2x # a guess\n  - name: h100\n    set:\n      accelerator: h100\n\nprovider: aws\n',
    ],
    [
      'over what it supposed before, with its note and what stands around it',
      'scenarios:\n  # the sale\n  - name: busy\n    note: see the plan\n    set:\n      traffic: 2x\n      batch: 4\n  - name: other # keep\n    set: { batch: 2 }\n',
      'busy',
      { traffic: '5x' },
      'scenarios:\n  # the sale\n  - name: busy\n    note: see the plan\n    set:\n      traffic: "5x"\n  - name: other # keep\n    set: { batch: 2 }\n',
    ],
    ['over what stands in one line', 'scenarios:\n  - name: a\n    set: { batch: 2 }\n', 'a', { batch: 4 }, 'scenarios:\n  - name: a\n    set: { batch: 4 }\n'],
  ])('%s', (_, before, name, set, after) => {
    expect(saved(before, name, set)).toBe(after);
  });
  test('with a name that needs quotes', () => {
    expect(saved('', 'a: #1', { traffic: '100k/month' })).toContain('"a: #1"');
  });
});
