import { describe, expect, test } from 'vitest';
import type { EstimateContext, Spec } from '../../../server/src/core/estimate/spec.js';
import type { Supposed } from '../../../server/src/core/model/scenario.js';
import { suppose } from '../../../server/src/core/whatif/apply.js';
import { context } from '../../support/states.js';

const training = {
  model: 'meta-llama/Llama-3.1-8B',
  gpu_type: 'h100',
  gpu_count: 8,
  batch_size: 4,
  seq_len: 2048,
  seq_len_max: 4096,
  params: 8e9,
  n_layer: 32,
};
const service = { model: 'meta-llama/Llama-3.1-70B-Instruct', gpu_type: 'a100-80gb', gpu_count: 4, tensor_parallel: 4, replicas: 2, max_model_len: 8192 };
const call = { model: 'gpt-4o-mini', calls_per_month: 100_000, prompt_chars: 900, max_tokens: 400 };

/** Facts that differ afterwards; undefined: no longer stated. */
function changed(kind: Spec['kind'], facts: Spec['facts'], set: Supposed, choice: Partial<EstimateContext> = {}) {
  const { spec, unused, context: there } = suppose({ kind, facts }, { ...context, ...choice }, set);
  const names = [...new Set([...Object.keys(facts), ...Object.keys(spec.facts)])].filter((name) => facts[name] !== spec.facts[name]);
  return { facts: Object.fromEntries(names.map((name) => [name, spec.facts[name]])), unused: unused.map(({ word }) => word), there };
}

describe('one word means the fact of its kind of work', () => {
  test.each<[string, Spec['kind'], Spec['facts'], Supposed, Record<string, string | number | boolean | undefined>]>([
    ['context of a training', 'training', training, { context: 4096 }, { seq_len: 4096, seq_len_max: undefined }],
    ['context of a server', 'serving', service, { context: '0.5x' }, { max_model_len: 4096 }],
    ['context of a call', 'api-call', call, { context: 2000 }, { input_tokens: 2000, prompt_chars: undefined }],
    ['batch of a training', 'training', training, { batch: '2x' }, { batch_size: 8 }],
    ['batch of a server', 'serving', service, { batch: 64 }, { max_num_seqs: 64 }],
    ['traffic of a call', 'api-call', call, { traffic: '3x' }, { calls_per_month: 300_000 }],
    ['traffic of a call by the second', 'api-call', call, { traffic: '1/s' }, { calls_per_month: 2_628_000 }],
    ['traffic of a server', 'serving', service, { traffic: '2/s' }, { requests_per_s: 2 }],
    [
      'traffic of a server in place of the month',
      'serving',
      { ...service, calls_per_month: 5 },
      { traffic: '2/s' },
      { requests_per_s: 2, calls_per_month: undefined },
    ],
    ['utilisation', 'serving', service, { utilisation: '80%' }, { utilisation: 0.8 }],
    ['a fact by its name', 'training', training, { grad_ckpt: 'on', epochs: 3 }, { grad_ckpt: true, epochs: 3 }],
  ])('%s', (_, kind, facts, set, expected) => {
    const { facts: found, unused } = changed(kind, facts, set);
    expect(found).toEqual(expected);
    expect(unused).toEqual([]);
  });
});

describe('what is said of another machine or model takes the old one away', () => {
  test('another model has its own shape', () => {
    expect(changed('training', training, { model: 'Qwen/Qwen2.5-7B' }).facts).toEqual({ model: 'Qwen/Qwen2.5-7B', params: undefined, n_layer: undefined });
  });
  test('a machine type stays behind, with its number of accelerators and its provider kept', () => {
    const facts = { ...training, gpu_type: 'h100', instance_type: 'p5.48xlarge', num_nodes: 2 };
    const { gpu_count: _count, ...rest } = facts;
    expect(changed('training', rest, { accelerator: 'a100-80gb' }).facts).toEqual({
      instance_type: undefined,
      gpu_type: 'a100-sxm-80gb',
      gpus: 16,
      provider: 'aws',
    });
  });
  test.each<[string, Spec['kind'], Spec['facts'], string, Record<string, unknown>]>([
    [
      'of a job in all',
      'training',
      { ...training, num_nodes: 4 },
      '16xh200',
      { gpu_type: 'h200-sxm-141gb', gpus: 16, gpu_count: undefined, num_nodes: undefined },
    ],
    ['of a service in each replica, which share its layers', 'serving', service, '2xh200', { gpu_type: 'h200-sxm-141gb', gpu_count: 2, tensor_parallel: 2 }],
    [
      'of a service that states no sharing',
      'serving',
      { model: 'm', gpu_type: 'l4', gpus: 2 },
      '1xh200',
      { gpu_type: 'h200-sxm-141gb', gpu_count: 1, gpus: undefined },
    ],
  ])('a number of accelerators is that %s', (_, kind, facts, accelerator, expected) => {
    expect(changed(kind, facts, { accelerator }).facts).toEqual(expected);
  });
  test('a region is one provider’s own', () => {
    const at = changed('training', { ...training, provider: 'aws', region: 'us-east-1' }, { provider: 'gcp' }, { provider: 'aws', region: 'us-east-1' });
    expect(at.facts).toEqual({ provider: 'gcp', region: undefined });
    expect(at.there.region).toBeUndefined();
    const named = changed('training', training, { region: 'us-central1', provider: 'google' }, { provider: 'aws', region: 'us-east-1' });
    expect(named.facts).toEqual({ provider: 'gcp', region: 'us-central1' });
  });
  test('a commitment is the market, whatever the file says of spot', () => {
    const at = changed('training', { ...training, spot: true }, { commitment: 'reserved-1y' });
    expect(at.facts).toEqual({ spot: undefined });
    expect(at.there.market).toBe('reserved-1y');
  });
  test('the order in which words are written does not matter', () => {
    const set = { commitment: 'spot', accelerator: 'l4', provider: 'gcp', batch: 2 };
    const turned = Object.fromEntries(Object.entries(set).reverse());
    expect(suppose({ kind: 'training', facts: training }, context, turned).spec).toEqual(suppose({ kind: 'training', facts: training }, context, set).spec);
  });
});

describe('what means nothing changes nothing, and is named', () => {
  test.each<[string, Spec['kind'], Spec['facts'], Supposed]>([
    ['traffic of a training', 'training', training, { traffic: '2/s' }],
    ['a multiple of traffic that nobody states', 'serving', service, { traffic: '2x' }],
    ['a multiple of a number that nobody states', 'training', training, { epochs: '2x' }],
    ['an accelerator of a hosted model', 'api-call', call, { accelerator: 'h100' }],
    ['a commitment of a hosted model', 'api-call', call, { commitment: 'spot' }],
    ['a provider of machines of a hosted model', 'api-call', call, { provider: 'aws' }],
    ['a batch of a hosted model', 'api-call', call, { batch: 4 }],
    ['utilisation of a training', 'training', training, { utilisation: 0.5 }],
    ['a model of what is only rented', 'resource', { gpu_type: 'h100' }, { model: 'm' }],
    ['a context of what is only rented', 'resource', { gpu_type: 'h100' }, { context: 5 }],
    ['a value that is not understood', 'training', training, { context: 'long' }],
  ])('%s', (_, kind, facts, set) => {
    const { facts: found, unused } = changed(kind, facts, set);
    expect(found).toEqual({});
    expect(unused).toEqual(Object.keys(set));
  });
  test('the words beside it still hold', () => {
    expect(changed('training', training, { traffic: '2x', batch: 8 })).toMatchObject({ facts: { batch_size: 8 }, unused: ['traffic'] });
  });
});
