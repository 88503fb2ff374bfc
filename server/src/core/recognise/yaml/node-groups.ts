import { at, entriesOf, itemsOf, textOf, type Value } from '../../syntax/value.js';
import { ConfigFacts, flag, integer, text } from '../shared/config-facts.js';
import { machineOfName } from '../shared/machine-types.js';
import type { SeenWorkload, YamlRecogniser } from '../types.js';

/** Groups of machines with accelerators that a cluster's own configuration starts: eksctl, AWS ParallelCluster, Ray's cluster launcher. */
export const nodeGroups: YamlRecogniser = {
  id: 'node-groups',
  language: 'yaml',
  marker: /^apiVersion[ \t]*:\s*["']?eksctl\.io\/|^Scheduling[ \t]*:|^(?:available_node_types|worker_nodes|worker_node_types)[ \t]*:/m,
  doc: {
    format: 'eksctl, AWS ParallelCluster, Ray cluster launcher, Anyscale compute',
    reads: 'instance type, size and bounds of each group with accelerators, spot, region',
    example: 'managedNodeGroups: [{instanceType: p5.48xlarge, desiredCapacity: 2}]',
  },
  recognise: ({ document, roots }) =>
    roots.flatMap((root) => [
      ...eksctl(document.uri, root),
      ...parallelCluster(document.uri, root),
      ...rayNodes(document.uri, root),
      ...anyscale(document.uri, root),
    ]),
};

/** A place to be filled in is no region. */
const region = (value: Value): string | undefined => /^[a-z]{2,}(?:-?[a-z0-9]+)+$/.exec(textOf(value) ?? '')?.[0];
const accelerated = (value: Value | undefined): Value | undefined => {
  const items = value?.kind === 'seq' ? value.items : value ? [value] : [];
  return items.find((item) => machineOfName(textOf(item) ?? '') !== undefined);
};
/** A group's facts with its machine, or nothing where it has no accelerators. */
function group(uri: string, root: Value, machine: Value | undefined): ConfigFacts | undefined {
  if (!machine) return undefined;
  const facts = new ConfigFacts(uri, root);
  facts.take('instance_type', machine, text);
  return facts;
}

function eksctl(uri: string, root: Value): SeenWorkload[] {
  if (!(textOf(at(root, 'apiVersion')) ?? '').startsWith('eksctl.io/')) return [];
  return ['managedNodeGroups', 'nodeGroups'].flatMap((kind) =>
    itemsOf(at(root, kind)).flatMap((one) => {
      const mixed = at(one, 'instancesDistribution', 'instanceTypes');
      const facts = group(uri, root, accelerated(at(one, 'instanceType')) ?? accelerated(at(one, 'instanceTypes')) ?? accelerated(mixed));
      if (!facts) return [];
      facts.take('min_replicas', at(one, 'minSize'), integer);
      facts.take('max_replicas', at(one, 'maxSize'), integer);
      facts.take('replicas', at(one, 'desiredCapacity'), integer);
      facts.take('spot', at(one, 'spot'), flag);
      facts.take('region', at(root, 'metadata', 'region'), region);
      return [facts.workload('resource', 'eksctl', textOf(at(one, 'name')) ?? 'node group', one)];
    }),
  );
}

function parallelCluster(uri: string, root: Value): SeenWorkload[] {
  return itemsOf(at(root, 'Scheduling', 'SlurmQueues')).flatMap((queue) =>
    itemsOf(at(queue, 'ComputeResources')).flatMap((one) => {
      const listed = itemsOf(at(one, 'Instances')).flatMap((item) => at(item, 'InstanceType') ?? []);
      const facts = group(uri, root, accelerated(at(one, 'InstanceType')) ?? listed.find((item) => accelerated(item)));
      if (!facts) return [];
      facts.take('min_replicas', at(one, 'MinCount'), integer);
      facts.take('max_replicas', at(one, 'MaxCount'), integer);
      const market = at(queue, 'CapacityType');
      if (market && /^(?:SPOT|ONDEMAND)$/.test(textOf(market) ?? '')) facts.put('spot', textOf(market) === 'SPOT', market);
      facts.take('region', at(root, 'Region'), region);
      return [facts.workload('resource', 'parallelcluster', textOf(at(one, 'Name')) ?? 'queue', one)];
    }),
  );
}

/** @source docs.anyscale.com, ComputeConfig */
function anyscale(uri: string, root: Value): SeenWorkload[] {
  return itemsOf(at(root, 'worker_nodes') ?? at(root, 'worker_node_types')).flatMap((one) => {
    const facts = group(uri, root, accelerated(at(one, 'instance_type')));
    if (!facts) return [];
    facts.take('min_replicas', at(one, 'min_nodes') ?? at(one, 'min_workers'), integer);
    facts.take('max_replicas', at(one, 'max_nodes') ?? at(one, 'max_workers'), integer);
    const market = at(one, 'market_type');
    if (market && /^spot$/i.test(textOf(market) ?? '')) facts.put('spot', true, market);
    facts.take('region', at(root, 'region'), region);
    return [facts.workload('resource', 'anyscale', textOf(at(one, 'name')) ?? 'worker nodes', one)];
  });
}

function rayNodes(uri: string, root: Value): SeenWorkload[] {
  return entriesOf(at(root, 'available_node_types')).flatMap((entry) => {
    const config = at(entry.value, 'node_config');
    const machine = accelerated(at(config, 'InstanceType') ?? at(config, 'machineType') ?? at(config, 'azure_arm_parameters', 'vmSize'));
    const chips = at(config, 'guestAccelerators', 0);
    const gpus = at(entry.value, 'resources', 'GPU') ?? at(entry.value, 'resources', 'gpu');
    const facts = machine ? group(uri, root, machine) : chips || (integer(gpus ?? root) ?? 0) !== 0 ? new ConfigFacts(uri, root) : undefined;
    if (!facts) return [];
    facts.take('gpu_type', at(chips, 'acceleratorType'), (value) => textOf(value)?.split('/').at(-1));
    facts.take('gpu_count', at(chips, 'acceleratorCount') ?? gpus, integer);
    facts.take('min_replicas', at(entry.value, 'min_workers'), integer);
    facts.take('max_replicas', at(entry.value, 'max_workers'), integer);
    facts.take('region', at(root, 'provider', 'region'), region);
    return [facts.workload('resource', 'ray', entry.key, { start: entry.keyStart, end: entry.value.end })];
  });
}
