import type { Catalog } from '../catalog/catalog.js';
import { providerOfInstance } from '../catalog/price-book.js';
import type { FactValue } from '../model/fact.js';
import { deviceCount } from './devices.js';
import { FactReader, type Spec } from './spec.js';

/** Facts that say how many accelerators there are; a count that is asked about takes their place. */
const countFacts = ['gpus', 'gpu_count', 'nproc_per_node', 'num_nodes', 'instance_count'];

/** The workload with another number of accelerators in all. */
export function withCount(spec: Spec, count: number): Spec {
  const others = Object.entries(spec.facts).filter(([name]) => !countFacts.includes(name));
  return { ...spec, facts: { ...Object.fromEntries(others), gpus: count } };
}

/** The workload on another accelerator, in the number that it states: what its machine type held is kept as a number, since the machine stays behind.
 * @unknown the number stays unknown where nobody states one */
export function onAccelerator(spec: Spec, id: string, catalog: Catalog): Spec {
  const facts = new FactReader(spec);
  const devices = deviceCount(spec, catalog);
  const { instance_type: _machine, ...rest } = spec.facts;
  const counts: Record<string, FactValue> =
    devices.known && facts.number('gpus') === undefined && facts.number('gpu_count') === undefined ? { gpus: devices.value.total.likely } : {};
  return { ...spec, facts: { ...rest, ...counts, gpu_type: id } };
}

/** Who rents the machine out by its type's name, where nobody says it in words. */
export function providerOfMachine(spec: Spec, catalog: Catalog): string | undefined {
  const facts = new FactReader(spec);
  const type = facts.text('instance_type');
  return facts.text('provider') ?? facts.text('cloud') ?? (type === undefined ? undefined : providerOfInstance(catalog, type));
}
