import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withServingMoney, withTrainingMoney } from '../../../server/src/core/estimate/compose.js';
import { estimate } from '../../../server/src/core/estimate/estimate.js';
import { product } from '../../../server/src/core/estimate/interval.js';
import type { FactValue } from '../../../server/src/core/model/fact.js';
import type { WorkloadKind } from '../../../server/src/core/model/workload.js';
import { contextOf, estimationOf, shippedCatalog } from '../../support/catalog.js';

const catalog = shippedCatalog();
const offer = {
  provider: 'own',
  instance: 'box',
  region: 'any',
  acceleratorId: 'l4',
  acceleratorCount: 1,
  market: 'on-demand',
  source: 'us',
  asOf: '2026-11-01',
} as const;
const at = (usdPerHour: number) => contextOf(shippedCatalog({ offers: [{ ...offer, usdPerHour }] }));
const chips = ['h100', 'a100', 'l4', 't4', 'rtx-4090', 'mi300x', 'nonsense', ''];
const types = ['p5.48xlarge', 'ml.p5.48xlarge', 'ml.p3dn.24xlarge', 'n1-standard-8', 'm5.large', 'Standard_NC24ads_A100_v4'];
const value: fc.Arbitrary<FactValue> = fc.oneof(
  fc.integer({ min: -2, max: 1e6 }),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -1.5, 0.25, 0.5, 2.5, 1e12),
  fc.constantFrom('all', '1..4', '', 'true', '8', 'gpt-4o'),
  fc.boolean(),
);
const anyFacts: fc.Arbitrary<Record<string, FactValue>> = fc.record(
  {
    gpu_type: fc.oneof(fc.constantFrom(...chips), value),
    instance_type: fc.oneof(fc.constantFrom(...types), value),
    model: fc.oneof(fc.constantFrom('gpt-4o', 'claude-3-5-haiku-latest', 'text-embedding-3-small', 'nonsense', 'gemini-2.5-pro'), value),
    ...Object.fromEntries(
      [
        'gpus',
        'gpu_count',
        'num_nodes',
        'replicas',
        'min_replicas',
        'max_replicas',
        'tensor_parallel',
        'max_time',
        'spot',
        'input_tokens',
        'output_tokens',
        'max_tokens',
        'n',
        'cached_input_tokens',
      ].map((name) => [name, value]),
    ),
    ...Object.fromEntries(
      ['prompt_cache', 'batch_api', 'calls_per_month', 'reasoning_effort', 'epochs', 'dataset_size', 'utilisation', 'region', 'provider'].map((name) => [
        name,
        value,
      ]),
    ),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<Record<string, FactValue>>;
const kinds: WorkloadKind[] = ['training', 'serving', 'batch-inference', 'api-call', 'resource'];
const given = estimationOf({ gpu_hours: [80, 100, 125, 'GPU-h'], output_tokens_per_s: [900, 1000, 1200, 'tokens/s'], peak_memory_gib: [10, 12, 15, 'GiB'] });

describe('laws of money', () => {
  it('hold for any facts: nothing throws, ends are finite and in order, no money is $0 unless it scales to zero', () => {
    fc.assert(
      fc.property(fc.constantFrom(...kinds), anyFacts, (kind, facts) => {
        const spec = { kind, facts };
        const all = [estimate(spec, contextOf(catalog)), withTrainingMoney(given, spec, contextOf(catalog)), withServingMoney(given, spec, contextOf(catalog))];
        for (const { estimates, unknown } of all) {
          for (const [name, { low, likely, high, term }] of Object.entries(estimates)) {
            expect(low <= likely && likely <= high && Number.isFinite(high), name).toBe(true);
            if (
              name.startsWith('usd') &&
              !(
                Number(facts['input_tokens']) === 0 ||
                Number(facts['output_tokens']) === 0 ||
                Number(facts['calls_per_month']) === 0 ||
                Number(facts['num_requests']) === 0
              )
            ) {
              expect(likely, name).toBeGreaterThan(0);
            }
            if (term) expect(Math.abs(term.value - likely)).toBeLessThanOrEqual(1e-9 * likely);
          }
          for (const { fact, need, blocks } of unknown) {
            expect(fact).not.toBe('');
            expect(need).not.toBe('');
            for (const name of blocks) expect(estimates[name], `${name} is answered and unknown`).toBeUndefined();
          }
        }
      }),
      { numRuns: 300, seed: 20261125 },
    );
  });

  it('usd is linear in the price', () => {
    const usd = (price: number) =>
      withTrainingMoney(given, { kind: 'training', facts: { gpu_type: 'l4', gpu_count: 4 } }, at(price)).estimates['usd']?.likely ?? Number.NaN;
    const one = usd(1);
    expect(one).toBeCloseTo(100, 9);
    for (const factor of [0.5, 2, 7, 100]) expect(usd(factor)).toBeCloseTo(one * factor, 6);
  });

  it('usd grows with tokens, and twice the calls cost twice', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 1, max: 1e6 }), (input, output, calls) => {
        const facts = (more: Record<string, number> = {}) => ({ model: 'gpt-4o', input_tokens: input, output_tokens: output, calls_per_month: calls, ...more });
        const of = (more?: Record<string, number>) => estimate({ kind: 'api-call', facts: facts(more) }, contextOf(catalog)).estimates;
        expect(of({ input_tokens: input + 1 })['usd_per_call']?.likely).toBeGreaterThan(of()['usd_per_call']?.likely ?? Number.NaN);
        expect(of({ calls_per_month: calls * 2 })['usd_per_month']?.likely).toBeCloseTo((of()['usd_per_month']?.likely ?? Number.NaN) * 2, 6);
      }),
      { numRuns: 50 },
    );
  });

  it('an unknown factor makes the product unknown', () => {
    for (const gone of ['gpu_type', 'gpu_count']) {
      const { [gone]: _gone, ...facts } = { gpu_type: 'h100', gpu_count: 8 } as Record<string, FactValue>;
      for (const kind of ['training', 'serving', 'resource'] as const) {
        const money =
          kind === 'serving'
            ? withServingMoney(given, { kind, facts }, contextOf(catalog))
            : kind === 'training'
              ? withTrainingMoney(given, { kind, facts }, contextOf(catalog))
              : estimate({ kind, facts }, contextOf(catalog));
        expect(Object.keys(money.estimates).filter((name) => name.startsWith('usd'))).toEqual([]);
        expect(money.unknown.map(({ fact }) => fact)).toContain(gone);
      }
    }
  });

  it('an empty catalog prices nothing', () => {
    const empty = contextOf({ ...shippedCatalog(), offers: [], offersOf: () => [], instance: () => [], hardware: () => undefined });
    expect(
      Object.keys(withTrainingMoney(given, { kind: 'training', facts: { gpu_type: 'h100', gpu_count: 8 } }, empty).estimates).filter((name) =>
        name.startsWith('usd'),
      ),
    ).toEqual([]);
  });

  it('products stay between their ends multiplied and around their middle', () => {
    const interval = fc
      .tuple(fc.double({ min: 1e-3, max: 1e3, noNaN: true }), fc.double({ min: 1, max: 5, noNaN: true }), fc.double({ min: 1, max: 5, noNaN: true }))
      .map(([likely, down, up]) => ({ low: likely / down, likely, high: likely * up }));
    fc.assert(
      fc.property(interval, interval, (a, b) => {
        const { low, likely, high } = product(a, b);
        expect(likely).toBeCloseTo(a.likely * b.likely, 6);
        expect(low).toBeGreaterThanOrEqual(a.low * b.low * (1 - 1e-9));
        expect(high).toBeLessThanOrEqual(a.high * b.high * (1 + 1e-9));
        expect(low).toBeLessThanOrEqual(likely * (1 + 1e-12));
        expect(high).toBeGreaterThanOrEqual(likely * (1 - 1e-12));
      }),
    );
  });
});
