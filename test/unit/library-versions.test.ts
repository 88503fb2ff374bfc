import { describe, expect, test } from 'vitest';
import { pinsIn } from '../../server/src/core/recognise/pins.js';
import { constraintOf } from '../../server/src/core/recognise/version.js';
import { Engine } from '../../server/src/host/engine.js';
import { memoryHost } from '../support/memory-host.js';

describe('what a requirement allows', () => {
  test.each([
    ['==0.9.6', 'requirement', '0.9.6', '0.9.6.0.1', true],
    ['>=4.40,<5', 'requirement', '4.40', '5', undefined],
    ['~=0.9.3', 'requirement', '0.9.3', '0.10', undefined],
    ['==0.9.*', 'requirement', '0.9', '0.10', undefined],
    ['=4.38', 'requirement', '4.38', '4.39', undefined],
    ['<=0.8.1', 'requirement', undefined, '0.8.1.0.1', undefined],
    ['>=4.30,!=4.31', 'requirement', '4.30', undefined, undefined],
    ['^0.9', 'poetry', '0.9', '0.10', undefined],
    ['^4.40.1', 'poetry', '4.40.1', '5', undefined],
    ['~4.40.1', 'poetry', '4.40.1', '4.41', undefined],
    ['0.9.6', 'poetry', '0.9.6', '0.9.6.0.1', true],
    ['v0.6.4.post1', 'exact', '0.6.4', '0.6.4.0.1', true],
  ] as const)('%s (%s)', (written, form, lower, upper, exact) => {
    const found = constraintOf(written, form);
    expect([found?.lower?.join('.'), found?.upper?.join('.'), found?.exact]).toEqual([lower, upper, exact]);
  });
  test('anything is no constraint', () => expect(constraintOf('*', 'poetry')).toBeUndefined());
});

describe('versions that a file asks for', () => {
  test.each([
    ['requirements.txt', 'torch\ntrl==0.9.6  # stable\n', ['trl ==0.9.6']],
    ['requirements.txt', '# trl==0.7\ntrl[vllm] >= 0.19, < 0.22 ; python_version > "3.9"\n', ['trl >= 0.19, < 0.22']],
    ['requirements.txt', 'git+https://github.com/huggingface/trl.git@v0.7.11\n', ['trl v0.7.11']],
    ['requirements.txt', 'my-trl==1.0\ntrl-extras==2.0\nsentence-transformers==3.0\n', []],
    ['pyproject.toml', '[project]\ndependencies = [\n  "transformers>=4.40,<5",\n  "numpy",\n]\n', ['transformers >=4.40,<5']],
    ['pyproject.toml', '[tool.poetry.dependencies]\ntrl = "^0.9"\nvllm = { version = "0.6.3", optional = true }\n', ['trl ^0.9', 'vllm 0.6.3']],
    ['uv.lock', '[[package]]\nname = "trl"\nversion = "0.12.2"\nsource = { registry = "x" }\n', ['trl 0.12.2']],
    ['Pipfile.lock', '{"default": {"trl": {"hashes": ["a"], "version": "==0.11.4"}}}', ['trl ==0.11.4']],
    ['environment.yml', 'dependencies:\n  - python=3.10\n  - transformers=4.38\n  - pip:\n    - trl==0.8.1\n', ['transformers =4.38', 'trl ==0.8.1']],
    ['setup.py', 'setup(install_requires=["trl==0.8.6", "datasets"])', ['trl ==0.8.6']],
    ['Dockerfile', 'FROM vllm/vllm-openai:v0.6.4\nRUN pip install "trl==0.15.0"\n', ['trl ==0.15.0', 'vllm v0.6.4']],
    ['k8s.yaml', 'image: vllm/vllm-openai:v0.6.4\nlabel: trl==0.1\n', ['vllm v0.6.4']],
    ['run.sh', 'pip install -q transformers==4.44.0 trl==0.10.1\n', ['transformers ==4.44.0', 'trl ==0.10.1']],
  ])('%s', (file, text, want) => {
    expect(pinsIn(`file:///w/${file}`, text).map(({ library, written }) => `${library} ${written}`)).toEqual(want);
  });
});

const sft = 'from trl import SFTTrainer, SFTConfig\ntrainer = SFTTrainer(model="Qwen/Qwen2.5-0.5B", args=SFTConfig(output_dir="o"))\ntrainer.train()\n';
async function workloadsOf(files: Record<string, string>, file: string) {
  const engine = new Engine(memoryHost(files));
  engine.roots = ['file:///w'];
  const report = await engine.report(`file:///w/${file}`);
  const [one] = report.workloads;
  return { workload: one!.workload, fact: (name: string) => one!.workload.facts.find((fact) => fact.name === name) };
}

describe('defaults of the version in force', () => {
  test.each([
    ['nothing pinned: the newest', {}, true, 'bf16', 'trl newest', /no version pinned/],
    ['pinned', { 'requirements.txt': 'trl==0.9.6' }, false, 'fp32', 'trl 0.9.6', /TRL 0\.9\.6, pinned in requirements\.txt/],
    ['newest that is allowed', { 'requirements.txt': 'trl>=0.7,<0.22' }, false, 'bf16', 'trl >=0.7,<0.22', /newest that requirements\.txt allows/],
    ['from a version on', { 'requirements.txt': 'trl>=0.7' }, true, 'bf16', 'trl >=0.7', /newest from 0\.7 on/],
    [
      'a lock before what it locks',
      { 'pyproject.toml': 'dependencies = ["trl"]', 'uv.lock': 'name = "trl"\nversion = "0.12.0"\n' },
      false,
      'fp32',
      'trl 0.12.0',
      /uv\.lock/,
    ],
    ['the folder before the root', { 'a/requirements.txt': 'trl==0.19.1', 'requirements.txt': 'trl==0.7.2' }, false, 'bf16', 'trl 0.19.1', /pinned/],
    ['a list that another takes in', { 'requirements.txt': '-r base.txt', 'base.txt': 'x' }, true, 'bf16', 'trl newest', /no version/],
    [
      'a list in a list',
      { 'requirements.txt': '-r requirements-base.txt', 'requirements-base.txt': 'trl==0.9.4' },
      false,
      'fp32',
      'trl 0.9.4',
      /requirements-base/,
    ],
  ] as const)('%s', async (_, manifests, checkpointing, precision, version, note) => {
    const { fact } = await workloadsOf({ ...manifests, 'a/train.py': sft }, 'a/train.py');
    expect(fact('grad_ckpt')?.value).toBe(checkpointing);
    expect(fact('precision')?.value).toBe(precision);
    expect(fact('library_version')?.value).toBe(version);
    expect(`${fact('grad_ckpt')?.note} ${fact('library_version')?.note}`).toMatch(note);
  });
  const trainer = (name: string, config: string) =>
    `from trl import ${name}, ${config}\ntrainer = ${name}(model="Qwen/Qwen2.5-0.5B", args=${config}(output_dir="o"))\ntrainer.train()\n`;
  test.each([
    ['DPO', '0.11.4', { seq_len: 512, batch_size: 8 }],
    ['DPO', '0.13.0', { seq_len: undefined }],
    ['DPO', '0.14.0', { seq_len: 1024 }],
    ['KTO', '0.13.0', { seq_len: 512 }],
    ['GRPO', '0.14.0', { batch_size: 1, num_generations: 8, max_tokens: 256, rollout_engine: 'transformers', seq_len: 512 }],
    ['GRPO', '0.20.0', { batch_size: 8, seq_len: 512, grad_ckpt: false }],
    ['GRPO', '1.0.0', { batch_size: 8, seq_len: undefined, grad_ckpt: true }],
    ['RLOO', '0.23.0', { num_generations: 2, max_tokens: 256 }],
    ['SFT', '0.9.6', { seq_len: 1024, num_generations: undefined }],
  ] as const)('%s of TRL %s', async (method, version, want) => {
    const { fact } = await workloadsOf({ 'requirements.txt': `trl==${version}`, 't.py': trainer(`${method}Trainer`, `${method}Config`) }, 't.py');
    for (const [name, value] of Object.entries(want)) expect([name, fact(name)?.value]).toEqual([name, value]);
  });
  test('an adapter without a rank has PEFT’s', async () => {
    const text = (rank: string) =>
      `from transformers import Trainer, TrainingArguments, AutoModelForCausalLM\nfrom peft import LoraConfig, get_peft_model\nmodel = get_peft_model(AutoModelForCausalLM.from_pretrained("gpt2"), LoraConfig(${rank}))\nTrainer(model=model, args=TrainingArguments(output_dir="o")).train()\n`;
    expect((await workloadsOf({ 't.py': text('') }, 't.py')).fact('lora_rank')).toMatchObject({ value: 8, origin: 'default' });
    expect((await workloadsOf({ 't.py': text('r=32') }, 't.py')).fact('lora_rank')?.value).toBe(32);
  });
  test('two files that no version satisfies are both shown', async () => {
    const { workload } = await workloadsOf(
      { 'requirements.txt': 'trl==0.9.6', 'setup.py': 'setup(install_requires=["trl>=0.20"])', 'train.py': sft },
      'train.py',
    );
    expect(workload.conflicts.map(({ value }) => value)).toEqual(['trl >=0.20']);
  });
  test('what a notebook installs is before what its folder pins', async () => {
    const cell = (source: string) => ({ cell_type: 'code', metadata: {}, outputs: [], execution_count: null, source: [source] });
    const notebook = JSON.stringify({ cells: [cell('!pip install trl==0.21.0'), cell(sft)], metadata: {}, nbformat: 4, nbformat_minor: 5 });
    const { fact } = await workloadsOf({ 'requirements.txt': 'trl==0.7.2', 'a.ipynb': notebook }, 'a.ipynb');
    expect(fact('library_version')?.value).toBe('trl 0.21.0');
  });
  test.each([
    ['docker run vllm/vllm-openai:v0.6.4 --model Qwen/Qwen2.5-7B\n', false],
    ['docker run vllm/vllm-openai:v0.9.1 --model Qwen/Qwen2.5-7B\n', true],
  ])('an image’s tag is a version: %s', async (text, cached) => {
    const { fact } = await workloadsOf({ 'run.sh': text }, 'run.sh');
    expect(fact('prompt_cache')?.value).toBe(cached);
  });
  test.each([
    ['1.4.5', 2048, false],
    ['2.0.4', 4096, false],
    ['2.3.0', 4096, true],
    ['3.1.0', undefined, true],
  ])('text-generation-inference %s', async (version, length, cached) => {
    const text = `docker run ghcr.io/huggingface/text-generation-inference:${version} --model-id Qwen/Qwen2.5-7B\n`;
    const { fact } = await workloadsOf({ 'run.sh': text }, 'run.sh');
    expect([fact('max_model_len')?.value, fact('prompt_cache')?.value]).toEqual([length, cached]);
    expect(fact('prompt_cache')?.note).toContain(version);
  });
  const generates = (model: string, more = '') =>
    `from transformers import AutoModelForCausalLM\nmodel = AutoModelForCausalLM.from_pretrained("${model}"${more})\nmodel.generate(**inputs, max_new_tokens=10)\n`;
  test.each([
    ['before release 5 in 32-bit numbers', '4.44.0', generates('Qwen/Qwen2.5-7B'), 'fp32'],
    ['from release 5 on as it is stored', '5.0.0', generates('Qwen/Qwen2.5-7B'), 'bf16'],
    ['in what is written', '4.44.0', generates('Qwen/Qwen2.5-7B', ', torch_dtype="float16"'), 'fp16'],
    ['quantised by its name', '4.44.0', generates('org/Qwen2.5-7B-GPTQ-Int4'), undefined],
    ['narrowed later', '4.44.0', `${generates('Qwen/Qwen2.5-7B')}model.half()\n`, undefined],
  ])('a model that generates is loaded %s', async (_what, version, text, precision) => {
    const { fact } = await workloadsOf({ 'requirements.txt': `transformers==${version}`, 'a.py': text }, 'a.py');
    expect(fact('precision')?.value).toBe(precision);
  });
  test('transformers 5 trains in the type of the checkpoint', async () => {
    const text =
      'from transformers import Trainer, TrainingArguments, AutoModelForCausalLM\nmodel = AutoModelForCausalLM.from_pretrained("meta-llama/Llama-2-7b-hf")\nTrainer(model=model, args=TrainingArguments(output_dir="o")).train()\n';
    expect((await workloadsOf({ 'requirements.txt': 'transformers==4.44.0', 't.py': text }, 't.py')).fact('precision')?.value).toBe('fp32');
    expect((await workloadsOf({ 'requirements.txt': 'transformers==5.0.0', 't.py': text }, 't.py')).fact('precision')?.value).toMatch(/^(?:bf|fp)16$/);
  });
});

describe('the number type of a loop that names none', () => {
  const loop = (head: string, body = 'loss = model(x)', step = 'loss.backward()') =>
    `import torch\n${head}\nfor epoch in range(3):\n    for x in loader:\n        ${body}\n        ${step}\n        opt.step()\n`;
  const hub = 'from transformers import AutoModelForCausalLM\nmodel = AutoModelForCausalLM.from_pretrained("meta-llama/Llama-2-7b-hf")';
  const accelerator = (given: string) => loop(`from accelerate import Accelerator\nacc = Accelerator(${given})`, 'loss = model(x)', 'acc.backward(loss)');
  test.each([
    ['PyTorch: 32 bit', {}, loop('model = Net()'), 'fp32', /PyTorch, no version pinned/],
    ['1.7 to 1.11: TF32', { 'requirements.txt': 'torch==1.9.1' }, loop('model = Net()'), 'tf32', /PyTorch 1\.9\.1/],
    ['before TF32', { 'requirements.txt': 'torch==1.6.0' }, loop('model = Net()'), 'fp32', /PyTorch 1\.6/],
    ['an image’s release', { Dockerfile: 'FROM pytorch/pytorch:1.10.0-cuda11.3-cudnn8-devel' }, loop('model = Net()'), 'tf32', /1\.10\.0/],
    ['autocast that an option has off', {}, loop('model = Net()', 'with torch.autocast("cuda", enabled=False): loss = model(x)'), 'fp32', /PyTorch/],
    ['accelerate', {}, accelerator(''), 'fp32', /mixed_precision: no/],
    ['accelerate with None', {}, accelerator('mixed_precision=None'), 'fp32', /mixed_precision: no/],
    ['a checkpoint under transformers 5', {}, loop(hub), 'fp16', /type of the checkpoint/],
    ['a checkpoint under transformers 4', { 'requirements.txt': 'transformers==4.44.0' }, loop(hub), 'fp32', /PyTorch/],
    ['Keras', {}, 'import keras\nmodel = keras.Sequential()\nmodel.compile()\nmodel.fit(x, y, epochs=3)\n', 'fp32', /policy float32/],
  ] as const)('%s', async (_, files, text, want, note) => {
    const { fact } = await workloadsOf({ ...files, 't.py': text }, 't.py');
    expect(fact('precision')).toMatchObject({ value: want, origin: 'default' });
    expect(fact('precision')?.note).toMatch(note);
  });
  test.each([
    ['a type that is made elsewhere', loop('from own import dtype\nmodel = Net().to(dtype)\n# bf16 on newer cards')],
    ['an option that decides', loop('import argparse', 'with torch.autocast("cuda", enabled=cfg.amp): loss = model(x)')],
    ['accelerate with an option', accelerator('mixed_precision=cfg.precision')],
    [
      'gradients of another module',
      'import torch\nfrom engine import train_one_epoch\nfor epoch in range(3):\n    train_one_epoch(model, loader, optimizer)\n',
    ],
  ])('nothing is taken for %s', async (_, text) => {
    expect((await workloadsOf({ 't.py': text }, 't.py')).fact('precision')).toBeUndefined();
  });
  test('what the launcher says holds', async () => {
    const files = { 'run.sh': 'accelerate launch --mixed_precision bf16 t.py\n', 't.py': accelerator('') };
    expect((await workloadsOf(files, 'run.sh')).fact('precision')?.value).toBe('bf16');
    expect((await workloadsOf({ ...files, 'run.sh': 'accelerate launch t.py\n' }, 'run.sh')).fact('precision')?.value).toBe('fp32');
  });
});

test('a scan finds the constants of a module that has no sign of a workload in it', async () => {
  const files = {
    'settings.py': 'STEPS = 700\n',
    'train.py':
      'from transformers import Trainer, TrainingArguments\nfrom settings import STEPS\nTrainer(model=m, args=TrainingArguments(output_dir="o", max_steps=STEPS)).train()\n',
  };
  const engine = new Engine(memoryHost(files));
  engine.roots = ['file:///w'];
  const reports = await engine.scan(Object.keys(files).map((name) => `file:///w/${name}`));
  expect(reports.flatMap(({ workloads }) => workloads)[0]?.workload.facts).toContainEqual(expect.objectContaining({ name: 'max_steps', value: 700 }));
});
test('an open module of constants is read as well', async () => {
  const files = {
    'train.py':
      'from transformers import Trainer, TrainingArguments\nfrom settings import STEPS\nTrainer(model=m, args=TrainingArguments(output_dir="o", max_steps=STEPS)).train()\n',
  };
  const engine = new Engine(memoryHost(files));
  engine.roots = ['file:///w'];
  engine.openText('file:///w/settings.py', 'STEPS = 900\n');
  await engine.report('file:///w/settings.py');
  const report = await engine.report('file:///w/train.py');
  expect(report.workloads[0]?.workload.facts).toContainEqual(expect.objectContaining({ name: 'max_steps', value: 900 }));
});
