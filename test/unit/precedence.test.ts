import { describe, expect, test } from 'vitest';
import { Engine } from '../../server/src/host/engine.js';
import { memoryHost } from '../support/memory-host.js';

/** The first training in a file, joined over the files of a workspace. */
async function trainingIn(files: Readonly<Record<string, string>>, file: string) {
  const engine = new Engine(memoryHost(files));
  engine.roots = ['file:///w'];
  const reports = await engine.scan(Object.keys(files).map((name) => `file:///w/${name}`));
  const workload = reports
    .flatMap(({ workloads }) => workloads)
    .find((one) => one.workload.span.uri === `file:///w/${file}` && one.workload.kind === 'training')?.workload;
  const fact = (name: string) => workload?.facts.find((one) => one.name === name);
  return { workload, fact, value: (name: string) => fact(name)?.value };
}
const loop =
  'import torch\nfrom torch.utils.data import DataLoader\nloader = DataLoader(data, batch_size=BATCH)\nopt = torch.optim.AdamW(model.parameters())\nfor epoch in range(EPOCHS):\n    for x in loader:\n        loss = model(x).mean()\n        loss.backward()\n        opt.step()\n';
const argparse = `import argparse\np = argparse.ArgumentParser()\np.add_argument("--batch_size", type=int, default=4)\np.add_argument("--epochs", type=int, default=2)\nargs = p.parse_args()\n${loop.replace('BATCH', 'args.batch_size').replace('EPOCHS', 'args.epochs')}`;
const hf = (more = '') =>
  `from dataclasses import dataclass, field\nfrom transformers import HfArgumentParser, Trainer, TrainingArguments\nparser = HfArgumentParser((TrainingArguments,))\n(training_args,) = parser.parse_args_into_dataclasses()\n${more}trainer = Trainer(model=model, args=training_args)\ntrainer.train()\n`;
const recipe = (batch: number) =>
  `model_name_or_path: gpt2\nper_device_train_batch_size: ${batch}\nnum_train_epochs: 5\nlearning_rate: 1.0e-4\noutput_dir: o\nbf16: true\n`;

/** Of all the places that may state a value: which one is in force. Lowest first in each row's name. */
describe('the value in force', () => {
  const cases: readonly (readonly [string, Readonly<Record<string, string>>, string, string, unknown])[] = [
    ['library default', { 'train.py': hf() }, 'train.py', 'epochs', 3],
    ['argparse default', { 'train.py': argparse }, 'train.py', 'batch_size', 4],
    ['argparse default < command line', { 'train.py': argparse, 'run.sh': 'python train.py --batch_size 16\n' }, 'run.sh', 'batch_size', 16],
    ['argparse default, where the command is silent', { 'train.py': argparse, 'run.sh': 'python train.py --batch_size 16\n' }, 'run.sh', 'epochs', 2],
    ['the last flag of two', { 'train.py': argparse, 'run.sh': 'python train.py --batch_size 16 --batch_size 32\n' }, 'run.sh', 'batch_size', 32],
    [
      'library default < configuration of the command',
      { 'train.py': hf(), 'c.yaml': recipe(6), 'run.sh': 'torchrun --nproc_per_node 2 train.py c.yaml\n' },
      'run.sh',
      'batch_size',
      6,
    ],
    [
      'configuration < command line',
      { 'train.py': hf(), 'c.yaml': recipe(6), 'run.sh': 'trl sft --config c.yaml --per_device_train_batch_size 12\n' },
      'run.sh',
      'batch_size',
      12,
    ],
    ['default of a shell variable', { 'train.py': argparse, 'run.sh': 'python train.py --batch_size ${BS:-24}\n' }, 'run.sh', 'batch_size', 24],
    [
      'default of a shell variable < its assignment',
      { 'train.py': argparse, 'run.sh': 'BS=48\npython train.py --batch_size ${BS:-24}\n' },
      'run.sh',
      'batch_size',
      48,
    ],
    [
      'the fallback where nobody sets it',
      { 'train.py': `import os\nBATCH = int(os.environ.get("BATCH", "4"))\nEPOCHS = 1\n${loop}`, 'run.sh': 'python train.py\n' },
      'run.sh',
      'batch_size',
      4,
    ],
    [
      'a variable in front of the command',
      { 'train.py': `import os\nBATCH = int(os.environ["BATCH"])\nEPOCHS = 1\n${loop}`, 'run.sh': 'BATCH=12 python train.py\n' },
      'run.sh',
      'batch_size',
      12,
    ],
    [
      'the fallback of a program < an exported variable',
      { 'train.py': `import os\nBATCH = int(os.environ.get("BATCH", "4"))\nEPOCHS = 1\n${loop}`, 'run.sh': 'export BATCH=64\npython train.py\n' },
      'run.sh',
      'batch_size',
      64,
    ],
    [
      'a constant of another module',
      { 'config.py': 'BATCH = 40\nEPOCHS = 2\n', 'train.py': `from config import BATCH, EPOCHS\n${loop}` },
      'train.py',
      'batch_size',
      40,
    ],
    ['arithmetic on known values', { 'train.py': `WORLD = 8\nBATCH = 256 // WORLD\nEPOCHS = 1\n${loop}` }, 'train.py', 'batch_size', 32],
    [
      'a fixed value against a command line that cannot change it',
      { 'train.py': `BATCH = 10\nEPOCHS = 1\n${loop}`, 'run.sh': 'torchrun --nproc_per_node 2 train.py\n' },
      'run.sh',
      'batch_size',
      10,
    ],
    [
      'an array of arguments',
      { 'train.py': argparse, 'run.sh': 'ARGS=(--batch_size 20)\nARGS+=(--epochs 7)\npython train.py "${ARGS[@]}"\n' },
      'run.sh',
      'epochs',
      7,
    ],
  ];
  test.each(cases)('%s', async (_, files, file, name, want) => {
    const { value } = await trainingIn(files, file);
    expect(value(name)).toBe(want);
  });
});

describe('what processes hold of the model', () => {
  const files = (command: string, more: Record<string, string> = {}) => ({ 'train.py': hf(), 'run.sh': command, ...more });
  test.each([
    ['torchrun alone copies it', 'torchrun --nproc_per_node 8 train.py --output_dir o\n', 'ddp'],
    ['torchrun with FSDP shards it', 'torchrun --nproc_per_node 8 train.py --output_dir o --fsdp "full_shard auto_wrap"\n', 'fsdp'],
    ['torchrun with DeepSpeed does as its file says', 'torchrun --nproc_per_node 8 train.py --output_dir o --deepspeed ds.json\n', 'zero3'],
    ['accelerate may have a configuration of its own', 'accelerate launch --num_processes 8 train.py --output_dir o\n', undefined],
    ['one process has it whole', 'python train.py --output_dir o\n', undefined],
  ])('%s', async (_, command, want) => {
    const { value } = await trainingIn(files(command, { 'ds.json': '{"zero_optimization": {"stage": 3}}' }), 'run.sh');
    expect(value('strategy')).toBe(want);
  });
  test.each([
    ['as the only command that runs it copies it', { 'run.sh': 'torchrun --nproc_per_node 8 train.py\n' }, 'ddp'],
    ['unknown where another command may shard it', { 'a.sh': 'torchrun --nproc_per_node 8 train.py\n', 'b.sh': 'accelerate launch train.py\n' }, undefined],
    ['unknown without a command', {}, undefined],
  ])('in the file of the program: %s', async (_, commands, want) => {
    const { value } = await trainingIn({ 'train.py': hf(), ...(commands as Record<string, string>) }, 'train.py');
    expect(value('strategy')).toBe(want);
  });
});

test('two places that state a value are both shown', async () => {
  const { workload, value } = await trainingIn(
    { 'train.py': hf(), 'c.yaml': recipe(6), 'run.sh': 'trl sft --config c.yaml --per_device_train_batch_size 12\n' },
    'run.sh',
  );
  expect(value('batch_size')).toBe(12);
  expect(workload?.conflicts.map((one) => [one.name, one.value])).toContainEqual(['batch_size', 6]);
});
