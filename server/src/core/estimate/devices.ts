import type { Catalog } from '../catalog/catalog.js';
import type { Accelerator } from '../catalog/types.js';
import type { AssumedFact, Interval } from '../model/estimate.js';
import { known, type Maybe, unknown } from '../model/maybe.js';
import { exact, scale } from './interval.js';
import { FactReader, type Spec } from './spec.js';

/** How many accelerators a workload holds, and how that follows from its facts. */
export interface Devices {
  /** Of the whole job or deployment; a range where the code gives one (`2..8`, minimum and maximum replicas). */
  readonly total: Interval;
  /** In one machine, where the facts say so. */
  readonly perNode?: number;
  readonly perReplica: number;
  readonly replicas: Interval;
  /** The rule in words: `8 a node × 2 nodes`. */
  readonly rule: string;
  readonly facts: readonly string[];
  readonly assumed: readonly AssumedFact[];
  readonly notes: readonly string[];
}

/** The total number of accelerators (FORMATS.md §0).
 *
 * `gpus`, if stated; else per node (`gpu_count`, `nproc_per_node`, or what the instance type holds) × nodes (`num_nodes`, `instance_count`)
 * × replicas; else, for serving, tensor × pipeline × data parallel × replicas. A node or replica count that nobody writes is one, as launchers have it.
 * @unknown if neither is stated, or decided at run time (`all`, `auto`) */
export function deviceCount(spec: Spec, catalog: Catalog): Maybe<Devices> {
  const facts = new FactReader(spec);
  const assumed: AssumedFact[] = [];
  const notes: string[] = [];
  const replicas = replicaRange(facts, assumed, notes);
  const used = replicas.facts;
  const stated = facts.number('gpus');
  if (stated !== undefined && stated > 0) {
    return known({
      total: exact(stated),
      perReplica: stated / replicas.range.likely,
      replicas: replicas.range,
      rule: `${stated} in all`,
      facts: ['gpus'],
      assumed: [],
      notes,
    });
  }
  const perNode = nodeRange(facts, catalog);
  const nodes = facts.number('num_nodes') ?? facts.number('instance_count');
  const parallel = parallelSize(facts, spec);
  if (perNode) {
    if (nodes === undefined) assumed.push({ fact: 'num_nodes', value: 1, why: 'no number of nodes is written; launchers and manifests then take one' });
    let group = scale(perNode.range, nodes ?? 1);
    if (parallel && parallel.size > group.likely && spec.kind !== 'training') {
      notes.push(`${parallel.rule} needs ${parallel.size} accelerators, more than the ${group.likely} requested: the larger number counts`);
      group = exact(parallel.size);
    }
    const total = { low: group.low * replicas.range.low, likely: group.likely * replicas.range.likely, high: group.high * replicas.range.high };
    const rule = [`${perNode.rule}`, nodes !== undefined && nodes !== 1 ? `${nodes} nodes` : '', replicas.facts.length > 0 ? replicas.rule : '']
      .filter(Boolean)
      .join(' × ');
    const names = [...perNode.facts, ...(facts.has('num_nodes') ? ['num_nodes'] : facts.has('instance_count') ? ['instance_count'] : []), ...used];
    return known({ total, perNode: perNode.range.likely, perReplica: group.likely, replicas: replicas.range, rule, facts: names, assumed, notes });
  }
  if (parallel) {
    const total = scale(replicas.range, parallel.size);
    const rule = [parallel.rule, replicas.facts.length > 0 ? replicas.rule : ''].filter(Boolean).join(' × ');
    return known({ total, perReplica: parallel.size, replicas: replicas.range, rule, facts: [...parallel.facts, ...used], assumed, notes });
  }
  const written = facts.text('gpu_count') ?? facts.text('nproc_per_node');
  return unknown(['gpu_count'], written ? `“${written}” is decided where it runs: say how many GPUs` : 'say how many GPUs are used');
}

/** Which accelerator a workload runs on: `gpu_type`, or what its instance type holds.
 * @unknown if neither is stated or the table does not have it */
export function hardwareOf(spec: Spec, catalog: Catalog): Maybe<{ readonly accelerator: Accelerator; readonly assumed: readonly AssumedFact[] }> {
  const facts = new FactReader(spec);
  const name = facts.text('gpu_type');
  const type = facts.text('instance_type');
  if (name !== undefined) {
    const accelerator = catalog.accelerator(name);
    return accelerator ? known({ accelerator, assumed: [] }) : unknown(['gpu_type'], `“${name}” is not in the accelerator table: name it as its maker does`);
  }
  const machine = type === undefined ? undefined : catalog.hardware(type);
  const inside = machine && catalog.accelerators.find(({ id }) => id === machine.acceleratorId);
  if (!machine || !inside)
    return unknown(['gpu_type'], type === undefined ? 'say which GPU it runs on' : `the accelerators of ${type} are not listed: say which GPU it has`);
  return known({
    accelerator: inside,
    assumed: [{ fact: 'gpu_type', value: inside.id, why: `${type} holds ${machine.acceleratorCount} × ${inside.name} (price book)` }],
  });
}

/** The spec with what its instance type decides put in as facts, so that every formula sees the same hardware. */
export function withHardware(spec: Spec, catalog: Catalog): { readonly spec: Spec; readonly assumed: readonly AssumedFact[] } {
  const type = new FactReader(spec).text('instance_type');
  const machine = type === undefined ? undefined : catalog.hardware(type);
  if (type === undefined || !machine || machine.acceleratorCount < 1) return { spec, assumed: [] };
  const why = `${type} holds ${machine.acceleratorCount} × ${machine.acceleratorId} (price book)`;
  const derived: Record<string, string | number> = {};
  if (spec.facts['gpu_type'] === undefined) derived['gpu_type'] = machine.acceleratorId;
  const counts = ['gpus', 'gpu_count', 'nproc_per_node'];
  if (!counts.some((name) => spec.facts[name] !== undefined) || /^(all|auto|gpu)$/i.test(String(spec.facts['gpu_count'] ?? '')))
    derived['gpu_count'] = machine.acceleratorCount;
  if (spec.facts['num_nodes'] === undefined && spec.facts['instance_count'] !== undefined) derived['num_nodes'] = Number(spec.facts['instance_count']);
  const assumed = Object.entries(derived)
    .filter(([fact]) => fact !== 'num_nodes')
    .map(([fact, value]) => ({ fact, value, why }));
  return { spec: { ...spec, facts: { ...spec.facts, ...derived } }, assumed };
}

/** A count as written: a number, or a range `a..b` or `a-b`. Zero is no accelerator and no count. */
function range(facts: FactReader, name: string): Interval | undefined {
  const number = facts.number(name);
  if (number !== undefined) return number > 0 ? exact(number) : undefined;
  const ends = /^(\d+)\s*(?:\.\.|-)\s*(\d+)$/.exec(facts.text(name) ?? '');
  if (!ends) return undefined;
  const [low, high] = [Number(ends[1]), Number(ends[2])];
  return low > 0 && high >= low ? { low, likely: low, high } : undefined;
}

function nodeRange(facts: FactReader, catalog: Catalog): { range: Interval; rule: string; facts: string[] } | undefined {
  for (const name of ['gpu_count', 'nproc_per_node']) {
    const found = range(facts, name);
    if (found) return { range: found, rule: `${found.low === found.high ? found.low : `${found.low} to ${found.high}`} a node`, facts: [name] };
  }
  const type = facts.text('instance_type');
  const machine = type === undefined ? undefined : catalog.hardware(type);
  if (!machine || !(machine.acceleratorCount > 0)) return undefined;
  return { range: exact(machine.acceleratorCount), rule: `${machine.acceleratorCount} in ${type}`, facts: ['instance_type'] };
}

function replicaRange(facts: FactReader, assumed: AssumedFact[], notes: string[]): { range: Interval; rule: string; facts: string[] } {
  const stated = range(facts, 'replicas');
  const min = facts.number('min_replicas');
  const max = facts.number('max_replicas');
  const low = min ?? stated?.low;
  const high = max ?? stated?.high;
  const used = ['replicas', 'min_replicas', 'max_replicas'].filter((name) => facts.has(name));
  if (low === undefined && high === undefined) return { range: exact(1), rule: '1 replica', facts: [] };
  if (low !== undefined && high !== undefined && high > low) {
    const likely = Math.min(high, Math.max(low, stated?.likely ?? low, 1));
    notes.push(`scales between ${low} and ${high} replicas: the middle figure is for ${likely}`);
    return { range: { low, likely, high }, rule: `${low} to ${high} replicas`, facts: used };
  }
  // A lone upper bound says nothing about how many run; one is the least that serves.
  const only = stated?.likely ?? (low !== undefined && low > 0 ? low : undefined);
  if (only === undefined) {
    assumed.push({ fact: 'replicas', value: 1, why: 'only a bound of the scaling is written' });
    return { range: { low: low ?? 1, likely: 1, high: high !== undefined && high > 1 ? high : 1 }, rule: 'at least 1 replica', facts: used };
  }
  return { range: exact(only), rule: `${only} replica${only === 1 ? '' : 's'}`, facts: used };
}

function parallelSize(facts: FactReader, spec: Spec): { size: number; rule: string; facts: string[] } | undefined {
  const names = ['tensor_parallel', 'pipeline_parallel', 'data_parallel', ...(spec.kind === 'training' ? ['context_parallel'] : [])];
  const stated = names.filter((name) => (facts.number(name) ?? 0) > 0);
  // In training the data-parallel size follows from the world size, so without it the product is only a part.
  if (stated.length === 0 || (spec.kind === 'training' && facts.number('data_parallel') === undefined)) return undefined;
  const sizes = stated.map((name) => facts.number(name) ?? 1);
  return { size: sizes.reduce((a, b) => a * b, 1), rule: stated.map((name, at) => `${sizes[at]} ${name.replace('_', ' ')}`).join(' × '), facts: stated };
}
