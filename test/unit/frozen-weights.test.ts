import { describe, expect, test } from 'vitest';
import { workloadsOf } from '../support/project.js';

/** A fine-tune with some statements before its trainer. */
const program = (before: string): string => `import transformers
from dataclasses import dataclass, field
@dataclass
class ModelArguments:
    tune_projector: bool = field(default=False)
    freeze_backbone: bool = field(default=False)
    always: bool = field(default=True)
def train():
    parser = transformers.HfArgumentParser((ModelArguments, transformers.TrainingArguments))
    model_args, training_args = parser.parse_args_into_dataclasses()
    model = transformers.AutoModelForCausalLM.from_pretrained("org/m-7b")
${before
  .split('\n')
  .map((line) => `    ${line}`)
  .join('\n')}
    transformers.Trainer(model=model, args=training_args).train()
`;

describe('frozen weights of the trained model', () => {
  test.each([
    ['all of them', 'model.requires_grad_(False)', 'true literal'],
    ['a part', 'model.model.requires_grad_(False)', 'true literal'],
    ['each parameter', 'for p in model.parameters():\n    p.requires_grad = False', 'true literal'],
    ['each parameter by name', 'for name, p in model.named_parameters():\n    p.requires_grad = False', 'true literal'],
    ['under an option that is on', 'if model_args.always:\n    model.requires_grad_(False)', 'true default'],
    ['under an option that is off', 'if model_args.tune_projector:\n    model.requires_grad_(False)', 'false default'],
    ['in the other branch', 'if model_args.always:\n    pass\nelse:\n    model.requires_grad_(False)', undefined],
    ['under a condition that nobody knows', 'if something():\n    model.requires_grad_(False)', undefined],
    ['of another model beside it', 'ref_model.requires_grad_(False)\nvae.requires_grad_(False)\nmodel.get_vision_tower().requires_grad_(False)', undefined],
    ['switched on', 'model.requires_grad_(True)', undefined],
    ['said in a comment alone', '# model.requires_grad_(False)', undefined],
  ])('%s', async (_, before, expected) => {
    const { facts } = await workloadsOf({ 'train.py': program(before) }, 'train.py');
    expect(facts['frozen_weights']?.replace(/ train\.py$/, '')).toBe(expected);
  });
  test('of several options, the one that a command switches on decides', async () => {
    const files = {
      'train.py': program(
        'if model_args.freeze_backbone:\n    model.model.requires_grad_(False)\nif model_args.tune_projector:\n    model.requires_grad_(False)',
      ),
      'tune.sh': 'python train.py --tune_projector True --output_dir out\n',
      'full.sh': 'python train.py --output_dir out\n',
    };
    expect((await workloadsOf(files, 'tune.sh')).facts['frozen_weights']).toBe('true literal tune.sh');
    expect((await workloadsOf(files, 'full.sh')).facts['frozen_weights']).toMatch(/^false /);
  });
});

describe('a program that hands its work to another', () => {
  const files = (starter: string) => ({
    'pkg/train.py': program('pass'),
    'pkg/start.py': starter,
    'run.sh': 'torchrun --nproc_per_node 8 pkg/start.py --output_dir out --per_device_train_batch_size 4\n',
  });
  test.each([
    ['imported by its path', 'from pkg.train import train\n\nif __name__ == "__main__":\n    train()\n'],
    ['imported beside it', 'from train import train\ntrain()\n'],
    ['under another name', 'from .train import train as go\nif __name__ == "__main__":\n    go(attn="flash")\n'],
  ])('%s: the command runs the other, which counts where the command stands', async (_, starter) => {
    const { facts, workloads } = await workloadsOf(files(starter), 'run.sh');
    expect(workloads).toHaveLength(1);
    expect(facts['model']).toBe('org/m-7b other-file pkg/train.py');
    expect((await workloadsOf(files(starter), 'pkg/train.py')).first?.countedIn).toBe('run.sh#training-1');
  });
  test.each([
    ['only imported', 'from train import train\n'],
    ['called by another function, which nobody calls', 'from train import train\ndef later():\n    train()\n'],
    ['something else than a main function', 'from train import load\nload()\n'],
  ])('%s: nothing is handed on', async (_, starter) => {
    expect((await workloadsOf(files(starter), 'run.sh')).facts['model']).toBeUndefined();
  });
});
