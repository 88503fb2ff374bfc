import { expect, test } from 'vitest';
import { seen } from '../support/recognise.js';

const short = async (name: string, text: string): Promise<string[]> => (await seen(name, text)).short;
const pod = (container: string, more = ''): string => `apiVersion: apps/v1
kind: Deployment
metadata: {name: x}
spec:
  replicas: 2
  template:
    spec:
${more}      containers:
      - name: a
${container}`;

test('Kubernetes: an engine in a container is one serving workload with its GPUs', async () => {
  const text = pod(
    `        image: vllm/vllm-openai:latest
        args:
          - --model=meta-llama/Llama-3.1-8B-Instruct
          - --tensor-parallel-size
          - "2"
          - --max-model-len=8192
        resources:
          limits:
            cpu: "8"
            nvidia.com/gpu: "2"
`,
    '      nodeSelector:\n        cloud.google.com/gke-accelerator: nvidia-l4\n        cloud.google.com/gke-spot: "true"\n',
  );
  expect(await short('d.yaml', text)).toEqual([
    'serving vllm 1-22 {replicas=2@5, gpu_count=2@22, cpu=8@21, provider=gcp@9, gpu_type=nvidia-l4@9, spot=true@10, model=meta-llama/Llama-3.1-8B-Instruct@15, tensor_parallel=2@17, max_model_len=8192@18}',
  ]);
});

test.each([
  [
    'a shell text',
    '        command: ["/bin/sh", "-c"]\n        args:\n          - |\n            echo start\n            vllm serve org/m --tensor-parallel-size 4 \\\n              --gpu-memory-utilization 0.8\n',
    'model=org/m@14, tensor_parallel=4@14, gpu_mem_util=0.8@15',
  ],
  [
    'a folded text',
    '        command:\n          - sh\n          - -c\n          - >-\n            exec python3 -m vllm.entrypoints.openai.api_server\n            --model org/m\n            --max-num-seqs 16\n',
    'model=org/m@15, max_num_seqs=16@16',
  ],
  ['a text after `--`', '        command: ["/bin/bash", "-c", "--"]\n        args:\n          - vllm serve org/m\n', 'model=org/m@12'],
  [
    'a variable of the container',
    '        command: [vllm, serve, $(MODEL)]\n        env:\n          - name: MODEL\n            value: org/m\n',
    'model=org/m@13 variable',
  ],
  ['a variable of the script', '        command: [bash, -c, "M=org/m; vllm serve $M"]\n', 'model=org/m@10 variable'],
  [
    'flags in one item',
    '        command: [python3, -m, sglang.launch_server]\n        args: ["--model-path org/m --tp 8"]\n',
    'model=org/m@11, tensor_parallel=8@11',
  ],
  [
    'arguments after the script',
    '        command: ["/bin/bash", "-c", \'exec vllm serve "$@"\', "--"]\n        args: [org/m, --max-model-len=4096]\n',
    'model=org/m@11, max_model_len=4096@11',
  ],
  [
    'variables that the engine reads',
    '        image: ghcr.io/huggingface/text-generation-inference:2\n        env:\n          - name: MODEL_ID\n            value: org/m\n          - name: NUM_SHARD\n            value: "4"\n',
    'model=org/m@13, tensor_parallel=4@15',
  ],
])('Kubernetes: the engine is read out of %s', async (_name, lines, expected) => {
  const [only, ...rest] = await short('d.yaml', pod(`${lines}        resources: {limits: {nvidia.com/gpu: 1}}\n`));
  expect(rest).toEqual([]);
  expect(only).toMatch(/^serving /);
  expect(only).toContain(expected);
});

test('Kubernetes: a PyTorchJob trains what its command says; variables of the submitter are unknown', async () => {
  const text = `apiVersion: kubeflow.org/v1
kind: PyTorchJob
metadata: {name: x}
spec:
  elasticPolicy: {minReplicas: 1, maxReplicas: 64}
  pytorchReplicaSpecs:
    Worker:
      replicas: $NUM_NODES
      template:
        spec:
          containers:
            - name: pytorch
              resources: {limits: {nvidia.com/gpu: 8}}
              command:
                - torchrun
                - --nproc_per_node=8
                - --nnodes=$NUM_NODES
                - /fsdp/train.py
                - --num_layers=80
                - --max_steps=30
                - --train_batch_size=1
                - --checkpoint_dir=./checkpoints
`;
  const { short, sighting } = await seen('j.yaml', text);
  expect(short).toEqual([
    'training pytorch 1-22 {min_replicas=1@5, max_replicas=64@5, gpu_count=8@13, nproc_per_node=8@16, batch_size=1@21, max_steps=30@20, n_layer=80@19} ?num_nodes',
  ]);
  expect(sighting.workloads[0]?.launch?.target).toEqual({ kind: 'script', name: '/fsdp/train.py' });
});

test('Kubernetes: pods of groups are counted', async () => {
  const group = (name: string, count: number) =>
    `    ${name}:\n      replicas: ${count}\n      template: {spec: {containers: [{name: c, resources: {limits: {nvidia.com/gpu: 4}}}]}}\n`;
  const text = `apiVersion: kubeflow.org/v1\nkind: PyTorchJob\nspec:\n  pytorchReplicaSpecs:\n${group('Master', 1)}${group('Worker', 3)}`;
  expect(await short('j.yaml', text)).toEqual(['training pytorch 1-10 {num_nodes=4@6, gpu_count=4@7}']);
});

test('Kubernetes: a job with GPUs and nothing that tells what it does is a resource', async () => {
  const text =
    'apiVersion: batch/v1\nkind: Job\nspec:\n  parallelism: 3\n  activeDeadlineSeconds: 600\n  template:\n    spec:\n      containers:\n        - name: a\n          image: busybox\n          resources: {requests: {nvidia.com/gpu: 1}}\n';
  expect(await short('j.yaml', text)).toEqual(['resource kubernetes 1-11 {concurrency=3@4, max_time=600@5, gpu_count=1@11}']);
});

test.each([
  ['a deployment without GPUs', pod('        image: nginx\n')],
  [
    'a job that has a training word in a tool',
    'apiVersion: batch/v1\nkind: Job\nspec:\n  template:\n    spec:\n      containers: [{name: a, command: [python, prepare_training_data.py]}]\n',
  ],
  ['a GPU count of zero', pod('        image: nginx\n        resources: {limits: {nvidia.com/gpu: "0"}}\n')],
  [
    'a scaler of a web server',
    'apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nspec:\n  scaleTargetRef: {name: web}\n  minReplicas: 1\n  maxReplicas: 9\n',
  ],
  [
    'a Ray cluster of CPUs',
    'apiVersion: ray.io/v1\nkind: RayCluster\nspec:\n  workerGroupSpecs:\n    - replicas: 1\n      template: {spec: {containers: [{name: a}]}}\n',
  ],
  [
    'a chart template without a value',
    '{{- range .Values.models }}\napiVersion: apps/v1\nkind: Deployment\nspec:\n  template:\n    spec:\n      containers:\n        - name: a\n          resources:\n            limits:\n              nvidia.com/gpu: {{ .gpus }}\n{{- end }}\n',
  ],
  ['a compose file of a web application', 'services:\n  web:\n    image: app\n    environment: {OPENAI_API_KEY: x}\n'],
  ['a workflow on ordinary runners', 'jobs:\n  test:\n    runs-on: ubuntu-latest\n    steps: [{run: "nvidia-smi"}]\n'],
  ['a model package without training or prediction', 'build:\n  python_version: "3.11"\n'],
  ['resources of something else', 'resources:\n  cpu: 1\nrun: x\n'],
  ['values of a web chart', 'replicaCount: 2\nimage: {repository: nginx}\nresources: {limits: {cpu: 1}}\n'],
  ['a server configuration that names no model', 'responseTimeout: 20\n'],
  ['a list of model names', 'models:\n  - name: gpt-4o\n    price: 2.5\n'],
])('no workload in %s', async (_name, text) => {
  expect(await short('a.yaml', text)).toEqual([]);
});

test('KServe and KubeAI', async () => {
  const kserve =
    'apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\nspec:\n  predictor:\n    minReplicas: 0\n    maxReplicas: 3\n    model:\n      modelFormat: {name: huggingface}\n      args: [--model_id=org/m, --max_model_len=4096]\n      resources: {limits: {nvidia.com/gpu: "1", memory: 20Gi}}\n';
  expect(await short('k.yaml', kserve)).toEqual([
    'serving kserve 1-10 {min_replicas=0@5, max_replicas=3@6, max_model_len=4096@9, model=org/m@9, gpu_count=1@10, memory=20Gi@10}',
  ]);
  const kubeai =
    'apiVersion: kubeai.org/v1\nkind: Model\nspec:\n  url: hf://org/m-FP8\n  engine: VLLM\n  args:\n    - --kv-cache-dtype=fp8\n    - --enable-prefix-caching\n  minReplicas: 0\n  resourceProfile: nvidia-gpu-l4:2\n';
  expect(await short('m.yaml', kubeai)).toEqual([
    'serving vllm 1-10 {model=org/m-FP8@4, min_replicas=0@9, gpu_type=nvidia-gpu-l4@10, gpu_count=2@10, kv_cache_dtype=fp8@7, prompt_cache=true@8}',
  ]);
});

const group = 'workerGroupSpecs:\n    - replicas: 2\n      template: {spec: {containers: [{name: w, resources: {limits: {nvidia.com/gpu: 4}}}]}}\n';
test('KubeRay: what a job runs decides what it is', async () => {
  const job = (entrypoint: string, more = '') =>
    `apiVersion: ray.io/v1\nkind: RayJob\nspec:\n  entrypoint: ${entrypoint}\n  rayClusterSpec:\n    ${group.replaceAll('\n', '\n  ')}${more}`;
  expect(await short('a.yaml', job('python train.py --epochs 3'))).toEqual(['training ray 1-8 {replicas=2@7, gpu_count=4@8, epochs=3@4}']);
  expect((await short('a.yaml', job('python sample.py', '\n---\nkind: ConfigMap\ndata:\n  sample.py: |\n    ds.map_batches(f)\n')))[0]).toMatch(
    /^batch-inference ray/,
  );
  expect((await short('a.yaml', job('python other.py')))[0]).toMatch(/^resource ray/);
});
test('KubeRay: the models of a service and the cluster under them', async () => {
  const text = `apiVersion: ray.io/v1
kind: RayService
spec:
  serveConfigV2: |
    applications:
    - name: llms
      args:
        llm_configs:
        - model_loading_config:
            model_source: Qwen/Qwen2.5-7B-Instruct
          engine_kwargs:
            max_model_len: 1024
  rayClusterConfig:
    ${group.replaceAll('\n', '\n  ')}`;
  expect(await short('s.yaml', text)).toEqual([
    'serving vllm 9-12 {model=Qwen/Qwen2.5-7B-Instruct@10, max_model_len=1024@12}',
    'resource kubernetes 13-16 {replicas=2@15, gpu_count=4@16}',
  ]);
});

test('KEDA: bounds of a model server', async () => {
  expect(
    await short(
      'k.yaml',
      'apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nspec:\n  scaleTargetRef: {name: vllm-llama3}\n  minReplicaCount: 1\n  maxReplicaCount: 2\n',
    ),
  ).toEqual(['resource keda 1-6 {min_replicas=1@5, max_replicas=2@6, scaler=keda@2}']);
});

test.each([
  ['a reservation with a count', 'deploy: {resources: {reservations: {devices: [{driver: nvidia, count: 2, capabilities: [gpu]}]}}}', 'gpu_count=2@4'],
  ['a reservation without a count', 'deploy: {resources: {reservations: {devices: [{driver: nvidia, capabilities: [gpu]}]}}}', 'gpu_count=all@4 default'],
  ['device ids', 'deploy: {resources: {reservations: {devices: [{device_ids: ["0", "3"], capabilities: [[gpu]]}]}}}', 'gpu_count=2@4 default'],
  ['gpus', 'gpus: all', 'gpu_count=all@4'],
  ['the nvidia runtime', 'runtime: nvidia', 'gpu_count=all@4 default'],
])('compose: GPUs by %s', async (_name, line, expected) => {
  expect(await short('docker-compose.yml', `services:\n  app:\n    image: x\n    ${line}\n  web:\n    image: nginx\n`)).toEqual([
    `resource compose 2-4 {${expected}}`,
  ]);
});
test('compose: an engine, its flags with defaults of variables', async () => {
  const text = 'services:\n  llm:\n    image: vllm/vllm-openai\n    command: --model \u0024{MODEL:-org/m} --max-model-len 4096\n    gpus: all\n';
  expect(await short('compose.yaml', text)).toEqual(['serving vllm 2-5 {gpu_count=all@5, model=org/m@4 default, max_model_len=4096@4}']);
});
test('compose: a service that is given a hosted model and its key calls it', async () => {
  const text =
    'services:\n  chain:\n    image: app\n    environment:\n      OPENAI_API_KEY: \u0024{OPENAI_API_KEY}\n      LLM_MODEL_NAME: \u0024{LLM_MODEL_NAME:-"gpt-4o-mini"}\n';
  expect(await short('compose.yaml', text)).toEqual(['api-call openai 2-6 {model=gpt-4o-mini@6 default}']);
});

test('GitHub Actions: what a runner label says', async () => {
  const text = `jobs:
  a:
    name: x
    runs-on: linux-amd64-gpu-h100-latest-2
    timeout-minutes: 120
  b:
    runs-on: linux.g5.12xlarge.nvidia.gpu
  c:
    runs-on: [self-hosted, gpu]
  d:
    runs-on: \${{ matrix.runner }}
    strategy: {matrix: {runner: [ubuntu-latest, linux-x86-l4-1gpu]}}
  e:
    runs-on: ubuntu-latest
`;
  expect(await short('.github/workflows/ci.yml', text)).toEqual([
    'resource github-actions 4-5 {gpu_type=h100@4, gpu_count=2@4, max_time=7200@5}',
    'resource github-actions 7-7 {instance_type=g5.12xlarge@7}',
    'resource github-actions 9-9 {}',
    'resource github-actions 11-11 {gpu_type=l4@12, gpu_count=1@12}',
  ]);
});

test('Cog, Truss and TorchServe', async () => {
  expect(await short('cog.yaml', 'build:\n  gpu: true\npredict: "predict.py:Predictor"\n')).toEqual(['serving cog 1-3 {gpu_count=1@2 default}']);
  const truss =
    'model_name: My model\npython_version: py311\nmodel_metadata: {repo_id: org/m}\nresources:\n  accelerator: H100:4\n  cpu: "4"\ndocker_server:\n  start_command: sh -c "TOKEN=$(cat /secret) vllm serve org/m --tensor-parallel-size 4"\nruntime: {predict_concurrency: 32}\n';
  expect(await short('config.yaml', truss)).toEqual([
    'serving vllm 1-9 {model=org/m@3, tensor_parallel=4@8, concurrency=32@9, cpu=4@6, gpu_type=H100@5, gpu_count=4@5}',
  ]);
  const torchserve =
    'minWorkers: 1\nmaxWorkers: 2\ndeviceIds: [0, 1]\ntorchrun: {nproc-per-node: 2}\nhandler:\n  model_path: model/models--meta-llama--Llama-2-7b/snapshots/ab\n  max_new_tokens: 50\n';
  expect(await short('model-config.yaml', torchserve)).toEqual([
    'serving torchserve 1-7 {model=meta-llama/Llama-2-7b@6, min_replicas=1@1, max_replicas=2@2, nproc_per_node=2@4, max_tokens=50@7, gpu_count=2@3 default}',
  ]);
});

test('SkyPilot and dstack', async () => {
  const sky = 'resources:\n  accelerators: {H100: 8}\n  use_spot: true\nnum_nodes: 2\nrun: |\n  torchrun --nproc_per_node 8 train.py --epochs 3\n';
  expect(await short('task.yaml', sky)).toEqual([
    'training pytorch 1-6 {gpu_type=H100@2, gpu_count=8@2, num_nodes=2@4, spot=true@3, nproc_per_node=8@6, epochs=3@6}',
  ]);
  const service = 'resources:\n  accelerators: [L4:1, A10G:1]\nservice:\n  replica_policy: {min_replicas: 1, max_replicas: 4}\nrun: vllm serve org/m\n';
  expect(await short('serve.yaml', service)).toEqual(['serving vllm 1-5 {gpu_type=L4@2, gpu_count=1@2, min_replicas=1@4, max_replicas=4@4, model=org/m@5}']);
  const dstack =
    'type: service\ncommands:\n  - pip install vllm\n  - vllm serve org/m --max-model-len 4096\nresources:\n  gpu: A100:80GB:2\nspot_policy: spot\n';
  expect(await short('.dstack.yml', dstack)).toEqual(['serving vllm 1-7 {gpu_type=A100@6, gpu_count=2@6, spot=true@7, model=org/m@4, max_model_len=4096@4}']);
});

test('Azure ML: jobs, sweeps, deployments', async () => {
  const job =
    '$schema: https://azuremlschemas.azureedge.net/latest/commandJob.schema.json\ncommand: >-\n  python train.py\n  --epochs \u0024{{inputs.epochs}}\ninputs:\n  epochs: 3\ncompute: azureml:gpu-cluster\ndistribution: {type: pytorch, process_count_per_instance: 4}\nresources: {instance_count: 2}\n';
  expect(await short('job.yml', job)).toEqual(['training pytorch 1-9 {instance_count=2@9, nproc_per_node=4@8, epochs=3@6 variable}']);
  const pipeline =
    '$schema: https://azuremlschemas.azureedge.net/latest/pipelineJob.schema.json\ntype: pipeline\njobs:\n  step:\n    type: sweep\n    trial: ./train.yml\n    limits: {max_total_trials: 5, timeout: 7200}\n  other:\n    type: command\n    component: ./predict.yml\n';
  expect(await short('pipeline.yml', pipeline)).toEqual(['training azureml 4-7 {max_time=7200@7, trials=5@7}']);
  const batch =
    '$schema: https://azuremlschemas.azureedge.net/latest/modelBatchDeployment.schema.json\nmodel: azureml:bart@latest\nresources: {instance_count: 2}\nsettings: {mini_batch_size: 10}\n';
  expect(await short('deployment.yml', batch)).toEqual(['batch-inference azureml 1-4 {model=azureml:bart@latest@2, instance_count=2@3, batch_size=10@4}']);
});

test('Helm values of a serving stack: one workload a model', async () => {
  const text = `servingEngineSpec:
  modelSpec:
  - name: a
    modelURL: org/a
    replicaCount: 2
    requestGPU: 1
    vllmConfig:
      maxModelLen: 4096
      dtype: bfloat16
      extraArgs: ["--gpu-memory-utilization", "0.8"]
  - name: b
    modelURL: org/b
    requestGPU: 4
    vllmConfig: {tensorParallelSize: 4}
`;
  expect(await short('values.yaml', text)).toEqual([
    'serving vllm 3-10 {model=org/a@4, replicas=2@5, gpu_count=1@6, max_model_len=4096@8, precision=bf16@9, gpu_mem_util=0.8@10}',
    'serving vllm 11-14 {model=org/b@12, gpu_count=4@13, tensor_parallel=4@14}',
  ]);
  const plain =
    'targetPlatform: gke\nmodel:\n  name: org/m\n  tp_size: 16\njob:\n  gpus: 16\nsglang:\n  replicaCount: 1\n  serverArgs:\n    quantization: fp8\n';
  expect(await short('values.yaml', plain)).toEqual([
    'serving sglang 2-10 {model=org/m@3, gpu_count=16@6, tensor_parallel=16@4, replicas=1@8, quantization=fp8@10}',
  ]);
});

test('text that breaks off is no failure', async () => {
  const texts = [
    'apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - resources: {limits: {nvidia.com/gpu',
    'services:\n  a:\n    gpus: [',
    'kind: RayJob\napiVersion: ray.io/v1\nspec: 3\n',
    'kind: Deployment\napiVersion: x\nspec: []\n',
    'jobs: [1]\non: 1\n x: runs-on: gpu\n',
  ];
  for (const text of texts) {
    const { sighting } = await seen('a.yaml', text);
    expect(sighting.problems.filter((problem) => problem.code === 'internal')).toEqual([]);
  }
});

test('Kubeflow: a training runtime that says what it runs is a training', async () => {
  const runtime = (container: string): string => `apiVersion: trainer.kubeflow.org/v1alpha1
kind: ClusterTrainingRuntime
metadata: {name: r}
spec:
  mlPolicy: {numNodes: 2}
  template:
    spec:
      replicatedJobs:
      - name: data
        template: {spec: {template: {spec: {containers: [{name: d, image: loader}]}}}}
      - name: node
        template:
          metadata: {labels: {trainer.kubeflow.org/trainjob-ancestor-step: trainer}}
          spec: {template: {spec: {containers: [${container}]}}}
`;
  const trains = '{name: n, command: [tune, run, full_finetune_distributed, --config, llama3_2/3B_full], resources: {limits: {nvidia.com/gpu: 4}}}';
  expect(await short('r.yaml', runtime(trains))).toEqual(['training torchtune 1-14 {num_nodes=2@5, gpu_count=4@14}']);
  // A blueprint without accelerators and without a command is for any job.
  expect(await short('r.yaml', runtime('{name: n, image: base}'))).toEqual([]);
});

test('KServe: a server that its key names, without the address of a model', async () => {
  const text = `apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
spec:
  predictor:
    triton:
      resources: {limits: {cpu: 1, memory: 2Gi}}
`;
  expect(await short('i.yaml', text)).toEqual(['serving kserve 1-6 {cpu=1@6, memory=2Gi@6}']);
});

test('Ray Serve: a model has its id where its address is filled in elsewhere', async () => {
  const text = `apiVersion: ray.io/v1
kind: RayService
spec:
  serveConfigV2: |
    applications:
      - args:
          llm_configs:
            - model_loading_config:
                model_id: some-8b
                model_source: s3://$BUCKET/models/some-8b
`;
  expect(await short('s.yaml', text)).toEqual(['serving vllm 8-10 {model=some-8b@9}']);
});

test('a server without a known engine serves the model that it is given', async () => {
  const server = (image: string, model: string): string =>
    pod(`        image: ${image}\n        args: ["--model_id=${model}", "--warmup=True"]\n        resources: {limits: {google.com/tpu: 8}}\n`);
  expect(await short('d.yaml', server('repo/some-pytorch-server:v1', 'org/m-8b'))).toEqual([
    'serving server 1-12 {replicas=2@5, gpu_count=8@12, gpu_vendor=Google@12, model=org/m-8b@11}',
  ]);
  expect(await short('d.yaml', server('repo/some-tool:v1', 'org/m-8b'))).toEqual([
    'resource kubernetes 1-12 {replicas=2@5, gpu_count=8@12, gpu_vendor=Google@12}',
  ]);
  expect(await short('d.yaml', server('repo/some-server:v1', 'name'))).toEqual([
    'resource kubernetes 1-12 {replicas=2@5, gpu_count=8@12, gpu_vendor=Google@12}',
  ]);
});

test('Helm: the Ollama chart', async () => {
  const values = (enabled: boolean): string => `ollama:\n  gpu:\n    enabled: ${enabled}\n    number: 2\n  models:\n    pull: [gemma:7b]\n`;
  expect(await short('values.yaml', values(true))).toEqual(['serving ollama 1-6 {model=gemma:7b@6, gpu_count=2@4}']);
  expect(await short('values.yaml', values(false))).toEqual([]);
});

test('Kubernetes: bounds of a scaler beside the object that it names', async () => {
  const scaler = (kind: string, name: string, more: string): string =>
    `---\napiVersion: a/v1\nkind: ${kind}\nspec:\n  scaleTargetRef: {kind: Deployment, name: ${name}}\n${more}`;
  const deployment = pod('        image: vllm/vllm-openai\n        args: [--model=org/m-7b]\n        resources: {limits: {nvidia.com/gpu: 1}}\n');
  const facts = async (text: string): Promise<string | undefined> => (await short('d.yaml', deployment + text)).find((one) => one.startsWith('serving'));
  expect(await facts(scaler('HorizontalPodAutoscaler', 'x', '  minReplicas: 1\n  maxReplicas: 5\n'))).toMatch(/min_replicas=1@\d+, max_replicas=5@\d+/);
  expect(await facts(scaler('ScaledObject', 'x', '  maxReplicaCount: 3\n'))).toMatch(/max_replicas=3@/);
  expect(await facts(scaler('HorizontalPodAutoscaler', 'other', '  maxReplicas: 5\n'))).not.toContain('max_replicas');
});
