import { describe, expect, test } from 'vitest';
import { commitmentsFor } from '../../../server/src/core/estimate/commitments.js';
import { compare } from '../../../server/src/core/estimate/compare.js';
import { estimate } from '../../../server/src/core/estimate/estimate.js';
import { bestOffers, commitmentText, compareText } from '../../../server/src/core/render/compare.js';
import { shippedCatalog } from '../../support/catalog.js';
import { context } from '../../support/states.js';

const job = {
  model: 'meta-llama/Llama-3.1-8B',
  gpu_type: 'h100',
  gpu_count: 4,
  batch_size: 4,
  grad_accum: 4,
  seq_len: 2048,
  epochs: 1,
  dataset_size: 20_000,
  precision: 'bf16',
  grad_ckpt: true,
  strategy: 'fsdp',
};
const machine = { provider: 'aws', region: 'r1', acceleratorId: 'a100-sxm-80gb', market: 'on-demand', service: 'vm', source: 's', asOf: '2026-10-01' } as const;
const own = (...offers: readonly object[]) => ({
  ...context,
  catalog: shippedCatalog({ offers: offers.map((one) => ({ ...machine, ...one })) as never }),
  provider: 'aws',
  region: 'r1',
});
const onA100 = { accelerators: ['a100-sxm-80gb'] };

describe('a number that is no whole machine', () => {
  const here = own({ instance: 'big', acceleratorCount: 8, usdPerHour: 20 }, { instance: 'one', acceleratorCount: 1, usdPerHour: 2 });
  const rows = compare({ kind: 'training', facts: job }, here, onA100);
  const whole = rows.find(({ instance }) => instance === 'big');
  const apart = rows.find(({ instance }) => instance === 'one');
  test('pays for the whole machine, and says so', () => {
    expect(whole).toMatchObject({ count: 4, paid: 8, instances: 1, link: 'machine' });
    expect(whole && compareText(whole, here.catalog).accelerator).toBe('4 of 8×A100-80');
  });
  test('as single machines is another thing: joined by the network, slower, both are best offers', () => {
    expect(apart).toMatchObject({ count: 4, paid: 4, instances: 4, link: 'network' });
    expect(apart?.hours?.likely).toBeGreaterThan(whole?.hours?.likely ?? Number.POSITIVE_INFINITY);
    expect(apart && compareText(apart, here.catalog).offer).toMatch(/4 × one r1.*over the network/);
    expect(bestOffers(rows).map(({ instance }) => instance)).toEqual(expect.arrayContaining(['big', 'one']));
  });
  test('is no way to serve one replica, whose accelerators share its layers', () => {
    const service = { framework: 'vllm', model: 'meta-llama/Llama-3.1-70B-Instruct', gpu_type: 'a100-80gb', gpu_count: 4, tensor_parallel: 4 };
    expect(compare({ kind: 'serving', facts: service }, here, onA100).map(({ instance }) => instance)).toEqual(['big']);
  });
  test('of replicas with one accelerator each needs no large machine', () => {
    const service = { framework: 'vllm', model: 'meta-llama/Llama-3.1-8B-Instruct', gpu_type: 'a100-80gb', tensor_parallel: 1, replicas: 3 };
    const [first] = compare({ kind: 'serving', facts: service }, here, onA100);
    expect(first).toMatchObject({ instance: 'one', instances: 3, paid: 3, link: 'machine' });
  });
});

test('a run that its time limit ends before it is done is no cheap choice: it is behind those that finish', () => {
  const here = own(
    { instance: 'slow', acceleratorId: 'l4', acceleratorCount: 4, usdPerHour: 1 },
    { instance: 'fast', acceleratorId: 'h100-sxm-80gb', acceleratorCount: 4, usdPerHour: 60 },
  );
  const facts = { ...job, max_time: 3 * 3600, strategy: 'zero3' };
  const rows = compare({ kind: 'training', facts }, here, { accelerators: ['l4', 'h100-sxm-80gb'] });
  const slow = rows.find(({ instance }) => instance === 'slow');
  expect(slow?.stops).toBe(true);
  expect(slow && compareText(slow, here.catalog).hours).toBe('stopped after 3 h');
  expect(rows.findIndex(({ instance }) => instance === 'fast')).toBeLessThan(rows.findIndex(({ instance }) => instance === 'slow'));
  expect(rows.find(({ instance }) => instance === 'fast')?.stops).toBeUndefined();
});

test('a chip that runs inference only trains nothing, and says what would', () => {
  const found = estimate({ kind: 'training', facts: { ...job, gpu_type: 'inferentia2' } }, context);
  expect(found.estimates['usd']).toBeUndefined();
  expect(found.unknown.find(({ fact }) => fact === 'gpu_type')?.need).toMatch(/inference only/);
  const rows = compare({ kind: 'training', facts: job }, { ...context, provider: 'aws' });
  expect(rows.filter(({ accelerator }) => accelerator.startsWith('inferentia'))).toEqual([]);
  expect(
    compare({ kind: 'serving', facts: { model: 'meta-llama/Llama-3.1-8B-Instruct', gpu_type: 'l4', gpu_count: 1 } }, { ...context, provider: 'aws' }).some(
      ({ accelerator }) => accelerator === 'inferentia2',
    ),
  ).toBe(true);
});

test.each([
  ['gaudi2', 'Gaudi2'],
  ['inferentia2', 'Inferentia2'],
  ['trainium1', 'Trainium1'],
  ['m2-max', 'M2 Max'],
  ['rtx-4090', 'RTX 4090'],
  ['tpu-v5e', 'TPU V5E'],
  ['h100-sxm-80gb', 'H100'],
])('%s is written as its maker does: %s', (id, name) => {
  const rows = compare(
    { kind: 'resource', facts: { gpu_type: id, gpu_count: 1 } },
    own({ instance: 'x', acceleratorId: id, acceleratorCount: 1, usdPerHour: 1 }),
    { accelerators: [id] },
  );
  expect(rows[0] && compareText(rows[0], context.catalog).name).toBe(name);
});

describe('commitments of a workload', () => {
  const both = (instance: string, acceleratorCount: number, hourly: number, reserved: number) => [
    { instance, acceleratorCount, usdPerHour: hourly },
    { instance, acceleratorCount, usdPerHour: reserved, market: 'reserved-1y' },
  ];
  const here = own(...both('small', 1, 3, 1), ...both('node', 4, 10, 6), ...both('huge', 8, 40, 10));
  test('are of the cheapest machine that holds its accelerators', () => {
    const found = commitmentsFor({ kind: 'training', facts: { ...job, gpu_type: 'a100-80gb' } }, here);
    expect(found.map(({ instance, share }) => [instance, share])).toEqual([['node', 0.6]]);
  });
  test('of a stated machine are that machine’s', () => {
    const { gpu_type: _chip, gpu_count: _count, ...rest } = job;
    expect(commitmentsFor({ kind: 'training', facts: { ...rest, instance_type: 'huge' } }, here).map(({ instance }) => instance)).toEqual(['huge']);
  });
  test('say from how many runs on they pay; of what never pays, that', () => {
    const [one] = commitmentsFor({ kind: 'training', facts: { ...job, gpu_type: 'a100-80gb' } }, here);
    expect(one && commitmentText(one, 2)).toMatchObject({ pays: 'from 60 % of the hours, 438 h/mo', runs: '219 runs a month', always: '$2,900/mo' });
    expect(one && commitmentText({ ...one, share: 1.1, savesPerMonth: -5 }, 2)).toMatchObject({
      runs: '',
      pays: expect.stringMatching(/^never/),
      always: '−$5/mo',
    });
  });
  test('a hosted model has none', () => {
    expect(commitmentsFor({ kind: 'api-call', facts: { model: 'gpt-4o' } }, here)).toEqual([]);
  });
});
