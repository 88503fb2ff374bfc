import { describe, expect, it } from 'vitest';
import { deviceCount, hardwareOf, withHardware } from '../../../server/src/core/estimate/devices.js';
import type { FactValue } from '../../../server/src/core/model/fact.js';
import type { WorkloadKind } from '../../../server/src/core/model/workload.js';
import { shippedCatalog } from '../../support/catalog.js';

const catalog = shippedCatalog();
const count = (kind: WorkloadKind, facts: Record<string, FactValue>) => deviceCount({ kind, facts }, catalog);

describe('the number of accelerators (FORMATS.md §0)', () => {
  it.each<[string, WorkloadKind, Record<string, FactValue>, number, number, number]>([
    ['stated in all', 'training', { gpus: 64, gpu_count: 8 }, 64, 64, 64],
    ['per node × nodes', 'training', { gpu_count: 8, num_nodes: 4 }, 32, 32, 32],
    ['processes per node × nodes', 'training', { nproc_per_node: 4, num_nodes: 2 }, 8, 8, 8],
    ['one node where none is written', 'training', { gpu_count: 8 }, 8, 8, 8],
    ['numbers written as text', 'resource', { gpu_count: '4', num_nodes: '2' }, 8, 8, 8],
    ['the instance type’s × instances', 'training', { instance_type: 'p4d.24xlarge', instance_count: 2 }, 16, 16, 16],
    ['SageMaker’s hold what EC2’s hold', 'resource', { instance_type: 'ml.p3dn.24xlarge', instance_count: 3 }, 24, 24, 24],
    ['pods × nodes of a group × replicas', 'resource', { gpu_count: 1, num_nodes: 3, replicas: 2 }, 6, 6, 6],
    ['tp × pp × dp × replicas', 'serving', { tensor_parallel: 4, pipeline_parallel: 2, data_parallel: 2, replicas: 3 }, 48, 48, 48],
    ['tensor parallel alone', 'serving', { tensor_parallel: 8 }, 8, 8, 8],
    ['a placeholder node count smaller than tp × pp', 'serving', { gpu_count: 8, num_nodes: 1, tensor_parallel: 8, pipeline_parallel: 2 }, 16, 16, 16],
    ['more reserved than the engine uses', 'serving', { gpu_count: 4, tensor_parallel: 2 }, 4, 4, 4],
    ['a range as written', 'resource', { gpu_count: '1..8' }, 1, 1, 8],
    ['scaled between bounds', 'serving', { gpu_count: 2, min_replicas: 1, max_replicas: 5 }, 2, 2, 10],
    ['scaled down to none, answered for one', 'serving', { gpu_count: 2, min_replicas: 0, max_replicas: 4 }, 0, 2, 8],
    ['replicas between bounds', 'serving', { gpu_count: 1, replicas: 2, min_replicas: 1, max_replicas: 4 }, 1, 2, 4],
    ['all degrees of a training', 'training', { tensor_parallel: 4, pipeline_parallel: 2, data_parallel: 8, context_parallel: 2 }, 128, 128, 128],
  ])('%s', (_, kind, facts, low, likely, high) => {
    const devices = count(kind, facts);
    if (!devices.known) throw new Error(devices.need);
    expect(devices.value.total).toEqual({ low, likely, high });
  });

  it.each<[string, WorkloadKind, Record<string, FactValue>]>([
    ['nothing is stated', 'training', { batch_size: 8 }],
    ['it is decided at run time', 'training', { gpu_count: 'all' }],
    ['only the nodes are stated', 'resource', { num_nodes: 4 }],
    ['tensor parallel without data parallel says nothing of the world', 'training', { tensor_parallel: 8 }],
    ['zero is no count', 'resource', { gpu_count: 0 }],
    ['a machine without accelerators', 'resource', { instance_type: 'm5.large' }],
  ])('is unknown: %s', (_, kind, facts) => expect(count(kind, facts)).toMatchObject({ known: false, facts: ['gpu_count'] }));

  it('lists the node that nobody wrote', () => {
    const devices = count('training', { gpu_count: 8 });
    expect(devices.known && devices.value.assumed.map(({ fact, value }) => [fact, value])).toEqual([['num_nodes', 1]]);
  });
});

describe('the accelerator', () => {
  it.each<[Record<string, FactValue>, string | undefined]>([
    [{ gpu_type: 'NVIDIA H100 80GB HBM3' }, 'h100-sxm-80gb'],
    [{ gpu_type: 'nvidia-l4' }, 'l4'],
    [{ instance_type: 'g5.12xlarge' }, 'a10g'],
    [{ instance_type: 'ml.p5.48xlarge' }, 'h100-sxm-80gb'],
    [{ gpu_type: 'a10g', instance_type: 'p5.48xlarge' }, 'a10g'],
    [{ gpu_type: 'quantum-9000' }, undefined],
    [{ instance_type: 'm5.large' }, undefined],
    [{}, undefined],
  ])('%j is %s', (facts, id) => {
    const hardware = hardwareOf({ kind: 'resource', facts }, catalog);
    expect(hardware.known ? hardware.value.accelerator.id : undefined).toBe(id);
  });

  it('follows from the instance type as facts that are listed', () => {
    const { spec, assumed } = withHardware({ kind: 'training', facts: { instance_type: 'ml.p5.48xlarge', instance_count: 2 } }, catalog);
    expect(spec.facts).toMatchObject({ gpu_type: 'h100-sxm-80gb', gpu_count: 8, num_nodes: 2 });
    expect(assumed.map(({ fact }) => fact)).toEqual(['gpu_type', 'gpu_count']);
  });
  it('never replaces what is written', () => {
    const facts = { instance_type: 'p5.48xlarge', gpu_type: 'h100', gpu_count: 4 };
    expect(withHardware({ kind: 'training', facts }, catalog)).toEqual({ spec: { kind: 'training', facts }, assumed: [] });
  });
});
