import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Advice, cheaperDetail, type EstimateContext, frontText, paretoFront, type Spec, serveWays, waysText } from '../../../server/src/core/index.js';
import { shippedCatalog } from '../../support/catalog.js';

const data = (name: string): string => readFileSync(new URL(`../../../server/data/${name}`, import.meta.url), 'utf8');
const context: EstimateContext = { catalog: shippedCatalog(), coefficients: JSON.parse(data('coefficients.json')) };

const choice = (title: string, cost: number, level: Advice['risk']['level'], median?: number, wait?: number): Advice => ({
  id: title,
  workload: 'w',
  title,
  changes: [],
  saving: { percent: 100 - cost, unit: 'usd/month' },
  cost,
  ...(wait === undefined ? {} : { wait: { name: 'latency_ms', before: 100, after: wait } }),
  legality: 'native',
  notes: [],
  risk: { level, evidence: [], ...(median === undefined ? {} : { recovery: { low: median - 2, median, high: median + 1 } }) },
  effort: 1,
  editable: true,
});

describe('the front of cost, quality and waiting', () => {
  test('has what no other choice beats in all three, the cheapest first; the unmeasured is on no front', () => {
    const front = paretoFront([
      choice('half price', 50, 'low', 99, 80),
      choice('dearer and worse', 60, 'medium', 97, 120),
      choice('cheapest and slow', 40, 'medium', 95, 300),
      choice('same results', 90, 'none', undefined, 100),
      choice('nobody knows', 10, 'unmeasured'),
    ]);
    expect(front?.points.filter(({ onFront }) => onFront).map(({ title }) => title)).toEqual(['cheapest and slow', 'half price', 'same results']);
    expect(front?.points.find(({ title }) => title === 'as it stands')).toMatchObject({ cost: 100, quality: 100, onFront: false });
    expect(front && frontText(front)).toContain('  $50/mo · keeps 99 % of the quality · waits 80 ms · half price');
  });
  test('is none without alternatives that have a figure', () => {
    expect(paretoFront([])).toBeUndefined();
  });
});

describe('which way to serve a model', () => {
  const service = (facts: Spec['facts']): Spec => ({
    kind: 'serving',
    facts: {
      framework: 'vllm',
      model: 'meta-llama/Llama-3.1-8B-Instruct',
      gpu_type: 'h100-sxm-80gb',
      gpu_count: 1,
      input_tokens: 1000,
      output_tokens: 300,
      ...facts,
    },
  });
  const cost = (spec: Spec, way: string): number => {
    const found = serveWays(spec, context);
    return 'ways' in found ? (found.ways.find((one) => one.way === way)?.usdPerMonth?.likely ?? Number.NaN) : Number.NaN;
  };

  test('without traffic there is nothing to compare, and it says what is missing', () => {
    expect(serveWays(service({}), context)).toEqual({ lacks: ['calls_per_month or requests_per_s'] });
  });
  test('a machine that stands costs the same for little traffic, one billed by the second less', () => {
    const [few, more] = [service({ calls_per_month: 1000 }), service({ calls_per_month: 100_000 })];
    expect(cost(few, 'dedicated')).toBe(cost(more, 'dedicated'));
    expect(cost(few, 'serverless')).toBeLessThan(0.2 * cost(few, 'dedicated'));
    expect(cost(more, 'serverless')).toBeGreaterThan(2 * cost(few, 'serverless'));
  });
  test('more traffic than a replica takes needs more of them', () => {
    expect(cost(service({ requests_per_s: 500 }), 'dedicated')).toBeGreaterThan(3 * cost(service({ requests_per_s: 1 }), 'dedicated'));
  });
  test('batches cost in proportion to their requests, and never more than a machine that stands', () => {
    const one = cost(service({ calls_per_month: 100_000 }), 'batch');
    expect(cost(service({ calls_per_month: 200_000 }), 'batch')).toBeCloseTo(2 * one, 6);
    expect(one).toBeLessThan(cost(service({ calls_per_month: 100_000 }), 'dedicated'));
  });
  test('a hosted call of an open model says from which traffic on a machine of one’s own is cheaper', () => {
    const call: Spec = {
      kind: 'api-call',
      facts: { model: 'meta-llama/Llama-3.1-8B-Instruct', input_tokens: 4000, output_tokens: 1000, calls_per_month: 10_000 },
    };
    const found = serveWays(call, context);
    if (!('ways' in found)) throw new Error(found.lacks.join());
    expect(found.ways[0]?.way).not.toBe('dedicated');
    if (found.breakEven) {
      const beyond = serveWays({ ...call, facts: { ...call.facts, calls_per_month: found.breakEven.requestsPerMonth * 1.05 } }, context);
      if (!('ways' in beyond)) throw new Error(beyond.lacks.join());
      const month = (way: string): number => beyond.ways.find((one) => one.way === way)?.usdPerMonth?.likely ?? Number.NaN;
      expect(month('dedicated')).toBeLessThan(month('hosted'));
    }
    expect(waysText(found)[0]).toBe('Ways to serve 10,000 requests a month of 4,000 tokens in and 1,000 out:');
  });
  test('weights that nobody publishes are served by their maker only', () => {
    const found = serveWays(
      { kind: 'api-call', facts: { model: 'gpt-4o', framework: 'openai', input_tokens: 1000, output_tokens: 100, calls_per_month: 1000 } },
      context,
    );
    if (!('ways' in found)) throw new Error(found.lacks.join());
    expect(found.ways.filter(({ usdPerMonth }) => usdPerMonth).map(({ way }) => way)).toEqual(['batch', 'hosted']);
    expect(found.ways.find(({ way }) => way === 'dedicated')?.lacks).toMatch(/weights of gpt-4o are not known/);
  });
});

test('what makes a run fit at the same cost saves nothing, and is not said to', () => {
  const fits: Advice = { ...choice('gradient checkpointing', 3.8, 'none'), saving: { usd: 0, percent: 0, unit: 'usd/hour' }, makesItFit: true };
  expect(cheaperDetail(fits)).toBe('fits · same results');
});
