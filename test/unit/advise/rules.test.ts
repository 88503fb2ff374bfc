import { describe, expect, test } from 'vitest';
import { type Assumed, advised, edited, type Files } from '../../support/advised.js';

const replicated = (count: number): string => `apiVersion: apps/v1
kind: Deployment
metadata: {name: chat}
spec:
  replicas: ${count} # morning peak
  template:
    spec:
      nodeSelector:
        nvidia.com/gpu.product: NVIDIA-H100-80GB-HBM3
      containers:
        - name: vllm
          image: vllm/vllm-openai:v0.8.5
          args: ["--model", "Qwen/Qwen2.5-7B-Instruct", "--tensor-parallel-size", "4"]
          resources:
            limits:
              nvidia.com/gpu: 4
`;
const sky = `resources:
  accelerators: A100-80GB:8  # one machine
run: |
  axolotl train recipe.yaml
`;
const recipe =
  'base_model: NousResearch/Llama-2-7b-hf\nadapter: lora\nlora_r: 8\nsequence_len: 512\nmicro_batch_size: 4\ngradient_accumulation_steps: 1\nnum_epochs: 1\nbf16: true\nflash_attention: true\ngradient_checkpointing: true\ndatasets:\n  - path: org/data\n';
const lightning = `import lightning as L
import torch

model = Classifier()
loader = torch.utils.data.DataLoader(train_set, batch_size=64)
trainer = L.Trainer(max_epochs=10, devices=1, accelerator="gpu", precision="32-true")
trainer.fit(model, loader)
`;
const traffic: Assumed = { input_tokens: 1000, output_tokens: 300 };

describe('what each rule writes', () => {
  test.each<[name: string, files: Files, id: string, assumed: Assumed, file: string, before: string, after: string]>([
    [
      'as many replicas as the traffic needs',
      { 'deploy.yaml': replicated(4) },
      'replicas-1',
      { ...traffic, requests_per_s: 1 },
      'deploy.yaml',
      'replicas: 4 # morning peak',
      'replicas: 1 # morning peak',
    ],
    [
      'copies instead of shards',
      { 'deploy.yaml': replicated(1) },
      'copies-4',
      traffic,
      'deploy.yaml',
      '"--tensor-parallel-size", "4"]',
      '"--tensor-parallel-size", "1", "--data-parallel-size", "4"]',
    ],
    [
      'another accelerator in the platform’s words',
      { 'deploy.yaml': replicated(1) },
      'on-a100-sxm-80gb',
      traffic,
      'deploy.yaml',
      'NVIDIA-H100-80GB-HBM3',
      'NVIDIA-A100-SXM4-80GB',
    ],
    [
      'interruptible machines',
      { 'job.yaml': sky, 'recipe.yaml': recipe },
      'spot',
      { dataset_size: 50_000 },
      'job.yaml',
      'A100-80GB:8  # one machine\n',
      'A100-80GB:8  # one machine\n  use_spot: true\n',
    ],
    [
      'batches of a pipeline',
      {
        'infer.py':
          'from transformers import pipeline\nrows = open("rows.txt").read().split()\npipe = pipeline("text-generation", model="Qwen/Qwen2.5-7B-Instruct", device=0)\nfor row in rows:\n    print(pipe(row, max_new_tokens=300))\n',
      },
      'batch-16',
      { ...traffic, gpu_type: 'a100-80gb', gpu_count: 1, num_requests: 10_000 },
      'infer.py',
      'device=0)',
      'device=0, batch_size=16)',
    ],
    [
      'TF32 where 32 bits are asked for',
      { 'train.py': lightning },
      'precision-tf32',
      { gpu_type: 'a100-80gb', dataset_size: 50_000, model: 'google/vit-base-patch16-224' },
      'train.py',
      'import torch\n',
      'import torch\ntorch.set_float32_matmul_precision("high")\n',
    ],
    [
      'a cached system prompt',
      {
        'call.py':
          'import anthropic\nclient = anthropic.Anthropic()\nSYSTEM = load("system.md")\nclient.messages.create(model="claude-sonnet-4-5", max_tokens=500, system=SYSTEM, messages=history)\n',
      },
      'prompt-cache',
      { input_tokens: 6000, output_tokens: 300, system_tokens: 5000, calls_per_month: 10_000 },
      'call.py',
      'system=SYSTEM,',
      'system=[{"type": "text", "text": SYSTEM, "cache_control": {"type": "ephemeral"}}],',
    ],
    [
      'a cached system prompt in TypeScript',
      {
        'call.ts':
          "import Anthropic from '@anthropic-ai/sdk';\nconst client = new Anthropic();\nexport const ask = (messages) =>\n  client.messages.create({ model: 'claude-sonnet-4-5', max_tokens: 500, system: SYSTEM, messages });\n",
      },
      'prompt-cache',
      { input_tokens: 6000, output_tokens: 300, system_tokens: 5000, calls_per_month: 10_000 },
      'call.ts',
      'system: SYSTEM,',
      "system: [{ type: 'text', text: SYSTEM, cache_control: { type: 'ephemeral' } }],",
    ],
    [
      'a smaller model of the same name',
      { 'deploy.yaml': replicated(1).replace('Qwen2.5-7B-Instruct', 'Qwen2.5-72B-Instruct') },
      'model-qwen2.5-32b-instruct',
      traffic,
      'deploy.yaml',
      'Qwen/Qwen2.5-72B-Instruct',
      'Qwen/Qwen2.5-32B-Instruct',
    ],
    [
      'another ZeRO stage in the file that says it',
      {
        'train.py':
          'from transformers import AutoModelForCausalLM, Trainer, TrainingArguments\nargs = TrainingArguments("out", bf16=True, per_device_train_batch_size=1, max_steps=2000, deepspeed="ds.json")\nTrainer(model=AutoModelForCausalLM.from_pretrained("Qwen/Qwen2.5-7B"), args=args, train_dataset=data).train()\n',
        'ds.json': '{\n  "bf16": {"enabled": true},\n  "zero_optimization": {"stage": 1}\n}\n',
      },
      'strategy-zero3',
      { gpu_type: 'a100-40gb', gpu_count: 8 },
      'ds.json',
      '"stage": 1',
      '"stage": 3',
    ],
    [
      'fewer GPUs of a launcher, with the batch kept',
      {
        'train.py':
          'from transformers import AutoModelForCausalLM, Trainer, TrainingArguments\nargs = TrainingArguments("out", bf16=True, per_device_train_batch_size=4, gradient_accumulation_steps=1, max_steps=2000)\nTrainer(model=AutoModelForCausalLM.from_pretrained("openai-community/gpt2"), args=args, train_dataset=data).train()\n',
        'run.sh': 'torchrun --nproc_per_node=8 train.py\n',
      },
      'gpus-1',
      { gpu_type: 'h100' },
      'run.sh',
      '--nproc_per_node=8',
      '--nproc_per_node=1',
    ],
  ])('%s', async (_name, files, id, assumed, file, before, after) => {
    expect(files[file]).toContain(before);
    const { changed, found } = await edited(files, id, assumed);
    expect(changed[file]).toBe(files[file]?.replace(before, after));
    const again = await advised(changed, assumed);
    expect(again.advice.map((one) => one.id)).not.toContain(found.id);
  });

  test('replicas that the traffic needs stay', async () => {
    const { advice } = await advised({ 'deploy.yaml': replicated(2) }, { ...traffic, requests_per_s: 200 });
    expect(advice.filter(({ id }) => /replicas/.test(id))).toEqual([]);
  });
  test('an adapter whose cache holds is priced by what is supposed, and only what is written is promised', async () => {
    const { advice } = await advised(
      {
        'call.py':
          'import anthropic\nclient = anthropic.Anthropic()\nclient.messages.create(model="claude-sonnet-4-5", max_tokens=500, system=prompt, messages=history)\n',
      },
      { input_tokens: 6000, output_tokens: 300, system_tokens: 5000, calls_per_month: 10_000 },
    );
    const cached = advice.find(({ id }) => id.endsWith('/prompt-cache'));
    expect(cached?.changes).toEqual([{ fact: 'prompt_cache', to: true }]);
    expect(cached?.supposed).toEqual({ cached_input_tokens: 5000 });
    expect(cached?.saving.percent).toBeGreaterThan(30);
  });
});

describe('what has no figure stands behind all that have one, and claims none', () => {
  const serve = (flags: string) => ({ 'serve.sh': `vllm serve Qwen/Qwen2.5-7B-Instruct ${flags}\n` });
  test('a switch that is off', async () => {
    const files = serve('--max-model-len 8192 --no-enable-prefix-caching');
    const { advice } = await advised(files, { ...traffic, gpu_type: 'h100', gpu_count: 1 });
    const last = advice.at(-1);
    expect(last).toMatchObject({ title: 'prefix caching', saving: { unit: 'usd' } });
    expect(last?.saving.percent).toBeUndefined();
    expect(last?.notes[0]).toBe('no figure: what it saves follows from how much of the prompts is the same');
  });
  test('trials of a sweep, and a call in a loop without a bound', async () => {
    const sweep =
      'program: train.py\nmethod: bayes\nrun_cap: 50\nmetric: {name: loss, goal: minimize}\nparameters:\n  batch_size: {value: 64}\n  epochs: {value: 10}\n';
    const found = await advised({ 'sweep.yaml': sweep }, { gpu_type: 'a100-80gb', gpu_count: 1, model: 'resnet50', dataset_size: 50_000 });
    expect(found.advice.map(({ title }) => title)).toContain('stop trials that fall behind');
    const agent =
      'from openai import OpenAI\nclient = OpenAI()\nmessages = []\nwhile True:\n    answer = client.chat.completions.create(model="gpt-4o", messages=messages)\n    messages.append(answer)\n';
    const loop = await advised({ 'agent.py': agent }, { input_tokens: 2000, output_tokens: 200, calls_per_month: 1000 });
    expect(loop.advice.map(({ title }) => title)).toContain('a bound for the loop around the call');
  });
});
