import { describe, expect, test } from 'vitest';
import { entryAt } from '../../../server/src/core/advise/edit/entry.js';
import { advised, edited } from '../../support/advised.js';

const h100 = { gpu_type: 'h100', gpu_count: 8 };
const run = { ...h100, dataset_size: 50_000 };
const traffic = { gpu_type: 'h100', input_tokens: 1000, output_tokens: 300 };
const trainer = (settings: string): string => `from transformers import AutoModelForCausalLM, Trainer, TrainingArguments
model = AutoModelForCausalLM.from_pretrained("meta-llama/Llama-3.1-8B")
args = TrainingArguments(${settings})
Trainer(model=model, args=args, train_dataset=data).train()
`;
const titan = (rest: string): string => `# pretraining
[model]
name = "llama3"
flavor = "8B"

[training]
local_batch_size = 1  # small
global_batch_size = 64
seq_len = 4096
steps = 1000

[parallelism]
tensor_parallel_degree = 1
${rest}`;
const pod = (container: string): string => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: llm
spec:
  replicas: 1
  template:
    spec:
      nodeSelector:
        nvidia.com/gpu.product: NVIDIA-H100-80GB-HBM3
      containers:
        - name: vllm
          image: vllm/vllm-openai:v0.8.5
${container}
          resources:
            requests:
              nvidia.com/gpu: 4
            limits:
              nvidia.com/gpu: 4
`;

describe('an advice is written where the setting stands, or beside its neighbours, in their layout', () => {
  test.each<[name: string, file: string, text: string, id: string, assumed: Readonly<Record<string, string | number>>, before: string, expected: string]>([
    [
      'a keyword of a call over several lines',
      'train.py',
      trainer('\n    output_dir="out",  # where\n    per_device_train_batch_size=4,\n    bf16=True,\n    num_train_epochs=1,\n'),
      'compile',
      run,
      '    num_train_epochs=1,\n',
      '    num_train_epochs=1,\n    torch_compile=True,\n',
    ],
    [
      'a keyword of a call on one line',
      'train.py',
      trainer('per_device_train_batch_size=4, bf16=True, num_train_epochs=1'),
      'compile',
      run,
      'num_train_epochs=1)',
      'num_train_epochs=1, torch_compile=True)',
    ],
    [
      'a value that stands',
      'axolotl.yaml',
      'base_model: NousResearch/Llama-2-7b-hf\nadapter: lora\nlora_r: 8\nsequence_len: 512\nmicro_batch_size: 1\ngradient_checkpointing: true # why\nnum_epochs: 1\nbf16: true\nflash_attention: true\ndatasets:\n  - path: org/data\n',
      'no-checkpointing',
      run,
      'gradient_checkpointing: true # why',
      'gradient_checkpointing: false # why',
    ],
    [
      'two values of one step',
      'axolotl.yaml',
      'base_model: NousResearch/Llama-2-7b-hf\nadapter: lora\nlora_r: 8\nsequence_len: 512\nmicro_batch_size: 1  # small\ngradient_accumulation_steps: 8\nnum_epochs: 1\nbf16: true\nflash_attention: true\ndatasets:\n  - path: org/data\n',
      'micro-batch-4',
      run,
      'micro_batch_size: 1  # small\ngradient_accumulation_steps: 8\n',
      'micro_batch_size: 4  # small\ngradient_accumulation_steps: 2\n',
    ],
    [
      'a switch, in the spelling that stands there',
      'recipe.yaml',
      'model:\n  _component_: torchtune.models.llama3_1.llama3_1_8b\ntokenizer:\n  _component_: torchtune.models.llama3.llama3_tokenizer\n  max_seq_len: 2048\ndataset:\n  _component_: torchtune.datasets.alpaca_dataset\noptimizer:\n  _component_: torch.optim.AdamW\nbatch_size: 2\nepochs: 1\ngradient_accumulation_steps: 8\ndtype: bf16\nenable_activation_checkpointing: True # memory\n',
      'no-checkpointing',
      run,
      'enable_activation_checkpointing: True # memory\n',
      'enable_activation_checkpointing: False # memory\n',
    ],
    [
      'a flag of a command over several lines',
      'serve.sh',
      '#!/bin/bash\nvllm serve meta-llama/Llama-3.1-8B-Instruct \\\n  --max-model-len 8192 \\\n  --gpu-memory-utilization 0.9\n',
      'weights-fp8',
      { ...traffic, gpu_count: 1 },
      '--gpu-memory-utilization 0.9\n',
      '--gpu-memory-utilization 0.9 \\\n  --quantization fp8\n',
    ],
    [
      'an item of a list of arguments',
      'deploy.yaml',
      pod('          args:\n            - --model\n            - meta-llama/Llama-3.1-70B-Instruct\n            - --tensor-parallel-size\n            - "4"'),
      'weights-fp8',
      traffic,
      '            - "4"\n',
      '            - "4"\n            - --quantization\n            - fp8\n',
    ],
    [
      'an item of a list of arguments with equals signs',
      'deploy.yaml',
      pod('          args:\n            - --model=meta-llama/Llama-3.1-70B-Instruct\n            - --tensor-parallel-size=4'),
      'weights-fp8',
      traffic,
      '- --tensor-parallel-size=4\n',
      '- --tensor-parallel-size=4\n            - --quantization=fp8\n',
    ],
    [
      'a flow list',
      'deploy.yaml',
      pod('          command: ["vllm", "serve", "meta-llama/Llama-3.1-70B-Instruct", "--tensor-parallel-size", "4"]'),
      'weights-fp8',
      traffic,
      '"--tensor-parallel-size", "4"]',
      '"--tensor-parallel-size", "4", "--quantization", "fp8"]',
    ],
    [
      'a keyword of an engine',
      'infer.py',
      'from vllm import LLM, SamplingParams\nllm = LLM(model="meta-llama/Llama-3.1-8B-Instruct", max_model_len=4096)\nout = llm.generate(prompts, SamplingParams(max_tokens=300))\n',
      'weights-fp8',
      { ...traffic, gpu_count: 1, num_requests: 10_000 },
      'max_model_len=4096)',
      'max_model_len=4096, quantization="fp8")',
    ],
    [
      'a setting that a variable holds, where it is held',
      'train.py',
      `batch = 1\nsteps: int = 8\n${trainer('per_device_train_batch_size=batch, gradient_accumulation_steps=steps, gradient_checkpointing=True, bf16=True, max_steps=100')}`,
      'micro-batch-2',
      run,
      'batch = 1\nsteps: int = 8\n',
      'batch = 2\nsteps: int = 4\n',
    ],
    [
      'a setting of a dict',
      'train.py',
      `${trainer('**settings').replace('args =', "settings = {'bf16': True, 'per_device_train_batch_size': 4, 'max_steps': 100}\nargs =")}`,
      'compile',
      run,
      "'max_steps': 100}",
      '\'max_steps\': 100, "torch_compile": True}',
    ],
    [
      'a line of a notebook, in its JSON',
      'train.ipynb',
      `{"cells": [{"cell_type": "markdown", "source": ["é"]}, {"cell_type": "code", "outputs": [], "source": [\n    ${trainer(
        '\n    output_dir="out",\n    per_device_train_batch_size=4,\n    bf16=True,\n    num_train_epochs=1,\n',
      )
        .split(/(?<=\n)/)
        .map((line) => JSON.stringify(line))
        .join(',\n    ')}\n   ]}], "nbformat": 4}`,
      'compile',
      run,
      '    "    num_train_epochs=1,\\n",\n',
      '    "    num_train_epochs=1,\\n",\n    "    torch_compile=True,\\n",\n',
    ],
    [
      'a nested key, where the whole batch stands and passes follow from it',
      'finetune.yaml',
      'max_seq_len: 2048\nmodel:\n  name: hf_causal_lm\n  pretrained_model_name_or_path: meta-llama/Llama-3.1-8B\n  pretrained: true\ntrain_loader:\n  name: finetuning\nmax_duration: 1ep\nglobal_train_batch_size: 64\ndevice_train_microbatch_size: 1 # of 8\nprecision: amp_bf16\nfsdp_config:\n  sharding_strategy: FULL_SHARD\n  activation_checkpointing: true\n',
      'micro-batch-4',
      run,
      'device_train_microbatch_size: 1 # of 8',
      'device_train_microbatch_size: 4 # of 8',
    ],
    [
      'a value of a TOML file, in the quotes that stand there',
      'job.toml',
      titan("\n# recompute\n[activation_checkpoint]\nmode = 'full'  # of none, selective, full\n"),
      'no-checkpointing',
      run,
      "mode = 'full'  # of none",
      "mode = 'none'  # of none",
    ],
    [
      'a number of a TOML file',
      'job.toml',
      titan("\n[activation_checkpoint]\nmode = 'full'\n"),
      'micro-batch-4',
      run,
      'local_batch_size = 1  # small',
      'local_batch_size = 4  # small',
    ],
    [
      'a switch of a TOML file, in a table that has to be made',
      'job.toml',
      titan("\n[activation_checkpoint]\nmode = 'selective'\n"),
      'compile',
      run,
      "mode = 'selective'\n",
      "mode = 'selective'\n\n[compile]\nenable = true\n",
    ],
    [
      'a switch of a TOML file, in a table that stands there, before what is said of the next one',
      'job.toml',
      titan('\n[compile]\ncomponents = [\n  "model",\n]\n\n# recompute\n[activation_checkpoint]\nmode = "selective"\n'),
      'compile',
      run,
      '  "model",\n]\n',
      '  "model",\n]\nenable = true\n',
    ],
    [
      'a switch of a TOML file that stands in the other table of older releases',
      'job.toml',
      titan('\n[activation_checkpoint]\nmode = "selective"\n').replace('steps = 1000\n', 'steps = 1000\ncompile = false # slow start\n'),
      'compile',
      run,
      'compile = false # slow start',
      'compile = true # slow start',
    ],
    [
      'an override of a command',
      'grpo.sh',
      'python3 -m verl.trainer.main_ppo \\\n    data.train_batch_size=256 \\\n    actor_rollout_ref.model.path=Qwen/Qwen2.5-7B-Instruct \\\n    trainer.n_gpus_per_node=8 \\\n    trainer.total_epochs=2\n',
      'lora',
      run,
      'actor_rollout_ref.model.path=Qwen/Qwen2.5-7B-Instruct \\\n',
      'actor_rollout_ref.model.path=Qwen/Qwen2.5-7B-Instruct \\\n    actor_rollout_ref.model.lora_rank=16 \\\n',
    ],
    [
      'an item of a list of arguments in Python',
      'job.py',
      'from google.cloud import aiplatform\njob = aiplatform.CustomContainerTrainingJob(display_name="sft", container_uri="trl")\nargs = [\n    "sft",\n    "--model_name_or_path=Qwen/Qwen2.5-7B-Instruct",\n    "--dataset_name=org/chat",\n    "--bf16",\n    "--gradient_checkpointing=true",\n    "--per_device_train_batch_size=4",\n    "--num_train_epochs=1",\n    "--use_peft=true",\n]\njob.run(args=args, replica_count=1, machine_type="a3-highgpu-8g", accelerator_type="NVIDIA_H100_80GB", accelerator_count=8)\n',
      'no-checkpointing',
      run,
      '"--gradient_checkpointing=true"',
      '"--gradient_checkpointing=false"',
    ],
    [
      'an adapter beside the other settings of the model',
      'recipe.yaml',
      'model_name_or_path: Qwen/Qwen2.5-7B\ntorch_dtype: bfloat16\nattn_implementation: flash_attention_2\n\ndataset_name: org/chat\nbf16: true\nper_device_train_batch_size: 4\ngradient_accumulation_steps: 2\nmax_length: 2048\nnum_train_epochs: 1\noutput_dir: out\n',
      'lora',
      run,
      'attn_implementation: flash_attention_2\n',
      'attn_implementation: flash_attention_2\nuse_peft: true\nlora_r: 16\n',
    ],
    [
      'a switch of a command, taken away with its line',
      'train.sh',
      'deepspeed main.py \\\n  --model_name_or_path meta-llama/Llama-2-7b-hf \\\n  --per_device_train_batch_size 4 \\\n  --max_seq_len 512 \\\n  --gradient_checkpointing \\\n  --num_train_epochs 1 \\\n  --zero_stage 3 \\\n  --deepspeed\n',
      'no-checkpointing',
      run,
      '  --gradient_checkpointing \\\n',
      '',
    ],
    [
      'a switch at the end of a command, with the mark of continuation before it',
      'train.sh',
      'deepspeed main.py \\\n  --model_name_or_path meta-llama/Llama-2-7b-hf \\\n  --per_device_train_batch_size 4 \\\n  --max_seq_len 512 \\\n  --num_train_epochs 1 \\\n  --zero_stage 3 \\\n  --gradient_checkpointing\n',
      'no-checkpointing',
      run,
      ' \\\n  --gradient_checkpointing\n',
      '\n',
    ],
    [
      'a switch that the library has on, as off',
      'job.py',
      'from google.cloud import aiplatform\njob = aiplatform.CustomContainerTrainingJob(display_name="sft", container_uri="trl", command=["sh", "-c", \'exec trl sft "$@"\'])\nargs = [\n    "--model_name_or_path=Qwen/Qwen2.5-7B-Instruct",\n    "--bf16",\n    "--gradient_checkpointing",  # memory\n    "--per_device_train_batch_size=4",\n    "--num_train_epochs=1",\n    "--use_peft=true",\n]\njob.run(args=args, replica_count=1, machine_type="a3-highgpu-8g", accelerator_type="NVIDIA_H100_80GB", accelerator_count=8)\n',
      'no-checkpointing',
      run,
      '"--gradient_checkpointing",  # memory',
      '"--gradient_checkpointing=False",  # memory',
    ],
    [
      'FP8 beside the precision that its layers are in',
      'train.sh',
      'torchrun --nproc_per_node 8 pretrain_gpt.py \\\n  --num-layers 32 \\\n  --hidden-size 4096 \\\n  --num-attention-heads 32 \\\n  --seq-length 4096 \\\n  --micro-batch-size 1 \\\n  --global-batch-size 256 \\\n  --train-iters 1000 \\\n  --tensor-model-parallel-size 2 \\\n  --use-distributed-optimizer \\\n  --bf16\n',
      'precision-fp8',
      run,
      '  --train-iters 1000',
      '  --train-iters 1000 \\\n  --fp8-format hybrid',
    ],
    [
      'a hosted model, in the quotes that stand there',
      'agent.py',
      "from openai import OpenAI\nclient = OpenAI()\nclient.chat.completions.create(model='gpt-4o', max_tokens=100, messages=m)\n",
      'model-gpt-4o-mini',
      { input_tokens: 500, calls_per_month: 1000 },
      "model='gpt-4o'",
      "model='gpt-4o-mini'",
    ],
  ])('%s', async (_name, file, text, id, assumed, before, expected) => {
    expect(text).toContain(before);
    const { changed, found } = await edited({ [file]: text }, id, assumed);
    expect(changed[file]).toBe(text.replace(before, expected));
    expect(found.saving.percent).toBeGreaterThan(3);
    // A second application has nothing to do.
    const again = await advised(changed, assumed);
    expect(again.advice.map((one) => one.id)).not.toContain(found.id);
  });

  test('GPU limits and requests of a pod change together', async () => {
    const text = pod('          args: ["--model", "Qwen/Qwen2.5-7B-Instruct", "--tensor-parallel-size", "4"]');
    const { changed } = await edited({ 'deploy.yaml': text }, 'gpus-1', traffic);
    expect(changed['deploy.yaml']).toBe(
      text.replaceAll('nvidia.com/gpu: 4', 'nvidia.com/gpu: 1').replace('"--tensor-parallel-size", "4"', '"--tensor-parallel-size", "1"'),
    );
  });

  test('a count behind an accelerator’s name changes with the shards of the command', async () => {
    const text =
      'base_image:\n  image: lmsysorg/sglang:v0.4.0.post1-cu124\ndocker_server:\n  start_command: sh -c "python3 -m sglang.launch_server --model-path meta-llama/Llama-3.1-70B-Instruct --port 8000 --tp 4"\n  server_port: 8000\nresources:\n  accelerator: H100:4\n  use_gpu: true\nmodel_name: chat\n';
    const { changed } = await edited({ 'config.yaml': text }, 'gpus-2-fp8', { input_tokens: 1000, output_tokens: 300 });
    expect(changed['config.yaml']).toBe(text.replace('--tp 4"', '--tp 2 --quantization fp8"').replace('H100:4', 'H100:2'));
  });

  test('what the code computes from a setting follows it, and is not written', async () => {
    const text = `micro = 1\n${trainer('per_device_train_batch_size=micro, gradient_accumulation_steps=passes, gradient_checkpointing=True, bf16=True, max_steps=100').replace('args =', 'whole = 16\npasses = whole // micro\nargs =')}`;
    const { changed } = await edited({ 'train.py': text }, 'micro-batch-2', run);
    expect(changed['train.py']).toBe(text.replace('micro = 1', 'micro = 2'));
  });

  test('several switches of a command stand together where the library wants them so', async () => {
    const text =
      'torchrun --nproc_per_node 8 pretrain_gpt.py \\\n  --num-layers 32 \\\n  --hidden-size 4096 \\\n  --num-attention-heads 32 \\\n  --seq-length 8192 \\\n  --micro-batch-size 2 \\\n  --global-batch-size 256 \\\n  --train-iters 1000 \\\n  --use-distributed-optimizer \\\n  --bf16\n';
    const { changed } = await edited({ 'train.sh': text }, 'checkpointing', run);
    expect(changed['train.sh']).toBe(
      text.replace(
        '--train-iters 1000',
        '--train-iters 1000 \\\n  --recompute-granularity full \\\n  --recompute-method uniform \\\n  --recompute-num-layers 1',
      ),
    );
  });

  test('keys that stand in the block without an effect are set, not written a second time', async () => {
    const text =
      'trainer:\n  devices: 8\n  num_nodes: 1\n  precision: bf16\n  max_steps: 100\nmodel:\n  micro_batch_size: 2\n  global_batch_size: 256\n  tensor_model_parallel_size: 2\n  encoder_seq_length: 8192\n  num_layers: 32\n  hidden_size: 4096\n  ffn_hidden_size: 14336\n  num_attention_heads: 32\n  activations_checkpoint_granularity: null # off\n  activations_checkpoint_method:\n  activations_checkpoint_num_layers: 2\n  fp8: false\n';
    const { changed } = await edited({ 'gpt.yaml': text }, 'checkpointing', { ...run, grad_ckpt: 'none' });
    expect(changed['gpt.yaml']).toBe(
      text.replace('granularity: null', 'granularity: full').replace('method:', 'method: uniform').replace('num_layers: 2\n', 'num_layers: 1\n'),
    );
  });

  test('what nobody wrote is not switched off', async () => {
    const megatron =
      'torchrun --nproc_per_node 8 pretrain_gpt.py --num-layers 80 --hidden-size 8192 --num-attention-heads 64 --seq-length 4096 --micro-batch-size 1 --global-batch-size 256 --train-iters 1000 --bf16\n';
    const { advice } = await advised({ 'train.sh': megatron }, run);
    expect(advice.map(({ id }) => id).filter((id) => /no-checkpointing/.test(id))).toEqual([]);
  });

  test('a script that another file launches is edited where its settings stand', async () => {
    const script = trainer('per_device_train_batch_size=4, bf16=True, num_train_epochs=1');
    const files = { 'train.py': script, 'run.sh': 'torchrun --nproc_per_node=8 train.py\n' };
    const { changed } = await edited(files, 'compile', run);
    expect(changed['run.sh']).toBe(files['run.sh']);
    expect(changed['train.py']).toContain('num_train_epochs=1, torch_compile=True)');
  });

  test('what is computed, or comes from elsewhere in a way that is not understood, is not overwritten', async () => {
    const { advice } = await advised({ 'train.py': trainer('per_device_train_batch_size=int(os.environ["BS"]), bf16=flag(), num_train_epochs=1') }, run);
    for (const one of advice) for (const edit of one.edits ?? []) expect(edit.start === edit.end || edit.text === 'False', JSON.stringify(edit)).toBe(true);
  });

  test('a chart is given only what its templates ask for', async () => {
    const values = {
      'values.yaml':
        'servingEngineSpec:\n  modelSpec:\n  - name: m\n    repository: vllm/vllm-openai\n    modelURL: meta-llama/Llama-3.1-8B-Instruct\n    replicaCount: 1\n    requestGPU: 1\n    vllmConfig:\n      maxModelLen: 32768\n      gpuMemoryUtilization: 0.5\n',
    };
    const { advice } = await advised(values, traffic);
    expect(advice.find(({ id }) => id.endsWith('/weights-fp8'))).toMatchObject({ editable: true });
    expect(advice.find(({ id }) => id.endsWith('/weights-fp8'))?.edits).toBeUndefined();
    const { changed } = await edited(values, 'memory-share', { ...traffic, gpu_type: 'a100-40gb' });
    expect(changed['values.yaml']).toBe(values['values.yaml'].replace('gpuMemoryUtilization: 0.5', 'gpuMemoryUtilization: 0.95'));
  });

  test('line ends of Windows are kept', async () => {
    const text = trainer('\n    per_device_train_batch_size=4,\n    bf16=True,\n    num_train_epochs=1,\n').replaceAll('\n', '\r\n');
    const { changed } = await edited({ 'train.py': text }, 'compile', run);
    expect(changed['train.py']).toContain('    num_train_epochs=1,\r\n    torch_compile=True,\r\n');
  });
});

describe('the entry whose value a span covers', () => {
  test.each([
    ['python', 'f(a=1, bf16=«True»)', 'keyword', 'bf16'],
    ['python', 'f(name = «"x"»)', 'keyword', 'name'],
    ['python', 'd = {"lr": «1e-4»}', 'dict', 'lr'],
    ['python', 'if x == «3»: pass', undefined, undefined],
    ['yaml', 'a:\n  bf16: «true»  # c', 'yaml', 'bf16'],
    ['yaml', 'nvidia.com/gpu: "«4»"', 'yaml', 'nvidia.com/gpu'],
    ['yaml', 'args:\n  - --tp\n  - "«4»"', 'args', 'tp'],
    ['yaml', '- --max-model-len=«8192»', 'args=', 'max-model-len'],
    ['yaml', 'args: ["--tp", "«4»"]', 'flow-args', 'tp'],
    ['yaml', 'command: >\n  vllm serve m --tp «4»', 'flag', 'tp'],
    ['toml', '[a]\nlr = «3e-4» # c', 'toml', 'lr'],
    ['toml', 'a."b".c = "«x»"', undefined, undefined],
    ['toml', 'a.b.steps = «"x"»', 'toml', 'steps'],
    ['toml', 'a = { b = 1, c = «true» }', 'toml', 'c'],
    ['toml', 'a = [1, «2»]', undefined, undefined],
    ['toml', 'entrypoint = ["vllm", "--tp", "«4»"]', 'flow-args', 'tp'],
    ['json', '{"bf16": {"enabled": «true»}}', 'json', 'enabled'],
    ['shell', 'run --tp \\\n  «4»', 'flag', 'tp'],
    ['shell', 'run --tp="«4»"', 'flag=', 'tp'],
    ['shell', 'TP=«4»', 'assign', 'TP'],
    ['shell', 'export TP="«4»"', 'assign', 'TP'],
    ['shell', 'BS=${BS:-«4»}', 'assign', 'BS'],
    ['shell', 'echo a=«4»', undefined, undefined],
    ['shell', 'python main.py model.lora_rank=8 \\\n  trainer.devices=«4»', 'override', 'trainer.devices'],
    ['python', 'batch_size = «4»', 'assign', 'batch_size'],
    ['python', 'class A:\n  rate: float = «4»', 'assign', 'rate'],
    ['python', 'os.system("run --tp «4»")', 'flag', 'tp'],
    ['python', 'args = ["--tp=«4»"]', 'flow-args=', 'tp'],
    // A ruler of number signs can be taken apart in many ways: it has to be read in one.
    ['python', `${'#'.repeat(120)}\nmodel_name = «"m"»`, 'assign', 'model_name'],
    ['python', `f(\n  a,  ${'# '.repeat(40)}\n  b=«2»)`, 'keyword', 'b'],
    ['python', 'args = [\n  «"--bf16"»,\n]', 'flow-args=', 'bf16'],
    ['shell', 'run --seed 1 \\\n  «--bf16» --x', 'flag', 'bf16'],
    ['shell', 'run --fp16 «--bf16»', 'flag', 'bf16'],
    ['yaml', 'args:\n  - «--bf16»\n', 'args=', 'bf16'],
  ] as const)('%s %j', (language, marked, style, key) => {
    const start = marked.indexOf('«');
    const end = marked.indexOf('»') - 1;
    const entry = entryAt(marked.replace('«', '').replace('»', ''), language, start, end);
    expect([entry?.style, entry?.key]).toEqual([style, key]);
  });
});
