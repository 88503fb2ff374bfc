import { describe, expect, test } from 'vitest';
import { breakEvens } from '../../../server/src/core/estimate/commitments.js';
import type { Supposed } from '../../../server/src/core/model/scenario.js';
import { outcomeText, sensitivityText, workspaceRows } from '../../../server/src/core/render/what-if.js';
import { type Now, outcomeOf } from '../../../server/src/core/whatif/outcome.js';
import { type Ranges, sensitivityOf } from '../../../server/src/core/whatif/sensitivity.js';
import { workspaceSides } from '../../../server/src/core/whatif/workspace.js';
import { shippedCatalog } from '../../support/catalog.js';
import { context, noise, state } from '../../support/states.js';

const job = {
  model: 'meta-llama/Llama-3.1-8B',
  gpu_type: 'h100',
  gpu_count: 8,
  batch_size: 4,
  grad_accum: 4,
  seq_len: 2048,
  epochs: 2,
  dataset_size: 48_000,
  precision: 'bf16',
  grad_ckpt: true,
  strategy: 'zero2',
  flash_attention: true,
};
const service = { framework: 'vllm', model: 'meta-llama/Llama-3.1-8B-Instruct', gpu_type: 'l4', gpu_count: 1, max_model_len: 8192 };
const chat = { input_tokens: 1024, output_tokens: 256, requests_per_s: 0.5 };
const here = { ...context, provider: 'aws', region: 'us-east-1' };
function now(facts: Now['spec']['facts'], kind: Now['spec']['kind'] = 'training'): Now & { workload: ReturnType<typeof state>['workload'] } {
  const { spec, estimation, workload } = state(facts, { kind });
  return { spec, estimation, context, workload };
}
const tried = (one: Now, ...sets: readonly Supposed[]) =>
  outcomeOf(
    one,
    sets.map((set, at) => ({ name: `s${at + 1}`, set })),
    noise,
  );
const figure = (outcome: ReturnType<typeof tried>, name: string, at = 1) => outcome.rows.find((row) => row.name === name)?.figures[at];

describe('a workload under suppositions', () => {
  test('twice the epochs cost twice as much, to the cent, and that is no noise', () => {
    const cost = figure(tried(now(job), { epochs: '2x' }), 'usd');
    expect(cost?.ratio).toBeCloseTo(2, 1);
    expect(cost?.withinNoise).toBe(false);
  });
  test('supposing what is written changes nothing', () => {
    const { rows, sides } = tried(now(job), { batch: 4, context: 2048 });
    expect(sides[1]?.changes).toEqual([]);
    for (const { figures } of rows) expect(figures[1]?.estimate).toEqual(figures[0]?.estimate);
  });
  test('a change that is smaller than the estimator can tell is said to be so', () => {
    const outcome = tried(now(job), { grad_accum: 5 });
    const time = figure(outcome, 'gpu_hours');
    expect(Math.abs(Math.log(time?.ratio ?? 9))).toBeLessThan(Math.log(noise.training.factor));
    expect(time?.withinNoise).toBe(true);
    expect(outcomeText(outcome, context.catalog).rows.find(({ name }) => name === 'gpu_hours')?.figures[1]?.change).toMatch(/within the noise$/);
  });
  test('prices are arithmetic: however little they move, it is no noise', () => {
    const one = { ...now(service, 'serving'), context: { ...here, region: 'us-east-1' } };
    for (const set of [{ commitment: 'reserved-1y' }, { region: 'eu-west-1' }]) expect(figure(tried(one, set), 'usd_per_month')?.withinNoise).toBe(false);
  });
  test('what a chip needs to fit is seen, and what does not fit is said', () => {
    const outcome = tried(now({ ...job, gpu_count: 1, strategy: 'ddp' }), { accelerator: 't4', precision: 'fp16' });
    expect(outcome.sides[1]?.fits).toBe('does-not-fit');
    expect(outcomeText(outcome, context.catalog).rows.find(({ name }) => name === 'peak_memory_gib')?.figures[1]?.figure).toContain('✗ does not fit');
  });
  test('an unknown stays unknown with what would make it known, on the side where it is', () => {
    const { epochs: _epochs, dataset_size: _size, ...open } = job;
    const outcome = tried(now(open), { max_steps: 500 });
    const [before, after] = outcome.rows.find(({ name }) => name === 'usd')?.figures ?? [];
    expect(before?.estimate).toBeUndefined();
    expect(before?.need).toMatch(/samples|steps|epochs/);
    expect(after?.estimate?.likely).toBeGreaterThan(0);
    expect(after?.ratio).toBeUndefined();
    expect(outcomeText(outcome, context.catalog).rows.find(({ name }) => name === 'usd')?.figures[0]?.figure).toBe('unknown');
  });
  test('an accelerator that nobody knows leaves figures unknown, never those of now', () => {
    const outcome = tried(now(job), { accelerator: 'abacus-9000' });
    expect(figure(outcome, 'usd')?.estimate).toBeUndefined();
    expect(outcome.sides[1]?.estimation.unknown.find(({ fact }) => fact === 'gpu_type')?.need).toContain('abacus-9000');
  });
  test('a service that cannot carry its traffic says so, though its month costs less', () => {
    const outcome = tried(now({ ...service, ...chat, replicas: 1 }, 'serving'), { traffic: '100/s' });
    expect(outcomeText(outcome, context.catalog).sides[1]?.notes.join()).toMatch(/needs at least \d+ replicas/);
  });
  test('the most that a call can cost is not compared with what one will cost', () => {
    const outcome = tried(
      now({ model: 'gpt-4o-mini', input_tokens: 400, max_tokens: 500, calls_per_month: 1000 }, 'api-call'),
      { output_tokens: 100 },
      { traffic: '2x' },
    );
    const [before, stated, twice] = outcome.rows.find(({ name }) => name === 'usd_per_month')?.figures ?? [];
    expect([before?.atMost, stated?.atMost, twice?.atMost]).toEqual([true, undefined, true]);
    expect(stated?.ratio).toBeUndefined();
    expect(twice?.ratio).toBeCloseTo(2, 9);
  });
});

describe('a workspace under suppositions', () => {
  const all = [now(job), now({ ...service, replicas: 2 }, 'serving'), now({ model: 'meta-llama/Llama-3.1-8B', gpu_type: 'h100' })].map((one) => ({
    one,
    workload: one.workload,
  }));
  const sides = (set: Supposed) => workspaceSides(all.map(({ one, workload }) => ({ workload, sides: tried(one, set).sides })));
  test('runs and months add up apart, and what is unknown is counted', () => {
    const [before, after] = sides({ accelerator: 'h200' });
    expect(before?.sums.parts.map(({ name, of }) => `${name} ${of}`)).toEqual(expect.arrayContaining(['usd 1', 'usd_per_month 1']));
    expect(before?.sums.without).toBe(1);
    expect(after?.changed).toBe(3);
    const total = before?.sums.parts.find(({ name }) => name === 'usd');
    expect(total?.value.likely).toBeCloseTo(all[0]?.one.estimation.estimates['usd']?.likely ?? Number.NaN, 9);
  });
  test('a sum over other workloads is no change of the same sum', () => {
    const rows = workspaceRows(sides({ accelerator: 'abacus-9000' }));
    expect(rows.find(({ name }) => name === 'usd')?.figures.map((one) => one.figure)).toEqual([expect.stringMatching(/^\$/), 'none']);
    expect(rows.find(({ name }) => name === 'without')?.figures.map((one) => one.figure)).toEqual(['1', '3']);
  });
});

describe('what moves a figure most', () => {
  const sensitivity = (one: Now, ranges: Ranges = {}, quantity?: string) => {
    const found = sensitivityOf(one, ranges, quantity);
    expect(found).toBeDefined();
    return found as NonNullable<typeof found>;
  };
  test('every bar holds the figure of now, the widest first, each with what its range rests on', () => {
    const { swings, now: figure_ } = sensitivity({ ...now(job), context: here });
    expect(swings.length).toBeGreaterThan(5);
    for (const { low, high } of swings) {
      expect(low.value).toBeLessThanOrEqual(figure_.likely);
      expect(high.value).toBeGreaterThanOrEqual(figure_.likely);
    }
    const widths = swings.map(({ low, high }) => high.value - low.value);
    expect(widths).toEqual([...widths].sort((a, b) => b - a));
    expect(Object.fromEntries(swings.map(({ word, origin }) => [word, origin]))).toMatchObject({
      estimate: 'estimate',
      accelerator: 'catalog',
      provider: 'catalog',
      epochs: 'convention',
    });
  });
  test('half to double is half and double of what is arithmetic', () => {
    const { swings, now: figure_ } = sensitivity(now(job));
    const size = swings.find(({ word }) => word === 'dataset_size');
    expect([size?.low.to, size?.high.to]).toEqual([24_000, 96_000]);
    expect((size?.high.value ?? 0) / figure_.likely).toBeCloseTo(2, 1);
  });
  test('a declared range takes the place of the convention, under a word or a fact', () => {
    for (const ranges of [{ dataset_size: [40_000, 50_000] }, { context: [1024, '3x'] }] satisfies readonly Ranges[]) {
      const found = sensitivity(now(job), ranges).swings.filter(({ origin }) => origin === 'declared');
      expect(found.map(({ word }) => word)).toEqual(Object.keys(ranges));
    }
    expect(sensitivity(now(job), { context: [1024, '3x'] }).swings.some(({ word }) => word === 'seq_len')).toBe(false);
  });
  test('a range that means nothing here is named', () => {
    expect(sensitivity(now(job), { traffic: ['1x', '2x'] }).untold.map(({ word }) => word)).toEqual(['traffic']);
  });
  test('another figure may be asked about', () => {
    const one = now({ ...service, ...chat }, 'serving');
    const { quantity, swings } = sensitivity(one, {}, 'usd_per_1m_tokens');
    expect(quantity).toBe('usd_per_1m_tokens');
    expect(swings.map(({ word }) => word)).toContain('requests_per_s');
  });
  test('without a figure nothing is told', () => {
    expect(sensitivityOf(now({ model: 'm', gpu_type: 'abacus-9000' }))).toBeUndefined();
    expect(sensitivityOf(now(job), {}, 'usd_per_call')).toBeUndefined();
  });
  test('in words it says where each end is, and what is taken', () => {
    const { title, swings } = sensitivityText(sensitivity({ ...now(job), context: here }));
    expect(title).toMatch(/^Cost, \$\d+ now: what moves it most/);
    for (const { low, high } of swings) expect(`${low} ${high}`).toMatch(/as it is|at |\(low end\)/);
    expect(JSON.stringify(swings)).not.toMatch(/undefined|NaN/);
  });
});

describe('break-even of commitments', () => {
  const machine = { provider: 'aws', instance: 'x.8', region: 'r1', acceleratorId: 'h100-sxm-80gb', acceleratorCount: 8, service: 'vm', source: 's' } as const;
  const catalog = (offers: readonly object[]) => shippedCatalog({ offers: offers.map((one) => ({ ...machine, ...one })) as never });
  const own = (offers: readonly object[], where = { provider: 'aws', region: 'r1' }) => breakEvens(catalog(offers), 'h100-sxm-80gb', where);
  test('is the committed price over the price by the hour, and in hours of a month', () => {
    const [first, second] = own([
      { market: 'on-demand', usdPerHour: 100, asOf: '2026-02-01' },
      { market: 'reserved-1y', usdPerHour: 70, asOf: '2026-03-01' },
      { market: 'reserved-3y', usdPerHour: 45, asOf: '2026-01-01' },
    ]);
    expect(first).toMatchObject({ term: 'reserved-3y', share: 0.45, hoursPerMonth: 328.5, savesPerMonth: 40_150, asOf: '2026-01-01', own: true });
    expect(second).toMatchObject({ term: 'reserved-1y', share: 0.7, hoursPerMonth: expect.closeTo(511, 6), asOf: '2026-02-01' });
  });
  test('a commitment that is dearer than the hours of a month never pays', () => {
    const [first] = own([
      { market: 'on-demand', usdPerHour: 10, asOf: '' },
      { market: 'reserved-1y', usdPerHour: 12, asOf: '' },
    ]);
    expect(first?.share).toBeCloseTo(1.2, 9);
    expect(first?.savesPerMonth).toBeLessThan(0);
  });
  test.each<[string, readonly object[]]>([
    ['without a price by the hour', [{ market: 'reserved-1y', usdPerHour: 70, asOf: '' }]],
    ['without a committed price', [{ market: 'on-demand', usdPerHour: 70, asOf: '' }]],
    [
      'of another machine',
      [
        { market: 'on-demand', usdPerHour: 70, asOf: '' },
        { market: 'reserved-1y', usdPerHour: 50, asOf: '', instance: 'y.8' },
      ],
    ],
    [
      'of another region',
      [
        { market: 'on-demand', usdPerHour: 70, asOf: '' },
        { market: 'reserved-1y', usdPerHour: 50, asOf: '', region: 'r2' },
      ],
    ],
  ])('none %s', (_, offers) => {
    expect(own(offers)).toEqual([]);
  });
  test('of the list are all sound, and of one provider where one is named', () => {
    const found = breakEvens(context.catalog, 'a100-sxm-80gb', { provider: 'amazon' });
    expect(found.length).toBeGreaterThan(0);
    for (const one of found) {
      expect(one.provider).toBe('aws');
      expect(one.share).toBeGreaterThan(0.1);
      expect(one.hoursPerMonth).toBeCloseTo(one.share * 730, 6);
    }
  });
});
