import { expect, test } from 'vitest';
import { seen } from '../support/recognise.js';

const short = async (text: string, name = 'a.py'): Promise<string[]> => (await seen(name, text)).short;

test.each<[what: string, text: string, expected: string[]]>([
  [
    'epochs here, gradients in a function of another module',
    `import torch
from engine import train_one_epoch
parser.add_argument("--batch_size", default=64, type=int)
parser.add_argument("--epochs", default=400, type=int)
def main(args):
    loader = torch.utils.data.DataLoader(data, batch_size=args.batch_size)
    optimizer = torch.optim.AdamW(model.parameters())
    for epoch in range(args.start_epoch, args.epochs):
        stats = train_one_epoch(model, loader, optimizer, epoch)
main(parser.parse_args())
`,
    ['training pytorch 8-9 {epochs=400@4 default, batch_size=64@3 default, optimizer=AdamW@7, loader_workers=0@6 default}'],
  ],
  [
    'no loop: the call stands for the training, its arguments for the run',
    `import torch
from chapters import fit_model_simple
loader = torch.utils.data.DataLoader(d, batch_size=8, shuffle=True)
optimizer = torch.optim.AdamW(model.parameters())
num_epochs = 2
losses = fit_model_simple(model, loader, optimizer, num_epochs=num_epochs)
`,
    ['training pytorch 6-6 {batch_size=8@3, optimizer=AdamW@4, loader_workers=0@3 default, epochs=2@5 variable}'],
  ],
  [
    'a state object instead of model and optimiser, inside the loop over epochs',
    `import torch
from lib.train import train_epoch
def main(args):
    for epoch in range(3):
        train_epoch(state, data, args)
if __name__ == "__main__":
    main(parse())
`,
    ['training pytorch 4-5 {epochs=3@4}'],
  ],
  [
    'the options of a run as a whole, where they say how long and in which batches',
    `import argparse
from worker import train
p = argparse.ArgumentParser()
p.add_argument("--epochs", type=int, default=30)
p.add_argument("--batch-size", type=int, default=16)
args = p.parse_args()
train(args)
`,
    ['training pytorch 7-7 {epochs=30@4 default, batch_size=16@5 default}'],
  ],
  ['options that say neither', 'import argparse\nfrom worker import train\nargs = argparse.ArgumentParser().parse_args()\ntrain(args)\n', []],
  [
    'functions that only sound alike',
    `from sklearn.model_selection import train_test_split
from tools import train_tokenizer, train_sampler, fit_scaler, training_data
a, b = train_test_split(model, loader)
train_tokenizer(model, dataset)
train_sampler(model, loader)
training_data(net, dataset)
`,
    [],
  ],
  [
    'a library function that nothing runs',
    'from engine import train_epoch\ndef run(model, loader, optimizer):\n    train_epoch(model, loader, optimizer)\n',
    [],
  ],
  ['a test', 'from engine import train_epoch\nfor epoch in range(3):\n    train_epoch(model, loader, optimizer)\n', []],
])('%s', async (what, text, expected) => {
  expect(await short(text, what === 'a test' ? 'tests/test_a.py' : 'a.py')).toEqual(expected);
});

test.each<[what: string, text: string, expected: string[]]>([
  [
    'a trainer that is constructed and run in one breath; options out of a dict of defaults',
    `import argparse
import torch
from lib.loop import TrainLoop
def main():
    args = make_parser().parse_args()
    TrainLoop(model=model, batch_size=args.batch_size).run_loop()
def make_parser():
    defaults = dict(batch_size=4, lr=1e-4)
    defaults.update(model_defaults())
    parser = argparse.ArgumentParser()
    add_dict_to_argparser(parser, defaults)
    return parser
if __name__ == "__main__":
    main()
`,
    ['training pytorch 6-6 {batch_size=4@8 default}'],
  ],
  [
    'a class of the file that fills in a trainer of another module',
    `import lib as sb
class Recogniser(sb.core.Brain):
    def compute_forward(self, batch, stage):
        return batch
if __name__ == "__main__":
    asr_brain = Recogniser(modules=h["modules"], hparams=h)
    asr_brain.fit(asr_brain.hparams.epoch_counter, train_data, valid_data, batch_size=2)
    asr_brain.evaluate(test_data)
import torch
`,
    ['training pytorch 6-7 {batch_size=2@7}'],
  ],
  ['a solver that trains nothing', 'import torch\nfrom ode import Solver\nsolver = Solver(config)\nsolver.run()\n', []],
])('%s', async (_what, text, expected) => {
  expect(await short(text)).toEqual(expected);
});

test.each<[what: string, text: string, expected: string[]]>([
  [
    'options that are declared here, whatever they are called',
    'import torch\nimport click\nfrom training import training_loop\n@click.option("--duration", default=200)\ndef main(**kwargs):\n    c = make(kwargs)\n    training_loop.training_loop(**c)\nif __name__ == "__main__":\n    main()\n',
    ['training pytorch 7-7 {}'],
  ],
  [
    'a library that is given its configuration',
    'import lib\ndefault = Config(train=TrainConfig(seq_length=11, batch_size=100, epochs=20, total_steps=1000))\ndef main():\n    lib.train(samples=w, config=default)\nmain()\n',
    ['training pytorch 4-4 {seq_len=11@2, epochs=20@2, max_steps=1000@2, batch_size=100@2}'],
  ],
  [
    'get_config() of a project’s own configuration object',
    'import common as cc\ndef get_config(arg=None):\n    c = cc.parse(arg, local=False)\n    c.total_epochs = 90\n    c.input = dict()\n    c.input.batch_size = 4096 if not c.local else 8\n    return c\n',
    ['training ml-collections 2-7 {epochs=90@4, batch_size=4096@6}'],
  ],
  ['get_config() that says nothing of a run', 'def get_config(path):\n    c = read(path)\n    c.name = "x"\n    return c\n', []],
])('%s', async (_what, text, expected) => {
  expect(await short(text)).toEqual(expected);
});
