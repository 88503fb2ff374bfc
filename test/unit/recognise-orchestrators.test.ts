import { describe, expect, test } from 'vitest';
import { seen } from '../support/recognise.js';

const short = async (name: string, text: string): Promise<string[]> => (await seen(name, text)).short;

describe('steps of pipelines in Python', () => {
  test.each([
    [
      'Airflow: a pod with a model server',
      'from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator\nfrom kubernetes.client import models as k8s\nt = KubernetesPodOperator(\n    task_id="train",\n    image="repo/train:1",\n    cmds=["torchrun", "--nproc_per_node=4", "train.py"],\n    arguments=["--num_train_epochs", "3"],\n    container_resources=k8s.V1ResourceRequirements(limits={"nvidia.com/gpu": 4}),\n    node_selector={"cloud.google.com/gke-accelerator": "nvidia-l4"},\n)\n',
      ['training pytorch 3-10 {gpu_count=4@8, gpu_type=nvidia-l4@9, nproc_per_node=4@6, epochs=3@7}'],
    ],
    [
      'Airflow: a pod that runs something',
      'from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator\nGPUS = "2"\nt = KubernetesPodOperator(task_id="x", image="i", cmds=["bash", "x.sh"], container_resources={"limits": {"nvidia.com/gpu": GPUS}})\n',
      ['resource kubernetes 3-3 {gpu_count=2@2 variable}'],
    ],
    [
      'Dagster',
      'from dagster import job\nK8S = {"dagster-k8s/config": {"container_config": {"resources": {"limits": {"nvidia.com/gpu": "1"}}}}}\n@job(tags=K8S)\ndef j():\n    pass\n',
      ['resource kubernetes 2-2 {gpu_count=1@2}'],
    ],
    [
      'Kubeflow',
      'from kfp import dsl\n@dsl.pipeline\ndef p():\n    t = train_op()\n    t.set_accelerator_type("NVIDIA_TESLA_T4").set_accelerator_limit(2)\n',
      ['resource kubeflow 5-5 {gpu_count=2@5, gpu_type=NVIDIA_TESLA_T4@5}'],
    ],
  ])('%s', async (_, text, want) => expect(await short('dag.py', text)).toEqual(want));
  test.each([
    ['none asked for', 'from airflow import DAG\nx = {"nvidia.com/gpu": 0}\n'],
    ['a library that reads such keys', 'def gpus(pod):\n    return pod.limits.get("nvidia.com/gpu")\nKEYS = {"nvidia.com/gpu": 1}\n'],
    ['another task', 'from kfp import dsl\n@dsl.pipeline\ndef p():\n    t().set_cpu_limit("4")\n'],
  ])('nothing for %s', async (_, text) => expect(await short('a.py', text)).toEqual([]));
});

describe('Azure Machine Learning in Python', () => {
  const head = 'from azure.ai.ml import command, Input\nfrom azure.ai.ml.entities import AmlCompute, ManagedOnlineDeployment\n';
  test.each([
    [
      'a job',
      'job = command(\n    command="torchrun --nproc_per_node 8 train.py --num_train_epochs 2",\n    compute="gpu-a100",\n    instance_count=2,\n    distribution={"type": "PyTorch", "process_count_per_instance": 8},\n)\n',
      ['training pytorch 3-8 {instance_count=2@6, instance_type=gpu-a100@5, nproc_per_node=8@7, gpu_count=8@4, epochs=2@4}'],
    ],
    [
      'a job with inputs',
      `job = command(command="python train.py --epochs ${'$'}{{inputs.epochs}} --batch_size 8", compute="gpu")\n`,
      ['training pytorch 3-3 {instance_type=gpu@3, batch_size=8@3} ?epochs'],
    ],
    [
      'a deployment',
      'd = ManagedOnlineDeployment(name="b", model="azureml:llm:1", instance_type="Standard_NC24ads_A100_v4", instance_count=1)\n',
      ['serving azureml 3-3 {instance_type=Standard_NC24ads_A100_v4@3, instance_count=1@3, model=llm:1@3}'],
    ],
    [
      'a cluster',
      'c = AmlCompute(name="g", size="STANDARD_NC6S_V3", min_instances=0, max_instances=4, tier="low_priority")\n',
      ['resource azureml 3-3 {instance_type=STANDARD_NC6S_V3@3, min_replicas=0@3, max_replicas=4@3, spot=true@3}'],
    ],
    ['a cluster without accelerators', 'c = AmlCompute(name="g", size="STANDARD_D2_V3", max_instances=4)\n', []],
    ['a job that trains nothing', 'job = command(command="python prepare.py", compute="cpu")\n', []],
  ])('%s', async (_, text, want) => expect(await short('a.py', head + text)).toEqual(want));
  test('a function of another module', async () =>
    expect(await short('a.py', 'from tools import command\n# azure.ai.ml\ncommand(command="torchrun train.py --epochs 1")\n')).toEqual([]));
});

test('Bedrock: a customization job is a hosted fine-tuning', async () => {
  const text =
    'import boto3\nclient = boto3.client("bedrock")\nclient.create_model_customization_job(\n    baseModelIdentifier="amazon.nova-lite-v1:0",\n    hyperParameters={"epochCount": "2", "batchSize": "8"},\n    trainingDataConfig={"s3Uri": "s3://b/t.jsonl"},\n)\n';
  expect(await short('a.py', text)).toEqual([
    'training bedrock 3-7 {model=amazon.nova-lite-v1:0@4, epochs=2@5, global_batch_size=8@5, dataset=s3://b/t.jsonl@6}',
  ]);
});

test.each([
  [
    'a server',
    'variable "len" { default = 8192 }\njob "llm" {\n  group "g" {\n    count = 2\n    task "vllm" {\n      driver = "docker"\n      config {\n        image = "vllm/vllm-openai:v0.9.0"\n        args = ["--model", "org/m-7b", "--max-model-len", var.len]\n      }\n      resources {\n        device "nvidia/gpu" { count = 4 }\n      }\n    }\n  }\n}\n',
    ['serving vllm 5-14 {gpu_count=4@12, replicas=2@4, model=org/m-7b@9, max_model_len=8192@9}'],
  ],
  [
    'a task of one device',
    'job "x" {\n  group "g" {\n    task "t" {\n      config {\n        command = "nvidia-smi"\n      }\n      resources {\n        device "nvidia/gpu/NVIDIA A10" {}\n      }\n    }\n  }\n}\n',
    ['resource nomad 3-10 {gpu_count=1@8 default, gpu_type=NVIDIA A10@8}'],
  ],
  ['no device', 'job "x" {\n  group "g" {\n    task "t" {\n      resources { cpu = 500 }\n    }\n  }\n}\n# device "nvidia/gpu"\n', []],
])('Nomad: %s', async (_, text, want) => expect(await short('a.nomad', text)).toEqual(want));

test.each([
  [
    'Seldon: a predictor',
    'apiVersion: machinelearning.seldon.io/v1\nkind: SeldonDeployment\nspec:\n  predictors:\n  - name: a\n    replicas: 2\n    graph: {name: m, implementation: HUGGINGFACE_SERVER, parameters: [{name: pretrained_model, type: STRING, value: org/m-7b}]}\n    componentSpecs:\n    - spec: {containers: [{name: m, resources: {limits: {nvidia.com/gpu: 1}}}]}\n',
    ['serving seldon 5-9 {model=org/m-7b@7, replicas=2@6, gpu_count=1@9}'],
  ],
  [
    'Seldon: a model',
    'apiVersion: mlops.seldon.io/v1alpha1\nkind: Model\nmetadata: {name: m}\nspec:\n  storageUri: gs://b/m\n  replicas: 1\n',
    ['serving seldon 1-6 {model=gs://b/m@5, replicas=1@6}'],
  ],
  [
    'Run:ai: a training',
    'apiVersion: run.ai/v2alpha1\nkind: DistributedWorkload\nspec:\n  numWorkers: {value: 2}\n  gpu: {value: "8"}\n  image: {value: repo/t}\n  command: {value: torchrun train.py --num_train_epochs 3}\n',
    ['training pytorch 1-7 {gpu_count=8@5, num_nodes=2@4, epochs=3@7}'],
  ],
  [
    'Run:ai: a share of a device',
    'apiVersion: run.ai/v2alpha1\nkind: InteractiveWorkload\nspec:\n  gpu: {value: "0.5"}\n',
    ['resource runai 1-4 {gpu_count=0.5@4}'],
  ],
  ['Run:ai: no device', 'apiVersion: run.ai/v2alpha1\nkind: TrainingWorkload\nspec:\n  cpu: {value: "4"}\n', []],
])('%s', async (_, text, want) => expect(await short('a.yaml', text)).toEqual(want));
