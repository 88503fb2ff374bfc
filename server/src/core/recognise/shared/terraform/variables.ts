import type { HclExpr } from '../../../syntax/hcl/ast.js';
import type { SeenWorkload } from '../../types.js';
import { isAcceleratorName, machineOfName } from '../machine-types.js';
import { HclFacts } from './hcl-facts.js';
import { regionOf, spotOf } from './machine-keys.js';
import type { Scope } from './scope.js';

/** A variable with its default, or with the value that a values file gives it. */
export interface Named {
  readonly name: string;
  readonly value: HclExpr;
  readonly start: number;
  readonly end: number;
}

const typeName =
  /^(.*?)_?(?:instance|machine|vm|node|compute|server|worker)?_?(?:instance_types?|machine_types?|types?|size|sku|shape|flavou?r|plan|accelerator)$/;

/** Machines that variables describe together: `gpu_instance_type = "p5.48xlarge"` beside `gpu_node_count = 2`.
 * They are settings: the resource that reads them has the money. */
export function variableGroups(uri: string, variables: readonly Named[], scope: Scope): SeenWorkload[] {
  const types = variables.filter(({ name, value }) => typeName.test(name) && scope.all(value).some((one) => isMachine(name, String(one.value))));
  const groups = new Map<string, Named[]>();
  for (const one of types) {
    const stem = stemOf(one.name);
    groups.set(stem, [...(groups.get(stem) ?? []), one]);
  }
  return [...groups].map(([stem, members]) => read(uri, stem, members, variables, groups.size === 1, scope));
}
const isMachine = (name: string, value: string): boolean => machineOfName(value) !== undefined || (/gpu|accelerator/.test(name) && isAcceleratorName(value));
/** What the names of a group have in common: `gpu` of `gpu_node_instance_types`, nothing of `instance_type`. */
const stemOf = (name: string): string => (typeName.exec(name)?.[1] ?? '').replace(/_?(?:instance|machine|node|vm|worker|accelerator)s?$/, '').replace(/_$/, '');

function read(uri: string, stem: string, members: readonly Named[], variables: readonly Named[], alone: boolean, scope: Scope): SeenWorkload {
  const facts = new HclFacts(uri, scope);
  for (const { name, value } of members) {
    const [chosen] = scope.all(value).filter((one) => isMachine(name, String(one.value)));
    if (!chosen) continue;
    const told = machineOfName(String(chosen.value));
    if (told === undefined) facts.put('gpu_type', chosen.value, chosen);
    else {
      facts.put('instance_type', chosen.value, chosen);
      if (told.gpuType !== undefined) facts.put('gpu_type', told.gpuType, { ...chosen, origin: 'default' });
      if (told.gpuCount !== undefined) facts.put('gpu_count', told.gpuCount, { ...chosen, origin: 'default' });
    }
  }
  for (const variable of variables) {
    const rest = restOf(variable.name, stem);
    if (rest === undefined || members.includes(variable)) continue;
    takeSetting(facts, rest, variable.value);
  }
  const region = alone ? variables.find(({ name }) => /^(?:aws_|gcp_|google_|azure_)?(?:region|location|zone)$/.test(name)) : undefined;
  if (region) facts.takeIf('region', region.value, (value) => regionOf('region', value));
  const [first] = members;
  return { ...facts.workload('resource', 'terraform', `${stem === '' ? 'machine' : stem} variables`, first!, false), fragment: true };
}
/** A variable's name without the group's stem; undefined where it is of another group. */
function restOf(name: string, stem: string): string | undefined {
  if (stem === '') return name;
  return name.startsWith(`${stem}_`) ? name.slice(stem.length + 1) : undefined;
}

const part = '(?:(?:node|instance|machine|vm|worker|pool|group|nodes|asg|ng)s?_)*';
const settings: readonly (readonly [RegExp, string])[] = [
  [new RegExp(`^${part}min(?:imum)?_?(?:size|count|nodes?|node_count|capacity|replicas|instances)?$`), 'min_replicas'],
  [new RegExp(`^${part}max(?:imum)?_?(?:size|count|nodes?|node_count|capacity|replicas|instances)?$`), 'max_replicas'],
  [new RegExp(`^${part}(?:desired|initial)_?(?:size|count|nodes?|node_count|capacity)?$|^replicas$`), 'replicas'],
  [/^(?:accelerator_count|gpus_per_(?:node|instance|vm)|gpu_count|accelerators_per_\w+|gpus)$/, 'gpu_count'],
  [/^(?:num_nodes|node_count|nodes|node_pool_size|fixed_node_count|nodes_count)$/, 'num_nodes'],
  [/^(?:instance_count|num_instances|vm_count|machine_count|instances|count)$/, 'instance_count'],
];
function takeSetting(facts: HclFacts, name: string, value: HclExpr): void {
  const fact = settings.find(([pattern]) => pattern.test(name))?.[1];
  if (fact === 'gpu_count') facts.takeIf(fact, value, (one) => (Number.isInteger(Number(one)) && Number(one) > 0 ? Number(one) : undefined));
  else if (fact !== undefined) facts.takeCount(fact, value, fact === 'min_replicas');
  else facts.takeIf('spot', value, (one) => spotOf(name.replace(/^.*_(?=capacity_type$|spot$|preemptible$)/, ''), one));
}
