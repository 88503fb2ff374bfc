import { describe, expect, it } from 'vitest';
import { onLikelyAccelerators } from '../../../server/src/core/estimate/alternatives.js';
import { compare } from '../../../server/src/core/estimate/compare.js';
import { withBatchMoney, withServingMoney, withTrainingMoney } from '../../../server/src/core/estimate/compose.js';
import { estimate } from '../../../server/src/core/estimate/estimate.js';
import { fitsOf } from '../../../server/src/core/estimate/fits.js';
import type { FactValue } from '../../../server/src/core/model/fact.js';
import { contextOf, estimationOf, shippedCatalog } from '../../support/catalog.js';

const catalog = shippedCatalog();
const aws = contextOf(catalog, { provider: 'aws', region: 'us-east-1', market: 'on-demand' });
const nowhere = contextOf(catalog);
const training = estimationOf({ gpu_hours: [80, 100, 125, 'GPU-h'], peak_memory_gib: [50, 61, 70, 'GiB'] });

describe('money of a training', () => {
  const facts = { gpu_type: 'h100', gpu_count: 8, epochs: 4 };
  it('is GPU-hours at the price of whole instances', () => {
    const { estimates } = withTrainingMoney(training, { kind: 'training', facts }, aws);
    expect(estimates['usd']?.likely).toBeCloseTo((100 / 8) * 55.04, 6); // p5.48xlarge, us-east-1
    expect(estimates['usd_per_epoch']?.likely).toBeCloseTo(((100 / 8) * 55.04) / 4, 6);
    expect(estimates['usd']?.low).toBeCloseTo((80 / 8) * 55.04, 6); // the price is certain, so only the hours spread
  });
  it('pays for idle chips of an instance that is too large', () => {
    const { estimates } = withTrainingMoney(training, { kind: 'training', facts: { ...facts, gpu_count: 5 } }, aws);
    expect(estimates['usd']?.likely).toBeCloseTo((100 / 5) * 55.04, 6);
  });
  it('combines independent spreads in log space, narrower than their ends multiplied', () => {
    const { estimates } = withTrainingMoney(training, { kind: 'training', facts }, nowhere);
    const { low = 0, likely = 0, high = 0 } = estimates['usd'] ?? {};
    const hour = estimates['usd_per_hour'];
    expect(likely).toBeCloseTo(12.5 * (hour?.likely ?? 0), 6);
    expect(high).toBeCloseTo(likely * Math.exp(Math.hypot(Math.log(1.25), Math.log((hour?.high ?? 0) / (hour?.likely ?? 1)))), 6);
    expect(high).toBeLessThan(15.625 * (hour?.high ?? 0));
    expect(low).toBeGreaterThan(10 * (hour?.low ?? 0));
  });
  it('names provider and market that nobody chose', () => {
    const { unknown, assumed } = withTrainingMoney(training, { kind: 'training', facts }, nowhere);
    expect(unknown.map(({ fact }) => fact)).toContain('provider');
    expect(assumed.map(({ fact, value }) => `${fact}=${value}`)).toContain('market=on-demand');
  });
  it('has an end where a time limit has one', () => {
    const { estimates } = withTrainingMoney(estimationOf({}), { kind: 'training', facts: { ...facts, max_time: 7200 } }, aws);
    expect(estimates['usd_max']?.likely).toBeCloseTo(110.08, 6);
    expect(estimates['usd']).toBeUndefined();
  });
  it('counts no epochs where steps decide', () => {
    expect(withTrainingMoney(training, { kind: 'training', facts: { ...facts, max_steps: 100 } }, aws).estimates['usd_per_epoch']).toBeUndefined();
    expect(withTrainingMoney(training, { kind: 'training', facts: { ...facts, max_steps: -1 } }, aws).estimates['usd_per_epoch']).toBeDefined();
  });
  it.each<[string, Record<string, FactValue>, string]>([
    ['no accelerator', { gpu_count: 8 }, 'gpu_type'],
    ['an accelerator nobody knows', { gpu_type: 'zx-81', gpu_count: 8 }, 'gpu_type'],
    ['no count', { gpu_type: 'h100' }, 'gpu_count'],
    ['a SageMaker type that is not listed', { instance_type: 'ml.p3dn.24xlarge' }, 'instance_type'],
    ['no spot price', { gpu_type: 'h100', gpu_count: 8, spot: true, provider: 'lambda' }, 'provider'],
  ])('%s: no money, never $0, and it is named', (_, one, fact) => {
    const { estimates, unknown } = withTrainingMoney(training, { kind: 'training', facts: one }, nowhere);
    expect(estimates['usd']).toBeUndefined();
    expect(unknown.find((gap) => gap.fact === fact)?.blocks).toContain('usd');
  });
});

describe('energy and carbon', () => {
  it('follow rated power, share drawn, host, PUE and the grid', () => {
    const { estimates } = withTrainingMoney(training, { kind: 'training', facts: { gpu_type: 'h100', gpu_count: 8 } }, aws);
    const kwh = 100 * 0.7 * 0.8 * 1.3 * 1.15; // H100 SXM 700 W; AWS PUE 1.15
    expect(estimates['energy_kwh']?.likely).toBeCloseTo(kwh, 9);
    expect(estimates['carbon_kg']?.likely).toBeCloseTo(kwh * 0.37907, 9); // us-east-1 grid
    expect(estimates['energy_kwh']?.low).toBeLessThan(kwh);
  });
  it('take a country where the machine is at home', () => {
    const { estimates } = withTrainingMoney(
      training,
      { kind: 'training', facts: { gpu_type: 'h100', gpu_count: 8, region: 'USA' } },
      contextOf(catalog, { provider: 'on-premises' }),
    );
    expect(estimates['carbon_kg']?.likely).toBeCloseTo((estimates['energy_kwh']?.likely ?? 0) * 0.36947, 6);
  });
  it('leave carbon unknown without a region', () => {
    const { estimates, unknown } = withTrainingMoney(training, { kind: 'training', facts: { gpu_type: 'h100', gpu_count: 8 } }, nowhere);
    expect(estimates['energy_kwh']).toBeDefined();
    expect(estimates['carbon_kg']).toBeUndefined();
    expect(unknown.find(({ fact }) => fact === 'region')?.blocks).toEqual(['carbon_kg']);
  });
});

describe('whether it fits', () => {
  it.each<[number, number, number, string]>([
    [50, 61, 70, 'fits'],
    [60, 75, 90, 'tight'],
    [90, 100, 110, 'does-not-fit'],
    [70, 75, 78, 'tight'], // 80 GiB printed, 77.6 of them usable
  ])('%d to %d to %d GiB on 80: %s', (low, likely, high, fits) => {
    const estimation = withTrainingMoney(
      estimationOf({ peak_memory_gib: [low, likely, high, 'GiB'] }),
      { kind: 'training', facts: { gpu_type: 'h100' } },
      nowhere,
    );
    expect(fitsOf(estimation)).toBe(fits);
  });
  it('is unknown without a chip', () => expect(fitsOf(withTrainingMoney(training, { kind: 'training', facts: {} }, nowhere))).toBe('unknown'));
});

describe('money of serving', () => {
  const served = estimationOf({ output_tokens_per_s: [1500, 2000, 2500, 'tokens/s'] });
  const facts = { gpu_type: 'a100-80gb', tensor_parallel: 4, replicas: 2, input_tokens: 500, output_tokens: 200 };
  const hour = 27.44705; // p4de.24xlarge, us-east-1: eight chips hold both replicas
  it('is always on by hour and month', () => {
    const { estimates } = withServingMoney(served, { kind: 'serving', facts }, aws);
    expect(estimates['gpus']?.likely).toBe(8);
    expect(estimates['usd_per_hour']?.likely).toBeCloseTo(hour, 3);
    expect(estimates['usd_per_month']?.likely).toBeCloseTo(hour * 730, 1);
  });
  it('is by token at a stated and at full use', () => {
    const { estimates, assumed } = withServingMoney(served, { kind: 'serving', facts }, aws);
    const full = ((hour / 2 / 3600) * 1e6) / 2000;
    expect(estimates['usd_per_1m_tokens_full']?.likely).toBeCloseTo(full, 3);
    expect(estimates['usd_per_1m_tokens']?.likely).toBeCloseTo(full / 0.6, 3);
    expect(estimates['usd_per_1m_tokens']?.basis).toContain('60 % busy');
    expect(estimates['usd_per_1k_requests']?.likely).toBeCloseTo((full / 0.6) * 0.2, 3);
    expect(assumed).toContainEqual(expect.objectContaining({ fact: 'utilisation', value: 0.6 }));
  });
  it('takes the use that is stated', () => {
    const { estimates } = withServingMoney(served, { kind: 'serving', facts: { ...facts, utilisation: 0.3 } }, aws);
    expect(estimates['usd_per_1m_tokens']?.basis).toContain('30 % busy');
  });
  it('has no price of requests without their lengths', () => {
    const { input_tokens: _in, output_tokens: _out, ...short } = facts;
    const { estimates, unknown } = withServingMoney(served, { kind: 'serving', facts: short }, aws);
    expect(estimates['usd_per_1k_requests']).toBeUndefined();
    expect(unknown.map(({ fact }) => fact)).toContain('output_tokens');
  });
  it('ranges between the bounds of its scaling', () => {
    const { estimates } = withServingMoney(served, { kind: 'serving', facts: { gpu_type: 'l4', gpu_count: 1, min_replicas: 0, max_replicas: 3 } }, aws);
    const month = estimates['usd_per_month'];
    expect(month?.low).toBe(0);
    expect(month?.likely).toBeCloseTo(0.8048 * 730, 3); // g6.xlarge
    expect(month?.high).toBeGreaterThan(2.9 * (month?.likely ?? 0));
  });
  it('prices a batch by its items at full load', () => {
    const { estimates } = withBatchMoney(
      served,
      { kind: 'batch-inference', facts: { gpu_type: 'l4', gpu_count: 1, dataset_size: 36000, output_tokens: 200 } },
      aws,
    );
    expect(estimates['wall_hours']?.likely).toBeCloseTo(1, 9); // 10 answers a second
    expect(estimates['usd']?.likely).toBeCloseTo(0.8048, 6);
    expect(estimates['usd_per_month']).toBeUndefined();
    const { low = 0, likely = 0, high = 0 } = estimates['energy_kwh'] ?? {};
    expect(likely).toBeGreaterThan(0.072 * 0.6 * 1.3); // one hour of 72 W at the share that inference draws, host and PUE of at least 1
    expect(low).toBeLessThan(likely);
    expect(high).toBeGreaterThan(likely);
  });
  it('does not price a batch of unknown size', () => {
    const { estimates, unknown } = withBatchMoney(served, { kind: 'batch-inference', facts: { gpu_type: 'l4', gpu_count: 1 } }, aws);
    expect(estimates['usd']).toBeUndefined();
    expect(unknown.find(({ fact }) => fact === 'dataset_size')?.blocks).toContain('usd');
  });
});

describe('a bare resource', () => {
  const resource = (facts: Record<string, FactValue>, context = aws) => estimate({ kind: 'resource', facts }, context);
  it.each<[string, Record<string, FactValue>, string, number]>([
    ['an instance', { instance_type: 'p5.48xlarge' }, 'usd_per_hour', 55.04],
    ['SageMaker instances, a month', { instance_type: 'ml.p5.48xlarge', instance_count: 2 }, 'usd_per_month', 63.296 * 2 * 730],
    ['spot', { instance_type: 'g5.xlarge', spot: true }, 'usd_per_hour', 0.41246],
    ['a job up to its limit', { gpu_type: 'l4', gpu_count: 1, max_time: 10800 }, 'usd_max', 0.8048 * 3],
    ['GPU-hours up to the limit, whatever the chip', { gpu_count: 8, num_nodes: 2, max_time: 345600 }, 'gpu_hours_max', 1536],
  ])('%s', (_, facts, name, value) => expect(resource(facts).estimates[name]?.likely).toBeCloseTo(value, 4));
  it('has no monthly bill where a limit ends it', () =>
    expect(resource({ gpu_type: 'l4', gpu_count: 1, max_time: 60 }).estimates['usd_per_month']).toBeUndefined());
  it('does not sell seconds of a serverless GPU as a month without saying so', () => {
    const { estimates, notes } = resource({ gpu_type: 't4', gpu_count: 1, provider: 'modal' }, nowhere);
    expect(estimates['usd_per_hour']?.likely).toBeCloseTo(0.5904, 6);
    expect(notes.join()).toContain('never scales down');
  });
  it('takes GPUs attached to a Compute Engine host with their host', () => {
    const { estimates } = resource({ instance_type: 'n1-standard-8', gpu_type: 'nvidia-tesla-t4', gpu_count: 1, region: 'us-central1' }, nowhere);
    expect(estimates['usd_per_hour']?.basis).toContain('n1-standard-8+1xt4');
  });
  it('does not price a Compute Engine host by another cloud', () => {
    const { estimates, unknown } = resource({ instance_type: 'n1-standard-16', gpu_type: 'nvidia-tesla-k80', gpu_count: 4 }, nowhere);
    expect(estimates['usd_per_hour']).toBeUndefined();
    expect(unknown[0]?.need).toContain('gcp lists no');
  });
  it('says how old a stale price is', () => {
    expect(resource({ instance_type: 'p5.48xlarge' }, { ...aws, today: '2028-01-01' }).notes.join()).toContain('is of 2026-07-20');
  });
});

describe('the workload on other accelerators', () => {
  it('prices a resource on the likely ones, cheapest first', () => {
    const rows = onLikelyAccelerators({ kind: 'resource', facts: { gpu_count: 8 } }, nowhere);
    expect(rows.length).toBeGreaterThanOrEqual(5);
    const usd = rows.map(({ estimation }) => estimation.estimates['usd_per_month']?.likely ?? Number.NaN);
    expect(usd).toEqual([...usd].sort((a, b) => a - b));
  });
  it('compares the offers of a resource’s chip, a row an offer', () => {
    const rows = compare({ kind: 'resource', facts: { gpu_type: 'a100-80gb', gpu_count: 8 } }, nowhere);
    expect(rows.length).toBeGreaterThan(5);
    expect(new Set(rows.map(({ accelerator }) => accelerator))).toEqual(new Set(['a100-sxm-80gb']));
    const row = rows.find(
      ({ provider, instance, region, market }) => provider === 'aws' && instance === 'p4de.24xlarge' && region === 'us-east-1' && market === 'on-demand',
    );
    expect(row).toMatchObject({ count: 8, instances: 1, unit: 'usd/month' });
    expect(row?.usd?.likely).toBeCloseTo(27.44705 * 730, 0);
    expect(row?.carbon?.likely).toBeGreaterThan(0);
  });
  it('keeps to the provider and region that are chosen', () => {
    const rows = compare({ kind: 'resource', facts: { gpu_type: 'h100', gpu_count: 8 } }, aws);
    expect(new Set(rows.map(({ provider, region }) => `${provider} ${region}`))).toEqual(new Set(['aws us-east-1']));
  });
  it('has no rows for a hosted call, nor for an unknown number of GPUs', () => {
    expect(compare({ kind: 'api-call', facts: { model: 'gpt-4o' } }, nowhere)).toEqual([]);
    expect(compare({ kind: 'resource', facts: { gpu_type: 'h100' } }, nowhere)).toEqual([]);
  });
});
