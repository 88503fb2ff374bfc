import { describe, expect, test } from 'vitest';
import { seen } from '../support/recognise.js';

const short = async (name: string, text: string): Promise<string[]> => (await seen(name, text)).short;

test('Axolotl: a configuration is one training over its whole range', async () => {
  const text = `# a comment
base_model: Qwen/Qwen3-8B
load_in_4bit: true
datasets:
  - path: tatsu-lab/alpaca
    type: alpaca
adapter: qlora
lora_r: 16
sequence_len: 4_096
sample_packing: yes
micro_batch_size: "2"
gradient_accumulation_steps: 4
num_epochs: 1
optimizer: adamw_bnb_8bit
bf16: auto
gradient_checkpointing: offload
attn_implementation: flash_attention_2
deepspeed: deepspeed_configs/zero2.json
`;
  const { short, sighting } = await seen('a.yml', text);
  expect(short).toEqual([
    'training axolotl 2-18 {model=Qwen/Qwen3-8B@2, seq_len=4096@9, packing=true@10, batch_size=2@11, grad_accum=4@12, epochs=1@13, optimizer=adamw_bnb_8bit@14, finetune_method=qlora@7, lora_rank=16@8, grad_ckpt=offload@16, precision=bf16@15, quantization=4bit@3, flash_attention=true@17, dataset=tatsu-lab/alpaca@5, strategy=zero2@18}',
  ]);
  const [workload] = sighting.workloads;
  expect(workload?.refs).toMatchObject([{ role: 'config', target: 'deepspeed_configs/zero2.json' }]);
  expect(workload?.facts.find((fact) => fact.name === 'batch_size')?.param).toBe('micro_batch_size');
});

test.each([
  ['fsdp as a list', 'fsdp:\n  - full_shard\n', 'strategy=fsdp@8'],
  ['fsdp by version', 'fsdp_version: 2\nfsdp_config:\n  offload_params: true\n', 'strategy=fsdp@7, offload=true@9'],
  ['a DeepSpeed file without a telling name', 'deepspeed: ds.json\n', 'strategy=deepspeed@7'],
  ['DeepSpeed in place', 'deepspeed:\n  zero_optimization: {stage: 3}\n', 'strategy=zero3@8'],
  ['nothing', '\n', '}'],
])('Axolotl sharding: %s', async (_name, lines, expected) => {
  const base = 'base_model: m\ndatasets: [{path: d}]\nsequence_len: 1\nmicro_batch_size: 1\nnum_epochs: 1\nval_set_size: 0\n';
  expect((await short('a.yml', base + lines))[0]).toContain(expected);
});

test.each([
  ['an empty template of Axolotl', 'base_model:\nsequence_len:\nmicro_batch_size:\nnum_epochs:\nadapter:\n'],
  ['a merge of models', 'base_model: mistralai/Mistral-7B-v0.1\nmerge_method: slerp\ndtype: bfloat16\nslices: []\n'],
  ['an export by LLaMA-Factory', 'model_name_or_path: m\ntemplate: llama3\nfinetuning_type: lora\nexport_dir: out\n'],
  ['a chat by LLaMA-Factory', 'model_name_or_path: m\ntemplate: llama3\ninfer_backend: vllm\n'],
  ['an evaluation task', 'task: gsm8k\ndataset_path: openai/gsm8k\nnum_fewshot: 5\n'],
  ['a generation recipe of torchtune', 'model:\n  _component_: torchtune.models.llama3.llama3_8b\nmax_new_tokens: 300\n'],
  ['learning rates of something else', 'learning_rate: 0.1\nmax_depth: 5\n'],
  ['stages of a pipeline', 'stage: build\nscript: make\n'],
  ['a Hydra file of a trainer alone', 'trainer:\n  max_epochs: 10\nmodel:\n  dim: 8\n'],
  ['a sweep of something that has no parameters of a sweep', 'method: grid\nparameters:\n  a: 1\n'],
  ['a document of lists', '- 1\n- 2\n'],
])('no workload in %s', async (_name, text) => {
  expect(await short('a.yaml', text)).toEqual([]);
});

test('LLaMA-Factory: classic layout', async () => {
  const text = `model_name_or_path: Qwen/Qwen3-4B
quantization_bit: 4
stage: dpo
do_train: true
finetuning_type: lora
lora_rank: 8
dataset: identity,demo
template: qwen3
cutoff_len: 2048
max_samples: 1000
per_device_train_batch_size: 1
gradient_accumulation_steps: 8
num_train_epochs: 3.0
use_muon: true
bf16: true
deepspeed: examples/deepspeed/ds_z3_config.json
ray_num_workers: 4
`;
  expect(await short('a.yaml', text)).toEqual([
    'training llama-factory 1-17 {model=Qwen/Qwen3-4B@1, finetune_method=lora@5, lora_rank=8@6, dataset=identity,demo@7, seq_len=2048@9, dataset_size=1000@10, gpu_count=4@17, batch_size=1@11, grad_accum=8@12, epochs=3@13, precision=bf16@15, quantization=4bit@2, optimizer=muon@14, strategy=zero3@16}',
  ]);
});

test('LLaMA-Factory: nested layout, and JSON', async () => {
  const text =
    'model: Qwen/Qwen3-4B\npeft_config:\n  name: lora\n  r: 16\ndist_config:\n  name: fsdp2\ntrain_dataset: data/d.yaml\nmicro_batch_size: 1\ncutoff_len: 2048\nmax_steps: 10\n';
  expect((await short('a.yaml', text))[0]).toContain('finetune_method=lora@3, lora_rank=16@4, dataset=data/d.yaml@7');
  const json = '{"model_name_or_path": "m", "stage": "sft", "finetuning_type": "full", "do_train": true, "num_train_epochs": 2,}';
  expect(await short('a.json', json)).toEqual(['training llama-factory 1-1 {model=m@1, finetune_method=full@1, epochs=2@1}']);
});

test('accelerate: processes count over all machines', async () => {
  const text =
    'compute_environment: LOCAL_MACHINE\ndistributed_type: DEEPSPEED\ndeepspeed_config:\n  zero_stage: 3\n  offload_optimizer_device: cpu\nmixed_precision: bf16\nnum_machines: 2\nnum_processes: 16\n';
  const { short, sighting } = await seen('a.yaml', text);
  expect(short).toEqual(['resource accelerate 1-8 {num_nodes=2@7, gpu_count=8@8, strategy=zero3@4, offload=cpu@5, precision=bf16@6}']);
  expect(sighting.workloads[0]?.fragment).toBe(true);
});
test.each([
  ['MULTI_GPU', 'strategy=ddp'],
  ['FSDP', 'strategy=fsdp'],
  ['MEGATRON_LM', 'strategy=megatron'],
  ['NO', 'strategy=none'],
])('accelerate: %s', async (type, expected) => {
  expect((await short('a.yaml', `distributed_type: ${type}\nnum_machines: 1\nnum_processes: 8\nmixed_precision: 'no'\n`))[0]).toContain(expected);
});
test('accelerate on CPUs has no GPUs', async () => {
  expect((await short('a.yaml', 'distributed_type: MULTI_CPU\nnum_machines: 1\nnum_processes: 8\nuse_cpu: true\n'))[0]).not.toContain('gpu_count');
});

test('DeepSpeed: a fragment of a training elsewhere', async () => {
  const text = `{
  // comment
  "zero_optimization": {"stage": 3, "offload_optimizer": {"device": "none"}, "offload_param": {"device": "nvme"}},
  "bf16": {"enabled": "auto"},
  "fp16": {"enabled": false},
  "optimizer": {"type": "AdamW"},
  "gradient_accumulation_steps": "auto",
  "train_micro_batch_size_per_gpu": 4,
}`;
  const { short, sighting } = await seen('ds.json', text);
  expect(short).toEqual(['training deepspeed 1-9 {strategy=zero3@3, precision=auto@4, batch_size=4@8, grad_accum=auto@7, optimizer=AdamW@6, offload=nvme@3}']);
  expect(sighting.workloads[0]?.fragment).toBe(true);
});
test.each([
  ['a report', '{"train_batch_size": 8, "score": 1}'],
  ['a package', '{"name": "x", "version": "1.0.0"}'],
])('JSON without a workload: %s', async (_name, text) => {
  expect(await short('a.json', text)).toEqual([]);
});

test('TRL recipe', async () => {
  const text = `model_name_or_path: Qwen/Qwen2.5-1.5B
attn_implementation: flash_attention_2
dataset_mixture:
  datasets:
    - id: org/data
chat_template: "{% for m in messages %}{{ '<|' + m }}{% endfor %}"
bf16: true
use_peft: true
lora_r: 16
gradient_accumulation_steps: 4
gradient_checkpointing: true
num_generations: 16
max_completion_length: 1024
max_steps: -1
num_train_epochs: 1
per_device_train_batch_size: 16
learning_rate: 1.0e-06
`;
  expect(await short('a.yaml', text)).toEqual([
    'training trl 1-17 {model=Qwen/Qwen2.5-1.5B@1, dataset=org/data@5, lora_rank=16@9, num_generations=16@12, max_tokens=1024@13, batch_size=16@16, grad_accum=4@10, epochs=1@15, grad_ckpt=true@11, precision=bf16@7, flash_attention=true@2, finetune_method=lora@8}',
  ]);
});

test('a value that is filled in elsewhere is unknown, and says so', async () => {
  const { sighting } = await seen(
    'a.yaml',
    'model_name_or_path: $MODEL\nper_device_train_batch_size: {{ bs }}\nnum_train_epochs: $' + '{EPOCHS:-3}\ngradient_accumulation_steps: 2\noutput_dir: out\n',
  );
  const [workload] = sighting.workloads;
  expect(workload?.unknown).toMatchObject([
    { name: 'model', need: 'the value of $MODEL' },
    { name: 'batch_size', need: 'the value of {{ bs }}' },
  ]);
  expect(workload?.facts.find((fact) => fact.name === 'epochs')).toMatchObject({ value: 3, origin: 'default' });
});

test('torchtune', async () => {
  const text = `output_dir: /tmp/x
tokenizer:
  _component_: torchtune.models.llama3.llama3_tokenizer
  max_seq_len: null
model:
  _component_: torchtune.models.llama3_1.qlora_llama3_1_8b
  lora_rank: 8
dataset:
  _component_: torchtune.datasets.alpaca_cleaned_dataset
  packed: False
batch_size: 2
epochs: 2
max_steps_per_epoch: 50
gradient_accumulation_steps: 8
optimizer:
  _component_: bitsandbytes.optim.PagedAdamW8bit
dtype: bf16
enable_activation_checkpointing: True
compile: False
optimizer_in_bwd: True
`;
  expect(await short('a.yaml', text)).toEqual([
    'training torchtune 1-20 {model=qlora_llama3_1_8b@6, lora_rank=8@7, dataset=alpaca_cleaned_dataset@9, packing=false@10, batch_size=2@11, grad_accum=8@14, epochs=2@12, optimizer=PagedAdamW8bit@16, precision=bf16@17, grad_ckpt=true@18, compile=false@19, optimizer_in_backward=true@20, max_steps=100@13, finetune_method=qlora@6 default, quantization=nf4@6 default}',
  ]);
});

test('LitGPT: fine-tuning and pretraining', async () => {
  const finetune =
    'checkpoint_dir: checkpoints/meta-llama/Llama-3-8B\nprecision: bf16-true\nquantize: bnb.nf4\ndevices: 1\nlora_r: 32\ndata:\n  class_path: litgpt.data.Alpaca2k\ntrain:\n  global_batch_size: 8\n  micro_batch_size: 2\n  epochs: 2\n  max_tokens:\n';
  expect(await short('a.yaml', finetune)).toEqual(
    [
      'training litgpt 1-11 {model=meta-llama/Llama-3-8B@1, precision=bf16@2, quantization=nf4@3, gpu_count=1@4, lora_rank=32@5, dataset=Alpaca2k@7, global_batch_size=8@9, batch_size=2@10, epochs=2@11, finetune_method=lora@5 default}',
    ].map((line) => line.replace('1-11', '1-12')),
  );
  const pretrain = 'model_name: tiny-llama-1.1b\nout_dir: out\ndata: TinyLlama\ndevices: auto\ntrain:\n  global_batch_size: 512\n  max_tokens: 3000000000000\n';
  expect((await short('b.yaml', pretrain))[0]).toContain('gpu_count=auto@4, dataset=TinyLlama@3, global_batch_size=512@6, train_tokens=3000000000000@7');
});

test('llm-foundry: interpolation is followed to where the value stands', async () => {
  const text =
    'variables:\n  max_seq_len: 2048\nmax_seq_len: \u0024{variables.max_seq_len}\nmodel:\n  d_model: 4096\n  n_layers: 32\ntrain_loader: {name: text}\noptimizer: {name: decoupled_adamw}\nmax_duration: 63_900ba\nglobal_train_batch_size: 1024\ndevice_train_microbatch_size: auto\nprecision: amp_bf16\nfsdp_config:\n  sharding_strategy: FULL_SHARD\n  activation_checkpointing: true\n';
  expect(await short('a.yaml', text)).toEqual([
    'training composer 1-15 {seq_len=2048@2 variable, n_embd=4096@5, n_layer=32@6, optimizer=decoupled_adamw@8, global_batch_size=1024@10, batch_size=auto@11, precision=bf16@12, max_steps=63900@9, strategy=fsdp@14, grad_ckpt=true@15}',
  ]);
});
test('llm-foundry: a run configuration overrides on its command', async () => {
  const text = 'command: |\n  cd scripts\n  composer train/train.py \\\n    train/yamls/mpt-1b.yaml \\\n    max_duration=100ba\ncompute:\n  gpus: 8\n';
  expect(await short('a.yaml', text)).toEqual(['training composer 1-7 {max_steps=100@5, gpu_count=8@7}']);
});

test('MaxText, NeMo and ai-toolkit', async () => {
  expect(
    await short(
      'm.yaml',
      'hardware: gpu\nper_device_batch_size: 4\nmax_target_length: 4096\nsteps: 30\nremat_policy: custom\ncontext: device\nquery_proj: offload\nmlpwo: remat\n',
    ),
  ).toEqual([
    'training maxtext 1-8 {batch_size=4@2, seq_len=4096@3, max_steps=30@4, grad_ckpt=selective@5, remat_policy=custom@5, remat_tensors=context=device query_proj=offload mlpwo=remat@5}',
  ]);
  expect(
    await short(
      'm.yaml',
      'hardware: gpu\ndcn_data_parallelism: 16\nici_fsdp_parallelism: 8\nper_device_batch_size: 4\nmax_target_length: 4096\nmodel_name: llama2-7b\n',
    ),
  ).toEqual([
    'training maxtext 1-6 {model=llama2-7b@6, batch_size=4@4, seq_len=4096@5, data_parallel=16@2, gpu_count=8@3 default, num_nodes=16@2 default, shard_size=8@3 default}',
  ]);
  expect(
    await short('n.yaml', 'trainer:\n  devices: 8\n  num_nodes: 4\n  precision: bf16\nmodel:\n  micro_batch_size: 1\n  tensor_model_parallel_size: 4\n'),
  ).toEqual(['training nemo 1-7 {gpu_count=8@2, num_nodes=4@3, precision=bf16@4, batch_size=1@6, tensor_parallel=4@7}']);
  expect(
    await short(
      't.yaml',
      'job: extension\nconfig:\n  process:\n    - type: sd_trainer\n      network: {type: lora, linear: 16}\n      train: {steps: 2000, batch_size: 1}\n      model: {name_or_path: black-forest-labs/FLUX.1-dev}\n',
    ),
  ).toEqual(['training ai-toolkit 1-7 {model=black-forest-labs/FLUX.1-dev@7, finetune_method=lora@5, lora_rank=16@5, batch_size=1@6, max_steps=2000@6}']);
});

test('W&B sweeps: a grid is counted, other methods are unbounded without a cap', async () => {
  expect(
    await short(
      's.yaml',
      'program: train.py\nmethod: grid\nmetric: {name: loss}\nparameters:\n  lr:\n    values: [1, 2, 3]\n  bs:\n    values: [8, 16]\n  epochs:\n    value: 27\n',
    ),
  ).toEqual(['training wandb-sweep 1-10 {epochs=27@10, trials=6@2 default} ?batch_size']);
  expect(await short('s.yaml', 'program: train.py\nmethod: bayes\nparameters:\n  lr: {min: 0.1, max: 1}\n')).toEqual(['training wandb-sweep 1-4 {} ?trials']);
});

test('the shape in a model configuration is of a model, not of a workload', async () => {
  const text =
    '{"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8, "intermediate_size": 14336, "vocab_size": 128256, "max_position_embeddings": 8192, "torch_dtype": "bfloat16", "quantization_config": {"quant_method": "awq", "bits": 4}}';
  const { sighting } = await seen('config.json', text);
  expect(sighting.workloads).toEqual([]);
  expect(Object.fromEntries((sighting.modelShape ?? []).map((fact) => [fact.name, fact.value]))).toEqual({
    architecture: 'LlamaForCausalLM',
    n_layer: 32,
    n_embd: 4096,
    n_head: 32,
    n_kv_head: 8,
    n_ffn: 14336,
    vocab_size: 128256,
    max_position: 8192,
    dtype: 'bf16',
    quantization: '4bit',
  });
  expect((await seen('a.json', '{"hidden_size": 12}')).sighting.modelShape).toBeUndefined();
});
test('a model of several parts has the shape of its language model', async () => {
  const text =
    '{"model_type": "llava", "torch_dtype": "float16", "text_config": {"hidden_size": 64, "num_hidden_layers": 2}, "vision_config": {"hidden_size": 9}}';
  const { sighting } = await seen('config.json', text);
  expect((sighting.modelShape ?? []).map((fact) => `${fact.name}=${fact.value}`)).toEqual(['n_layer=2', 'n_embd=64', 'architecture=llava', 'dtype=fp16']);
});

test('a mixture of data sets is named by its first, and its size is not that one’s', async () => {
  const text = `model_name_or_path: org/m
dataset_mixer:
  org/pairs: 1.0
  org/more: 0.5
per_device_train_batch_size: 2
num_train_epochs: 1
output_dir: out
`;
  expect(await short('c.yaml', text)).toEqual([
    'training trl 1-7 {model=org/m@1, batch_size=2@5, epochs=1@6, output_dir=out@7, dataset=org/pairs@3} ?dataset_size',
  ]);
});

test('trainer arguments in sections', async () => {
  const text = `model: org/base
sequence_length: 8192
use_flash_attention: true
dataset:
  train_dataset: {repo_id: org/mix, split: train}
lora: {r: 8}
training_args:
  packing: true
  num_train_epochs: 2
  per_device_train_batch_size: 1
  gradient_accumulation_steps: 8
  bf16: true
  output_dir: out
`;
  expect(await short('distill.yml', text)).toEqual([
    'training transformers 1-13 {model=org/base@1, dataset=org/mix@5, seq_len=8192@2, packing=true@8, lora_rank=8@6, batch_size=1@10, grad_accum=8@11, epochs=2@9, output_dir=out@13, precision=bf16@12, flash_attention=true@3}',
  ]);
  const named = 'model: {name: org/base, dtype: bf16}\ntraining:\n  num_train_epochs: 2\n  learning_rate: 1e-4\n  output_dir: out\n';
  expect(await short('c.yml', named)).toEqual(['training transformers 1-5 {model=org/base@1, epochs=2@3, output_dir=out@5}']);
  // A job that only passes two numbers on is no trainer's file.
  expect(await short('job.yml', 'model: {name: org/base}\ntraining:\n  learning_rate: 1e-4\n  max_steps: 5\n')).toEqual([]);
});

test('a mode that names the method', async () => {
  const text = (mode: string): string =>
    `{"model_name_or_path": "org/m", "train_mode": "${mode}", "num_train_epochs": 1, "per_device_train_batch_size": 1, "learning_rate": 1e-4}`;
  const [qlora = ''] = await short('a.json', text('qlora'));
  expect(qlora).toContain('finetune_method=qlora@1');
  expect(qlora).toContain('quantization=4bit@1 default');
  const [other = ''] = await short('a.json', text('pretrain'));
  expect(other).not.toContain('finetune_method');
});

describe('which layers of a local model stop at the window', () => {
  const base = { model_type: 'own', hidden_size: 64, num_hidden_layers: 6, num_attention_heads: 4, vocab_size: 100, sliding_window: 32 };
  test.each([
    ['as listed by layer', { layer_types: ['sliding_attention', 'full_attention', 'sliding_attention', 'sliding_attention'] }, 0.75],
    ['all but each sixth', { sliding_window_pattern: 6 }, 0.8333],
    ['none where it is switched off', { use_sliding_window: false }, 0],
    ['left to the family where nothing says so', {}, undefined],
  ])('%s', async (_, more, want) => {
    const { sighting } = await seen('config.json', JSON.stringify({ ...base, ...more }));
    expect(sighting.modelShape?.find(({ name }) => name === 'sliding_share')?.value).toBe(want);
  });
});
