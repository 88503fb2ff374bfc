import { expect, test } from 'vitest';
import { seen } from '../support/recognise.js';

const short = async (name: string, text: string): Promise<string[]> => (await seen(name, text)).short;

test.each<[what: string, name: string, text: string, expected: string[]]>([
  [
    'settings of a training in TOML',
    'c.toml',
    '[model_arguments]\npretrained_model_name_or_path = "org/base"\n[training_arguments]\ntrain_batch_size = 4\nmax_train_steps = 2000\nlearning_rate = 1e-4\nmixed_precision = "bf16"\n',
    ['training pytorch 1-7 {model=org/base@2, batch_size=4@4, max_steps=2000@5, precision=bf16@7}'],
  ],
  ['a project’s manifest', 'pyproject.toml', '[project]\nname = "a"\n[tool.ruff]\nline-length = 100\n', []],
  [
    'NeMo that multiplies in fp8 keeps its own number type',
    'a.yaml',
    'run: {time_limit: "2-00:00:00"}\ntrainer: {devices: 8, num_nodes: 4, precision: bf16}\nmodel:\n  micro_batch_size: 1\n  fp8: true\n  fsdp: true\n',
    ['training nemo 1-6 {gpu_count=8@2, num_nodes=4@2, precision=bf16@2, batch_size=1@4, max_time=172800@1, matmul_precision=fp8@5, strategy=fsdp@6}'],
  ],
  [
    'accelerate with a section and a number of processes',
    'a.yaml',
    'distributed_type: FSDP\nfsdp_config: {fsdp_offload_params: false}\nnum_processes: 2\n',
    ['resource accelerate 1-3 {gpu_count=2@3, strategy=fsdp@1, offload=false@2}'],
  ],
  [
    'fixed parameters of a sweep, and none of those that vary',
    'sweep.yaml',
    `method: random
program: train.py
parameters:
  per_device_train_batch_size: {value: 64}
  num_train_epochs: {values: [1]}
  optim: {value: adafactor}
  dtype: {value: bfloat16}
  max_seq_length: {values: [128, 256]}
`,
    ['training wandb-sweep 1-8 {batch_size=64@4, epochs=1@5, precision=bf16@7, optimizer=adafactor@6} ?seq_len ?trials'],
  ],
  [
    'Levanter with a data set by name and a LoRA',
    'a.yaml',
    'model: {type: llama}\ndata: gsm8k\ntrainer:\n  mp: p=f32,c=bfloat16\n  num_train_steps: 550\n  train_batch_size: 64\nlora: {r: 8}\noptimizer: {learning_rate: 2e-4}\n',
    ['training levanter 1-8 {global_batch_size=64@6, max_steps=550@5, dataset=gsm8k@2, lora_rank=8@7, precision=bf16@4}'],
  ],
  [
    'Levanter with the file of its data',
    'a.yaml',
    'model: {type: llama}\ndata: !include data.yaml\ntrainer:\n  num_train_steps: 550\noptimizer: {learning_rate: 2e-4}\n',
    ['training levanter 1-5 {max_steps=550@4}'],
  ],
  [
    'fairseq: tokens a batch, a learning rate for each epoch',
    'a.yaml',
    `common: {fp16: true}
task: {_name: audio}
dataset: {max_tokens: 1200000}
optimization:
  max_update: 1000
  lr: [0.005]
optimizer: {_name: adam}
model: {_name: wav, encoder_layers: 24, encoder_embed_dim: 1024}
`,
    ['training pytorch 1-8 {optimizer=adam@7, model=wav@8, n_layer=24@8, n_embd=1024@8, max_steps=1000@5, precision=fp16@1}'],
  ],
  [
    'an experiment of Hydra',
    'experiment/a.yaml',
    '# @package _global_\ndefaults:\n  - /model: s\ntrainer: {max_epochs: 10}\nloader: {batch_size: 50}\noptimizer: {lr: 0.01}\n',
    ['training pytorch 2-6 {batch_size=50@5, epochs=10@4}'],
  ],
  [
    'settings with upper-case names that leave the batch to the command',
    'a.yaml',
    'DATA: {DATASET: imagenet}\nMODEL: {NAME: swin}\nTRAIN: {EPOCHS: 90, WARMUP_EPOCHS: 5, BASE_LR: 1.0e-4}\n',
    ['training pytorch 1-3 {model=swin@2, dataset=imagenet@1, epochs=90@3}'],
  ],
  [
    'arguments of Lightning’s Trainer alone',
    'trainer/a.yaml',
    'accelerator: gpu\ndevices: 8\naccumulate_grad_batches: 2\nmax_epochs: 50\nprecision: 16\n',
    ['training lightning 1-5 {gpu_count=8@2, epochs=50@4, precision=fp16@5, grad_accum=2@3}'],
  ],
  [
    'machines of a CloudFormation template',
    'stack.yml',
    `Parameters:
  Kind: {Type: String, Default: ml.g5.2xlarge}
Resources:
  Small:
    Type: AWS::EC2::Instance
    Properties: {InstanceType: t3.large}
  Book:
    Type: AWS::SageMaker::NotebookInstance
    Properties:
      InstanceType: !Ref Kind
  Nodes:
    Type: AWS::EKS::Nodegroup
    Properties:
      InstanceTypes: [p5.48xlarge]
      CapacityType: SPOT
      ScalingConfig: {MinSize: 0, MaxSize: 4}
  Served:
    Type: AWS::SageMaker::EndpointConfig
    Properties:
      ProductionVariants:
        - {InstanceType: ml.g5.xlarge, InitialInstanceCount: 2}
`,
    [
      'resource cloudformation 7-10 {instance_type=ml.g5.2xlarge@2}',
      'resource cloudformation 11-16 {instance_type=p5.48xlarge@14, min_replicas=0@16, max_replicas=4@16, spot=true@15}',
      'serving cloudformation 21-21 {instance_type=ml.g5.xlarge@21, instance_count=2@21}',
    ],
  ],
  [
    'steps of Buildkite with a pod that has accelerators',
    'pipeline.yml',
    `steps:
  - label: lint
    command: make lint
  - group: gpu
    steps:
      - label: test
        timeout_in_minutes: 30
        plugins:
          - kubernetes:
              podSpec:
                containers:
                  - image: a
                    resources: {limits: {nvidia.com/gpu: 2}}
`,
    ['resource buildkite 6-13 {gpu_count=2@13, max_time=1800@7}'],
  ],
  [
    'an endpoint of SageMaker HyperPod',
    'a.yaml',
    `apiVersion: inference.sagemaker.aws.amazon.com/v1
kind: InferenceEndpointConfig
metadata: {name: a}
spec:
  instanceType: ml.g5.8xlarge
  worker:
    image: djl-inference
    resources: {limits: {nvidia.com/gpu: 1}, requests: {memory: 102Gi}}
`,
    ['serving sagemaker 1-8 {instance_type=ml.g5.8xlarge@5, gpu_count=1@8, memory=102Gi@8}'],
  ],
  [
    'values of a chart with the command of a training',
    'values.yaml',
    `image: {repository: a}
resources: {limits: {habana.ai/gaudi: 2, memory: 128Gi}}
command: [python, run_glue.py, --model_name_or_path, org/m, --per_device_train_batch_size, "32", --num_train_epochs, "3"]
`,
    ['training transformers 1-3 {gpu_count=2@2, gpu_vendor=Intel@2, memory=128Gi@2, model=org/m@3, batch_size=32@3, epochs=3@3}'],
  ],
  [
    'values of a chart of charts, one of which serves',
    'values.yaml',
    'llm:\n  image: {repository: nvcr.io/nim/meta/llama-8b}\n  resources: {limits: {nvidia.com/gpu: 2}}\ndb:\n  resources: {limits: {cpu: 2}}\n',
    ['serving nim 1-3 {model=meta/llama-8b@2, gpu_count=2@3}'],
  ],
  [
    'hosted models in settings',
    'config.yaml',
    'llm:\n  provider: openai\n  model: gpt-4o\n  max_tokens: 500\nembedder: {model: text-embedding-3-small, api_key: x}\nstore: {model: gpt-4o}\n',
    ['api-call openai 1-4 {model=gpt-4o@3, max_tokens=500@4}', 'api-call openai 5-5 {model=text-embedding-3-small@5}'],
  ],
  [
    'each model of a LiteLLM proxy',
    'litellm.yaml',
    'model_list:\n  - model_name: a\n    litellm_params: {model: openai/gpt-4o, api_key: x}\n  - model_name: b\n    litellm_params: {model: anthropic/claude-3-5-haiku-latest, api_key: x}\n',
    ['api-call openai 3-3 {model=openai/gpt-4o@3}', 'api-call anthropic 5-5 {model=anthropic/claude-3-5-haiku-latest@5}'],
  ],
  ['recorded requests', 'cassette.yaml', 'interactions:\n  - request: {body: {model: gpt-4o, max_tokens: 5}}\n', []],
  [
    'settings of a project’s own serving',
    'deploy.yaml',
    'model: {id: org/big}\ninstances: {type: g6e.48xlarge, min_capacity: 1, max_capacity: 2}\nsglang: {tp-size: 8}\n',
    ['serving sglang 1-3 {tensor_parallel=8@3, model=org/big@1, instance_type=g6e.48xlarge@2, min_replicas=1@2, max_replicas=2@2}'],
  ],
  [
    'a Hugging Face endpoint in settings',
    'deploy.yaml',
    'steps:\n  endpoint:\n    instance_type: p4de\n    instance_size: xlarge\n    max_replica: 1\n    env: {MODEL_ID: /repository, QUANTIZE: bitsandbytes}\n',
    ['serving hf-endpoint 3-6 {instance_type=p4de@3, model=/repository@6, quantization=bitsandbytes@6, max_replicas=1@5}'],
  ],
  [
    'a run that a platform’s command line submits',
    'run.yaml',
    'name: a\nimage: b\ncompute: {gpus: 16, gpu_type: h100_80gb}\ncommand: |\n  python train.py --num_train_epochs 2 --per_device_train_batch_size 4\n',
    ['training transformers 1-5 {gpu_count=16@3, gpu_type=h100_80gb@3, batch_size=4@5, epochs=2@5}'],
  ],
  [
    'a Python model of Triton that names what it loads',
    'config.pbtxt',
    `name: "m"
backend: "python"
instance_group [{ kind: KIND_GPU count: 1 }]
parameters: { key: "model_name" value: { string_value: "org/m" } }
parameters: { key: "gpu_memory_utilization" value: { string_value: "0.8" } }
parameters: { key: "max_model_len" value: { string_value: "4096" } }
`,
    ['serving triton 1-6 {model=org/m@4, gpu_mem_util=0.8@5, max_model_len=4096@6}'],
  ],
  [
    'a runner named after its GPU',
    '.github/workflows/a.yml',
    'jobs:\n  t:\n    runs-on: [self-hosted, 3090-r1]\n    timeout-minutes: 50\n',
    ['resource github-actions 3-4 {gpu_type=3090@3, max_time=3000@4}'],
  ],
  ['a runner with a like number', '.github/workflows/a.yml', 'jobs:\n  t:\n    runs-on: [self-hosted, host-30900]\n', []],
  [
    'a stage of a recipe that its defaults leave out',
    'run.sh',
    'stage=-1\nstop_stage=3\nif [ ${stage} -le 5 ] && [ ${stop_stage} -ge 5 ]; then\n  torchrun --nproc_per_node=4 train.py --num_train_epochs 3\nfi\n',
    ['training pytorch 4-4 {gpu_count=4@4, nproc_per_node=4@4, epochs=3@4}'],
  ],
  [
    'a job’s header that asks for nothing',
    'a.slurm',
    '#!/bin/bash\n#SBATCH --requeue\npython train.py --num_train_epochs 3\n',
    ['training pytorch 3-3 {epochs=3@3}'],
  ],
  [
    'a training by its own words',
    'a.sh',
    'python -u run.py --is_training 1 --model ETS --batch_size 128 --train_epochs 10\n',
    ['training pytorch 1-1 {model=ETS@1, batch_size=128@1, epochs=10@1}'],
  ],
  [
    'a run of NeMo-RL',
    'grpo.yaml',
    `grpo: {num_generations_per_prompt: 16, max_num_steps: 500}
policy:
  model_name: org/base
  train_global_batch_size: 512
  train_micro_batch_size: 4
  max_total_sequence_length: 2048
  precision: bfloat16
  dtensor_cfg: {enabled: true, tensor_parallel_size: 2, activation_checkpointing: true}
  megatron_cfg: {enabled: false, pipeline_model_parallel_size: 8}
  optimizer: {name: torch.optim.AdamW}
cluster: {gpus_per_node: 8, num_nodes: 2}
`,
    [
      'training nemo-rl 1-11 {model=org/base@3, global_batch_size=512@4, batch_size=4@5, seq_len=2048@6, precision=bf16@7, optimizer=AdamW@10, gpu_count=8@11, num_nodes=2@11, num_generations=16@1, max_steps=500@1, grad_ckpt=true@8, tensor_parallel=2@8}',
    ],
  ],
  [
    'nodes of a cluster’s compute configuration',
    'aws.yaml',
    'head_node: {instance_type: m5.2xlarge}\nworker_nodes:\n  - {name: a, instance_type: g5.4xlarge, min_nodes: 2, max_nodes: 8}\n  - {name: b, instance_type: m5.large, min_nodes: 1}\n',
    ['resource anyscale 3-3 {instance_type=g5.4xlarge@3, min_replicas=2@3, max_replicas=8@3}'],
  ],
  [
    'a runner whose labels each say a part',
    '.github/workflows/a.yml',
    'jobs:\n  t:\n    runs-on: [self-hosted, nvidia, v100]\n  u:\n    runs-on: {group: bm-gaudi3-8gaudi}\n',
    ['resource github-actions 3-3 {gpu_type=v100@3}', 'resource github-actions 5-5 {gpu_type=gaudi3@5, gpu_count=8@5}'],
  ],
  [
    'a solver that builds on the file of its family',
    'a.yaml',
    '_BASE_: ../base.yaml\nMODEL: {MASK_ON: false}\nSOLVER: {STEPS: (12000, 16000), MAX_ITER: 18000}\n',
    ['training pytorch 1-3 {max_steps=18000@3}'],
  ],
  [
    'a restoration network’s options',
    'a.yml',
    'datasets: {train: {batch_size_per_gpu: 3}}\ntrain:\n  optim_g: {type: Adam, lr: !!float 2e-3}\n  total_iter: 800000\n',
    ['training pytorch 1-4 {max_steps=800000@4, optimizer=Adam@3, batch_size=3@1}'],
  ],
  [
    'numbers with underscores',
    'a.yaml',
    'warmup_steps: 30_000\nsteps: 900_000\nbatch_size: 1536\n',
    ['training pytorch 1-3 {max_steps=900000@2, batch_size=1536@3}'],
  ],
  [
    'a run that says only that it trains',
    'a.sh',
    'python run.py --is_training 1 --model M --seq_len 720\n',
    ['training pytorch 1-1 {model=M@1, seq_len=720@1}'],
  ],
  ['a run that says that it does not', 'a.sh', 'python run.py --is_training 0 --model M --seq_len 720\n', []],
  [
    'an evaluation of a model of a hub',
    'a.sh',
    'python run_eval.py --model_name_or_path org/m --per_device_eval_batch_size 32 --dtype bfloat16\n',
    ['batch-inference pytorch 1-1 {batch_size=32@1, precision=bf16@1, model=org/m@1}'],
  ],
  ['an evaluation of what another has written', 'a.sh', 'python run_eval.py --predictions out.json --model_name a\n', []],
  [
    'generation with verl',
    'a.sh',
    'python3 -m verl.trainer.main_generation trainer.nnodes=1 trainer.n_gpus_per_node=8 model.path=org/m rollout.response_length=1024 rollout.tensor_model_parallel_size=2\n',
    ['batch-inference verl 1-1 {max_tokens=1024@1, tensor_parallel=2@1, gpu_count=8@1, num_nodes=1@1, model=org/m@1}'],
  ],
])('%s', async (_what, name, text, expected) => {
  expect(await short(name, text)).toEqual(expected);
});
