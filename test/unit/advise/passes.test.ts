import { describe, expect, test } from 'vitest';
import { passCost, passCosts, passesPerMonth } from '../../../server/src/core/index.js';
import { contextOf, estimationOf, shippedCatalog } from '../../support/catalog.js';

const machine = estimationOf({ latency_ms: [4, 5, 6, 'ms'], requests_per_s: [150, 200, 250, 'requests/s'], usd_per_hour: [0.72, 0.72, 0.9, 'usd/hour'] });
const month = 730 * 3600;

describe('what passes of a model cost', () => {
  test('a full machine costs its hour by the passes of an hour', () => {
    const { usdPer1kFull, traffic } = passCost('l4', machine, undefined);
    expect(usdPer1kFull?.likely).toBeCloseTo(0.72 / 720, 9);
    expect(usdPer1kFull?.low).toBeCloseTo(0.72 / 900, 9);
    expect(usdPer1kFull?.high).toBeGreaterThan(0.9 / 720);
    expect(traffic).toBeUndefined();
  });
  test.each<[what: string, perSecond: number, replicas: number, busy: number, usd: number]>([
    ['few passes pay for a whole machine', 1, 1, 0.005, 0.72 * 730],
    ['as many machines as keep some of their time free', 200, 2, 0.5, 2 * 0.72 * 730],
    ['the traffic of many machines', 1000, 9, 1000 / 1800, 9 * 0.72 * 730],
  ])('at a stated traffic, %s', (_what, perSecond, replicas, busy, usd) => {
    const { traffic } = passCost('l4', machine, perSecond * month);
    expect(traffic).toMatchObject({ replicas, busy: expect.closeTo(busy, 6) });
    expect(traffic?.usdPerMonth.likely).toBeCloseTo(usd, 6);
    expect(traffic?.usdPer1k.likely).toBeCloseTo((usd / (perSecond * month)) * 1000, 9);
  });
  test.each([
    ['its price', { requests_per_s: [150, 200, 250, 'requests/s'] }],
    ['its rate', { usd_per_hour: [1, 1, 1, 'usd/hour'] }],
  ] as const)('nothing is told where %s is not known', (_what, estimates) => {
    expect(passCost('l4', estimationOf(estimates), 1e6)).toEqual({ accelerator: 'l4' });
  });
  test('traffic is stated by the month or by the second', () => {
    expect(passesPerMonth({ kind: 'serving', facts: { calls_per_month: 7 } })).toBe(7);
    expect(passesPerMonth({ kind: 'serving', facts: { requests_per_s: 2 } })).toBe(2 * month);
    expect(passesPerMonth({ kind: 'serving', facts: {} })).toBeUndefined();
  });
  test('the usual machines stand beside each other, the cheapest at this traffic first; or those that are asked for', () => {
    const facts = { model: 'net', task: 'vision', framework: 'onnxruntime', params: 25e6, forward_gmacs: 4, precision: 'fp32', batch_size: 1, gpu_count: 1 };
    const context = contextOf(shippedCatalog());
    const all = passCosts({ kind: 'serving', facts }, context, 1e6);
    const usd = all.map(({ traffic }) => traffic?.usdPerMonth.likely ?? Number.POSITIVE_INFINITY);
    expect(all.length).toBeGreaterThan(4);
    expect(usd).toEqual([...usd].sort((a, b) => a - b));
    expect(passCosts({ kind: 'serving', facts }, context, 1e6, ['l4']).map(({ accelerator }) => accelerator)).toEqual(['l4']);
  });
});
