import type { FactValue } from '../../../model/fact.js';

/** Attributes that hold a machine type. Any value that is none is passed over, so that a disk's `type` or `size` does no harm. */
export const machineKey =
  /^(?:instance_?[Tt]ypes?|machine_types?|vm_size|vm_sizes|sku|sku_name|size|shape|node_shape|plan|flavor|flavor_name|flavor_id|instance_type_name|instance_size|type|platform|platform_id|preset|profile|worker_pool_flavor|node_type|node_type_id|driver_node_type_id|node_size|node_vm_size|default_node_vm_size|agents_size|commercial_type|instance_class|worker_type|vm_type|instance)$|_(?:instance_types?|machine_types?|vm_size|instance_size|node_type|flavor)$/;
/** Attributes that hold a machine type of their own, so that a value from elsewhere may be one with accelerators. */
export const onlyMachineKey = /^(?:instance_types?|machine_types?|vm_size|shape|node_vm_size|instance_type_name|commercial_type)$/;

/** Parts that ask for accelerators. */
export const acceleratorPart =
  /^(?:guest_accelerators?|accelerators?|accelerator_config|gpus?|gpu_config|node_selector|limits|requests|accelerator_configs|device)$/;
export const acceleratorKey =
  /^(?:accelerator_type|gpu_type|gpu_type_ids?|gpu_model|gpu_model_id|accelerator|type|cloud\.google\.com\/gke-accelerator|nvidia\.com\/gpu\.product)$/;
/** Without a part around them these are accelerators, too. */
export const plainAcceleratorKey = /^(?:accelerator_type|gpu_type|gpu_type_ids?|gpu_model|gpu_model_id|cloud\.google\.com\/gke-accelerator)$/;
export const acceleratorCountKey =
  /^(?:accelerator_count|gpu_count|gpus?|num_gpus|count|nvidia\.com\/gpu|amd\.com\/gpu|aws\.amazon\.com\/neuron(?:core)?|google\.com\/tpu)$/;
export const plainAcceleratorCountKey =
  /^(?:accelerator_count|gpu_count|gpus|num_gpus|nvidia\.com\/gpu|amd\.com\/gpu|aws\.amazon\.com\/neuron(?:core)?|google\.com\/tpu)$/;

/** What attributes say about how many machines there are, most telling first. */
export const countFields: readonly (readonly [fact: string, keys: readonly string[]])[] = [
  [
    'min_replicas',
    [
      'min_size',
      'min_count',
      'min_node_count',
      'total_min_node_count',
      'min_capacity',
      'min_replicas',
      'min_replica_count',
      'min_instance_count',
      'min_nodes',
      'min_workers',
      'min_instances',
    ],
  ],
  [
    'max_replicas',
    [
      'max_size',
      'max_count',
      'max_node_count',
      'total_max_node_count',
      'max_capacity',
      'max_replicas',
      'max_replica_count',
      'max_instance_count',
      'max_nodes',
      'max_workers',
      'max_instances',
    ],
  ],
  ['replicas', ['desired_size', 'desired_capacity', 'desired_count', 'replicas', 'worker_count']],
  ['num_nodes', ['node_count', 'initial_node_count', 'fixed_node_count', 'num_nodes', 'agents_count', 'num_workers']],
  ['instance_count', ['instance_count', 'initial_instance_count', 'instances', 'target_size', 'target_capacity', 'quantity']],
];
/** Machine and count by the same name in one place: only where the machine itself stands. */
export const ownCountKeys: readonly string[] = ['count', 'size', 'nodes', 'capacity'];

/** True or false for interruptible machines, by attribute and value. */
export function spotOf(key: string, value: FactValue): boolean | undefined {
  const written = String(value).toLowerCase().replaceAll('-', '_');
  if (/^(?:spot|preemptible|use_spot|use_spot_instances|spot_instances?|enable_spot|spot_enabled|interruptible|is_preemptible)$/.test(key))
    return written === 'true' ? true : written === 'false' ? false : undefined;
  if (
    /^(?:capacity_type|provisioning_model|market_type|priority|vm_priority|provisioning_type|capacity_reservation_preference)$/.test(key) ||
    /_capacity_type$/.test(key)
  )
    return /^(?:spot|low_?priority|preemptible)$/.test(written)
      ? true
      : /^(?:on_demand|ondemand|standard|regular|dedicated)$/.test(written)
        ? false
        : undefined;
  return /^spot_(?:price|bid|max_price)$/.test(key) && Number(value) > 0 ? true : undefined;
}
/** A region out of what an attribute says: `us-central1-a` and `us-east-1b` are zones. */
export function regionOf(key: string, value: FactValue): string | undefined {
  const written = String(value).trim().toLowerCase().replaceAll(' ', '');
  if (!/^[a-z][a-z0-9-]+$/.test(written)) return undefined;
  if (/^(?:region|location|zone|availability_zone|aws_region|gcp_region)$/.test(key))
    return written.replace(/^([a-z]+-[a-z]+\d+)-[a-z]$/, '$1').replace(/^([a-z]{2}(?:-[a-z]+)+-\d)[a-z]$/, '$1');
  return undefined;
}
export const regionKeys: readonly string[] = ['region', 'location', 'zone', 'availability_zone', 'aws_region', 'gcp_region'];

/** Who rents out the machine, by the first word of a resource's type, in the price book's words. */
export const providers: Readonly<Record<string, string>> = {
  aws: 'aws',
  awscc: 'aws',
  google: 'gcp',
  azurerm: 'azure',
  azapi: 'azure',
  oci: 'oci',
  crusoe: 'crusoe',
  lambdalabs: 'lambda',
  lambda: 'lambda',
  coreweave: 'coreweave',
  runpod: 'runpod',
  nebius: 'nebius',
  digitalocean: 'digitalocean',
  vultr: 'vultr',
  ovh: 'ovh',
  hyperstack: 'hyperstack',
  datacrunch: 'verda',
  verda: 'verda',
  ibm: 'ibm',
  cudo: 'cudo',
};
