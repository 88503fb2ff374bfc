import { describe, expect, it } from 'vitest';
import { estimate } from '../../../server/src/core/estimate/estimate.js';
import type { FactValue } from '../../../server/src/core/model/fact.js';
import { contextOf, shippedCatalog } from '../../support/catalog.js';

const context = contextOf(shippedCatalog());
const job: Record<string, FactValue> = {
  model: 'meta-llama/Llama-2-7b-hf',
  gpu_type: 'a100-sxm-80gb',
  gpu_count: 8,
  precision: 'bf16',
  batch_size: 2,
  seq_len: 4096,
  strategy: 'fsdp',
  grad_ckpt: 'full',
  epochs: 3,
  dataset_size: 100_000,
  provider: 'aws',
  region: 'us-west-2',
};
const of = (facts: Record<string, FactValue>) => estimate({ kind: 'training', facts: { ...job, ...facts } }, context).estimates;
const parts = (facts: Record<string, FactValue>) => of(facts)['usd']?.term?.children?.map(({ id }) => id) ?? [];

describe('what a training pays for its data', () => {
  it('is nothing where no size is stated', () => expect(parts({}).some((id) => /storage|egress/.test(id))).toBe(false));
  it('is keeping the data set while it runs', () => {
    const { usd, dataset_usd_per_month: month, wall_hours: hours } = of({ dataset_gb: 1000 });
    expect(month?.low).toBeCloseTo(1000 * 0.023, 9);
    const kept = usd?.term?.children?.find(({ id }) => id === 'dataset-storage')?.value ?? Number.NaN;
    expect(kept).toBeCloseTo(((month?.likely ?? 0) * (hours?.likely ?? 0)) / 730, 9);
    expect((usd?.likely ?? 0) - (of({})['usd']?.likely ?? 0)).toBeCloseTo(kept, 6);
  });
  it('is keeping checkpoints while it runs, where it is known how many', () => expect(parts({ save_steps: 100 })).toContain('checkpoint-storage'));
  it('is reading over a border between regions, at each pass or once', () => {
    const egress = of({ dataset_gb: 1000, data_region: 'us-east-1' })['egress_usd'];
    expect([egress?.low, egress?.likely]).toEqual([20, 60]);
  });
  it.each([
    ['in one region', { dataset_gb: 1000, data_region: 'us-west-2' }],
    ['from a region that no price is listed for', { dataset_gb: 1000, data_region: 'eu-west-1' }],
    ['of unknown size', { data_region: 'us-east-1' }],
  ])('reading %s costs nothing that is known', (_, facts) => expect(of(facts)['egress_usd']).toBeUndefined());
});
