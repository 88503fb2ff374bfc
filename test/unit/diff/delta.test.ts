import { describe, expect, test } from 'vitest';
import { changeText, deltaOf, deltaText, matchWorkloads, type State } from '../../../server/src/core/index.js';
import { context, noise, state, tuning } from '../../support/states.js';

const delta = (before: State | undefined, after: State | undefined) => deltaOf({ ...(before ? { before } : {}), ...(after ? { after } : {}) }, context, noise);

describe('what a change of facts does', () => {
  test('work that is done twice costs about twice, and that is no guess', () => {
    const { state: said, causes, quantities, withinNoise } = delta(state(tuning), state({ ...tuning, epochs: 2 }));
    expect(said).toBe('changed');
    expect(quantities[0]?.name).toBe('usd');
    expect(causes.map(({ fact }) => fact)).toEqual(['epochs']);
    expect((quantities[0]?.after.likely ?? 0) / (quantities[0]?.before.likely ?? 1)).toBeGreaterThan(1.8);
    expect(withinNoise).toBe(false);
  });
  test('the parts of several changes add up to the whole, in whatever order they are written', () => {
    const after = { ...tuning, epochs: 3, batch_size: 1, seq_len: 4096 };
    const one = delta(state(tuning), state(after));
    const whole = (one.quantities[0]?.after.likely ?? 0) - (one.quantities[0]?.before.likely ?? 0);
    expect(one.causes.reduce((sum, { by = Number.NaN }) => sum + by, 0)).toBeCloseTo(whole, 6);
    const reversed = delta(state(tuning), state(Object.fromEntries(Object.entries(after).reverse())));
    expect(reversed.causes.map(({ fact, by }) => [fact, by?.toFixed(6)])).toEqual(one.causes.map(({ fact, by }) => [fact, by?.toFixed(6)]));
  });
  test('many changes add up too', () => {
    const after = { ...tuning, epochs: 3, batch_size: 1, seq_len: 4096, grad_accum: 4, precision: 'fp32', optimizer: 'adafactor', grad_ckpt: true, gpus: 16 };
    const { causes, quantities } = delta(state(tuning), state(after));
    const whole = (quantities[0]?.after.likely ?? 0) - (quantities[0]?.before.likely ?? 0);
    expect(causes.reduce((sum, { by = Number.NaN }) => sum + by, 0)).toBeCloseTo(whole, 6);
  });
  test('a change of speed that measured runs do not bear out is called noise', () => {
    const { quantities, withinNoise } = delta(state(tuning), state({ ...tuning, batch_size: 7 }));
    const ratio = Math.abs(Math.log((quantities[0]?.after.likely ?? 1) / (quantities[0]?.before.likely ?? 1)));
    expect(ratio).toBeGreaterThan(0);
    expect(ratio).toBeLessThan(Math.log(noise.training.factor));
    expect(withinNoise).toBe(true);
  });
  test('a title, a place or a fact without effect is no change', () => {
    expect(delta(state(tuning), state(tuning, { title: 'another', file: 'b.py' })).state).toBe('same');
    expect(delta(state(tuning), state({ ...tuning, eval_metric: 'accuracy' })).state).toBe('same');
  });
  test('where nobody names the accelerator both sides are compared on the same one', () => {
    const { gpu_type: _chip, gpus: _count, ...facts } = tuning;
    const { quantities } = delta(state(facts), state({ ...facts, epochs: 2 }));
    expect(quantities[0]).toMatchObject({ name: 'usd', on: { accelerator: expect.any(String) } });
  });
  test('what cannot be compared is unclear, never nothing', () => {
    const { model: _model, ...facts } = tuning;
    expect(delta(state(tuning), state(facts)).state).toBe('unclear');
  });
  test('new and removed workloads have the cost that they have', () => {
    expect(delta(undefined, state(tuning)).state).toBe('new');
    const text = deltaText(delta(state(tuning), undefined));
    expect(text).toMatchObject({ change: 'removed', before: expect.stringMatching(/^\$/), after: '' });
  });
  test('a price that changes is told as it stands', () => {
    const call = { framework: 'openai', model: 'gpt-4o', input_tokens: 1000, output_tokens: 100, calls_per_month: 1000 };
    const { causes, quantities, withinNoise } = delta(state(call, { kind: 'api-call' }), state({ ...call, output_tokens: 110 }, { kind: 'api-call' }));
    expect(quantities[0]?.name).toBe('usd_per_month');
    expect(causes.map(({ fact }) => fact)).toEqual(['output_tokens']);
    expect(withinNoise).toBe(false);
  });
});

describe('which workload became which', () => {
  const pairs = (before: State[], after: State[], renamed?: ReadonlyMap<string, string>) =>
    matchWorkloads(before, after, renamed).map(({ before, after }) => `${before?.workload.id ?? '∅'} → ${after?.workload.id ?? '∅'}`);
  const [a, b] = [state(tuning, { title: 'a' }), state({ ...tuning, model: 'Qwen/Qwen2.5-7B', epochs: 5, batch_size: 2 }, { title: 'b' })];
  const [one, two] = [state(tuning), state(tuning)];
  test('equal workloads are paired in the order of their file', () => {
    const others = Array.from({ length: 3 }, (_, at) => state(tuning, { file: `a${at}.py`, title: 'n' }));
    const found = matchWorkloads([one, two], [...others, one, two]).filter(({ before }) => before);
    expect(found.map(({ before, after }) => before === after)).toEqual([true, true]);
  });
  test.each<[string, State[], State[], string[], ReadonlyMap<string, string>?]>([
    ['the same ones in another order', [a, b], [b, a], ['train.py#b → train.py#b', 'train.py#a → train.py#a']],
    ['a new one before an old one', [a], [b, a], ['∅ → train.py#b', 'train.py#a → train.py#a']],
    ['one that went', [a, b], [b], ['train.py#b → train.py#b', 'train.py#a → ∅']],
    [
      'a renamed file',
      [a],
      [state({ ...tuning, epochs: 9, batch_size: 1 }, { file: 'x/other.py', title: 'c' })],
      ['train.py#a → x/other.py#c'],
      new Map([['file:///w/train.py', 'file:///w/x/other.py']]),
    ],
    ['code that was moved to another file', [a], [state(tuning, { file: 'lib.py', title: 'a' })], ['train.py#a → lib.py#a']],
    ['another kind is another workload', [a], [state({ model: 'x' }, { kind: 'serving' })], ['∅ → train.py#w', 'train.py#a → ∅']],
    ['nothing before', [], [a], ['∅ → train.py#a']],
  ])('%s', (_, before, after, expected, renamed) => {
    expect(pairs(before, after, renamed)).toEqual(expected);
  });
});

test.each([
  [100, 131, '+31 %'],
  [100, 88, '−12 %'],
  [100, 102.34, '+2.3 %'],
  [100, 310, '3.1 ×'],
  [0, 5, 'new'],
  [3, 3, '±0 %'],
])('from %d to %d is %s', (before, after, text) => {
  expect(changeText(before, after)).toBe(text);
});

test('a limit is said to be one, on both sides', () => {
  const call = { framework: 'openai', model: 'gpt-4o', input_tokens: 1000, max_tokens: 100, calls_per_month: 1000 };
  const of = (facts: State['spec']['facts']) => state(facts, { kind: 'api-call' });
  const limited = deltaText(delta(of(call), of({ ...call, max_tokens: 200 })));
  expect([limited.before, limited.after]).toEqual([expect.stringMatching(/^at most \$[\d.]+\/mo$/), expect.stringMatching(/^at most \$[\d.]+\/mo$/)]);
  expect(deltaText(delta(undefined, of(call))).after).toMatch(/^at most \$/);
  expect(deltaText(delta(of({ ...call, output_tokens: 50 }), of({ ...call, output_tokens: 80 }))).after).toMatch(/^\$/);
});
test('the price of an hour is not shown as the cost of a run', () => {
  const { dataset_size: _size, ...open } = tuning;
  expect(deltaText(delta(state(tuning), state(open))).after).toMatch(/^\$\? at \$\d+\/h$/);
  expect(deltaText(delta(state(open), state(tuning))).before).toMatch(/^\$\? at \$\d+\/h$/);
});
