import { expect, test } from 'vitest';
import { seen } from '../support/recognise.js';

const short = async (text: string, name = 'o.yaml'): Promise<string[]> => (await seen(name, text)).short;
const gpus = (count: number): string => `resources: {limits: {nvidia.com/gpu: ${count}}}`;

test('pods stand anywhere in an object of an operator; each group of them is one workload', async () => {
  const role = (name: string, replicas: number): string => `        - name: ${name}
          replicas: ${replicas}
          template:
            spec:
              containers:
                - name: c
                  command: [python3, -m, sglang.launch_server, --model-path, org/m, --tp-size, "2"]
                  ${gpus(2)}
`;
  const text = `apiVersion: orchestration.example.ai/v1
kind: StormService
metadata: {name: x}
spec:
  replicas: 2
  template:
    spec:
      roles:
${role('prefill', 3)}${role('decode', 1)}`;
  expect(await short(text)).toEqual([
    'serving sglang 9-16 {replicas=6@10, gpu_count=2@16, model=org/m@15, tensor_parallel=2@15}',
    'serving sglang 17-24 {replicas=2@18, gpu_count=2@24, model=org/m@23, tensor_parallel=2@23}',
  ]);
});

test('a container by itself, with its accelerators beside it', async () => {
  const text = `apiVersion: nvidia.com/v1alpha1
kind: DynamoGraphDeployment
metadata: {name: x}
spec:
  services:
    Frontend: {replicas: 1, extraPodSpec: {mainContainer: {image: r/runtime, args: [python3 -m dynamo.frontend]}}}
    Worker:
      replicas: 4
      resources: {limits: {gpu: "2"}}
      extraPodSpec:
        mainContainer:
          image: r/runtime
          command: [/bin/sh, -c]
          args:
            - |
              export TP=2
              python3 -m dynamo.vllm --model org/m --tensor-parallel-size $TP
`;
  expect(await short(text)).toEqual(['serving vllm 7-17 {replicas=4@8, gpu_count=2@9, model=org/m@17, tensor_parallel=2@16 variable}']);
});

test('a leader and its workers are one group', async () => {
  const pod = (command: string): string => `{spec: {containers: [{image: i, command: [${command}], ${gpus(8)}}]}}`;
  const text = `apiVersion: inference.llmaz.io/v1alpha1
kind: Service
metadata: {name: x}
spec:
  replicas: 2
  workloadTemplate:
    size: 3
    leaderTemplate: ${pod('vllm, serve, org/m, --tensor-parallel-size, "24"')}
    workerTemplate: ${pod('sh, -c, "ray start --block"')}
`;
  expect(await short(text)).toEqual(['serving vllm 1-9 {replicas=2@5, num_nodes=3@7, gpu_count=8@9, model=org/m@8, tensor_parallel=24@8}']);
});

test('objects that an object holds are read as they are; a search counts its trials', async () => {
  const job = `
        apiVersion: batch/v1
        kind: Job
        spec: {template: {spec: {containers: [{image: i, command: [python, train.py, --batch_size=8], ${gpus(1)}}]}}}`;
  const wrapper = `apiVersion: workload.codeflare.dev/v1beta2\nkind: AppWrapper\nmetadata: {name: x}\nspec:\n  components:\n    - template:${job}\n`;
  expect(await short(wrapper)).toEqual(['training pytorch 7-9 {gpu_count=1@9, batch_size=8@9}']);
  const search = `apiVersion: kubeflow.org/v1beta1
kind: Experiment
metadata: {name: x}
spec:
  maxTrialCount: 12
  parallelTrialCount: 3
  trialTemplate:
    trialSpec:
      spec: {template: {spec: {containers: [{image: i, command: [python, train.py, --epochs=3], ${gpus(1)}}]}}}
`;
  expect(await short(search)).toEqual(['training pytorch 1-9 {gpu_count=1@9, epochs=3@9, trials=12@5, concurrency=3@6}']);
});

test('without a pod: a model of a hub beside accelerators', async () => {
  const object = (more: string): string => `apiVersion: llmaz.io/v1alpha1\nkind: OpenModel\nspec:\n  source: {modelHub: {modelID: facebook/opt-6.7b}}\n${more}`;
  expect(await short(object('  inferenceConfig: {flavors: [{limits: {nvidia.com/gpu: 1}}]}\n'))).toEqual([
    'serving kubernetes 1-5 {model=facebook/opt-6.7b@4, gpu_count=1@5}',
  ]);
  expect(await short(object(''))).toEqual([]);
});

test('objects without accelerators and without a model are nothing', async () => {
  expect(
    await short('apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nspec: {replicas: 3, template: {spec: {containers: [{image: nginx, args: [--x]}]}}}\n'),
  ).toEqual([]);
  expect(
    await short(
      'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nspec: {versions: [{schema: {openAPIV3Schema: {properties: {modelName: {default: a/b}, gpus: {default: 1}}}}}]}\n',
    ),
  ).toEqual([]);
});

test.each([
  [
    'an ECS task',
    '{"containerDefinitions": [{"image": "vllm/vllm-openai:v0.9", "command": ["--model", "org/m", "--tensor-parallel-size", "2"],\n"resourceRequirements": [{"type": "GPU", "value": "2"}]}]}',
    ['serving vllm 1-2 {gpu_count=2@2, model=org/m@1, tensor_parallel=2@1}'],
  ],
  [
    'names with a prefix of the platform',
    '{"recipe_image_uri": "docker.io/vllm/vllm-openai:v0.9.1", "recipe_node_shape": "VM.GPU.A10.2", "recipe_replica_count": 1, "recipe_nvidia_gpu_count": 2,\n"recipe_container_env": [{"key": "model_name", "value": "org/m"}],\n"recipe_container_command_args": ["--model", "$(model_name)"]}',
    ['serving vllm 1-3 {instance_type=VM.GPU.A10.2@1, replicas=1@1, gpu_count=2@1, model=org/m@2 variable}'],
  ],
  [
    'settings of a training in its variables',
    '{"imageUri": "x/finetune", "machineType": "a2-highgpu-1g",\n"environment": {"MODEL_NAME": "org/m", "PER_DEVICE_TRAIN_BATCH_SIZE": "2", "GRADIENT_ACCUMULATION_STEPS": "4", "LORA_R": "8"}}',
    ['training pytorch 1-2 {instance_type=a2-highgpu-1g@1, model=org/m@2, batch_size=2@2, grad_accum=4@2, lora_rank=8@2, finetune_method=lora@2 default}'],
  ],
  [
    'a pod',
    '{"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [{"image": "vllm/vllm-openai", "args": ["--model", "org/m"], "resources": {"limits": {"nvidia.com/gpu": 1}}}]}}',
    ['serving vllm 1-1 {gpu_count=1@1, model=org/m@1}'],
  ],
  ['an image of anything else', '{"image": "nginx", "args": ["--x"], "gpuCount": 1}', []],
])('JSON: %s', async (_name, text, expected) => {
  expect(await short(text, 'c.json')).toEqual(expected);
});

test.each([
  [
    'arguments in a variable',
    'image: r/x\n        env: [{name: VLLM_ARGS, value: "--model org/m --max-model-len 4096"}]',
    'model=org/m@10, max_model_len=4096@10',
  ],
  [
    'more arguments in a variable',
    'command: [vllm, serve, org/m, --max-model-len=8192]\n        env: [{name: VLLM_ADDITIONAL_ARGS, value: "--gpu-memory-utilization 0.97"}]',
    'max_model_len=8192@9, gpu_mem_util=0.97@10',
  ],
  [
    'settings in variables',
    'image: r/x\n        env: [{name: MODEL_ID, value: org/m}, {name: MAX_MODEL_LEN, value: "4096"}]',
    'model=org/m@10, max_model_len=4096@10',
  ],
  ['the beginning of a name', 'command: [vllm, serve, org/m, --tensor-parallel, "8"]', 'tensor_parallel=8@9'],
])('a container of vLLM with %s', async (_name, lines, expected) => {
  const text = `apiVersion: apps/v1
kind: Deployment
metadata: {name: x}
spec:
  template:
    spec:
      containers:
      - name: a
        ${lines}
        ${gpus(1)}
`;
  expect((await short(text))[0]).toContain(expected);
});

test('KAITO: a preset on its machines, with the settings of its ConfigMap', async () => {
  const text = `apiVersion: v1
kind: ConfigMap
metadata: {name: params}
data:
  inference_config.yaml: |
    vllm:
      max-model-len: 16384
---
apiVersion: kaito.sh/v1beta1
kind: Workspace
metadata: {name: w}
resource: {count: 2, instanceType: Standard_NC48ads_A100_v4}
inference: {preset: {name: llama-3.3-70b-instruct}, config: params}
`;
  expect(await short(text)).toEqual([
    'serving vllm 9-13 {model=llama-3.3-70b-instruct@13, instance_type=Standard_NC48ads_A100_v4@12, instance_count=2@12, max_model_len=16384@7}',
  ]);
});

test('KServe: servers that only read prompts are a workload of their own', async () => {
  const pod = (count: number): string => `{containers: [{name: main, ${gpus(count)}}]}`;
  const text = `apiVersion: serving.kserve.io/v1alpha2
kind: LLMInferenceServiceConfig
metadata: {name: x}
spec:
  model: {uri: "pvc://claim", name: org/m}
  replicas: 1
  template: ${pod(1)}
  prefill:
    replicas: 2
    template: ${pod(4)}
`;
  expect(await short(text)).toEqual([
    'serving vllm 1-10 {replicas=1@6, model=org/m@5, gpu_count=1@7}',
    'serving vllm 9-10 {replicas=2@9, model=org/m@5, gpu_count=4@10}',
  ]);
});

test('dstack: what the tool gives a task of the resources that it asks for', async () => {
  const text = 'type: service\nenv: [MODEL=org/m]\ncommands:\n  - vllm serve $MODEL --tensor-parallel-size $DSTACK_GPUS_NUM\nresources: {gpu: MI300X:8}\n';
  expect((await short(text))[0]).toContain('tensor_parallel=8@5');
});

test.each([
  ['habana.ai/gaudi', 'Intel'],
  ['aws.amazon.com/neuron', 'AWS'],
  ['amd.com/gpu', 'AMD'],
  ['huawei.com/Ascend910', 'Huawei'],
])('%s tells who makes the accelerator, not which one it is', async (resource, maker) => {
  const text = `apiVersion: v1\nkind: Pod\nspec:\n  containers: [{image: vllm/vllm-openai, args: [--model, org/m], resources: {limits: {${resource}: 2}}}]\n`;
  expect((await short(text))[0]).toContain(`gpu_count=2@4, gpu_vendor=${maker}@4`);
});

test('what a document leaves to be filled in is unknown', async () => {
  const container = (words: string): string => `apiVersion: v1\nkind: Pod\nspec:\n  containers: [{image: i, ${words}, ${gpus(1)}}]\n`;
  expect(await short(container('command: [sh, -c, "vllm serve --model <model-path> --max-model-len 4096"]'))).toEqual([
    'serving vllm 1-4 {gpu_count=1@4, max_model_len=4096@4} ?model',
  ]);
  expect(await short(container('command: [vllm, serve, --model=<your model>]'))).toEqual(['serving vllm 1-4 {gpu_count=1@4} ?model']);
});

test('workers of a group are machines of one replica', async () => {
  const pod = (command: string): string => `{spec: {containers: [{image: i, command: [${command}], ${gpus(8)}}]}}`;
  const text = `apiVersion: orchestration.aibrix.ai/v1alpha1
kind: RayClusterFleet
metadata: {name: x}
spec:
  replicas: 2
  template:
    spec:
      headGroupSpec: {template: ${pod('vllm, serve, org/m')}}
      workerGroupSpecs:
        - {replicas: 3, template: ${pod('sh, -c, "ray start --block"')}}
`;
  expect(await short(text)).toEqual(['serving vllm 1-10 {replicas=2@5, num_nodes=4@10, gpu_count=8@10, model=org/m@8}']);
});

test('Kubeflow: the model and the data set that are fetched before the run', async () => {
  const step = (name: string, container: string): string =>
    `        - {name: ${name}, template: {metadata: {labels: {trainer.kubeflow.org/trainjob-ancestor-step: ${name}}}, spec: {template: {spec: {containers: [${container}]}}}}}\n`;
  const text = `apiVersion: trainer.kubeflow.org/v1alpha1
kind: ClusterTrainingRuntime
spec:
  template:
    spec:
      replicatedJobs:
${step('dataset-initializer', '{env: [{name: STORAGE_URI, value: "hf://tatsu-lab/alpaca"}]}')}${step('model-initializer', '{env: [{name: STORAGE_URI, value: "hf://org/m"}]}')}${step('trainer', `{command: [tune, run, full_finetune_distributed], ${gpus(2)}}`)}`;
  expect((await short(text))[0]).toContain('gpu_count=2@9, model=org/m@8, dataset=tatsu-lab/alpaca@7');
});

test('settings of an evaluation run a model over its tasks', async () => {
  const text = 'model_name: org/m\ntasks: gsm8k\ntensor_parallel_size: 1\nmax_model_len: 8192\nbatch_size: auto\n';
  expect(await short(text)).toEqual(['batch-inference serving 1-5 {tensor_parallel=1@3, max_model_len=8192@4, model=org/m@1, batch_size=auto@5}']);
});

test.each([
  [
    'the containers of a pod',
    `decode:\n  replicas: 2\n  parallelism: {tensor: 1}\n  containers:\n    - {name: vllm, image: r/x, command: [vllm, serve], args: [org/m], resources: {limits: {gpu.intel.com/i915: 1}}}\n`,
    ['serving vllm 1-5 {gpu_count=1@5, gpu_vendor=Intel@5, replicas=2@2, tensor_parallel=1@3, model=org/m@5}'],
  ],
  [
    'flags as names and values',
    `deployment:\n  image: {repository: ghcr.io/predibase/lorax}\n  args:\n    - {name: --model-id, value: org/m}\n    - {name: --max-total-tokens, value: "1024"}\n    - {name: --compile, value: ""}\n  ${gpus(1)}\n`,
    ['serving tgi 1-7 {gpu_count=1@7, model=org/m@4, max_model_len=1024@5}'],
  ],
  [
    'a section that runs what the top asks for',
    `image: r/x\nresources:\n  limits: {aws.amazon.com/neuron: 16}\n  nnodes: 4\n  nproc_per_node: 32\n  node_type: trn1.32xlarge\ntrain:\n  command: [torchrun]\n  args: [$DISTRIBUTED_ARGS, pretrain.py, --batch_size=1]\n`,
    ['training pytorch 1-9 {gpu_count=16@3, gpu_vendor=AWS@3, num_nodes=4@4, nproc_per_node=32@5, instance_type=trn1.32xlarge@6, batch_size=1@9}'],
  ],
])('Helm values with %s', async (_name, text, expected) => {
  expect(await short(text, 'values.yaml')).toEqual(expected);
});

test('NIM: each service of a pipeline; nodes of one model', async () => {
  const spec = (model: string, more = ''): string =>
    `{image: {repository: nvcr.io/nim/${model}}, replicas: 1, resources: {limits: {nvidia.com/gpu: 8}}${more}}`;
  const text = `apiVersion: apps.nvidia.com/v1alpha1
kind: NIMPipeline
spec:
  services:
    - {name: a, enabled: true, spec: ${spec('meta/llama-3.1-8b-instruct')}}
    - {name: b, enabled: false, spec: ${spec('nvidia/x')}}
---
apiVersion: apps.nvidia.com/v1alpha1
kind: NIMService
spec: ${spec('deepseek-ai/deepseek-r1', ', multiNode: {parallelism: {pipeline: 2, tensor: 8}}')}
`;
  expect(await short(text)).toEqual([
    'serving nim 5-5 {model=meta/llama-3.1-8b-instruct@5, replicas=1@5, gpu_count=8@5}',
    'serving nim 8-10 {model=deepseek-ai/deepseek-r1@10, replicas=1@10, tensor_parallel=8@10, pipeline_parallel=2@10, num_nodes=2@10, gpu_count=8@10}',
  ]);
});

test('a program of one’s own that stays on accelerators serves the model that it is told', async () => {
  const object = (kind: string): string =>
    `apiVersion: apps/v1\nkind: ${kind}\nspec:\n  template:\n    spec:\n      containers: [{image: i, command: [uvicorn, app:app], env: [{name: MODEL_ID, value: org/m}], ${gpus(1)}}]\n`;
  expect(await short(object('Deployment'))).toEqual(['serving server 1-6 {gpu_count=1@6, model=org/m@6}']);
  expect(await short(object('DaemonSet'))).toEqual(['resource kubernetes 1-6 {gpu_count=1@6}']);
});

test('commands that a file of no known format holds', async () => {
  const text = `test_name: x
deployment:
  - envs: {PORT: 8078}
    server_cmd: >
      vllm serve org/m
      --port $PORT
      --tensor-parallel-size 8
`;
  expect(await short(text)).toEqual(['serving vllm 4-7 {model=org/m@5, tensor_parallel=8@7}']);
  expect(await short(`steps:\n  - {run: "vllm serve org/m"}\n`)).toEqual([]);
});

test('options of vLLM in JSON', async () => {
  const backend = '{"model": "facebook/opt-125m", "gpu_memory_utilization": 0.5, "tensor_parallel_size": 1}';
  expect(await short(backend, 'model.json')).toEqual(['serving vllm 1-1 {model=facebook/opt-125m@1, gpu_mem_util=0.5@1, tensor_parallel=1@1}']);
  const runs =
    '[{"parameters": {"model": "org/m", "tensor_parallel_size": 1, "num_iters": 15}},\n{"server_parameters": {"model": "org/n", "max_model_len": 4096}}]';
  expect(await short(runs, 'tests.json')).toEqual([
    'batch-inference vllm 1-1 {model=org/m@1, tensor_parallel=1@1}',
    'serving vllm 2-2 {model=org/n@2, max_model_len=4096@2}',
  ]);
  expect(await short('{"model": "org/m", "max_model_len": 1, "learning_rate": 1e-4}', 'a.json')).toEqual([]);
});

test('a template that says it is a pod is one; machines that an object describes by kind and number', async () => {
  const job = `apiVersion: elastic.pytorch.org/v1alpha1
kind: ElasticJob
spec:
  minReplicas: 1
  maxReplicas: 128
  replicaSpecs:
    Worker:
      template:
        apiVersion: v1
        kind: Pod
        spec: {containers: [{image: i, command: [torchrun], args: [--nproc_per_node=4, main.py, --epochs=1, --batch-size=64, --arch=resnet50], ${gpus(4)}}]}
`;
  expect((await short(job))[0]).toContain('min_replicas=1@4, max_replicas=128@5, gpu_count=4@11');
  const machine =
    'apiVersion: virtualservers.coreweave.com/v1alpha1\nkind: VirtualServer\nspec:\n  region: ORD1\n  resources: {gpu: {type: Quadro_RTX_4000, count: 1}, memory: 16Gi}\n';
  expect(await short(machine)).toEqual(['resource kubernetes 1-5 {gpu_type=Quadro_RTX_4000@5, gpu_count=1@5, memory=16Gi@5, region=ORD1@4}']);
});

test('SageMaker: options of the engine in variables of the container', async () => {
  const text =
    '[{"InstanceType": "ml.p5.48xlarge", "EcrAddress": "x/vllm:0.21.0", "Environment": {"SM_VLLM_TENSOR_PARALLEL_SIZE": "8", "SM_VLLM_MAX_MODEL_LEN": "4096"},\n"ComputeResourceRequirements": {"NumberOfAcceleratorDevicesRequired": 8}}]';
  expect(await short(text, 'hosting.json')).toEqual([
    'serving vllm 1-2 {instance_type=ml.p5.48xlarge@1, gpu_count=8@2, tensor_parallel=8@1, max_model_len=4096@1}',
  ]);
});

test('Argo: the object that a step makes', async () => {
  const text = `apiVersion: argoproj.io/v1alpha1
kind: Workflow
spec:
  templates:
    - name: train
      resource:
        action: create
        manifest: |
          apiVersion: batch/v1
          kind: Job
          metadata: {name: "{{workflow.name}}-job"}
          spec: {template: {spec: {containers: [{image: i, command: [python, train.py, --epochs=2], ${gpus(8)}}]}}}
`;
  expect(await short(text)).toEqual(['training pytorch 9-12 {gpu_count=8@12, epochs=2@12}']);
});

test('KServe under its first name', async () => {
  const text = `apiVersion: serving.kubeflow.org/v1beta1\nkind: InferenceService\nspec:\n  predictor: {minReplicas: 0, maxReplicas: 10, containers: [{image: i, ${gpus(1)}}]}\n`;
  expect(await short(text)).toEqual(['serving kserve 1-4 {min_replicas=0@4, max_replicas=10@4, gpu_count=1@4}']);
});
