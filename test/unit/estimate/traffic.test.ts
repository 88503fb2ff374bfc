import { describe, expect, it } from 'vitest';
import { withServingMoney } from '../../../server/src/core/estimate/compose.js';
import type { FactValue } from '../../../server/src/core/model/fact.js';
import { contextOf, estimationOf, shippedCatalog } from '../../support/catalog.js';

const aws = contextOf(shippedCatalog(), { provider: 'aws', region: 'us-east-1', market: 'on-demand' });
const nowhere = contextOf(shippedCatalog());
const month = 730 * 3600;
/** A replica that answers ten requests of 200 tokens a second. */
const served = estimationOf({
  saturation_output_tokens_per_s: [1600, 2000, 2500, 'tokens/s'],
  prompt_time_share: [0.15, 0.2, 0.3, 'share'],
  weights_gib: [15, 16, 17, 'GiB'],
  kv_capacity_tokens: [90_000, 100_000, 110_000, 'tokens'],
});
const facts = { gpu_type: 'l4', gpu_count: 1, input_tokens: 500, output_tokens: 200 };
const of = (more: Record<string, FactValue>, context = aws) => withServingMoney(served, { kind: 'serving', facts: { ...facts, ...more } }, context);
const value = (estimation: ReturnType<typeof of>, name: string) => estimation.estimates[name]?.likely ?? Number.NaN;

describe('tokens in and out', () => {
  it('share the time of the devices, and make up a request', () => {
    const one = of({ utilisation: 0.5 });
    const request = (value(one, 'usd_per_1m_input_tokens') * 500 + value(one, 'usd_per_1m_output_tokens') * 200) / 1e6;
    expect(request * 1000).toBeCloseTo(value(one, 'usd_per_1k_requests'), 6);
    expect((value(one, 'usd_per_1m_input_tokens') * 500) / 1e6 / request).toBeCloseTo(0.2, 6);
  });
  it('are not told apart where a length is missing', () => {
    const { input_tokens: _in, ...short } = facts;
    expect(withServingMoney(served, { kind: 'serving', facts: short }, aws).estimates['usd_per_1m_input_tokens']).toBeUndefined();
  });
});

describe('a stated traffic', () => {
  it('parts the month into busy and idle', () => {
    const one = of({ requests_per_s: 1 });
    expect(value(one, 'usd_per_month_busy') / value(one, 'usd_per_month')).toBeCloseTo(0.1, 3);
    expect(value(one, 'usd_per_month_busy') + value(one, 'usd_per_month_idle')).toBeCloseTo(value(one, 'usd_per_month'), 6);
  });
  it('says how busy the server is: nothing is assumed then', () => {
    const one = of({ requests_per_s: 1 });
    expect(one.assumed.map(({ fact }) => fact)).not.toContain('utilisation');
    expect(one.estimates['usd_per_1m_tokens']?.basis).toContain('10 % busy');
  });
  it('may be stated by the month', () => {
    expect(value(of({ calls_per_month: month }), 'usd_per_month_busy')).toBeCloseTo(value(of({ requests_per_s: 1 }), 'usd_per_month_busy'), 6);
  });
  it.each([
    [1, 1],
    [6, 1],
    [6.1, 2],
    [30, 5],
  ])('%d requests a second need %d replicas, 60 %% busy', (requests_per_s, replicas) => {
    expect(value(of({ requests_per_s }), 'replicas_needed')).toBe(replicas);
  });
  it('that the replicas cannot answer is said', () => {
    expect(of({ requests_per_s: 100 }).notes.join(' ')).toMatch(/needs at least 8 replicas/);
    expect(of({ requests_per_s: 1 }).notes.join(' ')).not.toMatch(/needs at least/);
  });
  it('scales between the bounds', () => {
    const one = of({ requests_per_s: 30, min_replicas: 1, max_replicas: 3 });
    expect(value(one, 'usd_per_month_scaled')).toBeCloseTo(3 * value(of({}), 'usd_per_month'), 0);
    expect(of({ requests_per_s: 1, min_replicas: 1, max_replicas: 3 }).estimates['usd_per_month_scaled']).toBeUndefined();
  });
  it('that nobody states adds nothing', () => {
    for (const name of ['usd_per_month_busy', 'usd_per_month_idle', 'replicas_needed', 'usd_per_month_to_zero', 'usd_per_month_egress'])
      expect(of({}).estimates[name]).toBeUndefined();
  });
});

describe('scaling to zero', () => {
  const zero = { min_replicas: 0, max_replicas: 1, idle_timeout: 60, cold_start_s: 30 };
  it('pays for the time that it is up, cold starts among it', () => {
    const rate = 1 / 600; // a request every ten minutes: up for 30 s and e^0.1 − 1 of ten minutes, then down for ten
    const up = 30 + 600 * Math.expm1(0.1);
    const one = of({ ...zero, requests_per_s: rate });
    expect(value(one, 'cold_starts_per_month')).toBeCloseTo(month / (up + 600), 3);
    expect(value(one, 'usd_per_month_to_zero')).toBeCloseTo((value(of({}), 'usd_per_month') * up) / (up + 600), 1);
  });
  it('saves nothing under a steady stream', () => {
    expect(value(of({ ...zero, requests_per_s: 2 }), 'usd_per_month_to_zero')).toBeCloseTo(value(of({}), 'usd_per_month'), 0);
  });
  it('costs more with a longer wait', () => {
    const at = (idle_timeout: number) => value(of({ ...zero, idle_timeout, requests_per_s: 0.001 }), 'usd_per_month_to_zero');
    expect(at(600)).toBeGreaterThan(at(60));
  });
  it('is unknown without the wait, and asks for it', () => {
    const one = of({ min_replicas: 0, max_replicas: 1, requests_per_s: 0.001 });
    expect(one.estimates['usd_per_month_to_zero']).toBeUndefined();
    expect(one.unknown.find(({ fact }) => fact === 'idle_timeout')?.blocks).toContain('usd_per_month_to_zero');
  });
});

describe('around the server', () => {
  it('a cold start loads the weights and starts the engine; a stated one counts', () => {
    const start = of({}).estimates['cold_start_s'];
    expect(start?.likely).toBeGreaterThan((16 * 2 ** 30) / 1e9);
    expect(start?.low).toBeLessThan(start?.likely ?? 0);
    expect(of({ cold_start_s: 45 }).estimates['cold_start_s']).toMatchObject({ low: 45, likely: 45, high: 45 });
  });
  it('weights are kept at the price of the provider', () => {
    const gigabytes = (16 * 2 ** 30) / 1e9;
    expect(value(of({}), 'usd_per_month_storage')).toBeGreaterThan(gigabytes * 0.02);
    expect(value(of({}), 'usd_per_month_storage')).toBeLessThan(gigabytes * 0.03);
    expect(of({}, nowhere).estimates['usd_per_month_storage']).toBeUndefined();
  });
  it('answers that leave are priced beyond what is free, and said to be free within it', () => {
    const little = of({ requests_per_s: 1 });
    expect(little.estimates['usd_per_month_egress']).toBeUndefined();
    expect(little.notes.join(' ')).toMatch(/free of charge/);
    const gigabytes = (30 * month * (200 * 4.5 + 1000)) / 1e9;
    expect(value(of({ requests_per_s: 30 }), 'usd_per_month_egress')).toBeCloseTo((gigabytes - 100) * 0.09, 2);
    expect(of({ requests_per_s: 30 }, nowhere).estimates['usd_per_month_egress']).toBeUndefined();
  });
});
