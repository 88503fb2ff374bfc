import { expect, test } from 'vitest';
import { readYaml } from '../../server/src/core/syntax/yaml.js';
import { seen } from '../support/recognise.js';

const short = async (text: string, name = 'job.yaml'): Promise<string[]> => (await seen(name, text)).short;

test('Beaker: a task’s request and the training on it are two, a server is one', async () => {
  const task = (command: string): string =>
    `version: v2\ntasks:\n  - name: a\n    replicas: 2\n    image:\n      beaker: me/image\n    command: ['/bin/sh', '-c']\n    arguments: ['\n      ${command}\n    ']\n    resources:\n      gpuCount: 8\n    context:\n      preemptible: true\n`;
  expect(await short(task('accelerate launch --num_machines 2 --num_processes 16 train.py\n      --num_train_epochs 2'))).toEqual([
    'resource beaker 3-15 {replicas=2@4, gpu_count=8@13, spot=true@15}',
    'training pytorch 8-11 {num_nodes=2@9, gpu_count=8@9, epochs=2@10}',
  ]);
  expect(await short(task('vllm serve org/m-7b --tensor-parallel-size 8'))).toEqual([
    'serving vllm 3-14 {replicas=2@4, gpu_count=8@12, spot=true@14, model=org/m-7b@9, tensor_parallel=8@9}',
  ]);
  expect(await short('tasks:\n  - name: a\n    image: {beaker: me/image}\n    command: [echo]\n    resources: {gpuCount: 0}\n')).toEqual([]);
});

test('Hydra launchers: where each job of a sweep runs', async () => {
  expect(await short('launcher:\n  ray:\n    remote:\n      num_gpus: 2\n      num_cpus: 16\n')).toEqual(['resource ray 1-5 {gpu_count=2@4, cpu=16@5}']);
  expect(
    await short('hydra:\n  launcher:\n    gpus_per_node: 8\n    nodes: 2\n    tasks_per_node: 8\n    timeout_min: 90\n    array_parallelism: 4\n'),
  ).toEqual(['resource slurm 2-7 {gpu_count=8@3, num_nodes=2@4, nproc_per_node=8@5, concurrency=4@7, max_time=5400@6}']);
  expect(await short('launcher:\n  ray:\n    remote:\n      num_gpus: 0\n')).toEqual([]);
  expect(await short('trainer:\n  gpus_per_node: 8\n')).toEqual([]);
});

test('eksctl, ParallelCluster and Ray’s launcher: groups with accelerators, and no others', async () => {
  expect(
    await short(
      'apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\nmetadata: {name: a, region: us-east-1}\nmanagedNodeGroups:\n  - name: gpu\n    instanceType: p5.48xlarge\n    minSize: 0\n    desiredCapacity: 2\n    maxSize: 4\n    spot: true\n  - name: web\n    instanceType: m5.large\n    desiredCapacity: 3\n',
    ),
  ).toEqual(['resource eksctl 5-10 {instance_type=p5.48xlarge@6, min_replicas=0@7, max_replicas=4@9, replicas=2@8, spot=true@10, region=us-east-1@3}']);
  expect(
    await short(
      'Region: REGION_HERE\nScheduling:\n  Scheduler: slurm\n  SlurmQueues:\n    - Name: q\n      CapacityType: ONDEMAND\n      ComputeResources:\n        - Name: gpu\n          InstanceType: g5.12xlarge\n          MinCount: 2\n          MaxCount: 2\n        - Name: cpu\n          Instances: [{InstanceType: c5.large}]\n',
    ),
  ).toEqual(['resource parallelcluster 8-11 {instance_type=g5.12xlarge@9, min_replicas=2@10, max_replicas=2@11, spot=false@6}']);
  expect(
    await short(
      'provider: {type: aws, region: us-west-2}\navailable_node_types:\n  head:\n    node_config: {InstanceType: m5.xlarge}\n    resources: {}\n  worker:\n    min_workers: 1\n    max_workers: 4\n    resources: {GPU: 1}\n    node_config: {InstanceType: g5.xlarge}\n',
    ),
  ).toEqual(['resource ray 6-10 {instance_type=g5.xlarge@10, gpu_count=1@9, min_replicas=1@7, max_replicas=4@8, region=us-west-2@1}']);
});

const run = (kind: string, more: string): string => `apiVersion: serving.knative.dev/v1\nkind: ${kind}\nmetadata: {name: a}\nspec:\n  template:\n${more}`;
test('Cloud Run: a service with an accelerator, with its bounds', async () => {
  expect(
    await short(
      run(
        'Service',
        '    metadata:\n      annotations:\n        autoscaling.knative.dev/maxScale: "3"\n    spec:\n      containerConcurrency: 4\n      nodeSelector:\n        run.googleapis.com/accelerator: nvidia-l4\n      containers:\n        - image: vllm/vllm-openai\n          args: ["--model", "org/m-7b"]\n          resources:\n            limits:\n              cpu: "8"\n              memory: 32Gi\n              nvidia.com/gpu: "1"\n',
      ),
    ),
  ).toEqual(['serving vllm 1-20 {gpu_type=nvidia-l4@12, max_replicas=3@8, concurrency=4@10, gpu_count=1@20, cpu=8@18, memory=32Gi@19, model=org/m-7b@15}']);
  expect(await short(run('Service', '    spec:\n      containers: [{image: web}]\n'))).toEqual([]);
});

test('Argo and Tekton: steps with accelerators, or that train', async () => {
  expect(
    await short(
      'apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nspec:\n  templates:\n    - name: steps\n      steps: [[{name: a, template: train}]]\n    - name: train\n      container:\n        image: me/image\n        command: [torchrun, --nproc_per_node=4, train.py, --num_train_epochs, "2"]\n        resources: {limits: {nvidia.com/gpu: 4}}\n    - name: report\n      container: {image: me/image, command: [python, report.py]}\n',
    ),
  ).toEqual(['training pytorch 7-11 {gpu_count=4@11, nproc_per_node=4@10, epochs=2@10}']);
  expect(
    await short(
      'apiVersion: tekton.dev/v1\nkind: Task\nspec:\n  steps:\n    - name: bench\n      image: me/image\n      computeResources: {limits: {nvidia.com/gpu: 1}}\n      script: |\n        ./bench\n',
    ),
  ).toEqual(['resource argo 5-9 {gpu_count=1@7}']);
  expect(
    await short('apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nspec:\n  templates:\n    - name: a\n      container: {image: alpine, command: [echo]}\n'),
  ).toEqual([]);
});

test('Determined: a trial’s slots and length', async () => {
  expect(
    await short(
      'name: a\nentrypoint: model_def:Trial\nhyperparameters:\n  global_batch_size: {type: const, val: 64}\nresources:\n  slots_per_trial: 8\nsearcher:\n  name: adaptive_asha\n  max_trials: 16\n  max_length: {epochs: 5}\n',
    ),
  ).toEqual(['training determined 1-10 {gpu_count=8@6, trials=16@9, epochs=5@10, global_batch_size=64@4}']);
});

test('Vertex AI: a custom job’s pools', async () => {
  expect(
    await short(
      'workerPoolSpecs:\n  - machineSpec: {machineType: a2-highgpu-1g, acceleratorType: NVIDIA_TESLA_A100, acceleratorCount: 1}\n    replicaCount: 1\n    containerSpec:\n      imageUri: me/image\n      command: [python, train.py, --num_train_epochs, "2"]\n  - machineSpec: {machineType: a2-highgpu-1g, acceleratorType: NVIDIA_TESLA_A100, acceleratorCount: 1}\n    replicaCount: 3\nscheduling: {strategy: SPOT, timeout: 3600s}\n',
    ),
  ).toEqual([
    'training pytorch 1-9 {instance_type=a2-highgpu-1g@2, gpu_type=NVIDIA_TESLA_A100@2, gpu_count=1@2, instance_count=4@3, spot=true@9, max_time=3600@9, epochs=2@6}',
  ]);
  expect(await short('workerPoolSpecs:\n  - machineSpec: {machineType: n1-standard-4}\n')).toEqual([]);
});

test('a list whose closing quote or bracket is indented no deeper than its key is read, with its places', () => {
  const text = "a:\n  command: ['\n    one\n    two\n  ']\n  b: [1,\n  2]\n  c: 3\n";
  const { roots, problems } = readYaml('file:///a.yaml', text);
  expect(problems).toEqual([]);
  const [root] = roots;
  const inner = root?.kind === 'map' ? root.entries[0]?.value : undefined;
  const entries = inner?.kind === 'map' ? inner.entries : [];
  expect(entries.map(({ key, keyStart }) => [key, text.slice(keyStart, keyStart + key.length)])).toEqual([
    ['command', 'command'],
    ['b', 'b'],
    ['c', 'c'],
  ]);
});

test.each<[what: string, text: string, expected: string[]]>([
  [
    'submitit: what each job asks Slurm for',
    'import submitit\nNODES = 2\nexecutor = submitit.AutoExecutor(folder="logs")\nexecutor.update_parameters(nodes=NODES, gpus_per_node=8, tasks_per_node=8, timeout_min=90, slurm_partition="dev")\n',
    ['resource slurm 4-4 {gpu_count=8@4, num_nodes=2@2 variable, nproc_per_node=8@4, max_time=5400@4}'],
  ],
  [
    'submitit: an executor that comes in, a type in gres',
    'import submitit\ndef launch(executor):\n    executor.update_parameters(slurm_gres="gpu:a100:4", slurm_time=60)\n',
    ['resource slurm 3-3 {gpu_count=4@3, gpu_type=a100@3, max_time=3600@3}'],
  ],
  ['submitit: a job of processors', 'import submitit\nex = submitit.AutoExecutor("x")\nex.update_parameters(cpus_per_task=4, timeout_min=5)\n', []],
  ['parameters of something else', 'import submitit\nmodel.update_parameters(gpus_per_node=8)\n', []],
])('%s', async (_what, text, expected) => {
  expect((await seen('a.py', text)).short).toEqual(expected);
});

test('infinity: the model of its command', async () => {
  const text =
    'type: service\nimage: michaelf34/infinity:latest\nenv:\n  - MODEL_ID=org/encoder\ncommands:\n  - infinity_emb v2 --model-id $MODEL_ID --dtype float16\nresources:\n  gpu: 16GB\n';
  expect((await seen('serve.dstack.yml', text)).short[0]).toMatch(/^serving infinity 1-\d+ \{.*model=org\/encoder@4/);
});
