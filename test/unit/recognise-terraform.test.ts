import { expect, test } from 'vitest';
import { Engine } from '../../server/src/host/engine.js';
import { memoryHost } from '../support/memory-host.js';
import { seen } from '../support/recognise.js';

const short = async (text: string, name = 'main.tf'): Promise<string[]> => (await seen(name, text)).short;

test.each([
  [
    'an instance, how many, where',
    'provider "aws" {\n  region = "us-west-2"\n}\nresource "aws_instance" "train" {\n  count = 2\n  instance_type = "p5.48xlarge"\n  instance_market_options { market_type = "spot" }\n}\n',
    'resource terraform 4-8 {instance_type=p5.48xlarge@6, instance_count=2@5, spot=true@7, region=us-west-2@2, provider=aws@4 default}',
  ],
  [
    'accelerators that are added to a machine',
    'resource "google_compute_instance" "a" {\n  machine_type = "n1-standard-8"\n  zone = "europe-west4-a"\n  guest_accelerator {\n    type = "nvidia-tesla-t4"\n    count = 2\n  }\n  scheduling { preemptible = true }\n}\n',
    'resource terraform 1-9 {instance_type=n1-standard-8@2, gpu_type=nvidia-tesla-t4@5, gpu_count=2@6, spot=true@8, region=europe-west4@3, provider=gcp@1 default}',
  ],
  [
    'a node pool of a fixed size',
    'resource "google_container_node_pool" "a" {\n  node_count = 3\n  node_config {\n    machine_type = "a3-highgpu-8g"\n    spot = true\n    disk_size_gb = 100\n  }\n}\n',
    'resource terraform 1-8 {instance_type=a3-highgpu-8g@4, num_nodes=3@2, spot=true@5, provider=gcp@1 default}',
  ],
  [
    'a node pool that scales: its size now is one of its bounds’ range',
    'resource "azurerm_kubernetes_cluster_node_pool" "a" {\n  vm_size = "Standard_NC24ads_A100_v4"\n  node_count = 1\n  min_count = 0\n  max_count = 4\n  priority = "Spot"\n}\n',
    'resource terraform 1-7 {instance_type=Standard_NC24ads_A100_v4@2, gpu_type=a100@2 default, min_replicas=0@4, max_replicas=4@5, replicas=1@3, spot=true@6, provider=azure@1 default}',
  ],
  [
    'a node group of EKS',
    'resource "aws_eks_node_group" "a" {\n  instance_types = ["g6.xlarge", "g5.xlarge"]\n  capacity_type = "ON_DEMAND"\n  scaling_config {\n    desired_size = 2\n    min_size = 1\n    max_size = 5\n  }\n}\n',
    'resource terraform 1-9 {instance_type=g6.xlarge@2, min_replicas=1@6, max_replicas=5@7, replicas=2@5, spot=false@3, provider=aws@1 default}',
  ],
  [
    'a launch template, with the size of the group that uses it',
    'resource "aws_launch_template" "t" {\n  instance_type = "g5.2xlarge"\n}\nresource "aws_autoscaling_group" "g" {\n  min_size = 1\n  max_size = 4\n  launch_template { id = aws_launch_template.t.id }\n}\n',
    'resource terraform 1-3 {instance_type=g5.2xlarge@2, provider=aws@1 default, min_replicas=1@5, max_replicas=4@6}',
  ],
  [
    'an endpoint of SageMaker serves',
    'resource "aws_sagemaker_endpoint_configuration" "e" {\n  production_variants {\n    instance_type = "ml.g5.xlarge"\n    initial_instance_count = 2\n  }\n}\n',
    'serving sagemaker 1-6 {instance_type=ml.g5.xlarge@3, instance_count=2@4, provider=aws@1 default}',
  ],
  [
    'a machine type whose name says what is in it',
    'resource "crusoe_compute_instance" "v" {\n  type = "h100-80gb-sxm-ib.8x"\n  location = "us-east1-a"\n}\n',
    'resource terraform 1-4 {instance_type=h100-80gb-sxm-ib.8x@2, gpu_type=h100@2 default, gpu_count=8@2 default, region=us-east1@3, provider=crusoe@1 default}',
  ],
  [
    'arguments of a module',
    'module "pool" {\n  source = "./pool"\n  machine_type = "g2-standard-12"\n  node_count = 2\n}\n',
    'resource terraform 1-5 {instance_type=g2-standard-12@3, num_nodes=2@4}',
  ],
  [
    'names that the file defines, and a choice that its defaults make',
    'variable "big" {\n  default = true\n}\nlocals {\n  type = var.big ? "p4d.24xlarge" : "t3.micro"\n}\nresource "aws_instance" "a" {\n  instance_type = local.type\n}\n',
    'resource terraform 7-9 {instance_type=p4d.24xlarge@5 default, provider=aws@7 default}',
  ],
  [
    'a count that somebody must switch on',
    'variable "on" {\n  default = false\n}\nresource "aws_instance" "a" {\n  count = var.on ? 1 : 0\n  instance_type = "g5.xlarge"\n}\n',
    'resource terraform 4-7 {instance_type=g5.xlarge@6, provider=aws@4 default} ?instance_count',
  ],
])('%s', async (_name, text, expected) => {
  expect(await short(text)).toEqual([expected]);
});

test('groups of machines in one module are a workload each; those without accelerators are none', async () => {
  const text =
    'module "eks" {\n  eks_managed_node_groups = {\n    gpu = {\n      instance_types = ["g5.xlarge"]\n      min_size = 1\n      max_size = 3\n    }\n    big = {\n      instance_types = ["p5.48xlarge"]\n      min_size = 0\n      max_size = 2\n    }\n    web = { instance_types = ["m5.large"], min_size = 1, max_size = 9 }\n  }\n}\n';
  expect(await short(text)).toEqual([
    'resource terraform 3-7 {instance_type=g5.xlarge@4, min_replicas=1@5, max_replicas=3@6}',
    'resource terraform 8-12 {instance_type=p5.48xlarge@9, min_replicas=0@10, max_replicas=2@11}',
  ]);
});

test('variables of one group of machines are settings without money of their own', async () => {
  const text =
    'variable "gpu_instance_types" {\n  default = ["g4dn.xlarge"]\n}\nvariable "gpu_min_size" {\n  default = 1\n}\nvariable "gpu_max_size" {\n  default = 2\n}\nvariable "cpu_instance_type" {\n  default = "t3.large"\n}\nvariable "cpu_max_size" {\n  default = 7\n}\nvariable "gpu_capacity_type" {\n  default = "SPOT"\n}\n';
  expect(await short(text, 'variables.tf')).toEqual(['resource terraform 1-3 {instance_type=g4dn.xlarge@2, min_replicas=1@5, max_replicas=2@8, spot=true@17}']);
  const { sighting } = await seen('variables.tf', text);
  expect(sighting.workloads.map(({ fragment }) => fragment)).toEqual([true]);
});

test('a values file: machines in its maps, and plain values', async () => {
  expect(
    await short(
      'groups = {\n  a = {\n    instance_type = "ml.p5.48xlarge",\n    instance_count = 2,\n  },\n  b = { instance_type = "ml.m5.xlarge", instance_count = 1 }\n}\n',
      'x.tfvars',
    ),
  ).toEqual(['resource terraform 1-7 {instance_type=ml.p5.48xlarge@3, instance_count=2@4}']);
  expect(await short('instance_type = "p4d.24xlarge"\nregion = "us-east-1"\ninstance_count = 4\n', 'terraform.tfvars')).toEqual([
    'resource terraform 1-1 {instance_type=p4d.24xlarge@1, instance_count=4@3, region=us-east-1@2}',
  ]);
});

test('the JSON form says the same', async () => {
  const text =
    '{\n  "resource": {\n    "aws_instance": {\n      "a": {\n        "count": 2,\n        "instance_type": "${var.t}"\n      }\n    }\n  },\n  "variable": {"t": {"default": "p3.8xlarge"}}\n}\n';
  expect((await short(text, 'main.tf.json')).filter((one) => one.includes('provider'))).toEqual([
    'resource terraform 4-7 {instance_type=p3.8xlarge@10 default, instance_count=2@5, provider=aws@4 default}',
  ]);
  expect(await short(text, 'other.json')).toEqual([]);
});

test.each([
  [
    'machines without accelerators',
    'resource "aws_instance" "a" {\n  instance_type = "m6g.large"\n}\nresource "google_compute_instance" "b" {\n  machine_type = "n1-standard-16"\n  scratch_disk { interface = "NVME" }\n}\n',
  ],
  [
    'other things with types and sizes',
    'resource "aws_db_instance" "a" {\n  instance_class = "db.r6g.large"\n}\nresource "aws_elasticache_cluster" "b" {\n  node_type = "cache.m6g.large"\n}\nresource "aws_ebs_volume" "c" {\n  type = "gp3"\n  size = 100\n}\n',
  ],
  ['what is only looked up', 'data "aws_ec2_instance_type" "a" {\n  instance_type = "p5.48xlarge"\n}\n'],
  [
    'a policy that names machine types',
    'resource "aws_iam_policy" "a" {\n  policy = jsonencode({ Condition = { StringEquals = { instance_type = "p5.48xlarge" } } })\n}\n',
  ],
  ['a menu in a description', 'variable "instance_type" {\n  description = "p5.48xlarge or g5.xlarge"\n  default = "t3.micro"\n}\n'],
  [
    'labels and taints',
    'resource "google_container_node_pool" "a" {\n  node_config {\n    machine_type = "e2-standard-4"\n    labels = { gpu = "none" }\n    taint {\n      key = "nvidia.com/gpu"\n      value = "present"\n    }\n  }\n}\n',
  ],
])('nothing is marked for %s', async (_name, text) => {
  expect(await short(text)).toEqual([]);
});

/** What a folder's files say of its workloads when joined. */
async function joined(files: Record<string, string>, name = 'main.tf'): Promise<string[]> {
  const engine = new Engine(memoryHost(files));
  engine.roots = ['file:///w'];
  const { workloads } = await engine.report(`file:///w/${name}`);
  return workloads.map(({ workload }) => workload.facts.map((fact) => `${fact.name}=${fact.value} ${fact.note ?? fact.origin}`).join(', '));
}
const use = 'resource "aws_instance" "a" {\n  instance_type = var.instance_type\n}\n';
const declared = (value: string): string => `variable "instance_type" {\n  default = "${value}"\n}\n`;

test('a variable’s default stands in another file of the folder; a values file wins over it', async () => {
  expect(await joined({ 'main.tf': use, 'variables.tf': declared('p5.48xlarge') })).toEqual([
    'provider=aws aws_instance, instance_type=p5.48xlarge var.instance_type of variables.tf',
  ]);
  expect(await joined({ 'main.tf': use, 'variables.tf': declared('t3.micro'), 'terraform.tfvars': 'instance_type = "g5.xlarge"\n' })).toEqual([
    'provider=aws aws_instance, instance_type=g5.xlarge var.instance_type of terraform.tfvars',
  ]);
  expect(await joined({ 'main.tf': `${declared('p5.48xlarge')}${use}`, 'terraform.tfvars': 'instance_type = "g5.xlarge"\n' })).toContain(
    'instance_type=g5.xlarge var.instance_type of terraform.tfvars, provider=aws aws_instance',
  );
});
test('what no file says, or what turns out to have no accelerators, is not marked', async () => {
  expect(await joined({ 'main.tf': use })).toEqual([]);
  expect(await joined({ 'main.tf': use, 'variables.tf': declared('t3.micro') })).toEqual([]);
});
test('a machine is priced as its type and number tell', async () => {
  const engine = new Engine(memoryHost({ 'main.tf': 'resource "aws_instance" "a" {\n  count = 2\n  instance_type = "p4d.24xlarge"\n}\n' }));
  engine.roots = ['file:///w'];
  const [only] = (await engine.report('file:///w/main.tf')).workloads;
  expect(only?.estimation.estimates['gpus']?.likely).toBe(16);
});

test.each([
  [
    'a set of names',
    'resource "google_container_node_pool" "b" {\n  for_each   = toset(["a2-highgpu-1g", "a3-highgpu-8g"])\n  node_count = 3\n  node_config { machine_type = each.value }\n}\n',
    ['instance_type=a2-highgpu-1g@2 variable, num_nodes=3@3', 'instance_type=a3-highgpu-8g@2 variable, num_nodes=3@3'],
  ],
  [
    'a variable’s objects with keys of their own',
    'variable "pools" {\n  default = { x = { machine = "p5.48xlarge", n = 4 } }\n}\nresource "aws_eks_node_group" "c" {\n  for_each       = var.pools\n  instance_types = [each.value.machine]\n  scaling_config { desired_size = each.value.n }\n}\n',
    ['instance_type=p5.48xlarge@2 variable, replicas=4@2 variable'],
  ],
  ['what another file gives', 'resource "aws_instance" "d" {\n  for_each      = var.elsewhere\n  instance_type = each.value.kind\n}\n', []],
])('for_each goes through %s', async (_, text, want) => {
  const found = (await short(text, 'main.tf')).map((one) => one.replace(/^.*?\{/, '').replace(/, provider=.*$/, ''));
  expect(found).toEqual(want);
});
