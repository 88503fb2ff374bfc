import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CompareRow } from '../../server/src/core/estimate/compare.js';
import { mainCost } from '../../server/src/core/estimate/main-cost.js';
import type { Estimate, Estimation, Interval, Term, Unit } from '../../server/src/core/model/estimate.js';
import type { Fact, FactValue, Origin } from '../../server/src/core/model/fact.js';
import { factNames } from '../../server/src/core/model/fact-names.js';
import type { Workload, WorkloadKind } from '../../server/src/core/model/workload.js';
import { adviceOf } from '../../server/src/core/render/advice.js';
import { compareText } from '../../server/src/core/render/compare.js';
import { explainMarkdown } from '../../server/src/core/render/explain.js';
import { type HoverInput, hoverMarkdown } from '../../server/src/core/render/hover.js';
import { lensText } from '../../server/src/core/render/lens.js';
import { budgetText, lineEndText, treeText } from '../../server/src/core/render/short.js';
import { totalsOf, totalText } from '../../server/src/core/render/totals.js';
import type { Budget } from '../../server/src/core/spend/budget.js';
import { ofNumber, zero } from '../../server/src/core/spend/decimal.js';
import { shippedCatalog } from '../support/catalog.js';

const budget: Budget = {
  name: 'team',
  owner: {},
  amount: zero,
  currency: 'USD',
  period: { kind: 'month' },
  timeZone: 'UTC',
  thresholds: [],
  plan: {},
  rollOver: 'none',
  cost: 'billed',
  contacts: [],
};

const catalog = shippedCatalog();
const runs = { numRuns: 200, seed: 20261126 };

/** What no text may show: a number that is none, a value that is missing, money that rounding made nothing. */
const broken = /NaN|undefined|Infinity|∞|null|\[object|\$0[.,]00(?!\d)|\$-/;

const quantities: Readonly<Record<string, Unit>> = {
  usd: 'usd',
  usd_max: 'usd',
  usd_per_epoch: 'usd',
  usd_per_month: 'usd/month',
  usd_per_month_max: 'usd/month',
  usd_per_hour: 'usd/hour',
  usd_per_call: 'usd/call',
  usd_per_call_max: 'usd/call',
  usd_per_call_output_max: 'usd/call',
  usd_per_1m_tokens: 'usd/1M tokens',
  usd_per_1m_tokens_full: 'usd/1M tokens',
  usd_per_1m_input_tokens: 'usd/1M tokens',
  usd_per_1m_output_tokens: 'usd/1M tokens',
  usd_per_1k_requests: 'usd/1k requests',
  gpu_hours: 'GPU-h',
  wall_hours: 'h',
  step_time_s: 's',
  ttft_ms: 'ms',
  peak_memory_gib: 'GiB',
  memory_share: 'share',
  mfu: 'share',
  gpus: 'count',
  steps: 'steps',
  train_tokens: 'tokens',
  tokens_per_s_per_gpu: 'tokens/s/GPU',
  energy_kwh: 'kWh',
  carbon_kg: 'kgCO2e',
};
const kinds: readonly WorkloadKind[] = ['training', 'serving', 'batch-inference', 'api-call', 'resource'];

/** Sizes over the whole range that a double has, dense where figures lie. */
const size = fc.oneof(
  fc.double({ min: 0, max: 1e4, noNaN: true }),
  fc.integer({ min: -12, max: 15 }).chain((power) => fc.double({ min: 1, max: 10, noNaN: true }).map((digits) => digits * 10 ** power)),
  fc.constantFrom(0, 0.0949, 0.095, 0.0994, 0.995, 9.949, 9.95, 99.5, 999.5, 999_499, 999_999_999, 1e15),
);
const spoilt = fc.oneof(
  { weight: 30, arbitrary: size },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY) },
);
const interval = (ends: fc.Arbitrary<number>): fc.Arbitrary<Interval> =>
  fc.tuple(ends, ends, ends).map((three) => {
    const [low = 0, likely = 0, high = 0] = [...three].sort((a, b) => a - b);
    return { low, likely, high };
  });
/** Words as a workspace may have them, but for those that the law itself looks for. */
const word = fc
  .tuple(fc.string({ maxLength: 12, unit: 'grapheme-ascii' }), fc.constantFrom('', 'é·🚀', '`|', '[x](y)', '\n', '<b>', '$1', 'x'.repeat(70)))
  .map((parts) => parts.join(''))
  .filter((text) => !broken.test(text));
const value: fc.Arbitrary<FactValue> = fc.oneof(spoilt, word, fc.boolean(), fc.constantFrom('auto', 'all', '1..4', '-1'));
const facts: fc.Arbitrary<Fact[]> = fc
  .dictionary(fc.constantFrom(...Object.keys(factNames)), fc.oneof(value, fc.constantFrom('h100', 'a100', 'l4', 'nope', '8')), { maxKeys: 8 })
  .chain((named) =>
    fc
      .constantFrom<Origin>('literal', 'default', 'assumption', 'other-file')
      .map((origin) => Object.entries(named).map(([name, one]) => ({ name, value: one, origin }))),
  );
const { term } = fc.letrec<{ term: Term; children: Term[] }>((tie) => ({
  children: fc.array(tie('term'), { maxLength: 3 }),
  term: fc.record(
    {
      id: fc.constant('part'),
      label: word,
      value: spoilt,
      unit: fc.constantFrom<Unit>('usd', 'GiB', 's', 'h', 'share', 'count', 'FLOP'),
      formula: word,
      source: word,
      children: fc.oneof({ depthSize: 'small' }, fc.constant([]), tie('children')),
    },
    { requiredKeys: ['id', 'label', 'value', 'unit'] },
  ) as fc.Arbitrary<Term>,
}));
const estimatesOf = (ends: fc.Arbitrary<number>, tree: fc.Arbitrary<Term | undefined>): fc.Arbitrary<Record<string, Estimate>> =>
  fc
    .array(fc.tuple(fc.constantFrom(...Object.keys(quantities)), interval(ends), tree), { maxLength: 10 })
    .map((list) =>
      Object.fromEntries(
        list.map(([name, ordered, made]) => [
          name,
          { ...ordered, unit: quantities[name] ?? 'count', basis: '41 similar runs', ...(made ? { term: made } : {}) },
        ]),
      ),
    );
const estimationOf = (ends: fc.Arbitrary<number>, tree: fc.Arbitrary<Term | undefined> = fc.constant(undefined)): fc.Arbitrary<Estimation> =>
  fc.record({
    estimates: estimatesOf(ends, tree),
    unknown: fc.array(
      fc.record({
        fact: fc.constantFrom('gpu_type', 'seq_len', 'dataset_size', 'model', 'calls_per_month', 'own_fact'),
        need: word,
        blocks: fc.subarray(['usd', 'gpu_hours', 'usd_per_month', 'usd_per_call', 'peak_memory_gib']),
      }),
      { maxLength: 3 },
    ),
    assumed: fc.array(fc.record({ fact: fc.constantFrom('gpus', 'gpu_type', 'utilisation', 'seq_len'), value, why: word }), { maxLength: 3 }),
    notes: fc.array(word, { maxLength: 2 }),
  });
const workload: fc.Arbitrary<Workload> = fc
  .record({ kind: fc.constantFrom(...kinds), title: word, facts, framework: word, counted: fc.boolean(), fragment: fc.boolean() })
  .map(({ kind, title, facts: list, framework, counted, fragment }) => ({
    id: 'a.py#1',
    kind,
    framework,
    title,
    span: { uri: 'file:///w/a.py', start: 0, end: 1 },
    facts: list,
    unknown: [],
    conflicts: list.slice(0, 1),
    ...(fragment ? { fragment: true as const } : {}),
    ...(counted ? { countedIn: 'train/run.sh#training-1' } : {}),
  }));
const viewOf = (ends: fc.Arbitrary<number>): fc.Arbitrary<Omit<HoverInput, 'catalog'>> =>
  fc
    .record({
      workload,
      estimation: estimationOf(ends, fc.option(term, { nil: undefined })),
      others: fc.array(estimationOf(ends), { maxLength: 2 }),
      locale: fc.constantFrom('en-US', 'de-DE', 'hi-IN'),
      showIntervals: fc.boolean(),
    })
    .map(({ others, locale, ...rest }) => ({
      ...rest,
      style: { locale },
      alternatives: others.map((estimation, at) => ({ accelerator: ['h100-sxm-80gb', 'l4'][at] ?? 't4', estimation })),
      place: () => ({ uri: 'file:///w/a.py', line: 3, label: 'line 4' }),
      ref: { uri: 'file:///w/a.py', id: 'a.py#1' },
    }));

/** Every text about one workload. */
const textsOf = (view: HoverInput): Record<string, string> => ({
  lens: lensText(view).title,
  lineEnd: lineEndText(view),
  tree: Object.values(treeText(view)).join(' '),
  hover: hoverMarkdown(view),
  explain: explainMarkdown(view),
  advice: adviceOf(view)
    .map(({ message }) => message)
    .join(' '),
});

describe('texts', () => {
  test('of any estimation and facts show no number that is none, nothing missing, no money rounded to nothing', () => {
    fc.assert(
      fc.property(viewOf(spoilt), (view) => {
        for (const [name, text] of Object.entries(textsOf({ ...view, catalog }))) expect(text, name).not.toMatch(broken);
      }),
      runs,
    );
  });
  test('of totals, budgets and comparisons hold the same', () => {
    const row = fc
      .record({
        usd: fc.option(interval(spoilt), { nil: undefined }),
        hours: interval(spoilt),
        carbon: interval(spoilt),
        count: fc.integer({ min: 1, max: 4096 }),
      })
      .map(
        ({ usd, ...rest }): CompareRow => ({
          provider: 'aws',
          region: 'us-east-1',
          instance: 'p5.48xlarge',
          market: 'spot',
          accelerator: 'h100-sxm-80gb',
          instances: 2,
          paid: 16,
          link: 'machine',
          unit: 'usd',
          fits: 'tight',
          asOf: '2026-11-01',
          own: false,
          ...rest,
          ...(usd ? { usd } : {}),
        }),
      );
    fc.assert(
      fc.property(row, size, fc.constantFrom('USD', 'EUR', 'JPY'), (one, amount, currency) => {
        expect(Object.values(compareText(one, catalog)).join(' ')).not.toMatch(broken);
        expect(budgetText({ ...budget, amount: ofNumber(amount) ?? zero, currency }).description).not.toMatch(broken);
      }),
      runs,
    );
  });
  test('say that something is unknown where no money is told, and never $0', () => {
    fc.assert(
      fc.property(viewOf(size), (view) => {
        const estimates = Object.fromEntries(Object.entries(view.estimation.estimates).filter(([name]) => !name.startsWith('usd')));
        const { fragment: _fragment, countedIn: _counted, ...plain } = view.workload;
        // The lens quotes what it cannot price: a GPU that somebody called $1 is no money.
        const facts = plain.facts.filter(({ value }) => !/\$\s?\d/.test(String(value)));
        const bare = {
          ...view,
          catalog,
          workload: { ...plain, facts, title: 'Job' },
          estimation: { ...view.estimation, estimates, assumed: [] },
          alternatives: [],
        };
        const { title, state } = lensText(bare);
        const figures = title.replace(/ on .*/, '');
        expect(figures).not.toMatch(/\$\s?\d/);
        expect(title).toMatch(/\$\?|unknown/);
        expect(state).not.toBe('ok');
        expect(lineEndText(bare)).not.toMatch(/\$\d/);
      }),
      runs,
    );
  });
  test('keep something small apart from nothing: only 0 prints as $0', () => {
    fc.assert(
      fc.property(size, fc.constantFrom<Unit>('usd', 'usd/month', 'usd/call', 'usd/hour'), (likely, unit) => {
        const kind = unit === 'usd/call' ? 'api-call' : unit === 'usd' ? 'training' : 'serving';
        const name = { usd: 'usd', 'usd/month': 'usd_per_month', 'usd/call': 'usd_per_call', 'usd/hour': 'usd_per_hour' }[unit as 'usd'];
        const estimation: Estimation = { estimates: { [name]: { low: likely, likely, high: likely, unit, basis: 'x' } }, unknown: [], assumed: [], notes: [] };
        const text = lineEndText({ workload: { ...job, kind }, estimation, catalog });
        expect(/\$0(?![.,\d])/.test(text)).toBe(likely === 0);
      }),
      runs,
    );
  });
});

const job: Workload = {
  id: 'a.py#1',
  kind: 'training',
  framework: 'x',
  title: 'Job',
  span: { uri: 'file:///w/a.py', start: 0, end: 1 },
  facts: [],
  unknown: [],
  conflicts: [],
};

describe('totals', () => {
  /** Workloads with names of their own; some are counted by a neighbour, some by one that is not among them. */
  const counted = fc
    .array(fc.record({ workload, estimation: estimationOf(size), by: fc.constantFrom('', 'a', 'b', 'elsewhere') }), { maxLength: 5 })
    .map((list) =>
      list.map(({ workload: { countedIn: _, ...one }, estimation, by }, at) => {
        const id = ['a', 'b', 'c', 'd', 'e'][at] ?? 'f';
        return { workload: { ...one, id, ...(by === '' || by === id ? {} : { countedIn: by }) }, estimation };
      }),
    );
  const sums = ['once', 'monthly', 'onceAtMost', 'monthlyAtMost'] as const;

  test('are the sum of what they count, once each, with limits apart, and count every workload as known or unknown', () => {
    fc.assert(
      fc.property(counted, (all) => {
        const totals = totalsOf(all);
        const there = new Set(all.map((one) => one.workload.id));
        const own = all.filter(({ workload: { countedIn, fragment } }) => !fragment && (countedIn === undefined || !there.has(countedIn)));
        const costs = own.map((one) => mainCost(one.workload.kind, one.estimation));
        const sum = (unit: Unit, limit: boolean) =>
          costs.reduce((total, cost) => total + (cost?.unit === unit && cost.name.endsWith('_max') === limit ? cost.likely : 0), 0);
        expect(totals.once).toBeCloseTo(sum('usd', false), 6);
        expect(totals.onceAtMost).toBeCloseTo(sum('usd', true), 6);
        expect(totals.monthly).toBeCloseTo(sum('usd/month', false), 6);
        expect(totals.monthlyAtMost).toBeCloseTo(sum('usd/month', true), 6);
        expect(totals.counted + totals.unknown).toBe(own.length);
        expect(totalText(totals)).not.toMatch(broken);
      }),
      runs,
    );
  });
  test('add up over any split, and an unknown changes no sum but is said', () => {
    fc.assert(
      fc.property(counted, counted, (a, other) => {
        const b = other.map(({ workload: one, estimation }) => ({
          workload: { ...one, id: `${one.id}2`, ...(one.countedIn === undefined ? {} : { countedIn: `${one.countedIn}2` }) },
          estimation,
        }));
        const [left, right, both] = [totalsOf(a), totalsOf(b), totalsOf([...a, ...b])];
        for (const part of sums) expect(Math.abs(both[part] - left[part] - right[part])).toBeLessThanOrEqual(1e-9 * Math.max(1, both[part]));
        expect(both.unknown).toBe(left.unknown + right.unknown);
        const gap = { workload: job, estimation: { estimates: {}, unknown: [], assumed: [], notes: [] } };
        const more = totalsOf([...a, gap]);
        expect(more).toEqual({ ...left, unknown: left.unknown + 1 });
        expect(totalText(more)).toContain('without a total');
      }),
      runs,
    );
  });
});
